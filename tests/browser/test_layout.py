"""Every screen in a real browser, wide, middling and narrow, light and dark: nothing overlaps or fades."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.api.desk import Desk
from tests.browser.conftest import Window, open_window

pytestmark = pytest.mark.browser
SIZES = {"wide": (1440, 900), "middling": (1024, 700), "phone": (390, 844)}
SCREENS = {
    "overview": "/",
    "search": "/search?q=ngap",
    "hit": "/search?q=ngap&post=bao-mau:1",
    "nothing": "/search?q=khongco&exact=1",
    "mistake": "/search?q=(lu))",
    "post": "/posts/bao-mau:1",
    "queue": "/queue",
    "sources": "/sources",
    "missing": "/nowhere",
}
# Pairs of controls that people can see and press, and that cover each other.
OVERLAPS = """() => {
  const seen = [...document.querySelectorAll("main a, main button, main input, main select, header a,"
    + " header button, header input:not([type=hidden]), header summary, nav a")]
    .filter((e) => !e.closest("svg, dialog, .unseen, .card-keys") && !e.matches(".unseen")
      && e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }));
  const boxes = seen.flatMap((e) => [...e.getClientRects()].map((r) => [e, r]));
  const wrong = [];
  for (const [a, p] of boxes) for (const [b, q] of boxes) {
    if (a === b || a.contains(b) || b.contains(a)) continue;
    if (a.closest("nav") || b.closest("nav")) continue;
    if (p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 1 && q.top < p.bottom - 1) {
      wrong.push(a.textContent.trim() + " / " + b.textContent.trim());
    }
  }
  return wrong;
}"""
# Texts whose contrast with what is behind them is less than WCAG 2.2 asks (1.4.3): 4.5, or 3 where large.
FAINT = """() => {
  const numbers = (c) => { const [r, g, b, a = 1] = c.match(/[\\d.]+/g).map(Number); return [r, g, b, a]; };
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => {
    for (let at = e; at; at = at.parentElement) {
      const c = numbers(getComputedStyle(at).backgroundColor);
      if (c[3] === 1) return c;
    }
    return [255, 255, 255, 1];
  };
  const faint = [];
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    const shown = e.checkVisibility({ checkVisibilityCSS: true });
    if (!own || !shown || e.closest("svg, .unseen, dialog")) continue;
    const style = getComputedStyle(e);
    const [a, b] = [light(numbers(style.color)), light(behind(e))].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    if ((a + 0.05) / (b + 0.05) < least) faint.push(e.className + ": " + e.textContent.trim().slice(0, 40));
  }
  return faint;
}"""

# What a screen reader would stumble over: a control without a name, an id twice or pointing at nothing, a
# table without heads, a level of headings left out; and targets lower than 24 pixels (WCAG 2.2, 2.5.8).
STUMBLES = """() => {
  const wrong = [];
  const labels = (e) => [...(e.labels || [])].map((label) => label.textContent);
  const words = (e) => [e.ariaLabel, e.textContent, e.title, ...labels(e)].join("").trim();
  const controls = "a[href], button, input:not([type=hidden]), select, summary";
  const nameless = [...document.querySelectorAll(controls)].filter((e) => !words(e));
  wrong.push(...nameless.map((e) => "no name: " + e.outerHTML.slice(0, 80)));
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  wrong.push(...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => "twice: " + id));
  for (const e of document.querySelectorAll("[aria-labelledby], [aria-describedby]")) {
    const to = [e.getAttribute("aria-labelledby"), e.getAttribute("aria-describedby")].join(" ").split(" ");
    wrong.push(...to.filter((id) => id && !document.getElementById(id)).map((id) => "nowhere: " + id));
  }
  if (document.querySelector("th:not([scope])")) wrong.push("a head of nothing");
  const levels = [...document.querySelectorAll("h1, h2, h3, h4")].filter((e) => e.checkVisibility())
    .map((e) => Number(e.tagName[1]));
  if (levels.some((level, i) => level > (levels[i - 1] ?? 1) + 1)) wrong.push("headings: " + levels);
  for (const e of document.querySelectorAll("main a, main button, nav a, header button, header summary")) {
    const low = e.getBoundingClientRect().height;
    const inline = getComputedStyle(e).display === "inline";
    if (inline || !e.checkVisibility() || e.closest("svg, .unseen")) continue;
    if (low > 0 && low < 23.5) wrong.push("low: " + e.textContent.trim());
  }
  return wrong;
}"""


@pytest.fixture(scope="module", params=[(s, t) for s in SIZES for t in ("light", "dark")], ids="-".join)
def look(request: pytest.FixtureRequest, chromium: Browser, shared_desk: Desk) -> Iterator[Window]:
    """A window of one size in one theme."""
    size, theme = request.param
    width, height = SIZES[size]
    context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
    yield open_window(context, shared_desk)
    context.close()


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_fits_is_legible_and_nothing_overlaps(look: Window, screen: str) -> None:
    look.complaints.clear()
    page = look.go(SCREENS[screen])
    wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1]
    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate(FAINT) == []
    assert page.evaluate(STUMBLES) == []
    assert look.complaints == []


def test_the_face_was_drawn_for_vietnamese(look: Window) -> None:
    page = look.go("/posts/bao-mau:1")
    loaded = page.evaluate("[...document.fonts].filter((f) => f.status === 'loaded').map((f) => f.family)")
    assert any("Be Vietnam Pro" in family for family in loaded)
    size, line = page.evaluate(
        """() => { const s = getComputedStyle(document.querySelector(".post-text"));
        return [parseFloat(s.fontSize), parseFloat(s.lineHeight)]; }"""
    )
    assert size >= 16
    assert line / size >= 1.6


def test_the_rail_has_room_for_millions_that_wait(look: Window) -> None:
    page = look.go("/queue")
    page.locator("#rail-waiting").evaluate("count => count.textContent = '4.723.945'")
    if page.evaluate("() => window.innerWidth") == SIZES["wide"][0]:  # else the number has its own line
        heights = page.locator(".rail a").evaluate_all("links => links.map((link) => link.offsetHeight)")
        assert len(set(heights)) == 1
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    assert page.locator(".rail").evaluate("rail => rail.scrollWidth <= rail.clientWidth")


def test_the_rail_is_a_bar_at_the_bottom_of_a_phone(look: Window) -> None:
    page = look.go("/")
    size = page.viewport_size
    rail = page.locator(".rail").bounding_box()
    assert size
    assert rail
    if size["width"] < 640:
        assert rail["y"] + rail["height"] == size["height"]
        assert rail["width"] == size["width"]
    else:
        assert rail["x"] == 0
        assert rail["width"] <= size["width"] / 6
