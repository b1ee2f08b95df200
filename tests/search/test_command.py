"""`sangtin search`: JSON for programs, lines for people, and an error drawn under its character."""

from __future__ import annotations

import contextlib
import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from sangtin.cli.search import register
from sangtin.errors import MissingError, QueryError, UsageError
from sangtin.pipeline import home
from sangtin.post import now
from sangtin.record import open_record
from sangtin.record.schema import source
from sangtin.search import Position, open_search
from sangtin.settings import Settings
from tests.search.posts import TEXTS, written

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command on an index of the written posts, in a home that was initialised."""
    monkeypatch.setenv("SANGTIN_HOME", str(tmp_path))
    monkeypatch.delenv("SANGTIN_SEARCH", raising=False)
    home.init(Settings(home=tmp_path, record="", search=""))
    opened = contextlib.closing(open_record(f"sqlite:///{tmp_path}/record.db"))
    with opened as record, record.write() as writing:
        named = source.insert().values(name="báo huế", type="file", added_at=now())  # as no card would be
        writing.connection.execute(named)
    search = open_search(f"sqlite:///{tmp_path}/search.db")
    search.apply(written()[: len(TEXTS)], (), Position("one", 99))
    search.close()
    app = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None)
    register(app)
    return lambda *words: CliRunner().invoke(app, list(words), catch_exceptions=True)


def asked(run: Run, *words: str) -> dict[str, Any]:
    """The JSON of a search that succeeds."""
    done = run(*words, "--json")
    assert done.exit_code == 0, done.exception
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def test_json_has_total_ids_texts_labels_and_highlights(run: Run) -> None:
    found = asked(run, "xuong giup")
    assert found["total"] == 1
    (hit,) = found["hits"]
    assert set(hit) == {"id", "text", "label", "highlights", "flags"}
    shown = [unicodedata.normalize("NFC", hit["text"][start:end]) for start, end in hit["highlights"]]
    assert shown == ["xuồng", "giúp"]
    assert hit["label"] in {"spam", "negative", "positive", "duplicate", "pending"}


def test_the_limit_bounds_the_hits_and_not_the_total(run: Run) -> None:
    for limit in (0, 1, 3):
        found = asked(run, "", "--limit", str(limit))
        assert found["total"] == len(TEXTS)
        assert len(found["hits"]) == limit


@pytest.mark.parametrize(
    ("options", "query"),
    [
        (("--label", "tiêu_cực"), "label:negative"),
        (("--label", "spam", "--label", "pending"), "label:spam,pending"),
        (("--kind", "scam"), "kind:scam"),
        (("--flag", "claim"), "flag:claim"),
        (("--source", "báo huế"), 'source:"báo huế"'),
        (("--cluster", "c-3"), "cluster:c-3"),
        (("--from", "2025-10-29"), "from:2025-10-29"),
        (("--to", "2025-10-28"), "to:2025-10-28"),
    ],
)
def test_options_are_the_fields_of_a_query(run: Run, options: tuple[str, ...], query: str) -> None:
    found = asked(run, "", *options)
    assert found == asked(run, query)
    assert 0 < found["total"] < len(TEXTS)


def test_exact_marks_and_order(run: Run) -> None:
    assert asked(run, "hoa", "--exact")["total"] == 1
    assert asked(run, "hoa")["total"] == 3
    newest, oldest = asked(run, "ngap"), asked(run, "ngap", "--sort", "oldest")
    assert newest["hits"] == oldest["hits"][::-1]


def test_lines_for_people_end_with_the_count(run: Run) -> None:
    lines = run("ngap", "--limit", "2").stdout.splitlines()
    assert lines[-1] == "6 posts, 2 shown."
    assert "2025" in lines[0]
    assert "ngập" in lines[1]
    assert run("xyzzy").stdout == "0 posts, 0 shown.\n"


def test_a_hit_says_its_flags(run: Run) -> None:
    found = asked(run, "flag:burst")
    assert found["total"]
    for hit in found["hits"]:
        assert "copied by many" in hit["flags"]
    assert "[copied by many]" in run("flag:burst").stdout


def test_a_syntax_error_is_drawn_under_its_character(run: Run) -> None:
    error = run("lũ AND OR bão").exception
    assert isinstance(error, QueryError)
    drawn = error.message.splitlines()
    assert drawn[1].index("AND") == drawn[2].index("^")


def test_a_wrong_option_is_an_error_for_a_person(run: Run) -> None:
    for option, value in (("--label", "xyz"), ("--from", "hôm qua"), ("--kind", "")):
        assert isinstance(run("a", option, value).exception, UsageError)


def test_a_home_without_a_record_is_no_empty_one(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANGTIN_HOME", str(tmp_path / "never"))
    found = run("nước")
    assert isinstance(found.exception, MissingError)
    assert "sangtin init" in found.exception.message
