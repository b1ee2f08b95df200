"""What `sangtin.search.Search` promises, as tests that run unchanged on every engine.

A test file of an engine derives from `Contract` and gives the fixture `fresh`, a function that opens
another empty index each time it is called.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sangtin.errors import UsageError
from sangtin.post import Bin, Flag, Kind
from sangtin.search import (
    ANY,
    Cursor,
    Document,
    EpochError,
    Facets,
    Filters,
    Gone,
    Page,
    Position,
    Query,
    Search,
    Sort,
    highlight,
    parse,
)
from tests.search.oracle import Oracle
from tests.search.posts import START, TEXTS, VOCABULARY, scattered, scattered_one, written

Fresh = Callable[[], Search]
SCATTERED = scattered(300, seed=1)


def at(number: int, epoch: str = "one") -> Position:
    return Position(epoch, number)


def found(search: Search, query: str, filters: Filters = ANY, *, exact: bool = False) -> list[str]:
    """The ids that a typed query finds, newest first."""
    page = search.find(parse(query, exact=exact), filters, limit=1_000)
    return [hit.document.id for hit in page.hits]


def numbers(search: Search, query: str, *, exact: bool = False) -> set[int]:
    """Which of the written texts a typed query finds, from 1."""
    return {int(id.rpartition(":")[2]) for id in found(search, query, exact=exact) if not id.startswith("x")}


def pages(search: Search, query: Query, filters: Filters, sort: Sort, limit: int) -> list[Document]:
    """Every hit, page after page."""
    hits: list[Document] = []
    after: Cursor | None = None
    while True:
        page = search.find(query, filters, sort=sort, limit=limit, after=after)
        assert len(page.hits) <= limit
        hits += [hit.document for hit in page.hits]
        if page.next is None:
            return hits
        assert len(page.hits) == limit
        after = Cursor.decode(page.next.encode())


_word = st.sampled_from([*VOCABULARY, "xyz", "n*", "l*", "tp.h*", '"ngap hue"', '"hoà đà hoa"', '"lụt"'])
_field = st.sampled_from(
    ["nhãn:rác", "label:pending,negative", "kind:scam", "flag:claim", "source:A", 'nguồn:"a b"', "cluster:c1"]
)
_typed = st.recursive(
    _word | _field,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(" ".join),
        st.lists(inner, min_size=2, max_size=3).map(" OR ".join),
        inner.map("-({})".format),
        inner.map("({})".format),
    ),
    max_leaves=6,
)
queries = st.builds(lambda text, exact: parse(text, exact=exact), _typed | st.just(""), st.booleans())
_days = st.none() | st.dates(START.date(), START.date() + timedelta(days=4))


def _some(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.just(()) | st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True).map(tuple)


admitted = st.just(ANY) | st.builds(
    Filters,
    sources=_some("a", "A", "a b", "none"),
    bins=_some(*Bin).map(lambda values: tuple(map(Bin, values))),
    kinds=_some(*Kind).map(lambda values: tuple(map(Kind, values))),
    flags=_some(*Flag).map(lambda values: tuple(map(Flag, values))),
    clusters=_some("c1", "C1"),
    authors=_some("u1"),
    since=_days,
    until=_days,
)
shared = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def history(dice: Random) -> list[tuple[list[Document], list[Gone], int]]:
    """Batches of changes of ten posts; at the end, some of the batches again."""
    batches, number = [], 0
    for _ in range(dice.randrange(1, 7)):
        documents, gone = [], []
        for _ in range(dice.randrange(12)):
            number += 1
            id = f"p:{dice.randrange(10)}"
            if dice.random() < 0.2:
                gone.append(Gone(id, number))
            else:
                documents.append(scattered_one(dice, id, number))
        batches.append((documents, gone, number))
    return [*batches, *dice.choices(batches, k=3)]


class Contract:
    """Every promise. `examples` and `histories` say how many random ones are compared with the oracle."""

    examples = 150
    histories = 30

    # What is found

    def test_each_index_has_a_name_of_its_own_that_stays(self, fresh: Fresh) -> None:
        one, other = fresh(), fresh()
        before = one.name()
        assert before != other.name()
        one.apply(written()[:1], (), at(99))
        with one.build("one") as build:
            build.apply((), (), at(99))
            build.switch()
        assert one.name() == before

    def test_nothing_is_in_an_empty_index(self, search: Search) -> None:
        assert search.find(Query()) == Page(())
        assert search.find(parse("lũ"), sort=Sort.RELEVANCE) == Page(())
        assert search.total(Query()) == 0
        assert search.facets(Query()) == Facets()
        assert list(search.export(Query())) == []
        assert list(search.digests()) == []
        assert search.get(["a"]) == {}
        assert search.position() is None

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("ngap lut hue", {1, 2}),
            ("ngập lụt huế", {1, 2}),
            ("NGẬP LỤT HUẾ", {1, 2}),
            ("duong hung vuong", {1, 2}),
            ("đường Hùng Vương", {1, 2}),
            ("da nang", {13, 14}),
            ("đà nẵng", {13, 14}),
            ("hòa", {10, 11, 12}),
            ("hoà", {10, 11, 12}),
            ("hoa", {10, 11, 12}),
            ("khoe", {11, 12}),
            ("thuỷ điện", {4, 5}),
            ("thủy điện", {4, 5}),
            ("tp.hcm", {7}),
            ("TP HCM", {7}),
            ("hcm", {7}),
            ("1250000", {8}),
            ("1.250.000", {8}),
            ("1.250.000đ", {8}),
            ("0912345678", {7}),
            ("#LụtHuế", {9}),
            ("luthue", {9}),
            ("@vaynhanh_24h", {8}),
            ("https://bit.ly/vay24", {8}),
            ("anh/chị", {13}),
            ("không ai cứu", {16}),
            ("tuyen dung", {17}),
            ("covid-19", {18}),
            ("covid19", {18}),
            ("29.10.2025", {19}),
            ("xyzzy", set()),
        ],
    )
    def test_words_are_found_however_they_are_typed(
        self, news: Search, query: str, expected: set[int]
    ) -> None:
        assert numbers(news, query) == expected
        assert numbers(news, unicodedata.normalize("NFD", query)) == expected

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("ma", {15}),
            ("má", {15}),
            ("mạ", {15}),
            ("mà", {15}),
            ("mã", set()),
            ("hoa", {10}),
            ("hòa", {10, 11, 12}),
            ("hoà", {10, 11, 12}),
            ("ngap", {2}),
            ("ngập", {1, 3, 6, 13, 15}),
            ("da", {14}),
            ("đà", {13}),
            ("-ngập nước huế", {7}),
            ('"hòa bình"', {10}),
            ('"hoa binh"', set()),
            ("ngậ*", {1, 3, 6, 13, 15}),
            ("nga*", {2}),
        ],
    )
    def test_exact_marks(self, news: Search, query: str, expected: set[int]) -> None:
        assert numbers(news, query, exact=True) == expected
        assert numbers(news, unicodedata.normalize("NFD", query), exact=True) == expected

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ('"xả lũ"', {4, 5}),
            ('"lũ xả"', set()),
            ('"nuoc len nhanh"', {2}),
            ('"nuoc nhanh"', set()),
            ('"đường Hùng Vương"', {1, 2}),
            ("xả lũ -đồn", {4}),
            ("xả lũ NOT đồn", {4}),
            ('ngập -"đường nguyễn"', {1, 2, 6, 13, 15}),
            ("bộ AND đội OR xuồng", {3, 6}),
            ("(xuồng OR thuyền) ngập", {3, 6}),
            ("xuồng OR thuyền -ngập", {3}),
            ("-(ngập OR lũ OR mưa) huế", set()),
            ("thu*", {4, 5, 6}),
            ("vaynh*", {8}),
            ("tp.h*", {7}),
            ("ngập 🌊", {1, 2, 3, 6, 13, 15}),
        ],
    )
    def test_operators(self, news: Search, query: str, expected: set[int]) -> None:
        assert numbers(news, query) == expected

    def test_fields_are_met_in_both_languages(self, news: Search) -> None:
        for one, other in (
            ("label:negative", "nhãn:tiêu_cực"),
            ("kind:scam", "loại:lừa_đảo"),
            ("flag:claim", "cờ:tin_đồn"),
            ("flag:unreliable", "cờ:ngờ_vực"),
            ("flag:scam", "cờ:lừa_đảo"),
            ('source:"báo huế"', 'nguồn:"báo huế"'),
            ("from:2025-10-29 to:2025-10-29", "từ:29/10/2025 đến:29/10/2025"),
            ("cluster:c-3", "cụm:c-3"),
        ):
            ids = found(news, one)
            assert ids
            assert found(news, other) == ids == [d.id for d in Oracle(written()).find(parse(one), ANY)]

    def test_values_are_compared_whole_and_as_they_are(self, many: Search) -> None:
        ids = {value: found(many, "", Filters(sources=(value,))) for value in ("a", "A", "a b", "ă")}
        assert all(ids.values())
        assert sum(map(len, ids.values())) == len(SCATTERED)
        assert set(found(many, "", Filters(clusters=("c1",)))).isdisjoint(found(many, "cluster:C1"))

    def test_a_period_has_both_its_days_and_days_are_vietnamese(self, search: Search) -> None:
        midnight = datetime(2025, 10, 28, 17, 0, tzinfo=UTC)  # 2025-10-29 00:00 in Huế
        moments = [midnight - timedelta(seconds=1), midnight, midnight + timedelta(hours=24, seconds=-1)]
        moments.append(midnight + timedelta(hours=24))
        documents = [replace(SCATTERED[0], id=f"d:{n}", moment=m) for n, m in enumerate(moments)]
        search.apply(documents, (), at(1))
        assert sorted(found(search, "from:2025-10-29 to:2025-10-29")) == ["d:1", "d:2"]
        assert sorted(found(search, "", Filters(until=date(2025, 10, 28)))) == ["d:0"]
        assert sorted(found(search, "từ:2025-10-30")) == ["d:3"]
        assert found(search, "from:2025-10-30 to:2025-10-28") == []
        days = search.facets(Query()).days
        assert list(days.items()) == [
            (date(2025, 10, 28), 1),
            (date(2025, 10, 29), 2),
            (date(2025, 10, 30), 1),
        ]

    def test_what_is_found_is_what_a_look_at_every_document_finds(self, many: Search) -> None:
        @settings(shared, max_examples=self.examples)
        @given(
            queries, admitted, st.sampled_from((Sort.NEWEST, Sort.OLDEST)), st.sampled_from((7, 50, 1_000))
        )
        def compare(query: Query, filters: Filters, sort: Sort, limit: int) -> None:
            expected = Oracle(SCATTERED).find(query, filters, sort)
            assert pages(many, query, filters, sort, limit) == expected
            assert many.total(query, filters) == len(expected)
            assert many.facets(query, filters) == Oracle(SCATTERED).facets(query, filters)

        compare()

    def test_by_relevance_the_same_posts_are_found_typed_marks_first(self, many: Search) -> None:
        @settings(shared, max_examples=self.examples)
        @given(queries)
        def compare(query: Query) -> None:
            hits = pages(many, query, ANY, Sort.RELEVANCE, 100)
            assert sorted(d.id for d in hits) == sorted(d.id for d in Oracle(SCATTERED).find(query, ANY))
            typed = {d.id for d in Oracle(SCATTERED).find(replace(query, exact=True), ANY)}
            first = [d.id in typed for d in hits]
            assert first == sorted(first, reverse=True)

        compare()

    def test_marks_as_typed_rank_first(self, news: Search) -> None:
        def best(query: str) -> list[int]:
            hits = news.find(parse(query), sort=Sort.RELEVANCE).hits
            return [int(hit.document.id.rpartition(":")[2]) for hit in hits]

        assert best("ngap lut")[0] == 2
        assert best("ngập lụt")[0] == 1
        assert best("đà nẵng") == [13, 14]
        assert best("da nang") == [14, 13]

    def test_fields_do_not_disturb_relevance(self, news: Search) -> None:
        plain = [hit.document for hit in news.find(parse("ngập"), sort=Sort.RELEVANCE).hits]
        some = Filters(bins=(Bin.SPAM, Bin.NEGATIVE, Bin.POSITIVE))
        filtered = [hit.document for hit in news.find(parse("ngập"), some, sort=Sort.RELEVANCE).hits]
        assert filtered == [document for document in plain if document.bin in some.bins]

    # Pages

    @pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST])
    @pytest.mark.parametrize("limit", [1, 3, 299, 300, 301])
    def test_pages_join_without_gap_or_overlap(self, many: Search, sort: Sort, limit: int) -> None:
        expected = Oracle(SCATTERED).find(Query(), ANY, sort)
        assert pages(many, Query(), ANY, sort, limit) == expected

    def test_a_cursor_holds_while_posts_come_and_go(self, search: Search) -> None:
        search.apply(SCATTERED[:50], (), at(50))
        page = search.find(Query(), limit=10)
        last = page.hits[-1].document
        newer = replace(SCATTERED[60], moment=START + timedelta(days=300))
        search.apply([newer], [Gone(last.id, 400)], at(400))
        after = search.find(Query(), limit=10, after=page.next).hits
        expected = Oracle(SCATTERED[:50]).find(Query(), ANY)[10:20]
        assert [hit.document for hit in after] == expected

    @pytest.mark.parametrize("limit", [0, -1, 1_001])
    def test_a_page_has_bounds(self, many: Search, limit: int) -> None:
        with pytest.raises(UsageError):
            many.find(Query(), limit=limit)

    def test_hits_are_the_documents_and_highlights_lie_on_their_text(self, news: Search) -> None:
        for query in ("ngap", '"xả lũ" OR hoà', "1.250.000", "không", "tuyển", "lũ -huế", "nhãn:rác"):
            for hit in news.find(parse(query), limit=1_000).hits:
                assert hit.document in written()
                assert hit.highlights == highlight(parse(query), hit.document.text)

    def test_highlights_show_the_words_as_written(self, news: Search) -> None:
        def shown(query: str) -> list[str]:
            return [
                unicodedata.normalize("NFC", hit.document.text[start:end])
                for hit in news.find(parse(query)).hits
                for start, end in hit.highlights
            ]

        assert shown("duong nguyen hue") == ["đường", "Nguyễn", "Huệ"]
        assert shown('"1250000 đ"') == ["1.250.000đ"]
        assert shown("cuu khong") == ["Kh\u200bông", "cứu", "k\u00adhông"]

    # Export

    def test_an_export_streams_every_hit_of_its_moment(self, search: Search) -> None:
        search.apply(SCATTERED, (), at(300))
        expected = Oracle(SCATTERED).find(Query(), ANY)
        stream: Iterator[Document] = (hit.document for hit in search.export(Query()))
        seen = [next(stream)]
        late = [replace(d, id=f"late:{d.id}", number=400) for d in SCATTERED[:20]]
        search.apply(late, [Gone(expected[5].id, 401), Gone(expected[-1].id, 402)], at(402))
        assert [*seen, *stream] == expected
        assert search.total(Query()) == len(SCATTERED) + 18

    def test_an_export_may_be_left_early(self, many: Search) -> None:
        stream = many.export(parse("hoà"))
        first = next(stream)
        assert first.highlights
        del stream
        assert many.total(Query()) == len(SCATTERED)

    # Following a record

    def test_the_position_is_remembered_with_the_documents(self, search: Search) -> None:
        search.apply((), (), at(7))
        assert search.position() == at(7)
        search.apply(SCATTERED[:3], (), at(9))
        assert search.position() == at(9)
        search.apply(SCATTERED[:3], (), at(8))
        assert search.position() == at(9)

    def test_another_epoch_is_refused_and_changes_nothing(self, search: Search) -> None:
        search.apply(SCATTERED[:3], (), at(9))
        with pytest.raises(EpochError, match="index rebuild"):
            search.apply(SCATTERED[3:6], (), at(10, "two"))
        assert search.position() == at(9)
        assert search.total(Query()) == 3

    def test_an_older_change_never_undoes_a_newer_one(self, search: Search) -> None:
        old = SCATTERED[0]
        new = replace(old, text="mới tinh", bin=Bin.POSITIVE, kind=None, number=50)
        search.apply([new], (), at(50))
        search.apply([old], (), at(50))
        assert search.get([old.id, "s:999"]) == {old.id: new}
        assert search.total(parse("mới")) == 1

    def test_what_is_gone_stays_gone(self, search: Search) -> None:
        document = replace(SCATTERED[0], text="riêng tư")
        search.apply([document], (), at(1))
        search.apply((), [Gone(document.id, 5)], at(5))
        for number in (1, 4, 5):
            search.apply([replace(document, number=number)], (), at(number))
            assert search.total(Query()) == 0
        search.apply((), [Gone(document.id, 2), Gone("never seen", 6)], at(6))
        search.apply([replace(document, id="never seen", number=3)], (), at(6))
        assert search.facets(Query()) == Facets()
        assert list(search.digests()) == []

    def test_in_one_batch_the_greatest_number_holds(self, search: Search) -> None:
        one, two = SCATTERED[0], replace(SCATTERED[1], number=9)
        search.apply(
            [replace(one, text="hai", number=4), replace(one, text="ba", number=3), two],
            [Gone(two.id, 8)],
            at(9),
        )
        assert search.total(parse("hai")) == search.total(parse("-hai")) == 1

    def test_the_same_number_may_be_mended(self, search: Search) -> None:
        search.apply([replace(SCATTERED[0], text="sai")], (), at(1))
        search.apply([replace(SCATTERED[0], text="đúng")], (), at(1))
        assert search.total(parse("sai")) == 0
        assert search.total(parse("đúng")) == 1

    def test_any_history_ends_as_the_oracle_does(self, fresh: Fresh) -> None:
        @settings(shared, max_examples=self.histories)
        @given(st.integers(0, 10_000))
        def compare(seed: int) -> None:
            search, oracle = fresh(), Oracle()
            for documents, gone, last in history(Random(seed)):
                search.apply(documents, gone, at(last))
                oracle.apply(documents, gone)
            for query in map(parse, ("", "hoà", "label:spam", "-lũ nhãn:chờ", "cluster:c1")):
                assert pages(search, query, ANY, Sort.NEWEST, 3) == oracle.find(query, ANY)
                assert search.facets(query) == oracle.facets(query, ANY)
            assert [(d.id, d.number, d.digest) for d in search.digests()] == [
                (d.id, d.number, d.digest()) for d in sorted(oracle.held.values(), key=lambda d: d.id)
            ]

        compare()

    def test_digests_come_in_the_order_of_ids(self, news: Search) -> None:
        ids = [digest.id for digest in news.digests()]
        assert ids == sorted(document.id for document in written())
        held = news.get(ids)
        assert {d.id: d.digest for d in news.digests()} == {id: held[id].digest() for id in ids}

    def test_what_cannot_be_held_is_refused_with_its_reason(self, search: Search) -> None:
        bad = replace(SCATTERED[0], id="bad\ud800")
        refusals = search.apply([bad, SCATTERED[1]], (), at(2))
        assert [(r.id, r.number) for r in refusals] == [(bad.id, bad.number)]
        assert "Unicode" in refusals[0].reason
        assert search.position() == at(2)
        assert search.total(Query()) == 1

    @pytest.mark.parametrize(
        "text", ["", "\x00", "a" * 100_000, "lũ " * 20_000, "\ud800", "]]>'\"\\", "\u202elũ"]
    )
    def test_any_text_can_be_held(self, search: Search, text: str) -> None:
        document = replace(SCATTERED[0], text=text)
        assert search.apply([document], (), at(1)) == ()
        assert search.get([document.id]) == {document.id: document}
        search.apply([replace(document, text="khác", number=9)], (), at(9))
        assert search.total(parse("khác")) == 1

    @pytest.mark.parametrize("year", [1960, 1970, 2105])
    def test_any_time_can_be_held(self, search: Search, year: int) -> None:
        document = replace(SCATTERED[0], moment=datetime(year, 1, 1, 12, 0, 0, 123_456, tzinfo=UTC))
        search.apply([document, SCATTERED[1]], (), at(1))
        assert search.get([document.id]) == {document.id: document}
        assert len(pages(search, Query(), ANY, Sort.OLDEST, 1)) == 2

    # A new version beside the old

    def test_a_build_takes_over_when_it_is_switched(self, search: Search) -> None:
        search.apply(SCATTERED[:10], (), at(10))
        with search.build("two") as build:
            build.apply(SCATTERED[20:25], (), at(5, "two"))
            assert search.total(Query()) == 10
            assert search.position() == at(10)
            search.apply(SCATTERED[10:12], (), at(12))
            assert search.total(Query()) == 12
            build.apply(SCATTERED[25:26], (), at(6, "two"))
            assert build.position() == at(6, "two")
            build.switch()
            assert search.total(Query()) == 6
        assert search.total(Query()) == 6
        assert search.position() == at(6, "two")
        search.apply(SCATTERED[:1], (), at(7, "two"))
        assert search.total(Query()) == 7

    def test_a_build_that_is_left_changes_nothing(self, search: Search) -> None:
        search.apply(SCATTERED[:10], (), at(10))
        with pytest.raises(ZeroDivisionError), search.build("one") as build:
            build.apply(SCATTERED[:1], (), at(1))
            raise ZeroDivisionError
        assert search.total(Query()) == 10
        assert search.position() == at(10)

    def test_the_first_version_may_be_a_build(self, search: Search) -> None:
        with search.build("one") as build:
            assert build.position() is None
            build.apply(SCATTERED, (), at(300))
            assert search.total(Query()) == 0
            build.switch()
        assert search.total(Query()) == len(SCATTERED)

    def test_what_is_gone_stays_gone_in_a_build_of_the_same_epoch(self, search: Search) -> None:
        search.apply(SCATTERED[:2], [Gone("s:5", 100)], at(100))
        late = replace(SCATTERED[5], number=99)
        with search.build("one") as build:
            build.apply([late, SCATTERED[0]], (), at(100))
            build.switch()
        assert [d.id for d in search.digests()] == ["s:0"]
        with search.build("two") as build:
            build.apply([late], (), at(1, "two"))
            build.switch()
        assert [d.id for d in search.digests()] == ["s:5"]

    def test_a_stream_goes_on_while_a_build_takes_over(self, search: Search) -> None:
        search.apply(SCATTERED, (), at(300))
        expected = Oracle(SCATTERED).find(Query(), ANY)
        stream = search.export(Query())
        seen = [next(stream).document]
        with search.build("one") as build:
            build.apply(SCATTERED[:1], (), at(300))
            build.switch()
        assert [*seen, *(hit.document for hit in stream)] == expected
        assert search.total(Query()) == 1

    def test_texts_are_all_here(self, news: Search) -> None:
        assert news.total(Query()) == len(TEXTS) + 1
