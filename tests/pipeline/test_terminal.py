"""What a command prints: safe for the terminal of who reads it, unchanged for programs."""

from __future__ import annotations

import json

import pytest

from sangtin.cli.terminal import emit, emit_json

HOSTILE = "a\x1b]52;c;cm0=\x07\x9b2Jb\rc\x7f\u202edcba\u2066"


def test_a_post_cannot_command_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    emit(HOSTILE)
    shown = capsys.readouterr().out
    assert shown == "a\ufffd]52;c;cm0=\ufffd\ufffd2Jb\ufffdc\ufffd\ufffddcba\ufffd\n"


@pytest.mark.parametrize("text", ["Đường\tngập\nhai dòng", "✊🏽 👨‍👩‍👧 e\u0301", "a\u200bb", ""])
def test_words_signs_and_lines_stay_as_they_are(capsys: pytest.CaptureFixture[str], text: str) -> None:
    emit(text)
    assert capsys.readouterr().out == text + "\n"


def test_programs_get_every_character(capsys: pytest.CaptureFixture[str]) -> None:
    emit_json({"text": HOSTILE})
    assert json.loads(capsys.readouterr().out) == {"text": HOSTILE}
    emit_json("\ud800")
    assert json.loads(capsys.readouterr().out) == "\ud800"
