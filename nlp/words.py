"""The form that a transformer reads → its words, syllables of one word joined by `_`, as PhoBERT knows them.

Only runs of plain syllables are handed to underthesea: links, handles, tags, numbers and emoji stay whole, no
sign is glued to a word, and its expressions never see what could hold them up.
"""

from __future__ import annotations

import functools
import re
import threading
from collections.abc import Callable

# Part of every reader's card: another segmenter gives other words (and underthesea may change its weights).
SEGMENTER = "underthesea-crf-2023+runs-1"

LONGEST_RUN = 80  # syllables that are segmented at once; a longer run is cut, so that its cost stays linear
LONGEST_SYLLABLE = 20  # letters; no syllable or foreign word that means something to a segmenter is longer
RUNS_KEPT = 1 << 16  # short runs recur (`cảm ơn shop`); some 20 MB

_PIECE = re.compile(
    r"(?P<kept>http://\S+|[@#]\w+)"  # what sangtin.text left of links, handles, and tags
    r"|(?P<number>\d+(?:[.,:/-]\d+)*[^\W\d_]{0,3}(?![^\W_]))"  # 2.000đ, 20/11, 4K
    r"|(?P<word>[^\W\d_]+(?![^\W_]))"
    r"|(?P<mixed>[^\W_]+)"
    r"|(?P<sign>(?P<one>[^\w\s]|_)(?P=one)*)"  # a sign, or a run of the same
)
_ONE_AT_A_TIME = threading.Lock()  # underthesea's tagger keeps the text that it works on


def segment(form: str) -> str:
    """The words of `form`, separated by single spaces; total on any string.

    Between joined syllables `_` stands for white space; what is no white space stays as it is, in its order.
    """
    found: list[str] = []
    run: list[str] = []
    for match in _PIECE.finditer(form):
        piece = match[0]
        if match["word"] and len(piece) <= LONGEST_SYLLABLE:
            run.append(piece)
            if len(run) < LONGEST_RUN:
                continue
            piece = ""
        found += _joined(run)
        run = []
        if piece:
            found.append(piece)
    return " ".join([*found, *_joined(run)])


def _joined(run: list[str]) -> list[str]:
    """The words of a run of syllables."""
    return list(_words(" ".join(run))) if len(run) > 1 else run


@functools.lru_cache(maxsize=RUNS_KEPT)
def _words(run: str) -> tuple[str, ...]:
    syllables = run.split(" ")
    with _ONE_AT_A_TIME:
        sizes = [word.count(" ") + 1 for word in _tokenise()(run)]
    if sum(sizes) != len(syllables):  # underthesea rewrote the run: take none of its joins
        return tuple(syllables)
    words, first = [], 0
    for size in sizes:
        words.append("_".join(syllables[first : first + size]))
        first += size
    return tuple(words)


@functools.cache
def _tokenise() -> Callable[[str], list[str]]:
    from underthesea import word_tokenize

    tokenise: Callable[[str], list[str]] = word_tokenize
    return tokenise
