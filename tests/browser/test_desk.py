"""The desk in a real browser: look, decide, take back; by mouse, by keys, and without script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from monitor.closed_lists.states import AppealState
from tests.desk_browser import Desk, copy_home, entries_of, serve_desk
from tests.desk_world import ACCOUNT, TEXTS, edit_review, make_desk_home

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

pytestmark = pytest.mark.browser

FIRST = f"01a27702-0448-7aa4-9fa8-{2:012d}"  # the newest of those to file


@pytest.fixture(scope="module")
def ready_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_desk_home(tmp_path_factory.mktemp("desk") / "home").home


@pytest.fixture
def desk(ready_home: Path, tmp_path: Path) -> Iterator[Desk]:
    with serve_desk(copy_home(ready_home, tmp_path)) as running:
        yield running


@pytest.fixture
def page(desk: Desk, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 720})
    made = context.new_page()
    problems: list[str] = []
    made.on(
        "console", lambda said: problems.append(said.text) if said.type == "error" and "409" not in said.text else None
    )
    made.on("request", lambda asked: problems.append(asked.url) if not asked.url.startswith(desk.origin) else None)
    yield desk.enter(made)
    assert problems == []
    context.close()


def drafts(desk: Desk) -> dict[str, Any]:
    with desk.installation().state.read() as tx:
        return {one.review_id: one for one in tx.appeals.of_account(ACCOUNT)}


def test_what_waits_is_shown_with_its_reasons_and_the_exact_text(desk: Desk, page: Page) -> None:
    assert page.title() == f"({len(TEXTS)}) Разбор · fairreview"
    assert page.locator(".row").count() == len(TEXTS)
    assert page.locator(".pane mark").first.inner_text() == "Верните 500 рублей на карту, и отзыв станет пятёркой"
    assert page.locator("#payload").inner_text() == drafts(desk)[FIRST].text
    assert page.locator(".checks li").count() == 4
    picture = page.locator(".shot img")
    assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") == 360
    assert "Само ничего не уйдёт" in page.locator(".list__top").inner_text()


def test_one_key_approves_what_was_shown_and_goes_on_and_another_takes_it_back(desk: Desk, page: Page) -> None:
    before = len(entries_of(desk.installation(), ACCOUNT))
    page.keyboard.press("a")
    page.locator(".toast", has_text="Одобрено").wait_for()
    assert page.locator(".row").count() == len(TEXTS) - 1
    appeal = drafts(desk)[FIRST]
    assert appeal.state is AppealState.APPROVED
    [entry] = entries_of(desk.installation(), ACCOUNT)[before:]
    body = entry.to_entry().read_body()
    assert body is not None
    assert (body.action, body.actor.name, body.actor.id) == (
        "appeal.filing.approved",
        "Анна Петрова",
        "desk/inbox:Анна Петрова",
    )
    page.keyboard.press("u")
    page.locator(".toast", has_text="Решение возвращено").wait_for()
    assert page.locator(".row").count() == len(TEXTS)
    assert drafts(desk)[FIRST].state is AppealState.DRAFT


def test_u_takes_the_last_decision_back_also_when_its_toast_is_gone(page: Page) -> None:
    page.clock.install()
    page.reload()
    page.keyboard.press("n")
    page.locator(".toast", has_text="Не подаём").wait_for()
    page.clock.fast_forward(11_000)
    page.locator(".toast").wait_for(state="hidden")

    page.keyboard.press("u")
    page.locator(".toast", has_text="Решение возвращено").wait_for()
    assert page.locator(".row").count() == len(TEXTS)

    page.reload()
    page.keyboard.press("u")
    page.wait_for_url("**/inbox/decided")


def test_keys_follow_their_place_on_a_russian_keyboard_and_a_held_one_decides_once(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    press = {"type": "keyDown", "key": "т", "code": "KeyN", "windowsVirtualKeyCode": 78}
    session.send("Input.dispatchKeyEvent", press)
    session.send("Input.dispatchKeyEvent", {**press, "autoRepeat": True})
    page.locator(".toast", has_text="Не подаём").wait_for()
    session.send("Input.dispatchKeyEvent", {**press, "autoRepeat": True})
    page.reload()
    assert page.locator(".row").count() == len(TEXTS) - 1


def test_keys_can_be_switched_off(page: Page) -> None:
    page.locator(".rail").get_by_text("Помощь").click()
    page.get_by_role("button", name="Выключить клавиши").click()
    page.goto(page.url.replace("/help", "/inbox"))
    page.keyboard.press("n")
    page.reload()
    assert page.locator(".row").count() == len(TEXTS)


def test_a_reworded_draft_is_what_gets_approved_and_the_difference_is_shown(desk: Desk, page: Page) -> None:
    page.keyboard.press("e")
    page.keyboard.type("n")  # a letter in a field stays a letter
    page.locator("textarea#text").fill("Отзыв требует денег. Просим удалить.")
    page.get_by_role("button", name="Записать текст").click()
    page.locator("#payload", has_text="Отзыв требует денег").wait_for()
    page.get_by_role("link", name="что изменено").click()
    page.locator(".payload ins").first.wait_for()
    page.get_by_role("button", name="Одобрить").click()
    page.locator(".toast", has_text="Одобрено").wait_for()
    assert drafts(desk)[FIRST].text == "Отзыв требует денег. Просим удалить."
    assert drafts(desk)[FIRST].state is AppealState.APPROVED


@pytest.mark.parametrize("way", ["key", "button", "next"])
def test_nothing_is_decided_over_a_text_that_was_typed_and_not_written_down(desk: Desk, page: Page, way: str) -> None:
    before = page.locator("#payload").inner_text()
    page.keyboard.press("e")
    page.locator("textarea#text").fill("Мои слова.")
    page.locator("textarea#text").blur()

    if way == "button":
        page.get_by_role("button", name="Одобрить").click()
    else:
        page.keyboard.press("a" if way == "key" else "j")

    page.locator("#unsaved", has_text="Набранное ещё не записано").wait_for()
    assert page.locator("textarea#text").input_value() == "Мои слова."
    assert drafts(desk)[FIRST].state is AppealState.DRAFT
    page.get_by_role("button", name="Вернуть прежнее").click()
    assert page.locator("textarea#text").input_value() == before
    page.get_by_role("button", name="Одобрить").click()
    page.locator(".toast", has_text="Одобрено").wait_for()


def test_a_page_with_a_text_that_was_not_written_down_asks_before_it_is_left(page: Page) -> None:
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.keyboard.press("e")
    page.locator("textarea#text").press_sequentially("Ещё. ")

    page.reload()
    page.reload()

    assert asked == ["beforeunload"], "and not where nothing was typed"


def test_a_review_without_a_draft_gets_one_by_a_ground_that_a_person_chooses(desk: Desk, page: Page) -> None:
    page.get_by_role("link", name="Решить").click()
    page.locator(".row").last.click()
    page.locator("#why-not", has_text="Черновика нет").wait_for()
    page.locator("summary", has_text="Составить черновик").click()
    page.get_by_label("Основание").select_option("insult")
    page.get_by_label("Способ").select_option("public_report")
    page.get_by_label("Текст").fill("Слова «бросил коробку» не о товаре.")
    page.get_by_role("button", name="Записать текст").click()
    page.locator(".acts button:not([aria-disabled])", has_text="Одобрить").wait_for()
    assert len(drafts(desk)) == 4


def test_putting_off_asking_and_leaving_many_are_told_and_taken_back(desk: Desk, page: Page) -> None:
    page.keyboard.press("s")
    page.locator(".toast", has_text="Отложен до").wait_for()
    page.keyboard.press("q")
    page.locator("textarea#note").fill("Это обвинение или мнение?")
    page.get_by_role("button", name="Записать вопрос").click()
    page.locator(".toast", has_text="Спрошен").wait_for()
    page.get_by_role("button", name="Согласиться со всеми").click()
    page.locator(".toast", has_text="Не подаём: 2").wait_for()
    assert page.locator(".row").count() == len(TEXTS) - 4
    actions = [row.action for row in entries_of(desk.installation(), ACCOUNT)]
    assert [one for one in actions if one.startswith("review.")] == [
        *("review.snoozed", "review.asked", "review.left", "review.left")
    ]
    page.locator(".toast").get_by_role("button", name="Отменить").click()
    page.locator(".toast", has_text="Вернулись: 2").wait_for()
    assert page.locator(".row").count() == len(TEXTS) - 2
    page.locator(".rail").get_by_text("Решено").click()
    page.locator(".quote", has_text="обвинение или мнение").wait_for()


def test_of_two_pages_the_late_one_is_told_who_decided(desk: Desk, page: Page) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    page.get_by_role("button", name="Не подавать").click()
    page.locator(".toast", has_text="Не подаём").wait_for()
    other.get_by_role("button", name="Одобрить").click()
    other.locator(".toast, .banner--bad").first.wait_for()
    assert "Уже решено: «Оставлен», Анна Петрова" in other.locator(".banner--bad").inner_text()
    assert drafts(desk)[FIRST].state is AppealState.DRAFT


def test_a_decision_about_a_review_that_was_edited_meanwhile_is_refused(desk: Desk, page: Page) -> None:
    installation, other = desk.installation(), page.context.new_page()
    other.goto(page.url)
    edit_review(installation, FIRST, "Всё исправили, спасибо продавцу.")
    for shown, key in ((page, "a"), (other, "n")):
        shown.bring_to_front()
        shown.keyboard.press(key)
        shown.locator(".banner--bad", has_text="Отзыв изменился, пока вы смотрели").wait_for()
        assert "Всё исправили" in shown.locator(".review__text").inner_text()
    assert drafts(desk)[FIRST].state is AppealState.DRAFT
    assert not [row for row in entries_of(installation, ACCOUNT) if row.action == "review.left"]


def test_everything_works_without_script(desk: Desk, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = desk.enter(context.new_page())
    page.locator(".row").nth(1).click()
    page.get_by_role("button", name="Одобрить").click()
    assert "Одобрено" in page.locator(".toast").inner_text()
    page.locator(".toast").get_by_role("button", name="Отменить").click()
    page.locator(".toast", has_text="Решение возвращено").wait_for()
    page.get_by_role("button", name="Не подавать").click()
    page.locator(".toast", has_text="Не подаём").wait_for()
    assert page.locator(".row").count() == len(TEXTS) - 1
    context.close()
