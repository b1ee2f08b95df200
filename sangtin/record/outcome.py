"""What is known of a post → its outcome. The one place that says which rule applies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sangtin.post import Act, Bin, Cause, Kind, Label, Membership, Outcome, Prediction


@dataclass(frozen=True, slots=True)
class Said:
    """A review that is not undone and that speaks of the post's current revision."""

    id: int
    reviewer: str
    act: Act
    on_cluster: bool
    label: Label | None
    kind: Kind | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that may settle one post. Reviews may come in any order.

    `prediction` is the current model's, or the last answering model's until the current one has answered.
    """

    membership: Membership | None = None
    prediction: Prediction | None = None
    reviews: tuple[Said, ...] = ()


def outcome(evidence: Evidence) -> Outcome:
    """A post's effective state: the first rule that applies. Among acts of one kind the latest counts.

    "Same as" and "not a copy" answer one question, so the later of the two counts.
    """
    own = _latest(r for r in evidence.reviews if r.act is Act.LABEL and not r.on_cluster)
    if own:
        return _labelled(own, Cause.PERSON)
    copy = _latest(r for r in evidence.reviews if r.act in (Act.SAME_AS, Act.NOT_A_COPY))
    if copy and copy.act is Act.SAME_AS:
        return Outcome(Bin.DUPLICATE, Cause.SAME_AS, settled_by=_by(copy))
    if not copy and evidence.membership and evidence.membership.is_copy:
        return Outcome(Bin.DUPLICATE, Cause.COPY, settled_by=f"post:{evidence.membership.of}")
    shared = _latest(r for r in evidence.reviews if r.act is Act.LABEL and r.on_cluster)
    if shared:
        return _labelled(shared, Cause.CLUSTER)
    read = evidence.prediction
    if read and read.settled:
        return Outcome(Bin(read.label), Cause.MODEL, read.kind, read.model)
    return Outcome(Bin.PENDING, Cause.NONE)


def _latest(reviews: Iterable[Said]) -> Said | None:
    return max(reviews, key=lambda review: review.id, default=None)


def _labelled(review: Said, cause: Cause) -> Outcome:
    if review.label is None:
        raise ValueError(f"review {review.id} says label but names none")
    return Outcome(Bin(review.label), cause, review.kind, _by(review))


def _by(review: Said) -> str:
    return f"review:{review.id}"
