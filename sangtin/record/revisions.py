"""Fetches of one post → its revisions in order of time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Span:
    """One revision: the first and the last fetch known to have brought its text, nothing else in between."""

    number: int
    text_hash: str
    fetched_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Placed:
    """What a fetch did to a post's spans: those that changed or began, and whether a revision began."""

    changed: tuple[Span, ...]
    began: Span | None


def current(spans: tuple[Span, ...]) -> Span:
    """The revision fetched last. Of texts with one time, the one that was there first."""
    return max(spans, key=lambda span: (span.fetched_at, span.seen_at, -span.number))


def fetch(spans: tuple[Span, ...], text_hash: str, at: datetime) -> Placed:
    """Fit a fetch between the spans that are known. The order of arrival does not matter.

    A revision begins when the text differs from the one just before it in time.
    """
    around = [span for span in spans if span.fetched_at <= at <= span.seen_at]
    if any(span.text_hash == text_hash for span in around):
        return Placed((), None)
    if around:
        return _split(spans, min(around, key=lambda s: s.seen_at - s.fetched_at), text_hash, at)
    before = [span for span in spans if span.seen_at < at]
    after = [span for span in spans if span.fetched_at > at]
    earlier = max(before, key=lambda s: (s.seen_at, -s.number), default=None)
    later = min(after, key=lambda s: (s.fetched_at, -s.number), default=None)
    if earlier and earlier.text_hash == text_hash:
        return Placed((replace(earlier, seen_at=at),), None)
    if later and later.text_hash == text_hash:
        return Placed((replace(later, fetched_at=at),), None)
    began = Span(_next_number(spans), text_hash, at, at)
    return Placed((began,), began)


def _split(spans: tuple[Span, ...], span: Span, text_hash: str, at: datetime) -> Placed:
    """Another text was there in between: the span keeps its later end, so that a current revision stays."""
    if span.seen_at == span.fetched_at:
        # Two texts with one time: the one that was there first stays current, the other came just before.
        began = Span(_next_number(spans), text_hash, at, at)
        return Placed((began,), began)
    number = _next_number(spans)
    before = Span(number, span.text_hash, span.fetched_at, span.fetched_at)
    began = Span(number + 1, text_hash, at, at)
    return Placed((before, began, replace(span, fetched_at=span.seen_at)), began)


def _next_number(spans: tuple[Span, ...]) -> int:
    return max((span.number for span in spans), default=0) + 1
