"""What is known of a post beside its text: it shifts flags only, and nothing known shifts nothing."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nlp
from nlp.answering import answered
from nlp.beside import FILE, MOST, NAMES, Beside, Shift, numbers
from nlp.flags import FOLDER, Flags
from sangtin.errors import InputError
from tests.nlp.small import DAY, ROWS, SETTINGS
from tests.nlp.test_flags import LEAST, flags
from training.fit import classes_of, examples, write_model
from training.linear import fit_linear

NOON = datetime(2026, 10, 1, 5, 0, tzinfo=UTC)  # in Viet Nam


def shift() -> Shift:
    """Likes make a post look unreliable, and so does the night; a scam is one whoever likes it."""
    weights = np.zeros((len(NAMES), 2))
    weights[NAMES.index("likes"), 1] = 1.0
    weights[NAMES.index("cosine 1"), 1] = 0.5
    means = np.zeros(len(NAMES))
    means[NAMES.index("likes")] = math.log1p(9)
    return Shift(tuple(LEAST), means, weights)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with such flags."""
    out = tmp_path_factory.mktemp("beside") / "model"
    classes = classes_of(ROWS)
    reader = fit_linear(examples(ROWS, classes), classes, SETTINGS)
    write_model(out, reader, {"negative": 0.5}, (DAY, "0" * 64), flags=replace(flags(), shift=shift()))
    return out


def odds(model: nlp.Model, beside: Beside) -> float:
    """Log-odds that a text looks unreliable with what is known beside it."""
    chance = model.read(["nhà"], [beside])[0].flags["unreliable-looking"]
    return math.log(chance / (1 - chance))


def test_the_numbers_are_sizes_and_a_place_on_the_circle_of_the_day() -> None:
    (found,) = numbers([Beside(NOON, 0, 9, None)])
    assert found.tolist()[:2] == [0.0, math.log(10)]
    assert math.isnan(found[2])
    assert found[3:] == pytest.approx([0, -1, 0, 1], abs=1e-9)  # half round, and once round
    assert np.isnan(numbers([Beside()])).all()
    assert numbers([]).shape == (0, len(NAMES))


@given(moment=st.datetimes(timezones=st.just(UTC)), likes=st.integers(-9, 10**30) | st.none())
def test_any_moment_and_count_have_numbers_within_bounds(moment: datetime, likes: int | None) -> None:
    found = numbers([Beside(moment, likes)])[0]
    assert (np.abs(found[3:]) <= 1).all()
    assert likes is None or 0 <= found[0] <= math.log1p(MOST)


def test_the_same_moment_is_the_same_in_any_zone() -> None:
    there = NOON.astimezone(timezone(timedelta(hours=-8)))
    assert Beside(there).numbers() == pytest.approx(Beside(NOON).numbers(), nan_ok=True)


@pytest.mark.parametrize(
    ("row", "known"),
    [
        ({}, Beside()),
        ({"likes": 3, "comments": 2.0, "shares": 0}, Beside(None, 3, 2, 0)),
        ({"likes": True, "comments": "7", "shares": -1}, Beside()),
        ({"likes": float("nan"), "comments": float("inf"), "shares": [1]}, Beside()),
        ({"published_at": "2026-10-01T05:00:00Z"}, Beside(NOON)),
        ({"published_at": "2026-10-01T12:00:00"}, Beside(NOON)),
        ({"published_at": "hôm qua", "time": "2026-10-01T12:00:00+07:00"}, Beside(NOON)),
        ({"published_at": 1_790_000_000, "time": None}, Beside()),
    ],
)
def test_of_a_row_only_counts_and_moments_are_known(row: dict[str, object], known: Beside) -> None:
    assert Beside.of(row) == known


def test_a_known_number_shifts_the_chance_and_an_unknown_one_does_not(folder: Path) -> None:
    model = nlp.load(folder)
    plain = odds(model, Beside())
    assert odds(model, Beside(likes=9)) == pytest.approx(plain)
    assert odds(model, Beside(likes=99)) == pytest.approx(plain + math.log(100 / 10))
    assert odds(model, Beside(comments=500)) == pytest.approx(plain)
    assert odds(model, Beside(NOON)) == pytest.approx(plain - 0.5)
    answer = model.read(["nhà"])[0].flags["unreliable-looking"]
    assert answer == pytest.approx(1 / (1 + math.exp(-plain)))


def test_it_moves_no_label_and_no_other_flag(folder: Path) -> None:
    model = nlp.load(folder)
    texts = [row.text for row in ROWS]
    without, with_likes = model.read(texts), model.read(texts, [Beside(likes=99_999)] * len(texts))
    assert [replace(answer, flags={}) for answer in without] == [
        replace(answer, flags={}) for answer in with_likes
    ]
    assert [answer.flags["scam"] for answer in without] == [answer.flags["scam"] for answer in with_likes]


def test_a_text_has_the_same_chances_in_any_company(folder: Path) -> None:
    model = nlp.load(folder)
    texts = [row.text for row in ROWS] * 40
    beside = [Beside(likes=n) for n in range(len(texts))]
    together = model.read(texts, beside)
    for n in (0, 7, len(texts) - 1):
        assert model.read([texts[n]], [beside[n]])[0] == together[n]


def test_classify_takes_what_a_row_says_also_beside_broken_ones(folder: Path) -> None:
    row: dict[str, object] = {"text": "nhà", "likes": 99}
    given: list[tuple[str, dict[str, object] | InputError]] = [
        ("1", {"text": "nhà"}),
        ("2", InputError("broken")),
        ("3", row),
        ("4", {"likes": 5}),
    ]
    found = list(answered(nlp.load(folder), given))
    assert [each.get("flags") is None for each in found] == [False, True, False, True]
    plain, liked = (each["flags"] for each in (found[0], found[2]))
    assert isinstance(plain, dict)
    assert isinstance(liked, dict)
    assert liked["unreliable-looking"] > plain["unreliable-looking"]


def test_it_is_kept_with_the_flags_and_the_same_shift_gives_the_same_bytes(
    folder: Path, tmp_path: Path
) -> None:
    again = Flags.load(folder / FOLDER, LEAST)
    assert again.shift is not None
    again.save(tmp_path)
    assert (tmp_path / FILE).read_bytes() == (folder / FOLDER / FILE).read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        {"names": ["likes"]},
        {"means": [0.0]},
        {"weights": {"scam": [0.0] * len(NAMES)}},
        {"format": 2},
        {"means": [float("nan")] * len(NAMES)},
    ],
)
def test_a_shift_that_fits_nothing_is_refused(
    folder: Path, tmp_path: Path, change: dict[str, object]
) -> None:
    flags().save(tmp_path)
    card = json.loads((folder / FOLDER / FILE).read_text())
    (tmp_path / FILE).write_text(json.dumps(card | change))
    with pytest.raises(InputError, match="again"):
        Flags.load(tmp_path, LEAST)


def test_flags_without_a_shift_look_at_texts_alone(tmp_path: Path) -> None:
    flags().save(tmp_path)
    assert not (tmp_path / FILE).exists()
    held = Flags.load(tmp_path, LEAST)
    assert held.read(["lan"], [Beside(NOON, 5, 5, 5)]) == held.read(["lan"])
