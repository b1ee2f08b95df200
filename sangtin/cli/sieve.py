"""`sangtin sieve`: pending posts → outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sangtin import events
from sangtin.cli.terminal import JsonFlag, emit, emit_json, progress, say, settings

if TYPE_CHECKING:
    from sangtin.pipeline.sieve import Sieved


def sieve(
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on with what comes in, until interrupted.")
    ] = False,
    processes: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Processes to work with; as many as are worth it when left out."),
    ] = None,
    beside: Annotated[bool, typer.Option("--beside", hidden=True)] = False,
    json: JsonFlag = False,
) -> None:
    """Find the copies and read the rest, until nothing is left to place or to read.

    Interrupt or kill it at any moment: run it again and it goes on where it was. Posts that the model is
    not sure of stay pending, for people.

    \b
    Examples:
      sangtin sieve
      sangtin sieve --watch
      sangtin sieve --processes 1
      sangtin sieve --json
    """
    from sangtin.pipeline import crew, reading
    from sangtin.pipeline import sieve as stage
    from sangtin.pipeline.parts import opened

    with opened(settings(), patient=watch) as parts:
        in_use = reading.load_in_use(parts.record, parts.settings)
        with progress("sieving", stage.waiting(parts, in_use), "steps") as advance:
            if watch or beside:
                done = stage.sieve(
                    parts, in_use, advance, stage.Work(lambda: True, watch, beside, not beside)
                )
            else:
                many = processes or crew.crew_size(parts, in_use)
                done = crew.sieve_together(parts, in_use, advance, many, goes_on=lambda: True)
    emit_json(summary(done)) if json else emit(sentence(done))
    events.note("read", posts=done.read, cut=done.cut, foreign=done.foreign, **_shares(done))
    if behind := done.behind.sentence():
        say(behind)


def summary(done: Sieved) -> dict[str, object]:
    """What a sieve did, for programs."""
    return {
        "placed": done.placed,
        "duplicates": done.duplicates,
        "read": done.read,
        "settled": {name: n for name, n in done.settled.items() if name != "unsure"},
        "unsure": done.settled["unsure"],
        "cut": done.cut,
        "foreign": done.foreign,
        "lag": done.behind.changes,
    }


def sentence(done: Sieved) -> str:
    """What a sieve did, for people."""
    shares = ", ".join(
        f"{name} {n / max(done.read, 1):.1%}" for name, n in sorted(done.settled.items(), key=lambda x: -x[1])
    )
    copies = "1 copy" if done.duplicates == 1 else f"{done.duplicates} copies"
    return f"{done.placed} placed ({copies}), {done.read} read" + (f" ({shares})" if shares else "")


def _shares(done: Sieved) -> dict[str, str]:
    """The share of the read posts that each reader settled, as fields of a log."""
    return {f"settled_{name}": f"{n / max(done.read, 1):.3f}" for name, n in sorted(done.settled.items())}


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(sieve)
