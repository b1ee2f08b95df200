"""How fast an index takes documents and answers, and how large it grows; then the ledger.

FTS5 always, and what is named beside it.

    SANGTIN_TEST_DATA=… python -m tests.bench.search [POSTS=100000] [URL …] [--keep FOLDER]

Texts are comments from the development data (repeated where there are not enough), or made-up words
where there are none; moments are spread over two years. Each query is asked with many different words.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import os
import random
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from sangtin.post import Bin, Cause, Flag, Kind
from sangtin.search import Cursor, Document, Filters, Position, Query, Search, Sort, open_search, parse
from sangtin.text import tokens
from tests.bench import ledger

# What the follower hands over at once.
BATCH = 2_000
PREFIX = "sangtin-bench"
ROUNDS = 200
# A server that has just started compiles what it is asked (its p50 was 111 ms, soon after 2.7 ms).
WARMING = 60
# No question is asked for longer.
LONGEST_MS = 20_000
START = datetime(2024, 1, 1, tzinfo=UTC)
SETS = ("fb-page-comments-2024", "fb-event-comments-2025", "safesense-raw")
# 1 post in 380 is negative; 85 % is spam, 14 % copies: the ledger that the product was made for.
BINS = {Bin.SPAM: 0.846, Bin.DUPLICATE: 0.149, Bin.NEGATIVE: 0.0027, Bin.POSITIVE: 0.0023}


def texts(count: int) -> list[str]:
    """So many texts."""
    found: list[str] = []
    folder = os.environ.get("SANGTIN_TEST_DATA")
    for name in SETS if folder else ():
        with gzip.open(Path(str(folder)) / name / "all.jsonl.gz", "rt", encoding="utf-8") as lines:
            found += [json.loads(line)["text"] for line in lines]
    if not found:
        dice = random.Random(1)
        words = [
            "".join(dice.choices("bcdghklmnt", k=1) + dice.choices("aăâeêioôơuư", k=2)) for _ in range(8_000)
        ]
        weights = [1 / (rank + 1) for rank in range(len(words))]
        found = [" ".join(dice.choices(words, weights, k=dice.randint(3, 30))) for _ in range(50_000)]
    random.Random(2).shuffle(found)
    return [found[at % len(found)] for at in range(count)]


def documents(count: int) -> Iterator[Document]:
    """So many pending documents, in no order of time."""
    dice = random.Random(3)
    for number, text in enumerate(texts(count), start=1):
        moment = START + timedelta(seconds=dice.randrange(2 * 365 * 86_400))
        source = f"source-{min(int(dice.expovariate(0.5)), 19)}"
        author = f"{dice.randrange(count // 3 + 1):016x}"
        yield Document(f"{source}:{number}", text, source, moment, number, author_key=author)


def labelled(document: Document, count: int, dice: random.Random) -> Document:
    """The same post, read."""
    bin = dice.choices(list(BINS), list(BINS.values()))[0]
    kind = dice.choice(list(Kind)) if bin is Bin.SPAM else None
    flags = (Flag.NEGATIVE,) if bin is Bin.NEGATIVE else (Flag.SCAM,) if kind is Kind.SCAM else ()
    d = document
    return Document(
        *(d.id, d.text, d.source, d.moment, d.number + count, bin, Cause.MODEL, kind, flags),
        *(d.author_key, None, f"c{d.number}", None),
    )


def timed(search: Search, found: list[Document]) -> float:
    """Seconds to apply documents in batches, as the follower does."""
    began = time.perf_counter()
    for at in range(0, len(found), BATCH):
        search.apply(
            found[at : at + BATCH], (), Position("bench", found[min(at + BATCH, len(found)) - 1].number)
        )
    return time.perf_counter() - began


@dataclass(frozen=True, slots=True)
class Engine:
    """An index that is asked, and where it is."""

    name: str
    url: str
    search: Search

    def worked(self) -> float:
        """Milliseconds of processor time so far: of this process, and of a server if there is one."""
        own = time.process_time() * 1_000
        return own if self.url.startswith("sqlite") else own + there(self.url)

    def forget(self) -> None:
        """Let a server forget answers that it keeps until the follower's next batch."""
        if not self.url.startswith("sqlite"):
            asked(f"{self.url}/{PREFIX}/_cache/clear?request=true", "POST")


Ask = Callable[[Search, int], object]


def quantiles(engine: Engine, ask: Ask) -> str:
    """Ask often, when all is warm: milliseconds at p50, p95 and p99, and processor time an answer.

    On a busy machine the former are mostly waiting; the latter is what an answer costs.
    """
    for at in range(WARMING):
        ask(engine.search, at)
    taken, busy = [], engine.worked()
    for at in range(ROUNDS):
        engine.forget()
        began = time.perf_counter()
        ask(engine.search, at)
        taken.append((time.perf_counter() - began) * 1_000)
        if sum(taken) > LONGEST_MS:
            break
    busy = (engine.worked() - busy) / len(taken)
    return "".join(f"{value:8.1f}" for value in (*(quantile(taken, q) for q in (0.50, 0.95, 0.99)), busy))


def quantile(values: list[float], q: float) -> float:
    """The value below which a share of them lies."""
    return sorted(values)[min(int(len(values) * q), len(values) - 1)]


def vocabulary(found: list[Document]) -> tuple[list[str], list[str], list[str]]:
    """The thirty commonest words, words of middling frequency, and phrases of two words."""
    sample = found[:: max(len(found) // 20_000, 1)]
    words: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for document in sample:
        forms = [token.marked for token in tokens(document.text)]
        words.update(set(forms))
        pairs.update(f'"{one} {other}"' for one, other in pairwise(forms))
    common = [word for word, _ in words.most_common(30)]
    middling = [word for word, times in words.items() if 3 <= times < len(sample) // 300]
    return common, middling, [pair for pair, _ in pairs.most_common(100)]


def questions(found: list[Document]) -> dict[str, Ask]:
    """Every kind of question, each with words in turn."""
    common, middling, pairs = vocabulary(found)

    def word(at: int, words: list[str]) -> Query:
        return parse(words[at % len(words)])

    def two(at: int) -> Query:
        return parse(f"{common[at % len(common)]} {middling[at % len(middling)]}")

    day = date(2025, 3, 1)
    narrow = Filters(bins=(Bin.NEGATIVE,), since=day, until=day + timedelta(days=90))
    negative = Filters(bins=(Bin.NEGATIVE,))
    deep = Cursor(START + timedelta(days=200), "")
    best = Sort.RELEVANCE
    return {
        "newest page": lambda s, at: s.find(Query()),
        "newest page, label": lambda s, at: s.find(Query(), negative),
        "oldest page": lambda s, at: s.find(Query(), sort=Sort.OLDEST),
        "word, common": lambda s, at: s.find(word(at, common)),
        "word, middling": lambda s, at: s.find(word(at, middling)),
        "two words": lambda s, at: s.find(two(at)),
        "word, common, label and period": lambda s, at: s.find(word(at, common), narrow),
        "phrase": lambda s, at: s.find(word(at, pairs)),
        "prefix of two letters": lambda s, at: s.find(parse(f"{common[at % 30][:2]}*")),
        "deep page, common word": lambda s, at: s.find(word(at, common), after=deep),
        "deep page, every post": lambda s, at: s.find(Query(), after=deep),
        "total, every post": lambda s, at: s.total(Query()),
        "total, common word": lambda s, at: s.total(word(at, common)),
        "total, common word, label and period": lambda s, at: s.total(word(at, common), narrow),
        "total, phrase": lambda s, at: s.total(word(at, pairs)),
        "facets, every post": lambda s, at: s.facets(Query()),
        "facets, common word": lambda s, at: s.facets(word(at, common)),
        "facets, middling word": lambda s, at: s.facets(word(at, middling)),
        "relevance, common word": lambda s, at: s.find(word(at, common), sort=best),
        "relevance, middling word": lambda s, at: s.find(word(at, middling), sort=best),
    }


def size(engine: Engine) -> int:
    """Bytes of an index on disk."""
    if engine.url.startswith("sqlite"):
        folder = Path(engine.url.removeprefix("sqlite:///")).parent
        return sum(file.stat().st_size for file in folder.iterdir() if not file.is_symlink())
    found = asked(f"{engine.url}/{PREFIX}-*/_stats/store")
    return int(found["_all"]["total"]["store"]["size_in_bytes"])


def there(url: str) -> float:
    """Milliseconds of processor time that an Elasticsearch has worked."""
    (node,) = asked(f"{url}/_nodes/stats/process")["nodes"].values()
    return float(node["process"]["cpu"]["total_in_millis"])


def asked(url: str, method: str = "GET") -> Any:
    """What a server answers."""
    with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=60) as answer:
        return json.load(answer)


def drop(url: str) -> None:
    """Leave no index of the bench on an Elasticsearch."""
    for name in asked(f"{url}/{PREFIX}-*/_alias"):
        asked(f"{url}/{name}", "DELETE")


def filled(engine: Engine, found: list[Document]) -> None:
    """Index the posts as they come in, then once more as they are read, and say how fast and how large."""
    count, dice = len(found), random.Random(4)
    if engine.search.position() == Position("bench", 2 * count):
        print(f"{engine.name:16} is kept: {size(engine) / count:,.0f} bytes a post", flush=True)
        return
    print(f"{engine.name:16} index {count / timed(engine.search, found):9,.0f} posts/s", flush=True)
    read = [labelled(document, count, dice) for document in found]
    print(f"{engine.name:16} label {count / timed(engine.search, read):9,.0f} posts/s", flush=True)
    print(f"{engine.name:16} size  {size(engine) / count:9,.0f} bytes a post", flush=True)


def compared(engines: list[Engine], found: list[Document]) -> None:
    """Ask every engine every question, one engine after the other with each."""
    columns = "".join(f"{column:>8}" for column in ("p50", "p95", "p99", "busy"))
    print(f"{'milliseconds':38}" + "".join(f"{engine.name:>32}" for engine in engines))
    print(f"{'':38}" + columns * len(engines))
    for name, ask in questions(found).items():
        print(f"{name:38}" + "".join(quantiles(engine, ask) for engine in engines), flush=True)


def main() -> None:
    """Index, label and ask on each engine in turn; then stream, and count the ledger."""
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("posts", type=int, nargs="?", default=100_000)
    flags.add_argument("urls", nargs="*", help="of an Elasticsearch")
    flags.add_argument("--keep", type=Path, help="a folder: leave the indexes, ask them again another time")
    given = flags.parse_args()
    with contextlib.ExitStack() as opened:
        folder = given.keep or Path(opened.enter_context(tempfile.TemporaryDirectory()))
        engines = []
        for url in (f"sqlite:///{folder.resolve()}/search.db", *given.urls):
            if not given.keep and not url.startswith("sqlite"):
                drop(url)
                opened.callback(drop, url)
            search = opened.enter_context(contextlib.closing(open_search(url, prefix=PREFIX)))
            engines.append(Engine("FTS5" if url.startswith("sqlite") else "Elasticsearch", url, search))
        found = list(documents(given.posts))
        length = sum(len(document.text) for document in found) / len(found)
        print(f"{len(found):,} posts of {length:.0f} characters; load {os.getloadavg()[0]:.1f}", flush=True)
        for engine in engines:
            filled(engine, found)
        compared(engines, found)
        for engine in engines:
            began = time.perf_counter()
            streamed = sum(1 for _ in engine.search.export(parse("")))
            print(f"{engine.name:16} export {streamed / (time.perf_counter() - began):8,.0f} posts/s")
        with tempfile.TemporaryDirectory() as elsewhere:
            ledger.measure(f"sqlite:///{elsewhere}/record.db")
        print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
