"""Field names and values as people type them, in Vietnamese or English, marked or not → their values."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from enum import StrEnum

from sangtin.errors import Fault, QueryError
from sangtin.post import Bin, Flag, Kind
from sangtin.text import fold, nfc


class Field(StrEnum):
    """What a query may ask of a post beside its words."""

    SOURCE = "source"
    LABEL = "label"
    KIND = "kind"
    FLAG = "flag"
    CLUSTER = "cluster"
    AUTHOR = "author"
    SINCE = "from"
    UNTIL = "to"


_NAMES = {
    Field.SOURCE: ("source", "nguồn", "nguon"),
    Field.LABEL: ("label", "nhãn", "nhan"),
    Field.KIND: ("kind", "loại", "loai"),
    Field.FLAG: ("flag", "cờ", "co"),
    Field.CLUSTER: ("cluster", "cụm", "cum"),
    Field.AUTHOR: ("author", "tácgiả", "tacgia"),
    Field.SINCE: ("from", "từ", "tu"),
    Field.UNTIL: ("to", "đến", "den"),
}
FIELDS = {name: field for field, names in _NAMES.items() for name in names}

# Every name of a value without marks, spaces and signs; the first is the one in messages.
_VALUES: dict[Field, dict[str, tuple[str, ...]]] = {
    Field.LABEL: {
        Bin.SPAM: ("spam", "rac"),
        Bin.NEGATIVE: ("negative", "tieucuc"),
        Bin.POSITIVE: ("positive", "tichcuc"),
        Bin.DUPLICATE: ("duplicate", "trung"),
        Bin.PENDING: ("pending", "cho"),
    },
    Field.KIND: {
        Kind.ADVERT: ("advert", "quangcao"),
        Kind.SCAM: ("scam", "luadao"),
        Kind.NOISE: ("noise", "nhieu"),
        Kind.NEUTRAL: ("neutral", "trungtinh"),
    },
    Field.FLAG: {
        Flag.NEGATIVE: ("negative", "tieucuc"),
        Flag.SCAM: ("scam", "luadao"),
        Flag.UNRELIABLE: ("unreliable", "unreliablelooking", "ngovuc"),
        Flag.CLAIM: ("claim", "matchesaclaim", "tindon"),
        Flag.BURST: ("burst", "copiedbymany", "lanrong"),
        Flag.EDITED: ("edited", "dasua"),
    },
}


def field_named(name: str) -> Field | None:
    """The field of this name, in any case and normal form."""
    return FIELDS.get(nfc(name).lower())


def values_of(field: Field, text: str, position: int) -> tuple[str, ...]:
    """The values between commas; a beginning that fits only one value is enough. QueryError if none fits."""
    values = []
    for part in re.finditer(r"[^,]+", text):
        if part[0].strip():
            values.append(_value(field, part[0].strip(), position + part.start()))
    if not values:
        raise QueryError(f"{field}: needs a value.", position, Fault.VALUE, field)
    return tuple(dict.fromkeys(values))


def _value(field: Field, text: str, position: int) -> str:
    known = _VALUES.get(field)
    if known is None:
        return nfc(text)
    typed = re.sub(r"[\W_]", "", fold(text))
    exact = [value for value, names in known.items() if typed in names]
    begun = [value for value, names in known.items() if typed and any(n.startswith(typed) for n in names)]
    if len(exact or begun) == 1:
        return (exact or begun)[0]
    choices = ", ".join(names[0] for names in known.values())
    said = f"“{text}” is no {field}. It is one of {choices}."
    raise QueryError(said, position, Fault.CHOICE, field)


_DAY_FORMS = (
    re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?)?-?"),
    re.compile(r"(?:(?:(?P<day>\d{1,2})/)?(?P<month>\d{1,2})/)?(?P<year>\d{4})"),
)


def day(field: Field, text: str, position: int) -> date:
    """`2025-10-01`, `1/10/2025`, `2025-10` or `2025`: the first day meant for from:, the last for to:."""
    match = next((found for form in _DAY_FORMS if (found := form.fullmatch(text.strip()))), None)
    try:
        if match is None:
            raise ValueError(text)
        return _edge(int(match["year"]), match["month"], match["day"], last=field is Field.UNTIL)
    except ValueError as error:
        said = f"“{text}” is no day. Write it as 2025-10-31 or 31/10/2025."
        raise QueryError(said, position, Fault.DAY, field) from error


def _edge(year: int, month: str | None, day: str | None, *, last: bool) -> date:
    """The first or last day of what was given."""
    of_year = int(month) if month else 12 if last else 1
    if day:
        return date(year, of_year, int(day))
    if not last or not 1 <= of_year <= 12:
        return date(year, of_year, 1)
    return date(year, of_year, monthrange(year, of_year)[1])
