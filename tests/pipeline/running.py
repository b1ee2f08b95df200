"""Commands of `sangtin` as a person runs them: processes of their own on a home of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from sangtin.post import Ledger
from sangtin.record import ledger, open_record
from tests.record.checking import assert_reconciled


@dataclass(frozen=True)
class Home:
    """A home and the commands that run on it."""

    folder: Path
    # How long a command may take, in seconds: these machines are busy.
    patience: float = 240.0

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a command: this home, and nothing else of ours or of a machine for tests."""
        strange = ("SANGTIN_", "PYTHONUNBUFFERED")  # which hides a line that is never flushed
        ours = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
        return ours | {"SANGTIN_HOME": str(self.folder)}

    def run(self, *command: str, expect: int = 0, stdin: str | None = None) -> str:
        """Run a command to its end and return what it printed; its exit code must be as expected."""
        ended = self._ended(command, expect, stdin)
        return ended.stdout if expect == 0 else ended.stdout + ended.stderr

    def stderr(self, *command: str) -> str:
        """What a command that ends well says to a person."""
        return self._ended(command, 0, None).stderr

    def _ended(
        self, command: Sequence[str], expect: int, stdin: str | None
    ) -> subprocess.CompletedProcess[str]:
        ended = subprocess.run(
            [sys.executable, "-m", "sangtin", *command],
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=self.patience,
            check=False,
        )
        assert "Traceback" not in ended.stderr, ended.stderr
        assert ended.returncode == expect, f"{command}: {ended.returncode}\n{ended.stderr}"
        return ended

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
        ended = subprocess.run(
            [sys.executable, "-m", "tests.pipeline.dying", point, str(calls), "--", *command],
            env=self.environment,
            cwd=Path(__file__).parents[2],
            capture_output=True,
            timeout=240,
            check=False,
        )
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
