"""`sangtin init`, `doctor`, `backup` and `restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sangtin.cli.terminal import JsonFlag, emit, emit_json, say, settings


def init() -> None:
    """Make the record, the index and the keys, or bring them up to date. Asks nothing; safe to repeat.

    \b
    Examples:
      sangtin init
      sangtin --home /srv/sangtin init
    """
    from sangtin.pipeline import home

    chosen = settings()
    home.init(chosen)
    emit(f"Ready: {chosen.home}")


def doctor(json: JsonFlag = False) -> None:
    """Look at everything a run needs and say what to do about what is missing. Exit 1 if something is.

    \b
    Examples:
      sangtin doctor
      sangtin doctor --json
    """
    from dataclasses import asdict

    from sangtin.pipeline import home

    checks = list(home.doctor(settings()))
    if json:
        emit_json([asdict(check) | ({"todo": ""} if check.well else {}) for check in checks])
    else:
        for check in checks:
            mark = "ok" if check.well else "!!"
            emit(f"{mark}  {check.name:8} {check.found}" + ("" if check.well else f"  → {check.todo}"))
    if not all(check.well for check in checks):
        raise typer.Exit(1)


def backup(
    file: Annotated[Path, typer.Argument(help="Where to write the backup, e.g. sangtin.tar.gz.")],
) -> None:
    """Write record, models and settings to one file, while others go on working.

    The authors' key is never in it: keep a copy of author.key apart, where the backups are not.

    \b
    Examples:
      sangtin backup sangtin-2026-11-20.tar.gz
    """
    from sangtin.pipeline import backup as archive

    size = archive.backup(settings(), file)
    emit(f"{file}: {size / 1e6:.1f} MB")
    say(archive.KEY_NOTE)


def restore(file: Annotated[Path, typer.Argument(help="A backup made by `sangtin backup`.")]) -> None:
    """Bring a backup into a home that has no record yet, and fill the search index from it.

    \b
    Examples:
      sangtin --home /srv/new restore sangtin-2026-11-20.tar.gz
    """
    from sangtin import follower
    from sangtin.pipeline import backup as archive
    from sangtin.pipeline import home
    from sangtin.pipeline.parts import opened

    chosen = settings()
    archive.restore(chosen, file)
    home.init(chosen)
    with opened(chosen) as parts:
        behind = follower.follow_after(parts.record, parts.search)
    emit(f"Restored: {chosen.home}")
    if left := behind.sentence():
        say(left)
    say(archive.KEY_NOTE)


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (init, doctor, backup, restore):
        app.command()(command)
