"""Prepared texts → sub-words of a small vocabulary: syllables, pieces of words, signs and emoji.

Words are cut greedily, the longest known piece first (Schuster and Nakajima 2012), by `tokenizers`. Case is
dropped; the readers beside this one see it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sangtin.errors import InputError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Ints = npt.NDArray[np.int64]

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
START, PAD, END, UNKNOWN, MASK = range(5)
GOES_ON = "##"  # how the vocabulary marks a piece that another one of its word stands before
# Of a longer text the head and the tail are read: of the development data's posts 97 in 100 are shorter.
HEAD, TAIL = 94, 32
LONGEST_WORD = 64  # letters; a longer one is unknown
TEXTS_AT_ONCE = 4_096


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """A vocabulary that is ready."""

    held: Tokenizer
    size: int

    @classmethod
    def load(cls, file: Path) -> Pieces:
        """Read a vocabulary, a piece a line; InputError says what is wrong with it."""
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            raise InputError(f"{file} is missing. Copy or train the model again.") from None
        except UnicodeDecodeError:
            raise InputError(f"{file} is not UTF-8 text. Copy or train the model again.") from None
        if tuple(lines[: len(SPECIAL)]) != SPECIAL or len(set(lines)) != len(lines):
            raise InputError(f"{file} is no vocabulary of pieces. Copy or train the model again.")
        return cls.of(lines)

    @classmethod
    def of(cls, lines: Sequence[str]) -> Pieces:
        """A vocabulary in the order of its numbers, special pieces first."""
        from tokenizers import Regex, Tokenizer
        from tokenizers.models import WordPiece
        from tokenizers.normalizers import Lowercase
        from tokenizers.pre_tokenizers import Split

        numbers = {piece: number for number, piece in enumerate(lines)}
        model = WordPiece(
            vocab=numbers,
            unk_token=SPECIAL[UNKNOWN],
            max_input_chars_per_word=LONGEST_WORD,
            continuing_subword_prefix=GOES_ON,
        )
        held = Tokenizer(model)
        held.normalizer = Lowercase()
        held.pre_tokenizer = Split(Regex(r"\p{L}+|\p{N}+|[^\s\p{L}\p{N}]"), "removed", invert=True)
        return cls(held, len(lines))

    @property
    def room(self) -> int:
        """Pieces of a text that are read, beside START and END."""
        return HEAD + TAIL

    def whole(self, forms: Sequence[str]) -> Iterator[Ints]:
        """All pieces of each prepared text, whatever their number."""
        for first in range(0, len(forms), TEXTS_AT_ONCE):
            some = list(forms[first : first + TEXTS_AT_ONCE])
            for one in self.held.encode_batch_fast(some, add_special_tokens=False):
                yield np.array(one.ids, np.int64)

    def numbers(self, forms: Sequence[str]) -> tuple[list[Ints], int]:
        """The pieces of each prepared text that are read, between START and END, and how many were cut."""
        whole = list(self.whole(forms))
        return [self.framed(_cut(ids)) for ids in whole], sum(len(ids) > self.room for ids in whole)

    def framed(self, ids: Ints) -> Ints:
        """Pieces between START and END."""
        found: Ints = np.concatenate([[START], ids, [END]])
        return found


def _cut(ids: Ints) -> Ints:
    return ids if len(ids) <= HEAD + TAIL else np.concatenate([ids[:HEAD], ids[-TAIL:]])
