"""`sangtin dedupe`: a row for each row, in order, and reasons instead of tracebacks."""

from __future__ import annotations

import gzip
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from dedupe.jsonl import LONGEST_LINE
from tests import commands
from tests.dedupe.cases import bases

FLOOD, FIRE = bases()["b01"], bases()["b03"]


def run(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return commands.run("dedupe", *arguments, given=given)


def lines(*rows: object) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


def parsed(output: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_each_row_has_a_row_in_its_order() -> None:
    given = lines(
        {"id": "a", "text": FLOOD},
        {"id": 7, "text": FIRE},
        {"id": "c", "text": FLOOD.upper()},
        {"id": "d", "text": ""},
    )
    done = run(given=given)
    found = parsed(done.stdout)
    assert done.returncode == 0
    assert done.stderr == b""
    assert [row["id"] for row in found] == ["a", 7, "c", "d"]
    assert [row["of"] for row in found] == [None, None, "a", None]
    assert [row["relation"] for row in found] == ["original", "original", "exact", "original"]
    assert found[0]["cluster"] == found[2]["cluster"] != found[1]["cluster"]
    assert found[2]["similarity"] == 1.0


def test_what_is_read_is_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_bytes(lines({"id": "a", "text": FLOOD}))
    done = run(str(file), "--output", str(file))
    assert done.returncode == 2
    assert b"is what is read" in done.stderr
    assert file.read_bytes() == lines({"id": "a", "text": FLOOD})


@pytest.mark.parametrize("packed", [False, True])
def test_it_reads_and_writes_files(tmp_path: Path, packed: bool) -> None:
    source, target = tmp_path / "posts.jsonl", tmp_path / "copies.jsonl"
    given = lines({"id": "a", "text": FLOOD}, {"id": "b", "text": "COPY: " + FLOOD})
    source.write_bytes(gzip.compress(given) if packed else given)
    done = run(str(source), "--output", str(target))
    assert done.returncode == 0
    assert done.stdout == b""
    assert [row["of"] for row in parsed(target.read_bytes())] == [None, "a"]


BROKEN = [
    (b"{", "not JSON"),
    (b"\xff\xfe\x00", "not JSON"),
    (b"[" * 100_000, "not JSON"),
    (b"[1, 2]", "not a JSON object"),
    (b'{"text": "x"}', "no id"),
    (b'{"id": null, "text": "x"}', "no id"),
    (b'{"id": "a"}', "no text"),
    (b'{"id": "a", "text": 5}', "no text"),
    (b'{"id": "a", "text": "' + b"x" * LONGEST_LINE + b'"}', "longer than 16 MiB"),
]


@pytest.mark.parametrize(("line", "reason"), BROKEN, ids=[reason for _, reason in BROKEN])
def test_a_broken_line_is_named_and_the_others_are_placed(line: bytes, reason: str) -> None:
    good = lines({"id": "good", "text": FLOOD})
    done = run(given=good + b"\n" + line + b"\n" + good)
    found = parsed(done.stdout)
    assert done.returncode == 3
    assert [row.get("of") for row in found] == [None, None, "good"]
    assert reason in found[1]["error"]
    assert f"Line 2: {reason}".encode() in done.stderr
    assert b"Traceback" not in done.stderr


def test_texts_that_are_hard_to_write_come_through() -> None:
    texts = ["\x00\x1e\n\t", "\ud800 lẻ", "😂" * 50, "a" * 100_000, "\u202e ngược", "\x1e" + FLOOD]
    done = run(given=lines(*({"id": str(n), "text": text} for n, text in enumerate(texts))))
    assert done.returncode == 0
    assert len(parsed(done.stdout)) == len(texts)


def test_nothing_in_nothing_out() -> None:
    done = run(given=b"\n\n")
    assert (done.returncode, done.stdout) == (0, b"")


@pytest.mark.parametrize("arguments", [("missing.jsonl",), ("-", "--output", "/missing/folder/out.jsonl")])
def test_a_file_that_is_not_there_is_said(arguments: tuple[str, ...]) -> None:
    done = run(*arguments, given=b"")
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_a_damaged_gzip_file_is_said(tmp_path: Path) -> None:
    source = tmp_path / "posts.jsonl.gz"
    source.write_bytes(gzip.compress(lines({"id": "a", "text": FLOOD}))[:-12])
    done = run(str(source))
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr


def test_a_stream_longer_than_a_batch_is_placed_as_one() -> None:
    rows = [{"id": n, "text": f"{FLOOD} Mã {n % 1500}"} for n in range(3000)]
    found = parsed(run(given=lines(*rows)).stdout)
    assert [row["of"] for row in found[1500:]] == list(range(1500))
    assert all(row["of"] is None for row in found[:1500])


def packed(rows: int) -> bytes:
    return gzip.compress(lines(*({"id": n, "text": f"{FLOOD} Mã {n}"} for n in range(rows))) + b"\n", mtime=0)


WHOLE = packed(60)
DAMAGED = {
    "cut": (WHOLE[:-12], 0),
    "checksum": (WHOLE[:-8] + bytes(4) + WHOLE[-4:], 0),
    "broken stream": (WHOLE[:40] + b"\xff" * 40 + WHOLE[80:], 0),
    "rubbish behind": (WHOLE + b"rubbish", 60),
    "rubbish behind a batch": (packed(1500) + b"rubbish", 1500),
}


@pytest.mark.parametrize("piped", [True, False])
@pytest.mark.parametrize("kind", DAMAGED)
def test_damage_is_said_and_what_lies_before_it_is_placed(kind: str, piped: bool, tmp_path: Path) -> None:
    given, least = DAMAGED[kind]
    file = tmp_path / "posts.jsonl.gz"
    file.write_bytes(given)
    done = run(given=given) if piped else run(str(file))
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr
    assert b"Aborted" not in done.stderr
    assert (b"The pipe" if piped else file.name.encode()) + b" is a damaged gzip file" in done.stderr
    assert len(parsed(done.stdout)) >= least
