"""However two texts repeat themselves, comparing them ends, and hides neither."""

from __future__ import annotations

import json
from random import Random

import pytest

from dedupe import explain
from dedupe.effort import Effort, Matcher, TooMuch
from dedupe.syllable import split
from sangtin.post import Relation
from tests import commands

# Characters. The square of their words would take hours; the bound is met in seconds.
LONG = 100_000
# Seconds after which a comparison counts as one that does not end.
ENDLESS = 300


def repeating(one: str, other: str) -> tuple[str, str]:
    times = LONG // (len(one) + len(other) + 2)
    return f"{one} {other} " * times, f"{other} {one} " * times + "x"


def shuffled(kinds: int, changed: float) -> tuple[str, str]:
    """Texts of few words of their own, a part of them otherwise in the second."""
    random = Random(1)
    words = ["".join(random.choices("bcdghklmnt", k=6)) for _ in range(kinds)]
    first = random.choices(words, k=LONG // 7)
    return " ".join(first), " ".join(w if random.random() > changed else random.choice(words) for w in first)


def interleaved() -> tuple[str, str]:
    """Every third word is another, so that no run is longer than two."""
    words = ["".join(Random(n).choices("bcdghklmnt", k=6)) for n in range(LONG // 20)]
    return " ".join(f"{w} {w[::-1]} an" for w in words), " ".join(f"{w} {w[::-1]} em" for w in words)


def exchanged() -> tuple[str, str]:
    """Sentences of which each stands elsewhere."""
    parts = [f"{n} người ở thôn {n * 7 % 1000} kêu cứu." for n in range(LONG // 35)]
    return " ".join(parts), " ".join(Random(1).sample(parts, len(parts)))


HARD = {
    "letters": repeating("a", "b"),
    "words": repeating("bán", "nhà"),
    "few words": shuffled(300, 0.3),
    "short runs": interleaved(),
    "sentences": exchanged(),
    "bullets": ("-5 cái\n" * (LONG // 7), "-6 chiếc\n" * (LONG // 9)),
}


@pytest.mark.parametrize("kind", HARD)
def test_placing_ends_whatever_a_text_repeats(kind: str) -> None:
    first, second = HARD[kind]
    given = "\n".join(json.dumps({"id": n, "text": text}) for n, text in enumerate((first, second)))
    done = commands.run("dedupe", given=given.encode(), patience=ENDLESS)
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["of"] for line in done.stdout.splitlines()] == [None, None]


def test_what_is_not_compared_to_the_end_is_a_variant_that_says_so() -> None:
    found = explain(*HARD["few words"])
    assert found.relation is Relation.VARIANT
    assert found.reason == "too long or too repetitive to compare word by word"


def test_a_long_article_is_compared_to_the_end() -> None:
    words = ["".join(Random(n).choices("bcdghklmnt", k=5)) for n in range(300)]
    article = ". ".join(" ".join(Random(n).choices(words, k=12)) for n in range(400))
    assert explain(article, f"Chia sẻ giúp: {article}").relation is Relation.NEAR
    assert explain(article, article.replace(" ", " không ", 1)).relation is Relation.VARIANT


def test_a_matcher_answers_as_difflib_until_its_effort_is_spent() -> None:
    one, other = list("abcdef"), list("bcxefa")
    blocks = [tuple(each) for each in Matcher(one, other, Effort()).get_matching_blocks()]
    assert blocks == [(1, 0, 2), (4, 3, 2), (6, 6, 0)]
    with pytest.raises(TooMuch):
        Matcher(one, other, Effort(steps=10)).get_matching_blocks()


def test_a_word_without_end_is_split_in_its_syllables() -> None:
    assert split("nha" * 20_000) == tuple(range(3, 60_000, 3))
    assert split("nhax" * 20_000) == ()
    assert split("") == split("nha") == ()
