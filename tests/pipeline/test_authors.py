"""What a pseudonym promises: stable, keyed, the same in every spelling, its key for the owner alone."""

from __future__ import annotations

import stat
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sangtin.errors import InputError, UsageError
from sangtin.pipeline.authors import author_key


def test_a_key_file_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    author_key(tmp_path / "home" / "author.key")
    made = tmp_path / "home" / "author.key"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert len(bytes.fromhex(made.read_text())) == 32
    assert list(made.parent.iterdir()) == [made]


def test_the_same_name_has_the_same_key_in_every_run(tmp_path: Path) -> None:
    first = author_key(tmp_path / "author.key")("Nguyễn Thị Hoà")
    assert first == author_key(tmp_path / "author.key")("Nguyễn Thị Hoà")
    assert len(bytes.fromhex(first)) == 16


def test_another_home_gives_another_key(tmp_path: Path) -> None:
    assert author_key(tmp_path / "a.key")("Lan") != author_key(tmp_path / "b.key")("Lan")


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    return author_key(tmp_path_factory.mktemp("home") / "author.key")


@given(name=st.text())
def test_spellings_of_unicode_and_spaces_around_are_one_name(keyed: Callable[[str], str], name: str) -> None:
    expected = keyed(name)
    assert keyed(unicodedata.normalize("NFD", name)) == expected
    assert keyed(f"  {unicodedata.normalize('NFC', name)}\n") == expected


def test_different_names_have_different_keys(tmp_path: Path) -> None:
    keyed = author_key(tmp_path / "author.key")
    names = [f"người dùng {number}" for number in range(2_000)]
    assert len({keyed(name) for name in names}) == len(names)


def test_a_name_with_half_a_character_has_a_key_too(tmp_path: Path) -> None:
    assert len(author_key(tmp_path / "author.key")("\ud800")) == 32


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    author_key(tmp_path / "author.key")
    (tmp_path / "author.key").chmod(0o644)
    with pytest.raises(UsageError, match="chmod 600"):
        author_key(tmp_path / "author.key")


@pytest.mark.parametrize("damage", ["", "not hex", "00" * 31, "00" * 33, "é"])
def test_a_damaged_key_is_never_replaced_silently(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "author.key"
    file.write_text(damage, encoding="utf-8")
    file.chmod(0o600)
    with pytest.raises(InputError, match="Put your copy of it back"):
        author_key(file)
    assert file.read_text(encoding="utf-8") == damage


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: author_key(tmp_path / "author.key")("Minh"), range(32)))
    assert len(set(keys)) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["author.key"]
