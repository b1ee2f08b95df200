"""JSONL with texts → which earlier line each repeats, on a pipe or in a file; touches no record."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from sangtin.cli import rows
from sangtin.cli.terminal import progress
from sangtin.errors import InputError, UsageError


def register(app: typer.Typer) -> None:
    """Add the command to the root."""
    app.command()(dedupe)


def dedupe(
    file: Annotated[Path, typer.Argument(help="JSONL with id and text, may be .gz; - is the pipe.")] = Path(
        "-"
    ),
    output: Annotated[Path | None, typer.Option(help="Where to write; the pipe unless given.")] = None,
) -> None:
    """Find copies: one JSON row for each input row, in its order; earlier lines are earlier posts.

    Each row is {"id","cluster","of","similarity","relation","reason"}: `of` is the id of the original
    that the post repeats, or null; `relation` is original, exact, near, variant or quotes. Only exact and
    near are copies. The record is not touched. A line that cannot be read gets a row with "error", and
    the command ends with exit code 3 when all others are written.

    \b
    Examples:
      sangtin dedupe posts.jsonl --output copies.jsonl
      cat posts.jsonl | sangtin dedupe | jq -c 'select(.of != null)'
      sangtin dedupe posts.jsonl.gz | jq -r .relation | sort | uniq -c
    """
    from dedupe.jsonl import placed

    broken = rows.Broken()
    with (
        _opened(file) as stream,
        rows.writing(output, file) as write,
        progress("Finding copies", None) as advance,
    ):
        for row in placed(stream):
            write.write(rows.line(row.as_json()))
            advance(1)
            broken.note(row.error and f"Line {row.line}: {row.error}.")
    broken.end()


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    from dedupe.jsonl import unpacked

    name = "The pipe" if str(file) == "-" else str(file)
    try:
        if str(file) == "-":
            yield unpacked(sys.stdin.buffer)
            return
        with file.open("rb") as opened:
            yield unpacked(opened)
    except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
        raise UsageError(
            f"Cannot read {file} ({error.strerror}). Name a JSONL file, or - for the pipe."
        ) from None
    except (EOFError, OSError, zlib.error) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise InputError(
            f"{name} is a damaged gzip file ({error}). The lines before the damage are placed."
        ) from None
