"""`sangtin source add`: a card grows, and what could never be crawled is refused at once."""

from __future__ import annotations

import pytest

from tests.pipeline.running import Home, write_jsonl


def test_what_is_not_given_stays_as_it_was(home: Home) -> None:
    file = write_jsonl(home.folder.parent / "p.jsonl", [{"id": 1, "text": "bài"}])
    home.run("import", str(file), "--source", "hop-thu")
    assert "lacks address, legal_basis, retention_days" in home.run(
        "source", "add", "hop-thu", "--licence", "cc-by"
    )
    home.run("source", "add", "hop-thu", "--retention-days", "30", "--expected-per-day", "5")
    home.run("source", "add", "hop-thu", "--address", "bản xuất tháng 11", "--expected-per-day", "0")
    assert "hop-thu: complete" in home.run("source", "add", "hop-thu", "--legal-basis", "luật")
    card = home.json("source", "show", "hop-thu")
    assert (card["type"], card["licence"], card["retention_days"]) == ("file", "cc-by", 30)
    assert card["expected_per_day"] == 0
    assert home.json("ledger", "--source", "hop-thu")["identified"] == 1


@pytest.mark.parametrize("address", ["javascript:1", "ftp://a.vn/rss", "a.vn/rss", "https://ten:khoa@a.vn/"])
def test_an_address_that_no_crawl_can_fetch_is_refused(home: Home, address: str) -> None:
    assert "address" in home.run("source", "add", "bao", "--address", address, expect=2)
    assert home.json("source", "list") == []


def test_one_model_reads(home: Home) -> None:
    assert [each["in_use"] for each in home.json("model", "list")].count(True) == 1
