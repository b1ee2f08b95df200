"""`sangtin post show`, `post compare` and `post erase`."""

from __future__ import annotations

import contextlib
from typing import Annotated

import typer

from sangtin.cli.terminal import JsonFlag, emit, emit_json, settings
from sangtin.errors import EngineError, UsageError

app = typer.Typer(name="post", no_args_is_help=True, help="Show one post, compare two, or erase one.")
PostId = Annotated[str, typer.Argument(help="SOURCE:NATIVE-ID")]


@app.command()
def show(post_id: PostId, json: JsonFlag = False) -> None:
    """Show a post with everything that the record knows of it.

    \b
    Examples:
      sangtin post show bao-hue:2026-0113
      sangtin post show bao-hue:2026-0113 --json
    """
    import getpass

    from api.audit import note_acts
    from sangtin.pipeline import campaigns, describing
    from sangtin.record import open_record, shown

    with contextlib.closing(open_record(settings().record_url)) as record:
        with record.read() as connection:
            found = shown.show(connection, post_id)
            place = found.summary.membership if found and found.summary else None
            spread = campaigns.campaign_of(connection, place.cluster) if place else None
        if found is None:
            raise UsageError(f"There is no post {post_id!r} in the record. Its id is SOURCE:NATIVE-ID.")
        note_acts(record, getpass.getuser(), [("read", post_id)])
    emit_json(describing.post(found, spread)) if json else emit(describing.page(found, spread))


@app.command()
def compare(one: PostId, other: PostId, json: JsonFlag = False) -> None:
    """Say why two posts stand together or apart: likeness, word difference, relation and reason.

    The earlier post comes first, whichever is named first. What a person decided stands beside.

    \b
    Examples:
      sangtin post compare bao-hue:2026-0113 dien-dan:88121
      sangtin post compare bao-hue:2026-0113 dien-dan:88121 --json
    """
    import getpass

    from api.audit import note_acts
    from sangtin.pipeline import comparing
    from sangtin.record import open_record

    with contextlib.closing(open_record(settings().record_url)) as record:
        found = comparing.pair(record, one, other)
        note_acts(record, getpass.getuser(), [("read", one), ("read", other)])
    emit_json(comparing.as_json(found)) if json else emit(comparing.page(found))


@app.command()
def erase(post_id: PostId) -> None:
    """Erase a post: text, revisions, author, url and sketch; its bin stays in the ledger.

    It does not come back when it is fetched or imported again. Backups made before still hold it.

    \b
    Examples:
      sangtin post erase dien-dan:88121
    """
    import getpass

    from sangtin import follower
    from sangtin.pipeline.erasing import erase as forget
    from sangtin.pipeline.parts import opened

    with opened(settings()) as parts:
        forgotten = forget(parts, post_id, getpass.getuser())
        behind = follower.follow_after(parts.record, parts.search).sentence()
    emit("Erased. Backups made before still hold it; expire them as your rules say.")
    if behind:
        raise EngineError(f"Search may show it until the index has followed. {behind}")
    if not forgotten:
        raise EngineError(
            "The record's log still holds it: another process has been reading the record since before. "
            f"When that has ended, run again: sangtin post erase {post_id}"
        )
