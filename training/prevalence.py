"""Truth and scores → what a team would see where one post in 330 is of a label.

A labelled file holds far more negatives than a stream does. Here its rows are weighed so that the label makes
up RATE of the whole; intervals come from resampling the rows of the label and the others apart (stratified
bootstrap, percentiles).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.metrics import Bools, Floats, average_precision

# 5,705 of 2,169,591 verified posts were negative: 0.26 %.
RATE = 0.003
# What is reviewed of each PER posts: the label's own number, and three and ten times as many.
PER = 10_000
REVIEWED = (30, 100, 300)
SAMPLES = 200  # enough for two digits of a 95 % percentile interval (Efron and Tibshirani 1993, ch. 13)
SEED = 20_240_601


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure in [0, 1] and the 95 % interval around it."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class AtK:
    """What `k` posts reviewed of PER would hold: precision and recall of the label."""

    k: int
    per: int
    precision: Interval
    recall: Interval


@dataclass(frozen=True, slots=True)
class Rare:
    """One label's figures at RATE, and the rows behind them."""

    rate: float
    rows_of_label: int
    rows_of_others: int
    average_precision: Interval
    at_k: tuple[AtK, ...]


def settled_at_rate(of: Bools, settled: Bools) -> tuple[Interval, Interval]:
    """Precision and recall of what is settled as the label, re-weighted to RATE; each side holds a row.

    `settled` says which rows a model settled as the label.
    """
    found = []
    for weights in _samples(of):
        hit, wrong = float(weights[of & settled].sum()), float(weights[~of & settled].sum())
        found.append((hit / (hit + wrong) if hit + wrong else 0.0, hit / RATE))
    precision, recall = zip(*found, strict=True)
    return _interval(list(precision)), _interval(list(recall))


def at_rate(of: Bools, scores: Floats) -> Rare | None:
    """Figures re-weighted to RATE; None where the rows lack the label or lack others."""
    yes, no = int(of.sum()), int((~of).sum())
    if not yes or not no:
        return None
    order = np.argsort(-scores, kind="stable")
    of, scores = of[order], scores[order]
    samples = _samples(of)
    at_k = tuple(_at(of, samples, k) for k in REVIEWED)
    average = _interval([average_precision(of, scores, weights) for weights in samples])
    return Rare(RATE, yes, no, average, at_k)


def _at(of: Bools, samples: list[Floats], k: int) -> AtK:
    hits = _interval([_hit(of, weights, k) for weights in samples])
    return AtK(k, PER, _scaled(hits, PER / k), _scaled(hits, 1 / RATE))


def _samples(of: Bools) -> list[Floats]:
    """Weights of the rows: as they are first, then SAMPLES times resampled; each sums to 1."""
    draw = np.random.default_rng(SEED)
    found = []
    for turn in range(SAMPLES + 1):
        weights = np.zeros(len(of))
        for side, share in ((of, RATE), (~of, 1 - RATE)):
            rows = np.flatnonzero(side)
            counts = (
                np.ones(len(rows))
                if turn == 0
                else draw.multinomial(len(rows), np.full(len(rows), 1 / len(rows)))
            )
            weights[rows] = share * counts / len(rows)
        found.append(weights)
    return found


def _interval(values: list[float]) -> Interval:
    """The first value, and the interval that the others give."""
    low, high = np.percentile(values[1:], [2.5, 97.5])
    return Interval(values[0], float(low), float(high))


def _scaled(interval: Interval, factor: float) -> Interval:
    return Interval(interval.value * factor, interval.low * factor, interval.high * factor)


def _hit(of: Bools, weights: Floats, k: int) -> float:
    """Weight of the label among the first k of PER; a row that straddles the line counts in part."""
    before = np.cumsum(weights) - weights
    taken = np.clip(k / PER - before, 0, weights)
    return float(taken[of].sum())
