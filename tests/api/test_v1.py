"""The JSON API: the same numbers and words as the screens and the command line, described in OpenAPI."""

from __future__ import annotations

import csv
import io
import json

import httpx
import pytest

from api.exporting import COLUMNS, safe
from sangtin.post import Bin, Label
from sangtin.record import accounts, ledger
from tests.api.desk import FLOOD, POSTS, Desk, review
from tests.api.pages import proof

API = "/api/v1"


def test_the_description_names_every_address_and_is_for_those_who_came_in(reader: httpx.Client) -> None:
    paths = reader.get(f"{API}/openapi.json").json()["paths"]
    names = {path.removeprefix(API) for path in paths}
    assert names == {
        *("/ledger", "/trend", "/flags", "/search", "/export", "/posts/{post_id}"),
        *("/reviews", "/queue", "/sources", "/health", "/metrics"),
    }
    assert all(operation["summary"] for methods in paths.values() for operation in methods.values())


def test_the_description_says_how_to_come_in_and_what_a_refusal_looks_like(reader: httpx.Client) -> None:
    told = reader.get(f"{API}/openapi.json").json()
    assert {each["type"] for each in told["components"]["securitySchemes"].values()} == {"http", "apiKey"}
    refusal = {"$ref": "#/components/schemas/FailureAnswer"}
    for path, methods in told["paths"].items():
        for operation in methods.values():
            assert len(operation["security"]) == 2
            for status in () if path.endswith("/metrics") else ("400", "401", "403", "404", "422"):
                assert operation["responses"][status]["content"]["application/json"]["schema"] == refusal
    export = told["paths"][f"{API}/export"]["get"]["responses"]["200"]["content"]
    assert set(export) == {"text/csv", "application/jsonl"}


def test_the_ledger_is_the_records(shared_desk: Desk, reader: httpx.Client) -> None:
    told = reader.get(f"{API}/ledger").json()
    with shared_desk.record.read() as connection:
        known = ledger.ledger(connection)
    assert list(told) == ["identified", "verified", "pending", "duplicate", "spam", "negative", "positive"]
    assert told == {name: getattr(known, name) for name in told}


@pytest.mark.parametrize("params", [{"from": "2026-10-02"}, {"to": "2026-10-02"}, {"source": "dien-dan"}])
def test_the_days_add_up_to_the_ledger_of_any_period_and_source(
    reader: httpx.Client, params: dict[str, str]
) -> None:
    total = reader.get(f"{API}/ledger", params=params).json()
    days = reader.get(f"{API}/trend", params=params).json()
    assert {name: sum(day[name] for day in days) for name in total} == total


def test_the_ledger_as_of_an_earlier_moment(desk: Desk, browser: httpx.Client) -> None:
    from sangtin.post import now

    before, moment = browser.get(f"{API}/ledger").json(), now().isoformat()
    review(desk, "bao-mau:12", label=Label.SPAM)
    assert browser.get(f"{API}/ledger").json() != before
    assert browser.get(f"{API}/ledger", params={"as_of": moment}).json() == before


def test_flags_are_counted_by_period_and_day_and_lead_to_their_posts(reader: httpx.Client) -> None:
    told = reader.get(f"{API}/flags").json()
    assert told["flags"] == {"scam": 1, "unreliable-looking": 1}
    assert {name: sum(day["flags"][name] for day in told["days"]) for name in told["flags"]} == told["flags"]
    for name, posts in told["flags"].items():
        found = reader.get(f"{API}/search", params={"flag": name}).json()
        assert found["total"] == found["facets"]["flags"][name] == posts
    assert reader.get(f"{API}/flags", params={"source": "dien-dan"}).json() == {
        "flags": {"scam": 0, "unreliable-looking": 0},
        "days": [],
    }


def test_the_flags_as_of_an_earlier_moment(desk: Desk, browser: httpx.Client) -> None:
    from sangtin.post import now

    moment = now().isoformat()
    review(desk, "bao-mau:8", label=Label.NEGATIVE)
    assert browser.get(f"{API}/flags").json()["flags"]["scam"] == 0
    assert browser.get(f"{API}/flags", params={"as_of": moment}).json()["flags"]["scam"] == 1


def test_a_post_has_the_chances_of_its_flags(reader: httpx.Client) -> None:
    told = reader.get(f"{API}/posts/bao-mau:5").json()
    assert told["scores"]["flags"] == {"scam": 0.02, "unreliable-looking": 0.81}
    assert told["post"]["flags"] == ["negative", "unreliable-looking"]


def test_a_day_on_which_collecting_failed_is_told(reader: httpx.Client) -> None:
    days = {day["day"]: day["failed"] for day in reader.get(f"{API}/trend").json()}
    assert days["2026-10-03"] == ["bao-mau"]


def test_highlights_are_characters_of_the_text(reader: httpx.Client) -> None:
    found = reader.get(f"{API}/search?q=ngap lut OR ngap").json()
    assert found["total"] == len(found["hits"]) == 5
    for hit in found["hits"]:
        assert {hit["text"][start:end] for start, end in hit["highlights"]} == {"ngập"}
    assert sum(found["facets"]["bins"].values()) == found["total"]


def test_pages_follow_each_other(reader: httpx.Client) -> None:
    seen, after = [], ""
    while after is not None:
        found = reader.get(f"{API}/search", params={"limit": 4, "after": after}).json()
        seen += [hit["id"] for hit in found["hits"]]
        after = found["next"]
    assert sorted(seen) == sorted(f"{w.source}:{w.id}" for w in POSTS)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/search?q=(lu))", 400),
        ("/search?after=zz", 400),
        ("/search?limit=0", 422),
        ("/search?bin=green", 422),
        ("/ledger?from=mai", 422),
        ("/ledger?as_of=2026-10-01T00:00:00", 422),
        ("/posts/bao-mau:nowhere", 404),
        ("/nothing", 404),
        ("/reviews", 405),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(reader: httpx.Client, address: str, status: int) -> None:
    answer = reader.get(API + address)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_a_mistake_in_a_query_says_where(reader: httpx.Client) -> None:
    told = reader.get(f"{API}/search?q=(lu))").json()
    assert (told["position"], told["fault"]) == (4, "lone bracket")


def test_a_post_with_what_is_said_of_it(desk: Desk, browser: httpx.Client) -> None:
    review(desk, "bao-mau:1", label=Label.NEGATIVE)
    told = browser.get(f"{API}/posts/bao-mau:1").json()
    assert told["post"]["text"] == FLOOD
    assert told["post"]["cause"] == "person"
    assert told["scores"]["negative"] == 0.97
    assert [each["label"] for each in told["reviews"]] == ["negative"]
    assert [step["what"] for step in told["steps"]] == ["new", "placed", "settled", "reviewed"]


def test_a_copy_names_the_post_it_repeats(reader: httpx.Client) -> None:
    place = reader.get(f"{API}/posts/dien-dan:2").json()["post"]["place"]
    assert (place["of"], place["relation"]) == ("bao-mau:1", "near")


def test_a_review_is_appended_and_can_be_undone(browser: httpx.Client) -> None:
    proven = {"x-proof": proof(browser)}
    said = browser.post(f"{API}/reviews", json={"post": "bao-mau:12", "label": "negative"}, headers=proven)
    assert said.status_code == 201
    assert said.json()["post"]["bin"] == "negative"
    undo = {"post": "bao-mau:12", "act": "undo", "undoes": said.json()["review"]}
    again = browser.post(f"{API}/reviews", json=undo, headers=proven)
    assert again.json()["post"]["bin"] == "pending"


def test_the_queue_is_the_screens(reader: httpx.Client) -> None:
    told = reader.get(f"{API}/queue?limit=2").json()
    assert told["waiting"] == 6
    assert [post["id"] for post in told["posts"]] == ["bao-mau:1", "bao-mau:11"]


def test_a_source_with_its_card_its_health_and_its_ledger(reader: httpx.Client) -> None:
    first, second = reader.get(f"{API}/sources").json()
    assert (first["name"], first["complete"], first["identified"]) == ("bao-mau", True, 11)
    assert (second["name"], second["complete"], second["state"]) == ("dien-dan", False, "broken")
    assert second["newest_post"] == "2026-10-05T05:00:00Z"
    assert [(each["news"], each["is_news"]) for each in (first, second)] == [(None, True), (None, False)]


def test_health_says_that_both_answer_and_how_far_the_search_is(desk: Desk, browser: httpx.Client) -> None:
    assert browser.get(f"{API}/health").json() == {"record": True, "search": True, "lag": 0}
    from sangtin.record import posts
    from tests.api.desk import fresh

    with desk.record.write() as writing:
        posts.add(writing, [fresh("Mới")])
    assert browser.get(f"{API}/health").json()["lag"] == 1


@pytest.mark.parametrize(
    "query", ["", "?q=ngap", "?bin=spam", "?q=ngap&exact=1", "?from=2026-10-03&source=bao-mau"]
)
def test_an_export_has_as_many_rows_as_the_search_finds(reader: httpx.Client, query: str) -> None:
    total = reader.get(f"{API}/search{query}").json()["total"]
    jsonl = reader.get(f"{API}/export{query}").text
    form = "&" if query else "?"
    table = reader.get(f"{API}/export{query}{form}format=csv").text
    rows = list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"), newline="")))
    assert len(jsonl.splitlines()) == len(rows) == total
    for line, row in zip(map(json.loads, jsonl.splitlines()), rows, strict=True):
        assert list(line) == list(row) == list(COLUMNS)
        assert {name: safe(value or "") for name, value in line.items()} == row


def test_no_cell_of_an_export_is_a_formula(reader: httpx.Client) -> None:
    table = reader.get(f"{API}/export?format=csv").text.removeprefix("\ufeff")
    cells = [cell for row in csv.reader(io.StringIO(table, newline="")) for cell in row]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_an_export_is_a_file_and_is_in_the_audit(desk: Desk, browser: httpx.Client) -> None:
    answer = browser.get(f"{API}/export?q=ngap&format=csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="sangtin.csv"'
    with desk.record.read() as connection:
        (line,) = accounts.entries(connection, 1)
    assert line.act == "export"
    assert json.loads(line.subject) == {"q": "ngap", "format": "csv"}


def test_the_screens_export_links_lead_to_all_that_was_found(reader: httpx.Client) -> None:
    from tests.api.pages import links

    page = reader.get("/search?q=ngap&bin=duplicate").text
    for link in links(page, "//a[@download]"):
        assert len(reader.get(link).text.strip().splitlines()) - ("csv" in link) == 3


def test_words_of_the_api_are_those_of_the_glossary(reader: httpx.Client) -> None:
    schemas = reader.get(f"{API}/openapi.json").json()["components"]["schemas"]
    assert schemas["Bin"]["enum"] == [bin_.value for bin_ in Bin]
