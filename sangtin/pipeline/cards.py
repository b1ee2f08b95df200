"""A source's card → the record, and the flags that rest on what it says."""

from __future__ import annotations

from sangtin.pipeline.campaigns import judge_source
from sangtin.post import Source
from sangtin.record import Writing, sources


def put(writing: Writing, card: Source) -> int:
    """Add a source or replace its card. Raises UsageError where the name can't stand in a post's id.

    Where it becomes a news source by that, or is none any more, the flags of the clusters that hold its posts
    follow in the same transaction. Returns how many posts gained or lost one.
    """
    known = sources.find(writing.connection, card.name)
    sources.put(writing, card)
    if known is None or known.source.is_news is card.is_news:
        return 0
    return judge_source(writing, card)
