"""The bundled sample → a home of its own, sieved and ready to look at."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from sangtin import sample
from sangtin.pipeline import cards, home
from sangtin.pipeline.parts import Parts, opened
from sangtin.pipeline.reading import load_in_use
from sangtin.pipeline.sieve import Sieved, Work, sieve, waiting
from sangtin.post import Ledger
from sangtin.record import ledger, posts
from sangtin.settings import Settings

BATCH = 1_000
Progress = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]


def demo_settings(settings: Settings) -> Settings:
    """The demo's own home inside the given one; whatever record is set elsewhere is left alone."""
    return Settings(home=settings.home / "demo", record="", search="")


def demo(settings: Settings, progress: Progress) -> tuple[Sieved, Ledger]:
    """Bring in the sample and sieve it. Safe to repeat and to interrupt: what is there is only seen again."""
    home.init(settings)
    with opened(settings) as parts:
        _bring_in(parts, progress)
        in_use = load_in_use(parts.record, settings)
        with progress("sieving", waiting(parts, in_use)) as advance:
            done = sieve(parts, in_use, advance, Work(lambda: True))
        with parts.record.read() as connection:
            return done, ledger.ledger(connection)


def _bring_in(parts: Parts, progress: Progress) -> None:
    with parts.record.write() as writing:
        for card in sample.sources():
            cards.put(writing, card)
    given = list(sample.generate())
    with progress("importing", len(given)) as advance:
        for start in range(0, len(given), BATCH):
            some = given[start : start + BATCH]
            with parts.record.write() as writing:
                posts.add(writing, some)
            advance(len(some))
