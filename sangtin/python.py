"""This process → the environment of a child Python that runs the same packages and no others."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def environment() -> dict[str, str]:
    """Variables for `python -m`: the packages are those of this process.

    The folder that a person stands in is not looked into for code: it may hold a model that somebody else
    made, with files named like ours (https://docs.python.org/3/using/cmdline.html#envvar-PYTHONSAFEPATH).
    """
    given = [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]
    return os.environ | {"PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join([str(ROOT), *given])}
