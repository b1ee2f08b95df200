"""A crawl of real servers, good and hostile: what comes in, what is refused, and why."""

from __future__ import annotations

import gzip
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import psutil
import pytest

from crawlers.crawl import crawl, watch
from crawlers.trouble import Trouble
from crawlers.visit import Cursor, Report, Visit
from crawlers.wire import Manners
from sangtin.errors import UsageError
from tests.crawlers.certificate import self_signed
from tests.crawlers.keeping import FEEDS, MemorySink, card, item, rss
from tests.crawlers.site import Answer, Handler, Page, Site, site

MANNERS = Manners(
    contact="mailto:nguoi-thu@example.vn",
    delay_s=0.0,
    timeout_s=3.0,
    max_bytes=300_000,
    backoff_s=0.1,
    patience_s=2.0,
)
GOOD = Answer(rss(item(1), item(2)))
NO_ROBOTS: dict[str, Page] = {}


def golden(name: str, **headers: str) -> Answer:
    return Answer((FEEDS / name).read_bytes(), headers={k.replace("_", "-"): v for k, v in headers.items()})


def first_then(*answers: Answer) -> Callable[[Handler], Answer]:
    """One answer after the other; the last one stays."""
    left = list(answers)
    return lambda _handler: left.pop(0) if len(left) > 1 else left[0]


def endless(handler: Handler) -> None:
    """A body without a length and without an end."""
    handler.close_connection = True
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"<rss>" + b" " * 65_536)


def trickle(handler: Handler) -> None:
    """A byte now and then, for ever: a slow loris."""
    handler.close_connection = True
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.2)


def hang_up(handler: Handler) -> None:
    """Half of what was promised."""
    handler.close_connection = True
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"<rss><channel>")


def robots(*lines: str) -> Answer:
    return Answer("\n".join(("User-agent: *", *lines)).encode())


def to(address: str, status: int = 302) -> Answer:
    return Answer(status=status, headers={"Location": address})


@dataclass(frozen=True, slots=True)
class Crawled:
    """Everything that one crawl of all these sites did."""

    sites: dict[str, Site]
    sink: MemorySink
    reports: dict[str, Report]


def pages(elsewhere: str, bomb: bytes) -> dict[str, dict[str, Page]]:
    """Each site's pages. Each site has an address of its own, so that its manners are its own."""
    limit = MANNERS.max_bytes
    return {
        "good": {
            "/news": golden("rss2-news.xml", ETag='"v1"', Last_Modified="Mon, 05 Jun 2023 01:30:00 GMT"),
            "/blog": golden("rss2-blog.xml"),
            "/atom": golden("atom.xml", Content_Type="application/atom+xml"),
            "/wrong-type": golden("rss2-news.xml", Content_Type="text/html; charset=iso-8859-1"),
            "/cp1258": golden("windows-1258.xml", Content_Type="text/xml"),
            "/mistakes": golden("mistakes.xml"),
            "/gz": Answer(gzip.compress(GOOD.body), headers={"Content-Type": "application/gzip"}),
            "/gzipped": Answer(gzip.compress(GOOD.body), headers={"Content-Encoding": "gzip"}),
            "/many": Answer(rss(*(item(number) for number in range(450)))),
        },
        "bad": {
            "/laughs": golden("laughs.xml"),
            "/page": Answer(
                b"<!DOCTYPE html><html><link rel='alternate' type='application/rss+xml' href='/tin.rss'>"
            ),
            "/empty": Answer(b""),
            "/gone": Answer(status=410),
            "/login": Answer(status=403),
            "/huge": Answer(b"<rss>" + b" " * limit),
            "/promised": Answer(b"", headers={"Content-Length": "99999999999"}),
            "/endless": endless,
            "/bomb": Answer(bomb, headers={"Content-Encoding": "gzip"}),
            "/bomb.gz": Answer(bomb, headers={"Content-Type": "application/gzip"}),
            "/tcvn": Answer(b"<?xml version='1.0' encoding='tcvn-5712'?><rss>\xb5\xb6\xb7</rss>"),
        },
        "slow": {"/": trickle},
        "cut": {"/": hang_up},
        "shaky": {
            "/500": first_then(Answer(status=500), GOOD),
            "/429": first_then(Answer(status=429, headers={"Retry-After": "1"}), GOOD),
            "/always": Answer(status=502),
        },
        "busy": {"/a": Answer(status=503, headers={"Retry-After": "3600"}), "/b": GOOD},
        "polite": {
            "/robots.txt": robots("Crawl-delay: 0.5", "Disallow: /no"),
            "/1": GOOD,
            "/2": GOOD,
            "/no/feed": GOOD,
            "/to-no": to("/no/feed"),
        },
        "named": {
            "/robots.txt": Answer(b"User-agent: sangtin\nDisallow: /\n\nUser-agent: *\nAllow: /"),
            "/": GOOD,
        },
        "failing": {"/robots.txt": Answer(status=503), "/": GOOD},
        "forever": {"/robots.txt": robots("Crawl-delay: 999999"), "/": GOOD},
        "moved": {
            "/robots.txt": to("/robots.txt"),
            "/loop": to("/loop"),
            "/old": to("/new", 301),
            "/new": GOOD,
            "/private": to(f"{elsewhere}/secret"),
            "/metadata": to("http://169.254.169.254/latest/meta-data/"),
            "/file": to("file:///etc/passwd"),
        },
    }


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("tls")
    bomb = gzip.compress(b"<rss>" + b" " * 30_000_000)
    with ExitStack() as stack:
        private = stack.enter_context(site("127.0.0.99", {"/secret": GOOD}))
        all_pages = pages(private.address, bomb)
        sites = {
            name: stack.enter_context(site(f"127.0.1.{number}", made))
            for number, (name, made) in enumerate(all_pages.items(), 1)
        }
        sites["private"] = private
        sites["tls"] = stack.enter_context(site("127.0.2.1", {"/": GOOD}, self_signed(folder, "127.0.2.1")))
        visits = [
            Visit(card(f"{name}{path.replace('/', '.')}", sites[name].address + path))
            for name in (*all_pages, "tls")
            for path in sites[name].pages
            if path != "/robots.txt"
        ]
        visits.append(Visit(card("closed", "http://127.0.2.2:9/")))
        sink = MemorySink()
        reports = crawl(visits, sink, author_key=lambda name: f"key of {name}", manners=MANNERS)
        yield Crawled(sites, sink, {report.source: report for report in reports})


def trouble(crawled: Crawled, source: str) -> str:
    """The code of a source's error; empty where there is none."""
    return crawled.reports[source].reason.partition(": ")[0]


def test_every_source_has_one_report_that_adds_up(crawled: Crawled) -> None:
    assert crawled.reports == crawled.sink.reports
    for report in crawled.reports.values():
        kept = report.new + report.seen + report.changed
        assert report.fetched == kept + sum(report.rejected.values())
        assert (report.state == "ok") == (report.reason == "")
        assert report.state in ("ok", "broken")


@pytest.mark.parametrize(
    ("source", "new"),
    [
        ("good.news", 2), ("good.blog", 2), ("good.atom", 3), ("good.wrong-type", 2), ("good.cp1258", 1),
        ("good.mistakes", 4), ("good.gz", 2), ("good.gzipped", 2), ("good.many", 450), ("bad.laughs", 1),
        ("polite.1", 2), ("polite.2", 2), ("shaky.500", 2), ("shaky.429", 2), ("moved.old", 2),
    ],
)  # fmt: skip
def test_feeds_come_in(crawled: Crawled, source: str, new: int) -> None:
    report = crawled.reports[source]
    assert (report.state, report.reason, report.new) == ("ok", "", new)
    assert sum(post.source == source for post in crawled.sink.posts) == new


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("bad.page", Trouble.PAGE), ("bad.empty", Trouble.NOT_A_FEED), ("bad.gone", Trouble.STATUS),
        ("bad.login", Trouble.STATUS), ("bad.huge", Trouble.SIZE), ("bad.promised", Trouble.SIZE),
        ("bad.endless", Trouble.SIZE), ("bad.bomb", Trouble.SIZE), ("bad.bomb.gz", Trouble.SIZE),
        ("bad.tcvn", Trouble.CHARSET), ("slow.", Trouble.TIMEOUT), ("cut.", Trouble.UNREACHABLE),
        ("shaky.always", Trouble.STATUS), ("busy.a", Trouble.WAIT), ("polite.no.feed", Trouble.ROBOTS),
        ("polite.to-no", Trouble.ROBOTS), ("named.", Trouble.ROBOTS), ("failing.", Trouble.ROBOTS),
        ("forever.", Trouble.ROBOTS), ("moved.loop", Trouble.REDIRECTS), ("moved.private", Trouble.PRIVATE),
        ("moved.metadata", Trouble.PRIVATE), ("moved.file", Trouble.REDIRECTS), ("tls.", Trouble.TLS),
        ("closed", Trouble.UNREACHABLE),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(crawled: Crawled, source: str, why: Trouble) -> None:
    assert trouble(crawled, source) == why.value
    assert not any(post.source == source for post in crawled.sink.posts)


def test_a_page_says_where_its_feed_is(crawled: Crawled) -> None:
    assert "/tin.rss" in crawled.reports["bad.page"].reason


def test_a_post_carries_what_its_entry_says(crawled: Crawled) -> None:
    post = next(post for post in crawled.sink.posts if post.source == "good.blog")
    assert post.native_id == "https://blog.example.vn/?p=77"
    assert post.text.startswith("Ngõ 12 ngập đến đầu gối\n\nMưa từ ba giờ sáng")
    assert post.url == "https://blog.example.vn/2023/09/ngo-12/"
    assert post.published_at == datetime(2023, 9, 28, 1, 15, tzinfo=UTC)
    assert post.fetched_at is not None
    assert post.author_key == "key of Người Viết Thử"
    assert post.engagement.comments == 3


def test_relative_links_start_from_the_feed(crawled: Crawled) -> None:
    post = next(post for post in crawled.sink.posts if post.native_id == "https://blog.example.vn/?p=76")
    assert post.url == f"{crawled.sites['good'].address}/2023/09/ky-hieu/"


def test_rejected_entries_are_counted_and_told_to_the_sink(crawled: Crawled) -> None:
    assert crawled.reports["good.mistakes"].rejected == {"id repeated": 1, "no text": 1}
    told = {(reason, where) for source, reason, where in crawled.sink.rejected if source == "good.mistakes"}
    assert ("no text", "https://loi.example.vn/rong.html") in told


def test_leftovers_and_mends_are_issues(crawled: Crawled) -> None:
    issues = crawled.reports["good.mistakes"].issues
    assert issues["unknown field: danhGia"] == 1
    assert issues["date in the future"] == issues["unreadable date"] == 1
    assert any(issue.startswith("mended: ") for issue in issues)


def test_a_feed_that_moved_for_good_says_where(crawled: Crawled) -> None:
    assert f"moved to {crawled.sites['moved'].address}/new" in crawled.reports["moved.old"].issues


def test_it_says_who_it_is(crawled: Crawled) -> None:
    asked = crawled.sites["good"].asked[-1].headers
    assert asked["user-agent"].startswith("sangtin/")
    assert "(+mailto:nguoi-thu@example.vn)" in asked["user-agent"]
    assert "cookie" not in asked
    assert "referer" not in asked


def test_robots_txt_is_asked_once_and_first(crawled: Crawled) -> None:
    for name in ("good", "polite", "bad"):
        paths = crawled.sites[name].paths()
        assert paths[0] == "/robots.txt"
        assert paths.count("/robots.txt") == 1


def test_what_robots_txt_forbids_is_not_asked_for_even_after_a_redirect(crawled: Crawled) -> None:
    assert "/no/feed" not in crawled.sites["polite"].paths()
    assert set(crawled.sites["named"].paths()) == {"/robots.txt"}


def test_nothing_is_asked_where_robots_txt_cannot_be_read(crawled: Crawled) -> None:
    assert set(crawled.sites["failing"].paths()) == {"/robots.txt"}
    assert set(crawled.sites["forever"].paths()) == {"/robots.txt"}


def test_the_crawl_delay_lies_between_any_two_requests(crawled: Crawled) -> None:
    times = [asked.at for asked in crawled.sites["polite"].asked]
    assert len(times) == 4
    assert all(later - earlier >= 0.5 for earlier, later in pairwise(times))


def test_retry_after_is_waited_out_when_short(crawled: Crawled) -> None:
    times = [asked.at for asked in crawled.sites["shaky"].asked if asked.path == "/429"]
    assert len(times) == 2
    assert times[1] - times[0] >= 1.0


def test_tries_are_limited(crawled: Crawled) -> None:
    assert crawled.sites["shaky"].paths().count("/always") == 1 + MANNERS.retries
    assert crawled.sites["cut"].paths().count("/") == 1 + MANNERS.retries
    assert crawled.sites["slow"].paths().count("/") == 1


def test_a_host_that_asks_for_an_hour_is_left_alone_for_all_its_feeds(crawled: Crawled) -> None:
    assert crawled.sites["busy"].paths() == ["/robots.txt", "/a"]
    assert trouble(crawled, "busy.b") == Trouble.WAIT.value
    cursor = Cursor.load(crawled.sink.cursors["busy.a"])
    assert cursor.not_before is not None
    assert cursor.not_before - crawled.reports["busy.a"].at > timedelta(minutes=59)


def test_a_private_host_hears_nothing(crawled: Crawled) -> None:
    assert crawled.sites["private"].asked == []


def test_validators_and_failures_are_left_for_the_next_visit(crawled: Crawled) -> None:
    good = Cursor.load(crawled.sink.cursors["good.news"])
    assert (good.etag, good.last_modified) == ('"v1"', "Mon, 05 Jun 2023 01:30:00 GMT")
    assert good.failures == 0
    assert Cursor.load(crawled.sink.cursors["bad.gone"]).failures == 1


def once(visits: list[Visit], sink: MemorySink) -> list[Report]:
    return list(crawl(visits, sink, author_key=str, manners=MANNERS))


def test_a_feed_that_was_cut_on_its_way_is_fetched_again() -> None:
    whole = rss(*(item(number) for number in range(10)))
    answers = iter([whole[: len(whole) // 2], whole])

    def page(handler: Handler) -> Answer:
        known = handler.headers.get("If-None-Match") == '"v1"'
        return Answer(status=304) if known else Answer(next(answers), headers={"ETag": '"v1"'})

    sink = MemorySink()
    with site("127.0.3.3", {"/": page}) as torn:
        (first,) = once([Visit(card("torn", f"{torn.address}/"))], sink)
        (second,) = once([Visit(card("torn", f"{torn.address}/"), Cursor.load(sink.cursors["torn"]))], sink)
    assert 0 < first.new < 10
    assert first.new + second.new == 10
    assert Cursor.load(sink.cursors["torn"]).etag == '"v1"'


def test_an_unchanged_feed_is_not_sent_again() -> None:
    def page(handler: Handler) -> Answer:
        known = handler.headers.get("If-None-Match") == '"v1"'
        return Answer(status=304) if known else Answer(GOOD.body, headers={"ETag": '"v1"'})

    sink = MemorySink()
    with site("127.0.3.1", {"/": page, "/moved": page}) as quiet:
        first = once([Visit(card("quiet", f"{quiet.address}/"))], sink)
        cursor = Cursor.load(sink.cursors["quiet"])
        again = once(
            [
                Visit(card(name, quiet.address + path), cursor)
                for name, path in (("quiet", "/"), ("other", "/moved"))
            ],
            sink,
        )
    assert [(report.new, report.not_modified) for report in first] == [(2, False)]
    assert {(report.source, report.not_modified) for report in again} == {("quiet", True), ("other", False)}
    assert Cursor.load(sink.cursors["quiet"]).etag == '"v1"'  # and it is told so again next time


def test_a_source_that_asked_to_wait_is_not_visited_before(crawled: Crawled) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    source = card("busy", f"{crawled.sites['good'].address}/news")
    before = len(crawled.sites["good"].asked)
    report = once([Visit(source, Cursor(source.address, not_before=until))], MemorySink())[0]
    assert report.reason.startswith(Trouble.WAIT.value)
    assert len(crawled.sites["good"].asked) == before


def test_an_incomplete_card_stops_a_crawl_before_it_begins(crawled: Crawled) -> None:
    before = len(crawled.sites["good"].asked)
    lacking = card("lacking", "")
    complete = card("complete", f"{crawled.sites['good'].address}/news")
    with pytest.raises(UsageError, match="address"):
        once([Visit(complete), Visit(lacking)], MemorySink())
    assert len(crawled.sites["good"].asked) == before


def test_a_child_that_dies_ends_its_visits_with_a_reason() -> None:
    def die(handler: Handler) -> None:
        for child in psutil.Process().children():
            if "crawlers.fetch" in child.cmdline():
                child.kill()

    sink = MemorySink()
    with site("127.0.3.2", {"/": die}) as deadly:
        reports = once([Visit(card("deadly", f"{deadly.address}/"))], sink)
    assert [report.reason.partition(":")[0] for report in reports] == [Trouble.CRASH.value]
    assert Cursor.load(sink.cursors["deadly"]).failures == 1


def test_watching_visits_at_intervals_and_leaves_no_child() -> None:
    sink = MemorySink()
    with site("127.0.3.3", {"/": GOOD}) as calm:
        source = card("calm", f"{calm.address}/", interval_s=60)

        def visits() -> list[Visit]:
            return [Visit(source, Cursor.load(sink.cursors.get("calm", {})))]

        watching = watch(visits, sink, author_key=str, manners=MANNERS)
        assert next(watching).new == 2
        past = datetime.now(UTC) - timedelta(minutes=2)
        sink.cursors["calm"]["visited_at"] = past.isoformat()
        assert next(watching).seen == 2
        children = [child for child in psutil.Process().children() if "crawlers.fetch" in child.cmdline()]
        assert len(children) == 1
        watching.close()
        assert not children[0].is_running()
    assert calm.paths() == ["/robots.txt", "/", "/"]


def test_importing_the_crawl_brings_no_reactor() -> None:
    code = "import sys, crawlers.crawl; print([m for m in ('scrapy', 'twisted') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
