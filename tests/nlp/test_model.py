"""A model folder → answers."""

from __future__ import annotations

import nlp


def test_shipped_answers_an_empty_text() -> None:
    answer = nlp.load(nlp.SHIPPED).read([""])[0]
    assert (answer.label, answer.kind) == ("spam", "noise")
    assert abs(sum(answer.scores.values()) - 1) < 1e-9
