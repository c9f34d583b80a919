"""What stands beside the pages: the first run step by step, the door, and every state in which something is missing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from sqlite3 import connect
from typing import TYPE_CHECKING

import pytest

from monitor.bootstrap import Installation
from monitor.closed_lists.incident_kinds import IncidentKind
from monitor.closed_lists.states import SessionState
from monitor.config.home import Home
from monitor.desk.entering import Door
from monitor.desk.serving import DeskServer, bind
from monitor.desk.setup import Setup
from monitor.desk.setup_pages import build_setup_app
from monitor.watching.recording import record_poll
from tests.appeal_world import listing, review
from tests.desk_browser import Desk, serve_desk, serve_installation
from tests.desk_looks import GEOMETRY, examine
from tests.desk_world import ACCOUNT, PRODUCTS, account_section, make_desk_home

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


@dataclass
class FirstRun:
    """A served first run whose terminal answers when the test says so."""

    link: str
    typed: threading.Event
    answer: str | None = None


@contextmanager
def first_run(home: Path, *, has_terminal: bool = True) -> Iterator[FirstRun]:
    bound = bind(0)
    door = Door(port=bound.getsockname()[1], idle=900, people=())
    running = FirstRun(door.new_link(), threading.Event())

    def ask() -> str | None:
        running.typed.wait(60)
        return running.answer

    Home(home).create()
    setup = Setup(Home(home), ask, has_terminal, lambda: None)
    ready = threading.Event()
    server = DeskServer(build_setup_app(setup, door, port=bound.getsockname()[1]), bound, ready=ready.set)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield running
    finally:
        running.typed.set()
        server.close()
        thread.join(20)


def test_each_step_of_the_first_run(page: Page, tmp_path: Path) -> None:
    with first_run(tmp_path / "home") as running:
        page.goto(running.link)
        examine(page, "setup-1-empty", "#operator", "#login", "text=Записать", "#missing")
        page.get_by_label("Ваше имя").fill("Анна Петрова")
        page.get_by_label("Телефон или почта").fill("nobody")
        page.get_by_role("button", name="Записать").click()
        assert page.get_by_label("Телефон или почта").input_value() == "nobody", "what was typed stays"
        assert page.get_by_label("Ваше имя").input_value() == "Анна Петрова"
        examine(page, "setup-2-refused", ".banner--bad")
        page.get_by_label("Телефон или почта").fill("anna@example.test")
        page.get_by_role("button", name="Записать").click()
        page.locator("h2 .good").first.wait_for()
        page.get_by_label("Ссылки или артикулы").fill("ничего похожего")
        page.get_by_role("button", name="Добавить товары").click()
        assert page.get_by_label("Ссылки или артикулы").input_value() == "ничего похожего"
        examine(page, "setup-3-no-products", ".banner--bad", "text=Создать установку")
        page.get_by_label("Ссылки или артикулы").fill(" ".join(str(1_000_000 + one) for one in range(7)))
        page.get_by_role("button", name="Добавить товары").click()
        page.locator("h2", has_text="Товары: 7").wait_for()
        examine(page, "setup-4-all-given", "text=Очистить список", "text=и ещё 2")
        page.get_by_role("button", name="Создать установку").click()
        page.locator(".job", has_text="Ответьте в терминале").wait_for()
        examine(page, "setup-5-asks-at-the-terminal", ".job--go")
        running.answer = "short"
        running.typed.set()
        page.locator(".job--bad").wait_for()
        examine(page, "setup-6-failed", ".job--bad", "text=Создать установку")


def test_what_was_typed_in_another_step_of_the_first_run_stays(page: Page, tmp_path: Path) -> None:
    with first_run(tmp_path / "home") as running:
        page.goto(running.link)
        page.get_by_label("Ваше имя").fill("Анна Петрова")
        page.get_by_label("Телефон или почта").fill("anna@example.test")
        page.get_by_label("Ссылки или артикулы").fill("1000001")
        page.get_by_role("button", name="Добавить товары").click()
        page.locator("h2", has_text="Товары: 1").wait_for()
        assert page.get_by_label("Ваше имя").input_value() == "Анна Петрова"
        assert page.get_by_label("Телефон или почта").input_value() == "anna@example.test"

        page.get_by_label("Ссылки или артикулы").fill("1000002")
        page.get_by_role("button", name="Записать").click()
        page.locator("h2 .good").first.wait_for()
        assert page.get_by_label("Ссылки или артикулы").input_value() == "1000002"


def test_a_first_run_without_a_terminal_says_what_to_do(page: Page, tmp_path: Path) -> None:
    with first_run(tmp_path / "home", has_terminal=False) as running:
        page.goto(running.link)
        page.locator(".banner--wait", has_text="Запустите «fairreview desk» в терминале").wait_for()
        examine(page, "setup-no-terminal", ".banner--wait")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of two people, whose account was never at work."""
    made = make_desk_home(tmp_path_factory.mktemp("states") / "home", operators={"Пётр Ильин": "юрист"})
    with serve_desk(made.home) as running:
        yield running


def test_the_door_in_all_its_states(shared: Desk, page: Page) -> None:
    assert shared.door is not None
    page.goto(f"{shared.origin}/inbox")
    examine(page, "locked-never-entered", "text=нажмите Enter")
    link = shared.door.new_link()
    page.goto(link)
    page.wait_for_url("**/who")
    examine(page, "who", "text=Анна Петрова", "text=Пётр Ильин")
    page.get_by_role("button", name="Пётр Ильин").click()
    page.locator(".row").first.wait_for()
    page.goto(link)
    examine(page, "locked-used-link", "text=больше не действует")
    page.goto(f"{shared.origin}/inbox")
    page.locator(".rail").get_by_text("Закрыть стол").click()
    examine(page, "locked-left", "text=Вы закрыли стол")


def come_in(page: Page) -> None:
    """Says who is there, and waits for the list and its script."""
    page.get_by_role("button", name="Анна Петрова").click()
    page.wait_for_url("**/inbox")
    page.wait_for_load_state("load")


def test_a_desk_that_nobody_used_for_long_locks_itself_while_it_is_looked_at(shared: Desk, page: Page) -> None:
    assert shared.door is not None
    shared.enter(page)
    come_in(page)
    shared.door.know(shared.door.people, idle=-1)
    page.get_by_role("heading", name="Стол закрыт").wait_for()
    shared.door.know(shared.door.people, idle=900)
    examine(page, "locked-idle", "text=долго ничего не делали")


def test_a_silent_program_loses_nothing_and_takes_nothing(shared: Desk, page: Page) -> None:
    shared.enter(page)
    come_in(page)
    page.keyboard.press("q")
    page.locator("textarea#note").fill("Мнение или обвинение?")
    page.context.set_offline(True)
    page.get_by_role("button", name="Записать вопрос").click()
    page.locator("#silent").wait_for()
    page.get_by_role("button", name="Записать вопрос").click()
    assert page.locator("textarea#note").input_value() == "Мнение или обвинение?"
    examine(page, "silent", "#silent")
    page.context.set_offline(False)
    page.locator("#silent").wait_for(state="hidden")
    page.get_by_role("button", name="Записать вопрос").click()
    page.locator(".toast", has_text="Спрошен").wait_for()


def test_a_broken_log_and_an_unreadable_store_are_told_on_every_page(page: Page, tmp_path: Path) -> None:
    home = Home(make_desk_home(tmp_path / "home").home)
    with closing(connect(home.database)) as store, store:
        store.execute("UPDATE journal_entries SET prev = digest WHERE seq = (SELECT max(seq) FROM journal_entries)")
    with serve_desk(home.root) as desk:
        desk.enter(page)
        for name in ("inbox", "appeals", "log", "products"):
            page.goto(f"{desk.origin}/{name}")
            examine(page, f"log-damaged-{name}", "text=Журнал не сходится")
        home.database.write_bytes(b"nothing of a database" * 10_000)
        page.goto(f"{desk.origin}/appeals")
        examine(page, "store-unreadable", "text=Хранилище не читается")


def test_a_form_of_any_page_is_held_back_once_the_program_is_gone(page: Page, tmp_path: Path) -> None:
    with serve_desk(make_desk_home(tmp_path / "home", texts=()).home) as desk:
        desk.enter(page)
        page.goto(f"{desk.origin}/accounts")
        page.get_by_label("Как он называется").fill("Второй магазин")
        page.get_by_label("Это мой аккаунт").check()
    page.locator("#silent").wait_for()
    page.get_by_role("button", name="Добавить", exact=True).click()
    assert page.get_by_label("Как он называется").input_value() == "Второй магазин"
    assert page.url == f"{desk.origin}/accounts"


def test_a_slow_answer_fades_its_place_and_is_named_after_a_while(shared: Desk, page: Page) -> None:
    shared.enter(page)
    come_in(page)
    held: list[Route] = []
    page.route("**/inbox/shop/*", lambda route: held.append(route))  # noqa: PLW0108 - a built-in has no room for marks
    page.locator(".row").nth(1).click()
    page.locator("body.is-waiting").wait_for()
    assert page.locator("#slow").is_hidden(), "not before some seconds"
    page.locator("#slow").wait_for()
    examine(page, "loading", "#slow")
    held.pop().continue_()
    page.locator("body:not(.is-waiting)").wait_for()
    assert page.locator("#slow").is_hidden()


def forget_readings(installation: Installation) -> None:
    with installation.state.transaction() as tx:
        for sku in PRODUCTS:
            tx.products.change(ACCOUNT, sku, last_complete_at=tx.now() - timedelta(days=9))


def meet_a_wall(installation: Installation) -> None:
    with installation.state.transaction() as tx:
        tx.accounts.stop(ACCOUNT, "the site asks for a person")
        tx.incidents.begin(ACCOUNT, IncidentKind.POLL_BROKEN, subject="1001", detail="no list of reviews", is_open=True)
        tx.sessions.record(
            ACCOUNT, "site_profile", identity_key="site_profile", state=SessionState.EXPIRED, witness="Анна"
        )


def meet_a_new_review(installation: Installation) -> None:
    state = installation.state
    lease = state.acquire(ACCOUNT, "poll", timedelta(minutes=5))
    record_poll(state, lease, listing([review("new", at=state.clock.now())], state.clock.now()))
    state.release(lease)


def leave_alone(_: Installation) -> None:
    """Changes nothing."""


@pytest.mark.parametrize(
    ("name", "prepare", "told"),
    [
        ("inbox-empty-proven", leave_alone, "Всё разобрано"),
        ("inbox-empty-unseen", meet_a_new_review, "Новые отзывы ещё снимаются: 1"),
        ("inbox-empty-unproven", forget_readings, "Мы не знаем, есть ли новые"),
        ("inbox-stopped", meet_a_wall, "Остановлен: shop"),
    ],
)
def test_an_empty_list_is_calm_only_where_the_site_itself_said_so(
    name: str, prepare: Callable[[Installation], None], told: str, page: Page, tmp_path: Path
) -> None:
    made = make_desk_home(tmp_path / "home", texts=(), account=[account_section(ACCOUNT, list(PRODUCTS))])
    prepare(made.installation)
    with serve_installation(made.installation) as desk:
        desk.enter(page)
        page.locator(".list", has_text=told).wait_for()
        examine(page, name)
        page.goto(f"{desk.origin}/accounts")
        examine(page, f"accounts-{name}")
        page.goto(f"{desk.origin}/health")
        examine(page, f"health-{name}")
        for empty in ("/appeals", "/inbox/decided", "/products", "/log", "/start"):
            page.goto(desk.origin + empty)
            assert page.evaluate(GEOMETRY) == [], empty
