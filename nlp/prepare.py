"""Original text → the bounded form that a linear reader reads; n-grams lower its case."""

from __future__ import annotations

from functools import lru_cache

from sangtin import text as forms

# Part of every reader's card: a reader reads only the form that it was trained on.
NORMALISER = f"{forms.NORMALISER}+cut-1"
# Of a longer text the head and the tail are read; all but one post in a thousand of the development data
# are shorter, and a text of a megabyte costs no more than one of 8,000 characters.
HEAD, TAIL = 6000, 2000
# Readers and flags each ask for the forms of a batch: those of the last short texts are kept (some 2 MB).
KEPT, SHORT = 2_048, 400


def prepare(text: str) -> str:
    """The form of `text` that linear readers are trained on and read; total on any string."""
    if len(text) > HEAD + TAIL:
        text = f"{text[:HEAD]} {text[-TAIL:]}"
    return _kept(text) if len(text) <= SHORT else forms.reader_form(text)


_kept = lru_cache(KEPT)(forms.reader_form)
