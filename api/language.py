"""One catalogue file → what a screen says, in Vietnamese or English, with its numbers, days and times."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sangtin.post import VIETNAM

CATALOGUE = Path(__file__).parent / "catalogue.toml"
LANGUAGES = ("vi", "en")
# How a reason writes that one text has no words where the other has some.
NOTHING = "∅"


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the screens."""

    code: str
    sayings: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """What the catalogue says under a key, whole numbers among the values in the language's form.

        Raises KeyError for a key that the catalogue lacks: an unnamed thing is a mistake of ours.
        """
        shown = {name: self.number(v) if isinstance(v, int) else v for name, v in values.items()}
        return self.sayings[key].format_map(shown)

    def number(self, value: int) -> str:
        """4723945 → 4.723.945 in Vietnamese, 4,723,945 in English."""
        return f"{value:,}".replace(",", "." if self.code == "vi" else ",")

    def share(self, part: float, whole: float = 1.0) -> str:
        """A share as a percentage with one decimal; a dash where there is no whole."""
        if not whole:
            return "–"
        percent = f"{100 * part / whole:.1f}"
        return f"{percent.replace('.', ',') if self.code == 'vi' else percent} %"

    def score(self, value: float) -> str:
        """A probability with two decimals, never rounded to certainty."""
        shown = "> 0.99" if 0.995 <= value < 1 else "< 0.01" if 0 < value < 0.005 else f"{value:.2f}"
        return shown.replace(".", "," if self.code == "vi" else ".")

    def day(self, value: date) -> str:
        """A day as dd/mm/yyyy in both languages: people compare screens."""
        return value.strftime("%d/%m/%Y")

    def trouble(self, reason: str) -> str:
        """Why a source is broken: what crawlers name by a code is said in the language, the rest as it is."""
        code, colon, detail = reason.partition(": ")
        said = self.sayings.get(f"trouble.{code}")
        return f"{said}{colon}{detail}" if said else reason

    def differs(self, reason: str) -> str:
        """Why a post is no plain copy: what changed is said in the language, the words as they stand."""
        return "; ".join(self._differs(part) for part in reason.split("; "))

    def _differs(self, part: str) -> str:
        code, colon, detail = part.partition(": ")
        old, _, new = detail.partition(" → ")
        if NOTHING in (old, new):
            detail = self("words.came", new=new) if old == NOTHING else self("words.gone", old=old)
        return f"{self.sayings.get(f'change.{code}', code)}{colon}{detail}"

    def moment(self, value: datetime) -> str:
        """A moment as dd/mm/yyyy HH:mm in Asia/Ho_Chi_Minh; the frame says the zone once a page."""
        return value.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")


@functools.cache
def languages() -> Mapping[str, Language]:
    """The languages by code, read once."""
    with CATALOGUE.open("rb") as file:
        tables = tomllib.load(file)
    return {code: Language(code, _sayings(tables, code)) for code in LANGUAGES}


def _sayings(tables: Mapping[str, Mapping[str, Mapping[str, str]]], code: str) -> dict[str, str]:
    return {
        f"{table}.{name}": texts[code] for table, entries in tables.items() for name, texts in entries.items()
    }
