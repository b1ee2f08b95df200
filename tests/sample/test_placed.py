"""The sample's posts, placed by the real dedupe: what was meant as a copy is found, what was not stays."""

from __future__ import annotations

import io
import json

import pytest

from dedupe.jsonl import placed
from sangtin import sample
from sangtin.post import Relation
from sangtin.sample import Truth

COPIES = {Relation.EXACT, Relation.NEAR}


@pytest.fixture(scope="module")
def found() -> list[tuple[Truth, Relation]]:
    posts = list(sample.generate())
    lines = (json.dumps({"id": post.id, "text": post.text}, ensure_ascii=False) for post in posts)
    rows = list(placed(io.BytesIO("\n".join(lines).encode())))
    meant = sample.truth()
    assert [row.id for row in rows] == [post.id for post in posts]
    return [
        (meant[post.id], row.placement.relation)
        for post, row in zip(posts, rows, strict=True)
        if row.placement
    ]


def share(found: list[tuple[Truth, Relation]], meant: set[Relation], counted: set[Relation]) -> float:
    those = [relation for truth, relation in found if truth.relation in meant]
    return sum(relation in counted for relation in those) / len(those)


def test_nothing_but_copies_is_hidden(found: list[tuple[Truth, Relation]]) -> None:
    assert share(found, {Relation.ORIGINAL}, {Relation.ORIGINAL}) == 1


def test_nearly_every_copy_is_found(found: list[tuple[Truth, Relation]]) -> None:
    assert share(found, {Relation.EXACT}, {Relation.EXACT}) == 1
    assert share(found, {Relation.NEAR}, COPIES) > 0.95


def test_variants_and_rebuttals_stay_in_sight(found: list[tuple[Truth, Relation]]) -> None:
    assert share(found, {Relation.VARIANT, Relation.QUOTES}, COPIES) < 0.1
    assert share(found, {Relation.VARIANT, Relation.QUOTES}, {Relation.VARIANT, Relation.QUOTES}) > 0.8
