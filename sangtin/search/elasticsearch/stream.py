"""A search → all its hits as of one moment: a point in time, read on behind each page's last hit."""

from __future__ import annotations

from collections.abc import Generator

from sangtin.errors import EngineError
from sangtin.search.elasticsearch.server import Json, Server
from sangtin.search.elasticsearch.version import REPLACED_S

# Documents at once: a few megabytes.
STREAMED = 1_000
# How long a point in time stays open between two reads: whoever writes an export may be kept waiting.
_KEEP = "300s"


def stream(server: Server, name: str, body: Json) -> Generator[Json]:
    """The sources of all hits of a sorted search; none where there is no such index."""
    point = server.ask("POST", f"/{name}/_pit", keep_alive=_KEEP).get("id")
    if point is None:
        return
    asked: Json = {
        **body,
        "size": STREAMED,
        "track_total_hits": False,
        "pit": {"id": point, "keep_alive": _KEEP},
    }
    try:
        while hits := _hits(server, asked):
            yield from (hit["_source"] for hit in hits)
            asked["search_after"] = hits[-1]["sort"]
    finally:
        server.ask("DELETE", "/_pit", {"id": point})


def _hits(server: Server, body: Json) -> list[Json]:
    """The next hits, from every shard. A server that was restarted has forgotten its points in time.

    So has one whose index was dropped: after a rebuild the index that is read stays for a while only.
    """
    answer = server.ask("POST", "/_search", body, allow_partial_search_results="false")
    if "hits" not in answer:
        raise EngineError(
            f"{server.shown} was restarted while it was read, or its index rebuilt more than "
            f"{REPLACED_S // 3_600} h ago. Start again."
        )
    return list(answer["hits"]["hits"])
