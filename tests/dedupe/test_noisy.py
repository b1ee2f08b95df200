"""A change of meaning is one however it is typed: with slips, digits, without marks, with emoji."""

import json
from pathlib import Path
from random import Random

import pytest

from dedupe import compare, read
from sangtin.post import Relation
from tests.dedupe.edits import KINDS

WRITTEN = Path(__file__).parent / "written"
COPY = {Relation.NEAR, Relation.EXACT}
NOISE = [
    "case",
    "diacritics",
    "emoji",
    "frames",
    "hashtags",
    "homoglyphs",
    "leet",
    "slips",
    "spaced",
    "teencode",
]
STRENGTH = 0.1
# One key may make the word by which two statements differ the other one's (`Thu`, `Thư`; `pho`, `phó`).
MOST_HIDDEN = 0.006


def rows(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (WRITTEN / f"{name}.jsonl").read_text("utf-8").splitlines()]


BASES = {row["id"]: row["text"] for name in ("bases", "later_bases") for row in rows(name)}
CHANGES = [
    (BASES[row["of"]], row["text"])
    for row in rows("changes") + rows("later")
    if not row["kind"].startswith("copy/")
]


@pytest.mark.parametrize("kind", NOISE)
def test_hardly_a_change_is_hidden_by_noise(kind: str) -> None:
    random = Random(kind)
    noisy = [(base, KINDS[kind](text, STRENGTH, random)) for base, text in CHANGES]
    hidden = [pair for pair in noisy if compare(*read(pair)).relation in COPY]
    assert len(noisy) > 800
    assert len(hidden) <= MOST_HIDDEN * len(noisy), hidden
