"""The exact ground truth of near-duplicates: what is alike stands together and counts as copies."""

from __future__ import annotations

import gzip
import io
import json
import os
from collections import defaultdict
from functools import cache
from pathlib import Path
from random import Random

import pytest

from dedupe.jsonl import Row, placed
from tests.bench._copies import planted, texts

FOLDER = os.environ.get("SANGTIN_TEST_DATA")
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not FOLDER, reason="SANGTIN_TEST_DATA names no development data"),
]
COUNTED = {"variant", "quotes"}
# Posts of the development data with exact and edited copies planted among them.
PLANTED = 10_000


def truth() -> Path:
    return Path(str(FOLDER)) / "neardup"


@cache
def docs() -> dict[str, str]:
    with gzip.open(truth() / "reintel-posts.docs.jsonl.gz", "rt", encoding="utf-8") as file:
        return {row["id"]: row["text"] for row in map(json.loads, file)}


def alike() -> list[tuple[str, str, float]]:
    lines = (truth() / "reintel-posts.pairs.jsonl").read_text("utf-8").splitlines()
    return [(row["a"], row["b"], row["jaccard_char5"]) for row in map(json.loads, lines)]


def place(ids: list[str]) -> dict[str, Row]:
    lines = "\n".join(json.dumps({"id": name, "text": docs()[name]}) for name in ids)
    return {str(row.id): row for row in placed(io.BytesIO(lines.encode()))}


@cache
def in_order() -> dict[str, Row]:
    return place(list(docs()))


@pytest.mark.parametrize(("jaccard", "share"), [(0.8, 0.98), (0.7, 0.93)])
def test_posts_like_an_earlier_one_are_in_its_cluster_and_copies_or_named_variants(
    jaccard: float, share: float
) -> None:
    order = {name: number for number, name in enumerate(docs())}
    earlier: dict[str, list[str]] = defaultdict(list)
    for a, b, similarity in alike():
        if similarity >= jaccard:
            first, second = sorted((a, b), key=order.__getitem__)
            earlier[second].append(first)
    together = copies = counted = 0
    for later, firsts in earlier.items():
        row = in_order()[later].as_json()
        together += any(in_order()[f].as_json()["cluster"] == row["cluster"] for f in firsts)
        if row["relation"] in COUNTED:
            assert row["reason"]
        else:
            counted += 1
            copies += row["of"] is not None
    assert together >= share * len(earlier)
    assert copies >= share * counted


def test_the_number_of_planted_copies_does_not_depend_on_the_order_of_arrival() -> None:
    posts = [(f"p{number}", text) for number, text in enumerate(planted(texts(), PLANTED))]
    counts = []
    for order in range(6):
        Random(order).shuffle(posts)
        lines = "\n".join(json.dumps({"id": name, "text": text}) for name, text in posts)
        rows = placed(io.BytesIO(lines.encode()))
        counts.append(sum(row.placement is not None and row.placement.of is not None for row in rows))
    assert max(counts) - min(counts) <= 0.01 * min(counts), counts


def test_the_number_of_copies_hardly_depends_on_the_order() -> None:
    names = list(docs())
    counts = [sum(row.placement is not None and row.placement.of is not None for row in in_order().values())]
    Random(1).shuffle(names)
    counts.append(
        sum(row.placement is not None and row.placement.of is not None for row in place(names).values())
    )
    assert abs(counts[0] - counts[1]) <= max(2, 0.01 * len(names)), counts
