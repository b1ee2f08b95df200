"""Many processes write to one record at once: nothing is lost or done twice, nobody is turned away."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Callable, Sequence
from multiprocessing.pool import AsyncResult

from sqlalchemy import func, select

from sangtin.errors import UsageError
from sangtin.follower import document
from sangtin.post import Act, Bin, Label, Post, Review
from sangtin.record import (
    Record,
    erasing,
    following,
    leases,
    models,
    open_record,
    placing,
    posts,
    reading,
    reviews,
)
from sangtin.record.schema import held, membership, post, review
from tests.record.checking import answered, fetched, place_of

SECONDS = 5.0
Work = Callable[[Record, random.Random], int]


def import_some(record: Record, chance: random.Random) -> int:
    """Posts of which every fifth is there already, in another text or the same."""
    some = [_post(chance.randrange(4_000), chance) for _ in range(50)]
    with record.write() as writing:
        return posts.add(writing, some).new


def _post(number: int, chance: random.Random) -> Post:
    return fetched(f"{number:05}", f"bài {number} bản {chance.randrange(2)}", chance.randrange(10_000))


def place_some(record: Record, chance: random.Random) -> int:
    """Under the lease: some alone, some as copies of originals that stood a moment ago."""
    with leases.taken(record, "place") as lease:
        if lease is None:
            return 0
        with record.read() as connection:
            waiting = placing.unplaced(connection, 100)
            stood = select(membership.c.post).join(post, post.c.key == membership.c.post)
            stood = stood.where(
                post.c.placed, membership.c.of.is_(None), post.c.revision == membership.c.revision
            )
            originals = connection.execute(stood.limit(100)).scalars().all()
        places = [place_of(each, _original(each.key, originals, chance)) for each in waiting]
        with record.write() as writing:
            lease.check(writing)
            return len(placing.place(writing, places))


def _original(key: int, originals: Sequence[int], chance: random.Random) -> int | None:
    some = [each for each in originals if each != key]
    return chance.choice(some) if some and chance.random() < 0.3 else None


def read_some(record: Record, chance: random.Random) -> int:
    """Hold, take a while, answer; what a reader holds must be its own."""
    with leases.taken(record, f"read:{chance.random()}") as lease:
        assert lease is not None
        with record.write() as writing:
            model = models.current_model(writing.connection)
            batch = reading.hold_unread(writing, model, lease.holder, 40)
        with record.read() as connection:
            mine = select(func.count()).where(held.c.holder == lease.holder)
            erased = select(func.count()).where(
                post.c.key.in_([each.key for each in batch]), post.c.erased_at.is_not(None)
            )
            kept = connection.execute(mine).scalar_one() + connection.execute(erased).scalar_one()
            assert kept == len(batch)
        label = chance.choice(list(Label))
        answers = [reading.Answer(u.key, u.revision, answered(label)) for u in batch if not u.answered]
        with record.write() as writing:
            lease.check(writing)
            reading.answer(writing, model, answers, [u.key for u in batch if u.answered])
        return len(batch)


def review_some(record: Record, chance: random.Random) -> int:
    """A person's acts, now and then undone; posts may be gone by then."""
    with record.read() as connection:
        newest = select(post.c.id).where(post.c.erased_at.is_(None)).order_by(post.c.key.desc()).limit(50)
        ids = connection.execute(newest).scalars().all()
    if not ids:
        return 0
    name = f"r{chance.random()}"
    given = Review(name, Act.LABEL, chance.choice(ids), chance.random() < 0.5, chance.choice(list(Label)))
    try:
        with record.write(durable=True) as writing:
            number = reviews.append(writing, given)
        if chance.random() < 0.3:
            with record.write(durable=True) as writing:
                reviews.append(writing, Review(name, Act.UNDO, given.post, undoes=number))
    except UsageError:
        return 0
    return 1


def erase_one(record: Record, chance: random.Random) -> int:
    time.sleep(0.1)
    with record.read() as connection:
        alive = select(post.c.key).where(post.c.erased_at.is_(None)).order_by(func.random()).limit(1)
        key = connection.execute(alive).scalar_one_or_none()
    if key is None:
        return 0
    with record.write(durable=True) as writing:
        erasing.erase(writing, key)
    return 1


def follow(record: Record, index: dict[str, tuple[int, str]], position: int) -> int:
    """Bring a dict after the record, as the follower brings an index."""
    handed: dict[int, int] = {}
    while True:
        with record.read() as connection:
            changes, reached = following.changed(connection, position, 500, handed)
        for each in changes:
            assert each.number > index.get(each.id, (0, ""))[0]
            index.pop(each.id, None)
            if each.summary is not None:
                index[each.id] = (each.number, document(each).digest())
        if reached == position:
            return position
        position = reached


def keep_doing(url: str, work: Work, seed: int) -> int:
    """Do one kind of work in a process of its own; how much was done."""
    record = open_record(url)
    chance = random.Random(seed)
    done = 0
    until = time.time() + SECONDS
    while time.time() < until:
        done += work(record, chance)
    record.close()
    return done


def test_many_writers_and_a_follower_at_once(record: Record) -> None:
    url = record.engine.url.render_as_string(hide_password=False)
    with record.write() as writing:
        models.use_model(writing, "m1", "")
    works: list[Work] = [import_some, import_some, place_some, place_some, read_some, read_some]
    works += [review_some, erase_one]
    index: dict[str, tuple[int, str]] = {}
    position = 0
    spawn = multiprocessing.get_context("spawn")
    everybody = spawn.Barrier(len(works))  # until all have started, which takes longer than the work
    with spawn.Pool(len(works), everybody.wait) as pool:
        running: list[AsyncResult[int]] = [
            pool.apply_async(keep_doing, (url, work, seed)) for seed, work in enumerate(works)
        ]
        while not all(each.ready() for each in running):
            position = follow(record, index, position)
            time.sleep(0.05)
        done = [each.get() for each in running]
    follow(record, index, position)
    assert all(sum(n for n, w in zip(done, works, strict=True) if w is work) for work in set(works)), done
    with record.read() as connection:
        current = {
            c.id: (c.number, document(c).digest()) for page in following.pages(connection, 500) for c in page
        }
        posts_new = connection.execute(select(func.count()).select_from(post)).scalar_one()
        labels = connection.execute(select(func.count()).where(review.c.act == Act.LABEL.value)).scalar_one()
        assert connection.execute(select(func.count()).select_from(held)).scalar_one() == 0
        assert connection.execute(select(func.count()).where(post.c.bin == Bin.DUPLICATE)).scalar_one()
    assert index == current
    assert posts_new == done[0] + done[1], "each post is new once"
    assert labels == done[6]
