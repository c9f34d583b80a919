"""Old bad reviews can be reached, an account that stands still says what to do, and other calm or stopped lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from evidence_store.digests import Digest
from flows.catalog.models import StopMarker
from monitor.closed_lists.states import AppealState
from monitor.desk import orders
from monitor.desk.app import build_app
from monitor.desk.appeal_calls import OLD_AT_ONCE
from monitor.desk.calls import Calls
from monitor.desk.calls_base import Reading
from monitor.desk.engine import Engine
from monitor.desk.entering import Door
from monitor.desk.orders import no_terminal
from monitor.desk.refusals import Refusal
from monitor.desk.work import Job, Work
from monitor.outgoing.bundle_exporting import HandedOn
from monitor.use_cases.condition import wall_names
from monitor.watching.recording import record_poll
from tests.appeal_world import listing, review
from tests.desk_world import ACCOUNT, PRODUCTS, account_section, make_desk_home
from tests.unit.monitor.test_desk_appeals import approve_first, put
from tests.unit.monitor.test_desk_door import OWN, PORT, READS, WRITES
from tests.unit.monitor.test_desk_pages import form_of

OLD = [f"old{number:02}" for number in range(23)]


@contextmanager
def entered(calls: Calls) -> Iterator[TestClient]:
    door = Door(port=PORT, idle=900, people=calls.people)
    with TestClient(build_app(calls, door, port=PORT), base_url=OWN, headers=READS) as client:
        client.get(door.new_link())
        yield client


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Calls:
    """A shop that never had a review when watching began, but for the old ones of a third product."""
    section = account_section(ACCOUNT, [*PRODUCTS, "1003"])
    made = Calls(make_desk_home(tmp_path / "home", [], account=[section]).installation)
    monkeypatch.setattr(made, "channels_of_messages", dict)
    state = made._installation.state
    with state.transaction() as tx:
        tx.products.add(ACCOUNT, "1003", url="http://127.0.0.1:9/product/item-1003/")
    lease = state.acquire(ACCOUNT, "poll", timedelta(minutes=5))
    found = [review(name, item_id="1003") for name in OLD] + [review("good", rating=5, item_id="1003")]
    record_poll(state, lease, listing(found, state.clock.now(), sku="1003"))
    state.release(lease)
    return made


def test_old_bad_reviews_are_counted_where_the_list_is_empty_and_the_next_are_looked_into(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered: list[Any] = []

    def take(_: object, kinds: object, details: object, **__: object) -> bool:
        ordered.append((kinds, details))
        return True

    monkeypatch.setattr(calls, "reading", lambda: Reading(3, 3, None))
    monkeypatch.setattr(calls, "orders", SimpleNamespace(visit=take))
    with entered(calls) as client:
        page = client.get("/inbox").text
        assert "Старых плохих отзывов: 23</b>" in page
        assert "Всё разобрано" not in page
        address, fields = form_of(page[page.index("Старых плохих") :], f"/account/{ACCOUNT}/visit")
        client.post(address, data=fields, headers=WRITES)
    ((kinds, details),) = ordered
    assert [one.value for one in kinds] == ["capture"]
    assert len(details.review_ids) == OLD_AT_ONCE
    assert set(details.review_ids) < set(OLD)


def test_where_no_old_bad_review_is_left_nothing_is_ordered(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    with calls._installation.state.transaction() as tx:
        for name in OLD:
            tx.cases.open(ACCOUNT, name)
    monkeypatch.setattr(calls, "orders", SimpleNamespace())
    with entered(calls) as client:
        page = client.get("/accounts").text
        forms = re.findall(r'<form method="post" action="(/account/[^"]+)">(.*?)</form>', page)
        address, form = next(one for one in forms if '"old"' in one[1])
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
        assert (
            "Старых плохих отзывов, которых никто не разбирал, нет"
            in client.post(address, data=fields, headers=WRITES).text
        )


def test_a_calm_list_leads_to_reading_now(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "reading", lambda: Reading(3, 3, None))
    with entered(calls) as client:
        assert '<a class="btn" href="/accounts" hx-boost="false">Прочитать сейчас</a>' in client.get("/inbox").text


def test_a_home_without_an_account_leads_to_adding_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Calls, "accounts", ())
    made = Calls(make_desk_home(tmp_path / "home", []).installation)
    with entered(made) as client:
        page = client.get("/inbox").text
    assert "Аккаунта ещё нет." in page
    assert "Мы не знаем, есть ли новые" not in page


def test_over_a_broken_log_the_desks_own_engine_ends(calls: Calls) -> None:
    engine = Engine(calls._installation, Work(calls.now), no_terminal)
    calls.engine = engine
    assert calls.damage() == ""
    assert not engine._stop.is_set()
    with calls._installation.state.transaction() as tx:
        tx.connection.exec_driver_sql("UPDATE journal_entries SET body = X'7B7D' WHERE seq = 1")
    calls._kept.clear()
    assert calls.damage()
    assert engine._stop.is_set()


WALL = "captcha: the site asks for a person (captcha: title 'Antibot Captcha')"


@pytest.mark.parametrize("names", [(ACCOUNT,), (ACCOUNT, "second")])
def test_an_account_that_stands_still_says_what_to_do_and_only_of_others_that_they_work(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    sections = [account_section(ACCOUNT, list(PRODUCTS)), account_section("second")]
    made = Calls(make_desk_home(tmp_path / "home", [], account=sections).installation, locked="none")
    with made._installation.state.transaction() as tx:
        tx.accounts.add("second", site="ozon")
        for name in names:
            tx.accounts.stop(name, WALL)
    with entered(made) as client:
        inbox, accounts = client.get("/inbox").text, client.get("/accounts").text
    assert ("Другие аккаунты работают" in inbox) is (len(names) == 1)
    assert "Antibot" not in inbox
    assert "Что делать: нажмите «Войти в окне площадки»" in accounts


def test_every_kind_of_wall_has_a_name() -> None:
    kinds = set(get_args(StopMarker.model_fields["kind"].annotation))
    assert set(wall_names()) == kinds - {"maintenance", "gone"}  # these two are no walls


def test_who_was_late_is_told_when_it_was_decided_in_the_installations_zone(tmp_path: Path) -> None:
    made = Calls(make_desk_home(tmp_path / "home").installation)
    with entered(made) as client:
        address, fields = form_of(client.get("/inbox?view=file").text, '/inbox/[^"]+/approve')
        client.post(address, data=fields, headers=WRITES)
        told = client.post(address, data=fields, headers=WRITES).text
    now = made._installation.clock.now().astimezone(ZoneInfo(made.zone))
    moment = re.search(r"Уже решено: «Одобрено», Анна Петрова, (\d\d\.\d\d \d\d:\d\d)\.", told)
    assert moment is not None
    assert moment[1][:8] in {f"{one:%d.%m %H}" for one in (now, now - timedelta(minutes=2))}


def test_a_draft_of_a_review_about_which_nothing_is_sent_waits_for_nobody(tmp_path: Path) -> None:
    made = Calls(make_desk_home(tmp_path / "home").installation)
    with entered(made) as client:
        before = made.list_appeals("draft", "")
        address, fields = form_of(client.get("/inbox?view=file").text, '/inbox/[^"]+/leave')
        page = client.post(address, data=fields, headers=WRITES).text
        made._kept.clear()
        after = made.list_appeals("draft", "")
        assert (after.counts["draft"], len(after.rows)) == (before.counts["draft"] - 1, len(before.rows) - 1)
        address, fields = form_of(page[page.index('id="toasts"') :], "/inbox/undo")
        client.post(address, data=fields, headers=WRITES)
        made._kept.clear()
        assert len(made.list_appeals("draft", "").rows) == len(before.rows)


@pytest.mark.parametrize(
    ("moderation", "outcome", "told"),
    [
        ("accepted", "", "Площадка решила в вашу пользу. Что стало с отзывом, программа смотрит"),
        ("accepted", "removed", "Площадка решила в вашу пользу. Отзыва на странице больше нет."),
        ("rejected", "still_visible", "Площадка отказала: её слова стоят в шагах."),
    ],
)
def test_a_decided_appeal_says_what_was_decided_also_when_it_is_closed(
    tmp_path: Path, moderation: str, outcome: str, told: str
) -> None:
    made = Calls(make_desk_home(tmp_path / "home").installation)
    with entered(made) as client:
        name = approve_first(client)
        put(made, name, AppealState.CONFIRMED)
        with made._installation.state.transaction() as tx:
            appeal = tx.appeals.get(name)
            assert appeal is not None
            tx.appeals.change(appeal, moderation=moderation, outcome=outcome, closed_at=tx.now())
        page = client.get(f"/appeals/{name}").text
    assert told in page
    assert "Программа спрашивает её о решении" not in page


def test_stopping_what_asks_at_the_terminal_says_where_to_answer() -> None:
    work = Work(lambda: None)  # type: ignore[arg-type,return-value]
    job = work.begin("visit", "Вход", "/accounts")
    assert job is not None
    job.ask("Код из письма")
    work.stop(job.id)
    assert job.line == "Останавливаем: нажмите Enter в терминале, там ждут ответа"


def test_the_log_says_how_much_of_it_the_desk_itself_looks_at(calls: Calls) -> None:
    with entered(calls) as client:
        assert "только новейшие записи: по 100 в каждой цепочке" in client.get("/log").text


def test_a_bundle_that_is_ready_names_the_key_that_its_reader_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Calls(make_desk_home(tmp_path / "home").installation)
    done = HandedOn(tmp_path / "b.zip", Digest("sha256", "7" * 64), "ed25519:0123abcd", 3, ())
    monkeypatch.setattr(orders, "export_case", lambda *_, **__: done)
    told: list[Refusal] = []

    def run(kind: str, title: str, about: str, do: Callable[[Job], Refusal]) -> bool:
        told.append(do(Job("1", kind, title, about, made.now())))
        return True

    monkeypatch.setattr(made.work, "start", run)
    shown = made.show(ACCOUNT, f"01a27700-0448-7aa4-9fa8-{0:012d}")
    assert shown is not None
    made.orders.export("/case", shown.case_id, is_shareable=False)
    assert told[0].detail.endswith("Ключ для проверки, его сообщают получателю другим путём: ed25519:0123abcd")
