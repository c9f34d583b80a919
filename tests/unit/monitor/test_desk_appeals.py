"""The desk's pages of appeals: what each state means, whose turn it is, when what is approved goes out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from starlette.testclient import TestClient

from monitor.appeals.forecast import forecast
from monitor.closed_lists.states import AppealState, Track
from monitor.desk.app import build_app
from monitor.desk.calls import Calls
from monitor.desk.calls_base import Sending
from monitor.desk.entering import Door
from monitor.state.appeals import Step
from monitor.use_cases.appeal_table import counts
from tests.appeal_world import LIST_TERMS
from tests.desk_world import ACCOUNT, PRODUCTS, account_section, ask_question, make_desk_home
from tests.unit.monitor.test_desk_door import OWN, PORT, READS, WRITES
from tests.unit.monitor.test_desk_pages import form_of

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


@pytest.fixture
def calls(tmp_path_factory: pytest.TempPathFactory) -> Calls:
    section = account_section(ACCOUNT, list(PRODUCTS)) | {"caps": {"appeals_per_day": 2}}
    return Calls(make_desk_home(tmp_path_factory.mktemp("appeals") / "home", account=[section]).installation)


@pytest.fixture
def client(calls: Calls) -> Iterator[TestClient]:
    door = Door(port=PORT, idle=900, people=calls.people)
    with TestClient(build_app(calls, door, port=PORT), base_url=OWN, headers=READS) as made:
        made.get(door.new_link())
        yield made


def approve_first(client: TestClient) -> str:
    """Approves the draft that the inbox shows first; returns the appeal and the page that follows."""
    address, fields = form_of(client.get("/inbox?view=file").text, '/inbox/[^"]+/approve')
    client.post(address, data=fields, headers=WRITES)
    return fields["appeal"][0]


def put(calls: Calls, appeal_id: str, state: AppealState, words: str = "") -> None:
    """Puts an appeal into a state, without the visit that would have brought it there."""
    with calls._installation.state.transaction() as tx:
        appeal = tx.appeals.get(appeal_id)
        assert appeal is not None
        tx.appeals.change(appeal, state=state.value, gesture_at=tx.now(), number="A-000102")
        step = Step(track=Track.FILING, from_state=appeal.state, to_state=state.value, actor="visit:t", raw_text=words)
        tx.appeals.append(appeal_id, step)


def test_a_cap_a_distance_and_the_slots_say_when_each_goes_out_at_the_earliest() -> None:
    slots = (NOON + at * QUARTER for at in count())
    ripe = dict.fromkeys("abc", NOON + timedelta(minutes=10)) | {"d": NOON}
    terms = LIST_TERMS.__class__(channel="x", has_list=True, daily_cap=3, pace=timedelta(minutes=20))
    found = forecast(ripe, slots, gestures=[NOON - timedelta(hours=23)], terms=terms)
    day = timedelta(hours=24)
    assert found == {
        "d": NOON,
        "a": NOON + 2 * QUARTER,  # 20 minutes after the first, and only a quarter has a slot
        "b": NOON + timedelta(hours=1, minutes=15),  # the third of a day: the one of yesterday is past then
        "c": NOON + day + QUARTER,
    }


def test_more_than_a_days_cap_is_told_as_today_and_tomorrow(
    client: TestClient, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "sending", lambda: Sending((ACCOUNT,), ()))
    names = [approve_first(client) for _ in range(3)]
    page = client.get("/appeals?stage=going").text
    assert "За сутки с аккаунта уходит не больше 2." in page
    assert re.search(r"ещё [123] — не раньше: завтра\.|Первое уйдёт не раньше", page)
    planned = calls.planned()
    moments = sorted(planned[one] for one in names)
    assert moments[2] - moments[0] >= timedelta(hours=24)
    told = [client.get(f"/appeals/{one}").text for one in names]
    last = max(names, key=lambda one: planned[one])
    assert f"уйдёт не раньше {planned[last]:%d.%m %H:%M}" in told[names.index(last)]


def test_an_approval_that_cannot_be_taken_back_any_more_stays_on_its_own_page(client: TestClient, calls: Calls) -> None:
    name = approve_first(client)
    address, fields = form_of(client.get(f"/appeals/{name}").text, "/inbox/undo")
    put(calls, name, AppealState.CONFIRMED)
    answer = client.post(address, data=fields, headers=WRITES)
    assert answer.url.path == f"/appeals/{name}"
    assert "Вернуть уже нельзя: теперь «Отправлено»" in answer.text
    assert "Сверить сейчас</button>" in answer.text
    assert "confirmed" not in answer.text
    assert "fairreview appeal" not in answer.text


def test_a_decision_that_was_taken_back_already_is_told_where_decisions_stand(client: TestClient) -> None:
    address, fields = form_of(client.get("/inbox?view=needs_person").text, '/inbox/[^"]+/leave')
    page = client.post(address, data=fields, headers=WRITES).text
    address, fields = form_of(page[page.index('id="toasts"') :], "/inbox/undo")
    client.post(address, data=fields, headers=WRITES)
    answer = client.post(address, data=fields, headers=WRITES)
    assert answer.url.path == "/inbox/decided"
    assert "Это решение уже вернули" in answer.text


def test_two_at_the_site_are_explained_and_a_person_can_leave_both(client: TestClient, calls: Calls) -> None:
    name = approve_first(client)
    put(calls, name, AppealState.DUPLICATE_SEEN, "Примермаркет Искать Заказы Выйти " * 6)
    page = client.get(f"/appeals/{name}").text
    assert "запрос дошёл до неё дважды, хотя вы одобрили один" in page
    assert '<summary class="small">Слова страницы площадки</summary>' in page
    address, fields = form_of(page, f"/appeals/{name}/found")
    del fields["sure"]
    unsure = client.post(address, data=fields | {"finding": "over", "note": "видел оба"}, headers=WRITES).text
    assert "Поставьте отметку" in unsure
    client.post(address, data=fields | {"finding": "over", "note": "видел оба", "sure": "yes"}, headers=WRITES)
    with calls._installation.state.read() as tx:
        found = tx.appeals.get(name)
        assert found is not None
        assert (found.state, found.is_open) == (AppealState.MOOT, False)
    assert counts(calls._installation.state, (ACCOUNT,))["you"] == 0


def test_two_of_which_the_site_has_decided_wait_for_nobody(client: TestClient, calls: Calls) -> None:
    name = approve_first(client)
    put(calls, name, AppealState.DUPLICATE_SEEN)
    assert counts(calls._installation.state, (ACCOUNT,))["you"] == 1
    with calls._installation.state.transaction() as tx:
        appeal = tx.appeals.get(name)
        assert appeal is not None
        tx.appeals.change(appeal, moderation="rejected")
    found = counts(calls._installation.state, (ACCOUNT,))
    assert (found["you"], found["done"]) == (0, 1)


def test_a_question_of_the_moderator_says_whose_turn_it_is(client: TestClient, calls: Calls) -> None:
    name = approve_first(client)
    ask_question(calls._installation, name, "Пришлите снимок переписки")
    page = client.get(f"/appeals/{name}").text
    assert "Ваш ход: площадка спрашивает и ждёт ответа." in page
    assert "Программа спрашивает её о решении" not in page
    assert "ваш ход, ответить до" in client.get("/appeals?look=board").text
    with calls._installation.state.transaction() as tx:
        question = tx.questions.open_of(name)
        assert question is not None
        tx.questions.change(question, state="sent", answer_text="Вот он")
    assert "Ход площадки: ваш ответ у неё." in client.get(f"/appeals/{name}").text


def test_what_was_begun_on_a_page_names_that_page_so_that_it_can_follow(client: TestClient, calls: Calls) -> None:
    name = approve_first(client)
    job = calls.work.begin("visit", "Отправляем обращение", f"/appeals/{name}")
    assert job is not None
    strip = client.get(f"/work?back=/appeals/{name}").text
    assert f'data-job="{job.id}" data-about="/appeals/{name}" data-standing="running"' in strip
