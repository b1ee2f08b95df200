"""`sangtin model list`, `show` and `use`."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sangtin.cli.terminal import JsonFlag, emit, emit_json, settings
from sangtin.errors import SangtinError

if TYPE_CHECKING:
    from sangtin.settings import Settings

app = typer.Typer(name="model", no_args_is_help=True, help="Which model reads.")
NameOrFolder = Annotated[str, typer.Argument(help="A model's name, its folder, or `shipped`.")]


@app.command(name="list")
def list_models(json: JsonFlag = False) -> None:
    """List the models at home and the shipped one; * marks the one in use.

    \b
    Examples:
      sangtin model list
      sangtin model list --json
    """
    import nlp

    chosen = settings()
    in_use = _in_use(chosen)
    found = {card.name: str(folder) for folder, card in nlp.models(chosen.models)}
    if json:
        emit_json([{"name": n, "folder": f, "in_use": n == in_use} for n, f in sorted(found.items())])
        return
    for name, folder in sorted(found.items()):
        emit(f"{'*' if name == in_use else ' '} {name}  {folder}")


@app.command()
def show(model: NameOrFolder, json: JsonFlag = False) -> None:
    """Show what a model says of itself: labels, readers in order, thresholds, and its data's hash.

    \b
    Examples:
      sangtin model show shipped
      sangtin model show better --json
    """
    import nlp

    card: dict[str, Any] = nlp.card(nlp.find(model, settings().models)).model_dump(mode="json")
    if json:
        emit_json(card)
        return
    emit(f"{card['name']}: {', '.join(card['labels'])}; data {card['data'][:12]}")
    for reader in card["readers"]:
        least = reader["thresholds"] or {}
        shown = ", ".join(f"{label} ≥ {share:.3f}" for label, share in least.items()) or "settles nothing"
        emit(f"  {reader['name']} ({reader['type']}): {shown}")


@app.command()
def use(model: NameOrFolder) -> None:
    """Read with a model from now on. The next `sieve` relabels, newest first; old outcomes stand until then.

    \b
    Examples:
      sangtin model use better
      sangtin model use shipped
    """
    import nlp
    from sangtin.pipeline import home
    from sangtin.record import open_record

    chosen = settings()
    with contextlib.closing(open_record(chosen.record_url)) as record:
        name = home.use_model(record, chosen, Path(nlp.find(model, chosen.models)))
    emit(f"In use: {name}. Relabel with: sangtin sieve")


def _in_use(chosen: Settings) -> str | None:
    """The name of the model in use; None where there is no record yet."""
    from sangtin.record import models, open_record

    with contextlib.suppress(SangtinError), contextlib.closing(open_record(chosen.record_url)) as record:
        with record.read() as connection:
            known = models.model_in_use(connection)
        return known.name if known else None
    return None
