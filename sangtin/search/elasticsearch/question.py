"""A query and filters → the question in Elasticsearch's language; only features of its core distribution."""

from __future__ import annotations

from sangtin.search.elasticsearch.server import Json
from sangtin.search.field import Field
from sangtin.search.query import And, Is, Node, Not, Or, Phrase, Query, Word
from sangtin.search.request import Filters, Sort

# How much more than any BM25 score the marks as typed weigh: by relevance they come first.
_TYPED = 1_000.0
_NAMES = {
    Field.SOURCE: "source",
    Field.LABEL: "bin",
    Field.KIND: "kind",
    Field.FLAG: "flags",
    Field.CLUSTER: "cluster",
    Field.AUTHOR: "author_key",
}
# More than any field has values; a search may not make more buckets (search.max_buckets).
_BUCKETS = 60_000
NEWEST: list[Json] = [{"second": "desc"}, {"tie": "desc"}, {"id": "asc"}]
ORDERS: dict[Sort, list[Json]] = {
    Sort.NEWEST: NEWEST,
    Sort.OLDEST: [{"second": "asc"}, {"tie": "asc"}, {"id": "asc"}],
    Sort.RELEVANCE: [{"_score": "desc"}, *NEWEST],
}
GONE: Json = {"bool": {"filter": [{"term": {"gone": True}}, {"exists": {"field": "id"}}]}}
AGGREGATIONS: Json = {
    "bins": {"terms": {"field": "bin", "size": _BUCKETS}},
    "kinds": {"terms": {"field": "kind", "size": _BUCKETS}},
    "flags": {"terms": {"field": "flags", "size": _BUCKETS}},
    "sources": {"terms": {"field": "source", "size": _BUCKETS}},
    "days": {"date_histogram": {"field": "day", "calendar_interval": "day", "min_doc_count": 1}},
}


def question(query: Query, filters: Filters, *, ranked: bool = False) -> Json:
    """What finds the posts of a query under filters; `ranked` with scores, typed marks first."""
    limits = [{"term": {"gone": False}}, *_limits(query, filters)]
    if query.root is None:
        return {"bool": {"filter": limits}}
    words = _clause(query.root, "marked" if query.exact else "folded")
    if not ranked:
        return {"bool": {"filter": [words, *limits]}}
    typed = {"constant_score": {"filter": _clause(query.root, "marked"), "boost": _TYPED}}
    return {"bool": {"must": [words], "should": [typed], "filter": limits}}


def _limits(query: Query, filters: Filters) -> list[Json]:
    """What hits must be beside having the words."""
    limits: list[Json] = [
        {"terms": {_NAMES[field]: list(values)}} for field, values in filters.alternatives()
    ]
    for since, until in ((query.since, query.until), (filters.since, filters.until)):
        if since:
            limits.append({"range": {"day": {"gte": since.isoformat()}}})
        if until:
            limits.append({"range": {"day": {"lte": until.isoformat()}}})
    return limits


def _clause(node: Node, field: str) -> Json:
    """One node. Fields have no part in scores."""
    match node:
        case Word():
            kind = "prefix" if node.prefix else "term"
            return {kind: {field: {"value": node.form(field == "marked")}}}
        case Phrase():
            words = " ".join(word.form(field == "marked") for word in node.words)
            return {"match_phrase": {field: {"query": words}}}
        case Is():
            terms = {"terms": {_NAMES[node.field]: list(node.values)}}
            return {"constant_score": {"filter": terms, "boost": 0.0}}
        case Not():
            return {"bool": {"must_not": [_clause(node.part, field)]}}
        case And():
            return {"bool": {"must": [_clause(part, field) for part in node.parts]}}
        case Or():
            parts = [_clause(part, field) for part in node.parts]
            return {"bool": {"should": parts, "minimum_should_match": 1}}
