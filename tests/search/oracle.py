"""A search that looks at every document: what the engines must agree with. Plain, slow, and right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sangtin.post import Bin, Flag, Kind
from sangtin.search import Document, Facets, Filters, Gone, Query, Sort
from sangtin.search.field import Field
from sangtin.search.query import And, Is, Node, Not, Or, Phrase, Word
from sangtin.search.request import tie
from sangtin.text import Token, tokens


class Oracle:
    """Documents by id, and what is gone, by number."""

    def __init__(self, documents: Iterable[Document] = ()) -> None:
        self.held = {document.id: document for document in documents}
        self.gone: dict[str, int] = {}

    def apply(self, documents: Sequence[Document], gone: Sequence[Gone]) -> None:
        """Of two changes of a post the greater number holds; what is gone stays gone."""
        for document in documents:
            held = self.held.get(document.id)
            newer = held is None or document.number >= held.number
            if newer and document.number > self.gone.get(document.id, -1):
                self.held[document.id] = document
        for change in gone:
            held = self.held.get(change.id)
            if held is None or change.number >= held.number:
                self.held.pop(change.id, None)
                self.gone[change.id] = max(change.number, self.gone.get(change.id, -1))

    def find(self, query: Query, filters: Filters, sort: Sort = Sort.NEWEST) -> list[Document]:
        """All hits in order; for relevance in no order."""
        found = [d for d in self.held.values() if admits(query, d) and passes(filters, d)]
        sign = 1 if sort is Sort.OLDEST else -1
        return sorted(found, key=lambda d: (sign * d.second, sign * tie(d.id), d.id))

    def facets(self, query: Query, filters: Filters) -> Facets:
        """The hits counted."""
        found = self.find(query, filters)
        flags: Counter[Flag] = Counter(flag for d in found for flag in d.flags)
        kinds: Counter[Kind] = Counter(d.kind for d in found if d.kind)
        bins: Counter[Bin] = Counter(d.bin for d in found)
        sources = Counter(d.source for d in found)
        days = Counter(d.day for d in found)
        return Facets(len(found), dict(bins), dict(kinds), dict(flags), dict(sources), dict(days))


def admits(query: Query, document: Document) -> bool:
    """Whether a query finds a document."""
    if (query.since and document.day < query.since) or (query.until and document.day > query.until):
        return False
    return query.root is None or _holds(query.root, document, tokens(document.text), query.exact)


def passes(filters: Filters, document: Document) -> bool:
    """Whether a document is what filters ask for."""
    asked: tuple[tuple[Sequence[str], tuple[str | None, ...]], ...] = (
        (filters.sources, (document.source,)),
        (filters.bins, (document.bin,)),
        (filters.kinds, (document.kind,)),
        (filters.flags, document.flags),
        (filters.clusters, (document.cluster,)),
        (filters.authors, (document.author_key,)),
    )
    within = (not filters.since or document.day >= filters.since) and (
        not filters.until or document.day <= filters.until
    )
    return within and all(not values or set(values) & set(held) for values, held in asked)


def _holds(node: Node, document: Document, found: list[Token], exact: bool) -> bool:
    forms = [token.marked if exact else token.folded for token in found]
    match node:
        case Word():
            word = node.form(exact)
            return any(form.startswith(word) if node.prefix else form == word for form in forms)
        case Phrase():
            phrase = [word.form(exact) for word in node.words]
            return any(forms[at : at + len(phrase)] == phrase for at in range(len(forms)))
        case Is():
            return not set(node.values).isdisjoint(_values(node.field, document))
        case Not():
            return not _holds(node.part, document, found, exact)
        case And() | Or():
            join = all if isinstance(node, And) else any
            return join(_holds(part, document, found, exact) for part in node.parts)


def _values(field: Field, document: Document) -> tuple[str | None, ...]:
    values: dict[Field, tuple[str | None, ...]] = {
        Field.SOURCE: (document.source,),
        Field.LABEL: (document.bin,),
        Field.KIND: (document.kind,),
        Field.FLAG: document.flags,
        Field.CLUSTER: (document.cluster,),
        Field.AUTHOR: (document.author_key,),
    }
    return values[field]
