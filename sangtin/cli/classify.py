"""JSONL with texts → one labelled row each, on a pipe or in a file; touches no record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from sangtin.cli import rows
from sangtin.cli.model import tell
from sangtin.cli.terminal import progress, say, settings


def register(app: typer.Typer) -> None:
    """Add the command to the root."""
    app.command()(classify)


def classify(
    file: Annotated[Path, typer.Argument(help="JSONL with id and text, may be .gz; - is the pipe.")] = Path(
        "-"
    ),
    output: Annotated[Path | None, typer.Option(help="Where to write; the pipe unless given.")] = None,
    model: Annotated[str, typer.Option(help="A model's name or folder.")] = "shipped",
    text: Annotated[str, typer.Option(help="The field that holds the text.")] = "text",
    backend: Annotated[
        str, typer.Option(help="How transformers are computed; SANGTIN_BACKEND, or auto, unless given.")
    ] = "",
) -> None:
    """Label texts: one JSON row for each input row, in its order, for an empty text too.

    Each row is {"id","label","kind","scores","settled","reader","model"}: `scores` are probabilities of
    the labels, `settled` says whether the model is sure enough to count the post. Where the model knows
    flags, "flags" are their chances; for them a row's likes, comments, shares and published_at (or time)
    count too. The record is not touched. A line that cannot be read gets a row with "error" and no label,
    and the command ends with exit code 3 when all others are written.

    \b
    Examples:
      sangtin classify posts.jsonl --output labels.jsonl
      cat posts.jsonl | sangtin classify | jq -c 'select(.label == "negative")'
      sangtin classify posts.jsonl.gz --model ~/models/mine --text body
      sangtin classify posts.jsonl --model ~/phobert-fine-tuned --backend onnx-int8
    """
    import nlp
    from nlp.answering import answered
    from nlp.backend import kind_of
    from nlp.jsonl import rows as rows_of

    chosen = settings()
    place = nlp.Place(chosen.cache, backend or chosen.backend)
    kind_of(place.backend)  # a name that there is not is refused, also where no model reads by it
    read = nlp.load(nlp.find(model, chosen.models), place)
    tell(model, read.notes)
    broken = rows.Broken()
    with rows.writing(output, file) as write, progress("Reading", None) as advance:
        for row in answered(read, rows_of(file), text):
            write.write(rows.line(row))
            broken.note(row.get("error"))
            advance(1)
    say(_summary(read.counted, [step.reader.name for step in read.steps]))
    broken.end()


def _summary(counted: Mapping[str, int], readers: Sequence[str]) -> str:
    """What became of the texts, in one line."""
    many = max(counted.get(f"read {readers[0]}", 0), 1)
    parts = [f"{name} settled {counted[f'settled {name}'] / many:.1%}" for name in readers]
    parts.append(f"{counted['unsure'] / many:.1%} unsure")
    if counted["foreign"]:
        parts.append(f"{counted['foreign']} not Vietnamese")
    if counted["cut"]:
        parts.append(f"of {counted['cut']} only head and tail fitted")
    return f"{counted[f'read {readers[0]}']} read: {', '.join(parts)}"
