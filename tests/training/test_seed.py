"""The seed set keeps what training/seed/README.md promises: its schema, its split, its mix, no text twice."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sangtin.post import Kind, Label
from sangtin.text import fold, strip_marks

ROOT = Path(__file__).resolve().parents[2]
SEED = ROOT / "training" / "seed"
SAMPLE = ROOT / "sangtin" / "sample"

NEEDED = {"id", "text", "label", "kind", "split", "topic", "register", "reviewed"}
OPTIONAL = {"event", "note"}
HELD_SHARE = 0.15

Seed = dict[str, Any]


def read(file: Path) -> list[Seed]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


FILES = sorted(SEED.glob("*.jsonl"))
POSTS: list[Seed] = [post for file in FILES for post in read(file)]
README = (SEED / "README.md").read_text(encoding="utf-8")


def registers_in_readme() -> set[str]:
    paragraph = README.split("\nRegisters:")[1].split("\n\n")[0]
    return set(re.findall(r"`([a-z-]+)`", paragraph))


def letters(text: str) -> str:
    """What is left of a text when case, marks, spaces, digits and signs do not count."""
    return "".join(c for c in fold(text) if c.isalpha())


def share_of(text: str) -> float:
    digest = hashlib.sha256(f"sangtin seed split 20:{text}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def having(register: str) -> list[Seed]:
    return [post for post in POSTS if register in post["register"]]


def words(post: Seed) -> int:
    return len(str(post["text"]).split())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_line_is_one_object_written_as_it_will_be_read(file: Path) -> None:
    for line in file.read_text(encoding="utf-8").splitlines():
        assert json.dumps(json.loads(line), ensure_ascii=False) == line


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_ids_name_their_file_and_count_up_without_a_gap(file: Path) -> None:
    posts = read(file)
    letter = posts[0]["id"].split("-")[1]
    assert [post["id"] for post in posts] == [f"seed-{letter}-{n:04d}" for n in range(1, len(posts) + 1)]


def test_fields_are_those_of_the_readme() -> None:
    for post in POSTS:
        assert post.keys() >= NEEDED, post["id"]
        assert post.keys() <= NEEDED | OPTIONAL, post["id"]
        assert re.fullmatch(r"[a-z0-9-]+", post["topic"]), post["id"]
        assert post["split"] in {"train", "held"}, post["id"]
        assert post["reviewed"] in {1, 2}, post["id"]
        assert all(isinstance(post[name], str) and post[name] for name in OPTIONAL & post.keys()), post["id"]
    for name in NEEDED | OPTIONAL:
        assert f"`{name}`" in README


def test_labels_are_the_words_of_the_product_and_only_spam_has_a_kind() -> None:
    for post in POSTS:
        label = Label(post["label"])
        if label is Label.SPAM:
            assert Kind(post["kind"]), post["id"]
        else:
            assert post["kind"] is None, post["id"]


def test_registers_are_those_of_the_readme_and_each_occurs() -> None:
    known = registers_in_readme()
    assert {register for post in POSTS for register in post["register"]} == known
    for post in POSTS:
        assert len(post["register"]) == len(set(post["register"])), post["id"]


def test_texts_are_composed_unicode_without_stray_space_or_controls() -> None:
    for post in POSTS:
        text = post["text"]
        assert text == unicodedata.normalize("NFC", text), post["id"]
        assert text == text.strip() != "", post["id"]
        assert "  " not in text, post["id"]
        assert not [c for c in text if unicodedata.category(c) in {"Cc", "Co", "Cs", "Cn"} and c != "\n"], (
            post["id"]
        )


def test_no_id_twice() -> None:
    assert [i for i, n in Counter(post["id"] for post in POSTS).items() if n > 1] == []


def test_no_text_twice_even_without_case_marks_digits_and_signs() -> None:
    seen: dict[str, str] = {}
    for post in POSTS:
        key = letters(post["text"]) or post["text"]
        assert key not in seen, (post["id"], seen[key])
        seen[key] = post["id"]


def opening(post: Seed) -> str:
    return " ".join(fold(post["text"]).split()[:4])


def test_no_opening_becomes_a_habit() -> None:
    often = Counter(opening(post) for post in POSTS).most_common(1)[0]
    assert often[1] <= max(4, len(POSTS) // 200), often


def test_posts_are_no_filled_templates() -> None:
    """Two posts with the same words in the same order, numbers and names aside, would be one template."""
    frames = Counter(re.sub(r"\S*\d\S*|\b[A-ZĐ]\w+", "_", post["text"]) for post in POSTS if words(post) >= 8)
    assert [frame for frame, n in frames.items() if n > 1 and len(re.findall(r"\b[^\W_]+", frame)) >= 4] == []


def test_the_mix_is_near_what_the_readme_says() -> None:
    share = {label: n / len(POSTS) for label, n in Counter(post["label"] for post in POSTS).items()}
    assert share["negative"] == pytest.approx(0.35, abs=0.05)
    assert share["positive"] == pytest.approx(0.22, abs=0.04)
    assert share["spam"] == pytest.approx(0.43, abs=0.06)


def test_there_is_enough_of_everything() -> None:
    count = Counter(post["kind"] or post["label"] for post in POSTS)
    least = {"negative": 0.30, "positive": 0.18, "neutral": 0.16, "advert": 0.06, "scam": 0.06, "noise": 0.03}
    assert len(POSTS) >= 520
    for name, part in least.items():
        assert count[name] >= part * len(POSTS), name


@pytest.mark.parametrize("register", ["north", "south", "hue", "teencode", "unmarked", "official", "sarcasm"])
def test_ways_of_speaking_are_heard(register: str) -> None:
    assert len(having(register)) >= 12


@pytest.mark.parametrize(
    "register", ["teencode", "unmarked", "hue", "south", "north", "emoji", "young", "negation"]
)
def test_a_way_of_speaking_is_no_label(register: str) -> None:
    """No register of speech belongs to one label, or a model would learn the voice and not the intent."""
    posts = having(register)
    labels = Counter(post["label"] for post in posts)
    assert len(labels) >= 2
    assert labels.most_common(1)[0][1] <= 0.75 * len(posts), labels


def test_sarcasm_is_labelled_by_what_it_means() -> None:
    assert {post["label"] for post in having("sarcasm")} == {"negative"}


def test_adverts_in_disguise_are_adverts() -> None:
    disguised = having("advert-as-praise") + having("advert-as-story")
    assert len(disguised) >= 8
    assert {post["kind"] for post in disguised} == {"advert"}


def test_what_is_called_unmarked_has_no_marks() -> None:
    for post in having("unmarked"):
        assert post["text"] == strip_marks(post["text"]), post["id"]


def test_lengths_run_from_a_word_to_two_hundred() -> None:
    sizes = [words(post) for post in POSTS]
    assert min(sizes) <= 2
    assert sum(size < 8 for size in sizes) >= 0.04 * len(sizes)
    assert sum(size > 100 for size in sizes) >= 8
    assert max(sizes) <= 220
    assert all(words(post) <= 12 for post in having("short"))
    assert all(words(post) > 80 for post in having("long"))


def test_the_split_is_the_one_the_readme_defines() -> None:
    for post in POSTS:
        held = share_of(str(post.get("event", post["id"]))) < HELD_SHARE
        assert post["split"] == ("held" if held else "train"), post["id"]


def test_about_fifteen_in_a_hundred_are_held_and_every_class_is_among_them() -> None:
    held = [post for post in POSTS if post["split"] == "held"]
    assert len(held) / len(POSTS) == pytest.approx(HELD_SHARE, abs=0.04)
    assert {post["kind"] or post["label"] for post in held} == {*Kind, "negative", "positive"}


def test_an_event_is_told_with_more_than_one_intent() -> None:
    told: dict[str, set[str]] = {}
    for post in POSTS:
        if "event" in post:
            told.setdefault(post["event"], set()).add(post["kind"] or post["label"])
    assert len(told) >= 10
    assert [event for event, intents in told.items() if len(intents) < 3] == []


def addresses(post: Seed) -> list[str]:
    return re.findall(
        r"\b[\w-]+(?:\.[\w-]+)*\.(?:com|vn|net|org|top|icu|vip|example)\b", post["text"].lower()
    )


def test_addresses_are_reserved_ones() -> None:
    assert [(post["id"], a) for post in POSTS for a in addresses(post) if not a.endswith("example")] == []


def test_telephone_numbers_are_nobodys() -> None:
    for post in POSTS:
        for number in re.findall(r"(?<![\d.,/-])0[3-9]\d{2}[ .]?\d{3}[ .]?\d{3}\b", post["text"]):
            assert re.sub(r"\D", "", number).startswith("0900000"), post["id"]


def test_neither_a_number_nor_an_address_gives_the_label_away() -> None:
    for pattern in (r"0900 000", r"\.example"):
        kinds = Counter(post["kind"] or post["label"] for post in POSTS if re.search(pattern, post["text"]))
        assert len(kinds) >= 3, (pattern, kinds)


def strings_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings_in(each)


def texts_of_the_sample() -> Iterator[str]:
    for file in sorted(SAMPLE.rglob("*.jsonl")):
        for row in read(file):
            yield from strings_in(row)
    for file in sorted(SAMPLE.rglob("*.json")):
        yield from strings_in(json.loads(file.read_text(encoding="utf-8")))


def test_no_post_is_in_the_sample_of_the_demo() -> None:
    """Chatter of a word or two may well be the same; anything longer must not be."""
    seed = {letters(post["text"]) for post in POSTS if words(post) >= 4}
    assert [text for text in texts_of_the_sample() if letters(text) in seed] == []
