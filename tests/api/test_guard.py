"""What keeps other sites, and the texts of strangers, out of our pages."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute

import api
from api import v1
from api.guard import LONGEST_BODY
from api.screens import login, overview, post, queue, search, sources
from sangtin.record import ledger
from tests.api.desk import FLOOD, Desk
from tests.api.pages import SCREENS, links, outside, proof, tree

STATIC = Path(api.__file__).parent / "static"
EVERYWHERE = (*SCREENS, "/static/css/base.css", "/api/v1/ledger", "/api/v1/nothing", "/static/nothing.css")


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_carries_the_headers(reader: httpx.Client, path: str) -> None:
    headers = reader.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"


def test_pages_are_not_kept_and_static_files_are(reader: httpx.Client) -> None:
    assert reader.get("/search").headers["cache-control"] == "no-store"
    (style,) = [link for link in tree(reader.get("/").text).xpath("//link/@href") if "base.css" in link]
    assert "immutable" in reader.get(style).headers["cache-control"]


@pytest.mark.parametrize("path", SCREENS)
def test_a_page_needs_nothing_that_the_policy_forbids(reader: httpx.Client, path: str) -> None:
    root = tree(reader.get(path).text)
    assert not root.xpath("//style|//*[@style]")
    assert not root.xpath("//script[not(@src) and not(@type='application/json')]")
    assert not root.xpath("//@*[starts-with(name(), 'on')]")
    assert not [src for src in root.xpath("//@src|//link/@href") if outside(src)]


@pytest.mark.parametrize("path", SCREENS)
def test_no_page_leads_outside_but_by_the_reviewers_own_key(reader: httpx.Client, path: str) -> None:
    page = reader.get(path).text
    leaving = [a for a in tree(page).xpath("//a") if outside(a.get("href"))]
    assert all(a.get("data-key") == "o" and "noreferrer" in a.get("rel") for a in leaving)
    assert all(link.startswith(("/", "#")) for link in links(page, "//a[not(@data-key)]"))


def test_styles_and_scripts_fetch_nothing_from_outside() -> None:
    for path in (*STATIC.rglob("*.css"), *(STATIC / "js").glob("*.js")):
        assert not re.search(r"(url\(|import |fetch\()[\"'`]?(https?:)?//", path.read_text()), path


def test_every_vendored_thing_has_its_licence_beside_it() -> None:
    licences = {path.stem for path in STATIC.rglob("*.LICENSE")}
    for path in (*(STATIC / "vendor").glob("*.js"), *(STATIC / "fonts").glob("*.woff2")):
        assert any(path.name.startswith(name) for name in licences), path


OPEN_TO_ALL = {"/login", "/choices"}
ROUTERS = (login.router, overview.router, post.router, queue.router, search.router, sources.router, v1.router)
ADDRESSES = sorted(
    (method, route.path)
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in route.methods or ()
)
CHANGING = [(method, path) for method, path in ADDRESSES if method not in ("GET", "HEAD")]
CLOSED = [(method, path) for method, path in ADDRESSES if path not in OPEN_TO_ALL]


def test_nothing_changes_without_a_proof(desk: Desk, browser: httpx.Client) -> None:
    with desk.record.read() as connection:
        before = ledger.ledger(connection)
    for method, path in [pair for pair in CHANGING if pair in CLOSED]:
        forged = {"post": "bao-mau:12", "label": "spam", "act": "label", "proof": "0" * 64}
        assert browser.request(method, path, data=forged).status_code == 403, path
    with desk.record.read() as connection:
        assert ledger.ledger(connection) == before


@pytest.mark.parametrize(
    "sent", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}]
)
def test_nothing_changes_from_another_site(reader: httpx.Client, sent: dict[str, str]) -> None:
    for method, path in CHANGING:
        assert reader.request(method, path, headers=sent).status_code == 403, path


def test_no_address_but_the_login_answers_a_stranger(shared_desk: Desk) -> None:
    stranger = shared_desk.client(enter=False)
    assert len(CLOSED) > 15
    for method, path in [*CLOSED, ("GET", "/api/v1/openapi.json")]:
        answer = stranger.request(method, path.replace("{post_id:path}", "bao-mau:1"))
        assert answer.status_code in (303, 401), path
        assert FLOOD not in answer.text


def test_a_body_that_no_form_sends_is_refused(browser: httpx.Client) -> None:
    assert browser.post("/choices", content=b"x" * (LONGEST_BODY + 1)).status_code == 413
    assert browser.get("/").status_code == 200


def test_the_text_of_an_error_never_reaches_an_answer(desk: Desk) -> None:
    @desk.app.get("/broken")
    def broken() -> None:
        raise RuntimeError("mật khẩu nằm ở đây")

    answer = desk.client().get("/broken")
    assert answer.status_code == 500
    assert "mật khẩu" not in answer.text
    assert "Máy chủ gặp lỗi" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_forms_proof_is_the_sessions(reader: httpx.Client) -> None:
    page = tree(reader.get("/posts/bao-mau:1").text)
    proofs = set(page.xpath("//input[@name='proof']/@value|//body/@data-proof"))
    assert proofs == {proof(reader)}
    forms = page.xpath("//form[@method='post' and not(@action='/choices')]")
    assert all(form.xpath("./input[@name='proof']") for form in forms)


@pytest.mark.parametrize("path", SCREENS)
def test_no_paragraph_holds_what_would_end_it(reader: httpx.Client, path: str) -> None:
    """A browser closes a paragraph before a form, a list or a block, and the layout falls apart."""
    ends = "form|div|ul|ol|dl|p|section|h1|h2|h3|pre|table|fieldset|figure|details"
    for paragraph in re.findall(r"<p[ >].*?</p>", reader.get(path).text, re.DOTALL):
        assert not re.search(rf"<({ends})[ >]", paragraph[2:]), paragraph[:200]
