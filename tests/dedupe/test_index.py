"""The index finds what shares bands or anchors, keeps it, forgets it, and survives being cut off."""

from pathlib import Path

import numpy as np
import pytest

import dedupe.index
from dedupe.held import Held
from dedupe.index import Index
from dedupe.sketch import Sketch, draw


def sketches(count: int, seed: int = 0, length: int = 90) -> list[Sketch]:
    random = np.random.default_rng(seed)
    drawn = draw([bytes(random.integers(97, 123, length).astype(np.uint8)) for _ in range(count)])
    return [sketch for sketch in drawn if sketch is not None]


def fill(index: Index, drawn: list[Sketch], first: int = 0, step: int = 50) -> None:
    for start in range(0, len(drawn), step):
        part = drawn[start : start + step]
        index.add(list(range(first + start, first + start + len(part))), part, first + start + len(part))


def test_what_was_added_is_found(tmp_path: Path) -> None:
    drawn = sketches(300)
    index = Index(tmp_path, flush=64)
    fill(index, drawn)
    for number in (0, 63, 64, 150, 299):
        found = index.find([drawn[number]], 3)[0]
        assert found[0].key == number
        assert found[0].likeness == pytest.approx(1.0)
    assert index.size == 300
    assert index.keys == frozenset(range(300))


def test_unlike_sketches_are_not_found(tmp_path: Path) -> None:
    index = Index(tmp_path)
    fill(index, sketches(200))
    assert not any(index.find(sketches(50, seed=9), 5))


def test_likeness_estimates_jaccard(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    one = bytes(random.integers(97, 123, 200).astype(np.uint8))
    other = one[:150] + bytes(random.integers(97, 123, 50).astype(np.uint8))
    drawn = [s for s in draw([one, other]) if s is not None]
    index = Index(tmp_path)
    index.add([7], drawn[:1], 1)
    assert index.find(drawn[1:], 1)[0][0].likeness == pytest.approx(146 / 246, abs=0.15)


@pytest.mark.parametrize("flush", [16, 100, 1000])
def test_flushing_and_merging_change_no_answer(tmp_path: Path, flush: int) -> None:
    drawn = sketches(500)
    kept, plain = Index(tmp_path / "a", flush=flush), Index(tmp_path / "b", flush=10_000)
    fill(kept, drawn, step=13)
    fill(plain, drawn, step=500)
    assert kept.find(drawn[::7], 5) == plain.find(drawn[::7], 5)


def test_it_opens_where_it_was_closed(tmp_path: Path) -> None:
    drawn = sketches(120)
    index = Index(tmp_path)
    fill(index, drawn)
    index.close()
    again = Index(tmp_path)
    assert again.mark == 120
    assert again.find(drawn[:5], 1) == [[found] for found in (again.find([d], 1)[0][0] for d in drawn[:5])]
    assert again.keys == frozenset(range(120))


def test_what_was_not_flushed_is_to_be_added_again(tmp_path: Path) -> None:
    drawn = sketches(100)
    index = Index(tmp_path, flush=64)
    fill(index, drawn, step=32)
    again = Index(tmp_path, flush=64)
    assert again.mark == 64
    assert again.keys == frozenset(range(64))
    fill(again, drawn[64:], first=64)
    assert again.keys == frozenset(range(100))


@pytest.mark.parametrize("name", ["keys", "minima"])
def test_what_was_written_beyond_the_mark_is_dropped(tmp_path: Path, name: str) -> None:
    drawn = sketches(64)
    index = Index(tmp_path, flush=32)
    fill(index, drawn, step=32)
    with (tmp_path / name).open("ab") as file:
        file.write(b"half a flush that was cut off")
    (tmp_path / "run-99").write_bytes(b"a run that no list names")
    again = Index(tmp_path, flush=32)
    assert again.find([drawn[40]], 1)[0][0].key == 40
    assert not (tmp_path / "run-99").exists()


@pytest.mark.parametrize("name", ["keys", "minima", "index.json"])
def test_a_damaged_index_starts_empty(tmp_path: Path, name: str) -> None:
    index = Index(tmp_path, flush=32)
    fill(index, sketches(64), step=32)
    (tmp_path / name).write_bytes(b"")
    again = Index(tmp_path, flush=32)
    assert again.mark == 0
    assert again.size == 0


def test_a_removed_post_leaves_no_trace(tmp_path: Path) -> None:
    drawn = sketches(100)
    index = Index(tmp_path, flush=40)
    fill(index, drawn, step=20)
    index.remove([3, 50, 95])
    assert index.keys == frozenset(range(100)) - {3, 50, 95}
    for number in (3, 50, 95):
        assert index.find([drawn[number]], 5) == [[]]
        assert not _stands_in_files(tmp_path, drawn[number])
    assert _stands_in_files(tmp_path, drawn[4])
    assert index.find([drawn[4]], 1)[0][0].key == 4


def _stands_in_files(folder: Path, sketch: Sketch) -> bool:
    minima = sketch.signature.astype(np.uint8).tobytes()
    in_minima = minima in (folder / "minima").read_bytes()
    keys = {int(key) >> 32 for run in folder.glob("run-?") for key in np.fromfile(run, dtype=np.uint64)}
    return in_minima or any((int(anchor) | 0x8000_0000) in keys for anchor in sketch.anchors)


def test_removing_all_leaves_an_index_that_works(tmp_path: Path) -> None:
    drawn = sketches(60)
    index = Index(tmp_path, flush=20)
    fill(index, drawn, step=20)
    index.remove(list(range(60)))
    assert index.keys == frozenset()
    assert not any(index.find(drawn, 5))
    fill(index, sketches(30, seed=5), first=100)
    assert len(index.keys) == 30


def test_a_post_added_again_stands_once(tmp_path: Path) -> None:
    drawn = sketches(40)
    index = Index(tmp_path, flush=16)
    fill(index, drawn[:32], step=16)
    index.add([5], [drawn[35]], 33)
    assert [found.key for found in index.find([drawn[35]], 5)[0]] == [5]
    assert index.find([drawn[5]], 5) == [[]]


def test_a_removal_that_was_cut_short_is_done_when_it_is_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = sketches(60)
    cut, whole = Index(tmp_path / "a", flush=30), Index(tmp_path / "b", flush=30)
    for index in (cut, whole):
        fill(index, drawn, step=30)

    def killed(*_: object) -> None:
        raise SystemExit

    for step in ("forget", "scrub"):
        with monkeypatch.context() as patched, pytest.raises(SystemExit):
            patched.setattr(dedupe.index, step, killed)
            cut.remove([3, 40])
    cut.remove([3, 40])
    whole.remove([3, 40])
    for name in ("run-1", "run-2", "run-1.seen", "run-2.seen", "keys", "minima"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_posts_out_of_order_cost_no_search_for_what_is_not_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = sketches(40)
    index = Index(tmp_path, flush=16)
    index.add([1000], drawn[:1], 1)
    removed: list[int] = []
    monkeypatch.setattr(index, "remove", removed.extend)
    for number, sketch in enumerate(drawn[1:], 1):
        index.add([number], [sketch], number + 1)
    again = Index(tmp_path, flush=16)
    monkeypatch.setattr(again, "remove", removed.extend)
    again.add([500], drawn[:1], 100)
    assert removed == []
    again.add([500, 1000], drawn[:2], 101)
    assert removed == [500, 1000]


def test_keys_are_held_until_they_are_dropped() -> None:
    held = Held(np.array([4, -1, 900], dtype=np.int64))
    held.add([7, 8, 100_000])
    held.drop([900, 5, 10**9])
    assert held.among([4, 5, 7, 8, 900, 100_000, 10**9]) == [4, 7, 8, 100_000]


def test_a_crowd_in_one_bucket_proposes_few(tmp_path: Path) -> None:
    one = sketches(1)[0]
    index = Index(tmp_path, flush=100)
    index.add(list(range(500)), [one] * 500, 500)
    assert len(index.find([one], 6)[0]) == 6


def test_items_of_a_batch_find_those_before_them(tmp_path: Path) -> None:
    one, other, shelved = sketches(3)
    index = Index(tmp_path)
    index.add([7], [shelved], 1)
    found = index.find([one, other, one, shelved], 4)
    assert found[0] == []
    assert found[1] == []
    assert [(f.key, f.beside) for f in found[2]] == [(0, True)]
    assert [(f.key, f.beside) for f in found[3]] == [(7, False)]


def test_clearing_forgets_all(tmp_path: Path) -> None:
    drawn = sketches(40)
    index = Index(tmp_path, flush=16)
    fill(index, drawn)
    index.clear()
    assert index.mark == 0
    assert not any(index.find(drawn, 5))
