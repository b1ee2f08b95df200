"""A query and a text → where in the original text the found words stand, whatever engine found it."""

from __future__ import annotations

from sangtin.search.query import And, Is, Node, Not, Or, Phrase, Query, Word
from sangtin.text import Token, tokens


def highlight(query: Query, text: str) -> tuple[tuple[int, int], ...]:
    """[start, end) character offsets into `text`, in order and apart; words under NOT are not shown.

    A phrase is one range. In a text that the query does not find, what words there are are shown.
    """
    wanted = _wanted(query.root)
    if not wanted:
        return ()
    found = tokens(text)
    ranges = sorted(span for words in wanted for span in _spans(words, found, query.exact))
    merged: list[tuple[int, int]] = []
    for start, end in ranges:
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return tuple(merged)


def _wanted(node: Node | None) -> list[tuple[Word, ...]]:
    """The words and phrases that a hit may hold because of the query."""
    if isinstance(node, Word):
        return [(node,)]
    if isinstance(node, Phrase):
        return [node.words]
    if isinstance(node, And | Or):
        return [words for part in node.parts for words in _wanted(part)]
    assert node is None or isinstance(node, Is | Not)
    return []


def _spans(words: tuple[Word, ...], found: list[Token], exact: bool) -> list[tuple[int, int]]:
    """Where these words stand side by side."""
    forms = [token.marked if exact else token.folded for token in found]
    first, length = words[0].form(exact), len(words)
    if words[0].prefix:
        return [(t.start, t.end) for t, form in zip(found, forms, strict=True) if form.startswith(first)]
    whole = [word.form(exact) for word in words]
    return [
        (found[at].start, found[at + length - 1].end)
        for at, form in enumerate(forms)
        if form == first and forms[at : at + length] == whole
    ]
