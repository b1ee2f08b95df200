"""How a command ends when whoever started it closes what it writes to, fills it, or interrupts it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipeline.running import Home, write_jsonl

ROWS = 300


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Children that hear SIGINT, also where a shell in the background has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def shell(home: Home, line: str) -> subprocess.CompletedProcess[str]:
    """A line of shell in which `sangtin` is the command and buffers its output, as it does for a person."""
    define = f'sangtin() {{ "{sys.executable}" -m sangtin "$@"; }}\n'
    return subprocess.run(
        ["bash", "-c", define + line],
        env=home.environment,
        capture_output=True,
        text=True,
        timeout=home.patience,
        check=False,
    )


def test_output_that_nobody_reads_ends_a_command_in_silence(home: Home, tmp_path: Path) -> None:
    file = write_jsonl(tmp_path / "posts.jsonl", [{"id": n, "text": f"bài số {n} " * 9} for n in range(ROWS)])
    home.run("import", str(file), "--source", "a")
    many = shell(home, "sangtin search '' --limit 300 | true; exit ${PIPESTATUS[0]}")
    few = shell(home, "sangtin ledger | true; exit ${PIPESTATUS[0]}")
    for ended in (many, few):
        assert (ended.returncode, ended.stderr) == (141, "")


def test_a_full_disk_behind_the_output_is_named_once(home: Home) -> None:
    ended = shell(home, "sangtin ledger >/dev/full")
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "Free some space" in ended.stderr


def test_outputs_that_are_closed_change_no_result(home: Home, tmp_path: Path) -> None:
    assert shell(home, "sangtin ledger >&-").returncode == 0
    assert shell(home, "sangtin ledger --from x 2>&-").returncode == 2
    write_jsonl(tmp_path / "posts.jsonl", [{"id": 1, "text": "đường ngập"}])
    labelled = shell(home, f"sangtin classify {tmp_path / 'posts.jsonl'} 2>&-")
    assert (labelled.returncode, labelled.stdout.count("\n")) == (0, 1)


@pytest.mark.usefixtures("interruptible")
def test_who_interrupts_hears_what_is_kept(home: Home) -> None:
    serving = subprocess.Popen(
        [sys.executable, "-m", "sangtin", "serve", "--port", "0", "--no-workers"],
        env=home.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert serving.stdout is not None
    assert "Open http" in serving.stdout.readline()
    serving.send_signal(signal.SIGINT)
    _, said = serving.communicate(timeout=home.patience)
    assert serving.returncode == 130
    assert said.startswith("Interrupted.")
