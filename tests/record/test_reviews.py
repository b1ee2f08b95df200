"""What people say: it settles at once, it can be undone, the machine never overrides it."""

from __future__ import annotations

import pytest

from sangtin.errors import UsageError
from sangtin.post import Act, Bin, Cause, Kind, Label, Outcome, Review
from sangtin.record import Record, erasing, posts, queue, reviews, shown
from tests.record.checking import answered, fetched, keys_of, place_all, read_all


@pytest.fixture
def book(record: Record) -> Record:
    """Three posts: an original, a copy of it, and another; all read as negative."""
    with record.write() as writing:
        posts.add(
            writing,
            [
                fetched("1", "Đập sắp vỡ rồi"),
                fetched("2", "Đập sắp vỡ rồi!!", 1),
                fetched("3", "Rác đầy chợ", 2),
            ],
        )
    keys = keys_of(record)
    place_all(record, {keys["bao-mau:2"]: keys["bao-mau:1"]})
    read_all(record, answered(Label.NEGATIVE))
    return record


def say(book: Record, post: str, act: Act, **more: object) -> int:
    with book.write(durable=True) as writing:
        return reviews.append(writing, Review("an", act, f"bao-mau:{post}", **more))  # type: ignore[arg-type]


def outcome_of(book: Record, post: str) -> Outcome:
    with book.read() as connection:
        (found,) = shown.summaries_by_id(connection, [f"bao-mau:{post}"])
    return found.outcome


def waiting_ids(book: Record, reviewer: str = "an") -> list[str]:
    with book.read() as connection:
        return [each.id for each in queue.queue(connection, reviewer, 10)]


def test_a_label_settles_the_post_at_once(book: Record) -> None:
    number = say(book, "3", Act.LABEL, label=Label.SPAM, kind=Kind.NEUTRAL)
    assert outcome_of(book, "3") == Outcome(Bin.SPAM, Cause.PERSON, Kind.NEUTRAL, f"review:{number}")


def test_undo_brings_back_what_was_there(book: Record) -> None:
    before = outcome_of(book, "3")
    number = say(book, "3", Act.LABEL, label=Label.POSITIVE)
    say(book, "3", Act.UNDO, undoes=number)
    assert outcome_of(book, "3") == before


def test_not_a_copy_frees_the_post_for_the_reader(book: Record) -> None:
    assert outcome_of(book, "2").bin is Bin.DUPLICATE
    say(book, "2", Act.NOT_A_COPY)
    assert outcome_of(book, "2").bin is Bin.PENDING
    assert read_all(book, answered(Label.NEGATIVE)) == 1
    assert outcome_of(book, "2").cause is Cause.MODEL


def test_same_as_makes_a_duplicate(book: Record) -> None:
    say(book, "3", Act.SAME_AS, target="bao-mau:1")
    assert outcome_of(book, "3").cause is Cause.SAME_AS


def test_two_posts_are_never_each_a_copy_of_the_other(book: Record) -> None:
    say(book, "3", Act.SAME_AS, target="bao-mau:1")
    for copy in ("2", "3"):
        with pytest.raises(UsageError, match="nobody would see either"):
            say(book, "1", Act.SAME_AS, target=f"bao-mau:{copy}")
    assert outcome_of(book, "1").cause is Cause.MODEL
    say(book, "2", Act.NOT_A_COPY)
    say(book, "1", Act.SAME_AS, target="bao-mau:2")
    assert outcome_of(book, "1").bin is Bin.DUPLICATE


def test_an_undo_that_would_hide_the_original_too_is_refused(book: Record) -> None:
    number = say(book, "2", Act.NOT_A_COPY)
    say(book, "1", Act.SAME_AS, target="bao-mau:2")
    with pytest.raises(UsageError, match="nobody would see either"):
        say(book, "2", Act.UNDO, undoes=number)
    assert outcome_of(book, "2").bin is Bin.PENDING
    say(book, "1", Act.NOT_A_COPY)
    say(book, "2", Act.UNDO, undoes=number)
    assert outcome_of(book, "2").cause is Cause.COPY


def test_same_as_names_nothing_once_its_target_is_erased(book: Record) -> None:
    say(book, "3", Act.SAME_AS, target="bao-mau:1")
    with book.write() as writing:
        erasing.erase(writing, keys_of(book)["bao-mau:1"])
    assert outcome_of(book, "3").cause is Cause.MODEL


def test_what_a_person_said_before_of_it_counts_again_once_the_target_is_erased(book: Record) -> None:
    say(book, "2", Act.NOT_A_COPY)
    say(book, "2", Act.SAME_AS, target="bao-mau:3")
    with book.write() as writing:
        erasing.erase(writing, keys_of(book)["bao-mau:3"])
    assert outcome_of(book, "2").bin is Bin.PENDING


def test_erasing_leaves_no_two_posts_as_copies_of_each_other(book: Record) -> None:
    with book.write() as writing:
        posts.add(writing, [fetched("4", "Cầu đã thông xe", 9)])
    place_all(book)
    say(book, "2", Act.SAME_AS, target="bao-mau:4")
    say(book, "1", Act.SAME_AS, target="bao-mau:2")
    with book.write() as writing:
        erasing.erase(writing, keys_of(book)["bao-mau:4"])
    place_all(book)
    assert outcome_of(book, "1").cause is Cause.SAME_AS
    assert outcome_of(book, "2").bin is Bin.PENDING


def test_a_label_on_a_cluster_holds_for_copies_of_then_once_they_are_freed(book: Record) -> None:
    say(book, "1", Act.LABEL, label=Label.POSITIVE, on_cluster=True)
    assert outcome_of(book, "1").cause is Cause.CLUSTER
    say(book, "2", Act.NOT_A_COPY)
    assert outcome_of(book, "2").bin is Bin.POSITIVE


def test_a_label_on_a_cluster_does_not_hold_for_copies_that_came_later(book: Record) -> None:
    say(book, "1", Act.LABEL, label=Label.POSITIVE, on_cluster=True)
    with book.write() as writing:
        posts.add(writing, [fetched("4", "Đập sắp vỡ rồi.", 9)])
    keys = keys_of(book)
    place_all(book, {keys["bao-mau:4"]: keys["bao-mau:1"]})
    say(book, "4", Act.NOT_A_COPY)
    assert outcome_of(book, "4").bin is Bin.PENDING


@pytest.mark.parametrize("what", ["edited", "erased"])
def test_a_label_on_a_cluster_holds_for_copies_of_then_that_lost_their_original(
    book: Record, what: str
) -> None:
    number = say(book, "1", Act.LABEL, label=Label.POSITIVE, on_cluster=True)
    with book.write() as writing:
        if what == "edited":
            posts.add(writing, [fetched("1", "Tin đã được đính chính", 60)])
        else:
            erasing.erase(writing, keys_of(book)["bao-mau:1"])
    place_all(book)
    assert outcome_of(book, "2") == Outcome(Bin.POSITIVE, Cause.CLUSTER, None, f"review:{number}")
    say(book, "1", Act.UNDO, undoes=number)
    assert outcome_of(book, "2").cause is Cause.NONE


def test_a_label_on_a_later_text_does_not_hold_for_copies_of_the_earlier_one(book: Record) -> None:
    with book.write() as writing:
        posts.add(writing, [fetched("1", "Tin đã được đính chính", 60)])
    say(book, "1", Act.LABEL, label=Label.POSITIVE, on_cluster=True)
    say(book, "2", Act.NOT_A_COPY)
    assert outcome_of(book, "2").bin is Bin.PENDING
    place_all(book)
    assert outcome_of(book, "2").bin is Bin.PENDING


def test_an_edited_post_comes_back_marked(book: Record) -> None:
    say(book, "3", Act.LABEL, label=Label.NEGATIVE)
    with book.write() as writing:
        posts.add(writing, [fetched("3", "Chợ đã sạch", 60)])
    assert outcome_of(book, "3").bin is Bin.PENDING
    place_all(book)
    read_all(book, answered(Label.POSITIVE))
    with book.read() as connection:
        (found,) = shown.summaries_by_id(connection, ["bao-mau:3"])
    assert "edited" in found.flags
    assert waiting_ids(book)[0] == "bao-mau:3"


def test_a_text_that_was_edited_after_it_was_shown_is_not_labelled(book: Record) -> None:
    with book.write() as writing:
        posts.add(writing, [fetched("3", "Chợ đã sạch", 60)])
    with pytest.raises(UsageError, match="edited after it was shown"):
        say(book, "3", Act.LABEL, label=Label.NEGATIVE, revision=1)
    assert outcome_of(book, "3").bin is Bin.PENDING
    say(book, "3", Act.LABEL, label=Label.POSITIVE, revision=2)
    assert outcome_of(book, "3").bin is Bin.POSITIVE


def test_the_queue_holds_what_nobody_decided(book: Record) -> None:
    assert waiting_ids(book) == ["bao-mau:3", "bao-mau:1"]
    say(book, "3", Act.LABEL, label=Label.NEGATIVE)
    assert waiting_ids(book) == ["bao-mau:1"]


def test_unsure_takes_a_post_out_of_one_reviewers_queue_only(book: Record) -> None:
    number = say(book, "3", Act.UNSURE)
    assert "bao-mau:3" not in waiting_ids(book)
    assert "bao-mau:3" in waiting_ids(book, "binh")
    say(book, "3", Act.UNDO, undoes=number)
    assert "bao-mau:3" in waiting_ids(book)


def test_reviews_come_out_as_labelled_posts_once_each(book: Record) -> None:
    say(book, "3", Act.LABEL, label=Label.POSITIVE)
    say(book, "3", Act.LABEL, label=Label.SPAM, kind=Kind.ADVERT)
    undone = say(book, "1", Act.LABEL, label=Label.POSITIVE)
    say(book, "1", Act.UNDO, undoes=undone)
    with book.read() as connection:
        (only,) = reviews.labelled(connection)
    assert (only.id, only.label, only.kind) == ("bao-mau:3", Label.SPAM, Kind.ADVERT)


@pytest.mark.parametrize(
    ("act", "more", "part"),
    [
        (Act.LABEL, {}, "names one label"),
        (Act.UNSURE, {"label": Label.SPAM}, "names one label"),
        (Act.LABEL, {"label": Label.NEGATIVE, "kind": Kind.SCAM}, "Only spam has a kind"),
        (Act.SAME_AS, {}, "names the post"),
        (Act.SAME_AS, {"target": "bao-mau:3"}, "can't repeat itself"),
        (Act.SAME_AS, {"target": "bao-mau:99"}, "There is no post"),
        (Act.UNDO, {"undoes": 99}, "to undo"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(
    book: Record, act: Act, more: dict[str, object], part: str
) -> None:
    with pytest.raises(UsageError, match=part):
        say(book, "3", act, **more)
    with book.read() as connection:
        assert reviews.history(connection, keys_of(book)["bao-mau:3"]) == []


def test_only_ones_own_act_can_be_undone_and_only_once(book: Record) -> None:
    number = say(book, "3", Act.LABEL, label=Label.POSITIVE)
    with pytest.raises(UsageError, match="to undo"), book.write() as writing:
        reviews.append(writing, Review("binh", Act.UNDO, "bao-mau:3", undoes=number))
    say(book, "3", Act.UNDO, undoes=number)
    with pytest.raises(UsageError, match="undone already"):
        say(book, "3", Act.UNDO, undoes=number)
