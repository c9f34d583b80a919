"""The desk's pages beyond one decision: views, many at once, the board, the log, a copy for a colleague."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from datetime import date

import pytest
from starlette.testclient import TestClient

from monitor.desk.app import build_app
from monitor.desk.calls import Calls
from monitor.desk.entering import Door
from monitor.desk.views import COOKIE, SavedView, make_view, read_views, write_views
from monitor.state import Action
from monitor.use_cases import timeline
from monitor.use_cases.colleague import conceal
from monitor.use_cases.products import WEEKS, weeks_of
from tests.desk_world import ACCOUNT, PRODUCTS, account_section, make_desk_home
from tests.unit.monitor.test_desk_door import OWN, PORT, READS, WRITES

PHONED = f"01a27701-0448-7aa4-9fa8-{1:012d}"


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Calls:
    accounts = [account_section(ACCOUNT, list(PRODUCTS)), account_section("second")]
    return Calls(
        make_desk_home(tmp_path_factory.mktemp("pages") / "home", account=accounts).installation, locked="none"
    )


@pytest.fixture(scope="module")
def client(calls: Calls) -> Iterator[TestClient]:
    door = Door(port=PORT, idle=900, people=calls.people)
    with TestClient(build_app(calls, door, port=PORT), base_url=OWN, headers=READS) as made:
        made.get(door.new_link())
        yield made


def form_of(page: str, action: str) -> tuple[str, dict[str, list[str]]]:
    found = re.search(rf'action="({action}[^"]*)"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert found is not None, action
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', found[2]):
        fields.setdefault(name, []).append(html.unescape(value))
    return html.unescape(found[1]), fields


def test_what_the_list_shows_is_kept_under_a_name_and_forgotten(client: TestClient) -> None:
    address, fields = form_of(client.get("/inbox?view=file&q=дебил").text, "/inbox/views")
    page = client.post(address, data=fields | {"name": "Хамы"}, headers=WRITES).text
    assert re.search(r'href="/inbox\?view=file&amp;q=[^"]+" ?(?:aria-current="true")?>Хамы', page)
    address, fields = form_of(page, "/inbox/views/forget")
    assert "Хамы" not in client.post(address, data=fields, headers=WRITES).text


def test_products_of_a_table_are_taken_and_a_bad_line_stands_in_the_field_again(client: TestClient) -> None:
    address, fields = form_of(client.get("/products").text, "/products/second")
    table = b"\xef\xbb\xbf" + "Артикул;Название\n1700000001;Кружка\nKR-17;Чашка".encode()
    given = fields | {"products": "1700000002\nhttps://example.com/1"}
    page = client.post(address, data=given, files={"list": ("a.csv", table)}, headers=WRITES).text
    assert "Добавлено товаров: 2" in page
    assert "Не понято строк: 2. Остальное записано." in page
    assert re.search(r"<textarea[^>]*>https://example.com/1\nKR-17;Чашка</textarea>", page)


def kept(told: object) -> str:
    """A cookie as any server of this machine could set it."""
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode()


NO_VIEWS: tuple[object, ...] = (
    [],
    {"a": 1},
    [1],
    [["a", "b"]],
    [["a", 1, "", ""]],
    [["<b>", "no", "", ""], ["x", "", "", "stranger"]],
)


@pytest.mark.parametrize("cookie", ["", "%%%", base64.urlsafe_b64encode(b"[" * 2600).decode(), *map(kept, NO_VIEWS)])
def test_a_cookie_of_another_server_makes_no_view(client: TestClient, cookie: str) -> None:
    assert read_views(cookie, ["shop"]) == ()
    client.cookies.set(COOKIE, cookie)
    assert client.get("/inbox").status_code == 200
    client.cookies.delete(COOKIE)


def test_views_come_back_as_they_were_kept_and_no_more_than_a_cookie_holds() -> None:
    made = [make_view(f"вид {at}" + "я" * 40, "file", "слово", "shop", ["shop"]) for at in range(12)]
    views = [one for one in made if one is not None]
    told = write_views(views)
    assert told is not None
    assert read_views(told, ["shop"]) == tuple(views[-8:])
    assert views[0] == SavedView(("вид 0" + "я" * 40)[:30], "file", "слово", "shop")
    assert make_view("", "file", "", "", []) is None


def test_many_are_put_off_at_once_and_come_back_by_one_undo(client: TestClient, calls: Calls) -> None:
    before = calls.count_waiting()
    address, fields = form_of(client.get("/inbox").text, "/inbox/later-many")
    page = client.post(address, data=fields, headers=WRITES).text
    many = len(fields["one"])
    assert many > 1
    assert "Отложены до" in page
    assert calls.count_waiting() == before - many
    address, fields = form_of(page[page.index('id="toasts"') :], "/inbox/undo")
    assert f"Вернулись: {many}" in client.post(address, data=fields, headers=WRITES).text
    assert calls.count_waiting() == before


def test_a_colleagues_copy_names_nobody(client: TestClient) -> None:
    whole = client.get(f"/case/{ACCOUNT}/{PHONED}").text
    copy = client.get(f"/case/{ACCOUNT}/{PHONED}/colleague").text
    assert "8 900 123-45-67" in whole
    assert "Глеб" in whole
    assert "900 123" not in copy
    assert "Глеб" not in copy
    assert "<img" not in copy
    assert "продам такую же" in copy


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Пишите на ivan.petrov@mail.example.ru", "petrov"),
        ("телефон +7 (900) 123-45-67", "123"),
        ("мой канал t.me/ivan_shop и https://evil.example/x?y=1", "ivan_shop"),
        ("в телеге @ivan_shop", "ivan_shop"),
        ("Звонил Глебу, Глеб не ответил", "Глеб"),
        ("карта 2200 1234 5678 9012", "1234"),
    ],
)
def test_what_tells_who_somebody_is_is_hidden(text: str, hidden: str) -> None:
    assert hidden not in conceal(text, "Глеб Н.")


@pytest.mark.parametrize(
    "text",
    [
        "Пришло 12 штук за 500 рублей",
        "Размер 42, рост 170",
        "Хлебница хорошая",
        "5 из 5",
        "Доставлен 14.11.2026 12:30.",
    ],
)
def test_plain_words_and_numbers_stay(text: str) -> None:
    assert conceal(text, "Глеб Н.") == text


def test_the_log_is_filtered_by_kind_and_goes_on_where_a_page_looked_to(
    client: TestClient, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = calls._installation.state
    with state.transaction() as tx:
        tx.journal.record(ACCOUNT, Action("incident.open"))
        for _ in range(30):
            tx.journal.record(ACCOUNT, Action("poll"))
    monkeypatch.setattr(timeline, "LOOKED_THROUGH", 10)
    page, pages = client.get(f"/log?account={ACCOUNT}&kind=trouble").text, 1
    while "Сбой" not in page.partition("<tbody>")[2]:
        onward = re.search(r'btn--wide" href="(/log[^"]+)"', page)
        assert onward is not None
        page, pages = client.get(html.unescape(onward[1])).text, pages + 1
    assert pages == 4
    assert "Отзывы товара прочитаны" not in page.partition("<tbody>")[2]


def test_the_condition_tells_of_backups_messages_and_the_store(client: TestClient, calls: Calls) -> None:
    assert "ещё не делали" in client.get("/health").text
    with calls._installation.state.transaction() as tx:
        tx.journal.record("", Action("backup.create"))
        tx.outbox.put(ACCOUNT, "test", {}, dedup_key="one")
        message = tx.outbox.pending([ACCOUNT])[-1]
        tx.outbox.give(message.id, [("telegram", tx.now())])
        [delivery] = tx.outbox.claim([ACCOUNT], busy_until=tx.now())
        tx.outbox.mark_failed(delivery, "no route <b>to</b> host", next_attempt_at=None)
    page = client.get("/health").text
    assert "сегодня" in page
    assert "не ушло: 1" in page
    assert "no route &lt;b&gt;to&lt;/b&gt; host" in page
    assert "state.sqlite3" in page


def test_an_account_that_nobody_visited_yet_is_shown_with_its_next_runs(client: TestClient) -> None:
    page = client.get("/accounts").text
    assert 'id="a-second"' in page
    assert page.count("Отправка одобренного") == 2
    assert "правило: каждые полчаса" in page


def test_the_board_has_a_column_for_each_stage(client: TestClient) -> None:
    page = client.get("/appeals?look=board").text
    assert page.count('class="column"') == 5
    assert "Решаются в разборе" not in page
    assert page.count('class="card pad"') >= 3


def test_a_page_on_which_the_program_fails_says_so_and_tells_nothing_of_it(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(calls, "condition", fail)
    door = Door(port=PORT, idle=900, people=calls.people)
    app = build_app(calls, door, port=PORT)
    with TestClient(app, base_url=OWN, headers=READS, raise_server_exceptions=False) as client:
        client.get(door.new_link())
        answer = client.get("/products")
    assert answer.status_code == 500
    assert "Программа ошиблась" in answer.text
    assert "secret detail" not in answer.text


def test_weeks_of_a_product_are_counted_from_monday_in_the_installations_zone(calls: Calls) -> None:
    weeks = weeks_of(calls._installation.state, ACCOUNT, "1001", zone="Europe/Moscow")
    assert len(weeks) == WEEKS
    assert {one.monday.weekday() for one in weeks} == {0}
    told = {one.monday: (one.reviews, one.stars) for one in weeks if one.reviews}
    assert told == {date(2026, 11, 16): (4, 1.75)}  # four reviews of Friday, 20 November: stars 1, 2, 1, 3
