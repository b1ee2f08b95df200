"""Any two posts say why they stand together or apart, to a person and to a program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dedupe import explain
from sangtin.pipeline import comparing, describing, home
from sangtin.pipeline.parts import Parts, opened
from sangtin.pipeline.placing import Placing
from sangtin.post import Relation
from sangtin.record import posts, shown, sources
from sangtin.settings import Settings
from tests.pipeline.running import Home
from tests.record.checking import fetched

FIRST = "Nước lũ đã rút ở hạ lưu, xóm dưới có 3 người bị thương và cần áo phao ngay trong tối nay"
VARIANT = FIRST.replace("đã rút", "chưa rút").replace("3 người", "30 người")
COPY = "COPY: " + FIRST.upper()


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    settings = Settings(home=tmp_path / "home", record="", search="")
    home.init(settings)
    with opened(settings) as made:
        with made.record.write() as writing:
            sources.ensure(writing, "bao-mau")
            some = (FIRST, VARIANT, COPY, "Chợ quê sáng nay họp sớm, rau tươi đầy các sạp")
            posts.add(writing, [fetched(f"{n}", text, n) for n, text in enumerate(some, 1)])
        with Placing(made) as placer:
            while placer.place_some().posts:
                pass
        yield made


def test_a_variant_names_what_changed(parts: Parts) -> None:
    found = comparing.as_json(comparing.pair(parts.record, "bao-mau:2", "bao-mau:1"))
    assert (found["earlier"], found["later"]) == ("bao-mau:1", "bao-mau:2")
    assert found["relation"] == "variant"
    assert 0.5 < found["similarity"] <= found["containment"] <= 1
    changes = {each["change"]: (each["earlier"], each["later"]) for each in found["differences"]}
    assert changes == {"negation": ("đã", "chưa"), "number": ("3", "30")}
    assert "negation: đã → chưa" in found["reason"]
    assert found["placed"]["later"]["of"] is None


def test_a_copy_says_of_what(parts: Parts) -> None:
    found = comparing.pair(parts.record, "bao-mau:1", "bao-mau:3")
    assert found.comparison.relation is Relation.NEAR
    page = comparing.page(found)
    assert page.startswith("bao-mau:3 beside bao-mau:1: near")
    assert "similarity" in page
    assert "bao-mau:3 stands as near of bao-mau:1, duplicate" in page


def test_strangers_are_told_apart(parts: Parts) -> None:
    found = comparing.as_json(comparing.pair(parts.record, "bao-mau:1", "bao-mau:4"))
    assert (found["relation"], found["reason"]) == ("original", "unlike")


def test_a_person_and_a_program_reach_it(parts: Parts) -> None:
    desk = Home(parts.settings.home)
    assert desk.json("post", "compare", "bao-mau:1", "bao-mau:2")["relation"] == "variant"
    assert "variant" in desk.run("post", "compare", "bao-mau:1", "bao-mau:2")
    assert "There is no post" in desk.run("post", "compare", "bao-mau:1", "bao-mau:9", expect=2)


def test_a_post_shows_why_it_stands_where_it_stands(parts: Parts) -> None:
    with parts.record.read() as connection:
        found = shown.show(connection, "bao-mau:2")
    assert found is not None
    assert "negation: đã → chưa" in describing.page(found)
    said = describing.post(found)
    assert said["reason"].startswith("negation")
    assert said["similarity"] <= said["containment"]


@pytest.mark.parametrize(
    ("earlier", "later", "relation"),
    [
        (FIRST, FIRST + "!!!", Relation.EXACT),
        ("cầu đã thông", "Cầu đã thông!", Relation.EXACT),
        ("cầu đã thông", "cầu chưa thông", Relation.ORIGINAL),
        ("😂", "😂", Relation.EXACT),
        ("", FIRST, Relation.ORIGINAL),
        (FIRST, COPY, Relation.NEAR),
    ],
)
def test_two_texts_alone(earlier: str, later: str, relation: Relation) -> None:
    assert explain(earlier, later).relation is relation
