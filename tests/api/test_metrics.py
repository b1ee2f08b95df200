"""Figures for a program that watches over record and search."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from sangtin.record import following, ledger, posts
from sangtin.record.schema import post
from tests.api.desk import Desk, fresh, open_desk

METRICS = "/api/v1/metrics"


def figures(client: httpx.Client) -> dict[str, int]:
    """Each figure by its name and label."""
    answer = client.get(METRICS)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: int(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_the_figures_are_those_of_the_record_and_the_search(desk: Desk, browser: httpx.Client) -> None:
    with desk.record.write() as writing:
        posts.add(writing, [fresh("Tin mới chưa vào chỉ mục")])
        following.refuse(writing, desk.search.name(), [("bao-mau:1", 1, "too long")])
    found = figures(browser)
    with desk.record.read() as connection:
        counted = ledger.ledger(connection)
        unplaced = select(func.count()).select_from(post).where(post.c.placed.is_(False))
        assert found['sangtin_waiting{stage="place"}'] == connection.execute(unplaced).scalar_one()
    for bin_ in ("pending", "duplicate", "spam", "negative", "positive"):
        assert found[f'sangtin_posts{{bin="{bin_}"}}'] == getattr(counted, bin_)
    assert found["sangtin_index_up"] == found["sangtin_index_lag_changes"] == 1
    assert found["sangtin_index_refused"] == 1
    assert found['sangtin_workers{work="read"}'] == 1


def test_every_figure_is_explained(desk: Desk, browser: httpx.Client) -> None:
    text = browser.get(METRICS).text
    named = set(re.findall(r"^(\w+)", text, re.MULTILINE))
    assert set(re.findall(r"^# HELP (\w+) \w", text, re.MULTILINE)) == named
    assert set(re.findall(r"^# TYPE (\w+) gauge$", text, re.MULTILINE)) == named


def test_a_search_that_is_down_is_a_figure_too(made_desk: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(made_desk, tmp_path / "desk"))
    for file in home.glob("search.db*"):
        file.unlink()
    (home / "search.db").write_bytes(b"no index at all " * 512)
    with open_desk(home) as desk:
        found = figures(desk.client())
    assert found["sangtin_index_up"] == 0
    assert "sangtin_index_lag_changes" not in found
    assert "sangtin_index_refused" not in found


@pytest.mark.parametrize("enter", [True, False])
def test_figures_are_for_those_who_came_in(desk: Desk, enter: bool) -> None:
    client = desk.client(enter=False)
    key = {"authorization": f"Bearer {desk.key()}"} if enter else {}
    assert client.get(METRICS, headers=key).status_code == (200 if enter else 401)
