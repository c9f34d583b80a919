"""Each defence of the desk alone: it stops a request that is right in all else, and without it that gets through."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from evidence_store.digests import Digest
from monitor.cases.casework import Wishes
from monitor.closed_lists.states import AppealState
from monitor.desk import appeal_pages, guard, links
from monitor.desk.app import build_app
from monitor.desk.calls import Calls
from monitor.desk.entering import Door, Person, Visitor
from monitor.desk.guard import Guard, Limits
from monitor.desk.links import Links
from monitor.use_cases import deciding, pictures
from tests.desk_world import ACCOUNT, edit_review, make_desk_home
from tests.unit.monitor.test_desk_door import OWN, PORT, READS, WRITES, enter, leave_form

Remove = Callable[[pytest.MonkeyPatch], None]
HOSTILE = '<script src="http://evil.example/x.js"></script>Продавец дебил'


def without(owner: object, name: str, value: object) -> Remove:
    """A way to take one defence away."""
    return lambda patch: patch.setattr(owner, name, value)


REFUSED_BY_ONE: dict[str, tuple[dict[str, str], Remove]] = {
    "name of the host": ({"host": f"evil.example:{PORT}"}, without(guard, "is_own_name", lambda *_: True)),
    "relation to the page that asks": (
        {"sec-fetch-site": "same-site"},
        without(guard, "is_of_this_origin", lambda *_: True),
    ),
    "origin of a change": ({"origin": "http://127.0.0.1:9"}, without(guard, "has_own_origin", lambda *_: True)),
    "no frame": ({"sec-fetch-dest": "iframe"}, without(guard, "is_shown_as_a_page", lambda *_: True)),
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Calls:
    return Calls(make_desk_home(tmp_path_factory.mktemp("defended") / "home").installation)


@pytest.fixture
def door(shared: Calls) -> Door:
    return Door(port=PORT, idle=900, people=shared.people)


@pytest.fixture
def client(shared: Calls, door: Door) -> Iterator[TestClient]:
    with TestClient(build_app(shared, door, port=PORT), base_url=OWN, headers=READS, follow_redirects=False) as made:
        yield made


def take_back(calls: Calls) -> int:
    """Takes back what was decided; returns how many there were."""
    found = calls.decided()
    for one in found:
        calls.undo(one.standing.undo, by=calls.actor(calls.people[0], "test"))
    return len(found)


@pytest.mark.parametrize(("defence", "is_defended"), [(name, it) for name in REFUSED_BY_ONE for it in (True, False)])
def test_the_door_s_checks(client: TestClient, door: Door, shared: Calls, defence: str, is_defended: bool) -> None:
    headers, remove = REFUSED_BY_ONE[defence]
    enter(client, door)
    action, form = leave_form(client)
    with pytest.MonkeyPatch.context() as patch:
        if not is_defended:
            remove(patch)
        answer = client.post(action, data=form, headers={**WRITES, **headers})
    assert (answer.status_code in {403, 421}) is is_defended
    assert take_back(shared) == (0 if is_defended else 1)


@pytest.mark.parametrize("is_defended", [True, False])
def test_a_token_holds_a_form_to_its_visitor(
    client: TestClient, door: Door, shared: Calls, is_defended: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(client, door)
    action, form = leave_form(client)
    client.cookies.clear()
    enter(client, door)
    if not is_defended:
        monkeypatch.setattr(Visitor, "holds", lambda *_: True)
    assert client.post(action, data=form, headers=WRITES).status_code == (403 if is_defended else 303)
    assert take_back(shared) == (0 if is_defended else 1)


@pytest.mark.parametrize("is_defended", [True, False])
def test_a_link_that_somebody_saw_is_used_up(client: TestClient, door: Door, is_defended: bool) -> None:
    link = door.new_link()
    enter_by = client.get(link, headers={"sec-fetch-site": "none"})
    assert enter_by.status_code == 303
    client.cookies.clear()
    if not is_defended:
        door.links._used.clear()
    assert client.get(link).status_code == (403 if is_defended else 303)


@pytest.mark.parametrize("is_defended", [True, False])
def test_a_link_goes_stale_and_its_moment_cannot_be_set_on(is_defended: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    made = Links(PORT, clock=lambda: now[0])
    token = made.new().rpartition("token=")[2]
    now[0] = links._LIVES + 1 if is_defended else links._LIVES - 1
    assert made.take(token) is not is_defended
    name, _, signature = token.split(".")
    if not is_defended:
        monkeypatch.setattr(Links, "_sign", lambda *_: signature)
    assert made.take(f"{name}.{links._LIVES + 100}.{signature}") is not is_defended


@pytest.mark.parametrize("is_defended", [True, False])
def test_who_does_nothing_for_long_is_locked_out(client: TestClient, door: Door, is_defended: bool) -> None:
    enter(client, door)
    door._idle = -1 if is_defended else 900
    assert client.get("/inbox").status_code == (401 if is_defended else 200)


@pytest.mark.parametrize("is_defended", [True, False])
def test_nobody_comes_in_without_a_link(client: TestClient, is_defended: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not is_defended:
        monkeypatch.setattr(Door, "visitor", lambda *_, **__: Visitor(b"x", 0.0, Person("Кто угодно")))
    assert client.get("/log").status_code == (401 if is_defended else 200)


@pytest.mark.parametrize("is_defended", [True, False])
def test_a_large_form_is_not_read(
    client: TestClient, door: Door, is_defended: bool, monkeypatch: pytest.MonkeyPatch, shared: Calls
) -> None:
    enter(client, door)
    action, form = leave_form(client)
    if not is_defended:
        monkeypatch.setattr(guard, "MOST_BYTES", 10_000_000)
    answer = client.post(action, data={**form, "note": "x" * 70_000}, headers=WRITES)
    assert answer.status_code == (413 if is_defended else 303)
    assert take_back(shared) == (0 if is_defended else 1)


class Slow:
    """A client whose body's last byte comes when the server has answered, or when it is let go."""

    def __init__(self) -> None:
        self.answered, self.let_go = asyncio.Event(), asyncio.Event()
        self.status, self._asked = 0, 0

    async def receive(self) -> Message:
        self._asked += 1
        if self._asked == 1:
            return {"type": "http.request", "body": b"a", "more_body": True}
        await self.let_go.wait()
        return {"type": "http.request", "body": b"b", "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
            self.answered.set()


async def _send_slowly(is_defended: bool) -> int:
    async def app(_: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})

    slow, door = Slow(), Door(port=PORT, idle=900, people=())
    headers = {**WRITES, "content-type": "application/x-www-form-urlencoded"}
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": raw}
    asking = asyncio.create_task(Guard(app, port=PORT, known=door)(scope, slow.receive, slow.send))
    if not is_defended:
        await asyncio.wait({asking}, timeout=0.2)
        assert not asking.done(), "the control: it waits for the slow one"
    else:
        await asyncio.wait_for(slow.answered.wait(), 20)
    slow.let_go.set()
    await asking
    return slow.status


@pytest.mark.parametrize("is_defended", [True, False])
def test_a_slow_body_is_let_go(is_defended: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "SLOWEST_BODY", 0.05 if is_defended else 60.0)
    assert asyncio.run(_send_slowly(is_defended)) == (413 if is_defended else 200)


@pytest.mark.parametrize("is_defended", [True, False])
def test_a_flood_is_cut_off_before_any_page_is_made(shared: Calls, door: Door, is_defended: bool) -> None:
    limits = Limits(burst=50, a_second=0.001) if is_defended else Limits(burst=10_000, a_second=10_000)
    app = build_app(shared, door, port=PORT, limits=limits)
    with TestClient(app, base_url=OWN, headers=READS, follow_redirects=False) as client:
        enter(client, door)
        answered = [client.get("/news").status_code for _ in range(120)]
    assert (answered.count(429) > 60) is is_defended


@pytest.mark.parametrize("is_defended", [True, False])
def test_what_nothing_undoes_needs_its_tick(tmp_path: Path, is_defended: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = Calls(make_desk_home(tmp_path / "home").installation)
    door = Door(port=PORT, idle=900, people=calls.people)
    appeal = calls.list_appeals("draft", "").rows[0].id
    if not is_defended:
        monkeypatch.setattr(appeal_pages, "_require_sure", lambda _: None)
    with TestClient(build_app(calls, door, port=PORT), base_url=OWN, headers=READS) as client:
        enter_at = client.get(door.new_link())
        assert enter_at.status_code == 200
        form = re.search(r'action="/appeals/[^"]+/drop".*?</form>', client.get(f"/appeals/{appeal}").text, re.S)
        assert form is not None
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
        client.post(f"/appeals/{appeal}/drop", data=fields, headers=WRITES)
    left = {row.id for row in calls.list_appeals("draft", "").rows}
    assert (appeal in left) is is_defended


def approve_form(client: TestClient) -> tuple[str, dict[str, str]]:
    """The form that approves the draft on the page."""
    found = re.search(r'action="([^"]+/approve)"[^>]*>(.*?)</form>', client.get("/inbox").text, re.DOTALL)
    assert found is not None
    return found[1], {
        name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', found[2])
    }


@pytest.mark.parametrize("is_defended", [True, False])
@pytest.mark.parametrize("change", ["the review", "the text"])
def test_an_approval_is_of_what_was_shown(
    tmp_path: Path, change: str, is_defended: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = Calls(make_desk_home(tmp_path / "home").installation)
    door = Door(port=PORT, idle=900, people=calls.people)
    with TestClient(build_app(calls, door, port=PORT), base_url=OWN, headers=READS, follow_redirects=False) as client:
        enter(client, door)
        action, form = approve_form(client)
        _change(calls, change, form, action)
        if not is_defended:
            _approve_whatever_stands(monkeypatch)
        client.post(action, data=form, headers=WRITES)
    with calls._installation.state.read() as tx:
        appeal = tx.appeals.get(form["appeal"])
    assert appeal is not None
    assert (appeal.state is AppealState.DRAFT) is is_defended


def _change(calls: Calls, change: str, form: dict[str, str], action: str) -> None:
    review = action.split("/")[3]
    if change == "the review":
        edit_review(calls._installation, review, "Всё исправили, спасибо продавцу.")
        return
    looked = deciding.Looked(ACCOUNT, review, int(form["version"]))
    wishes = Wishes(channel="public_report", text="Другой текст.")
    calls.word(looked, form["shown"], wishes, by=calls.actor(None, "test"))


def _approve_whatever_stands(patch: pytest.MonkeyPatch) -> None:
    """Takes away what binds an approval to what was shown: the version of the review, and the hash of the text."""
    plain = deciding.approve_shown

    def loose(state: Any, looked: Any, appeal_id: str, _: str, **more: Any) -> object:
        with state.read() as tx:
            stands = tx.appeals.get(appeal_id).payload_hash
        return plain(state, looked, appeal_id, stands, **more)

    def whatever(tx: Any, looked: Any) -> None:
        del tx, looked

    patch.setattr(deciding, "approve_shown", loose)
    patch.setattr(deciding, "require_unchanged", whatever)


@pytest.mark.parametrize("is_defended", [True, False])
def test_a_captured_page_is_never_served(tmp_path: Path, is_defended: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_desk_home(tmp_path / "home")
    calls, state = Calls(made.installation), made.installation.state
    door = Door(port=PORT, idle=900, people=calls.people)
    digest = made.installation.artifacts.put(HOSTILE.encode())
    with state.transaction() as tx:
        [picture, *_] = tx.artifacts.of_review(ACCOUNT, f"01a27700-0448-7aa4-9fa8-{0:012d}")
        tx.artifacts.add(replace(picture, id="artifact_page", sha256=digest.hex, media_type="text/html"))
        tx.artifacts.add(replace(picture, id="artifact_named", sha256=digest.hex))
    if not is_defended:  # what would be, if the bytes were handed on as they are
        monkeypatch.setattr(pictures, "_copy", lambda artifacts, sha256, _: artifacts.read(Digest("sha256", sha256)))
    with TestClient(build_app(calls, door, port=PORT), base_url=OWN, headers=READS) as client:
        assert client.get(door.new_link()).status_code == 200
        assert client.get("/picture/whole/artifact_page").status_code == 404
        answer = client.get("/picture/whole/artifact_named")
    assert (HOSTILE.encode() not in answer.content) is is_defended
