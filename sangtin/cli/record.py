"""`sangtin record copy` and `restored`: a record → another engine or place, and back from a backup."""

from __future__ import annotations

from typing import Annotated

import typer

from sangtin.cli.terminal import JsonFlag, emit, emit_json, progress, say, settings

app = typer.Typer(name="record", no_args_is_help=True, help="The record as a whole.")


@app.command()
def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="URL of the record to copy.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="URL of an empty database or a new file.")],
    json: JsonFlag = False,
) -> None:
    """Copy a record to another engine, such as a laptop's SQLite file to PostgreSQL, and compare both.

    Stop what works on the record first. Kill the copy at any moment: run it again and it goes on; nothing
    opens the copy before it is whole. The search index is built anew for it. A password may stand in
    ~/.pgpass instead of the URL, where other users of this machine do not see it.

    \b
    Examples:
      sangtin record copy sqlite:////srv/sangtin/record.db postgresql://sangtin@db/sangtin
      sangtin record copy postgresql://sangtin@db/sangtin sqlite:////srv/laptop/record.db --json
    """
    from sangtin.record import copying, open_record

    record = open_record(source)
    try:
        with progress("copying", copying.size(record), "rows") as advance:
            done = copying.copy(record, target, advance)
    finally:
        record.close()
    if json:
        emit_json({"posts": done.posts, "rows": done.rows, "written": done.written})
        return
    emit(f"{done.posts:,} posts, {done.rows:,} rows, {done.written:,} written now; both are equal.")
    say("Work on the copy from now on: set SANGTIN_RECORD to its URL, then run: sangtin doctor")


@app.command()
def restored() -> None:
    """Say that the record was brought back from an older dump: what is built from it is built anew.

    The search index and the copies' index may have seen what the record has forgotten. `sangtin restore`
    does this by itself; run it after pg_restore, before anything else works on the record.

    \b
    Examples:
      sangtin record restored
    """
    from sangtin.record import new_epoch, open_record

    record = open_record(settings().record_url)
    try:
        with record.write(durable=True) as writing:
            new_epoch(writing)
    finally:
        record.close()
    emit("The indexes are built anew. Bring the search up to date with: sangtin index follow")
