"""Ground truth and planted edits → which shingles, bands and anchors propose the pairs that matter.

python -m tests.bench.copies_choice
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt

from dedupe.normal import folded_words, forms
from tests.bench._copies import folder, posts, texts
from tests.dedupe.edits import KINDS, STRENGTHS

Numbers = npt.NDArray[Any]
Shingler = Callable[[str], set[bytes]]
STRANGERS = 20_000


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts of which one repeats the other, and what sort of pair it is."""

    earlier: str
    later: str
    sort: str


def true_pairs() -> list[Pair]:
    """Pairs of the ground truth by exact similarity of character 5-grams, as published."""
    with gzip.open(folder() / "neardup/reintel-posts.docs.jsonl.gz", "rt", encoding="utf-8") as file:
        docs = {row["id"]: row["text"] for row in map(json.loads, file)}
    with (folder() / "neardup/reintel-posts.pairs.jsonl").open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [
        Pair(docs[r["a"]], docs[r["b"]], f"true J {int(r['jaccard_char5'] * 10) / 10:.1f}")
        for r in rows
        if r["a"] in docs and r["b"] in docs and r["jaccard_char5"] < 1
    ]


def planted_pairs() -> list[Pair]:
    """Committed edits of texts of the development data."""
    random = Random(4)
    texts = [text for text in islice(posts(4_000), 4_000) if 60 <= len(text) <= 600][:600]
    made = []
    for name, edit in KINDS.items():
        for strength in STRENGTHS.values():
            for text in random.sample(texts, 20):
                sort = name if name.startswith("cut") or name in ("teencode", "slips") else "other edits"
                made.append(Pair(text, edit(text, strength, random), f"planted {sort}"))
    return made


def letters(text: str) -> str:
    """The normal form that is shingled."""
    return forms([text])[0].letters.decode()


def characters(width: int) -> Shingler:
    """Character shingles of the normal form's letters."""

    def shingle(text: str) -> set[bytes]:
        plain = letters(text).encode()
        return {plain[i : i + width] for i in range(len(plain) - width + 1)}

    return shingle


def words(width: int) -> Shingler:
    """Word shingles of the normal form."""

    def shingle(text: str) -> set[bytes]:
        parts = folded_words(text).split()
        return {" ".join(parts[i : i + width]).encode() for i in range(len(parts) - width + 1)}

    return shingle


def raw_characters(width: int) -> Shingler:
    """Character shingles of the text in lower case with its marks and spaces."""

    def shingle(text: str) -> set[bytes]:
        plain = " ".join(text.lower().split())
        return {plain[i : i + width].encode() for i in range(len(plain) - width + 1)}

    return shingle


def signatures(sets: Sequence[set[bytes]], permutations: int) -> Numbers:
    """MinHash signatures by multiply-add of 32-bit hashes."""
    generator = np.random.default_rng(1)
    multiply = generator.integers(0, 1 << 31, permutations, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    add = generator.integers(0, 1 << 32, permutations, dtype=np.uint32)
    rows = []
    for shingles in sets:
        hashes = np.array([zlib.crc32(s) for s in shingles] or [0], dtype=np.uint32)
        hashes ^= hashes >> np.uint32(16)
        hashes = hashes * np.uint32(0x85EBCA6B)
        hashes ^= hashes >> np.uint32(13)
        rows.append((hashes[:, None] * multiply + add).min(axis=0))
    return np.stack(rows)


def meets(one: Numbers, other: Numbers, bands: int, rows: int) -> Numbers:
    """Which pairs share a band."""
    same = (one == other)[:, : bands * rows].reshape(len(one), bands, rows)
    met: Numbers = same.all(axis=2).any(axis=1)
    return met


def anchors(text: str, width: int, count: int) -> set[int]:
    """The smallest hashes of long shingles."""
    s = letters(text).encode()
    hashes = sorted(
        {zlib.crc32(s[i : i + width]) * 0x9E3779B1 & 0xFFFFFFFF for i in range(len(s) - width + 1)}
    )
    return set(hashes[:count])


def main() -> None:
    """Print the share of pairs proposed, by sort of pair, and how many strangers are proposed."""
    pairs = [*true_pairs(), *planted_pairs()]
    sorts = sorted({pair.sort for pair in pairs})
    strangers = list(islice((t for t in texts() if len(t) > 60), STRANGERS))
    print(
        f"{'':34}"
        + "".join(f"{sort.removeprefix('planted '):>13}" for sort in sorts)
        + f"{'strangers/M':>13}"
    )
    shinglers = {
        "char 5 as typed": raw_characters(5),
        "words 3 normal": words(3),
        "char 4 normal": characters(4),
        "char 5 normal": characters(5),
        "char 6 normal": characters(6),
    }
    for name, shingle in shinglers.items():
        one = signatures([shingle(p.earlier) for p in pairs], 128)
        other = signatures([shingle(p.later) for p in pairs], 128)
        far = signatures([shingle(t) for t in strangers], 128)
        for bands, rows in ((14, 9), (25, 5), (16, 4), (24, 4), (32, 4), (42, 3)):
            if name != "char 5 normal" and (bands, rows) not in ((25, 5), (24, 4)):
                continue
            met = meets(one, other, bands, rows)
            _row(f"{name}, {bands} x {rows}", sorts, pairs, met, _chance(far, bands, rows))
            if name == "char 5 normal" and rows == 4:
                for width, count in ((12, 12), (16, 8), (16, 12), (16, 16), (20, 12)):
                    shared = np.array(
                        [
                            len(anchors(p.earlier, width, count) & anchors(p.later, width, count)) >= 3
                            for p in pairs
                        ]
                    )
                    _row(f"  + {count} anchors of {width}", sorts, pairs, met | shared, None)


def _row(name: str, sorts: Sequence[str], pairs: Sequence[Pair], met: Numbers, chance: float | None) -> None:
    shares = [float(np.mean([m for m, p in zip(met, pairs, strict=True) if p.sort == s])) for s in sorts]
    print(
        f"{name:34}"
        + "".join(f"{share:13.3f}" for share in shares)
        + (f"{chance:13.1f}" if chance is not None else "")
    )


def _chance(far: Numbers, bands: int, rows: int) -> float:
    """Strangers proposed for a post among a million."""
    half = len(far) // 2
    total = 0
    for band in range(bands):
        keys = far[:, band * rows : band * rows + rows].tobytes()
        width = rows * 4
        left = [keys[i * width : i * width + width] for i in range(half)]
        right: dict[bytes, int] = {}
        for i in range(half, len(far)):
            key = keys[i * width : i * width + width]
            right[key] = right.get(key, 0) + 1
        total += sum(right.get(key, 0) for key in left)
    return total / half / (len(far) - half) * 1e6


if __name__ == "__main__":
    main()
