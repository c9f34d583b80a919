"""What the desk asks for where it is needed, and what it says in plain words: makers of papers, rests, stops."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from sqlite3 import connect

import pytest
from starlette.testclient import TestClient

from monitor.closed_lists.states import AppealState, Track
from monitor.config.home import Home
from monitor.config.settings import load_settings
from monitor.desk.app import build_app
from monitor.desk.calls import Calls
from monitor.desk.entering import Door
from monitor.desk.setup import Setup
from monitor.desk.setup_pages import build_setup_app
from monitor.state.appeals import Step
from tests.desk_world import ACCOUNT, PRODUCTS, DeskHome, make_desk_home
from tests.unit.monitor.test_desk_door import OWN, PORT, READS, WRITES
from tests.unit.monitor.test_desk_pages import form_of

REVIEW = f"01a27700-0448-7aa4-9fa8-{0:012d}"
CASE = f"/case/{ACCOUNT}/{REVIEW}"
MAKER = {"name": "Анна", "position": "ИП", "organisation": "ИП Петрова", "place": "г. Москва"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> DeskHome:
    return make_desk_home(tmp_path_factory.mktemp("asks") / "home")


@contextmanager
def entered(home: DeskHome) -> Iterator[TestClient]:
    calls = Calls(home.installation, locked="none")
    door = Door(port=PORT, idle=900, people=calls.people)
    with TestClient(build_app(calls, door, port=PORT), base_url=OWN, headers=READS) as client:
        client.get(door.new_link())
        yield client


@pytest.fixture(scope="module")
def client(made: DeskHome) -> Iterator[TestClient]:
    with entered(made) as one:
        yield one


def test_who_makes_papers_is_asked_once_where_a_bundle_is_made(tmp_path: Path) -> None:
    made = make_desk_home(tmp_path / "home", operator={"name": ""})
    with entered(made) as client:
        ask_who_makes_papers(made, client)
    operator = load_settings(Home(made.home)).operator
    assert (operator.name, operator.organisation, operator.inn) == ("Анна", "ИП Петрова", "7707083893")


def ask_who_makes_papers(made: DeskHome, client: TestClient) -> None:
    address, fields = form_of(client.get(CASE).text, f"{CASE}/maker")
    page = client.post(address, data=fields | MAKER | {"inn": "12"}, headers=WRITES).text
    assert "Настройки этого не позволяют" in page
    assert [f'name="{key}"' in page for key in (*MAKER, "inn")] == [False] * 4 + [True]  # what was right is kept
    address, fields = form_of(page, f"{CASE}/maker")
    page = client.post(address, data=fields | {"inn": "7707083893"}, headers=WRITES).text
    assert f"{CASE}/export" in page
    assert f"{CASE}/maker" not in page
    config = Home(made.home).config
    config.write_text(config.read_text().replace('inn = "7707083893"', ""))
    made.installation.take_up(load_settings(Home(made.home)))
    config.write_text(config.read_text().replace('name = "Анна"', 'name = "Анна"\ninn = "7707083893"'))
    assert f"{CASE}/maker" not in client.get(CASE).text  # what was written by hand counts at once


def test_the_page_of_the_first_run_leads_on_once_it_is_over(client: TestClient) -> None:
    for answer in (client.get("/setup"), client.post("/setup/make", headers=WRITES)):
        assert "Начало работы" in answer.text


def test_a_rule_of_the_schedule_is_said_in_words(client: TestClient) -> None:
    assert "правило: каждые полчаса" in client.get("/accounts").text


def test_a_product_that_rests_keeps_its_name(client: TestClient) -> None:
    sku, title = next(iter(PRODUCTS.items()))
    address, fields = form_of(client.get("/products").text, f"/products/{ACCOUNT}/{sku}/pause")
    page = client.post(address, data=fields | {"name": "x"}, headers=WRITES).text
    address, fields = form_of(page, f"/products/{ACCOUNT}/{sku}/take-up")
    assert page.count(f'{title}</a><span class="soft small">{sku}</span>') == 1
    assert "Отдыхает" in page
    assert title in client.get(f"/products/{ACCOUNT}/{sku}").text
    page = client.post(address, data=fields, headers=WRITES).text
    assert page.count(title + "</a>") == 1
    assert "Отдыхает" not in page


def test_an_added_product_stands_in_the_table_at_once(client: TestClient) -> None:
    address, fields = form_of(client.get("/products").text, f'/products/{ACCOUNT}(?=")')
    page = client.post(address, data=fields | {"products": "1700000009"}, headers=WRITES).text
    assert f"/products/{ACCOUNT}/1700000009/pause" in page


def test_over_a_broken_log_nothing_is_decided_and_every_page_says_so(tmp_path: Path) -> None:
    broken = make_desk_home(tmp_path / "home")
    with closing(connect(Home(broken.home).database)) as store, store:
        store.execute("UPDATE journal_entries SET prev = digest WHERE seq = (SELECT max(seq) FROM journal_entries)")
    with entered(broken) as client:
        for page in ("/inbox", "/appeals", "/products", "/accounts", "/health", "/log", CASE, "/help"):
            assert "Журнал не сходится: shop, запись № " in client.get(page).text, page
        address, fields = form_of(client.get("/inbox").text, '/inbox/[^"]*/leave')
        assert "поверх них ничего не решают" in client.post(address, data=fields, headers=WRITES).text
    with broken.installation.state.read() as tx:
        assert tx.decisions.standing(ACCOUNT, address.split("/")[3].split("?")[0]) is None


def test_a_store_that_cannot_be_read_is_told_and_not_called_an_error_of_the_program(tmp_path: Path) -> None:
    broken = make_desk_home(tmp_path / "home")
    with entered(broken) as client:
        Home(broken.home).database.write_bytes(b"nothing of a database" * 10_000)
        answer = client.get("/inbox")
    assert (answer.status_code, "Хранилище не читается" in answer.text) == (503, True)


@pytest.mark.parametrize(
    ("before", "facts", "told"),
    [
        (AppealState.APPROVED, {"why": "the store was restored"}, "Хранилище знает не всё"),
        (AppealState.INTENT, {"why": "no field «reason»"}, "Форма оказалась не такой, как описана: no field «reason»."),
        (
            AppealState.UNKNOWN,
            {"note": "this channel has no list: what happened cannot be known from here"},
            "нет списка обращений",
        ),
    ],
)
def test_the_page_says_why_an_appeal_needs_a_person_and_what_to_do(
    made: DeskHome, client: TestClient, before: AppealState, facts: dict[str, str], told: str
) -> None:
    with made.installation.state.transaction() as tx:
        appeal = tx.appeals.of_account(ACCOUNT, only_open=True)[0]
        tx.appeals.change(appeal, state="needs_human")
        step = Step(track=Track.FILING, from_state=before, to_state="needs_human", actor="visit:test", facts=facts)
        tx.appeals.append(appeal.id, step)
    page = client.get(f"/appeals/{appeal.id}").text
    assert told in page
    assert "Что делать: " in page


def test_what_the_page_asks_for_by_itself_takes_nothing_typed_away(tmp_path: Path) -> None:
    setup = Setup(Home(tmp_path / "home"), lambda: None, has_terminal=True, made=lambda: None)
    door = Door(port=PORT, idle=900, people=())
    with TestClient(build_setup_app(setup, door, port=PORT), base_url=OWN, headers=READS) as client:
        address, fields = form_of(client.get(door.new_link()).text, "/setup/products")
        given = fields | {"products": "1600000001", "also_operator": "Анна Петрова"}
        client.post(address, data=given, headers=WRITES, follow_redirects=False)
        client.get("/work")
        page = client.get("/setup").text
        assert 'value="Анна Петрова"' in page
        assert "Товары записаны" in page
        address, fields = form_of(page, "/setup/person")
        page = client.post(address, data=fields | {"login": "a@example.com", "zone": "Мск+25"}, headers=WRITES).text
    assert 'value="Мск+25"' in page
    assert "<details open>" in page
