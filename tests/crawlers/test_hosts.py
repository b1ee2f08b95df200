"""Turns at a host: one at a time, with the pauses that it is owed."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from time import monotonic

import pytest

from crawlers.failure import Refused
from crawlers.hosts import Hosts
from crawlers.trouble import Trouble
from crawlers.wire import Manners


def hosts(delay_s: float = 0.0) -> Hosts:
    return Hosts(Manners(delay_s=delay_s, patience_s=1.0))


def test_turns_at_one_host_never_overlap_and_others_do_not_wait() -> None:
    log: list[str] = []

    async def visit(all_hosts: Hosts, name: str) -> None:
        await all_hosts.enter(name)
        log.append(f"{name} in")
        await asyncio.sleep(0.01)
        log.append(f"{name} out")
        all_hosts.leave(name)

    async def main() -> None:
        known = hosts()
        await asyncio.gather(visit(known, "a"), visit(known, "a"), visit(known, "b"))

    asyncio.run(main())
    assert [each for each in log if each.startswith("a")] == ["a in", "a out", "a in", "a out"]
    assert log.index("b in") < log.index("a out")


def test_a_pause_runs_from_the_end_of_a_turn_and_may_grow_within_it() -> None:
    async def main() -> float:
        known = hosts(delay_s=0.01)
        await known.enter("a")
        known.slow_down("a", 0.2)
        known.leave("a")
        left = monotonic()
        await known.enter("a")
        return monotonic() - left

    assert asyncio.run(main()) >= 0.2


def test_no_robots_txt_makes_us_faster_than_our_own_manners() -> None:
    known = hosts(delay_s=0.5)
    known.slow_down("a", 0.1)
    assert known.known["a"].delay_s == 0.5


def test_a_wish_beyond_our_patience_is_refused_for_all_and_leaves_no_turn_taken() -> None:
    async def main() -> None:
        known = hosts()
        await known.enter("a")
        known.leave("a", timedelta(hours=1))
        for _ in range(2):
            with pytest.raises(Refused) as raised:
                await known.enter("a")
            assert raised.value.trouble is Trouble.WAIT
            assert raised.value.retry_at is not None
        assert not known.known["a"].lock.locked()

    asyncio.run(main())
