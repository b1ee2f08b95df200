"""What the one who shares a post feels leaves it as it was; mockery and an answer do not."""

import json
from pathlib import Path

import pytest

from dedupe import compare, read
from sangtin.post import Relation

COPY = {Relation.NEAR, Relation.EXACT}
WRITTEN = Path(__file__).parent / "written"
SHORT_TEXT = 50  # words; in longer ones a word of feeling is passed over
BRIDGE = (
    "Cầu tạm qua suối Nhum bị lũ cuốn đêm qua, 40 học sinh bản Pa Cheo phải nghỉ học, bộ đội đang ghép phà"
)


def rows(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (WRITTEN / f"{name}.jsonl").read_text("utf-8").splitlines()]


POSTS = [row["text"] for row in rows("later_bases") if len(row["text"].split()) < SHORT_TEXT]
LINES = {
    kind: [row["text"] for row in rows("feelings") if row["kind"] == kind] for kind in ("feels", "mocks")
}
ANSWERS = [row["text"] for row in rows("feelings") if row["kind"] == "answers"]


def is_copy(earlier: str, later: str) -> bool:
    one, other = read([earlier, later])
    return compare(one, other).relation in COPY


def beside(line: str, number: int) -> list[tuple[str, str]]:
    """Three posts, and each with the line behind it and before it."""
    posts = [POSTS[(number * 7 + k * 31) % len(POSTS)] for k in range(3)]
    behind = [(post, f"{post.rstrip('.!?…')}. {line}") for post in posts]
    return behind + [(post, f"{line.rstrip('.!')}! {post}") for post in posts]


def hides(pairs: list[tuple[str, str]]) -> list[bool]:
    return [is_copy(*pair) for post, longer in pairs for pair in ((post, longer), (longer, post))]


def test_nine_in_ten_feelings_leave_a_copy_in_either_order() -> None:
    missed = [line for n, line in enumerate(LINES["feels"]) if not all(hides(beside(line, n)))]
    assert len(missed) <= 0.1 * len(LINES["feels"]), missed


def test_mockery_with_the_same_words_is_hidden_once_in_twenty_at_most() -> None:
    hidden = [line for n, line in enumerate(LINES["mocks"]) if any(hides(beside(line, n)))]
    assert len(hidden) <= 0.05 * len(LINES["mocks"]), hidden


def test_an_answer_is_not_hidden_and_behind_a_comma_hides_nothing_once_in_twenty_at_most() -> None:
    hiding = []
    for number, line in enumerate(ANSWERS):
        for post, longer in beside(line, number)[:3]:
            assert not is_copy(post, longer)
            assert not is_copy(longer, post)
            joined = f"{post.rstrip('.!?…')}, {line}"
            assert not is_copy(post, joined)
            hiding += [line] * is_copy(joined, post)
    assert len(hiding) <= 0.05 * 3 * len(ANSWERS), hiding


@pytest.mark.parametrize(
    "said",
    [
        "Thương các em quá!",
        "Đau lòng quá 😢",
        "Trời ơi, sợ quá đi mất, cả nhà cẩn thận nhé 🙏",
        "Đọc mà rớt nước mắt",
        "Ấm lòng ghê, cảm ơn các anh bộ đội",
    ],
)
def test_a_feeling_behind_a_comma_or_a_stop_adds_nothing(said: str) -> None:
    for longer in (f"{BRIDGE}. {said}", f"{said} {BRIDGE}" if said[-1] in "!🙏😢" else f"{said}. {BRIDGE}"):
        assert is_copy(BRIDGE, longer)
        assert is_copy(longer, BRIDGE)


@pytest.mark.parametrize(
    "said",
    [
        "Mừng quá, cầu nối lại rồi",
        "Tội người ta, đăng sai kìa",
        "Sợ thật, cái gì cũng đăng được",
        "Buồn cười thật sự",
        "Thương cho ai tin bài này",
        "Đau lòng quá, nhưng ảnh này chụp năm ngoái",
        "Khổ quá, có phải vậy đâu",
    ],
)
def test_who_feels_something_about_the_post_or_tells_news_speaks_for_himself(said: str) -> None:
    assert not is_copy(BRIDGE, f"{BRIDGE}. {said}")
    assert not is_copy(f"{BRIDGE}. {said}", BRIDGE)
