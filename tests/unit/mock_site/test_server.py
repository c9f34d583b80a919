"""The host and its control: what is counted, what is programmable, and that it ends cleanly."""

from __future__ import annotations

import socket
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from starlette.responses import PlainTextResponse

from mock_site.scenarios import ScenarioError, load_scenario, scenario_names
from mock_site.server import MockSite
from mock_site.switches import Switches
from mock_site.world import NewReview, World, WorldOptions
from mock_site.world.sign_ins import totp
from tests.unit.mock_site.conftest import Get


def submit(site: MockSite, path: str = "/my/appeals/create", **form: str) -> httpx.Response:
    session = site.world.sign_ins.open_session(site.world.accounts[0], "www")
    headers = {"host": f"www.localhost:{site.port}", "cookie": f"sid={session.sid}"}
    url = f"http://127.0.0.1:{site.port}{path}"
    return httpx.post(url, headers=headers, data={"csrf": session.csrf, **form}, timeout=5)


def appeal(site: MockSite, **changes: str) -> httpx.Response:
    order = site.world.orders.listed()[0]
    form = {"order": order.number, "review": order.review_uuid, "reason": "Реклама или спам", "text": "Описание"}
    return submit(site, **{**form, **changes})


def test_every_request_is_counted_with_its_place_on_the_connection(mock_site: MockSite) -> None:
    with httpx.Client(headers={"host": f"www.localhost:{mock_site.port}"}) as client:
        for _ in range(3):
            client.get(f"http://127.0.0.1:{mock_site.port}/favicon.ico")
    entries = mock_site.ledger.entries
    assert [entry.nth for entry in entries] == [1, 2, 3]
    assert len({entry.connection for entry in entries}) == 1
    assert mock_site.ledger.hosts == {f"www.localhost:{mock_site.port}": 3}


def test_a_body_cut_in_the_middle_is_counted_as_incomplete(mock_site: MockSite) -> None:
    head = f"POST /my/appeals/create HTTP/1.1\r\nHost: www.localhost:{mock_site.port}\r\nContent-Length: 100\r\n\r\n"
    with (
        mock_site.expect_request("/my/appeals/create") as expected,
        socket.create_connection(("127.0.0.1", mock_site.port)) as raw,
    ):
        raw.sendall(head.encode() + b"half")
    assert expected.value is not None
    assert (expected.value.is_complete, expected.value.body) == (False, b"half")


def test_an_appeal_is_stored_and_answered_with_its_number(mock_site: MockSite) -> None:
    answer = appeal(mock_site)
    stored = mock_site.world.stored_appeals
    assert (answer.status_code, answer.headers["location"]) == (303, f"/my/appeals/{stored[0].number}?created=1")
    assert [len(stored), len(mock_site.ledger.submits)] == [1, 1]


@pytest.mark.parametrize(
    ("mode", "status", "stored"),
    [
        ("lie", 303, 0),
        ("inline_error", 200, 0),
        ("stale_csrf", 403, 0),
        ("captcha", 403, 0),
        ("500_before", 500, 0),
        ("502_after_store", 502, 1),
        ("307_after_store", 307, 1),
        ("408", 408, 1),
    ],
)
def test_submit_modes_store_what_they_say(mock_site: MockSite, mode: str, status: int, stored: int) -> None:
    mock_site.switches.submit = mode
    assert appeal(mock_site).status_code == status
    assert len(mock_site.world.stored_appeals) == stored
    assert appeal(mock_site).status_code == 303


@pytest.mark.parametrize("mode", ["fin", "rst", "partial", "late_0.1"])
def test_a_lost_answer_is_lost_but_stored(mock_site: MockSite, mode: str) -> None:
    mock_site.switches.submit = mode
    with pytest.raises(httpx.TransportError):
        appeal(mock_site)
    assert len(mock_site.world.stored_appeals) == 1


def test_a_hanging_answer_never_comes(mock_site: MockSite) -> None:
    mock_site.switches.submit = "hang"
    mock_site.switches.store_lost_submits = False
    order = mock_site.world.orders.listed()[0]
    session = mock_site.world.sign_ins.open_session(mock_site.world.accounts[0], "www")
    form = {"csrf": session.csrf, "order": order.number, "review": order.review_uuid}
    headers = {"host": f"www.localhost:{mock_site.port}", "cookie": f"sid={session.sid}"}
    data = {**form, "reason": "Персональные данные", "text": "Описание"}
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"http://127.0.0.1:{mock_site.port}/my/appeals/create", headers=headers, data=data, timeout=0.5)
    assert (len(mock_site.ledger.submits), mock_site.world.stored_appeals) == (1, [])


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"reason": "Другое"}, "Выберите причину"), ({"text": " "}, "Опишите"), ({"csrf": "old"}, "Срок действия формы")],
)
def test_a_bad_form_comes_back_with_its_error(mock_site: MockSite, changes: dict[str, str], words: str) -> None:
    assert words in appeal(mock_site, **changes).text
    assert mock_site.world.stored_appeals == []


def test_a_killed_session_leads_to_the_sign_in(mock_site: MockSite, get: Get) -> None:
    assert get("/my/orderlist", signed_in=True).status_code == 200
    mock_site.switches.session_life_s = 0.0
    answer = get("/my/orderlist", signed_in=True)
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(mock_site.origins["sso"])


def test_the_list_of_appeals_can_be_late_paged_or_lossy(mock_site: MockSite, get: Get) -> None:
    for order in mock_site.world.orders.listed()[:6]:
        appeal(mock_site, order=order.number, review=order.review_uuid)
    rows = {}
    for mode in ("instant", "paged", "drops_rows", "delay"):
        mock_site.switches.list_mode = mode
        mock_site.switches.list_delay_s = 60
        rows[mode] = get("/my/appeals", signed_in=True).text.count("<tr data-review-uuid")
    assert rows == {"instant": 6, "paged": 5, "drops_rows": 3, "delay": 0}
    mock_site.switches.list_mode = "none"
    assert get("/my/appeals", signed_in=True).status_code == 404


def test_a_programmed_route_comes_first_until_the_reset(mock_site: MockSite, get: Get) -> None:
    mock_site.set_route("/seller/*", lambda _: PlainTextResponse("mine"))
    assert get("/seller/primer-1/products/").text == "mine"
    mock_site.reset()
    assert get("/seller/primer-1/products/").text != "mine"


def test_a_reset_forgets_everything(mock_site: MockSite, get: Get) -> None:
    mock_site.switches.layout = "B"
    mock_site.world.add_review(0, NewReview(kind="advert"))
    get("/")
    mock_site.reset()
    assert mock_site.switches == Switches()
    assert mock_site.world.counters(mock_site.world.product_at(0)).total == 40
    assert mock_site.ledger.entries == []


def test_a_stopped_mock_leaves_no_thread_and_no_port(capfd: pytest.CaptureFixture[str]) -> None:
    before = set(threading.enumerate())
    site = MockSite.start()
    port = site.port
    with socket.create_connection(("127.0.0.1", port)):
        site.stop()
    assert set(threading.enumerate()) == before
    assert socket.socket().connect_ex(("127.0.0.1", port)) != 0
    assert capfd.readouterr().err == ""


def test_the_control_api_turns_switches_and_changes_the_world(mock_site: MockSite) -> None:
    with httpx.Client(base_url=mock_site.control_url) as control:
        assert control.patch("/switches", json={"submit": "late_3", "layout": "B"}).json()["layout"] == "B"
        assert mock_site.switches.submit == "late_3"
        made = control.post("/reviews", json={"product": 1, "kind": "advert"}).json()
        assert control.patch(f"/reviews/{made['uuid']}", json={"text": "иначе"}).json()["version"] == 1
        assert control.delete(f"/reviews/{made['uuid']}").status_code == 204
        sku = mock_site.world.product_at(1).sku
        listed = control.get("/reviews", params={"sku": sku}).json()["reviews"]
    assert [row["state"] for row in listed if row["uuid"] == made["uuid"]] == ["deleted"]
    assert mock_site.ledger.entries == []


@pytest.mark.parametrize(
    ("method", "path", "body"), [("PATCH", "/switches", '{"submit":"maybe"}'), ("POST", "/reviews", "[]")]
)
def test_the_control_api_refuses_nonsense(mock_site: MockSite, method: str, path: str, body: str) -> None:
    assert httpx.request(method, mock_site.control_url + path, content=body).status_code == 422
    assert mock_site.switches == Switches()


def test_no_page_in_a_browser_may_use_the_control_api(mock_site: MockSite) -> None:
    url = mock_site.control_url
    assert httpx.post(f"{url}/reset", headers={"origin": mock_site.origins["www"]}).status_code == 403
    assert httpx.post(f"{url}/reset", headers={"host": "rebound.example"}).status_code == 421


def test_codes_follow_the_seed_and_authenticators_the_time(mock_site: MockSite) -> None:
    account = mock_site.world.accounts[0]
    first = mock_site.code_for(account.email)
    mock_site.world.sign_ins.begin(account, account.email, "")
    assert mock_site.code_for("+7 (900) 000-00-01") not in {first, ""}
    assert totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 59) == "287082"
    with pytest.raises(LookupError):
        mock_site.code_for("nobody@example.com")


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_that_ships_is_valid(name: str) -> None:
    assert load_scenario(name).title


def test_a_bad_scenario_is_named() -> None:
    with pytest.raises(ScenarioError, match="there are: by_hand, calm"):
        load_scenario("nowhere")


def test_the_demo_tells_its_whole_story_to_whoever_keeps_reading() -> None:
    scenario = load_scenario("demo")
    world = World(scenario.world.model_copy(update={"frozen_clock": True}))
    world.schedule(*scenario.changes)
    for _ in range(6):
        for product in world.products():
            world.emit("listing_read", product)
        world.clock.advance(10)
        world.tick()
    assert world.pending_changes() == 0
    added = {label: world.review(uuid) for label, uuid in world.labels.items()}
    kinds = {label: review.kind for label, review in added.items() if review is not None}
    assert kinds["advert"] == "advert"
    assert kinds["fair"] == kinds["harsh_but_fair"] == "fair_negative"
    assert all(world.order_of(uuid) for uuid in world.labels.values())
    assert added["fair"] is not None
    assert added["fair"].version == 1


def test_another_submit_mode_hits_anew(mock_site: MockSite) -> None:
    for mode, status in (("500_before", 500), ("inline_error", 200), ("500_before", 500)):
        mock_site.switches.submit = mode
        assert [appeal(mock_site).status_code, appeal(mock_site).status_code] == [status, 303]


def test_scenarios_are_laid_one_on_another() -> None:
    joined = load_scenario("demo", "quirks", "lossy_list")

    assert joined.changes == load_scenario("demo").changes
    assert joined.switches.banner == "random"
    assert joined.switches.quirks == ["double", "alert", "window", "download"]
    assert joined.switches.list_mode == "drops_rows"


def test_a_scenario_includes_others_and_has_the_last_word(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text("[world]\nproducts = 3\nhostile = 2\n")
    mine = tmp_path / "mine.toml"
    mine.write_text('include = ["slow", "base.toml"]\n[world]\nproducts = 5\n')

    scenario = load_scenario(mine)

    assert (scenario.world.products, scenario.world.hostile) == (5, 2)
    assert scenario.switches.hydration_delay_ms == 900


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('include = ["mine.toml"]', "itself"),
        ('include = "calm"', "list of names"),
        ('include = ["no_such"]', "no_such"),
    ],
)
def test_a_wrong_include_is_refused(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "mine.toml").write_text(text)

    with pytest.raises(ScenarioError, match=told):
        load_scenario(tmp_path / "mine.toml")


def test_the_hostile_corpus_is_served_as_text_and_never_as_markup() -> None:
    with MockSite.start(WorldOptions(products=1, reviews_per_product=0, hostile=13)) as site:
        review = next(one for one in site.world.listing(site.world.product_at(0)) if "<script>" in one.text)
        page = httpx.get(
            f"http://127.0.0.1:{site.port}{site.world.product_at(0).path}reviews/",
            headers={"Host": f"www.localhost:{site.port}"},
        ).text
    assert review.text not in page
    assert "&lt;script&gt;alert(" in page


def test_the_clock_of_a_site_can_be_off() -> None:
    epoch = datetime(2026, 11, 20, 12, tzinfo=UTC)
    world = World(WorldOptions(epoch=epoch, frozen_clock=True, clock_offset_s=7200))
    assert world.clock.now() == epoch + timedelta(hours=2)
