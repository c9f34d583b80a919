"""Small things of the desk that only a browser shows: long names on a phone, a message's button, hours in a clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.desk_browser import Desk, serve_desk
from tests.desk_looks import GEOMETRY, SHOTS
from tests.desk_world import make_desk_home

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
NAME = "Чайник электрический стеклянный 1,7 л Кипятоша С22 с подсветкой"
WIDTHS = (360, 400, 800, 1280)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = make_desk_home(tmp_path_factory.mktemp("small") / "home")
    with serve_desk(made.home) as running:
        yield running


@pytest.fixture
def page(desk: Desk, browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield desk.enter(context.new_page())
    context.close()


def look(page: Page, name: str) -> None:
    """Holds that it is whole at each width; with the pictures of it for a person."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(GEOMETRY) == [], (name, width)
        for theme in ("light", "dark") if SHOTS else ():
            page.emulate_media(color_scheme=theme)
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{theme}.png")


def test_a_long_name_stands_in_a_row_of_its_own_on_a_phone(desk: Desk, page: Page) -> None:
    page.goto(f"{desk.origin}/inbox?view=needs_person")
    page.locator("a.row").first.click()
    page.locator("#pane-title").wait_for()
    page.evaluate("name => { document.querySelector('#pane-title').textContent = name }", NAME)
    look(page, "long-name")
    page.set_viewport_size({"width": 360, "height": 800})
    box = page.locator("#pane-title").bounding_box()
    assert box is not None
    assert box["width"] > 250
    assert page.locator("a.back").inner_text().strip() == "К списку"


def test_the_button_of_a_message_stays_whole_inside_it(desk: Desk, page: Page) -> None:
    page.goto(f"{desk.origin}/inbox?view=do_not_file")
    page.locator(".group button", has_text="Согласиться со всеми").click()
    page.locator(".toast .btn").wait_for()
    look(page, "message")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        message, button = page.locator(".toast").bounding_box(), page.locator(".toast .btn").bounding_box()
        assert message is not None
        assert button is not None
        assert button["x"] + button["width"] <= message["x"] + message["width"], width
        assert button["height"] < 50, width


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (9 * 3600 + 59 * 60 + 30, {"ещё 9 ч 59 мин"}),
        (3 * 3600 + 30, {"ещё 3 ч 0 мин"}),
        (600, {"ещё 10:00", "ещё 9:59", "ещё 9:58", "ещё 9:57"}),
    ],
)
def test_a_clock_of_hours_is_told_in_hours(desk: Desk, page: Page, seconds: int, told: set[str]) -> None:
    page.goto(f"{desk.origin}/help")
    page.evaluate(
        """seconds => {
          const one = document.createElement("span");
          one.id = "clock";
          one.dataset.until = new Date(Date.now() + seconds * 1000).toISOString();
          document.querySelector("h1").append(one);
        }""",
        seconds,
    )
    page.locator("#clock", has_text="ещё").wait_for()
    assert page.locator("#clock").inner_text() in told
