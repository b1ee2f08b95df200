"""Posts → their places: a copy of which earlier post, a variant of it, a quotation, or an original."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType

from dedupe.compare import Comparison, compare, likeness
from dedupe.index import FLUSH, Found, Index
from dedupe.normal import Form, forms
from dedupe.reading import Reading, read
from dedupe.shelf import Item, Placement, Shelf, Standing
from dedupe.sketch import Sketch, draw
from sangtin.post import Relation

# Chosen by tests/bench/copies.py, table in docs/decisions/0004-copies.md.
COMPARED = 5
# With a window, older posts of the same words are proposed beside those that may still be repeated.
COMPARED_IN_WINDOW = 50
LIKE_HEAD = 0.5
# A copy this like its original is found whenever the original is: it needs no sketch of its own.
SAME_SKETCH = 0.9
# Texts with fewer letters match only exactly: their few shingles are shared by unlike texts.
LEAST_LETTERS = 24
# Readings of earlier posts kept for the next batches (some 10 KiB each).
REMEMBERED = 4096
# Posts put to others by people → where those stand; None: nowhere yet.
Put = Mapping[int, Standing | None]
NOBODY: Put = MappingProxyType({})
# Sketches added at once when the cache is brought after the record (8 MiB).
CATCH_UP = 1 << 14


class Placer:
    """Places posts one batch after another. One placer per record; the index folder is its cache.

    `window`: how old a post may be and still be repeated; without one, of any age. `flush`: after how
    many new posts the index is written.
    """

    def __init__(
        self, shelf: Shelf, folder: Path, window: timedelta | None = None, flush: int = FLUSH
    ) -> None:
        self._shelf = shelf
        self._index = Index(folder, flush)
        self._window = window
        self._known: dict[int, Reading] = {}
        self.catch_up()

    def place(self, items: Sequence[Item], apart: Collection[int] = (), put: Put = NOBODY) -> list[Placement]:
        """One placement for each item, in order; each sees those before it. Changes nothing lasting.

        Record the placements and call `commit`; or forget them, there is nothing to undo. `apart` names
        the posts of which a person said that they are no copies: what repeats them hangs on them. `put`
        names those of which a person said what they repeat, and where that stands: what repeats them hangs
        on that; nothing repeats them while it stands nowhere (None).
        """
        return _Batch(self, items, apart, put).place() if items else []

    @property
    def findable(self) -> frozenset[int]:
        """The posts that the index can propose."""
        return self._index.keys

    def commit(self) -> None:
        """The record holds the placements now: let later posts find them."""
        self.catch_up()

    def catch_up(self) -> None:
        """Add to the index what the record holds beyond the index's mark."""
        keys: list[int] = []
        sketches: list[Sketch] = []
        mark = self._index.mark
        for mark, key, stored in self._shelf.sketches_after(self._index.mark):
            keys.append(key)
            sketches.append(Sketch.from_bytes(stored))
            if len(keys) >= CATCH_UP:
                self._index.add(keys, sketches, mark)
                keys, sketches = [], []
        self._index.add(keys, sketches, mark)

    def remove(self, keys: Collection[int]) -> None:
        """Forget posts before the record does, so that no trace of them outlives it."""
        self._index.remove(list(keys))
        for key in keys:
            self._known.pop(key, None)

    def succeed(
        self, members: Sequence[Item], cluster: str, apart: Collection[int] = (), put: Put = NOBODY
    ) -> list[Placement]:
        """Place what remains of a cluster whose first post is gone: the earliest remaining one leads.

        Members in order of arrival. Those no longer like any other start clusters of their own.
        """
        return _Batch(self, members, apart, put, cluster=cluster).place() if members else []

    def close(self) -> None:
        """Write the index; nothing is lost without it, opening is quicker with it."""
        self._index.close()


def sketched(texts: Sequence[str]) -> list[bytes | None]:
    """The sketch of each text as a placement holds it; None for one too short to be found by it."""
    letters = [form.letters for form in forms(texts)]
    drawn = draw(letters)
    long = (len(each) >= LEAST_LETTERS for each in letters)
    return [each.to_bytes() if each and enough else None for each, enough in zip(drawn, long, strict=True)]


@dataclass(slots=True)
class _Asked:
    """One item on its way: what is known of it before its candidates are compared."""

    item: Item
    form: Form
    sketch: Sketch | None = None
    found: tuple[Found, ...] = ()


@dataclass(frozen=True, slots=True)
class _Judged:
    """An earlier post compared with the item."""

    key: int
    comparison: Comparison


class _Batch:
    """The placing of one batch: items see each other in order, and the shelf behind them."""

    def __init__(
        self,
        placer: Placer,
        items: Sequence[Item],
        apart: Collection[int],
        put: Put,
        *,
        cluster: str | None = None,
    ) -> None:
        self._placer = placer
        self._apart = frozenset(apart)
        self._put = put
        self._nowhere = {key for key, where in put.items() if where is None}
        self._alone = cluster is not None
        self._cluster = cluster
        made = forms([item.text for item in items])
        self._asked = [_Asked(item, form) for item, form in zip(items, made, strict=True)]
        self._texts: dict[int, str] = {}
        self._readings = {a.item.key: Reading(a.item.text, a.form.letters) for a in self._asked}
        self._standing: dict[int, Standing] = {}
        self._heads: dict[str, int] = {}
        self._same: dict[bytes, int] = {}

    def place(self) -> list[Placement]:
        mine = set(self._readings)
        if not self._alone:
            shelf = self._placer._shelf
            known = shelf.by_normal_hash({a.form.hash for a in self._asked})
            self._standing.update(shelf.placed(set(known.values()) - mine))
            self._same = {form: key for form, key in known.items() if key in self._standing}
        self._propose()
        self._fetch()
        return [self._settle(asked) for asked in self._asked]

    def _propose(self) -> None:
        """Sketch what is new and find what it might repeat, earlier items of the batch included."""
        seen: set[bytes] = set()
        new: list[_Asked] = []
        for asked in self._asked:
            same = self._same.get(asked.form.hash)
            beside = asked.form.hash in seen and self._placer._window is None
            known = beside or (same is not None and self._may_repeat(asked.item, same))
            known = known and asked.item.key not in self._apart
            if known or len(asked.form.letters) < LEAST_LETTERS:
                continue
            new.append(asked)
            if asked.item.key not in self._nowhere:
                seen.add(asked.form.hash)
        drawn = draw([asked.form.letters for asked in new])
        sketches = [sketch for sketch in drawn if sketch is not None]
        most = COMPARED if self._placer._window is None else COMPARED_IN_WINDOW
        proposed = self._placer._index.find(sketches, most, self._alone)
        for asked, sketch, near in zip(new, sketches, proposed, strict=True):
            asked.sketch = sketch
            found = [f._replace(key=new[f.key].item.key) if f.beside else f for f in near]
            asked.found = tuple(f for f in found if f.key != asked.item.key)

    def _fetch(self) -> None:
        """Learn of the shelf all that the candidates need: standing, originals, heads, texts."""
        shelf, mine = self._placer._shelf, set(self._readings)
        wanted = {f.key for asked in self._asked for f in asked.found} - self._standing.keys()
        stands = {**self._standing, **shelf.placed(wanted - mine)}
        if self._placer._window is not None:
            for asked in self._asked:
                asked.found = tuple(f for f in asked.found if self._recent(asked.item, stands.get(f.key)))[
                    :COMPARED
                ]
        self._heads = shelf.heads({s.cluster for s in stands.values()})
        compared = {f.key for asked in self._asked for f in asked.found} & set(stands)
        originals = {of for key in compared if (of := stands[key].of) is not None}
        heads = {self._heads[stands[key].cluster] for key in compared if stands[key].cluster in self._heads}
        stands |= {key: s for key, s in shelf.placed(originals - set(stands)).items() if key not in mine}
        self._standing.update(stands)
        self._texts.update(shelf.texts((compared | originals | heads) - mine))
        known = self._placer._known
        new = {key: text for key, text in self._texts.items() if key not in known or known[key].text != text}
        known.update(zip(new, read(list(new.values())), strict=True))
        self._readings.update((key, known[key]) for key in self._texts)
        while len(known) > REMEMBERED:
            del known[next(iter(known))]

    def _settle(self, asked: _Asked) -> Placement:
        same = self._same.get(asked.form.hash)
        if same is not None and self._may_repeat(asked.item, same):
            placement = self._repeat(asked, same)
        else:
            placement = self._choose(asked)
        like = placement.similarity, placement.containment
        stands = Standing(placement.cluster, placement.of, placement.relation, asked.item.moment, *like)
        if asked.item.key in self._apart:
            stands = replace(stands, of=None, relation=Relation.VARIANT)
            placement = replace(placement, sketch=asked.sketch.to_bytes() if asked.sketch else None)
        if asked.item.key in self._nowhere:
            return placement
        put = self._put.get(asked.item.key)
        self._standing[asked.item.key] = replace(put, moment=stands.moment) if put else stands
        if same is None or not self._may_repeat(asked.item, same):
            self._same[asked.form.hash] = asked.item.key
        return placement

    def _may_repeat(self, item: Item, key: int) -> bool:
        stands = self._standing.get(key)
        return stands is not None and self._recent(item, stands)

    def _recent(self, item: Item, stands: Standing | None) -> bool:
        if stands is None:  # of this batch
            return True
        window = self._placer._window
        return window is None or stands.moment is None or abs(item.moment - stands.moment) <= window

    def _repeat(self, asked: _Asked, key: int) -> Placement:
        stands = self._standing[key]
        if stands.of is None:
            return _placement(asked, stands.cluster, key, Comparison.same())
        like = stands.similarity, stands.containment
        near = Comparison(*like, Relation.NEAR, "the same words as another copy")
        return _placement(asked, stands.cluster, stands.of, near)

    def _choose(self, asked: _Asked) -> Placement:
        judged = self._judge(asked)
        for one in judged:
            if one.comparison.relation is Relation.NEAR:
                return self._join(asked, one)
        if judged:
            return self._stand_beside(asked, max(judged, key=lambda j: j.comparison.similarity))
        return self._begin(asked)

    def _judge(self, asked: _Asked) -> list[_Judged]:
        """Compare with the likeliest candidates, best first, until one is repeated."""
        judged: list[_Judged] = []
        order = sorted(asked.found, key=lambda f: (-f.likeness - f.anchors / 16, f.key))
        for found in order[:COMPARED]:
            if found.key not in self._readings or not self._may_repeat(asked.item, found.key):
                continue
            comparison = compare(self._reading(found.key), self._reading(asked.item.key))
            if comparison.relation is not Relation.ORIGINAL:
                judged.append(_Judged(found.key, comparison))
            if comparison.relation is Relation.NEAR:
                break
        return judged

    def _join(self, asked: _Asked, nearest: _Judged) -> Placement:
        """Join the group of the nearest member, as a copy of the group's original."""
        stands = self._standing[nearest.key]
        if stands.of is None or stands.of not in self._readings:
            return _placement(asked, stands.cluster, stands.of or nearest.key, nearest.comparison)
        towards = compare(self._reading(stands.of), self._reading(asked.item.key))
        if towards.relation in (Relation.VARIANT, Relation.QUOTES):
            return self._stand_beside(asked, _Judged(stands.of, towards))
        if max(towards.similarity, towards.containment) < LIKE_HEAD:
            return self._begin(asked)
        return _placement(asked, stands.cluster, stands.of, replace(towards, relation=Relation.NEAR))

    def _stand_beside(self, asked: _Asked, nearest: _Judged) -> Placement:
        """An original of its own in the cluster of the nearest member, if like the cluster's first post."""
        stands = self._standing[nearest.key]
        head = self._heads.get(stands.cluster, nearest.key)
        if head != nearest.key and head in self._readings:
            like = likeness(self._reading(head), self._reading(asked.item.key))
            if max(like) < LIKE_HEAD:
                return self._begin(asked)
        return _placement(asked, stands.cluster, None, nearest.comparison)

    def _begin(self, asked: _Asked) -> Placement:
        cluster, self._cluster = self._cluster or _new_cluster(asked), None
        self._heads[cluster] = asked.item.key
        return _placement(asked, cluster, None, Comparison(0.0, 0.0, Relation.ORIGINAL, ""))

    def _reading(self, key: int) -> Reading:
        return self._readings[key]


def _placement(asked: _Asked, cluster: str, of: int | None, comparison: Comparison) -> Placement:
    exact = comparison.relation is Relation.EXACT
    findable = of is not None and comparison.similarity >= SAME_SKETCH
    sketch = None if exact or findable or asked.sketch is None else asked.sketch.to_bytes()
    return Placement(
        key=asked.item.key,
        cluster=cluster,
        of=of,
        similarity=round(comparison.similarity, 4),
        containment=round(comparison.containment, 4),
        relation=comparison.relation,
        reason=comparison.reason,
        sketch=sketch,
        normal_hash=asked.form.hash,
    )


def _new_cluster(asked: _Asked) -> str:
    """A name that this text, posted at this moment under this key, alone can have."""
    seed = f"{asked.item.key}\0{asked.item.moment.isoformat()}\0".encode() + asked.form.hash
    return "c" + blake2b(seed, digest_size=10).hexdigest()
