"""`sangtin index follow`, `rebuild`, `check` and `status`."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from sangtin.cli.terminal import JsonFlag, emit, emit_json, progress, settings

app = typer.Typer(name="index", no_args_is_help=True, help="The search index, which follows the record.")


@app.command()
def follow(
    watch: Annotated[bool, typer.Option("--watch", help="Go on following, until interrupted.")] = False,
) -> None:
    """Bring the search index up to the record.

    With --watch a record or an index that does not answer is asked again until it does.

    \b
    Examples:
      sangtin index follow
      sangtin index follow --watch
    """
    from sangtin import follower
    from sangtin.pipeline.parts import opened

    with opened(settings(), patient=watch) as parts:
        if watch:
            following = follower.Watching(parts.record, parts.search)
            while True:
                following.follow()
                time.sleep(follower.WATCH_S)
        with progress("indexing", follower.lag(parts.record, parts.search), "changes") as advance:
            left = follower.follow(parts.record, parts.search, advance)
    emit("The index is up to date." if not left else f"The index is {left} changes behind.")


@app.command()
def rebuild() -> None:
    """Build the index anew from the record beside the old one, which answers until the new one is ready.

    \b
    Examples:
      sangtin index rebuild
    """
    from sangtin import follower
    from sangtin.pipeline.parts import opened

    with opened(settings()) as parts, progress("rebuilding", follower.size(parts.record)) as advance:
        follower.rebuild(parts.record, parts.search, advance)
    emit("The index is rebuilt.")


@app.command()
def check(json: JsonFlag = False) -> None:
    """Catch up, compare every post in index and record, and mend what differs.

    Exit 0 when they agree now, 1 when they do not.

    \b
    Examples:
      sangtin index check
      sangtin index check --json
    """
    from sangtin import follower
    from sangtin.pipeline.parts import opened

    with opened(settings()) as parts:
        found = follower.check(parts.record, parts.search)
    if json:
        emit_json({"posts": found.posts, "mended": found.mended, "agree": found.agree})
    else:
        emit(
            f"{found.posts} posts, {found.mended} mended, " + ("they agree" if found.agree else "they differ")
        )
    if not found.agree:
        raise typer.Exit(1)


@app.command()
def status(json: JsonFlag = False) -> None:
    """Say how many changes the index is behind the record, and which posts it refuses, with its reasons.

    \b
    Examples:
      sangtin index status
      sangtin index status --json
    """
    from sangtin import follower
    from sangtin.pipeline.parts import opened

    with opened(settings()) as parts:
        behind, position = follower.lag(parts.record, parts.search), parts.search.position()
        refused = follower.refused(parts.record, parts.search)
    held = position.number if position else 0
    if json:
        emit_json({"number": held, "lag": behind, "refused": dict(refused)})
        return
    emit(f"{behind} changes behind (at {held}), {len(refused)} posts refused")
    for post_id, reason in refused:
        emit(f"{post_id}: {reason}")
