"""Every page of the desk, at every width and in both themes: nothing is cut, laid over, or shuts somebody out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evidence_store.journal import Actor
from monitor.bootstrap import Installation
from monitor.closed_lists.incident_kinds import IncidentKind
from monitor.closed_lists.states import AppealState, ReviewDecision
from monitor.use_cases.deciding import Looked, approve_shown, decide
from tests.appeal_world import LIST_TERMS
from tests.browser.test_desk import drafts
from tests.desk_browser import Desk, entries_of, serve_desk
from tests.desk_looks import CONTRAST, GEOMETRY, axe, examine
from tests.desk_world import ACCOUNT, PRODUCTS, account_section, ask_question, leave_unknown, make_desk_home

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

REVIEW = f"01a27706-0448-7aa4-9fa8-{6:012d}"
UNKNOWN = f"01a27700-0448-7aa4-9fa8-{0:012d}"
ASKED = f"01a27701-0448-7aa4-9fa8-{1:012d}"
APPROVED = f"01a27702-0448-7aa4-9fa8-{2:012d}"
ASIDE = f"01a27703-0448-7aa4-9fa8-{3:012d}"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    accounts = [account_section(ACCOUNT, list(PRODUCTS)), account_section("second")]
    made = make_desk_home(tmp_path_factory.mktemp("looks") / "home", account=accounts)
    put_in_every_state(made.installation)
    with serve_desk(made.home) as running:
        yield running


def put_in_every_state(installation: Installation) -> None:
    """Of the drafts one gets unknown, one is asked about, one is approved; a review is put off, and things go wrong."""
    with installation.state.read() as tx:
        appeals = {one.review_id: one for one in tx.appeals.of_account(ACCOUNT)}
    leave_unknown(installation, appeals[UNKNOWN].id)
    ask_question(installation, appeals[ASKED].id, "Пришлите снимок упаковки и номер отправления.")
    approved = appeals[APPROVED]
    looked = Looked(ACCOUNT, APPROVED, approved.review_version)
    anna = Actor(kind="operator", id="desk/inbox:Анна Петрова", name="Анна Петрова")
    approve_shown(
        installation.state, looked, approved.id, approved.payload_hash, actor=anna, terms=lambda _: LIST_TERMS
    )
    aside = [Looked(ACCOUNT, ASIDE, 1)]
    decide(installation.state, aside, ReviewDecision.ASKED, actor=anna, note="Мнение или обвинение?")
    with installation.state.transaction() as tx:
        tx.incidents.begin(ACCOUNT, IncidentKind.POLL_BROKEN, subject="1001", detail="no list of reviews", is_open=True)
        tx.accounts.stop(ACCOUNT, "the site asks for a person")


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
    """Every page in each of its states."""
    appeals = drafts(desk)
    one = f"{ACCOUNT}/{REVIEW}"
    return (
        *("/inbox", f"/inbox/{one}", f"/inbox/{one}?show=changes", "/inbox?view=do_not_file", "/inbox?q=ничего"),
        *(f"/inbox/{ACCOUNT}/{APPROVED}", f"/inbox/{ACCOUNT}/{ASIDE}", "/inbox/decided"),
        *("/appeals", "/appeals?look=board", "/appeals?stage=going", "/appeals?stage=done"),
        *(f"/appeals/{appeals[name].id}" for name in (UNKNOWN, ASKED, APPROVED)),
        *(f"/case/{one}", f"/case/{one}/colleague", "/case/shop/none"),
        *("/products", f"/products/{ACCOUNT}/1001", f"/products/{ACCOUNT}/none", "/accounts", "/start"),
        *("/log", "/log?kind=decisions", "/health", "/help", "/work", "/nowhere"),
    )


def test_every_page_is_whole_at_every_width_and_in_both_themes(desk: Desk, page: Page) -> None:
    for path in paths(desk):
        page.goto(desk.origin + path)
        examine(page, re.sub(r"\W+", "-", path).strip("-"))
    page.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=\"/static/mark.svg\">')")
    assert "image-alt" in {rule for rule, _ in axe(page)}  # the controls
    page.evaluate("Object.assign(document.querySelector('h1').style, { color: '#282828', background: '#303030' })")
    assert [rule for rule, _ in axe(page, only=CONTRAST)] == [CONTRAST]


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (".acts { width: 3000px }", "cut"),
        (".acts .btn { width: 20px; white-space: nowrap; padding: 0 }", "too narrow"),
        (".acts form { margin-right: -60px }", "over each other"),
        (".checks li { grid-template-columns: 20px 40px 1fr } .checks p { grid-column: 2 / 3 }", "squeezed"),
        (".pane { min-width: 1400px } .inbox { width: 1900px }", "sideways"),
    ],
)
def test_a_broken_layout_is_found(desk: Desk, page: Page, rule: str, told: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    css = (Path(__file__).parents[2] / "monitor/desk/static/desk.css").read_text("utf-8")
    page.route("**/desk.css", lambda route: route.fulfill(body=css + rule, content_type="text/css"))
    page.goto(f"{desk.origin}/inbox")
    assert any(told in one for one in page.evaluate(GEOMETRY))


def test_of_an_unknown_appeal_only_what_is_safe_can_be_said(desk: Desk, page: Page) -> None:
    before = len(entries_of(desk.installation(), ACCOUNT))
    page.goto(f"{desk.origin}/appeals")
    page.locator(".tbl a", has_text="дебил").first.click()
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
