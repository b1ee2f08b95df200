"""Original text → the bounded normal form that readers read."""

from __future__ import annotations

import unicodedata

NORMALISER = "nfc-lower-1"
# Of a longer text the head and the tail are read: 99.9 % of posts in the development data are shorter.
HEAD, TAIL = 6000, 2000


def prepare(text: str) -> str:
    """The form of `text` that every reader is trained on and reads; total on any string."""
    if len(text) > HEAD + TAIL:
        text = f"{text[:HEAD]} {text[-TAIL:]}"
    return unicodedata.normalize("NFC", text).lower()
