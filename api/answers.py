"""What the record and the search give → the values that the JSON API answers with."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from api.reading import Reading
from sangtin.errors import Fault
from sangtin.post import (
    Act,
    Bin,
    Cause,
    Engagement,
    Flag,
    Kind,
    Label,
    Ledger,
    Prediction,
    Relation,
    SourceType,
)
from sangtin.record.clusters import Spread
from sangtin.record.reviews import Said
from sangtin.record.shown import Shown, Step, Summary
from sangtin.record.sources import Health
from sangtin.search import Facets


class LedgerAnswer(BaseModel):
    """identified = verified + pending; verified = duplicate + spam + negative + positive."""

    identified: int
    verified: int
    pending: int
    duplicate: int
    spam: int
    negative: int
    positive: int

    @classmethod
    def of(cls, ledger: Ledger) -> LedgerAnswer:
        """The counts of a ledger."""
        return cls(**{name: getattr(ledger, name) for name in cls.model_fields})


class DayAnswer(LedgerAnswer):
    """The ledger of one day, and the sources whose collection failed on it."""

    day: date
    failed: list[str]


class PlaceAnswer(BaseModel):
    """Where a post stands among its copies. `of` is the id of the post that it repeats."""

    cluster: str
    relation: Relation
    of: str | None
    similarity: float


class PostAnswer(BaseModel):
    """A post as lists show it; moments in UTC, its day in Asia/Ho_Chi_Minh."""

    id: str
    source: str
    text: str
    url: str | None
    moment: datetime
    published: bool = Field(description="False where the moment is that of the fetch.")
    day: date
    bin: Bin
    kind: Kind | None
    cause: Cause
    settled_by: str
    flags: list[Flag]
    place: PlaceAnswer | None
    copies: int
    engagement: Engagement

    @classmethod
    def of(cls, s: Summary) -> PostAnswer:
        """A summary in the words of the API."""
        return cls(**_post_values(s))


class HitAnswer(PostAnswer):
    """A found post, with the [start, end) characters of its text that the query found."""

    highlights: list[tuple[int, int]]

    @classmethod
    def found(cls, s: Summary, highlights: tuple[tuple[int, int], ...]) -> HitAnswer:
        """A summary with what was found in it."""
        return cls(**_post_values(s), highlights=list(highlights))


class FacetAnswer(BaseModel):
    """Exact counts of all hits. A post with two flags counts under both."""

    bins: dict[Bin, int]
    kinds: dict[Kind, int]
    flags: dict[Flag, int]
    sources: dict[str, int]
    days: dict[date, int]

    @classmethod
    def of(cls, facets: Facets) -> FacetAnswer:
        """The counts of a search."""
        return cls(**{name: getattr(facets, name) for name in cls.model_fields})


class FoundAnswer(BaseModel):
    """One page of what a query finds. `total` counts posts; `next` is the next page's `after`."""

    total: int
    hits: list[HitAnswer]
    next: str | None
    facets: FacetAnswer


class FlaggedAnswer(BaseModel):
    """How many posts have each flag that a model raises; they are counted in their bins too."""

    flags: dict[Flag, int]


class FlaggedDayAnswer(FlaggedAnswer):
    """The flags of one day's posts."""

    day: date


class FlagsAnswer(FlaggedAnswer):
    """The flags of a period, and of each day in it that has some."""

    days: list[FlaggedDayAnswer]


class ScoresAnswer(BaseModel):
    """What the model that reads now says of a post: a probability for each label.

    `flags` are the chances that it resembles posts with a flag: reasons to look, no findings.
    """

    model: str
    reader: str
    label: Label
    kind: Kind | None
    spam: float
    negative: float
    positive: float
    settled: bool
    flags: dict[Flag, float] = {}

    @classmethod
    def of(cls, read: Prediction) -> ScoresAnswer:
        """An answer in the words of the API."""
        same = {name: getattr(read, name) for name in cls.model_fields if name != "flags"}
        return cls(**same, flags={each.flag: each.chance for each in read.chances})


class ReviewAnswer(BaseModel):
    """One act of a person on a post."""

    id: int
    at: datetime
    reviewer: str
    act: Act
    label: Label | None
    kind: Kind | None
    on_cluster: bool
    revision: int
    undone: bool

    @classmethod
    def of(cls, said: Said) -> ReviewAnswer:
        """A review as the record keeps it."""
        r = said.review
        return cls(
            **{name: getattr(said, name) for name in ("id", "at", "revision", "undone")},
            **{name: getattr(r, name) for name in ("reviewer", "act", "label", "kind", "on_cluster")},
        )


class StepAnswer(BaseModel):
    """One change of a post's state, by its number in the record."""

    number: int
    at: datetime
    what: str
    bin: Bin
    kind: Kind | None
    cause: Cause
    settled_by: str

    @classmethod
    def of(cls, step: Step) -> StepAnswer:
        """A step of a post's history."""
        return cls(**{name: getattr(step, name) for name in cls.model_fields})


class SpreadAnswer(BaseModel):
    """How a post's cluster spread, over posts, known authors and sources; moments in UTC."""

    posts: int
    copies: int
    authors: int
    sources: list[str]
    first_at: datetime
    last_at: datetime
    at_once: int = Field(
        description="How many accounts posted it within 60 s, where that raised the flag; else 0."
    )

    @classmethod
    def of(cls, spread: Spread, at_once: int) -> SpreadAnswer:
        """A cluster's spread in the words of the API."""
        same = {name: getattr(spread.cluster, name) for name in ("posts", "copies", "first_at", "last_at")}
        return cls(**same, authors=spread.authors, sources=list(spread.sources), at_once=at_once)


class WholePostAnswer(BaseModel):
    """Everything about a post; of an erased one the bin, the moment and the steps are left."""

    id: str
    bin: Bin
    erased_at: datetime | None
    post: PostAnswer | None
    scores: ScoresAnswer | None
    spread: SpreadAnswer | None
    reviews: list[ReviewAnswer]
    steps: list[StepAnswer]

    @classmethod
    def of(cls, post_id: str, found: Shown, reading: Reading | None) -> WholePostAnswer:
        """A post with what is said of it."""
        read = reading.prediction if reading else None
        return cls(
            id=post_id,
            bin=found.bin,
            erased_at=found.erased_at,
            post=PostAnswer.of(found.summary) if found.summary else None,
            scores=ScoresAnswer.of(read) if read else None,
            spread=SpreadAnswer.of(reading.spread, reading.at_once) if reading and reading.spread else None,
            reviews=[ReviewAnswer.of(said) for said in found.reviews],
            steps=[StepAnswer.of(step) for step in found.steps],
        )


class ReviewedAnswer(BaseModel):
    """The number of an act that was appended, and the post after it."""

    review: int
    post: PostAnswer | None


class QueueAnswer(BaseModel):
    """How many posts wait for the person who asks, since when, and the next of them."""

    waiting: int
    oldest: datetime | None
    posts: list[PostAnswer]


class SourceAnswer(LedgerAnswer):
    """A source: its card, how collecting goes, its ledger and its newest post.

    `is_news`: what many of these post at once raises no flag. `news` is what the card says of it; null leaves
    it to the type: feeds are.
    """

    name: str
    type: SourceType
    address: str
    licence: str
    legal_basis: str
    retention_days: int | None
    news: bool | None
    is_news: bool
    complete: bool
    state: str
    reason: str
    checked_at: datetime | None
    succeeded_at: datetime | None
    newest_post: datetime | None

    @classmethod
    def about(cls, h: Health, ledger: Ledger, newest: datetime | None) -> SourceAnswer:
        """A source's card with what is known of it."""
        card = ("name", "type", "address", "licence", "legal_basis", "retention_days")
        judged = ("news", "is_news", "complete")
        health = ("state", "reason", "checked_at", "succeeded_at")
        return cls(
            **LedgerAnswer.of(ledger).model_dump(),
            **{name: getattr(h.source, name) for name in card + judged},
            **{name: getattr(h, name) for name in health},
            newest_post=newest,
        )


class HealthAnswer(BaseModel):
    """Whether record and search answer, and by how many changes the search is behind."""

    record: bool
    search: bool
    lag: int | None


class FailureAnswer(BaseModel):
    """What went wrong, why, and what to do next; of a query, the character (from 0) where."""

    error: str
    position: int | None = None
    fault: Fault | None = None


def _post_values(s: Summary) -> dict[str, object]:
    same = ("id", "source", "text", "url", "moment", "published", "day", "copies", "engagement")
    place = s.membership
    return {name: getattr(s, name) for name in same} | {
        "bin": s.outcome.bin,
        "kind": s.outcome.kind,
        "cause": s.outcome.cause,
        "settled_by": s.outcome.settled_by,
        "flags": list(s.flags),
        "place": place
        and PlaceAnswer(
            cluster=place.cluster, relation=place.relation, of=s.original, similarity=place.similarity
        ),
    }
