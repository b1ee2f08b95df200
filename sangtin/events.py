"""What happens while a command runs → lines with fields on standard error, without secrets."""

from __future__ import annotations

import re
import sys
from typing import Any

# The password of a URL, as in postgresql://name:password@host.
_PASSWORD = re.compile(r"(?<=://)([^/\s:@]*):[^/\s]*@")


def without_secrets(text: str) -> str:
    """A text in which no URL shows its password."""
    return _PASSWORD.sub(r"\1:***@", text)


def warn(event: str, **fields: object) -> None:
    """Say that something needs a person's eye. Fields never hold a post's text, an author or a token."""
    _log().warning(event, **fields)


def note(event: str, **fields: object) -> None:
    """Say that something happened."""
    _log().info(event, **fields)


def _log() -> Any:
    import structlog

    return structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _hide,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
    )


def _hide(_logger: object, _method: str, fields: Any) -> Any:
    return {
        name: without_secrets(value) if isinstance(value, str) else value for name, value in fields.items()
    }
