"""One file, two imports at once: the second says so, and the first counts each row once."""

from __future__ import annotations

from pathlib import Path

from sangtin.pipeline.importing import import_file, rejected_file
from sangtin.pipeline.parts import opened
from sangtin.record import runs
from sangtin.settings import Settings
from tests.pipeline.running import Home, write_jsonl


def test_the_second_import_of_a_file_waits_for_the_first(home: Home, tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"id": n, "text": f"bài số {n}"} for n in range(1_500)]
    file = write_jsonl(tmp_path / "posts.jsonl", [*rows, {"id": "none"}])
    other = write_jsonl(tmp_path / "other.jsonl", [{"id": "other", "text": "bài khác"}])
    said: list[str] = []

    def meanwhile(_bytes: int) -> None:
        if not said:
            said.append(home.run("import", str(file), "--source", "a", expect=5))
            said.append(home.run("import", str(other), "--source", "a"))

    with opened(Settings(home=home.folder, record="", search="")) as parts:
        done = import_file(parts, file, "a", advance=meanwhile)
        with parts.record.read() as connection:
            finished = [run for run in runs.latest(connection) if run.position > 1]
        rejected = rejected_file(parts, "a", finished[0]).read_text(encoding="utf-8")
    assert "Another process" in said[0]
    assert "1 new" in said[1]
    assert (done.new, done.seen, done.rejected) == (1_500, 0, {"no text": 1})
    assert len(rejected.splitlines()) == 1
    assert "1,500 seen" in home.run("import", str(file), "--source", "a")
    assert home.ledger().identified == 1_501
