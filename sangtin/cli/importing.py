"""`sangtin import`: a file of posts → the record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sangtin.cli.terminal import JsonFlag, emit, emit_json, progress, say, settings
from sangtin.errors import UsageError

if TYPE_CHECKING:
    from sangtin.pipeline.importing import Imported


def import_posts(
    file: Annotated[Path, typer.Argument(help="JSONL or CSV (UTF-8), also gzipped.")],
    source: Annotated[str, typer.Option(help="The source that its posts belong to.")],
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", help="field=column,…: where text, id, published_at, author, … stand."),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Import posts from a file; each row is counted once as new, seen, changed or rejected with its reason.

    Needs `text` and `id` (without an id, the hash of the text is one); takes published_at, fetched_at, url,
    author, thread and engagement where they are there. Author names become keyed hashes. Kill it at any
    moment: run it again and it goes on. Ends with 3 where the file itself is broken, or no row of it could
    be taken.

    \b
    Examples:
      sangtin import posts.jsonl.gz --source dien-dan
      sangtin import export.csv --source trang-phuong --map text=noi_dung,published_at=ngay
      sangtin import posts.jsonl --source dien-dan --json
    """
    from sangtin import follower
    from sangtin.pipeline.crew import followed
    from sangtin.pipeline.importing import import_file
    from sangtin.pipeline.parts import opened

    with opened(settings()) as parts:
        size = file.stat().st_size if file.is_file() else None
        with progress(f"importing {file.name}", size, "bytes") as advance, followed(parts, size or 0):
            done = import_file(parts, file, source, mapping(columns or []), advance=advance)
        behind = follower.follow_after(parts.record, parts.search).sentence()
    emit_json(done.figures()) if json else emit(sentence(done))
    for column in done.unmet:
        say(f"No row has a column {column!r}; see --map.")
    if done.ignored:
        say(f"Columns that no field takes: {', '.join(done.ignored)}")
    if sum(done.rejected.values()):
        say(f"Rejected rows, with line and reason: {done.rejected_to}")
    if behind:
        say(behind)
    if done.broken:
        say(f"The file can't be read {done.broken}.")
        raise typer.Exit(3)
    if done.took_nothing:
        say(
            "No row was taken. That file says what is wrong with each; a column of another name is named "
            "with --map, as in --map text=noi_dung. Then import again."
        )
        raise typer.Exit(3)


def mapping(given: list[str]) -> dict[str, str]:
    """`field=column,…`, one or several times → field → column."""
    found: dict[str, str] = {}
    for part in (part for one in given for part in one.split(",") if part):
        field, sign, column = part.partition("=")
        if not sign or not field:
            raise UsageError(f"--map {part!r} is not field=column, as in --map text=noi_dung")
        if field.strip() in found:
            raise UsageError(f"--map names {field.strip()!r} twice. One column holds a field.")
        found[field.strip()] = column.strip()
    return found


def sentence(done: Imported) -> str:
    """What an import did, for people."""
    resumed = f" (resumed after line {done.resumed_after:,})" if done.resumed_after else ""
    rejected = "".join(f", {n:,} rejected ({reason})" for reason, n in sorted(done.rejected.items()))
    return (
        f"{done.read:,} read{resumed}: {done.new:,} new, {done.seen:,} seen, {done.changed:,} changed"
        + rejected
    )


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("import")(import_posts)
