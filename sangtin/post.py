"""The words that all stages share: frozen values, times aware and in UTC."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum

# Asia/Ho_Chi_Minh has been UTC+7 without daylight saving since 1975-06-13 (IANA tz database).
VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")


class SourceType(StrEnum):
    """How posts come from a source."""

    FEED = "feed"
    FILE = "file"


class Label(StrEnum):
    """What a post is for a team that watches public talk; never a verdict on truth."""

    SPAM = "spam"
    NEGATIVE = "negative"
    POSITIVE = "positive"


class Kind(StrEnum):
    """What sort of spam, so that people can tell rubbish from mere lack of stance."""

    ADVERT = "advert"
    SCAM = "scam"
    NOISE = "noise"
    NEUTRAL = "neutral"


class Bin(StrEnum):
    """Where the ledger counts a post: verified = duplicate + spam + negative + positive."""

    PENDING = "pending"
    DUPLICATE = "duplicate"
    SPAM = "spam"
    NEGATIVE = "negative"
    POSITIVE = "positive"


class Cause(StrEnum):
    """Which rule gave a post its outcome, strongest first."""

    PERSON = "person"
    SAME_AS = "same as"
    COPY = "copy"
    CLUSTER = "cluster"
    MODEL = "model"
    NONE = "none"


class Relation(StrEnum):
    """How a post relates to the cluster it was placed in."""

    ORIGINAL = "original"
    EXACT = "exact"
    NEAR = "near"
    VARIANT = "variant"
    QUOTES = "quotes"


class Act(StrEnum):
    """What one review says."""

    LABEL = "label"
    UNSURE = "unsure"
    NOT_A_COPY = "not a copy"
    SAME_AS = "same as"
    UNDO = "undo"


class Flag(StrEnum):
    """A reason to look, never a label."""

    NEGATIVE = "negative"
    SCAM = "scam"
    UNRELIABLE = "unreliable-looking"
    CLAIM = "matches a claim"
    BURST = "copied by many"
    EDITED = "edited"


# The flags that a model raises by the text; the others follow from outcome, cluster and revisions.
READ_FLAGS = (Flag.SCAM, Flag.UNRELIABLE)


@dataclass(frozen=True, slots=True)
class Source:
    """A place that posts come from: its card. No card, no crawl.

    `news`: whether it is a known news source, one that carries what agencies send out; None leaves that to
    its type.
    """

    name: str
    type: SourceType
    address: str = ""
    licence: str = ""
    legal_basis: str = ""
    retention_days: int | None = None
    interval_s: int | None = None
    expected_per_day: int | None = None
    news: bool | None = None

    @property
    def is_news(self) -> bool:
        """Whether it is a known news source: what its card says, else feeds are."""
        return self.type is SourceType.FEED if self.news is None else self.news

    @property
    def complete(self) -> bool:
        """Whether the card says under what terms and for how long its posts are held."""
        return bool(self.address and self.licence and self.legal_basis and self.retention_days)


@dataclass(frozen=True, slots=True)
class Engagement:
    """Counts as the source shows them; None where it shows none."""

    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    views: int | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """One public message as one fetch brought it. `author_key` is a keyed hash, never a name."""

    source: str
    native_id: str
    text: str
    fetched_at: datetime | None = None
    published_at: datetime | None = None
    url: str | None = None
    author_key: str | None = None
    thread: str | None = None
    engagement: Engagement = field(default_factory=Engagement)

    @property
    def id(self) -> str:
        """`source:native id`, unique in a record."""
        return f"{self.source}:{self.native_id}"


@dataclass(frozen=True, slots=True)
class Membership:
    """Where a post was placed: its cluster and the post that it repeats, if it repeats one."""

    cluster: str
    of: int | None
    similarity: float
    relation: Relation
    containment: float = 0.0
    reason: str = ""

    @property
    def is_copy(self) -> bool:
        """A post is a duplicate when it repeats another."""
        return self.of is not None


@dataclass(frozen=True, slots=True)
class Chance:
    """How likely a text is one of those with a flag, in [0, 1]; `raised` where its model calls it enough."""

    flag: Flag
    chance: float
    raised: bool


@dataclass(frozen=True, slots=True)
class Prediction:
    """One model's answer for one revision: probabilities of the labels, in [0, 1], sum 1.

    `chances` are those of the flags that the model knows, in the order of READ_FLAGS; they change no label.
    """

    model: str
    reader: str
    label: Label
    kind: Kind | None
    spam: float
    negative: float
    positive: float
    settled: bool
    reason: str = ""
    chances: tuple[Chance, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """One person's act on one revision of a post, or on its cluster. Appended, never edited.

    `revision` is the one that was shown; None stands for the current one.
    """

    reviewer: str
    act: Act
    post: str
    on_cluster: bool = False
    label: Label | None = None
    kind: Kind | None = None
    target: str | None = None
    undoes: int | None = None
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A post's effective state: its bin, the rule that gave it, and what settled it."""

    bin: Bin
    cause: Cause
    kind: Kind | None = None
    settled_by: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Counts of posts by bin; both equations hold by construction."""

    pending: int = 0
    duplicate: int = 0
    spam: int = 0
    negative: int = 0
    positive: int = 0

    @property
    def verified(self) -> int:
        """Posts with an outcome."""
        return self.duplicate + self.spam + self.negative + self.positive

    @property
    def identified(self) -> int:
        """All posts."""
        return self.verified + self.pending


def text_hash(text: str) -> str:
    """128 bits of SHA-256 over the NFC text, as hex: equal when two fetches brought the same text."""
    return hashlib.sha256(unicodedata.normalize("NFC", text).encode()).hexdigest()[:32]


def day_of(moment: datetime) -> date:
    """The calendar day of a moment in Asia/Ho_Chi_Minh."""
    return moment.astimezone(VIETNAM).date()


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)
