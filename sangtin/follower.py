"""Numbered changes of the record → a search index that agrees with it."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sangtin import events
from sangtin.errors import BusyError, EngineError, SangtinError
from sangtin.record import Record, following, leases
from sangtin.record.changes import last_number
from sangtin.record.following import Changed
from sangtin.record.leases import Lease
from sangtin.record.shown import Summary, summaries_by_id
from sangtin.search import Digest, Document, Gone, Position, Refusal, Search, StaleError

# Changes in one transaction of the index.
BATCH = 2_000
# How often to look for changes, and how long to wait for another follower before saying how far it is, in s.
WATCH_S = 0.5
PATIENCE_S = 30.0
# How often to ask for the lease of another follower, who holds it for a second or two at a time, in s.
ASK_S = 0.05
# How soon to ask an engine that failed again, doubling up to the longest, in s: a server that starts takes
# some ten seconds, and its operator should not wait a minute to see that all is well.
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 20.0
WORK = "follow"

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Checked:
    """How a comparison ended: posts in the record, differences mended, whether both agree now."""

    posts: int
    mended: int
    agree: bool


def _silent(_count: int) -> None:
    """Progress that nobody looks at."""


def lag(record: Record, search: Search) -> int:
    """How many changes the index is behind; all of them where it follows another epoch."""
    position = _position(search)
    held = position.number if position and position.epoch == record.epoch() else 0
    with record.read() as connection:
        return last_number(connection) - held


def lease_name(search: Search) -> str:
    """The lease on following an index: two indexes are followed side by side, one by one follower."""
    return f"{WORK}:{search.name()}"


def refused(record: Record, search: Search) -> list[tuple[str, str]]:
    """(post id, reason) of every post that the index does not take."""
    with record.read() as connection:
        return following.refusals(connection, search.name())


def size(record: Record) -> int:
    """How many posts a complete index holds."""
    with record.read() as connection:
        return following.count(connection)


def follow(record: Record, search: Search, advance: Advance = _silent) -> int:
    """Catch up with the record, or wait while another follower does. Returns how far the index still lags."""
    until = time.monotonic() + PATIENCE_S
    while True:
        with leases.taken(record, lease_name(search)) as lease:
            if lease:
                _catch_up(record, search, lease, advance)
                return lag(record, search)
        if not (left := lag(record, search)) or time.monotonic() > until:
            return left
        time.sleep(WATCH_S)


@dataclass(frozen=True, slots=True)
class Behind:
    """How many changes an index is behind; None where it does not answer, and `trouble` says why."""

    changes: int | None = 0
    trouble: str = ""

    def sentence(self) -> str:
        """What a person should know and do; empty where the index is up to date."""
        if self.changes is None:
            return f"The search index is behind. {self.trouble} Then run: sangtin index follow"
        if not self.changes:
            return ""
        return f"The index is {self.changes} changes behind. Bring it up to date with: sangtin index follow"


def follow_after(record: Record, search: Search) -> Behind:
    """Catch up after work that is done, which an index that does not answer takes nothing from."""
    try:
        return Behind(follow(record, search))
    except EngineError as error:
        return Behind(None, error.message)


def next_wait(before: float) -> float:
    """How long to leave an engine alone that failed again, in s, given how long it was the time before."""
    return min(max(2 * before, FIRST_WAIT_S), LONGEST_WAIT_S)


class Watching:
    """Follows now and then for as long as it is asked to, and outlives its engines.

    One that fails is asked again later, and ever later. `failure` says why the last try failed; else empty.
    """

    def __init__(self, record: Record, search: Search) -> None:
        self.failure = ""
        self._record = record
        self._search = search
        self._wait = 0.0
        self._again = 0.0

    def follow(self, within: float = math.inf) -> bool:
        """Catch up with the record, unless another follower is at it or an engine failed a moment ago.

        Begins no batch after `within` seconds. Returns whether there was more to do.
        """
        if time.monotonic() < self._again:
            return False
        try:
            with leases.taken(self._record, lease_name(self._search)) as lease:
                done = lease is None or _catch_up(
                    self._record, self._search, lease, until=time.monotonic() + within
                )
        except (EngineError, BusyError) as error:
            self._fail(error)
            return False
        if self.failure:
            events.note("the index is followed again")
        self.failure, self._wait = "", 0.0
        return not done

    def _fail(self, error: SangtinError) -> None:
        self._wait = next_wait(self._wait)
        self._again = time.monotonic() + self._wait
        if error.message != self.failure:
            events.warn("the index can't be followed; it is tried again", reason=error.message)
        self.failure = error.message


def rebuild(record: Record, search: Search, advance: Advance = _silent) -> None:
    """Build a new version of the index beside the present one, which answers until the new one takes over.

    Whoever else follows waits meanwhile.
    """
    with _alone(record, search) as lease:
        _rebuild(record, search, lease, advance)
        _catch_up(record, search, lease)


def check(record: Record, search: Search) -> Checked:
    """Catch up, compare every post by its digest, mend what differs, and say whether both agree now.

    Others may go on working: what changed while it was compared is compared again.
    """
    with _alone(record, search) as lease:
        wrong, gone = _differences(record, search, lease)
        _mend(record, search, wrong, gone)
        left = _differences(record, search, lease) if wrong or gone else ((), ())
        return Checked(size(record), len(wrong) + len(gone), not any(left))


@contextlib.contextmanager
def _alone(record: Record, search: Search) -> Iterator[Lease]:
    """The lease on following, waited for while another follower catches up."""
    until = time.monotonic() + PATIENCE_S
    while True:
        with leases.taken(record, lease_name(search)) as lease:
            if lease is not None:
                yield lease
                return
        if time.monotonic() > until:
            raise BusyError(
                "Another process is following the record into this index. Stop it, then try again."
            )
        time.sleep(ASK_S)


def document(changed: Changed) -> Document:
    """A post as the index holds it."""
    summary = changed.summary
    if summary is None:
        raise ValueError(f"{changed.id} was erased; it has no document")
    return _document(summary, changed.number)


def _document(s: Summary, number: int) -> Document:
    return Document(
        id=s.id,
        text=s.text,
        source=s.source,
        moment=s.moment,
        number=number,
        bin=s.outcome.bin,
        cause=s.outcome.cause,
        kind=s.outcome.kind,
        flags=tuple(sorted(s.flags)),
        author_key=s.author_key,
        thread=s.thread,
        cluster=s.membership.cluster if s.membership else None,
        relation=s.membership.relation if s.membership else None,
    )


def _position(search: Search) -> Position | None:
    """How far an index has followed; one that another version of the program wrote has followed nothing."""
    try:
        return search.position()
    except StaleError:
        return Position("", 0)


def _catch_up(
    record: Record, search: Search, lease: Lease, advance: Advance = _silent, *, until: float = math.inf
) -> bool:
    """Follow to the newest change; whether it got there before a moment of the monotonic clock."""
    epoch = record.epoch()
    position = _position(search)
    if position is not None and position.epoch != epoch:
        _rebuild(record, search, lease, _silent)
        position = search.position()
    at = position.number if position else 0
    handed: dict[int, int] = {}
    while not lease.lost:
        with record.read() as connection:
            changes, reached = following.changed(connection, at, BATCH, handed)
        if reached == at and position is not None:
            return True
        if time.monotonic() > until:
            return False
        if _position(search) != position:
            raise EngineError(
                "The index was deleted or restored while it was followed. Run `sangtin index follow` again."
            )
        refusals = search.apply(_alive(changes), _gone(changes), Position(epoch, reached))
        position = Position(epoch, reached)
        _keep(record, search, [c.id for c in changes], refusals)
        advance(reached - at)
        at = reached
    return False


def _rebuild(record: Record, search: Search, lease: Lease, advance: Advance) -> None:
    """One page after another; what changes meanwhile is followed afterwards from where the reading began."""
    epoch = record.epoch()
    with search.build(epoch) as build, record.read() as connection:
        start = Position(epoch, last_number(connection))
        build.apply((), (), Position(epoch, 0))
        for page in following.pages(connection, BATCH):
            refusals = build.apply(_alive(page), (), Position(epoch, 0))
            _keep(record, search, [c.id for c in page], refusals)
            advance(len(page))
            if lease.lost:
                raise BusyError("The lease on following lapsed during the rebuild. Run it again.")
        build.apply((), (), start)
        build.switch()


def _alive(changes: Sequence[Changed]) -> list[Document]:
    return [document(c) for c in changes if c.summary is not None]


def _gone(changes: Sequence[Changed]) -> list[Gone]:
    return [Gone(c.id, c.number) for c in changes if c.summary is None]


def _keep(record: Record, search: Search, ids: Sequence[str], refusals: Sequence[Refusal]) -> None:
    """Refused documents are kept with their reason; those taken now are no longer among them."""
    index = search.name()
    with record.read() as connection:
        before = {post_id for post_id, _ in following.refusals(connection, index)} & set(ids)
    if not refusals and not before:
        return
    for refusal in refusals:
        events.warn("document refused", post=refusal.id, number=refusal.number, reason=refusal.reason)
    with record.write() as writing:
        following.accept(writing, index, before)
        following.refuse(writing, index, [(r.id, r.number, r.reason) for r in refusals])


def _differences(record: Record, search: Search, lease: Lease) -> tuple[list[str], list[str]]:
    """Ids that the index lacks or shows otherwise, and ids that it should not hold."""
    _catch_up(record, search, lease)
    found: list[str] = []
    with record.read() as connection:
        refused = {post_id for post_id, _ in following.refusals(connection, search.name())}
        wanted = (c for page in following.pages(connection, BATCH) for c in page if c.id not in refused)
        for mine, held in _side_by_side(wanted, search.digests()):
            if mine is None and held is not None:
                found.append(held.id)
            elif mine is not None and (held is None or held.digest != document(mine).digest()):
                found.append(mine.id)
    if found:
        _catch_up(record, search, lease)  # others may have changed them while they were compared
    return _still_different(record, search, found)


def _still_different(record: Record, search: Search, ids: Sequence[str]) -> tuple[list[str], list[str]]:
    wrong: list[str] = []
    gone: list[str] = []
    rest = iter(ids)
    while some := list(islice(rest, BATCH)):
        with record.read() as connection:
            alive = {s.id: _document(s, 0).digest() for s in summaries_by_id(connection, some)}
        held = {post_id: found.digest() for post_id, found in search.get(some).items()}
        wrong += [post_id for post_id in some if post_id in alive and held.get(post_id) != alive[post_id]]
        gone += [post_id for post_id in some if post_id not in alive and post_id in held]
    return wrong, gone


def _side_by_side(
    wanted: Iterator[Changed], held: Iterator[Digest]
) -> Iterator[tuple[Changed | None, Digest | None]]:
    """Both in the order of ids: pairs of one id, or one side alone."""
    mine, theirs = next(wanted, None), next(held, None)
    while mine is not None or theirs is not None:
        if theirs is None or (mine is not None and mine.id < theirs.id):
            yield mine, None
            mine = next(wanted, None)
        elif mine is None or theirs.id < mine.id:
            yield None, theirs
            theirs = next(held, None)
        else:
            yield mine, theirs
            mine, theirs = next(wanted, None), next(held, None)


def _mend(record: Record, search: Search, wrong: Sequence[str], gone: Sequence[str]) -> None:
    """Hand what differs over once more under new numbers, and drop what the record does not have."""
    ids = iter(wrong)
    while some := list(islice(ids, BATCH)):
        with record.write() as writing:
            following.again(writing, some)
    position = search.position()
    if gone and position:
        search.apply((), [Gone(post_id, position.number) for post_id in gone], position)
