"""`sangtin classify`: one answered row for each input row, in order, whatever the text."""

from __future__ import annotations

import gzip
import json
import subprocess
from pathlib import Path

import pytest

import nlp
from nlp.answering import answered
from nlp.jsonl import LONGEST_LINE, objects, rows
from sangtin.errors import InputError, UsageError
from tests import commands

KEYS = ["id", "label", "kind", "scores", "settled", "reader", "model"]


def classify(
    *arguments: str, given: bytes = b"", home: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    where = ["--home", str(home)] if home else []
    return commands.run(*where, "classify", *arguments, given=given)


def jsonl(*rows: object) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def test_each_row_in_order_empty_text_too(tmp_path: Path, folder: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_bytes(jsonl({"id": 7, "text": "Cảm ơn bác sĩ"}, {"id": "b", "text": ""}, {"text": "\ud800"}))
    done = classify(str(file), "--model", str(folder), home=tmp_path)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert [row["id"] for row in rows] == [7, "b", None]
    assert all(list(row) == KEYS for row in rows)
    assert all(abs(sum(row["scores"].values()) - 1) < 1e-9 for row in rows)
    assert rows[0]["model"] == nlp.load(folder).name


def test_from_the_pipe_to_a_file(tmp_path: Path, folder: Path) -> None:
    out = tmp_path / "labels.jsonl"
    done = classify(
        "-",
        "--model",
        str(folder),
        "--output",
        str(out),
        "--text",
        "body",
        given=jsonl({"id": 1, "body": "x"}),
    )
    assert done.returncode == 0
    assert done.stdout == b""
    assert json.loads(out.read_text())["id"] == 1


def test_a_broken_line_has_a_row_of_its_own_and_costs_no_other(folder: Path) -> None:
    given = (
        jsonl({"id": 1, "text": "x"}) + b"{oops\n" + jsonl({"id": 3, "text": None}, {"id": 4, "text": "y"})
    )
    done = classify("--model", str(folder), given=given)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 3
    assert b"standard input:2 is not JSON" in done.stderr
    assert b"2 lines could not be read" in done.stderr
    assert b"Traceback" not in done.stderr
    assert [(row["id"], row["label"] is None, "error" in row) for row in rows] == [
        (1, False, False),
        (None, True, True),
        (3, True, True),
        (4, False, False),
    ]
    assert all(list(row)[: len(KEYS)] == KEYS for row in rows)


def test_what_is_read_is_never_written_over(tmp_path: Path, folder: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_bytes(jsonl({"id": 1, "text": "x"}))
    (tmp_path / "same.jsonl").symlink_to(file)
    for output in (file, tmp_path / "same.jsonl"):
        done = classify(str(file), "--model", str(folder), "--output", str(output))
        assert done.returncode == 2
        assert b"is what is read" in done.stderr
    assert file.read_bytes() == jsonl({"id": 1, "text": "x"})


def test_a_gzip_needs_no_name_that_says_so(tmp_path: Path, folder: Path) -> None:
    packed = gzip.compress(jsonl({"id": 1, "text": "x"}))
    (tmp_path / "posts").write_bytes(packed)
    for done in (
        classify("--model", str(folder), given=packed),
        classify(str(tmp_path / "posts"), "--model", str(folder)),
    ):
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["id"] == 1


def test_an_unknown_model_and_a_missing_file_are_exit_code_2(tmp_path: Path) -> None:
    assert classify("--model", "nowhere", home=tmp_path).returncode == 2
    assert classify(str(tmp_path / "none.jsonl"), home=tmp_path).returncode == 2


def test_rows_come_before_the_input_ends(folder: Path) -> None:
    """Bounded memory: what is read is answered and let go."""
    taken = []

    def rows() -> object:
        for number in range(5_000):
            taken.append(number)
            yield f"x:{number}", {"id": number, "text": "bài"}

    answers = answered(nlp.load(folder), rows())  # type: ignore[arg-type]
    assert next(answers)["id"] == 0
    assert len(taken) <= 1_024


BROKEN = {
    "not UTF-8": (b'{"text": "\xff"}\n', "is not UTF-8"),
    "a list": (b"[1]\n", "not a JSON object"),
    "a number": (b"3\n", "not a JSON object"),
    "nested too deep": (b"[" * 100_000 + b"\n", "nested too deep"),
    "NUL": (b"\x00\n", "is not JSON"),
    "no text": (b'{"id": 1}\n', "has no field 'text'"),
    "text is null": (b'{"text": null}\n', "has no text in 'text'"),
    "text is a number": (b'{"text": 3}\n', "has no text in 'text'"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_every_broken_line_says_where_and_what(tmp_path: Path, model: nlp.Model, name: str) -> None:
    content, said = BROKEN[name]
    file = tmp_path / "broken.jsonl"
    file.write_bytes(b'\xef\xbb\xbf{"text": "good"}\n\n' + content + b'{"text": "good again"}\n')
    first, broken, last = answered(model, rows(file))
    assert said in str(broken["error"])
    assert f"{file}:3" in str(broken["error"])
    assert (broken["label"], broken["settled"], broken["model"]) == (None, False, model.name)
    assert first["label"]
    assert last["label"]


@pytest.mark.parametrize("name", [name for name in BROKEN if "text" not in name])
def test_who_needs_every_line_is_stopped_at_a_broken_one(tmp_path: Path, name: str) -> None:
    file = tmp_path / "broken.jsonl"
    file.write_bytes(b'{"text": "good"}\n' + BROKEN[name][0])
    with pytest.raises(InputError, match=BROKEN[name][1]):
        list(objects(file))


def test_gzip_and_a_cut_gzip(tmp_path: Path) -> None:
    whole = tmp_path / "a.jsonl.gz"
    whole.write_bytes(gzip.compress(jsonl({"text": "x"}) * 100))
    assert len(list(objects(whole))) == 100
    cut = tmp_path / "b.jsonl.gz"
    cut.write_bytes(whole.read_bytes()[:-12])
    with pytest.raises(InputError, match="not a whole gzip"):
        list(objects(cut))
    *before, last = rows(cut)
    assert 0 < len(before) < 100
    assert isinstance(last[1], InputError)
    cut.write_bytes(b"plain")
    with pytest.raises(InputError, match="not a whole gzip"):
        list(objects(cut))


def test_a_line_without_end_is_refused_before_it_fills_memory(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.jsonl.gz"
    with gzip.open(bomb, "wb", compresslevel=1) as writing:
        for _part in range((LONGEST_LINE >> 20) + 2):
            writing.write(b"a" * (1 << 20))
    with pytest.raises(InputError, match="longer than 64 MB"):
        list(objects(bomb))


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a file"):
        list(objects(tmp_path))
