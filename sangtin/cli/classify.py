"""JSONL with texts → one labelled row each, on a pipe or in a file; touches no record."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer

from sangtin.cli.terminal import progress, say, settings
from sangtin.errors import UsageError


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
    the labels, `settled` says whether the model is sure enough to count the post. The record is not
    touched. A line that cannot be read ends the command with exit code 3 and names the line.

    \b
    Examples:
      sangtin classify posts.jsonl --output labels.jsonl
      cat posts.jsonl | sangtin classify | jq -c 'select(.label == "negative")'
      sangtin classify posts.jsonl.gz --model ~/models/mine --text body
      sangtin classify posts.jsonl --model ~/phobert-fine-tuned --backend onnx-int8
    """
    import nlp
    from nlp.answering import answered
    from nlp.jsonl import objects

    chosen = settings()
    place = nlp.Place(chosen.cache, backend or chosen.backend)
    read = nlp.load(nlp.find(model, chosen.models), place)
    for note in read.notes:
        say(note)
    with _lines(output) as write, progress("Reading", None) as advance:
        for row in answered(read, objects(file), text):
            write.write(_line(row))
            advance(1)
    say(_summary(read.counted, [step.reader.name for step in read.steps]))


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


def _line(row: dict[str, object]) -> str:
    """One JSON line; characters that UTF-8 cannot hold (lone surrogates) are escaped."""
    line = json.dumps(row, ensure_ascii=False)
    if not line.isascii():
        try:
            line.encode()
        except UnicodeEncodeError:
            line = json.dumps(row)
    return line + "\n"


@contextmanager
def _lines(output: Path | None) -> Iterator[TextIO]:
    if output is None:
        yield sys.stdout
        return
    try:
        with output.open("w", encoding="utf-8") as opened:
            yield opened
    except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
        raise UsageError(f"Cannot write {output} ({error.strerror}). Choose another --output.") from None
