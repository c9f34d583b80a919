"""Whether a page of the desk is whole: nothing cut or laid over at any width, and nothing that axe finds.

``FAIRREVIEW_TEST_SHOTS`` names a folder for pictures of all that is examined, to be looked at by a person.
"""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

WIDTHS = (360, 800, 1280, 1920)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GEOMETRY = """() => {
  const wrong = [], shown = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) wrong.push("the page scrolls sideways");
  const hidden = (one) => one.closest(".unseen, .skip, .rail__word, .wide-only, details:not([open]) > :not(summary)");
  const controls = [...document.querySelectorAll("a, button, summary, input:not([type=hidden]), select, textarea")]
    .filter((one) => shown(one) && !hidden(one));
  for (const one of controls) {
    const box = one.getBoundingClientRect();
    if (box.right > innerWidth + 1 || box.left < -1) wrong.push(`cut: ${one.outerHTML.slice(0, 80)}`);
    if (one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX === "visible" && one.matches(".btn"))
      wrong.push(`too narrow: ${one.outerHTML.slice(0, 80)}`);
  }
  for (const one of document.querySelectorAll("dd, dt, td, th, p, li > span")) {
    const box = one.getBoundingClientRect();
    if (shown(one) && !hidden(one) && box.width && box.width < 64 && box.height > 100) wrong.push(`squeezed: ${one.outerHTML.slice(0, 80)}`);
  }
  for (const one of document.querySelectorAll(".sheet__head h2"))
    if (shown(one) && one.getBoundingClientRect().width < 140 && one.getBoundingClientRect().height > 100) wrong.push(`squeezed: ${one.outerHTML.slice(0, 80)}`);
  for (const one of document.querySelectorAll(".toasts .btn, .acts .btn"))
    if (shown(one) && one.getBoundingClientRect().height > 60) wrong.push(`in pieces: ${one.outerHTML.slice(0, 80)}`);
  for (const one of document.querySelectorAll(".tabs a > span"))
    if (shown(one) && one.getClientRects().length > 1 || one.getBoundingClientRect().height > 22) wrong.push(`in two lines: ${one.outerHTML.slice(0, 80)}`);
  for (const one of document.querySelectorAll("svg text"))
    if (shown(one) && one.getBoundingClientRect().height < 9) wrong.push(`too small to be read: ${one.textContent}`);
  for (const group of document.querySelectorAll(".acts, .sheet__head, .seg, .stages, .line")) {
    const boxes = [...group.children].filter(shown).map((one) => one.getBoundingClientRect()).filter((box) => box.width);
    boxes.forEach((a, at) => boxes.slice(at + 1).forEach((b) => {
      if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
        wrong.push(`over each other in ${group.className}`);
    }));
  }
  return wrong;
}"""  # noqa: E501 - script of the page

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
SHOTS = os.environ.get("FAIRREVIEW_TEST_SHOTS", "")
PHONE, DESKTOP = 360, 1280
CONTRAST = "color-contrast"


def examine(page: Page, name: str, *controls: str) -> None:
    """Holds that what is shown is whole: its controls are there, nothing is cut at any width, axe finds nothing."""
    for control in controls:
        assert page.locator(control).first.is_visible(), (name, control)
    page.evaluate(AXE)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(GEOMETRY) == [], (name, width)
        if SHOTS and width in {PHONE, DESKTOP}:
            _shoot(page, name, width)
        if width == DESKTOP:
            page.emulate_media(color_scheme="light")
            assert axe(page) == [], (name, "light")
            page.emulate_media(color_scheme="dark")
            assert axe(page, only=CONTRAST) == [], (name, "dark")
        elif width == PHONE:  # its contrasts are those of the desktop
            assert axe(page, without=CONTRAST) == [], (name, "phone")
    page.set_viewport_size({"width": DESKTOP, "height": 800})


def axe(page: Page, *, only: str = "", without: str = "") -> list[tuple[str, list[str]]]:
    """Returns what axe finds, a rule with two places each; axe itself must be on the page already."""
    wanted: dict[str, Any] = {"runOnly": [only] if only else RULES}
    if without:
        wanted["rules"] = {without: {"enabled": False}}
    found = page.evaluate("wanted => axe.run(document, wanted)", wanted)["violations"]
    return [(one["id"], [node["html"][:100] for node in one["nodes"][:2]]) for one in found]


def _shoot(page: Page, name: str, width: int) -> None:
    Path(SHOTS).mkdir(parents=True, exist_ok=True)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{theme}.png", full_page=width == PHONE)
