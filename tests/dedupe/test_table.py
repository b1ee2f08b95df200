"""The written cases and the committed edits through the whole of dedupe: found and hidden, by kind."""

from __future__ import annotations

import io
import json
from functools import cache
from random import Random

import pytest

from dedupe.jsonl import Row, placed
from sangtin.post import Relation
from tests.dedupe.cases import bases, changes, copies, topics
from tests.dedupe.edits import KINDS, STRENGTHS, mixed

CELL = 20
# Found of a cell's twenty, where fewer than eighteen are: what the table showed when it was written. Slips
# of the finger that make another syllable cannot be told from another word without knowing all words.
LEAST = {("slips", "medium"): 14, ("slips", "heavy"): 10}
TABLE = KINDS | {"mixed": mixed}


def edited(kind: str, strength: str) -> list[tuple[str, str, str]]:
    """(name, text, what it is an edit of): twenty a cell."""
    texts, ids = list(bases().values()), list(bases())
    number = list(STRENGTHS).index(strength)
    made = []
    for i in range(CELL):
        at = (i * 3 + number) % len(ids)
        seed = Random(f"{kind}{strength}{i}")
        made.append((f"{kind}/{strength}/{i}", TABLE[kind](texts[at], STRENGTHS[strength], seed), ids[at]))
    return made


@cache
def rows() -> dict[str, Row]:
    """All posts placed in one stream, the sixty first."""
    posts = list(bases().items())
    posts += [(name, text) for kind in TABLE for s in STRENGTHS for name, text, _ in edited(kind, s)]
    for sort, cases in (("copy", copies()), ("change", changes()), ("topic", topics())):
        posts += [(f"{sort}/{number}", case.text) for number, case in enumerate(cases)]
    lines = "\n".join(json.dumps({"id": name, "text": text}) for name, text in posts)
    return {str(row.id): row for row in placed(io.BytesIO(lines.encode()))}


def is_copy(name: str) -> bool:
    where = rows()[name].placement
    assert where is not None
    return where.of is not None


@pytest.mark.parametrize("strength", STRENGTHS)
@pytest.mark.parametrize("kind", TABLE)
def test_edits_are_found(kind: str, strength: str) -> None:
    found = sum(is_copy(name) for name, _, _ in edited(kind, strength))
    assert found >= LEAST.get((kind, strength), 18), f"{found} of {CELL}"


def test_found_copies_are_in_the_cluster_of_what_they_repeat() -> None:
    for kind in TABLE:
        for strength in STRENGTHS:
            for name, _, of in edited(kind, strength):
                copy, original = rows()[name].placement, rows()[of].placement
                assert copy is not None
                assert original is not None
                assert copy.of is None or copy.cluster == original.cluster


def test_of_all_edits_nine_in_ten_are_found() -> None:
    names = [name for kind in TABLE for s in STRENGTHS for name, _, _ in edited(kind, s)]
    assert sum(map(is_copy, names)) >= 0.97 * len(names)


def test_copies_as_people_make_them_are_found() -> None:
    assert sum(is_copy(f"copy/{number}") for number in range(len(copies()))) >= 58


def test_no_change_of_meaning_is_hidden() -> None:
    assert not [case for number, case in enumerate(changes()) if is_copy(f"change/{number}")]


def test_no_unlike_post_on_one_topic_is_hidden() -> None:
    assert not [case for number, case in enumerate(topics()) if is_copy(f"topic/{number}")]


def test_variants_and_quotations_name_their_reason() -> None:
    for row in rows().values():
        assert row.placement is not None
        if row.placement.relation in {Relation.VARIANT, Relation.QUOTES}:
            assert row.placement.reason
