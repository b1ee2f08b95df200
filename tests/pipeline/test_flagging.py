"""Posts of a record → the flags that a model raises, by their texts and by what is known beside them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

import nlp
from nlp import Class
from nlp.beside import NAMES, Shift
from nlp.flags import Flags
from sangtin.errors import UsageError
from sangtin.explaining import Explaining
from sangtin.pipeline.parts import opened
from sangtin.pipeline.reading import InUse, answer, checked, read_some
from sangtin.post import Engagement, Flag, Post
from sangtin.record import Record, flagged, leases, models, open_record, posts, shown
from sangtin.record.reading import Unread
from sangtin.settings import Settings
from tests.pipeline.running import Home
from tests.record import empty
from tests.record.checking import assert_reconciled, place_all

MORNING = datetime(2026, 10, 1, 1, 0, tzinfo=UTC)
LURE = "Chúc mừng bạn trúng thưởng xe SH, bấm link nhận thưởng ngay hôm nay"
PLAIN = "Sáng nay phường họp tổ dân phố lúc 8 giờ tại nhà văn hoá"


@pytest.fixture(scope="module")
def model() -> nlp.Model:
    """The shipped model, to which many likes make a post look unreliable."""
    shipped = nlp.load(nlp.SHIPPED)
    assert shipped.flags
    weights = np.zeros((len(NAMES), len(shipped.flags.names)))
    weights[NAMES.index("likes"), shipped.flags.names.index(Flag.UNRELIABLE)] = 2.0
    shift = Shift(shipped.flags.names, np.zeros(len(NAMES)), weights)
    return replace(shipped, flags=replace(shipped.flags, shift=shift))


def unread(text: str, seen_after: timedelta, likes: int | None, published: bool = True) -> Unread:
    """A post that was last seen so long after it was published."""
    known = Engagement(likes=likes)
    return Unread(1, 1, text, False, MORNING + seen_after, MORNING if published else None, known)


def chance(model: nlp.Model, post: Unread) -> float:
    (answered,) = answer(model, [post])
    return next(c.chance for c in answered.prediction.chances if c.flag is Flag.UNRELIABLE)


def test_the_counts_of_a_young_post_or_one_without_a_date_say_nothing(model: nlp.Model) -> None:
    nothing = chance(model, unread(PLAIN, timedelta(days=9), None))
    assert chance(model, unread(PLAIN, timedelta(days=9), 50)) > nothing
    assert chance(model, unread(PLAIN, timedelta(days=1), 50)) > nothing
    assert chance(model, unread(PLAIN, timedelta(hours=23), 50)) == pytest.approx(nothing)
    assert chance(model, unread(PLAIN, timedelta(days=9), 50, published=False)) == pytest.approx(nothing)


def test_each_post_gets_the_chance_of_each_flag_and_what_is_raised(model: nlp.Model) -> None:
    lure, plain = answer(model, [unread(text, timedelta(days=2), None) for text in (LURE, PLAIN)])
    assert [c.flag for c in lure.prediction.chances] == [Flag.SCAM, Flag.UNRELIABLE]
    assert lure.prediction.chances[0].raised
    assert not any(c.raised for c in plain.prediction.chances)


def test_a_model_without_flags_has_no_chances(model: nlp.Model) -> None:
    (answered,) = answer(replace(model, flags=None), [unread(LURE, timedelta(days=2), 9)])
    assert answered.prediction.chances == ()


def test_a_model_with_flags_that_no_record_knows_is_refused(model: nlp.Model) -> None:
    assert checked(model) is model
    assert model.flags
    reader = replace(model.flags.reader, classes=(Class("scam"), Class("nonsense")))
    strange = replace(model, flags=Flags(reader, {"scam": 0.5, "nonsense": 0.5}))
    with pytest.raises(UsageError, match="nonsense"):
        checked(strange)


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return open_record(empty.on_sqlite(tmp_path))


def test_a_sieved_post_has_its_flags_with_its_outcome(record: Record, model: nlp.Model) -> None:
    seen = MORNING + timedelta(days=30)
    with record.write() as writing:
        posts.add(
            writing,
            [
                Post("bao-mau", "1", LURE, seen, MORNING),
                Post("bao-mau", "2", PLAIN, seen, MORNING, engagement=Engagement(likes=999_999)),
                Post("bao-mau", "3", f"{PLAIN}, mời bà con tới dự", seen, MORNING),
            ],
        )
        key = models.use_model(writing, model.name, "")
    place_all(record)
    with leases.taken(record, "read:1") as lease:
        assert lease
        assert read_some(record, InUse(key, model), lease, Counter()) == 3
    with record.read() as connection:
        assert flagged.count_flagged(connection) == {Flag.SCAM: 1, Flag.UNRELIABLE: 1}
        found = {s.id: s for s in shown.summaries(connection, [1, 2, 3])}
        whole = shown.show(connection, "bao-mau:2")
    assert Flag.SCAM in found["bao-mau:1"].flags
    assert Flag.UNRELIABLE in found["bao-mau:2"].flags
    assert found["bao-mau:3"].flags == ()
    assert whole
    assert [c.raised for c in whole.predictions[0][2].chances] == [False, True]
    assert_reconciled(record)
    record.close()


def test_the_screens_are_told_which_words_flagged_a_post(home: Home) -> None:
    with opened(Settings(home=home.folder, record="", search="")) as parts:
        services = Explaining(parts).services()
        moved = services.why_flagged(LURE, Flag.SCAM)
        assert moved
        assert moved[0].weight > 0
        assert services.why_flagged(PLAIN, Flag.CLAIM) == []
        with parts.record.write() as writing:
            models.use_model(writing, "gone", "/nowhere")
        assert list(services.why_flagged(LURE, Flag.SCAM)) == []
