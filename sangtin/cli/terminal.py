"""A command's options and results → settings, progress on the terminal, JSON on a pipe."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sangtin.errors import UsageError

if TYPE_CHECKING:
    from sangtin.settings import Settings

JsonFlag = Annotated[bool, typer.Option("--json", help="Print the result as JSON, for programs.")]
Advance = Callable[[int], None]


# Characters that command a terminal (ECMA-48: C0, DEL, C1) or turn the reading order (Unicode, annex 9) → a
# sign.
_COMMANDS = dict.fromkeys(
    {*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)} - {0x09, 0x0A},
    "\ufffd",
)
# What a disk or the owner of a file refuses, wherever a command meets it → what to do about it.
_REFUSALS = {
    errno.ENOSPC: "Free some space",
    errno.EDQUOT: "Free some space",
    errno.EROFS: "Choose a place that can be written",
    errno.EACCES: "Check its owner and rights",
    errno.EPERM: "Check its owner and rights",
}


def refusal(error: OSError) -> str | None:
    """What a person can do about a refusal by the system; None where it is a mistake of the program's own."""
    todo = _REFUSALS.get(error.errno or 0)
    where = f": {error.filename}" if error.filename else ""
    return todo and f"{error.strerror}{where}. {todo}, and run the same command again; what was done is kept."


def settings() -> Settings:
    """The settings of this run: flags (set as environment by the root command), environment, file."""
    from pydantic import ValidationError

    from sangtin.settings import Settings

    try:
        return Settings()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UsageError(
            f"config.toml in the home can't be read ({error}). Mend it, or move it away."
        ) from error
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
    """A line of result for a person, on standard output; a post in it can't command the terminal."""
    sys.stdout.write(line.translate(_COMMANDS) + "\n")


def emit_now(line: str) -> None:
    """The same at once: into a file or a pipe it would stand only when the command ends."""
    emit(line)
    sys.stdout.flush()


def emit_json(value: object) -> None:
    """One JSON value on one line of standard output; half a character, which UTF-8 lacks, is escaped."""
    line = json.dumps(value, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:
        line = json.dumps(value)
    sys.stdout.write(line + "\n")


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
