"""Files, the moderator's question, checks and bundles at the desk, in a real browser."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from monitor.desk.refusals import Refusal
from monitor.state import Action
from tests.browser.test_desk import drafts
from tests.desk_browser import Desk, entries_of, serve_desk
from tests.desk_world import ACCOUNT, ask_question, make_desk_home

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

ASKED = f"01a27700-0448-7aa4-9fa8-{0:012d}"
DRAFT = f"01a27702-0448-7aa4-9fa8-{2:012d}"
MAKER = {"position": "владелец", "organisation": "ИП Петрова А. А.", "inn": "770000000000", "place": "г. Примерск"}
PERSON = {"name": "Анна Петрова", "role": "владелец", "email": "anna@example.test", **MAKER}
DROP = """([zone, name, type, bytes]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], name, { type }));
  for (const kind of ["dragenter", "dragover", "drop"])
    zone.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


def picture(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, format="PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = make_desk_home(tmp_path_factory.mktemp("work") / "home", operator=PERSON)
    with made.installation.state.read() as tx:
        [appeal] = [one for one in tx.appeals.of_account(ACCOUNT) if one.review_id == ASKED]
    ask_question(made.installation, appeal.id, "Пришлите снимок <script>alert(1)</script> упаковки.")
    with serve_desk(made.home) as running:
        yield running


@pytest.fixture(scope="module")
def page(desk: Desk, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    made = context.new_page()
    problems: list[str] = []
    made.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    made.on("request", lambda asked: problems.append(asked.url) if not asked.url.startswith(desk.origin) else None)
    yield desk.enter(made)
    assert problems == []
    context.close()


def drop(page: Page, name: str, data: bytes, *, below: str = "Взять файл на хранение") -> None:
    page.locator("summary", has_text=below).click()
    zone = page.locator("[data-drop]").element_handle()
    page.evaluate(DROP, [zone, name, "image/png", list(data)])
    assert name in page.locator("[data-drop-names]").inner_text()
    page.get_by_role("button", name="Взять на хранение").click()


def test_a_file_that_is_dropped_is_taken_as_strictly_as_by_the_command_and_named_without_a_path(
    desk: Desk, page: Page
) -> None:
    page.goto(f"{desk.origin}/inbox/{ACCOUNT}/{DRAFT}")
    before = len(entries_of(desk.installation(), ACCOUNT))
    drop(page, "снимок.png", b"<!doctype html><script>alert(1)</script>")
    page.locator(".banner--bad", has_text="Файл не взят на хранение").wait_for()
    assert len(entries_of(desk.installation(), ACCOUNT)) == before
    page.goto(f"{desk.origin}/inbox/{ACCOUNT}/{DRAFT}")
    drop(page, "C:\\папка\\<b>переписка.png", picture("teal"))
    page.locator(".toast", has_text="Взято на хранение: 1").wait_for()
    assert page.locator(".file b").inner_text() == "<b>переписка.png"
    assert [row.action for row in entries_of(desk.installation(), ACCOUNT)][before:] == [
        "evidence.capture",
        "evidence.add",
    ]


def answer_of(desk: Desk, appeal: str) -> tuple[str, str, str, int]:
    with desk.installation().state.read() as tx:
        question = tx.questions.open_of(appeal)
    assert question is not None
    assert isinstance(question.answer_files, list)
    return question.state.value, question.answer_text, question.approver, len(question.answer_files)


def reword_behind_the_back_of_another_page(page: Page) -> None:
    late = page.context.new_page()
    late.goto(page.url)
    page.locator("summary", has_text="Изменить ответ").click()
    page.get_by_label("Ответ", exact=True).fill("Другой ответ.")
    page.get_by_role("button", name="Записать ответ").click()
    page.locator("#answer-text", has_text="Другой ответ").wait_for()
    late.get_by_role("button", name="Одобрить ответ").click()
    late.locator(".banner--bad", has_text="Ответ изменили").wait_for()
    late.close()


def test_the_moderators_question_is_answered_with_text_and_a_file_bound_to_what_was_shown(
    desk: Desk, page: Page
) -> None:
    appeal = drafts(desk)[ASKED].id
    page.goto(f"{desk.origin}/appeals/{appeal}")
    assert "<script>" in page.locator(".quote").first.inner_text()
    drop(page, "упаковка.png", picture("navy"), below="Ваши файлы")
    page.locator(".file", has_text="упаковка.png").wait_for(state="attached")
    page.get_by_label("Ответ", exact=True).fill("Снимок упаковки приложен.")
    page.locator("input[name=file]").check()
    page.get_by_role("button", name="Записать ответ").click()
    page.locator("#answer-text", has_text="Снимок упаковки").wait_for()
    reword_behind_the_back_of_another_page(page)
    page.get_by_role("button", name="Одобрить ответ").click()
    page.locator(".pill", has_text="Одобрено").first.wait_for()
    assert answer_of(desk, appeal) == ("approved", "Другой ответ.", "desk/appeals:Анна Петрова", 1)
    page.get_by_label("Ответ уйдёт один раз").check()
    page.get_by_role("button", name="Отправить ответ").click()
    page.locator(".banner--bad").wait_for()  # the secrets are locked here


def test_evidence_is_checked_with_progress_and_a_bundle_is_made_only_when_said_twice(desk: Desk, page: Page) -> None:
    page.goto(f"{desk.origin}/case/{ACCOUNT}/{DRAFT}")
    page.get_by_role("button", name="Проверить доказательства").click()
    page.locator(".job", has_text="Проверка доказательств").locator("text=/Всё цело|Найдено/").wait_for()
    page.get_by_role("radio", name="Для передачи").check()
    page.evaluate("document.querySelectorAll('[required]').forEach((one) => one.removeAttribute('required'))")
    page.get_by_role("button", name="Собрать пакет").click()
    page.locator(".banner--bad", has_text="отметку").wait_for()
    assert not list((desk.home / "reports").glob("*.zip"))


def test_a_review_that_comes_in_announces_itself_and_moves_nothing(desk: Desk, page: Page) -> None:
    page.goto(f"{desk.origin}/inbox")
    first, second = page.locator(".row").nth(0).get_attribute("href"), desk.installation()
    with second.state.transaction() as tx:
        tx.journal.record(ACCOUNT, Action("review.seen"))
    page.locator("#news", has_text="есть новое").wait_for()
    assert page.locator(".row").nth(0).get_attribute("href") == first
    page.locator("#news a").click()
    page.locator("#news").wait_for(state="hidden")


def test_ten_pages_of_one_browser_share_a_stream_and_all_hear_the_news(desk: Desk, page: Page) -> None:
    """A browser keeps six connections to one place: with a stream each, the seventh page would wait for ever."""
    pages = [page.context.new_page() for _ in range(10)]
    for one in pages:
        one.goto(f"{desk.origin}/inbox")
    installation = desk.installation()
    with installation.state.transaction() as tx:
        tx.journal.record(ACCOUNT, Action("review.seen"))
    installation.state.close()
    for one in pages:
        one.locator("#news", has_text="есть новое").wait_for()
    pages[0].close()  # it held the stream
    pages[1].reload()
    with desk.installation().state.transaction() as tx:
        tx.journal.record(ACCOUNT, Action("review.seen"))
    pages[1].locator("#news", has_text="есть новое").wait_for()
    for one in pages[1:]:
        one.close()


def test_the_page_on_which_work_was_begun_shows_by_itself_what_came_of_it_unless_something_is_typed_there(
    desk: Desk, page: Page
) -> None:
    assert desk.calls is not None
    here = f"/appeals/{drafts(desk)[ASKED].id}"
    for typed in ("", "ещё не записано"):
        job = desk.calls.work.begin("visit", "Отправляем обращение", here)
        assert job is not None
        page.goto(f"{desk.origin}{here}")
        page.locator(".job", has_text="Отправляем обращение").wait_for()
        if typed:
            page.locator("summary", has_text="Ваши файлы").click()
            page.get_by_label("Что на них видно").fill(typed)
        page.evaluate("window.isOld = true")
        desk.calls.work.end(job, "done", Refusal("Готово"))
        page.locator(".job", has_text="Готово").wait_for()
        if typed:
            assert page.get_by_label("Что на них видно").input_value() == typed
        else:
            page.wait_for_function("!window.isOld")
