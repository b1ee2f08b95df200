"""Two texts → why they are put together, or why not: what the placer would say of them alone."""

from __future__ import annotations

from dedupe.compare import Comparison, compare
from dedupe.normal import forms
from dedupe.place import LEAST_LETTERS
from dedupe.reading import read
from sangtin.post import Relation


def explain(earlier: str, later: str) -> Comparison:
    """How the later text relates to the earlier one: likeness, word difference, relation and reason."""
    one, other = forms([earlier, later])
    if one.hash == other.hash:
        return Comparison.same()
    if min(len(one.letters), len(other.letters)) < LEAST_LETTERS:
        return Comparison(0.0, 0.0, Relation.ORIGINAL, "short texts repeat one another only word for word")
    return compare(*read([earlier, later]))
