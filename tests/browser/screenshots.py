"""A served demo → the pictures that the README shows.

python -m tests.browser.screenshots "http://127.0.0.1:8765/login?token=…" docs/screenshots
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright

WIDE = {"width": 1440, "height": 900}


def take(link: str, folder: Path) -> list[Path]:
    """Log in by a one-time link and picture the overview, a search with a post, and the queue."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = urlsplit(link)
    with sync_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(viewport=WIDE, color_scheme="light").new_page()  # type: ignore[arg-type]
        page.goto(link)
        root = f"{parts.scheme}://{parts.netloc}"
        taken = [_picture(page, root + path, folder / name) for path, name in _screens(page, root)]
        browser.close()
    return taken


def _screens(page: Page, root: str) -> list[tuple[str, str]]:
    """The search pictured is of a post that many copied: the first that the overview says is spreading."""
    page.goto(f"{root}/?to=28/10/2026")
    spreading = page.locator(".growing a.lead").first.get_attribute("href") or ""
    post = spreading.removeprefix("/posts/")
    return [
        ("/", "overview.png"),
        (f"/search?q=vo+dap&post={post}", "search.png"),
        ("/queue", "queue.png"),
    ]


def _picture(page: Page, address: str, file: Path) -> Path:
    page.goto(address)
    page.evaluate("() => document.fonts.ready.then(() => {})")
    page.wait_for_timeout(500)
    page.screenshot(path=file)
    return file


if __name__ == "__main__":
    for each in take(sys.argv[1], Path(sys.argv[2])):
        sys.stdout.write(f"{each}\n")
