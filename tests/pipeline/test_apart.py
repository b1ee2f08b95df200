"""What a person set apart or put to another stays so, whatever is placed again, until it is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from sangtin.pipeline import home
from sangtin.pipeline.parts import Parts, opened
from sangtin.pipeline.placing import Placing
from sangtin.post import Act, Bin, Post, Relation, Review
from sangtin.record import erasing, placing, posts, reviews, shown, sources
from sangtin.record.schema import post
from sangtin.settings import Settings
from tests.record.checking import START, assert_reconciled, fetched, keys_of

FIRST = "Nước lũ lên nhanh ở hạ lưu, bà con xóm dưới cần thuyền và áo phao ngay trong tối nay"
LONG = (
    FIRST
    + ". Mọi người nhớ mang theo đèn pin và nước uống, ưu tiên người già và trẻ nhỏ đi trước, tắt hết điện "
    "trong nhà, khóa van bếp, cột ghe vào gốc cây to và gọi cho nhau trước khi trời tối."
)
OTHER = "Quán phở đầu ngõ hôm nay bán rất ngon, phục vụ nhanh, giá cả hợp lý, tôi sẽ còn quay lại"
COPY = "Chia sẻ giúp: " + FIRST + "!!!"


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    settings = Settings(home=tmp_path / "home", record="", search="")
    home.init(settings)
    with opened(settings) as made:
        with made.record.write() as writing:
            sources.ensure(writing, "bao-mau")
        yield made
        assert_reconciled(made.record)


def add(parts: Parts, *some: Post) -> None:
    with parts.record.write() as writing:
        posts.add(writing, some)
    place_all(parts)


def place_all(parts: Parts) -> None:
    with Placing(parts) as placer:
        while placer.place_some().posts:
            pass


def say(parts: Parts, act: Act, name: str, **more: object) -> int:
    with parts.record.write() as writing:
        return reviews.append(writing, Review("an", act, f"bao-mau:{name}", **more))  # type: ignore[arg-type]


def bin_of(parts: Parts, name: str) -> str:
    with parts.record.read() as connection:
        found = select(post.c.bin).where(post.c.id == f"bao-mau:{name}")
        return str(connection.execute(found).scalar_one())


def stands(parts: Parts, name: str) -> tuple[int | None, Relation]:
    """(of, relation) as the placer sees them."""
    key = keys_of(parts.record)[f"bao-mau:{name}"]
    with parts.record.read() as connection:
        found = placing.standing(connection, [key])[key]
    return found.of, found.relation


def test_copies_of_what_was_set_apart_hang_on_it(parts: Parts) -> None:
    add(parts, fetched("1", FIRST), fetched("2", COPY + " Xóm dưới có 40 nhà.", 1))
    add(parts, fetched("3", COPY, 2))
    assert bin_of(parts, "3") == Bin.DUPLICATE
    say(parts, Act.NOT_A_COPY, "3")
    assert bin_of(parts, "3") == Bin.PENDING
    add(parts, fetched("4", COPY, 3))
    assert stands(parts, "3") == (None, Relation.VARIANT)
    assert stands(parts, "4")[0] == keys_of(parts.record)["bao-mau:3"]


@pytest.mark.parametrize("what", ["erased", "edited"])
@pytest.mark.parametrize("text", [FIRST, COPY])
def test_it_stays_apart_when_it_is_placed_again(parts: Parts, what: str, text: str) -> None:
    add(parts, fetched("1", FIRST), fetched("2", text, 1), fetched("3", COPY, 2))
    say(parts, Act.NOT_A_COPY, "2")
    if what == "erased":
        with parts.record.write() as writing:
            erasing.erase(writing, keys_of(parts.record)["bao-mau:1"])
    else:
        add(parts, Post("bao-mau", "1", "Chợ quê sáng nay họp sớm, rau tươi đầy", START + timedelta(hours=5)))
    place_all(parts)
    assert stands(parts, "2")[0] is None
    assert bin_of(parts, "2") == Bin.PENDING
    assert bin_of(parts, "3") == Bin.DUPLICATE


def test_taken_back_it_is_a_copy_again(parts: Parts) -> None:
    add(parts, fetched("1", FIRST), fetched("2", COPY, 1))
    first = keys_of(parts.record)["bao-mau:1"]
    act = say(parts, Act.NOT_A_COPY, "2")
    say(parts, Act.UNDO, "2", undoes=act)
    assert bin_of(parts, "2") == Bin.DUPLICATE
    place_all(parts)
    assert stands(parts, "2")[0] == first
    assert bin_of(parts, "2") == Bin.DUPLICATE
    add(parts, fetched("3", COPY, 2))
    assert stands(parts, "3")[0] == first


def test_taken_back_after_it_was_placed_again_it_is_a_copy(parts: Parts) -> None:
    add(parts, fetched("1", FIRST), fetched("2", FIRST, 1), fetched("3", COPY, 2))
    act = say(parts, Act.NOT_A_COPY, "3")
    with parts.record.write() as writing:
        erasing.erase(writing, keys_of(parts.record)["bao-mau:1"])
    place_all(parts)
    assert bin_of(parts, "3") == Bin.PENDING
    say(parts, Act.UNDO, "3", undoes=act)
    assert stands(parts, "3")[0] == keys_of(parts.record)["bao-mau:2"]
    assert bin_of(parts, "3") == Bin.DUPLICATE


def test_the_later_of_apart_and_same_counts(parts: Parts) -> None:
    add(parts, fetched("1", FIRST), fetched("2", COPY, 1))
    say(parts, Act.NOT_A_COPY, "2")
    say(parts, Act.SAME_AS, "2", target="bao-mau:1")
    place_all(parts)
    assert stands(parts, "2")[0] == keys_of(parts.record)["bao-mau:1"]
    assert bin_of(parts, "2") == Bin.DUPLICATE


def test_an_edited_text_is_judged_anew(parts: Parts) -> None:
    add(parts, fetched("1", FIRST), fetched("2", COPY, 1))
    say(parts, Act.NOT_A_COPY, "2")
    add(parts, Post("bao-mau", "2", COPY + " Nhanh lên!", START + timedelta(hours=5)))
    assert stands(parts, "2")[0] == keys_of(parts.record)["bao-mau:1"]


@pytest.mark.parametrize("text", [FIRST, COPY + " Xóm dưới có 40 nhà."])
def test_a_post_edited_into_what_a_person_put_to_it_stays_to_be_seen(parts: Parts, text: str) -> None:
    add(parts, fetched("1", FIRST), fetched("2", OTHER, 1))
    say(parts, Act.SAME_AS, "1", target="bao-mau:2")
    add(parts, Post("bao-mau", "2", text, START + timedelta(hours=5)))
    assert (bin_of(parts, "1"), bin_of(parts, "2")) == (Bin.DUPLICATE, Bin.PENDING)
    add(parts, fetched("3", text, 400), fetched("4", text + " Nhanh lên bà con ơi!", 401))
    assert [stands(parts, name)[0] for name in "34"] == [keys_of(parts.record)["bao-mau:2"]] * 2


def test_what_repeats_a_post_put_to_another_hangs_on_that(parts: Parts) -> None:
    add(parts, fetched("1", FIRST), fetched("2", OTHER, 1), fetched("3", COPY, 2))
    say(parts, Act.SAME_AS, "1", target="bao-mau:2")
    add(parts, fetched("4", FIRST, 3), fetched("5", COPY, 4))
    assert [stands(parts, name)[0] for name in "345"] == [keys_of(parts.record)["bao-mau:2"]] * 3


def test_posts_that_wait_for_their_places_together_never_hide_each_other(parts: Parts) -> None:
    add(parts, fetched("1", OTHER), fetched("2", "Chia sẻ giúp: " + OTHER, 1), fetched("3", "Chợ họp sớm", 2))
    say(parts, Act.SAME_AS, "2", target="bao-mau:3")
    with parts.record.write() as writing:
        erasing.erase(writing, keys_of(parts.record)["bao-mau:1"])
        late = START + timedelta(hours=5)
        posts.add(writing, [Post("bao-mau", "3", OTHER, late), fetched("4", OTHER, 400)])
    place_all(parts)
    assert (bin_of(parts, "2"), bin_of(parts, "3"), bin_of(parts, "4")) == (
        Bin.DUPLICATE,
        Bin.PENDING,
        Bin.DUPLICATE,
    )


def test_near_copies_of_what_was_set_apart_hang_on_it_too(parts: Parts) -> None:
    add(parts, fetched("1", LONG), fetched("2", LONG.replace("đèn pin", "đèn pin nhé"), 1))
    assert similarity(parts, "2") >= 0.9, "so that it was not drawn"
    say(parts, Act.NOT_A_COPY, "2")
    place_all(parts)
    add(parts, fetched("3", LONG.replace("đèn pin", "đèn pin nhé").replace("trẻ nhỏ", "trẻ nhỏ nha"), 2))
    assert stands(parts, "2") == (None, Relation.VARIANT)
    assert stands(parts, "3")[0] == keys_of(parts.record)["bao-mau:2"]
    assert bin_of(parts, "2") == Bin.PENDING


def similarity(parts: Parts, name: str) -> float:
    with parts.record.read() as connection:
        (found,) = shown.summaries_by_id(connection, [f"bao-mau:{name}"])
    assert found.membership is not None
    return found.membership.similarity


def test_taken_back_its_copies_are_copies_of_the_original(parts: Parts) -> None:
    add(parts, fetched("1", FIRST), fetched("2", COPY, 1))
    act = say(parts, Act.NOT_A_COPY, "2")
    add(parts, fetched("3", COPY, 2))
    first, second, _ = sorted(keys_of(parts.record).values())
    assert stands(parts, "3")[0] == second
    say(parts, Act.UNDO, "2", undoes=act)
    assert bin_of(parts, "3") == Bin.DUPLICATE
    place_all(parts)
    assert [stands(parts, name)[0] for name in "23"] == [first, first]
    assert [bin_of(parts, name) for name in "123"] == [Bin.PENDING, Bin.DUPLICATE, Bin.DUPLICATE]


def test_taken_back_what_a_post_was_put_to_lets_go_of_its_copies(parts: Parts) -> None:
    add(parts, fetched("1", FIRST), fetched("2", OTHER, 1))
    act = say(parts, Act.SAME_AS, "1", target="bao-mau:2")
    add(parts, fetched("3", FIRST, 2), fetched("4", OTHER, 3))
    first, second, *_ = sorted(keys_of(parts.record).values())
    assert [stands(parts, name)[0] for name in "34"] == [second, second]
    say(parts, Act.UNDO, "1", undoes=act)
    place_all(parts)
    assert [stands(parts, name)[0] for name in "34"] == [first, second]
    assert bin_of(parts, "1") == Bin.PENDING


@pytest.mark.parametrize("act", [Act.NOT_A_COPY, Act.SAME_AS])
def test_corrected_what_a_post_was_put_to_lets_go_of_its_copies(parts: Parts, act: Act) -> None:
    add(
        parts,
        fetched("1", FIRST),
        fetched("2", OTHER, 1),
        fetched("9", "Chợ quê họp sớm, bà con ghé mua rau", 2),
    )
    say(parts, Act.SAME_AS, "1", target="bao-mau:2")
    add(parts, fetched("3", FIRST, 3))
    first, second, ninth, _ = sorted(keys_of(parts.record).values())
    assert stands(parts, "3")[0] == second
    say(parts, act, "1", **({"target": "bao-mau:9"} if act is Act.SAME_AS else {}))
    place_all(parts)
    assert stands(parts, "3")[0] == (ninth if act is Act.SAME_AS else first)
