"""`python -m tests.pipeline.dying MODULE:NAME N -- COMMAND…`: run a command, die by SIGKILL at a named point.

The point is just after the N-th call of a function: for one that works inside a transaction, after all its
writes and before the commit.
"""

from __future__ import annotations

import functools
import importlib
import os
import signal
import sys
from collections.abc import Callable
from typing import Any


def die_after(place: str, calls: int) -> None:
    """Replace a function by one that kills this process when it has been called so often."""
    module_name, _, path = place.partition(":")
    owner: Any = importlib.import_module(module_name)
    *holders, name = path.split(".")
    for holder in holders:
        owner = getattr(owner, holder)
    setattr(owner, name, _mortal(getattr(owner, name), calls))


def _mortal(function: Callable[..., Any], calls: int) -> Callable[..., Any]:
    left = iter(range(calls - 1, -1, -1))

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        if next(left, 0) == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return wrapped


if __name__ == "__main__":
    point, count, _, *command = sys.argv[1:]
    die_after(point, int(count))
    from sangtin.cli import main

    sys.argv = ["sangtin", *command]
    main()
