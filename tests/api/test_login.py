"""Who may come in, how, and for how long."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from api.screens.login import MOST_FAILURES, failures
from sangtin.post import now
from sangtin.record import accounts
from sangtin.record.schema import token
from tests.api.desk import PASSWORD, PERSON, Desk
from tests.api.pages import proof


@pytest.fixture
def stranger(desk: Desk) -> httpx.Client:
    """A browser of someone who has not logged in."""
    failures.at.clear()
    return desk.client(enter=False)


def log_in(client: httpx.Client, password: str = PASSWORD, name: str = PERSON, **more: str) -> httpx.Response:
    return client.post("/login", data={"name": name, "password": password} | more)


def test_a_stranger_is_sent_to_the_login_and_back_to_where_they_wanted(stranger: httpx.Client) -> None:
    sent = stranger.get("/search?q=lũ&bin=negative")
    assert (sent.status_code, sent.headers["location"].partition("?")[0]) == (303, "/login")
    form = stranger.get(sent.headers["location"]).text
    assert 'value="/search?q=l%C5%A9&amp;bin=negative"' in form


def test_a_stranger_who_asks_the_api_is_told_how_to_come_in(stranger: httpx.Client) -> None:
    refused = stranger.get("/api/v1/ledger")
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert refused.json()["error"]


def test_a_link_works_once(desk: Desk, stranger: httpx.Client) -> None:
    secret = desk.link()
    assert stranger.get(f"/login?token={secret}").headers["location"] == "/"
    assert stranger.get("/").status_code == 200
    again = desk.client(enter=False).get(f"/login?token={secret}")
    assert again.status_code == 403
    assert "set-cookie" not in again.headers


def test_a_link_is_too_old_after_half_an_hour(desk: Desk, stranger: httpx.Client) -> None:
    secret = desk.link()
    with desk.record.write() as writing:
        writing.connection.execute(update(token).values(expires_at=now() - timedelta(seconds=1)))
    assert stranger.get(f"/login?token={secret}").status_code == 403


def test_a_session_cookie_is_kept_from_scripts_and_other_sites(desk: Desk, stranger: httpx.Client) -> None:
    cookie = stranger.get(f"/login?token={desk.link()}").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_a_link_followed_from_another_site_goes_on_by_a_page_of_ours(
    desk: Desk, stranger: httpx.Client
) -> None:
    entered = stranger.get(f"/login?token={desk.link()}", headers={"sec-fetch-site": "cross-site"})
    assert entered.status_code == 200
    assert 'http-equiv="refresh"' in entered.text
    assert stranger.get("/").status_code == 200


def test_a_name_and_its_password_open_a_session(stranger: httpx.Client) -> None:
    assert log_in(stranger, next="/queue").headers["location"] == "/queue"
    assert PERSON in stranger.get("/queue").text


@pytest.mark.parametrize(("name", "password"), [(PERSON, "sai"), ("không.có", PASSWORD), (PERSON, "")])
def test_a_wrong_name_or_password_opens_nothing(stranger: httpx.Client, name: str, password: str) -> None:
    refused = log_in(stranger, password, name)
    assert refused.status_code in (400, 403)
    assert "set-cookie" not in refused.headers


def test_after_too_many_failures_a_name_must_wait(stranger: httpx.Client) -> None:
    for _ in range(MOST_FAILURES):
        failures.add(PERSON)
    assert log_in(stranger).status_code == 429
    failures.at[PERSON] = [at - timedelta(minutes=16) for at in failures.at[PERSON]]
    assert log_in(stranger).status_code == 303


@pytest.mark.parametrize(
    "next_",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "queue", "/\n/e"],
)
def test_a_login_leads_to_no_other_site(stranger: httpx.Client, next_: str) -> None:
    assert log_in(stranger, next=next_).headers["location"] == "/"
    assert stranger.post("/choices", data={"next": next_}).headers["location"] == "/"


def test_logging_out_ends_the_session_on_the_server(browser: httpx.Client) -> None:
    kept = browser.cookies["sangtin_session"]
    browser.post("/logout", data={"proof": proof(browser)})
    browser.cookies.set("sangtin_session", kept)
    assert browser.get("/").status_code == 303


def test_a_bearer_token_opens_the_api_and_needs_no_proof(desk: Desk, stranger: httpx.Client) -> None:
    bearer = {"authorization": f"Bearer {desk.key()}"}
    assert stranger.get("/api/v1/ledger", headers=bearer).status_code == 200
    said = stranger.post("/api/v1/reviews", headers=bearer, json={"post": "bao-mau:12", "label": "positive"})
    assert said.status_code == 201


@pytest.mark.parametrize("kind", ["session", "link", "nonsense"])
def test_only_a_token_made_for_programs_is_a_bearer_token(desk: Desk, kind: str) -> None:
    with desk.record.write() as writing:
        secrets = {
            "session": accounts.make_session(writing, PERSON),
            "link": accounts.make_link(writing, PERSON),
            "nonsense": "abc",
        }
    bearer = {"authorization": f"Bearer {secrets[kind]}"}
    assert desk.client(enter=False).get("/api/v1/ledger", headers=bearer).status_code == 401


def test_logins_are_in_the_audit(desk: Desk, stranger: httpx.Client) -> None:
    log_in(stranger)
    with desk.record.read() as connection:
        latest = accounts.entries(connection, 1)[0]
    assert (latest.person, latest.act) == (PERSON, "login")
