"""A record whose sketches an older program drew: its posts are found as before once they are drawn again."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

import dedupe
from tests.pipeline.running import Home, new_home, write_jsonl

FIRST = "Nước sông Hương đã rút, bà con ở Đập Đá đi chợ được rồi, còn ba hộ ở kiệt 12 chưa có điện lại"
SHORT = "Chợ Đông Ba sáng nay đông"
OLD = "affine32/char5/64x1/anchor16x16/v0"


@contextlib.contextmanager
def opened(home: Home) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(home.folder / "record.db")) as record, record:
        yield record


def aged(home: Home) -> None:
    """Make the record what an older program would have left: other sketches, by another scheme."""
    placed_by_an_older_program(home)
    with opened(home) as record:
        record.execute("DELETE FROM meta WHERE name = 'scheme'")


def placed_by_an_older_program(home: Home) -> None:
    """The sketches of a record as they were drawn before, and no index of ours beside it."""
    with opened(home) as record:
        record.execute("UPDATE sketch SET scheme = ?, signature = zeroblob(320)", (OLD,))
    shutil.rmtree(home.folder / "copies")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = new_home(tmp_path / "home")
    rows = [{"id": "a", "text": FIRST}, {"id": "b", "text": SHORT}]
    made.run("import", str(write_jsonl(tmp_path / "first.jsonl", rows)), "--source", "cu")
    made.run("sieve")
    return made


def test_posts_of_an_older_scheme_are_found_again(home: Home, tmp_path: Path) -> None:
    aged(home)
    later = [{"id": "c", "text": f"Chia sẻ giúp: {FIRST.replace('ba hộ', '3 hộ')} nha mn"}]
    home.run("import", str(write_jsonl(tmp_path / "later.jsonl", later)), "--source", "moi")
    home.run("sieve")
    assert home.ledger().duplicate == 1
    with opened(home) as record:
        assert record.execute("SELECT DISTINCT scheme FROM sketch").fetchall() == [(dedupe.SCHEME,)]


def test_sketches_are_drawn_as_a_placement_draws_them(home: Home, tmp_path: Path) -> None:
    with opened(home) as record:
        before = record.execute("SELECT post, signature FROM sketch ORDER BY post").fetchall()
    aged(home)
    later = write_jsonl(tmp_path / "later.jsonl", [{"id": "c", "text": "Trời mưa"}])
    home.run("import", str(later), "--source", "moi")
    home.run("sieve")
    with opened(home) as record:
        assert record.execute("SELECT post, signature FROM sketch ORDER BY post").fetchall() == before


def test_what_an_older_program_placed_since_is_drawn_again_too(home: Home, tmp_path: Path) -> None:
    placed_by_an_older_program(home)
    later = write_jsonl(tmp_path / "later.jsonl", [{"id": "c", "text": FIRST.replace("ba hộ", "3 hộ")}])
    home.run("import", str(later), "--source", "moi")
    home.run("sieve")
    assert home.ledger().duplicate == 1


def test_a_text_too_short_to_be_found_has_no_sketch() -> None:
    long, short = dedupe.sketched([FIRST, "Trời mưa"])
    assert long is not None
    assert short is None
