"""A seed → a file of posts with something wrong in it, and the reason that reading it must give."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass

from sangtin.pipeline.reasons import Reason

_SENTENCE = "mưa lụt cầu đường chợ trường huế điện nước xe kẹt sạch cảm ơn các anh chị hôm nay 🙏 không"
WORDS = _SENTENCE.split()


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file's name and content, the reason that must be counted, and how many posts are in it."""

    name: str
    content: bytes
    reason: Reason
    posts: int


def hostile(seed: int) -> Hostile:
    """The same file for the same seed; each way of being wrong comes round in turn."""
    rng = random.Random(seed)
    make, reason = WAYS[seed % len(WAYS)]
    return make(rng, reason)


def _good(rng: random.Random) -> dict[str, object]:
    row: dict[str, object] = {
        "id": f"p{rng.getrandbits(60)}",
        "text": " ".join(rng.choices(WORDS, k=rng.randint(1, 30))),
    }
    extras = {
        "time": "2026-03-01 08:00",
        "likes": rng.randint(0, 99),
        "author": "Lan",
        "url": "https://example.org/1",
    }
    return row | {key: value for key, value in extras.items() if rng.random() < 0.3}


def _lines(rng: random.Random) -> list[bytes]:
    return [
        json.dumps(_good(rng), ensure_ascii=rng.random() < 0.5).encode() for _ in range(rng.randint(0, 12))
    ]


def _packed(rng: random.Random, content: bytes) -> tuple[str, bytes]:
    return ("p.jsonl.gz", gzip.compress(content)) if rng.random() < 0.3 else ("p.jsonl", content)


def _with_line(line: Callable[[random.Random], bytes]) -> Callable[[random.Random, Reason], Hostile]:
    """Good rows with one wrong line among them."""

    def made(rng: random.Random, reason: Reason) -> Hostile:
        lines = _lines(rng)
        lines.insert(rng.randint(0, len(lines)), line(rng))
        name, content = _packed(rng, b"\n".join(lines) + rng.choice([b"", b"\n", b"\n\n"]))
        return Hostile(name, content, reason, len(lines) - 1)

    return made


def _with_value(field: str, *values: object) -> Callable[[random.Random, Reason], Hostile]:
    """Good rows with one among them that holds a wrong value."""
    return _with_line(lambda rng: json.dumps(_good(rng) | {field: rng.choice(values)}).encode())


def _with_bytes(*found: bytes) -> Callable[[random.Random, Reason], Hostile]:
    """Good rows with one among them whose text holds these bytes."""
    return _with_line(lambda rng: b'{"id": "x", "text": "m\xc6\xb0a ' + rng.choice(found) + b' to"}')


def _without_text(rng: random.Random) -> bytes:
    row = _good(rng)
    del row["text"]
    return json.dumps(row).encode()


def _cut(rng: random.Random) -> bytes:
    line = json.dumps(_good(rng)).encode()
    return line[: rng.randint(1, len(line) - 1)]


def _twice(rng: random.Random) -> bytes:
    line = json.dumps(_good(rng)).encode()
    return line[:-1] + b', "' + rng.choice([b"id", b"text"]) + b'": "again"}'


def _deep(rng: random.Random) -> bytes:
    depth = rng.randint(60_000, 150_000)
    return rng.choice(
        [b"[" * depth, b'{"a":' * depth, b'{"text": "x", "a": ' + b"[" * depth + b"]" * depth + b"}"]
    )


def _long(rng: random.Random) -> bytes:
    return b'{"text": "' + rng.choice([b"x", b'\\"', b"["]) * rng.randint(2_000_000, 5_000_000) + b'"}'


def _table(rows: list[list[object]], rng: random.Random) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=rng.choice(",;\t"), lineterminator=rng.choice(["\n", "\r\n"])).writerows(rows)
    return out.getvalue().encode()


def _table_with(
    change: Callable[[random.Random, list[object]], list[object]],
) -> Callable[[random.Random, Reason], Hostile]:
    """A table with one wrong row in it."""

    def made(rng: random.Random, reason: Reason) -> Hostile:
        rows = [[n, str(_good(rng)["text"])] for n in range(rng.randint(1, 12))]
        wrong = change(rng, ["x", "chợ đông"])
        at = rng.randint(0, len(rows))
        listed: list[list[object]] = [["id", "text"], *rows[:at], wrong, *rows[at:]]
        return Hostile("p.csv", _table(listed, rng), reason, len(rows))

    return made


def _unclosed(rng: random.Random, reason: Reason) -> Hostile:
    rows = [f"{n},{'chợ ' * rng.randint(1, 5)}".encode() for n in range(rng.randint(1, 12))]
    at = rng.randint(0, len(rows))
    lines = [b"id,text", *rows[:at], b'"x,ch\xe1\xbb\xa3', *rows[at:]]
    return Hostile("p.csv", b"\n".join(lines), reason, len(rows))


def _no_header(rng: random.Random, reason: Reason) -> Hostile:
    return Hostile("p.csv", _table([[n, str(_good(rng)["text"])] for n in range(5)], rng), reason, 0)


def _cut_gzip(rng: random.Random, reason: Reason) -> Hostile:
    packed = gzip.compress(b"\n".join(_lines(rng)) + b"\n")
    return Hostile("p.jsonl.gz", packed[: rng.randint(2, len(packed) - 1)], reason, -1)


def _spoilt_gzip(rng: random.Random, reason: Reason) -> Hostile:
    packed = bytearray(gzip.compress(b"\n".join([*_lines(rng), b'{"text": "x"}']) + b"\n"))
    packed[rng.randint(len(packed) - 8, len(packed) - 1)] ^= 1 << rng.randint(0, 7)  # its check sum or length
    return Hostile("p.jsonl.gz", bytes(packed), reason, -1)


def _bomb(rng: random.Random, reason: Reason) -> Hostile:
    good = _lines(rng)
    filler = rng.choice([b"0", b" ", b"{", b'"'])
    return Hostile(
        "p.jsonl.gz", gzip.compress(b"\n".join([*good, filler * (24 << 20)]), 6), reason, len(good)
    )


def _other_encoding(rng: random.Random, reason: Reason) -> Hostile:
    text = b"\n".join([*_lines(rng), b'{"text": "x"}']).decode()
    return Hostile(
        "p.jsonl", text.encode(rng.choice(["utf-16", "utf-16-le", "utf-16-be", "utf-32"])), reason, 0
    )


def _empty(rng: random.Random, reason: Reason) -> Hostile:
    return Hostile(rng.choice(["p.jsonl", "p.csv", "p.gz"]), rng.choice([b"", gzip.compress(b"")]), reason, 0)


WAYS: list[tuple[Callable[[random.Random, Reason], Hostile], Reason]] = [
    (_with_bytes(b"\xff", b"\xc3(", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\x80"), Reason.BROKEN_TEXT),
    (_with_bytes(b"\\u0000"), Reason.NUL),
    (_with_bytes(b"\x00", b"\x1b", b"\\x"), Reason.NOT_JSON),
    (_with_bytes(b"\\ud800", b"\\udfff \\ud83d"), Reason.SURROGATE),
    (_with_line(_long), Reason.LONG_ROW),
    (_with_line(_deep), Reason.TOO_DEEP),
    (_with_line(_cut), Reason.NOT_JSON),
    (_with_line(_twice), Reason.REPEATED_KEY),
    (_with_line(_without_text), Reason.NO_TEXT),
    (
        _with_line(lambda rng: rng.choice([b"[]", b"1", b'"x"', b"null", b"true", b"[{}]"])),
        Reason.NOT_AN_OBJECT,
    ),
    (
        _with_line(lambda rng: b'{"text": "x", "likes": ' + rng.choice([b"NaN", b"Infinity"]) + b"}"),
        Reason.NOT_JSON,
    ),
    (_with_value("text", 1, 1.5, True, [], ["x"], {}, {"text": "x"}), Reason.WRONG_TYPE),
    (_with_value("text", "", " ", "\n\t", "\u3000"), Reason.EMPTY_TEXT),
    (_with_value("id", 1.5, True, [], {}), Reason.WRONG_TYPE),
    (_with_value("id", "a\nb", "x" * 600, "\u202e"), Reason.BAD_ID),
    (_with_value("likes", [], {}, True), Reason.WRONG_TYPE),
    (_with_value("likes", -1, 0.5, "nhiều", "1.2K", 10**30, "9" * 40), Reason.BAD_COUNT),
    (_with_value("engagement", 3, "x", [1]), Reason.WRONG_TYPE),
    (
        _with_value("time", "0001-01-01", "9999-12-31", "2026-02-30", "mai", 0, 10**40, "31/02/2026"),
        Reason.BAD_DATE,
    ),
    (_with_value("time", [], {}, True), Reason.WRONG_TYPE),
    (_with_value("url", "javascript:alert(1)", "x", "data:,x", "http://" + "x" * 3_000), Reason.BAD_URL),
    (_with_value("author", [], {"name": "x"}, 1.5), Reason.WRONG_TYPE),
    (_table_with(lambda _rng, row: [*row, "thêm", "nữa"]), Reason.TOO_MANY_FIELDS),
    (_table_with(lambda _rng, row: row[:1]), Reason.NO_TEXT),
    (_table_with(lambda _rng, row: [row[0], " "]), Reason.EMPTY_TEXT),
    (_table_with(lambda _rng, row: [row[0], "a\x00b"]), Reason.NUL),
    (_table_with(lambda rng, row: [row[0], "x" * rng.randint(1_100_000, 3_000_000)]), Reason.LONG_ROW),
    (_unclosed, Reason.NOT_CSV),
    (_no_header, Reason.HEADER),
    (_cut_gzip, Reason.BROKEN_GZIP),
    (_spoilt_gzip, Reason.BROKEN_GZIP),
    (_bomb, Reason.BOMB),
    (_other_encoding, Reason.ENCODING),
    (_empty, Reason.EMPTY_FILE),
]
