"""Every page of the desk, at every width and in both themes: nothing is cut, laid over, or shuts somebody out."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from monitor.states import AppealState
from tests.browser.test_desk import drafts
from tests.desk_browser import Desk, entries_of, open_desk
from tests.desk_world import ACCOUNT, leave_unknown, make_desk_home

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

REVIEW = f"01a27701-0448-7aa4-9fa8-{1:012d}"
UNKNOWN = f"01a27700-0448-7aa4-9fa8-{0:012d}"
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
  for (const group of document.querySelectorAll(".acts, .sheet__head, .seg, .stages, .line")) {
    const boxes = [...group.children].filter(shown).map((one) => one.getBoundingClientRect()).filter((box) => box.width);
    boxes.forEach((a, at) => boxes.slice(at + 1).forEach((b) => {
      if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
        wrong.push(`over each other in ${group.className}`);
    }));
  }
  return wrong;
}"""  # noqa: E501 - script of the page


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = make_desk_home(tmp_path_factory.mktemp("looks") / "home")
    with made.installation.state.read() as tx:
        [appeal] = [one for one in tx.appeals.of_account(ACCOUNT) if one.review_id == UNKNOWN]
    leave_unknown(made.installation, appeal.id)
    with open_desk(made.home) as running:
        yield running


@pytest.fixture(scope="module")
def context(desk: Desk, browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context()
    desk.enter(made.new_page())
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    made = context.new_page()
    yield made
    made.close()


def paths(desk: Desk) -> tuple[str, ...]:
    appeal = drafts(desk)[UNKNOWN].id
    one = f"{ACCOUNT}/{REVIEW}"
    return (
        *("/inbox", f"/inbox/{one}", f"/inbox/{one}?show=changes", "/inbox?view=do_not_file", "/inbox?q=ничего"),
        *("/inbox/decided", "/appeals", f"/appeals/{appeal}", f"/case/{one}", "/log", "/health", "/help"),
    )


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_lies_over_another_or_scrolls_sideways(desk: Desk, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for path in paths(desk):
        page.goto(desk.origin + path)
        assert page.evaluate(GEOMETRY) == [], (path, width)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (".acts { width: 3000px }", "cut"),
        (".acts .btn { width: 20px; white-space: nowrap; padding: 0 }", "too narrow"),
        (".acts form { margin-right: -60px }", "over each other"),
        (".pane { min-width: 1400px } .inbox { width: 1900px }", "sideways"),
    ],
)
def test_a_broken_layout_is_found(desk: Desk, page: Page, rule: str, told: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    css = (Path(__file__).parents[2] / "monitor/desk/static/desk.css").read_text("utf-8")
    page.route("**/desk.css", lambda route: route.fulfill(body=css + rule, content_type="text/css"))
    page.goto(f"{desk.origin}/inbox")
    assert any(told in one for one in page.evaluate(GEOMETRY))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(desk: Desk, page: Page, theme: str) -> None:
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    for width in (360, 1366):
        page.set_viewport_size({"width": width, "height": 800})
        for path in paths(desk):
            page.goto(desk.origin + path)
            page.evaluate(axe)
            found = page.evaluate("tags => axe.run(document, { runOnly: tags })", RULES)["violations"]
            assert [(one["id"], [node["html"][:100] for node in one["nodes"][:2]]) for one in found] == [], path
    page.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=\"/static/mark.svg\">')")
    found = page.evaluate("tags => axe.run(document, { runOnly: tags })", RULES)["violations"]
    assert "image-alt" in {one["id"] for one in found}  # the control


def test_of_an_unknown_appeal_only_what_is_safe_can_be_said(desk: Desk, page: Page) -> None:
    before = len(entries_of(desk.installation(), ACCOUNT))
    page.goto(f"{desk.origin}/appeals")
    page.locator(".tbl a").first.click()
    page.locator("#appeal", has_text="Возможно, обращение у неё уже есть").wait_for()
    assert page.get_by_role("radio", name="Его там нет").is_disabled()
    assert page.get_by_role("button", name="Отправить").count() == 0
    page.get_by_role("radio", name="Оно там есть").check()
    page.get_by_label("Номер на площадке").fill("А-000777")
    page.get_by_label("Где вы смотрели").fill("В «Моих обращениях», третья строка.")
    page.get_by_role("button", name="Записать").click()
    page.locator(".toast", has_text="Записано").wait_for()
    found = drafts(desk)[UNKNOWN]
    assert found.number == "А-000777"
    assert found.state in {AppealState.CONFIRMED, AppealState.ACKNOWLEDGED}
    assert len(entries_of(desk.installation(), ACCOUNT)) == before + 1
    page.goto(f"{desk.origin}/case/{ACCOUNT}/{UNKNOWN}")
    assert "третья строка" in page.locator(".tl").inner_text()
