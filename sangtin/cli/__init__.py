"""The command line: one command a verb, one file a noun."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from sangtin.cli import (
    classify,
    crawl,
    dedupe,
    evaluate,
    export,
    home,
    importing,
    index,
    ledger,
    model,
    person,
    post,
    record,
    search,
    serve,
    sieve,
    source,
    train,
)
from sangtin.cli.terminal import refusal, say, use_flags
from sangtin.errors import SangtinError

# What a shell says of a command that SIGINT (2) or SIGPIPE (13) ended: 128 and the signal's number
# (POSIX.1-2017, XCU 2.8.2 and signal.h).
INTERRUPTED, UNREAD = 130, 141

app = typer.Typer(
    name="sangtin",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Sieve public Vietnamese posts: find copies, label, search, review, keep a ledger that adds up.",
    epilog="Exit codes: 0 done, 1 failed or differs, 2 wrong use, 3 bad input, 4 something is missing, "
    "5 another process holds it, 6 an engine does not answer, 130 interrupted, 141 nobody reads the output.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        sys.stdout.write(f"sangtin {version('sangtin')}\n")
        raise typer.Exit


@app.callback()
def root(
    home: Annotated[
        Path | None, typer.Option(help="The folder that holds everything (SANGTIN_HOME).")
    ] = None,
    record: Annotated[str | None, typer.Option(help="URL of the record (SANGTIN_RECORD).")] = None,
    search_url: Annotated[
        str | None, typer.Option("--search", help="URL of the search index (SANGTIN_SEARCH).")
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Read the settings that all commands share."""
    use_flags(home, record, search_url)


for module in (home, serve, importing, sieve, ledger, search, export, classify, dedupe, evaluate, crawl):
    module.register(app)
for group in (source, index, record, train, model, post, person):
    app.add_typer(group.app)


def main() -> None:
    """Run the command line. Errors that a person can mend end with one sentence and their exit code."""
    if "SANGTIN_PARENT" in os.environ:
        from sangtin.pipeline.children import die_with_parent

        die_with_parent()
    _open_what_is_closed()
    try:
        _run()
    except SangtinError as error:
        say(error.message)
        raise SystemExit(error.exit_code) from None
    except BrokenPipeError:
        _drop_output()
        raise SystemExit(UNREAD) from None
    except OSError as error:
        _drop_output()
        if (said := refusal(error)) is None:
            raise
        say(said)
        raise SystemExit(1) from None


def _run() -> None:
    """Run the command and write out what it printed: later, nobody could say that it can't be written."""
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except SystemExit as end:
        if end.code == INTERRUPTED:
            say(
                "Interrupted. What stands in the record is kept: run the same command again to go on. "
                "A file that was being written is begun anew."
            )
        if isinstance(end.__context__, BrokenPipeError):  # typer ends with 1
            raise SystemExit(UNREAD) from None
        raise


def _open_what_is_closed() -> None:
    """Whoever started us may have closed an output; what is opened next would take its number."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  # to the end


def _drop_output() -> None:
    """What is left of the output can't be written; Python would try once more and say so."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
