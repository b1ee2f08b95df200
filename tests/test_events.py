"""Events go to standard error, and no secret goes with them."""

from __future__ import annotations

import pytest

from sangtin import events


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("postgresql://an:b@d-w0rd@db:5432/x is down", "postgresql://an:***@db:5432/x is down"),
        ("https://elastic:s3cret@host:9200", "https://elastic:***@host:9200"),
        ("http://:s3cret@host", "http://:***@host"),
        ("https://host:9200/a@b", "https://host:9200/a@b"),
        ("an@host", "an@host"),
        ("", ""),
    ],
)
def test_no_url_shows_its_password(said: str, shown: str) -> None:
    assert events.without_secrets(said) == shown


def test_an_event_is_one_line_of_fields_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    events.warn("the index is behind", reason="at postgresql://an:s3cret@db/x", number=7)
    events.note("again")
    out, err = capsys.readouterr()
    assert out == ""
    first, second = err.splitlines()
    assert 'event="the index is behind"' in first
    assert "level=warning" in first
    assert "number=7" in first
    assert "s3cret" not in first
    assert "event=again" in second
