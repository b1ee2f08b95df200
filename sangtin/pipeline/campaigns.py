"""Placements → clusters that many accounts posted at once, flagged."""

from __future__ import annotations

from collections.abc import Sequence

from sangtin.record import Writing
from sangtin.record.placing import Place


def flag_bursts(writing: Writing, places: Sequence[Place]) -> None:
    """Look at the clusters that just got copies."""
