"""A model's figures ↔ the frozen reference run: a change prints its difference."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from sangtin.errors import InputError

FILE = Path(__file__).parent / "reference.json"
DIGITS = 4
COLUMNS = ("macro-F1", "accuracy", "calibration error", "settled", "settled macro-F1")

Figures = dict[str, dict[str, float]]
_FIGURES: TypeAdapter[Figures] = TypeAdapter(Figures)


def compare(figures: Mapping[str, Mapping[str, float]], keep: bool, say: Callable[[str], None]) -> None:
    """Print every figure beside the reference run's; `keep` makes these the reference."""
    rounded = {name: {key: round(one, DIGITS) for key, one in of.items()} for name, of in figures.items()}
    for line in lines(rounded, read()):
        say(line)
    if keep:
        FILE.write_text(json.dumps(rounded, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read() -> Figures:
    """The reference run's figures; none where there is no run yet."""
    if not FILE.is_file():
        return {}
    try:
        return _FIGURES.validate_json(FILE.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(
            f"{FILE} is damaged ({first['msg']}). Take it from the repository again, or make it anew with "
            "`sangtin train ship --reference`."
        ) from None


def lines(figures: Figures, before: Figures) -> list[str]:
    """One line a trial: each figure, and in brackets how far it is from the reference run's."""
    found = []
    for name, of in figures.items():
        said = [
            f"{key} {_number(one)}{_change(one, before.get(name, {}).get(key))}" for key, one in of.items()
        ]
        found.append(f"{name}: {', '.join(said)}")
    return found + [f"{name}: gone since the reference run" for name in before if name not in figures]


def table(figures: Figures) -> list[str]:
    """The figures as the rows of a Markdown table, one a trial, for the model card."""
    found = []
    for name, of in figures.items():
        if "macro-F1" in of:
            cells = [f"{of[key]:.3f}" if key in of else "–" for key in COLUMNS]
            found.append(f"| {name} | {of['rows']:,.0f} | {' | '.join(cells)} |")
    return found


def _change(now: float, before: float | None) -> str:
    if before is None:
        return " (new)"
    return "" if now == before else f" ({now - before:+.{DIGITS}g})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) and value > 1 else f"{value:.{DIGITS}f}"
