"""Backups come back whole: into a home that holds something of another record, and old ones too."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tarfile
import time
from pathlib import Path

import pytest

from tests.pipeline.running import Home, new_home, write_jsonl

ROWS = [{"id": str(n), "text": f"bài thứ {n} về con đường trước chợ"} for n in range(20)]


@pytest.fixture
def kept(home: Home, tmp_path: Path) -> Path:
    """A backup of a record of twenty posts."""
    home.run("import", str(write_jsonl(tmp_path / "p.jsonl", ROWS)), "--source", "mau")
    file = tmp_path / "kept.tar.gz"
    home.run("backup", str(file))
    return file


def test_the_log_of_another_record_is_never_taken_for_its_own(home: Home, kept: Path, tmp_path: Path) -> None:
    beside = sqlite3.connect(home.folder / "record.db")
    beside.execute("SELECT count(*) FROM post").fetchall()
    more = [{"id": f"x{n}", "text": f"bài mới {n} đến sau bản sao lưu"} for n in range(50)]
    home.run("import", str(write_jsonl(tmp_path / "more.jsonl", more)), "--source", "mau")
    log = (home.folder / "record.db-wal").read_bytes()
    beside.close()
    (home.folder / "record.db").rename(tmp_path / "record.db")
    (home.folder / "record.db-wal").write_bytes(log)
    said = home.run("restore", str(kept), expect=2)
    assert "record.db-wal" in said
    assert "they belong together" in said
    (home.folder / "record.db-wal").unlink()
    home.run("restore", str(kept))
    assert home.ledger().identified == 20


def test_a_backup_of_an_earlier_version_begins_a_history_of_its_own(
    home: Home, kept: Path, tmp_path: Path
) -> None:
    more = [{"id": f"x{n}", "text": f"bài mới {n} đến sau bản sao lưu"} for n in range(30)]
    home.run("import", str(write_jsonl(tmp_path / "more.jsonl", more)), "--source", "mau")
    for file in home.folder.glob("record.db*"):
        file.unlink()
    home.run("restore", str(older(kept, tmp_path)))
    assert home.ledger().identified == 20
    assert home.json("index", "check") == {"posts": 20, "mended": 0, "agree": True}
    assert home.json("search", "sao", "--limit", "1")["total"] == 0


def older(backup: Path, folder: Path) -> Path:
    """The same backup as an earlier version of the program wrote it, before months were rolled up."""
    with tarfile.open(backup) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    with contextlib.closing(sqlite3.connect(folder / "unpacked" / "record.db")) as record:
        record.execute("ALTER TABLE source DROP COLUMN news")
        record.execute("DROP TABLE monthly")
        record.execute("UPDATE alembic_version SET version_num = '0002'")
        record.commit()
    with tarfile.open(folder / "older.tar.gz", "w:gz") as archive:
        for part in (folder / "unpacked").iterdir():
            archive.add(part, part.name)
    return folder / "older.tar.gz"


def test_models_come_back_beside_those_that_are_there(home: Home, tmp_path: Path) -> None:
    (home.folder / "models" / "trained").mkdir()
    (home.folder / "models" / "trained" / "model.json").write_text("{}")
    file = tmp_path / "with.tar.gz"
    home.run("backup", str(file))
    other = new_home(tmp_path / "other")
    for each in other.folder.glob("record.db*"):
        each.unlink()
    before = {each.name for each in (other.folder / "models").iterdir()}
    other.run("restore", str(file))
    assert {each.name for each in (other.folder / "models").iterdir()} == before | {"trained"}


def test_an_import_that_cannot_keep_rejected_rows_says_so_and_goes_on(home: Home, tmp_path: Path) -> None:
    rows = [{"id": str(n)} if n % 2 else {"id": str(n), "text": f"bài {n} về chợ"} for n in range(40)]
    file = write_jsonl(tmp_path / "p.jsonl", rows)
    folder = home.folder / "rejected"
    folder.write_text("a file in the way")
    assert "can't be written" in home.run("import", str(file), "--source", "mau", expect=6)
    folder.unlink()
    folder.mkdir()
    assert home.json("import", str(file), "--source", "mau")["new"] == 20
    assert sum(len(each.read_text().splitlines()) for each in folder.iterdir()) == 20


def test_what_a_killed_backup_left_goes_with_the_next(home: Home, tmp_path: Path) -> None:
    old, young = home.folder / ".backup-old", home.folder / ".backup-young"
    for folder in (old, young):
        folder.mkdir()
        (folder / "record.db").write_text("bài của ai đó")
    long_ago = time.time() - 2 * 86_400
    os.utime(old, (long_ago, long_ago))
    home.run("backup", str(tmp_path / "b.tar.gz"))
    assert not old.exists()
    assert young.exists()
