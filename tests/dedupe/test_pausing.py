"""The collector rests within a batch and goes on after it, whatever happens in it."""

import gc
from collections.abc import Iterator

import pytest

from dedupe.pausing import seldom, uncollected


@pytest.fixture(autouse=True)
def _collecting() -> Iterator[None]:
    yield
    gc.enable()


def test_it_rests_within_and_goes_on_after() -> None:
    with uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_after_an_error() -> None:
    with pytest.raises(KeyError), uncollected():
        raise KeyError
    assert gc.isenabled()


def test_who_turned_it_off_finds_it_off() -> None:
    gc.disable()
    with uncollected():
        pass
    assert not gc.isenabled()


def test_long_work_looks_only_where_it_is_told_to_and_when_it_is_time() -> None:
    looked: list[str] = []
    watch = lambda phase, _: looked.append(phase)  # noqa: E731
    gc.callbacks.append(watch)
    try:
        with seldom(every=0.0) as look, uncollected():
            look()
            assert looked == ["start", "stop"]
            assert not gc.isenabled()
        looked.clear()
        with seldom(every=3600.0) as look:
            look()
            assert looked == []
    finally:
        gc.callbacks.remove(watch)
    assert gc.isenabled()
