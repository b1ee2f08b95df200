"""`sangtin model list` and `show`: which models there are and what each holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sangtin.cli.terminal import JsonFlag, emit, emit_json, settings

if TYPE_CHECKING:
    from nlp.folder import ModelCard

app = typer.Typer(name="model", no_args_is_help=True, help="Models that posts are read with.")


@app.command(name="list")
def list_models(json: JsonFlag = False) -> None:
    """List the shipped model and those in the models folder of the home.

    \b
    Examples:
      sangtin model list
      sangtin model list --json
    """
    import nlp

    found = nlp.held(settings().models)
    if json:
        emit_json([_described(folder, card) for folder, card in found])
        return
    for folder, card in found:
        emit(f"{card.name}  {', '.join(step.name for step in card.readers)}  {folder}")


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
    from nlp.folder import read_card

    folder = nlp.find(model, settings().models)
    card = read_card(folder)
    if json:
        emit_json(_described(folder, card))
        return
    emit(f"{card.name} in {folder}")
    emit(f"labels: {', '.join(card.labels)} · data {card.data[:12]}")
    for step in card.readers:
        least = ", ".join(f"{name} from {value:.2f}" for name, value in (step.thresholds or {}).items())
        emit(f"{step.name}: settles {least or 'nothing'}")


def _described(folder: Path, card: ModelCard) -> dict[str, object]:
    return {"folder": str(folder), **card.model_dump(exclude={"format", "files"}, mode="json")}
