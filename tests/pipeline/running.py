"""Commands of `sangtin` as a person runs them: processes of their own on a home of their own."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from sangtin.post import Ledger
from sangtin.record import ledger, models, open_record
from tests import commands
from tests.record.checking import assert_reconciled


@dataclass(frozen=True)
class Home:
    """A home and the commands that run on it."""

    folder: Path
    # How long a command may take, in seconds.
    patience: float = commands.PATIENCE_S

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a command: this home, and nothing else of ours or of a machine for tests."""
        strange = ("SANGTIN_", "PYTHONUNBUFFERED")  # which hides a line that is never flushed
        ours = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
        return ours | {"SANGTIN_HOME": str(self.folder)}

    def run(self, *command: str, expect: int = 0, stdin: str | None = None) -> str:
        """Run a command to its end and return what it printed; its exit code must be as expected."""
        out, err = self._ended(command, expect, stdin)
        return out if expect == 0 else out + err

    def stderr(self, *command: str) -> str:
        """What a command that ends well says to a person."""
        return self._ended(command, 0, None)[1]

    def _ended(self, command: Sequence[str], expect: int, stdin: str | None) -> tuple[str, str]:
        """What a command printed on either output."""
        given = None if stdin is None else stdin.encode()
        ended = commands.run(*command, environment=self.environment, given=given, patience=self.patience)
        out, err = ended.stdout.decode(), ended.stderr.decode()
        assert "Traceback" not in err, err
        assert ended.returncode == expect, f"{command}: {ended.returncode}\n{err}"
        return out, err

    def json(self, *command: str) -> Any:
        """What a command prints with --json."""
        return json.loads(self.run(*command, "--json"))

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a command and go on."""
        return subprocess.Popen(
            [sys.executable, "-m", "sangtin", *command],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def die(self, point: str, calls: int, *command: str) -> bool:
        """Run a command that is to die at a named point; whether it did (it may end before)."""
        told = (point, str(calls), "--", *command)
        ended = commands.run(*told, environment=self.environment, module="tests.pipeline.dying")
        assert ended.returncode in (0, -9), ended.stderr.decode()
        return ended.returncode == -9

    def ledger(self, *, thorough: bool = True) -> Ledger:
        """The ledger, seen to agree with the posts; `thorough`: with every way of counting there is."""
        record = open_record(f"sqlite:///{self.folder / 'record.db'}")
        if thorough:
            assert_reconciled(record)
        with record.read() as connection:
            found = ledger.ledger(connection)
            assert found == ledger.recount(connection)
        record.close()
        return found


def new_home(folder: Path, patience: float = Home.patience) -> Home:
    """A home that was just initialised: one is, and the others are its copies."""
    return copied(_initialised(), folder, patience)


def copied(home: Home, folder: Path, patience: float = Home.patience) -> Home:
    """A copy of a home that nobody works on, which reads with its own copy of the model."""
    shutil.copytree(home.folder, folder, symlinks=True)
    record = open_record(f"sqlite:///{folder / 'record.db'}")
    with contextlib.closing(record), record.write(durable=True) as writing:
        known = models.model_in_use(writing.connection)
        assert known is not None
        models.move_folder(writing, known.name, str(folder / "models" / known.name))
    return Home(folder, patience)


@cache
def _initialised() -> Home:
    folder = Path(tempfile.mkdtemp(prefix="sangtin-home-"))
    atexit.register(shutil.rmtree, folder)
    made = Home(folder / "home")
    made.run("init")
    return made


def write_jsonl(file: Path, rows: Iterable[Mapping[str, object]]) -> Path:
    """Rows as a JSONL file."""
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return file


def sample_rows(count: int, seed: int = 7) -> list[dict[str, object]]:
    """Posts of the bundled sample as rows of an import file."""
    from sangtin import sample

    return [
        {
            "id": f"{post.source}-{post.native_id}",
            "text": post.text,
            "published_at": post.published_at.isoformat() if post.published_at else None,
            "author": post.author_key,
        }
        for post in islice(sample.generate(seed=seed, posts=max(count, 5_000)), count)
    ]


def many_rows(count: int) -> list[dict[str, object]]:
    """So many posts of the sample, repeated under other ids."""
    rows = sample_rows(min(count, 6_000))
    return [row | {"id": f"{row['id']}-{at}"} for at, row in zip(range(count), cycle(rows), strict=False)]
