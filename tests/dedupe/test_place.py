"""Posts find their places, whatever batches they come in, and keep them across restarts and erasure."""

import json
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from dedupe import Item, Placement, Placer
from sangtin.post import Relation
from tests.dedupe.cases import bases, changes, copies
from tests.dedupe.edits import mixed
from tests.dedupe.keeping import LastingShelf, item, place, stream

WRITTEN = Path(__file__).parent / "written"
FLOOD = bases()["b01"]
FIRE = bases()["b03"]
NEAR = FLOOD.replace("đang dâng rất nhanh", "dang dang rat nhanh") + " Chia sẻ giúp!"


def written(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (WRITTEN / f"{name}.jsonl").read_text("utf-8").splitlines()]


class Room:
    """A placer, its shelf, and posts numbered as they come."""

    def __init__(self, folder: Path, window: timedelta | None = None) -> None:
        self.folder, self.shelf, self.window = folder, LastingShelf(), window
        self.placer = Placer(self.shelf, folder, window)
        self.number = 0

    def place(self, *texts: str, gap: int = 0) -> list[Placement]:
        items = []
        for text in texts:
            self.number += 1
            items.append(item(self.number + gap, text))
        self.number += gap
        return place(self.placer, self.shelf, items)

    def reopen(self) -> None:
        self.placer = Placer(self.shelf, self.folder, self.window)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_the_first_post_is_an_original(room: Room) -> None:
    (first,) = room.place(FLOOD)
    assert (first.of, first.relation, first.similarity) == (None, Relation.ORIGINAL, 0.0)
    assert first.sketch is not None


@pytest.mark.parametrize("together", [True, False])
def test_copies_hang_on_the_original(room: Room, together: bool) -> None:
    texts = (FLOOD, FLOOD.upper() + "!!!", NEAR, FIRE)
    placed = room.place(*texts) if together else [room.place(text)[0] for text in texts]
    assert [p.of for p in placed] == [None, 1, 1, None]
    assert [p.relation for p in placed[:3]] == [Relation.ORIGINAL, Relation.EXACT, Relation.NEAR]
    assert len({p.cluster for p in placed}) == 2


def test_a_variant_stands_beside_with_copies_of_its_own(room: Room) -> None:
    variant = next(c for c in changes() if c.of == "b02").text
    original, other, copy = room.place(bases()["b02"], variant, variant.lower().replace(",", ""))
    assert other.relation is Relation.VARIANT
    assert other.cluster == original.cluster
    assert other.of is None
    assert other.reason.startswith("number")
    assert copy.of == 2


def test_a_rebuttal_shared_often_is_one_post_and_its_copies(room: Room) -> None:
    rebuttal = f"{FLOOD} Tin này sai sự thật, mọi người đừng chia sẻ."
    placed = room.place(FLOOD, rebuttal, rebuttal, "Copy: " + rebuttal)
    assert [p.relation for p in placed[1:3]] == [Relation.QUOTES, Relation.EXACT]
    assert [p.of for p in placed] == [None, None, 2, 2]


def test_short_texts_match_only_exactly(room: Room) -> None:
    placed = room.place("Chuẩn luôn", "chuẩn luôn!", "chuan luon", "😂", "😂", "❤️", "")
    assert [p.of for p in placed] == [None, 1, None, None, 4, None, None]
    assert all(p.sketch is None for p in placed)


def test_a_flood_of_one_text_is_one_cluster_and_draws_no_sketch(room: Room) -> None:
    room.place(FLOOD)
    placed = [p for _ in range(5) for p in room.place(*[FLOOD] * 400)]
    assert {p.of for p in placed} == {1}
    assert {p.cluster for p in placed} == {placed[0].cluster}
    assert not any(p.sketch for p in placed)
    assert room.placer.findable == {1}


def test_a_flood_of_one_near_copy_is_placed_by_its_words(room: Room) -> None:
    room.place(FLOOD, NEAR)
    placed = room.place(*[NEAR] * 50)
    assert {p.of for p in placed} == {1}
    assert {p.relation for p in placed} == {Relation.NEAR}
    assert room.placer.findable == {1}


@pytest.mark.parametrize("together", [True, False])
def test_the_words_of_another_copy_are_as_like_the_original_as_that_copy(room: Room, together: bool) -> None:
    cut = " ".join(FLOOD.split()[: len(FLOOD.split()) * 2 // 3])
    texts = (FLOOD, cut, cut.upper())
    placed = room.place(*texts) if together else [room.place(text)[0] for text in texts]
    assert [p.of for p in placed] == [None, 1, 1]
    assert placed[1].similarity < 0.8
    assert (placed[2].similarity, placed[2].containment) == (placed[1].similarity, placed[1].containment)


def test_chains_do_not_drift(room: Room) -> None:
    words = (FLOOD + " " + FIRE + " " + bases()["b06"]).split()
    windows = [" ".join(words[start : start + 30]) for start in range(0, len(words) - 30, 5)]
    placed = [room.place(text)[0] for text in windows]
    first = {windows[0].split()[i] for i in range(30)}
    for text, where in zip(windows, placed, strict=True):
        if where.cluster == placed[0].cluster:
            assert len(first & set(text.split())) >= 10
    assert len({p.cluster for p in placed}) > 1


def test_restarts_change_nothing(tmp_path: Path) -> None:
    posts = stream(300)
    kept, restarted = Room(tmp_path / "a"), Room(tmp_path / "b")
    for start in range(0, 300, 30):
        one = place(kept.placer, kept.shelf, posts[start : start + 30])
        restarted.reopen()
        assert place(restarted.placer, restarted.shelf, posts[start : start + 30]) == one
    assert kept.placer.findable == restarted.placer.findable


def test_a_batch_that_was_not_recorded_leaves_nothing(room: Room) -> None:
    room.place(FLOOD)
    room.placer.place([item(50, FIRE)])
    room.placer.commit()
    assert room.placer.findable == {1}
    assert room.place(FIRE)[0].of is None


def test_the_index_is_made_again_from_the_shelf(room: Room, tmp_path: Path) -> None:
    room.place(FLOOD, FIRE)
    room.folder = tmp_path / "empty"
    room.reopen()
    assert room.placer.findable == {1, 2}
    assert room.place(NEAR)[0].of == 1


def test_a_window_lets_old_posts_rest(tmp_path: Path) -> None:
    room = Room(tmp_path, timedelta(days=30))
    room.place(FLOOD)
    assert room.place(NEAR, gap=86_400 * 20)[0].of == 1
    assert room.place(FLOOD, NEAR, gap=86_400 * 40)[0].of is None


def test_a_post_that_comes_late_repeats_nothing_that_was_written_beyond_the_window(tmp_path: Path) -> None:
    room = Room(tmp_path, timedelta(days=30))
    room.place(FLOOD, gap=86_400 * 100)
    assert room.placer.place([item(86_400 * 10, NEAR)])[0].of is None
    assert room.placer.place([item(86_400 * 90, NEAR)])[0].of is not None


@pytest.mark.parametrize("together", [True, False])
def test_a_text_that_comes_back_after_the_window_leads_its_own_copies(tmp_path: Path, together: bool) -> None:
    room = Room(tmp_path, timedelta(days=30))
    room.place(FLOOD)
    room.place("bài khác hẳn về một chuyện đã lâu", gap=86_400 * 40)
    texts = (FLOOD, FLOOD + " !!!", FLOOD)
    found = room.place(*texts) if together else [room.place(text)[0] for text in texts]
    assert [each.of for each in found] == [None, found[0].key, found[0].key]
    assert found[0].sketch is not None
    assert len({each.cluster for each in found}) == 1


@pytest.mark.parametrize("together", [True, False])
def test_what_repeats_a_post_that_a_person_set_apart_hangs_on_it(room: Room, together: bool) -> None:
    (first,) = room.place(FLOOD)
    apart, copy = item(9, NEAR), item(10, NEAR.upper() + "!")
    found = room.placer.place([apart, copy] if together else [apart], apart={9})
    assert (found[0].of, found[0].cluster) == (1, first.cluster), "what the machine holds is kept beside"
    assert found[0].sketch is not None
    if not together:
        room.shelf.keep([apart], found)
        room.shelf.set_apart(9)
        room.placer.commit()
        found += room.placer.place([copy])
    assert (found[1].of, found[1].cluster) == (9, first.cluster)


def test_what_is_set_apart_is_repeated_when_another_leads(room: Room) -> None:
    placements = room.placer.succeed([item(5, FLOOD), item(6, NEAR), item(7, NEAR)], "c1", apart={6})
    assert [p.of for p in placements] == [None, 5, 6]


def test_an_edited_post_is_found_by_its_new_text_only(room: Room) -> None:
    room.place(FLOOD)
    place(room.placer, room.shelf, [item(1, FIRE)])
    assert room.placer.findable == {1}
    assert room.place(NEAR)[0].of is None
    assert room.place("COPY: " + FIRE)[0].of == 1


def test_a_post_does_not_repeat_itself(room: Room) -> None:
    room.place(FLOOD)
    (again,) = room.placer.place([item(1, FLOOD)])
    assert again.of is None


def test_after_a_deletion_the_earliest_remaining_member_leads(room: Room) -> None:
    first, *_ = room.place(FLOOD, FLOOD, NEAR, FIRE)
    room.placer.remove([1])
    room.shelf.erase(1)
    left = room.shelf.members(first.cluster)
    placements = room.placer.succeed(left, first.cluster)
    room.shelf.keep(left, placements)
    room.placer.commit()
    assert [(p.key, p.of, p.cluster) for p in placements] == [(2, None, first.cluster), (3, 2, first.cluster)]
    assert room.placer.findable == {2, 4}
    assert room.place(FLOOD)[0].of == 2


def test_many_members_succeed_one_another(room: Room) -> None:
    texts = [mixed(FLOOD, 0.1, Random(number)) for number in range(20)]
    first, *_ = room.place(FLOOD, *texts)
    room.placer.remove([1])
    room.shelf.erase(1)
    placements = room.placer.succeed(room.shelf.members(first.cluster), first.cluster)
    assert placements[0].of is None
    assert sum(p.of == placements[0].key for p in placements) >= 18


def test_members_unlike_the_new_leader_leave(room: Room) -> None:
    room.place(FLOOD)
    placements = room.placer.succeed([item(5, FLOOD), item(6, FIRE)], "c1")
    assert placements[0].cluster == "c1"
    assert placements[1].cluster != "c1"


def test_cluster_names_are_never_used_again(room: Room) -> None:
    names = {room.placer.place([item(key, text)])[0].cluster for key in range(5) for text in (FLOOD, FIRE)}
    assert len(names) == 10


def test_the_same_posts_get_the_same_places(tmp_path: Path) -> None:
    one = Room(tmp_path / "a").place(*(p.text for p in stream(80)))
    assert Room(tmp_path / "b").place(*(p.text for p in stream(80))) == one


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_batches_of_any_size_agree(tmp_path: Path, size: int) -> None:
    posts = stream(150)
    whole, parts = Room(tmp_path / "a"), Room(tmp_path / "b")
    expected = place(whole.placer, whole.shelf, posts)
    found = [p for s in range(0, 150, size) for p in place(parts.placer, parts.shelf, posts[s : s + size])]
    copies_of = [p.of is not None for p in expected]
    assert sum(a != (b.of is not None) for a, b in zip(copies_of, found, strict=True)) <= 1


def counted(folder: Path, texts: list[str], orders: int = 6) -> list[int]:
    """How many of the texts count as copies, over random orders of arrival."""
    counts = []
    for order in range(orders):
        Random(order).shuffle(texts)
        placed = Room(folder / str(order)).place(*texts)
        counts.append(sum(p.of is not None for p in placed))
    return counts


def test_the_number_of_copies_does_not_depend_on_the_order_of_arrival(tmp_path: Path) -> None:
    """Hand-made copies, changes of meaning and unlike posts, and edited copies as many as an archive has."""
    random = Random(3)
    posts = [*bases().values(), *(row["text"] for row in written("later_bases"))]
    texts = [*posts, *(case.text for case in (*copies(), *changes()))]
    texts += [row["text"] for name in ("later", "later_topics") for row in written(name)]
    texts += [mixed(text, strength, random) for text in posts for strength in (0.1, 0.1, 0.1, 0.1, 0.3) * 2]
    counts = counted(tmp_path, texts)
    assert max(counts) - min(counts) <= 0.01 * min(counts), counts


def test_no_items_no_placements(room: Room) -> None:
    assert room.placer.place([]) == []
    assert room.placer.succeed([], "c1") == []


def test_a_post_that_is_gone_from_the_shelf_is_not_repeated(room: Room) -> None:
    room.place(FLOOD)
    room.shelf.erase(1)
    (placed,) = room.placer.place([Item(7, NEAR, item(7, "").moment)])
    assert placed.of is None
