"""`sangtin crawl`: what it prints, and what it says where it can't begin."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from crawlers.visit import Report
from sangtin.cli import crawl
from sangtin.errors import BusyError, UsageError
from sangtin.post import SourceType
from sangtin.record import Record, init_record, leases, open_record, sources
from sangtin.settings import Settings
from tests.crawlers.keeping import AT, FEEDS, card
from tests.crawlers.site import Answer, Site, site


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Record]:
    monkeypatch.setenv("SANGTIN_HOME", str(tmp_path))
    init_record(Settings().record_url)
    opened = open_record(Settings().record_url)
    yield opened
    opened.close()


@pytest.fixture
def news() -> Iterator[Site]:
    with site("127.0.5.1", {"/news": Answer((FEEDS / "mistakes.xml").read_bytes())}) as made:
        yield made


def run(*arguments: str) -> Result:
    app = typer.Typer()
    crawl.register(app)
    return CliRunner().invoke(app, arguments)


def raised(result: Result) -> BaseException | None:
    return result.exception


def test_json_is_a_line_a_source_that_can_be_crawled_and_a_broken_one_ends_with_1(
    record: Record, news: Site
) -> None:
    with record.write() as writing:
        sources.put(writing, replace(card("thieu", f"{news.address}/news"), licence=""))
        sources.put(writing, replace(card("tep", "a.csv"), type=SourceType.FILE))
        sources.put(writing, card("tot", f"{news.address}/news"))
        sources.put(writing, card("hong", f"{news.address}/none"))
    result = run("--json")
    told = {line["source"]: line for line in map(json.loads, result.stdout.splitlines())}
    assert set(told) == {"tot", "hong"}
    assert result.exit_code == 1
    assert (told["tot"]["state"], told["tot"]["new"], told["tot"]["rejected"]) == (
        "ok",
        4,
        {"id repeated": 1, "no text": 1},
    )
    assert told["hong"]["reason"] == "http status: its server answers HTTP 404"
    assert "SANGTIN_CONTACT" in result.stderr


@pytest.mark.parametrize(
    ("report", "told"),
    [
        (Report("a", AT, fetched=6, new=3, seen=1, changed=1, rejected={"no text": 1}, issues={"x": 2}),
         "a: 3 new, 1 changed, 1 seen; 1 rejected (no text); x ×2"),
        (Report("a", AT, not_modified=True), "a: nothing new since the last visit"),
        (Report("a", AT, "broken", "timeout: no whole answer"), "a: timeout: no whole answer"),
    ],
)  # fmt: skip
def test_a_person_reads_a_sentence_a_source(report: Report, told: str) -> None:
    assert crawl.sentence(report) == told


def test_an_incomplete_card_is_not_crawled(record: Record, news: Site) -> None:
    with record.write() as writing:
        sources.put(writing, replace(card("thieu", f"{news.address}/news"), licence=""))
    for arguments in (["thieu"], []):
        error = raised(run(*arguments))
        assert isinstance(error, UsageError)
        assert "lacks licence" in error.message
        assert "sangtin source add thieu --type feed --licence" in error.message
    assert news.asked == []


def test_what_is_unknown_or_missing_is_said(record: Record) -> None:
    nothing, unknown = raised(run()), raised(run("la"))
    assert isinstance(nothing, UsageError)
    assert "sangtin source add" in nothing.message
    assert isinstance(unknown, UsageError)
    assert "'la'" in unknown.message


def test_one_crawler_a_record(record: Record, news: Site) -> None:
    with record.write() as writing:
        sources.put(writing, card("tot", f"{news.address}/news"))
    with leases.taken(record, "crawl"):
        assert isinstance(raised(run()), BusyError)
    assert news.asked == []
