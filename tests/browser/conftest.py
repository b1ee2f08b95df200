"""A real Chromium without a window, in front of a served desk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.api.desk import PERSON, Desk, copied, make_desk, open_desk

# A browser of this machine; or the one that this variable names.
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


@dataclass
class Window:
    """A page of someone who has logged in, and whatever its console complained of."""

    page: Page
    desk: Desk
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open a screen and wait until it is drawn."""
        self.page.goto(self.desk.url + path)
        self.page.evaluate("() => document.fonts.ready.then(() => {})")
        return self.page


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser; the test is skipped where there is none.

    One a file, not one a run: playwright keeps an event loop running in this thread for as long as it is
    open, and tests elsewhere run loops of their own.
    """
    found = os.environ.get("SANGTIN_TEST_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.skip("there is no Chromium here; install one or set SANGTIN_TEST_BROWSER")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def made_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a desk that tests copy."""
    folder = tmp_path_factory.mktemp("made")
    make_desk(folder)
    return folder


@pytest.fixture(scope="session")
def shared_desk(made_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk for tests that only look."""
    with open_desk(copied(made_desk, tmp_path_factory.mktemp("shared"))) as desk:
        yield desk


@pytest.fixture
def desk(made_desk: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk of its own for a test that changes something."""
    with open_desk(copied(made_desk, tmp_path)) as opened:
        yield opened


@pytest.fixture
def window(chromium: Browser, desk: Desk) -> Iterator[Window]:
    """A window on a desk of its own; nothing may have been complained of at the end."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="no-preference")
    opened = open_window(context, desk)
    yield opened
    context.close()
    assert opened.complaints == []


def open_window(context: BrowserContext, desk: Desk, person: str = PERSON) -> Window:
    """A page on which a person has logged in and that notes what goes wrong."""
    window = Window(context.new_page(), desk)
    window.page.on("pageerror", lambda error: window.complaints.append(str(error)))
    window.page.on("console", lambda said: _note(window, said.type, said.text))
    window.page.goto(f"{desk.url}/login?token={desk.link(person)}")
    return window


def _note(window: Window, kind: str, text: str) -> None:
    """The browser reports every answer of 400 and more as an error; tests ask for those on purpose."""
    if kind in ("error", "warning") and "Failed to load resource" not in text:
        window.complaints.append(text)
