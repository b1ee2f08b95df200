"""A command that is forked for a test ends as one does that a shell starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import commands

GIVEN = '{"id": 1, "text": "Đường Lê Lợi ngập nửa mét"}\n'.encode() * 3_000
CASES: tuple[tuple[list[str], bytes | None], ...] = (
    (["--version"], None),
    (["dedupe"], GIVEN),
    (["dedupe"], b"not JSON\n"),
    (["ledger"], None),
    (["ledger", "--from", "hom qua"], GIVEN),
    (["no-such"], None),
    ([], None),
)


@pytest.mark.parametrize(("arguments", "given"), CASES, ids=lambda each: str(each)[:20])
def test_it_prints_and_ends_as_in_a_shell(tmp_path: Path, arguments: list[str], given: bytes | None) -> None:
    environment = os.environ | {"SANGTIN_HOME": str(tmp_path / "none")}
    command = [sys.executable, "-m", "sangtin", *arguments]
    shell = subprocess.run(command, env=environment, input=given or b"", capture_output=True, check=False)
    forked = commands.run(*arguments, environment=environment, given=given)
    assert (forked.returncode, forked.stdout) == (shell.returncode, shell.stdout)
    assert forked.stderr == shell.stderr
    assert forked.stdout or forked.stderr


def test_one_leaves_nothing_to_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("here", "there"):
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.chdir(folder)
        environment = {"HOME": str(folder), "PATH": os.environ["PATH"]}
        assert commands.run("init", environment=environment).stdout.decode() == f"Ready: {folder}/.sangtin\n"
        (folder / "posts.jsonl").write_text('{"id": 1, "text": "mưa"}\n', encoding="utf-8")
        command = ("import", "posts.jsonl", "--source", name)
        assert commands.run(*command, environment=environment).returncode == 0
    monkeypatch.setenv("SANGTIN_HOME", str(tmp_path / "here" / ".sangtin"))
    assert b'"here"' in commands.run("source", "list", "--json").stdout
    assert b'"there"' not in commands.run("source", "list", "--json").stdout


def test_one_that_takes_too_long_is_killed(tmp_path: Path) -> None:
    environment = os.environ | {"SANGTIN_HOME": str(tmp_path / "home")}
    assert commands.run("init", environment=environment).returncode == 0
    with pytest.raises(subprocess.TimeoutExpired):
        commands.run("sieve", "--watch", environment=environment, patience=0.5)
    assert commands.run("ledger", environment=environment).returncode == 0


def test_no_package_of_ours_is_imported_beforehand() -> None:
    asked = (
        "import importlib, sys, tests.forking\n"
        "for name in tests.forking.LIBRARIES: importlib.import_module(name)\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    ours = {"sangtin", "crawlers", "dedupe", "nlp", "training", "api"}
    assert "sqlalchemy" in done.stdout.split()
    assert not ours & set(done.stdout.split())
