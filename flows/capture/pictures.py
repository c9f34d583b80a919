"""Takes the pictures of a page, each by a ladder: the best way first, the next one when it fails, the rung recorded.

Nothing in the page is altered: no style is injected (the caret and animations stay as they are).
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import Error

from flows.pages.source import ask_page

if TYPE_CHECKING:
    from playwright.sync_api import FloatRect, Locator, Page

    from flows.capture.deadline import Deadline

STEP_SECONDS = 8.0
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture, the rung that gave it, and what is wrong with it."""

    data: bytes
    rung: str
    problems: tuple[str, ...] = ()


def png_size(data: bytes) -> tuple[int, int] | None:
    """Reads width and height out of a PNG's header; None when it is no whole PNG."""
    if data[:8] != PNG_SIGNATURE or data[12:16] != b"IHDR" or b"IEND" not in data[-16:]:
        return None
    width, height = struct.unpack(">II", data[16:24])
    return int(width), int(height)


def take_full_page(page: Page, *, tallest: int, deadline: Deadline) -> Picture:
    """Takes the whole page, cut at ``tallest`` pixels; falls back to CDP (which awaits no font) and to the viewport."""
    width, height = page_size(page)
    clip: FloatRect | None = {"x": 0, "y": 0, "width": width, "height": tallest} if height > tallest else None
    problems = (f"the page is {height} px tall, the picture ends at {tallest}",) if clip else ()
    shown = min(height, tallest)

    def by_playwright() -> bytes:
        timeout = deadline.milliseconds(at_most=STEP_SECONDS)
        return page.screenshot(full_page=True, clip=clip, caret="initial", timeout=timeout)

    def by_cdp() -> bytes:
        whole: FloatRect = {"x": 0, "y": 0, "width": width, "height": shown}
        return _cdp_screenshot(page, whole, deadline)

    picture = _climb((("full_page", by_playwright), ("full_page_cdp", by_cdp)), (width, shown), deadline)
    if picture is not None:
        return Picture(data=picture.data, rung=picture.rung, problems=problems + picture.problems)
    return take_viewport(page, deadline=deadline)


def take_viewport(page: Page, *, deadline: Deadline, may_use_cdp: bool = True) -> Picture:
    """Takes what the window shows; an empty picture with its reason when even that fails."""

    def by_playwright() -> bytes:
        return page.screenshot(caret="initial", timeout=deadline.milliseconds(at_most=STEP_SECONDS))

    def by_cdp() -> bytes:
        return _cdp_screenshot(page, None, deadline)

    rungs = (("viewport", by_playwright), ("viewport_cdp", by_cdp))
    picture = _climb(rungs if may_use_cdp else rungs[:1], None, deadline)
    return picture or Picture(data=b"", rung="none", problems=("no picture could be taken",))


def take_element(element: Locator, *, deadline: Deadline) -> Picture:
    """Takes one element as it stands; falls back to cutting it out by CDP."""
    page = element.page
    box = element.bounding_box(timeout=deadline.milliseconds(at_most=STEP_SECONDS))
    if box is None:
        return Picture(data=b"", rung="none", problems=("the element is not visible",))

    def by_playwright() -> bytes:
        return element.screenshot(caret="initial", timeout=deadline.milliseconds(at_most=STEP_SECONDS))

    def by_cdp() -> bytes:
        # The box is in the window's coordinates, CDP clips in the page's.
        scroll_x, scroll_y = ask_page(page, "() => [window.scrollX, window.scrollY]")
        clip: FloatRect = {
            "x": box["x"] + scroll_x,
            "y": box["y"] + scroll_y,
            "width": box["width"],
            "height": box["height"],
        }
        return _cdp_screenshot(page, clip, deadline)

    expected = (round(box["width"]), round(box["height"]))
    picture = _climb((("element", by_playwright), ("element_cdp", by_cdp)), expected, deadline)
    return picture or Picture(data=b"", rung="none", problems=("no picture of the element could be taken",))


def page_size(page: Page) -> tuple[int, int]:
    """Returns the size of the whole page in CSS pixels."""
    width, height = ask_page(
        page,
        "(root) => [root.clientWidth, Math.max(root.scrollHeight, document.body ? document.body.scrollHeight : 0)]",
    )
    return int(width), int(height)


def _climb(
    rungs: tuple[tuple[str, Callable[[], bytes]], ...], expected: tuple[int, int] | None, deadline: Deadline
) -> Picture | None:
    """Tries the rungs in order. A rung counts when it gives a whole PNG of (nearly) the expected size."""
    failures: list[str] = []
    for name, take in rungs:
        if deadline.is_over:
            return None
        try:
            data = take()
        except Error as error:
            failures.append(f"{name}: {next(iter(str(error).splitlines()), 'failed')}")
            continue
        size = png_size(data)
        if size is None:
            failures.append(f"{name}: not a whole picture")
        elif expected is not None and _differs(size, expected):
            failures.append(f"{name}: {size[0]}x{size[1]} px instead of {expected[0]}x{expected[1]}")
        else:
            return Picture(data=data, rung=name, problems=tuple(failures))
    return None


def _differs(size: tuple[int, int], expected: tuple[int, int]) -> bool:
    """Fractions of a pixel are rounded differently by each way of taking a picture."""
    return abs(size[0] - expected[0]) > 2 or abs(size[1] - expected[1]) > 2


def _cdp_screenshot(page: Page, clip: FloatRect | None, deadline: Deadline) -> bytes:
    session = page.context.new_cdp_session(page)
    options: dict[str, object] = {"format": "png"}
    if clip is not None:
        options |= {"captureBeyondViewport": True, "clip": {**clip, "scale": 1}}
    # Without a time-out it waits for ever on a page of which only half has come (measured).
    timeout = deadline.milliseconds(at_most=STEP_SECONDS)
    return base64.b64decode(session.send("Page.captureScreenshot", options, timeout=timeout)["data"])
