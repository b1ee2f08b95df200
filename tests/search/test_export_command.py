"""`sangtin export`: a file as whole as the index, and a word where that is behind the record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sangtin import follower
from sangtin.cli.export import register
from sangtin.errors import UsageError
from sangtin.pipeline import home
from sangtin.pipeline.parts import Parts, opened
from sangtin.record import leases, posts, sources
from sangtin.settings import Settings
from tests.record.checking import fetched


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Parts]:
    """A home with three posts, of which the index holds two."""
    for name in ("SANGTIN_SEARCH", "SANGTIN_RECORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SANGTIN_HOME", str(tmp_path))
    monkeypatch.setattr(follower, "PATIENCE_S", 0.0)
    settings = Settings(home=tmp_path, record="", search="")
    home.init(settings)
    with opened(settings) as found:
        for some in ("12", "3"):
            with found.record.write() as writing:
                sources.ensure(writing, "bao-mau")
                posts.add(writing, [fetched(each, f"bài số {each}", int(each)) for each in some])
            if some == "12":
                follower.follow(found.record, found.search)
        yield found


def exported(folder: Path) -> tuple[int, str]:
    """Rows in the file, and what was said on standard error."""
    app = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None)
    register(app)
    done = CliRunner().invoke(app, [str(folder / "out.jsonl"), "--json"], catch_exceptions=False)
    assert done.exit_code == 0
    rows = (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(done.stdout) == {"rows": len(rows)}
    return len(rows), done.stderr


def test_an_export_of_an_index_that_is_behind_says_so(parts: Parts, tmp_path: Path) -> None:
    with leases.taken(parts.record, follower.lease_name(parts.search)) as another:
        assert another
        rows, said = exported(tmp_path)
    assert rows == 2
    assert "lacks what changed last" in said
    assert "1 changes behind" in said


def test_an_export_of_an_index_that_caught_up_says_nothing(parts: Parts, tmp_path: Path) -> None:
    assert exported(tmp_path) == (3, "")


@pytest.mark.parametrize(
    "narrowed",
    [
        "lũ",
        "--exact",
        "--source bao-mau",
        "--label spam",
        "--kind scam",
        "--flag scam",
        "--cluster 1",
        "--author a",
        "--from 2026-10",
        "--to 2026-10",
    ],
)
@pytest.mark.usefixtures("parts")
def test_an_export_of_reviews_that_is_to_be_narrowed_is_refused(tmp_path: Path, narrowed: str) -> None:
    words = narrowed.split()
    app = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None)
    register(app)
    with pytest.raises(UsageError, match=f"leave out {words[0] if words[0] != 'lũ' else 'the query'}"):
        CliRunner().invoke(app, [str(tmp_path / "out.jsonl"), *words, "--reviews"], catch_exceptions=False)
    assert not (tmp_path / "out.jsonl").exists()
    CliRunner().invoke(app, [str(tmp_path / "out.jsonl"), "--reviews"], catch_exceptions=False)
    assert (tmp_path / "out.jsonl").exists()
