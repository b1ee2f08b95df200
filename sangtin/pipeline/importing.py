"""A file of posts → the record: each row counted once, resumed where it stopped."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from sangtin.errors import BusyError, EngineError
from sangtin.pipeline.arriving import arriving
from sangtin.pipeline.authors import author_key
from sangtin.pipeline.columns import Columns
from sangtin.pipeline.lines import LineFile, identity
from sangtin.pipeline.parts import Parts
from sangtin.pipeline.rows import Rejected, Row, read_rows
from sangtin.pipeline.taking import Taking
from sangtin.record import Record, Writing, leases, posts, runs, sources
from sangtin.record.posts import Counts
from sangtin.record.runs import Run

# Rows in one transaction, and characters of text held for it: rows may be a megabyte each.
BATCH = 1_000
BATCH_CHARACTERS = 8_000_000


@dataclass(slots=True)
class Imported:
    """What became of a file's rows: read = new + seen + changed + all that were rejected."""

    read: int = 0
    new: int = 0
    seen: int = 0
    changed: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    broken: str = ""
    resumed_after: int = 0
    ignored: tuple[str, ...] = ()
    unmet: tuple[str, ...] = ()
    rejected_to: Path | None = None

    def count(self, counts: Counts, rejected: Sequence[Rejected]) -> None:
        """Add what became of a batch."""
        self.new += counts.new
        self.seen += counts.seen
        self.changed += counts.changed
        for row in rejected:
            self.rejected[row.reason.value] = self.rejected.get(row.reason.value, 0) + 1
            if row.reason.ends_the_file:
                self.broken = f"after line {row.last}: {row.reason.value}, {row.detail}"
        self.read = self.new + self.seen + self.changed + sum(self.rejected.values())

    @property
    def took_nothing(self) -> bool:
        """Whether there were rows, and every one of them was rejected."""
        return 0 < self.read == sum(self.rejected.values())

    def figures(self) -> dict[str, Any]:
        """The counts as programs read them."""
        return {"read": self.read, "new": self.new, "seen": self.seen} | {
            "changed": self.changed,
            "rejected": dict(self.rejected),
        }


Advance = Callable[[int], None]


def _silent(_bytes: int) -> None:
    """Progress that nobody looks at."""


def import_file(
    parts: Parts,
    file: Path,
    source: str,
    columns: Mapping[str, str] | None = None,
    *,
    advance: Advance = _silent,
) -> Imported:
    """Import a file into a source; an unknown source gets an incomplete card. `advance` takes bytes read.

    The same file again is only seen. A run that was killed goes on after its last whole batch; what it
    counted before counts. Rejected rows stand with line and reason in `rejected_file`. BusyError where
    another process imports the same file into the source.
    """
    settings = parts.settings
    named, given = Columns(columns), _input(file, columns)
    with LineFile(file) as lines, _alone(parts.record, source, given):
        run = _begin(parts.record, source, given)
        done = _so_far(run)
        rejected = rejected_file(parts, source, run)
        _trim(rejected, run.position)
        taking = Taking(source, author_key(settings.author_key_file), run.started_at, named)
        rows, told = read_rows(lines, taking, after=run.position), 0
        while batch := _next_batch(rows):
            _take(parts.record, run, batch, (done, rejected))
            advance(lines.offset - told)
            told = lines.offset
        with parts.record.write() as writing:
            runs.end(writing, run.id, "done")
    done.ignored, done.unmet, done.rejected_to = named.ignored, named.unmet, rejected
    return done


def rejected_file(parts: Parts, source: str, run: Run) -> Path:
    """Where the rejected rows of a run stand: one JSON object a line, without any text of a post."""
    folder = parts.settings.home / "rejected"
    with _room_for(folder):
        folder.mkdir(exist_ok=True)
    return folder / f"{source}-{run.id}.jsonl"


def _input(file: Path, columns: Mapping[str, str] | None) -> str:
    """Names what is imported: the same bytes read in another way are another input."""
    way = json.dumps(sorted((columns or {}).items()))
    return hashlib.sha256(f"{identity(file)} {way}".encode()).hexdigest()[:32]


@contextlib.contextmanager
def _alone(record: Record, source: str, given: str) -> Iterator[None]:
    """Two processes that import one file would go on from each other's position."""
    with leases.taken(record, f"import:{source}:{given}") as lease:
        if lease is None:
            raise BusyError(
                f"Another process is importing this file into {source!r}. Wait until it ends; what it brings "
                "in is not lost."
            )
        yield


def _begin(record: Record, source: str, given: str) -> Run:
    with record.write() as writing:
        sources.ensure(writing, source)
        known = runs.unfinished(writing.connection, "import", source, given)
        return known or runs.begin(writing, "import", source, given)


def _so_far(run: Run) -> Imported:
    known = {name: value for name, value in run.counts.items() if name in Imported.__dataclass_fields__}
    for name in ("ignored", "unmet"):
        known.pop(name, None)
    return Imported(**known | {"resumed_after": run.position})


def _trim(file: Path, position: int) -> None:
    """Drop rejected rows that were written by a batch that never committed."""
    if file.exists():
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if line.endswith("\n") and json.loads(line)["line"] <= position]
        with _room_for(file), arriving(file) as beside:
            beside.write_text("".join(kept), encoding="utf-8")


def _next_batch(rows: Iterator[Row | Rejected]) -> list[Row | Rejected]:
    batch: list[Row | Rejected] = []
    characters = 0
    for item in islice(rows, BATCH):
        batch.append(item)
        characters += len(item.post.text) if isinstance(item, Row) else 0
        if characters >= BATCH_CHARACTERS:
            break
    return batch


def _take(record: Record, run: Run, batch: Sequence[Row | Rejected], into: tuple[Imported, Path]) -> None:
    """One batch in one transaction, with the position from which a killed run goes on."""
    if not batch:
        return
    done, file = into
    rejected = [item for item in batch if isinstance(item, Rejected)]
    _write(file, rejected)
    with record.write() as writing:
        found = [item.post for item in batch if isinstance(item, Row)]
        counts = posts.add(writing, found, at=run.started_at)
        judge_recounted(writing)
        done.count(counts, rejected)
        runs.advance(writing, run.id, max(item.last for item in batch), asdict(done))


def judge_recounted(writing: Writing) -> None:
    """Judge clusters again that lost posts to an edit, or whose posts were given other times."""
    if writing.recounted:
        from sangtin.pipeline.campaigns import judge_again  # with what places copies, which is slow to load

        judge_again(writing)


def _write(file: Path, rejected: Sequence[Rejected]) -> None:
    if rejected:
        with _room_for(file), file.open("a", encoding="utf-8") as writing:
            for row in rejected:
                entry = {"line": row.line, "reason": row.reason.value, "detail": row.detail}
                writing.write(json.dumps(entry, ensure_ascii=False) + "\n")


@contextlib.contextmanager
def _room_for(file: Path) -> Iterator[None]:
    """Say what to do where the rejected rows cannot be written; the import goes on where it was."""
    try:
        yield
    except OSError as error:
        raise EngineError(
            f"{file} can't be written ({error.strerror}). Free some space there, then import again."
        ) from error
