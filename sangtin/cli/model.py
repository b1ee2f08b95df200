"""`sangtin model list`, `show` and `use`: which models there are, what each holds, which one reads."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import BaseModel

from sangtin.cli.terminal import JsonFlag, emit, emit_json, say, settings
from sangtin.errors import SangtinError

if TYPE_CHECKING:
    from nlp.folder import ModelCard, Plain
    from sangtin.settings import Settings

app = typer.Typer(name="model", no_args_is_help=True, help="Models that posts are read with.")


@app.command(name="list")
def list_models(json: JsonFlag = False) -> None:
    """List the shipped model and those in the models folder of the home; * marks the one that reads.

    \b
    Examples:
      sangtin model list
      sangtin model list --json
    """
    import nlp

    chosen = settings()
    in_use = _in_use(chosen)
    found: list[tuple[Path, ModelCard | Plain]] = [*nlp.held(chosen.models), *nlp.held_plain(chosen.models)]
    # The copy at home stands behind the shipped model of the same name, and is the one that reads.
    reads = next((folder for folder, card in reversed(found) if card.name == in_use), None)
    if json:
        emit_json([_described(folder, card) | {"in_use": folder == reads} for folder, card in found])
        return
    for folder, card in found:
        mark = "*" if folder == reads else " "
        emit(f"{mark} {card.name}  {', '.join(step.name for step in card.readers)}  {folder}")


@app.command()
def show(
    model: Annotated[str, typer.Argument(help="A model's name or folder.")] = "shipped",
    json: JsonFlag = False,
) -> None:
    """Show what a model answers, with which readers, and what each may settle.

    \b
    Examples:
      sangtin model show
      sangtin model show ~/models/mine --json
    """
    import nlp

    folder = nlp.find(model, settings().models)
    card = nlp.card(folder)
    if json:
        emit_json(_described(folder, card))
        return
    emit(f"{card.name} in {folder}")
    data = "no thresholds" if isinstance(card, nlp.Plain) else f"data {card.data[:12]}"
    emit(f"labels: {', '.join(card.labels) or 'none'} · {data}")
    for step in card.readers:
        least = ", ".join(f"{name} from {value:.2f}" for name, value in (step.thresholds or {}).items())
        emit(f"{step.name}: settles {least or 'nothing'}")


@app.command()
def use(
    model: Annotated[str, typer.Argument(help="A model's name or folder, or `shipped`.")],
) -> None:
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
        used = home.use_model(record, chosen, nlp.find(model, chosen.models))
    tell(model, used.notes)
    emit(f"In use: {used.name}. Relabel with: sangtin sieve")


def tell(name: str, notes: Sequence[str] = ()) -> None:
    """Say what a person should know of a model before trusting it: its weights' licence, its notes."""
    from nlp.hub import licence_note

    for note in filter(None, (licence_note(name), *notes)):
        say(note)


def _in_use(chosen: Settings) -> str | None:
    """The name of the model that reads; None where there is no record yet."""
    from sangtin.record import models, open_record

    with contextlib.suppress(SangtinError), contextlib.closing(open_record(chosen.record_url)) as record:
        with record.read() as connection:
            known = models.model_in_use(connection)
        return known.name if known else None
    return None


def _described(folder: Path, card: ModelCard | Plain) -> dict[str, object]:
    if not isinstance(card, BaseModel):
        readers = [step.model_dump(mode="json") for step in card.readers]
        return {"folder": str(folder), "name": card.name, "labels": card.labels, "readers": readers}
    return {"folder": str(folder), **card.model_dump(exclude={"format", "files"}, mode="json")}
