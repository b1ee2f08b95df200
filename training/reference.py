"""A model's figures ↔ the frozen reference run and the model card: a change prints its difference.

`python -m training.reference` writes the card's tables and the model's name anew from the reference run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from sangtin.errors import InputError

FILE = Path(__file__).parent / "reference.json"
CARD = Path(__file__).parents[1] / "docs" / "model-card.md"
DIGITS = 4
# Of the table of trials, in its order; one that no trial of a run has is left out of the table.
COLUMNS = (
    "macro-F1",
    "average precision",
    "accuracy",
    "calibration error",
    "settled",
    "settled macro-F1",
)
MODEL = "model"
NONE = "–"
RARE = "**Where one post in 330 is negative.**"

Figures = dict[str, dict[str, float]]
_FILE: TypeAdapter[dict[str, str | dict[str, float]]] = TypeAdapter(dict[str, str | dict[str, float]])


@dataclass(frozen=True, slots=True)
class Run:
    """A model's name, empty where it was not kept, and its figures by trial and measure."""

    model: str
    figures: Figures


def compare(run: Run, keep: bool, say: Callable[[str], None]) -> None:
    """Print every figure beside the reference run's; `keep` makes this one the reference."""
    rounded = {name: {key: round(one, DIGITS) for key, one in of.items()} for name, of in run.figures.items()}
    for line in lines(rounded, read().figures):
        say(line)
    if keep:
        text = json.dumps({MODEL: run.model, **rounded}, ensure_ascii=False, indent=1)
        FILE.write_text(text + "\n", encoding="utf-8")


def read() -> Run:
    """The reference run; without figures where there is none yet."""
    if not FILE.is_file():
        return Run("", {})
    try:
        found = _FILE.validate_json(FILE.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        raise _damaged(first["msg"]) from None
    model = found.pop(MODEL, "")
    figures = {name: of for name, of in found.items() if not isinstance(of, str)}
    if not isinstance(model, str) or len(figures) < len(found):
        raise _damaged(f"only {MODEL!r} is a word, and it is one")
    return Run(model, figures)


def lines(figures: Figures, before: Figures) -> list[str]:
    """One line a trial: each figure, how far it is from the reference run's, and which are gone since it."""
    found = []
    for name, of in figures.items():
        then = before.get(name, {})
        said = [f"{key} {_number(one)}{_change(one, then.get(key))}" for key, one in of.items()]
        said += [f"{key} gone since the reference run" for key in then if key not in of]
        found.append(f"{name}: {', '.join(said)}")
    return found + [f"{name}: gone since the reference run" for name in before if name not in figures]


def rewrite(card: str, run: Run) -> str:
    """The card with the run's model, tables and precision at 0.3 %; InputError names what the card lacks."""
    if run.model:
        card = _replaced(card, r"`\d{4}-\d\d-\d\d-[0-9a-f]{8}`", f"`{run.model}`")
    for head, rows in (
        ("rows | count", trials(run.figures)),
        ("rows of | rows | advert or scam", clean(run.figures)),
        ("rows of | rows | flagged", flags(run.figures)),
        ("rows of | rows | near", public(run.figures)),
    ):
        table = rf"(?m)^\| {re.escape(head)} \|.*\n(?:\|.*\n)+"
        card = _replaced(card, table, "".join(f"{row}\n" for row in rows))
    start, end = re.escape(RARE), r"average precision \d\.\d{3}"
    return _replaced(card, rf"(?s){start}.*?{end}", rare(run.figures))


def trials(figures: Figures) -> list[str]:
    """The table of what was tried under our labels."""
    kept = {name: of for name, of in figures.items() if "macro-F1" in of}
    columns = [key for key in COLUMNS if any(key in of for of in kept.values())]
    cells = (
        [name, f"{of['rows']:,.0f}", *(_decimals(of.get(key)) for key in columns)]
        for name, of in kept.items()
    )
    return list(_table(["rows", "count", *columns], cells))


def clean(figures: Figures) -> list[str]:
    """The table of clean comments: how many are called rubbish."""
    return _shown("clean ", figures, dict.fromkeys(("advert or scam", "noise", "settled"), _percent))


def flags(figures: Figures) -> list[str]:
    """The table of the flags."""
    return _shown(
        "flag: ",
        figures,
        {"flagged": _percent}
        | dict.fromkeys(("ROC AUC", "average precision", "calibration error"), _decimals)
        | {"raised": _percent}
        | dict.fromkeys(("precision", "recall"), _decimals),
    )


def public(figures: Figures) -> list[str]:
    """The table of the public sets under their own labels."""
    return _shown(
        "public ",
        figures,
        {"near": _percent}
        | dict.fromkeys(("average precision", "ROC AUC", "set macro-F1"), _decimals)
        | {"settled": _percent, "set settled macro-F1": _decimals},
    )


def rare(figures: Figures) -> str:
    """What a team sees of negatives where they are 0.3 % of posts, in words."""
    of = figures["negative at 0.3 %"]
    first = "precision of the first 30 of 10,000"

    def share(key: str, digits: int = 0) -> str:
        return f"{of[key] * 100:.{digits}f}%"

    settled, low, high = (share(f"precision of settled{end}", 1) for end in ("", ", low", ", high"))
    return (
        f"{RARE} {of['negatives']:,.0f} negatives and {of['others']:,.0f} other posts, each read by a model "
        "that had not seen its source, weighed so that negatives are\n"
        f"0.3 %: of what the model settles as negative, {settled} is negative (95 % interval {low} to "
        f"{high}), and that is {share('recall of settled')} of all negatives; of the first\n"
        f"30 posts in 10,000 by its chance, {share(first)} ({share(f'{first}, low')} to "
        f"{share(f'{first}, high')}); average precision {of['average precision']:.3f}"
    )


def _shown(prefix: str, figures: Figures, shown: Mapping[str, Callable[[float | None], str]]) -> list[str]:
    """The table of the trials of one sort, each figure as it is written; one that a trial lacks is a dash."""
    cells = (
        [name, f"{of['rows']:,.0f}", *(show(of.get(key)) for key, show in shown.items())]
        for name, of in _of(prefix, figures)
    )
    return list(_table(["rows of", "rows", *shown], cells))


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    names = list(head)
    yield f"| {' | '.join(names)} |"
    yield "|---" * len(names) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _of(prefix: str, figures: Figures) -> Iterator[tuple[str, Mapping[str, float]]]:
    for name, of in figures.items():
        if name.startswith(prefix):
            yield name.removeprefix(prefix), of


def _replaced(card: str, pattern: str, by: str) -> str:
    """The card with the first place that the pattern finds written anew."""
    found, times = re.subn(pattern, lambda _found: by, card, count=1)
    if not times:
        raise InputError(f"The model card has nothing like {pattern!r}. Take it from the repository again.")
    return found


def _damaged(why: str) -> InputError:
    return InputError(
        f"{FILE} is damaged ({why}). Take it from the repository again, or make it anew with "
        "`sangtin train ship --reference`."
    )


def _decimals(value: float | None) -> str:
    return NONE if value is None else f"{value:.3f}"


def _percent(value: float | None) -> str:
    return NONE if value is None else f"{value:.2%}"


def _change(now: float, before: float | None) -> str:
    if before is None:
        return " (new)"
    return "" if now == before else f" ({now - before:+.{DIGITS}g})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) and value > 1 else f"{value:.{DIGITS}f}"


if __name__ == "__main__":
    CARD.write_text(rewrite(CARD.read_text(encoding="utf-8"), read()), encoding="utf-8")
