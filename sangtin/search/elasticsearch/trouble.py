"""What an Elasticsearch or the network says → a sentence for a person: what, why, what to do next."""

from __future__ import annotations

from collections.abc import Sequence

_FULL = ("flood-stage", "read-only-allow-delete", "FORBIDDEN/12", "TOO_MANY_REQUESTS/12")
_BLOCKED = ("blocked by", "index read-only", "index write")
# What OpenSSL says (https://docs.openssl.org/master/man3/X509_STORE_CTX_get_error/), and what it means here.
_CERTIFICATES = (
    ("expired", "has expired. Renew it"),
    ("not yet valid", "is not valid yet. Set this machine's clock, or wait"),
    ("self-signed", "is signed by itself. Name its file in SANGTIN_SEARCH_CERTIFICATES if it is yours"),
    ("self signed", "is signed by itself. Name its file in SANGTIN_SEARCH_CERTIFICATES if it is yours"),
    ("local issuer", "is from an unknown authority. Name that one's file in SANGTIN_SEARCH_CERTIFICATES"),
    ("match", "is for another name. Write the name that stands in it into SANGTIN_SEARCH"),
)


_STATUSES = {
    401: "refuses the name and password or the API key. Correct them in SANGTIN_SEARCH.",
    403: "does not let this user do that ({reason}). See docs/operations.md for its role.",
    404: "has lost that index ({reason}). Build it anew with: sangtin index rebuild",
    406: "is not an Elasticsearch 8 or 9 ({reason}).",
    413: "or a proxy before it takes no request of that size ({reason}).",
    415: "is not an Elasticsearch 8 or 9 ({reason}).",
    429: "is overloaded ({reason}). Ask less, or add nodes; nothing was lost.",
    502: "is behind a proxy that does not reach it ({reason}). Nothing was lost.",
    503: "is starting, or a part of its index is not there ({reason}). Nothing was lost.",
    504: "is behind a proxy that does not reach it ({reason}). Nothing was lost.",
}


def refusal(shown: str, status: int, reason: str) -> str:
    """A status and a reason as a sentence."""
    if any(sign in reason for sign in _FULL):
        return full(shown, reason)
    if any(sign in reason for sign in _BLOCKED):
        return f"The index at {shown} is read-only ({reason}). Lift that block; nothing was lost."
    said = _STATUSES.get(status, f"answers {status} ({{reason}}).")
    return f"{shown} {said.format(reason=reason)}"


def full(shown: str, reason: str) -> str:
    """The server has no room, on its disk or in its queues."""
    if any(sign in reason for sign in _FULL):
        return (
            f"The disk of Elasticsearch at {shown} is full and its index read-only ({reason}). "
            "Free some space; nothing was lost."
        )
    return f"Elasticsearch at {shown} takes no more documents ({reason}). Nothing was lost."


def untrusted(shown: str, reason: str) -> str:
    """The connection is not safe, or is none."""
    if "WRONG_VERSION_NUMBER" in reason or "wrong version number" in reason or "record layer" in reason:
        return f"{shown} speaks no TLS. Write http:// in SANGTIN_SEARCH, or turn TLS on in the server."
    for sign, said in _CERTIFICATES:
        if sign in reason:
            return f"The certificate of {shown} {said} ({reason})."
    return f"There is no safe connection to {shown} ({reason})."


def slow(shown: str) -> str:
    """The server took too long."""
    return f"Elasticsearch at {shown} does not answer in time: it is overloaded or stuck. Nothing was lost."


def silent(shown: str, reason: str) -> str:
    """Nobody is there."""
    return f"Elasticsearch at {shown} does not answer ({reason}). See that it runs; nothing was lost."


def another_product(shown: str) -> str:
    """Something else answers, OpenSearch for example, whose answers lack Elasticsearch's mark."""
    return f"{shown} is not Elasticsearch (is it OpenSearch?). Name an Elasticsearch in SANGTIN_SEARCH."


def wrong_version(shown: str, versions: Sequence[str]) -> str:
    """Too old or too new."""
    return f"{shown} is Elasticsearch {', '.join(versions)}. Sàng Tin needs version 8 or 9."


def index_gone(shown: str, index: str) -> str:
    """Somebody deleted an index while it was written."""
    return f"The index {index} at {shown} was deleted. Build it anew with: sangtin index rebuild"
