"""Original text → the words that a transformer reads, and their places in the original.

Beyond what linear readers read: chat spellings written out, emoji named, words segmented.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile

import numpy as np
import numpy.typing as npt

from nlp.words import segment
from sangtin import text as forms

Ints = npt.NDArray[np.int64]

# Part of every transformer's card: it reads only the form that it was trained on.
NORMALISER = f"{forms.NORMALISER}+spelled-2+emoji-1+cut-2"
# Of a longer text the head and the tail are read. A sub-word has 3.5 characters in the development data: this
# is more than four times what fits in PhoBERT's 256 positions, so that the cut in positions decides.
HEAD, TAIL = 3000, 1000

_CHUNK = re.compile(r"\S+")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Piece:
    """A word of a form, and the characters [start, end) of the original that it stands for."""

    word: str
    start: int
    end: int


def form_of(text: str) -> str:
    """The form of `text` that transformers read, not yet segmented; total on any string."""
    return " ".join(filter(None, (forms.word_form(part) for _start, part in _parts(text))))


def words_of(text: str) -> str:
    """The words of `text`, separated by single spaces; syllables of one word joined by `_`."""
    return segment(form_of(text))


def places_of(text: str) -> tuple[str, Ints]:
    """The words of `text`, and [start, end) in `text` of each of their characters: shape (characters, 2).

    A character that normalising brought in has the place of what it stands for, one between words a gap's.
    """
    form = form_of(text)
    pieces = [piece for start, part in _parts(text) for piece in _pieces(part, start)]
    letters = [place for piece in _aligned(form.split(), pieces) for place in _places(piece, text)]
    bare = "".join(form.split())
    words = segment(form)
    found = np.zeros((len(words), 2), np.int64)
    at = end = 0
    for number, letter in enumerate(words):
        if at < len(bare) and letter == bare[at]:
            found[number] = letters[at]
            end, at = letters[at][1], at + 1
        else:
            found[number] = end
    return words, found


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """What is read of a text, with where it begins."""
    if len(text) <= HEAD + TAIL:
        yield 0, text
        return
    yield 0, text[:HEAD]
    yield len(text) - TAIL, text[-TAIL:]


def _pieces(part: str, start: int) -> Iterator[Piece]:
    """The words that each run of visible characters gives by itself."""
    for chunk in _CHUNK.finditer(part):
        for word in forms.word_form(chunk[0]).split():
            yield Piece(word, start + chunk.start(), start + chunk.end())


def _aligned(words: list[str], pieces: list[Piece]) -> Iterator[Piece]:
    """Each of `words` with the place of the piece that it equals, or of what stands between equal ones.

    Only long numbers and repeated emoji are normalised across white space; the rest are equal.
    """
    one = [_DIGIT.sub("0", piece.word) for piece in pieces]
    other = [_DIGIT.sub("0", word) for word in words]
    for tag, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            for word, piece in zip(words[c:d], pieces[a:b], strict=True):
                yield Piece(word, piece.start, piece.end)
            continue
        first = pieces[a].start if a < len(pieces) else pieces[-1].end if pieces else 0
        last = max(pieces[b - 1].end, first) if b else first
        yield from (Piece(word, first, last) for word in words[c:d])


def _places(piece: Piece, text: str) -> list[tuple[int, int]]:
    """The place of each character: letter by letter at both ends of the word, the same for all between."""
    word, source = piece.word, text[piece.start : piece.end]
    if len(word) == len(source):
        return [(piece.start + i, piece.start + i + 1) for i in range(len(word))]
    head = _shared(word, source)
    tail = _shared(word[head:][::-1], source[head:][::-1])
    middle = (piece.start + head, piece.end - tail)
    return [
        *((piece.start + i, piece.start + i + 1) for i in range(head)),
        *(middle for _ in range(len(word) - head - tail)),
        *((piece.end - i, piece.end - i + 1) for i in range(tail, 0, -1)),
    ]


def _shared(one: str, other: str) -> int:
    """How many letters two words begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
