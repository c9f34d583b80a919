"""The desk's door, without a browser: each defence refuses its attack, and lets through what our own pages ask."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from starlette.testclient import TestClient

from monitor.desk import guard
from monitor.desk.app import build_app
from monitor.desk.calls import Calls
from monitor.desk.entering import Door, Person
from monitor.desk.guard import Limits
from monitor.desk.links import Links
from monitor.desk.serving import bind
from monitor.errors import SettingsError
from tests.desk_world import ACCOUNT, make_desk_home

PORT = 8123
OWN = f"http://127.0.0.1:{PORT}"
READS = {"sec-fetch-site": "same-origin", "sec-fetch-dest": "document", "host": f"127.0.0.1:{PORT}"}
WRITES = {**READS, "origin": OWN}
HOSTILE = (
    ("rebound name", {"host": f"evil.example:{PORT}"}),
    ("no port", {"host": "127.0.0.1"}),
    ("another port's page", {"sec-fetch-site": "same-site"}),
    ("another site", {"sec-fetch-site": "cross-site"}),
    ("no word of the browser", {"sec-fetch-site": ""}),
    ("in a frame", {"sec-fetch-dest": "iframe"}),
    ("another origin", {"origin": "http://127.0.0.1:9"}),
    ("no origin", {"origin": "null"}),
)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Calls:
    return Calls(make_desk_home(tmp_path_factory.mktemp("door") / "home").installation)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def door(calls: Calls, clock: Clock) -> Door:
    return Door(port=PORT, idle=900, people=calls.people, clock=clock, links=Links(PORT, clock=clock))


@pytest.fixture
def client(calls: Calls, door: Door) -> Iterator[TestClient]:
    app = build_app(calls, door, port=PORT)
    with TestClient(app, base_url=OWN, headers=READS, follow_redirects=False) as made:
        yield made


def enter(client: TestClient, door: Door) -> None:
    answer = client.get(door.new_link(), headers={"sec-fetch-site": "none"})
    assert answer.status_code == 303
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=strict" in answer.headers["set-cookie"]


def leave_form(client: TestClient) -> tuple[str, dict[str, str]]:
    """Takes the form that leaves the first review from the page."""
    page = client.get("/inbox").text
    found = re.search(
        r'action="(/inbox/[^"]+/leave)".*?name="version" value="(\d+)".*?name="token" value="(\w+)"', page, re.S
    )
    assert found is not None
    return found[1], {"version": found[2], "token": found[3]}


def decided(calls: Calls) -> int:
    return len(calls.decided())


@pytest.mark.parametrize(("attack", "headers"), HOSTILE, ids=[name for name, _ in HOSTILE])
def test_a_change_that_no_page_of_ours_asks_for_is_refused(
    client: TestClient, door: Door, calls: Calls, attack: str, headers: dict[str, str]
) -> None:
    enter(client, door)
    action, form = leave_form(client)
    before = decided(calls)
    answer = client.post(action, data=form, headers={**WRITES, **headers})
    assert answer.status_code in {403, 421}, attack
    assert decided(calls) == before
    with patch.object(guard, "is_asked_by_a_page_of_ours", lambda *_, **__: True):  # the control: without the defence
        if "host" not in headers:
            assert client.post(action, data=form, headers={**WRITES, **headers}).status_code == 303
            assert decided(calls) == before + 1
            calls.undo(calls.decided()[0].standing.undo, by=calls.actor(calls.people[0], "test"))


def test_a_link_works_once_and_goes_stale(client: TestClient, door: Door, clock: Clock) -> None:
    link = door.new_link()
    assert client.get("/inbox").status_code == 401
    assert client.get(link).status_code == 303
    client.cookies.clear()
    assert client.get(link).status_code == 403
    late = door.new_link()
    clock.now += 601
    assert client.get(late).status_code == 403
    assert client.get("/enter?token=guess").status_code == 403


def test_without_input_the_desk_is_locked_and_news_are_no_input(client: TestClient, door: Door, clock: Clock) -> None:
    enter(client, door)
    clock.now += 800
    assert client.get("/news").status_code == 200
    clock.now += 200
    assert client.get("/inbox").status_code == 401


@pytest.mark.parametrize("change", [{"version": "2"}, {"token": "0" * 32}, {"token": ""}])
def test_a_form_is_bound_to_what_it_showed(
    client: TestClient, door: Door, calls: Calls, change: dict[str, str]
) -> None:
    enter(client, door)
    action, form = leave_form(client)
    before = decided(calls)
    assert client.post(action, data={**form, **change}, headers=WRITES).status_code == 403
    assert decided(calls) == before


def test_a_token_of_one_visitor_is_nothing_to_another(client: TestClient, door: Door) -> None:
    enter(client, door)
    action, form = leave_form(client)
    client.cookies.clear()
    enter(client, door)
    assert client.post(action, data=form, headers=WRITES).status_code == 403


def test_every_answer_carries_the_policy(client: TestClient, door: Door) -> None:
    answers = [client.get("/inbox"), client.get("/static/desk.css"), client.get("/none")]
    enter(client, door)
    answers += [client.get("/inbox"), client.get("/picture/small/none"), client.post("/inbox", headers=WRITES)]
    for answer in answers:
        assert answer.headers["content-security-policy"] == guard.POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/picture/x/y"])
def test_no_path_leads_out_of_the_package(client: TestClient, door: Door, path: str) -> None:
    enter(client, door)
    assert client.get(path).status_code in {400, 404}


def test_too_much_is_not_read(client: TestClient, door: Door) -> None:
    enter(client, door)
    action, form = leave_form(client)
    assert client.post(action, data={**form, "note": "x" * 70_000}, headers=WRITES).status_code == 413


def test_a_flood_of_strangers_leaves_those_who_entered_their_share(calls: Calls, door: Door) -> None:
    app = build_app(calls, door, port=PORT, limits=Limits(burst=50, a_second=0.001))
    with TestClient(app, base_url=OWN, headers=READS, follow_redirects=False) as client:
        enter(client, door)
        # What another page sends along with our cookie counts as a stranger's.
        flood = [client.get("/inbox", headers={"sec-fetch-site": "same-site"}).status_code for _ in range(300)]
        assert flood.count(429) > 200
        assert client.get("/news").status_code == 200
        own = [client.get("/news").status_code for _ in range(60)]
        assert own.count(429) >= 10


def test_people_say_who_they_are_before_anything_is_shown(calls: Calls) -> None:
    door = Door(port=PORT, idle=900, people=(Person("Анна Петрова"), Person("Ирина", "юрист")))
    with TestClient(build_app(calls, door, port=PORT), base_url=OWN, headers=READS, follow_redirects=False) as client:
        enter(client, door)
        assert client.get("/inbox").headers["location"] == "/who"
        page = client.get("/who").text
        token = page.rpartition('name="token" value="')[2].partition('"')[0]
        assert client.post("/who", data={"name": "Ирина", "token": token}, headers=WRITES).status_code == 303
        assert "Ирина" in client.get("/inbox").text


def test_hostile_words_are_shown_and_never_obeyed(tmp_path: Path) -> None:
    words = '<script>alert(1)</script>"><img src=x onerror=alert(1)> \u202egnp.exe {{ 7*7 }} дебил'
    calls = Calls(make_desk_home(tmp_path / "home", [(words, 1)]).installation)
    door = Door(port=PORT, idle=900, people=calls.people)
    with TestClient(build_app(calls, door, port=PORT), base_url=OWN, headers=READS) as client:
        enter_page = client.get(door.new_link())
        assert enter_page.status_code == 200
        assert "<script>alert" not in enter_page.text
        assert "<img src=x" not in enter_page.text
        assert "\u202e" not in enter_page.text
        assert "{{ 7*7 }}" in enter_page.text
        assert ACCOUNT in enter_page.text


def test_what_cannot_be_undone_needs_its_tick_also_without_the_browser_s_own_check(
    client: TestClient, door: Door, calls: Calls
) -> None:
    enter(client, door)
    appeal = calls.list_appeals("draft", "").rows[0].id
    page = client.get(f"/appeals/{appeal}").text
    form = re.search(r'action="/appeals/[^"]+/drop".*?</form>', page, re.S)
    assert form is not None
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
    client.post(f"/appeals/{appeal}/drop", data=fields, headers=WRITES)
    refused = client.get(f"/appeals/{appeal}")
    assert "Поставьте отметку" in refused.text
    assert appeal in {row.id for row in calls.list_appeals("draft", "").rows}
    client.post(f"/appeals/{appeal}/drop", data=fields | {"sure": "yes"}, headers=WRITES)
    assert appeal not in {row.id for row in calls.list_appeals("draft", "").rows}


def test_a_port_is_free_again_at_once_and_not_while_somebody_listens() -> None:
    first = bind(0)
    assert first.proto == socket.IPPROTO_TCP, "asyncio sends small answers at once only then"
    first.listen()
    port = first.getsockname()[1]
    with pytest.raises(SettingsError, match="is taken"):
        bind(port)
    with socket.create_connection(("127.0.0.1", port)):
        served, _ = first.accept()
        served.close()  # the desk ends first: its side of the connection lingers
    first.close()

    bind(port).close()
