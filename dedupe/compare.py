"""Two readings → how like they are, how the later relates to the earlier, and why."""

from __future__ import annotations

from dataclasses import dataclass

from dedupe.reading import Reading
from sangtin.post import Relation

NEAR = 0.7


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a later text relates to an earlier one; `ORIGINAL` where they are unlike.

    `similarity`: Jaccard of character shingles; `containment`: of the shorter in the longer; both in [0, 1].
    """

    similarity: float
    containment: float
    relation: Relation
    reason: str

    @staticmethod
    def same() -> Comparison:
        """Two texts of the same words."""
        return Comparison(1.0, 1.0, Relation.EXACT, "the same words")


def likeness(earlier: Reading, later: Reading) -> tuple[float, float]:
    """(Jaccard similarity, containment of the shorter in the longer)."""
    shared = len(earlier.shingles & later.shingles)
    either = len(earlier.shingles) + len(later.shingles) - shared
    shorter = min(len(earlier.shingles), len(later.shingles))
    return (shared / either if either else 0.0, shared / shorter if shorter else 0.0)


def compare(earlier: Reading, later: Reading) -> Comparison:
    """Compare two texts, the earlier one first."""
    similarity, containment = likeness(earlier, later)
    near = similarity >= NEAR
    return Comparison(similarity, containment, Relation.NEAR if near else Relation.ORIGINAL, "")
