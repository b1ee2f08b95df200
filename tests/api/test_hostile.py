"""Requests that no page of ours and no honest program sends: each is told what is wrong, none breaks us."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.api.desk import Desk
from tests.api.pages import proof

HUGE = "9" * 30
BROKEN = (
    *("/?period=" + "1" * 5_000, "/?period=²", "/?from=31/02/2026", "/queue/cards?ahead=-1"),
    *("/?source=%00", "/search?q=%00", "/search?after=W10", "/search?sort=best"),
    *("/api/v1/ledger?source=%00", f"/api/v1/search?limit={HUGE}"),
    "/api/v1/search?after=WzEsImEiLDk5OTk5OTk5OTk5OTk5OTk5OTk5OV0&limit=x",
)
EXTREME = ("/?to=0001-01-01", "/?from=9999-12-31", "/?from=0001-01-01&to=9999-12-31", "/?period=36500")
BODIES: tuple[object, ...] = (
    *({}, [], None, 1, {"post": None}, {"post": "bao-mau:1"}, {"post": "bao-mau:1", "label": "green"}),
    {"post": "bao-mau:1", "act": "undo", "undoes": int(HUGE)},
    {"post": "bao-mau:1", "act": "undo", "undoes": -1},
    {"post": "bao-mau:1", "label": "spam", "revision": int(HUGE)},
    {"post": "bao-mau:1\x00", "label": "spam"},
    {"post": "bao-mau:1", "act": "same as", "target": "\x00"},
    {"post": "bao-mau:1", "act": "same as", "target": "bao-mau:1"},
    {"post": "a" * 2_000, "label": "spam"},
    {"post": "bao-mau:1", "label": "negative", "kind": "scam"},
)


@pytest.mark.parametrize("address", BROKEN)
def test_a_broken_address_is_refused(reader: httpx.Client, address: str) -> None:
    answer = reader.get(address)
    assert 400 <= answer.status_code < 500
    if address.startswith("/api/"):
        assert answer.json()["error"]
    else:
        assert any(said in answer.text for said in ("chưa hiểu được", "Không có ngày như vậy"))


@pytest.mark.parametrize("address", EXTREME)
def test_days_at_the_ends_of_the_calendar_are_days(reader: httpx.Client, address: str) -> None:
    assert reader.get(address).status_code == 200


@pytest.mark.parametrize("body", BODIES, ids=str)
def test_a_broken_review_is_refused_and_says_why(reader: httpx.Client, body: object) -> None:
    answer = reader.post("/api/v1/reviews", json=body, headers={"x-proof": proof(reader)})
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[" * 100_000, b'{"post":"\\ud800","label":"spam"}'])
def test_what_is_no_json_is_refused(reader: httpx.Client, raw: bytes) -> None:
    sent = {"x-proof": proof(reader), "content-type": "application/json"}
    answer = reader.post("/api/v1/reviews", content=raw, headers=sent)
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/queue/kind", {"act": HUGE, "kind": "scam"}),
        ("/queue/review", {"post": "bao-mau:1", "act": "undo", "undoes": HUGE}),
        ("/queue/review", {"post": "bao-mau:1\x00", "label": "spam"}),
        ("/review", {"post": "bao-mau:1", "label": "spam", "revision": HUGE}),
    ],
)
def test_a_broken_form_is_refused(reader: httpx.Client, path: str, form: dict[str, str]) -> None:
    answer = reader.post(path, data=form | {"proof": proof(reader)})
    assert answer.status_code == 400
    assert "chưa hiểu được" in answer.text


def pieces() -> Iterator[bytes]:
    """Three megabytes whose length nobody declared."""
    for _ in range(48):
        yield b"x" * 65_536


@pytest.mark.parametrize("path", ["/api/v1/reviews", "/queue/review"])
def test_a_body_of_any_length_is_cut_off_and_told(desk: Desk, browser: httpx.Client, path: str) -> None:
    headers = {"x-proof": proof(browser), "content-type": "application/x-www-form-urlencoded"}
    for content in (b"x" * 2_000_000, pieces()):
        answer = browser.post(path, content=content, headers=headers)
        assert answer.status_code == 413
        assert "megabyte" in answer.text if path.startswith("/api/") else "Yêu cầu" in answer.text
    assert browser.get("/").status_code == 200
