"""A command's options and results → settings, progress on the terminal, JSON on a pipe."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sangtin.errors import UsageError

if TYPE_CHECKING:
    from sangtin.settings import Settings

JsonFlag = Annotated[bool, typer.Option("--json", help="Print the result as JSON, for programs.")]
Advance = Callable[[int], None]


def settings() -> Settings:
    """The settings of this run: flags (set as environment by the root command), environment, file."""
    from pydantic import ValidationError

    from sangtin.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise UsageError(
            f"A setting is wrong ({wrong}). Mend it in config.toml or the environment."
        ) from error


def use_flags(home: Path | None, record: str | None, search: str | None) -> None:
    """Make the root command's flags the environment that every part, children too, reads."""
    for name, value in (("SANGTIN_HOME", home), ("SANGTIN_RECORD", record), ("SANGTIN_SEARCH", search)):
        if value is not None:
            os.environ[name] = str(value)


def say(message: str) -> None:
    """A line for a person, on standard error, so that a pipe carries results only."""
    sys.stderr.write(message + "\n")


def emit(line: str) -> None:
    """A line of result on standard output."""
    sys.stdout.write(line + "\n")


def emit_json(value: object) -> None:
    """One JSON value on one line of standard output; half a character, which UTF-8 lacks, is escaped."""
    line = json.dumps(value, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:
        line = json.dumps(value)
    emit(line)


@contextlib.contextmanager
def progress(what: str, total: int | None, unit: str = "posts") -> Iterator[Advance]:
    """A progress bar with a rate on a terminal; silence on a pipe. Yields a function that advances it."""
    if not sys.stderr.isatty():
        yield lambda _count: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[unit]} · {task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=total, unit=unit, rate="")

        def advance(count: int) -> None:
            bar.advance(task, count)
            speed = bar.tasks[0].speed
            bar.update(task, rate=f"{speed:,.0f}/s" if speed else "")

        yield advance
