"""A record beside its oracle → all that must be true of both, at any moment."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy import select

from sangtin.follower import document
from sangtin.post import READ_FLAGS, Bin, Ledger, now
from sangtin.record import (
    Record,
    clusters,
    flagged,
    following,
    leases,
    ledger,
    models,
    open_record,
    placing,
    queue,
    reading,
    shown,
)
from sangtin.record.flagged import Flagged
from sangtin.record.ledger import Scope
from sangtin.record.schema import metadata, post
from tests.record import empty
from tests.record.checking import START, assert_reconciled
from tests.record.oracle import Oracle

REVIEWERS = ("an", "binh")


class Agreeing(RuleBasedStateMachine):
    """A real record beside the oracle."""

    def __init__(self) -> None:
        super().__init__()
        self.ending = ExitStack()
        self.record = self.open()
        self.oracle = Oracle()
        self.keys: dict[str, int] = {}
        self.readers = [leases.take(self.record, f"read:{n}") for n in range(2)]
        self.held: list[tuple[str, list[reading.Unread]]] = []
        self.found: list[placing.Place] = []
        self.remembered: list[tuple[datetime, dict[Scope, Ledger]]] = []
        self.flagged_then: list[tuple[datetime, dict[Scope, Flagged]]] = []
        self.index: dict[str, tuple[int, str]] = {}
        self.position = 0

    def open(self) -> Record:
        """A new record with two sources."""
        folder = Path(tempfile.mkdtemp(prefix="sangtin-machine-"))
        self.ending.callback(shutil.rmtree, folder)
        return open_record(empty.on_sqlite(folder))

    # what must be true

    @invariant()
    def the_ledger_adds_up(self) -> None:
        assert_reconciled(self.record)
        counted = self.oracle.cells()
        scopes = {Scope(): Ledger()} | {
            scope: Ledger()
            for day, source, _ in counted
            for scope in (Scope(day, day), Scope(None, day, source))
        }
        for scope in scopes:
            bins = {
                bin_.value: sum(
                    posts
                    for (day, source, kept), posts in counted.items()
                    if kept is bin_
                    and scope.source in (None, source)
                    and (scope.from_day or day) <= day <= (scope.to_day or day)
                )
                for bin_ in Bin
            }
            scopes[scope] = Ledger(**bins)
        with self.record.read() as connection:
            assert {scope: ledger.ledger(connection, scope) for scope in scopes} == scopes
            for moment, before in self.remembered[len(self.remembered) // 2 :][:1]:
                assert {s: ledger.ledger(connection, s, moment) for s in before} == before
        self.remembered.append((now(), scopes))

    @invariant()
    def the_flags_add_up(self) -> None:
        counted = self.oracle.flagged()
        scopes = {Scope()} | {
            scope for day, source, _ in counted for scope in (Scope(day, day), Scope(None, day, source))
        }
        wanted = {
            scope: {
                flag: sum(
                    posts
                    for (day, source, kept), posts in counted.items()
                    if kept is flag
                    and scope.source in (None, source)
                    and (scope.from_day or day) <= day <= (scope.to_day or day)
                )
                for flag in READ_FLAGS
            }
            for scope in scopes
        }
        with self.record.read() as connection:
            assert {scope: flagged.count_flagged(connection, scope) for scope in scopes} == wanted
            for moment, before in self.flagged_then[len(self.flagged_then) // 2 :][:1]:
                assert {s: flagged.count_flagged(connection, s, moment) for s in before} == before
            summaries = shown.summaries(connection, sorted(self.keys.values()))
        for found in summaries:
            assert set(found.flags) & {*READ_FLAGS} == self.oracle.flags(self.oracle.posts[found.id])
        self.flagged_then.append((now(), wanted))

    @invariant()
    def every_post_stands_where_it_should(self) -> None:
        with self.record.read() as connection:
            rows = {row.id: row for row in connection.execute(select(post))}
            summaries = {s.id: s for s in shown.summaries(connection, sorted(self.keys.values()))}
            waiting = {each.key for each in placing.unplaced(connection, 100)}
            unread = reading.count_unread(connection, models.current_model(connection))
        assert set(rows) == set(self.oracle.posts)
        assert set(summaries) == {kept.id for kept in self.oracle.alive}
        for kept in self.oracle.posts.values():
            row = rows[kept.id]
            assert (row.bin, row.cause, row.kind) == self.oracle.outcome(kept), kept.id
            assert (row.moment, row.day) == (kept.moment, kept.day)
        for kept in self.oracle.alive:
            found = summaries[kept.id]
            assert (found.text, found.published) == (kept.text, kept.published_at is not None)
            assert (found.membership is None) == (kept.place is None)
            if kept.place is not None and found.membership is not None:
                stands = (found.membership.cluster, found.original, found.membership.relation)
                assert stands == (kept.place.cluster, kept.place.of, kept.place.relation)
        assert waiting == {self.keys[kept.id] for kept in self.oracle.alive if kept.waits}
        assert unread == len(self.oracle.to_read())

    @invariant()
    def people_are_asked_what_waits_for_them(self) -> None:
        with self.record.read() as connection:
            for reviewer in REVIEWERS:
                asked = queue.queue(connection, reviewer, 100)
                assert {each.id for each in asked} == self.oracle.to_review(reviewer)
                assert queue.waiting(connection, reviewer).posts == len(asked)

    @invariant()
    def clusters_are_what_their_posts_are(self) -> None:
        with self.record.read() as connection:
            wanted = self.oracle.clusters()
            every = {
                each.cluster.id
                for each in clusters.spreading(
                    connection, datetime.min.replace(tzinfo=START.tzinfo), limit=99
                )
            }
            assert every <= set(wanted)
            for name, kept in wanted.items():
                found = clusters.find(connection, name)
                assert found is not None
                moments = [p.moment for p in kept]
                first = {self.keys[p.id] for p in kept if p.moment == min(moments)}
                copies = sum(p.is_copy for p in kept)
                assert (found.posts, found.copies) == (len(kept), copies)
                assert found.lead in first
                assert (found.first_at, found.last_at) == (min(moments), max(moments))
            names = {row[0] for row in connection.execute(select(metadata.tables["cluster"].c.id))}
            assert names == set(wanted)

    @invariant()
    def who_follows_misses_nothing(self) -> None:
        with self.record.read() as connection:
            handed: dict[int, int] = {}
            while True:
                changes, reached = following.changed(connection, self.position, 7, handed)
                for each in changes:
                    self.index.pop(each.id, None)
                    if each.summary is not None:
                        self.index[each.id] = (each.number, document(each).digest())
                if reached == self.position:
                    break
                self.position = reached
            current = {
                c.id: (c.number, document(c).digest())
                for page in following.pages(connection, 100)
                for c in page
            }
        assert self.index == current

    @invariant()
    def nothing_of_an_erased_post_is_left(self) -> None:
        erased = [kept.id.replace(":", "") for kept in self.oracle.posts.values() if kept.erased]
        if not erased:
            return
        with self.record.read() as connection:
            rows = [
                repr(row) for table in metadata.sorted_tables for row in connection.execute(select(table))
            ]
        everything = "\n".join(rows)
        for name in erased:
            assert f"thư{name}x" not in everything
            assert repr(f"thư{name}x".encode())[2:-1] not in everything

    def teardown(self) -> None:
        """From number 0 the same documents come out."""
        with self.record.read() as connection:
            changes, _ = following.changed(connection, 0, 1_000_000, {})
            replayed = {c.id: (c.number, document(c).digest()) for c in changes if c.summary is not None}
        assert replayed == self.index
        for lease in self.readers:
            if lease is not None:
                lease.give_back()
        self.record.close()
        self.ending.close()
