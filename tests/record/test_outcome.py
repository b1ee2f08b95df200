"""The outcome: the first rule that applies, and nothing else."""

from __future__ import annotations

import itertools

import pytest

from sangtin.post import Act, Bin, Cause, Kind, Label, Membership, Outcome, Relation
from sangtin.record.outcome import Evidence, Said, outcome
from tests.record.checking import answered

COPY = Membership("c1", 7, 0.9, Relation.NEAR)
ALONE = Membership("c1", None, 1.0, Relation.ORIGINAL)
VARIANT = Membership("c1", None, 0.9, Relation.VARIANT)


def said(number: int, act: Act, label: Label | None = None, *, cluster: bool = False) -> Said:
    return Said(number, "an", act, cluster, label, Kind.SCAM if label is Label.SPAM else None)


OWN = said(1, Act.LABEL, Label.POSITIVE)
SAME = said(2, Act.SAME_AS)
FREE = said(3, Act.NOT_A_COPY)
SHARED = said(4, Act.LABEL, Label.SPAM, cluster=True)
UNSURE = said(5, Act.UNSURE)
READ = answered(Label.NEGATIVE)


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (Evidence(), Outcome(Bin.PENDING, Cause.NONE)),
        (Evidence(ALONE), Outcome(Bin.PENDING, Cause.NONE)),
        (Evidence(ALONE, answered(Label.NEGATIVE, settled=False)), Outcome(Bin.PENDING, Cause.NONE)),
        (Evidence(ALONE, READ), Outcome(Bin.NEGATIVE, Cause.MODEL, None, "m1")),
        (Evidence(ALONE, READ, (SHARED,)), Outcome(Bin.SPAM, Cause.CLUSTER, Kind.SCAM, "review:4")),
        (Evidence(COPY, READ, (SHARED,)), Outcome(Bin.DUPLICATE, Cause.COPY, None, "post:7")),
        (Evidence(COPY, READ, (FREE,)), Outcome(Bin.NEGATIVE, Cause.MODEL, None, "m1")),
        (Evidence(COPY, READ, (FREE, SHARED)), Outcome(Bin.SPAM, Cause.CLUSTER, Kind.SCAM, "review:4")),
        (Evidence(ALONE, READ, (SAME,)), Outcome(Bin.DUPLICATE, Cause.SAME_AS, None, "review:2")),
        (Evidence(ALONE, READ, (SAME, OWN)), Outcome(Bin.POSITIVE, Cause.PERSON, None, "review:1")),
        (Evidence(COPY, READ, (SAME, FREE)), Outcome(Bin.NEGATIVE, Cause.MODEL, None, "m1")),
        (Evidence(VARIANT, READ), Outcome(Bin.NEGATIVE, Cause.MODEL, None, "m1")),
        (Evidence(ALONE, READ, (UNSURE,)), Outcome(Bin.NEGATIVE, Cause.MODEL, None, "m1")),
    ],
)
def test_the_first_rule_that_applies(evidence: Evidence, expected: Outcome) -> None:
    assert outcome(evidence) == expected


def test_among_acts_of_one_kind_the_latest_counts() -> None:
    later = said(9, Act.LABEL, Label.NEGATIVE)
    assert outcome(Evidence(ALONE, None, (later, OWN))).bin is Bin.NEGATIVE


def test_the_order_in_which_reviews_are_handed_over_does_not_matter() -> None:
    acts = (OWN, SAME, FREE, SHARED, UNSURE)
    for size in range(1, 4):
        for some in itertools.combinations(acts, size):
            results = {outcome(Evidence(COPY, READ, order)) for order in itertools.permutations(some)}
            assert len(results) == 1


def test_a_label_without_a_label_is_a_broken_assumption() -> None:
    with pytest.raises(ValueError, match="names none"):
        outcome(Evidence(ALONE, None, (said(1, Act.LABEL),)))
