"""Bytes of a file → what reading it gives, for the tests of the row reader."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sangtin.pipeline.columns import Columns
from sangtin.pipeline.lines import LineFile
from sangtin.pipeline.reasons import Reason
from sangtin.pipeline.rows import Rejected, Row, read_rows
from sangtin.pipeline.taking import Taking
from sangtin.post import Post

PRESENT = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


def keyed(name: str) -> str:
    """A stand-in for the keyed hash that shows what was hashed."""
    return f"key of {name}"


def items(file: Path, columns: Columns | None = None, after: int = 0) -> list[Row | Rejected]:
    """Everything that reading a file gives."""
    with LineFile(file) as lines:
        return list(
            read_rows(
                lines,
                Taking("thu", keyed, PRESENT, columns if columns is not None else Columns()),
                after=after,
            )
        )


def posts(file: Path, columns: Columns | None = None) -> list[Post]:
    """The posts of a file in which every row is one."""
    found = items(file, columns)
    wrong = [item for item in found if isinstance(item, Rejected)]
    assert not wrong, wrong
    return [item.post for item in found if isinstance(item, Row)]


def reasons(file: Path) -> list[tuple[int, Reason]]:
    """Line and reason of each row that was rejected."""
    return [(item.line, item.reason) for item in items(file) if isinstance(item, Rejected)]
