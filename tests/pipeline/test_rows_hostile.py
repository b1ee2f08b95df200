"""A thousand malformed files: each is counted under its reason, and its good posts come in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sangtin.pipeline.importing import import_file
from sangtin.pipeline.parts import Parts
from sangtin.pipeline.reasons import Reason
from sangtin.record import init_record, ledger
from sangtin.search import open_search
from sangtin.settings import Settings
from tests.pipeline.hostile import WAYS, hostile

# Each way of being wrong four times and more in every run; `make soak` takes all thousand.
EVERY_RUN = 150
SOAK = 1_000


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    record, search = init_record(settings.record_url), open_search(settings.search_url)
    yield Parts(settings, record, search)
    search.close()
    record.close()


def check(parts: Parts, folder: Path, seed: int) -> None:
    """Import one malformed file and hold what is counted against what is in it."""
    made = hostile(seed)
    file = folder / made.name
    file.write_bytes(made.content)
    done = import_file(parts, file, f"thu-{seed}")
    assert done.rejected == {made.reason.value: 1}, (seed, done)
    assert done.read == done.new + done.seen + done.changed + 1
    assert bool(done.broken) == made.reason.ends_the_file
    if made.posts >= 0:
        assert done.new + done.seen == made.posts, (seed, done)
    with parts.record.read() as connection:
        assert ledger.ledger(connection, ledger.Scope(source=f"thu-{seed}")).identified == done.new


@pytest.mark.parametrize("seed", range(EVERY_RUN))
def test_a_malformed_file_is_counted_under_its_reason(parts: Parts, tmp_path: Path, seed: int) -> None:
    check(parts, tmp_path, seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(EVERY_RUN, SOAK))
def test_a_thousand_malformed_files_are_counted_under_their_reasons(
    parts: Parts, tmp_path: Path, seed: int
) -> None:
    check(parts, tmp_path, seed)


def test_every_reason_is_met() -> None:
    assert {reason for _make, reason in WAYS} == set(Reason)


def test_after_all_of_them_the_record_adds_up(parts: Parts) -> None:
    with parts.record.read() as connection:
        assert ledger.ledger(connection) == ledger.recount(connection)
