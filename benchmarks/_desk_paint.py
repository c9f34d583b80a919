"""How soon the desk's inbox shows what a key did: from the key to the next paint, as Chromium itself measures it.

Each press is an interaction of the Event Timing API, whose duration (steps of 8 ms) ends at the next paint. Beside it:
until the next review, which the server sends, stands on the page.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

MOST = 100.0
SHORTEST = 16.0  # ms: of anything quicker the browser tells nothing
KEYS: Mapping[str, str] = {
    "j": "next",
    "k": "previous",
    "a": "approve",
    "u": "take back",
    "n": "do not file",
    "s": "put off",
}
# Kept over a page that is loaded anew: a decision must be counted also where it did that.
WATCH = """() => {
  new PerformanceObserver((list) => {
    const kept = JSON.parse(sessionStorage.timed ?? "[]");
    for (const one of list.getEntries()) if (one.interactionId) kept.push(one.duration);
    sessionStorage.timed = JSON.stringify(kept);
  }).observe({ type: "event", durationThreshold: 16, buffered: true });
}"""
CHOSEN = "(document.querySelector('.row[aria-current]')?.getAttribute('href') ?? '')"
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 60)))"


@dataclass(frozen=True)
class KeyCost:
    """What one key costs: to the next paint, and until the next review stands there; in milliseconds."""

    name: str
    painted: list[float]
    answered: list[float]

    @property
    def is_met(self) -> bool:
        """Whether each press was on the screen in time."""
        return max(self.painted) <= MOST

    def told(self) -> str:
        """Medians and worst of both."""
        painted = f"{statistics.median(self.painted):.0f} ms, worst {max(self.painted):.0f}"
        return f"{painted}; next review {statistics.median(self.answered):.0f} ms, worst {max(self.answered):.0f}"


def measure_keys(page: Page, presses: Mapping[str, int]) -> list[KeyCost]:
    """Presses each key so many times, in this order."""
    page.add_init_script(f"({WATCH})()")
    page.reload()
    return [_measure(page, key, count) for key, count in presses.items()]


def _measure(page: Page, key: str, count: int) -> KeyCost:
    painted, answered = [], []
    for _ in range(count):
        page.evaluate("sessionStorage.removeItem('timed')")
        shown = page.evaluate(CHOSEN)
        began = time.perf_counter()
        page.keyboard.press(key)
        page.wait_for_function(f"old => {CHOSEN} !== old && document.readyState === 'complete'", arg=shown)
        answered.append((time.perf_counter() - began) * 1000)
        page.evaluate(PAINTED)
        told = page.evaluate("JSON.parse(sessionStorage.timed ?? '[]')")
        painted.append(max(told, default=SHORTEST))
    return KeyCost(f"key {key.upper()}: {KEYS[key]}", painted, answered)
