"""No card, no crawl: what a card must say, and what is told where it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawlers.card import check
from sangtin.errors import UsageError
from sangtin.post import Source, SourceType
from tests.crawlers.keeping import card

WHOLE = card("bao-thu", "https://bao.example.vn/rss")


def test_a_complete_card_may_be_crawled() -> None:
    check(WHOLE)


@pytest.mark.parametrize(
    ("lacking", "flag"),
    [
        (replace(WHOLE, address=""), "--address"),
        (replace(WHOLE, licence=""), "--licence"),
        (replace(WHOLE, legal_basis=""), "--legal-basis"),
        (replace(WHOLE, retention_days=None), "--retention-days"),
    ],
)
def test_each_missing_field_is_named_with_the_command_that_adds_it(lacking: Source, flag: str) -> None:
    with pytest.raises(UsageError) as raised:
        check(lacking)
    assert "sangtin source add bao-thu --type feed" in raised.value.message
    assert flag in raised.value.message
    assert raised.value.message.count("--") == 2  # the type and the one that is missing
    assert not lacking.complete


def test_all_missing_fields_are_named_at_once() -> None:
    with pytest.raises(UsageError, match="lacks address, licence, legal_basis, retention_days"):
        check(Source("trong", SourceType.FEED))


def test_files_are_not_crawled() -> None:
    with pytest.raises(UsageError, match="sangtin import"):
        check(replace(WHOLE, type=SourceType.FILE))


@pytest.mark.parametrize(
    "address",
    ["ftp://a.vn/rss", "file:///etc/passwd", "a.vn/rss", "https://a.vn/ rss", "https://a.vn/" + "x" * 2000],
)
def test_addresses_that_cannot_be_crawled(address: str) -> None:
    with pytest.raises(UsageError, match="http or https"):
        check(replace(WHOLE, address=address))


def test_a_password_does_not_belong_on_a_card() -> None:
    with pytest.raises(UsageError, match="password") as raised:
        check(replace(WHOLE, address="https://ten:matkhau@a.vn/rss"))
    assert "matkhau" not in raised.value.message
