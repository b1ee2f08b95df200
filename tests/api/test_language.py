"""What the screens say: everything in both languages, no English on a Vietnamese page, numbers, times."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import api
from api.language import languages
from crawlers.trouble import Trouble
from sangtin.errors import Fault
from sangtin.post import Act, Bin, Cause, Flag, Kind, Relation
from sangtin.record.accounts import ROLES
from tests.api.desk import Desk
from tests.api.pages import SCREENS, words_of

VI, EN = languages()["vi"], languages()["en"]
HERE = Path(api.__file__).parent
SOURCES = [*HERE.rglob("*.html"), *HERE.rglob("*.py"), *HERE.rglob("*.js")]
MARKS = re.compile(r"[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]", re.IGNORECASE)


def test_every_saying_is_there_in_both_languages() -> None:
    assert VI.sayings.keys() == EN.sayings.keys()
    assert all(said.strip() for language in (VI, EN) for said in language.sayings.values())


def test_both_languages_fill_in_the_same_values() -> None:
    for key, said in VI.sayings.items():
        assert set(re.findall(r"{(\w+)}", said)) == set(re.findall(r"{(\w+)}", EN.sayings[key])), key


def test_every_word_of_the_glossary_has_a_saying() -> None:
    for table, values in (
        ("bin", Bin),
        ("kind", Kind),
        ("flag", Flag),
        ("cause", Cause),
        ("relation", Relation),
        ("act", Act),
        ("trouble", Trouble),
        ("role", ROLES),
        ("mistake", Fault),
    ):
        for value in values:
            assert f"{table}.{value}" in VI.sayings


# Sayings whose key is put together: the glossary's values, the states of a thing, the examples of queries.
BUILT = (
    *("bin.", "kind.", "flag.", "cause.", "relation.", "act.", "what.", "role.", "trouble.", "failure."),
    *(
        "frame.theme_",
        "login.problem_",
        "change.",
        "words.",
        "mistake.",
        "choices.",
        "source.state_",
        "source.type_",
    ),
    *("policy.", "looks.", "notice.", "search.bins", "search.kinds", "search.flags", "search.sources"),
    *("search.newest", "search.oldest", "search.relevance"),
)


def test_every_saying_is_used_and_every_used_one_is_there() -> None:
    text = "\n".join(path.read_text() for path in SOURCES)
    asked_for = set(re.findall(r"""\bt\(\s*f?["']([a-z]+\.[\w ]+)["'][,)]""", text))
    assert asked_for <= VI.sayings.keys()
    for key in VI.sayings:
        assert f'"{key}"' in text or f"'{key}'" in text or key.startswith(BUILT), key


def test_a_vietnamese_saying_is_not_its_english_one() -> None:
    same = {key for key, said in VI.sayings.items() if said == EN.sayings[key]}
    assert same == {
        "post.by_person",
        "search.ex_words",
        "search.ex_phrase",
        "search.ex_or",
        "search.ex_prefix",
    }


@pytest.mark.parametrize("path", SCREENS)
def test_a_vietnamese_page_says_nothing_in_english(reader: httpx.Client, path: str) -> None:
    words = words_of(reader.get(path).text)
    plain = {EN.sayings[key] for key in EN.sayings if "{" not in EN.sayings[key]} - set(VI.sayings.values())
    assert not plain & words
    for phrase in words:
        assert len(re.findall(r"[^\W\d_]{2,}", phrase)) < 3 or MARKS.search(phrase), phrase


@pytest.mark.parametrize("path", SCREENS)
def test_an_english_page_says_nothing_in_vietnamese(shared_desk: Desk, path: str) -> None:
    client = shared_desk.client()
    client.cookies.set("language", "en")
    page = client.get(path).text
    plain = {VI.sayings[key] for key in VI.sayings if "{" not in VI.sayings[key]} - set(EN.sayings.values())
    assert '<html lang="en"' in page
    assert not plain & words_of(page)


@given(st.integers(0, 10**12))
def test_numbers_are_grouped_by_threes(value: int) -> None:
    assert VI.number(value).replace(".", "") == EN.number(value).replace(",", "") == str(value)
    assert all(len(group) == 3 for group in VI.number(value).split(".")[1:])


def test_forms_of_numbers_days_and_times() -> None:
    assert VI.number(4_723_945) == "4.723.945"
    assert VI.share(1, 8) == "12,5 %"
    assert VI.share(1, 0) == "–"
    assert VI.day(date(2026, 1, 9)) == "09/01/2026"
    assert VI.moment(datetime(2026, 11, 22, 18, 5, tzinfo=UTC)) == "23/11/2026 01:05"
    assert EN.number(4_723_945) == "4,723,945"


def test_no_score_is_rounded_to_certainty() -> None:
    assert [VI.score(x) for x in (1.0, 0.999, 0.994, 0.004, 0.0)] == [
        "1,00",
        "> 0,99",
        "0,99",
        "< 0,01",
        "0,00",
    ]


def test_a_broken_source_says_why_in_the_language_where_the_crawler_has_a_word_for_it() -> None:
    assert VI.trouble("http status: 503") == "máy chủ báo lỗi: 503"
    assert VI.trouble("something new") == "something new"
    assert VI.trouble("timeout") == "quá lâu không trả lời"


def test_the_zone_is_said_once_on_a_page_wide_or_narrow(reader: httpx.Client) -> None:
    page = reader.get("/").text
    assert page.count(VI("frame.zone")) == 2  # one in the rail, one under it that only phones show
    assert page.count('class="only-phone small soft">Giờ Việt Nam') == 1


def test_words_that_only_one_text_has_are_said_to_have_come_or_gone() -> None:
    assert VI.differs("khác: ∅ → tin giả nha; khác: đã → ∅") == "khác: thêm “tin giả nha”; khác: mất “đã”"
