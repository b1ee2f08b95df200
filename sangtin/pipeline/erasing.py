"""A post to forget → gone from record, copies' index and search index alike."""

from __future__ import annotations

from sangtin.errors import UsageError
from sangtin.pipeline.campaigns import judge_again
from sangtin.pipeline.parts import Parts
from sangtin.pipeline.placing import Placing
from sangtin.record import accounts, erasing, posts


def erase(parts: Parts, post_id: str, by: str) -> bool:
    """Erase one post everywhere, and note who did. Raises UsageError where there is none.

    False where the record's log may still hold it, because another process read the record all the while:
    to erase it again empties the log.
    """
    with parts.record.write(durable=True) as writing:
        key = posts.key_of(writing.connection, post_id)
        if key is None:
            raise UsageError(f"There is no post {post_id!r} in the record. Its id is SOURCE:NATIVE-ID.")
        erasing.erase(writing, key)
        judge_again(writing)
        accounts.note(writing, by, "erase", f"post {key}")
    return forget_everywhere(parts)


def forget_everywhere(parts: Parts) -> bool:
    """Take what the record has erased out of the copies' index and SQLite's log; False where that stays."""
    with Placing(parts) as placer:
        placer.forget_erased()
    return parts.record.forget_log()
