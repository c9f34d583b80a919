"""Pictures of one control in its surroundings: how it was when all was well, and what is proposed in its place now."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from flows.errors import FlowError
from flows.faults import named_faults

if TYPE_CHECKING:
    from playwright.sync_api import FloatRect, Locator

_AROUND = 60.0  # CSS pixels on each side
_WAIT_MS = 1_000.0
_DRAW = "(e) => { const before = e.style.outline; e.style.outline = '3px solid #d00'; return before; }"
_WIPE = "(e, before) => { e.style.outline = before; }"


def picture_of(control: Locator) -> bytes | None:
    """Takes a picture of a control with what lies around it, outlined; None where it cannot be shown.

    Nothing is pressed; the outline is taken away again.
    """
    with contextlib.suppress(FlowError), named_faults("a picture of a control"):
        control.scroll_into_view_if_needed(timeout=_WAIT_MS)
        before = control.evaluate(_DRAW, timeout=_WAIT_MS)
        try:
            box = control.bounding_box(timeout=_WAIT_MS)
            return control.page.screenshot(clip=_around(box, control)) if box is not None else None
        finally:
            control.evaluate(_WIPE, before, timeout=_WAIT_MS)
    return None


def _around(box: FloatRect, control: Locator) -> FloatRect:
    size = control.page.viewport_size or {"width": 1280, "height": 720}
    left, top = max(0.0, box["x"] - _AROUND), max(0.0, box["y"] - _AROUND)
    right = min(float(size["width"]), box["x"] + box["width"] + _AROUND)
    bottom = min(float(size["height"]), box["y"] + box["height"] + _AROUND)
    return {"x": left, "y": top, "width": max(1.0, right - left), "height": max(1.0, bottom - top)}
