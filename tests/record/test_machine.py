"""Anything that can happen to a record, in any order: it says what the oracle says, after every step."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from sangtin.errors import UsageError
from sangtin.post import READ_FLAGS, Act, Chance, Kind, Label, Post, Prediction, Relation, Review
from sangtin.record import (
    Record,
    erasing,
    models,
    open_record,
    placing,
    posts,
    reading,
    reviews,
)
from sangtin.record.schema import post
from tests.record import empty
from tests.record.agreeing import REVIEWERS, Agreeing
from tests.record.checking import START
from tests.record.oracle import Read, Say, Stood

IDS = st.sampled_from("123456")
TIMES = st.integers(0, 60).map(lambda hours: START + timedelta(hours=hours))
COPIES = (Relation.EXACT, Relation.NEAR)
BESIDE = (Relation.VARIANT, Relation.QUOTES)


class Machine(Agreeing):
    """What can happen to a record and to its oracle alike."""

    @initialize(data=st.data(), texts=st.lists(st.integers(0, 2), min_size=4, max_size=6))
    def begin(self, data: st.DataObject, texts: list[int]) -> None:
        """Some posts stand already, so that what happens to them can begin at once."""
        self.use("m1")
        hours = timedelta(hours=1)
        some = [(f"{n + 1}", text, START + n * hours, True, None) for n, text in enumerate(texts)]
        self.add("bao-mau", some, START)
        self.place(data)

    # posts come

    @rule(
        source=st.sampled_from(empty.SOURCES),
        rows=st.lists(
            st.tuples(IDS, st.integers(0, 2), TIMES, st.booleans(), st.none() | TIMES), min_size=1, max_size=4
        ),
        imported_at=TIMES,
    )
    def add(
        self, source: str, rows: list[tuple[str, int, datetime, bool, datetime | None]], imported_at: datetime
    ) -> None:
        given = []
        said = []
        for native_id, version, at, timed, published in rows:
            text = f"lời {version} kể trong thư{source}{native_id}x"
            known = Post(source, native_id, text, at if timed else None, published, author_key=f"k{text}")
            given.append(known)
            counted = self.oracle.add(
                source, native_id, text, at=at if timed else imported_at, timed=timed, published=published
            )
            said.append(counted)
        with self.record.write() as writing:
            counts = posts.add(writing, given, at=imported_at)
        assert counts.new == said.count("new")
        assert counts.new + counts.seen + counts.changed == len(rows)
        with self.record.read() as connection:
            self.keys = dict(connection.execute(select(post.c.id, post.c.key)).all())

    @precondition(lambda self: self.oracle.alive)
    @rule(data=st.data(), version=st.integers(0, 2))
    def edit(self, data: st.DataObject, version: int) -> None:
        """A later fetch brings another text, of a post that others repeat above all."""
        copied = {p.place.of for p in self.oracle.alive if p.place and p.place.of}
        names = sorted({p.id for p in self.oracle.alive} & copied) or sorted(p.id for p in self.oracle.alive)
        kept = self.oracle.posts[data.draw(st.sampled_from(names), "post")]
        source, _, native_id = kept.id.partition(":")
        self.add(source, [(native_id, version, kept.last_at + timedelta(hours=1), True, None)], START)

    # places

    def _decide(self, data: st.DataObject) -> list[placing.Place]:
        """Places for the next posts that wait: alone, beside another, or as a copy of an original."""
        names = {key: name for name, key in self.keys.items()}
        originals = {
            p.id: p.place.cluster for p in self.oracle.alive if p.place and not p.is_copy and not p.waits
        }
        with self.record.read() as connection:
            waiting = placing.unplaced(connection, data.draw(st.integers(2, 9), "how many"))
        decided = []
        for each in waiting:
            alone = not originals or data.draw(st.integers(0, 9), "alone") > 7
            near = None if alone else data.draw(st.sampled_from(sorted(originals)), "near")
            relation = data.draw(st.sampled_from((*COPIES, *COPIES, *BESIDE)), "relation") if near else None
            copies = relation in COPIES
            cluster = originals[near] if near else f"c{each.key}-{each.revision}-{len(self.remembered)}"
            if not copies:
                originals[names[each.key]] = cluster
            decided.append(
                placing.Place(
                    key=each.key,
                    revision=each.revision,
                    cluster=cluster,
                    of=self.keys[near] if near and copies else None,
                    relation=relation or Relation.ORIGINAL,
                    similarity=0.9,
                    containment=0.9,
                    reason="",
                    normal_hash=each.text.encode(),
                    scheme="test",
                    signature=None if relation is Relation.EXACT else each.text.encode(),
                    moment=each.moment,
                )
            )
        return decided

    def _record_places(self, places: list[placing.Place]) -> None:
        names = {key: name for name, key in self.keys.items()}
        numbers = self._revisions_known(places)
        with self.record.write() as writing:
            taken = placing.place(writing, places)
        decided = {
            names[p.key]: (
                numbers[p.key],
                Stood(p.cluster, names[p.of] if p.of is not None else None, p.relation),
            )
            for p in places
        }
        assert {names[p.key] for p in taken} == self.oracle.place(decided)

    def _revisions_known(self, places: list[placing.Place]) -> dict[int, int]:
        """The record numbers revisions as they come, the oracle as they become current: one for one."""
        return {p.key: self.as_oracle(p.key, p.revision) for p in places}

    def as_oracle(self, key: int, revision: int) -> int:
        """The oracle's number of a revision that is or was current; 0 for any other than the current one."""
        with self.record.read() as connection:
            current = connection.execute(select(post.c.revision).where(post.c.key == key)).scalar_one()
        name = next(name for name, known in self.keys.items() if known == key)
        return self.oracle.posts[name].revision if revision == current else 0

    @precondition(lambda self: not self.found)
    @rule(data=st.data())
    def place(self, data: st.DataObject) -> None:
        self._record_places(self._decide(data))

    @precondition(lambda self: not self.found)
    @rule(data=st.data())
    def look_for_places(self, data: st.DataObject) -> None:
        self.found = self._decide(data)

    @precondition(lambda self: self.found)
    @rule()
    def record_the_places_found(self) -> None:
        self._record_places(self.found)
        self.found = []

    # models

    @rule(name=st.sampled_from(("m1", "m2")))
    def use(self, name: str) -> None:
        with self.record.write() as writing:
            models.use_model(writing, name, "")
        self.oracle.model = name

    @rule(reader=st.integers(0, 1), limit=st.integers(1, 4))
    def hold(self, reader: int, limit: int) -> None:
        lease = self.readers[reader]
        assert lease is not None
        with self.record.write() as writing:
            key = models.current_model(writing.connection)
            batch = reading.hold_unread(writing, key, lease.holder, limit)
        names = {key: name for name, key in self.keys.items()}
        others = {names[each.key] for _, held in self.held for each in held}
        mine = {names[each.key] for each in batch}
        free = self.oracle.to_read() - others
        assert mine <= self.oracle.to_read()
        assert not mine & others
        assert len(mine) >= min(limit, len(free))
        for each in batch:
            kept = self.oracle.posts[names[each.key]]
            assert each.text == kept.text
            assert each.answered == ((kept.revision, self.oracle.model) in kept.reads)
        if batch:
            assert self.oracle.model is not None
            self.held.append((self.oracle.model, batch))

    @rule(data=st.data())
    def read(self, data: st.DataObject) -> None:
        self.hold(0, 9)
        if self.held:
            self.answer(data)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        model, batch = self.held.pop(data.draw(st.integers(0, len(self.held) - 1), "which"))
        names = {key: name for name, key in self.keys.items()}
        answers = []
        for each in batch:
            read = None
            if not each.answered:
                label = data.draw(st.sampled_from(Label), "label")
                kind = data.draw(st.sampled_from(Kind), "kind") if label is Label.SPAM else None
                raised = data.draw(st.frozensets(st.sampled_from(READ_FLAGS)), "raised")
                read = Read(label, kind, data.draw(st.booleans(), "settled"), raised)
                answers.append(reading.Answer(each.key, each.revision, _prediction(model, read)))
            self.oracle.answer(names[each.key], self.as_oracle(each.key, each.revision), model, read)
        with self.record.write() as writing:
            key = next(known.key for known in models.models(writing.connection) if known.name == model)
            reading.answer(writing, key, answers, [each.key for each in batch if each.answered])

    # people

    @precondition(lambda self: self.oracle.alive)
    @rule(
        data=st.data(),
        reviewer=st.sampled_from(REVIEWERS),
        act=st.sampled_from([Act.LABEL, Act.LABEL, Act.UNSURE, Act.NOT_A_COPY, Act.SAME_AS]),
        on_cluster=st.booleans(),
    )
    def say(self, data: st.DataObject, reviewer: str, act: Act, on_cluster: bool) -> None:
        names = sorted(kept.id for kept in self.oracle.alive)
        about = data.draw(st.sampled_from(names), "post")
        label = data.draw(st.sampled_from(Label), "label") if act is Act.LABEL else None
        kind = data.draw(st.none() | st.sampled_from(Kind), "kind") if label is Label.SPAM else None
        target = None
        if act is Act.SAME_AS:
            if len(names) == 1:
                return
            target = data.draw(st.sampled_from([name for name in names if name != about]), "target")
        said = Say(0, reviewer, act, about, 0, on_cluster, label, kind, target)
        self.oracle.say(said)
        hides = act is Act.SAME_AS and self.oracle.would_repeat_itself(about)
        number = self._append(Review(reviewer, act, about, on_cluster, label, kind, target), hides)
        if number is None:
            self.oracle.acts.remove(said)
        else:
            said.id = number

    def _append(self, given: Review, hides: bool) -> int | None:
        """Say it to the record; None where that must refuse, as nobody would see the posts any more."""
        if hides:
            with pytest.raises(UsageError), self.record.write(durable=True) as writing:
                reviews.append(writing, given)
            return None
        with self.record.write(durable=True) as writing:
            return reviews.append(writing, given)

    @precondition(lambda self: any(not act.undone for act in self.oracle.acts))
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        act = data.draw(st.sampled_from([a for a in self.oracle.acts if not a.undone]), "act")
        self.oracle.undo(act.id)
        of_copies = act.act in (Act.SAME_AS, Act.NOT_A_COPY)
        hides = of_copies and self.oracle.would_repeat_itself(act.post)
        given = Review(act.reviewer, Act.UNDO, act.post, undoes=act.id)
        act.undone = self._append(given, hides) is not None

    @precondition(lambda self: self.oracle.posts)
    @rule(data=st.data())
    def erase(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.oracle.posts)), "post")
        with self.record.write(durable=True) as writing:
            erasing.erase(writing, self.keys[name])
        self.oracle.erase(name)
        with pytest.raises(UsageError), self.record.write() as writing:
            reviews.append(writing, Review("an", Act.UNSURE, name))


class OnPostgreSQL(Machine):
    """The same on a server."""

    def open(self) -> Record:
        """A new record with two sources."""
        return open_record(self.ending.enter_context(empty.on_postgresql()))


def _prediction(model: str, read: Read) -> Prediction:
    p = dict.fromkeys(Label, 0.1) | {read.label: 0.8}
    return Prediction(
        model,
        "linear",
        read.label,
        read.kind,
        p[Label.SPAM],
        p[Label.NEGATIVE],
        p[Label.POSITIVE],
        read.settled,
        chances=tuple(
            Chance(flag, 0.8 if flag in read.raised else 0.2, flag in read.raised) for flag in READ_FLAGS
        ),
    )


def _run(machine: type[Machine] = Machine, **size: Any) -> None:
    phases = (Phase.explicit, Phase.reuse, Phase.generate)  # to shrink takes longer than a test may
    quiet = settings(deadline=None, suppress_health_check=list(HealthCheck), phases=phases, **size)
    run_state_machine_as_test(machine, settings=quiet)


def test_whatever_happens_the_record_says_what_the_oracle_says() -> None:
    _run(max_examples=30, stateful_step_count=30)


@pytest.mark.servers
def test_on_postgresql_the_record_says_the_same() -> None:
    if not empty.has_server():
        pytest.skip("neither SANGTIN_TEST_POSTGRESQL nor SANGTIN_TEST_SERVERS names a server")
    _run(OnPostgreSQL, max_examples=5, stateful_step_count=30)


@pytest.mark.soak
def test_whatever_happens_for_long_the_record_says_what_the_oracle_says() -> None:
    _run(max_examples=400, stateful_step_count=80)
