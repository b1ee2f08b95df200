"""Words of a segmented text → PhoBERT's sub-words, with their places in it.

The byte pair encoding of `transformers.PhobertTokenizer`, run by `tokenizers`: the same numbers for the same
text (docs/decisions/0007-phobert.md). One difference is meant: what looks like a special token in a post
(`</s>`) is text here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sangtin.errors import InputError, MissingError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Ints = npt.NDArray[np.int64]

VOCABULARY, MERGES = "vocab.txt", "bpe.codes"
START, PAD, END, UNKNOWN = 0, 1, 2, 3
SPECIAL = 4  # numbers before the first entry of the vocabulary
GOES_ON = "@@"  # how the vocabulary marks a sub-word that its word goes on after
ENDS = "</w>"  # how the merges mark one that ends its word


@dataclass(frozen=True, slots=True)
class Encoded:
    """One text's sub-words: numbers, and the characters [start, end) of each, shape (sub-words, 2)."""

    ids: Ints
    places: Ints


@dataclass(frozen=True, slots=True)
class Subwords:
    """A vocabulary that is ready; `number` turns the encoder's own numbers into the vocabulary's."""

    held: Tokenizer
    number: Ints
    digest: str

    @classmethod
    def load(cls, folder: Path) -> Subwords:
        """Read vocab.txt and bpe.codes of a folder; MissingError or InputError says what is wrong."""
        vocabulary, merges = _lines(folder / VOCABULARY), _lines(folder / MERGES)
        digest = hashlib.sha256("\n".join([*vocabulary, "", *merges]).encode()).hexdigest()
        held, number = _encoder(_numbers(vocabulary, folder), _pairs(merges, folder))
        return cls(held, number, digest)

    @property
    def size(self) -> int:
        """One more than the largest number, `<mask>`'s, which stands after the vocabulary."""
        return int(self.number.max()) + 2

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """Sub-words of each text, whose words are separated by single spaces; no special tokens are added."""
        found = self.held.encode_batch(list(texts), add_special_tokens=False)
        return [
            Encoded(self.number[np.array(one.ids, np.int64)], np.array(one.offsets, np.int64).reshape(-1, 2))
            for one in found
        ]

    def numbers(self, texts: Sequence[str]) -> list[Ints]:
        """The numbers alone of what `encode` gives, faster."""
        found = self.held.encode_batch_fast(list(texts), add_special_tokens=False)
        return [self.number[np.array(one.ids, np.int64)] for one in found]


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise MissingError(
            f"{file} is missing. A PhoBERT folder needs {VOCABULARY} and {MERGES} beside its weights."
        ) from None
    except UnicodeDecodeError:
        raise InputError(f"{file} is not UTF-8 text. Copy it again.") from None


def _numbers(lines: Sequence[str], folder: Path) -> dict[str, int]:
    """Each entry of the vocabulary (`sub-word count`) and its number."""
    entries = [line.strip().rpartition(" ")[0] for line in lines]
    if not all(entries):
        raise InputError(f"{folder / VOCABULARY}: a line is not `sub-word count`. Copy it again.")
    numbers = {entry: place + SPECIAL for place, entry in enumerate(entries)}
    if len(numbers) < len(entries):
        raise InputError(f"{folder / VOCABULARY} names a sub-word twice. Copy it again.")
    return numbers


def _pairs(lines: Sequence[str], folder: Path) -> list[tuple[str, str]]:
    """The merges (`left right count`), first the strongest."""
    parts = [line.split(" ") for line in lines if line]
    if any(len(part) != 3 for part in parts):
        raise InputError(f"{folder / MERGES}: a line is not `left right count`. Copy it again.")
    return [(left, right) for left, right, _count in parts]


def _encoder(numbers: dict[str, int], pairs: list[tuple[str, str]]) -> tuple[Tokenizer, Ints]:
    """An encoder with a number of its own for every piece that merging can give, and what each means."""
    from tokenizers import Regex, Tokenizer
    from tokenizers.models import BPE
    from tokenizers.pre_tokenizers import Split

    letters = {letter for pair in pairs for part in pair for letter in _letters(part)}
    entries = {end + ENDS for end in numbers if end != GOES_ON} | {
        entry.removesuffix(GOES_ON) for entry in numbers if entry.endswith(GOES_ON) and entry != GOES_ON
    }
    unknown = "\ue000unknown"  # longer than a letter, and no merge makes it
    pieces = [unknown, *sorted(letters | entries | {left + right for left, right in pairs})]
    own = {piece: place for place, piece in enumerate(pieces)}
    merges = list(dict.fromkeys(pairs))
    held = Tokenizer(BPE(vocab=own, merges=merges, unk_token=unknown, end_of_word_suffix=ENDS))
    held.pre_tokenizer = Split(Regex(" +"), "removed")
    return held, np.array([numbers.get(_entry(piece), UNKNOWN) for piece in pieces], np.int64)


def _letters(part: str) -> list[str]:
    """The single characters that a part of a merge is made of; the last carries the end of its word."""
    if not part.endswith(ENDS):
        return list(part)
    whole = part.removesuffix(ENDS)
    return [*whole[:-1], whole[-1:] + ENDS]


def _entry(piece: str) -> str:
    """How the vocabulary writes a piece."""
    return piece.removesuffix(ENDS) if piece.endswith(ENDS) else piece + GOES_ON
