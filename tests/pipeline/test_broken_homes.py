"""Homes, settings and disks that are not as they should be: a sentence and an exit code, no traceback."""

from __future__ import annotations

import contextlib
import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from sangtin.record import accounts, open_record
from sangtin.settings import Settings
from tests.pipeline.running import Home, write_jsonl

COMMANDS = (["sieve"], ["init"])


def damaged(home: Home, how: str) -> None:
    """Do one thing to a home that a careless night brings."""
    file = home.folder / "record.db"
    if how == "newer":
        with sqlite3.connect(file) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.close()
    elif how == "cut":
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    elif how == "overwritten":
        file.write_bytes(b"no record" * 1_000)
    else:
        (home.folder / "config.toml").write_text("contact = [", encoding="utf-8")


@pytest.mark.parametrize(
    ("how", "said", "code"),
    [
        ("newer", "Use the version", 6),
        ("cut", "damaged", 6),
        ("overwritten", "damaged", 6),
        ("settings", "config.toml", 2),
    ],
)
def test_what_is_damaged_is_named_by_every_command(home: Home, how: str, said: str, code: int) -> None:
    damaged(home, how)
    for command in COMMANDS:
        assert said in home.run(*command, expect=code), command
    assert said in home.run("doctor", expect=2 if how == "settings" else 1)


def test_a_prefix_that_elasticsearch_would_not_take_is_a_setting_that_is_wrong(home: Home) -> None:
    for prefix in ("", "Sangtin", "sàng-tin", "_all", "a/b", "a,b", "a*", "-a", "a\n", "a" * 101):
        with pytest.raises(ValidationError, match="search_prefix"):
            Settings(home=home.folder, search_prefix=prefix)
    assert Settings(home=home.folder, search_prefix="tin-2.a_b").search_prefix == "tin-2.a_b"
    (home.folder / "config.toml").write_text('search_prefix = "a*"', encoding="utf-8")
    assert "A setting is wrong (search_prefix:" in home.run("index", "status", expect=2)


def test_a_back_end_that_there_is_not_is_refused_wherever_it_is_named(home: Home, tmp_path: Path) -> None:
    file = write_jsonl(tmp_path / "posts.jsonl", [{"id": 1, "text": "đường ngập"}])
    assert "onnx-int8" in home.run("classify", str(file), "--backend", "onnx-int9", expect=2)
    (home.folder / "config.toml").write_text('backend = "onnx-int9"', encoding="utf-8")
    assert "A setting is wrong (backend:" in home.run("index", "status", expect=2)


def test_what_is_no_folder_can_be_no_home(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for folder in (tmp_path / "file", tmp_path / "file" / "home"):
        assert "can't be the home" in Home(folder).run("init", expect=2)
        assert "!!  home" in Home(folder).run("doctor", expect=1)
    assert "!!  home" in Home(tmp_path / "not" / "there" / "yet").run("doctor", expect=1)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (lambda key: key.unlink(), "is not there"),
        (lambda key: key.write_text("abc", encoding="utf-8"), "holds no authors' key"),
        (lambda key: key.chmod(0o644), "chmod 600"),
        (lambda key: (key.unlink(), key.mkdir(0o600)), "Check its owner and rights"),
    ],
)
def test_doctor_looks_at_the_authors_key(home: Home, how: Callable[[Path], object], said: str) -> None:
    key = home.folder / "author.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert all(check["well"] and not check["todo"] for check in home.json("doctor"))
    how(key)
    assert said in home.run("doctor", expect=1)


def test_a_full_disk_is_named_and_what_was_done_is_kept(home: Home, tmp_path: Path) -> None:
    file = write_jsonl(tmp_path / "posts.jsonl", [{"id": n, "text": f"bài số {n}"} for n in range(50)])
    home.run("import", str(file), "--source", "a")
    before = home.json("ledger")
    for command in ("classify", "dedupe"):
        said = home.run(command, str(file), "--output", "/dev/full", expect=1)
        assert "No space left" in said
        assert "Free some space" in said
    assert home.json("ledger") == before


def test_what_cannot_be_written_or_read_leaves_nothing_behind(home: Home, tmp_path: Path) -> None:
    for command in ("export", "backup"):
        assert "no folder" in home.run(command, str(tmp_path / "none" / "x.csv"), expect=2)
    (tmp_path / "folder.csv").mkdir()
    assert "is a folder" in home.run("export", str(tmp_path / "folder.csv"), expect=2)
    home.run("backup", str(tmp_path / "whole.tar.gz"))
    content = bytearray((tmp_path / "whole.tar.gz").read_bytes())
    content[len(content) // 2] ^= 0xFF
    (tmp_path / "damaged.tar.gz").write_bytes(content)
    new = Home(tmp_path / "new")
    said = new.run("restore", str(tmp_path / "damaged.tar.gz"), expect=3)
    assert "damaged.tar.gz" in said
    assert "Choose another" in said
    assert not (new.folder / "record.db").exists()
    assert [file.name for file in tmp_path.glob(".*")] == []


def test_what_is_named_but_not_there_is_said_with_what_to_do(home: Home, tmp_path: Path) -> None:
    none, new = Home(tmp_path / "none"), Home(tmp_path / "new")
    none.folder.mkdir()
    assert "sangtin init" in none.run("backup", str(tmp_path / "x.tar.gz"), expect=4)
    assert "is a folder. Name the file" in new.run("restore", str(tmp_path), expect=2)
    assert "Check the path" in new.run("restore", str(tmp_path / "no.tar.gz"), expect=2)
    said = home.run("--record", f"sqlite:///{tmp_path}", "ledger", expect=2)
    assert f"{tmp_path} is a folder" in said
    said = home.run("record", "copy", "foo", "bar", expect=2)
    assert "'foo' is not a URL" in said
    assert "SANGTIN_RECORD" not in said
    for command in (["search", "x"], ["export", str(tmp_path / "x.csv")], ["ledger"]):
        assert "There is no source 'nosuch'" in home.run(*command, "--source", "nosuch", expect=2), command
    assert "There is no folder" in home.run("train", "ship", "--data", str(tmp_path / "no"), expect=2)


def test_a_source_that_should_bring_posts_every_day_and_brings_none_is_silent(
    home: Home, tmp_path: Path
) -> None:
    rows = [{"id": n, "text": "chuyện cũ", "published_at": "2024-05-01T00:00:00Z"} for n in range(2)]
    home.run("import", str(write_jsonl(tmp_path / "p.jsonl", rows)), "--source", "im")
    home.run("import", str(write_jsonl(tmp_path / "q.jsonl", [{"id": 1, "text": "nay"}])), "--source", "noi")
    home.run("sieve")
    assert "sources" not in home.run("doctor")
    home.run("source", "add", "noi", "--expected-per-day", "9")
    assert "none silent" in home.run("doctor")
    home.run("source", "add", "im", "--expected-per-day", "9")
    assert "silent: im " in home.run("doctor", expect=1)
    home.run("source", "add", "im", "--expected-per-day", "0")
    home.run("doctor")


def test_who_may_not_be_added_is_said_before_a_password_is_asked(home: Home) -> None:
    assert "There is no role 'boss'" in home.run("person", "add", "an", "--role", "boss", expect=2, stdin="")
    assert "needs a name" in home.run("person", "add", " ", expect=2, stdin="")
    assert "No password was typed" in home.run("person", "add", "an", expect=2, stdin="")
    assert [person["name"] for person in home.json("person", "list")] == ["local"]


def test_where_nothing_can_be_served_the_cure_fits_the_trouble(home: Home) -> None:
    assert "--host" in home.run("serve", "--host", "192.0.2.1", "--port", "0", expect=2)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert "Stop what holds it" in home.run("serve", "--port", port, expect=5)


def test_what_is_read_on_the_command_line_stands_in_the_audit(home: Home, tmp_path: Path) -> None:
    rows = [{"id": n, "text": f"chuyện số {n}"} for n in (1, 2)]
    home.run("import", str(write_jsonl(tmp_path / "p.jsonl", rows)), "--source", "a")
    home.run("search", "chuyen")
    home.run("post", "show", "a:1")
    home.run("post", "compare", "a:1", "a:2")
    record = open_record(f"sqlite:///{home.folder / 'record.db'}")
    with contextlib.closing(record), record.read() as connection:
        noted = [(entry.act, entry.subject) for entry in accounts.entries(connection)]
    assert noted == [("read", "a:2"), ("read", "a:1"), ("read", "a:1"), ("search", "chuyen")]


def test_rejected_rows_are_found_where_the_import_says(home: Home, tmp_path: Path) -> None:
    file = write_jsonl(tmp_path / "p.jsonl", [{"id": 1, "noi": "x"}])
    said = home.run("import", str(file), "--source", "a", expect=3)
    named = said.partition("Rejected rows, with line and reason: ")[2].partition("\n")[0]
    assert '"line": 1' in Path(named).read_text(encoding="utf-8")
