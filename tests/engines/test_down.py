"""An engine that is not there: each command says so, nobody waits for ever, what can be done is done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.engines.machines import Elsewhere
from tests.pipeline.running import Home, new_home, sample_rows, write_jsonl

# The discard port (RFC 863): nobody listens there.
NOBODY = "127.0.0.1:9"
SECRET = "m4t-khau"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


@pytest.fixture
def posts_file(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "posts.jsonl", sample_rows(300))


def test_a_sieve_does_its_work_while_the_search_is_down(home: Home, posts_file: Path) -> None:
    away = Elsewhere(home.folder, search=f"http://elastic:{SECRET}@{NOBODY}")
    away.run("import", str(posts_file), "--source", "mau")
    done = away.json("sieve")
    assert (done["placed"], done["lag"]) == (300, None)
    home.run("index", "follow")
    assert home.json("index", "check") == {"posts": 300, "mended": 0, "agree": True}


def test_what_the_search_does_is_refused_in_words_and_the_rest_works(home: Home, posts_file: Path) -> None:
    away = Elsewhere(home.folder, search=f"http://elastic:{SECRET}@{NOBODY}")
    for command in (
        ["search", "lũ"],
        ["export", str(home.folder / "out.csv")],
        ["index", "follow"],
        ["index", "rebuild"],
        ["index", "check"],
        ["index", "status"],
    ):
        said = away.run(*command, expect=6)
        assert NOBODY in said
        assert SECRET not in said
    assert "does not answer" in away.run("doctor", expect=1)
    away.run("import", str(posts_file), "--source", "mau")
    assert away.json("ledger")["identified"] == 300
    first = json.loads(posts_file.read_text().splitlines()[0])["id"]
    said = away.run("post", "erase", f"mau:{first}", expect=6)
    assert "Erased" in said
    assert "until the index has followed" in said


def test_a_record_that_is_down_is_said_without_its_password(tmp_path: Path) -> None:
    away = Elsewhere(tmp_path / "home", record=f"postgresql://an:{SECRET}@{NOBODY}/sangtin")
    for command in (["init"], ["sieve"], ["ledger"], ["index", "follow"]):
        said = away.run(*command, expect=6)
        assert "does not answer" in said
        assert SECRET not in said


@pytest.mark.parametrize(
    ("record", "search"),
    [
        (f"postgresql://an:{SECRET}@db:port/x", ""),
        (f"mysql://an:{SECRET}@db/x", ""),
        ("", f"htps://elastic:{SECRET}@host:9200"),
        ("", f"http://elastic:{SECRET}@host:port"),
    ],
)
def test_a_url_that_is_none_is_said_without_its_password(home: Home, record: str, search: str) -> None:
    said = Elsewhere(home.folder, record=record, search=search).run("index", "status", expect=2)
    assert "SANGTIN_SEARCH" in said if search else "a URL of a record" in said or "record's URL" in said
    assert SECRET not in said
