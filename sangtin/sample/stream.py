"""A seed → the posts of five months, and what each was meant to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from functools import lru_cache
from hashlib import blake2b

from sangtin.errors import UsageError
from sangtin.post import Engagement, Kind, Label, Post, Relation
from sangtin.sample.cards import address
from sangtin.sample.dice import Dice
from sangtin.sample.draft import Draft
from sangtin.sample.filler import filler
from sangtin.sample.rhythm import fetched
from sangtin.sample.spreading import copies
from sangtin.sample.stories import stories

SEED = 20261120
POSTS = 6_000
# Fewer would leave no room beside the written posts, more would need sentences that nobody wrote.
_FEWEST, _MOST = 1_000, 6_000
# The reference city found 14 % of what it verified to be copies (design, "What it is for").
_COPIES = 0.135


@dataclass(frozen=True, slots=True)
class Truth:
    """What a post was written to be. `like` is the id of the post that it copies, varies or quotes."""

    slug: str
    storyline: str
    label: Label
    kind: Kind | None
    relation: Relation
    like: str | None


@dataclass(frozen=True, slots=True)
class _Sample:
    posts: tuple[Post, ...]
    truth: Mapping[str, Truth] = field(default_factory=dict)


def generate(seed: int = SEED, posts: int = POSTS) -> Iterator[Post]:
    """Exactly `posts` posts in the order of publication: the same bytes for the same seed, everywhere.

    Raises UsageError where `posts` is under 1,000 or over 6,000.
    """
    return iter(_sample(seed, posts).posts)


def truth(seed: int = SEED, posts: int = POSTS) -> Mapping[str, Truth]:
    """Post id → what the post of `generate(seed, posts)` was meant to be."""
    return _sample(seed, posts).truth


@lru_cache(maxsize=1)
def _sample(seed: int, posts: int) -> _Sample:
    if not _FEWEST <= posts <= _MOST:
        raise UsageError(
            f"The sample holds {_FEWEST} to {_MOST} posts, not {posts}. Ask for a number between."
        )
    drafts = _drafts(seed, posts)
    drafts.sort(key=lambda draft: (draft.at, draft.slug, draft.text))
    numbers = {id(draft): number for number, draft in enumerate(drafts, 1)}
    made = tuple(_post(draft, numbers[id(draft)], seed) for draft in drafts)
    ids = {id(draft): post.id for draft, post in zip(drafts, made, strict=True)}
    return _Sample(made, {ids[id(draft)]: _truth(draft, ids) for draft in drafts})


def _drafts(seed: int, posts: int) -> list[Draft]:
    told = stories(seed)
    copied = round(posts * _COPIES)
    rest = filler(seed, posts - len(told) - copied)
    return [*told, *rest, *copies([*told, *rest], copied, seed)]


def _truth(draft: Draft, ids: Mapping[int, str]) -> Truth:
    like = ids[id(draft.like)] if draft.like else None
    return Truth(draft.slug, draft.storyline, draft.label, draft.kind, draft.relation, like)


def _post(draft: Draft, number: int, seed: int) -> Post:
    dice = Dice(f"{seed}:post:{number}")
    native = f"mau-{number:05d}"
    return Post(
        source=draft.source,
        native_id=native,
        text=draft.text,
        fetched_at=fetched(dice, draft.at, draft.source).astimezone(UTC),
        published_at=draft.at.astimezone(UTC),
        url=f"{address(draft.source)}/bai/{native}",
        author_key=blake2b(draft.author.encode(), digest_size=16, key=b"sangtin-sample").hexdigest(),
        thread=draft.thread,
        engagement=_engagement(draft, dice),
    )


def _engagement(draft: Draft, dice: Dice) -> Engagement:
    """Few posts are looked at by many: views follow 1/u, four times as many where there is a stance."""
    views = (30 + 40_000 // (1 + dice.below(400))) * (1 if draft.label is Label.SPAM else 4)
    likes = views * dice.between(5, 60) // 1000
    return Engagement(likes, likes * dice.between(2, 40) // 100, likes * dice.between(0, 30) // 100, views)
