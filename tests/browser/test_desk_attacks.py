"""The desk against other pages of the same browser: their requests carry its cookie, and nothing comes of them."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from monitor.bootstrap import Installation
from monitor.config.home import Home
from monitor.custody.checking import check_evidence
from monitor.custody.notes import person_of
from monitor.custody.own_files import take_into_custody
from monitor.desk import guard, rendering, serving
from monitor.desk.links import find_desk
from tests.desk_browser import Desk, entries_of, open_desk, serve_desk
from tests.desk_world import ACCOUNT, make_desk_home

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, BrowserType, Dialog, Request

pytestmark = pytest.mark.browser

REVIEW = f"01a27702-0448-7aa4-9fa8-{2:012d}"
ATTACKS = {
    "form": """url => { const form = Object.assign(document.createElement("form"), { method: "POST", action: url });
        document.body.append(form); form.submit(); }""",
    "fetch": """url => fetch(url, { method: "POST", mode: "no-cors", credentials: "include", body: "token=x" })
        .catch(() => null)""",
    "picture": "url => { new Image().src = url; }",
    "frame": "url => { document.body.append(Object.assign(document.createElement('iframe'), { src: url })); }",
    "link": "url => { location.href = url; }",
}


READS = {"sec-fetch-site": "same-origin", "sec-fetch-dest": "document"}
HOSTILE = (
    "Продавец дебил <script>window.ran = 1; alert(1)</script>",
    'Хам <img src="http://evil.example/x.png" onerror="alert(2)">',
    """"><svg onload=alert(3)><a href='javascript:alert(4)'>x</a>{{ 7 * 7 }}<style>@import "http://evil.example/y"</style>""",
)


class Stranger(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><body>stranger")

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def stranger() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Stranger)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_desk(make_desk_home(tmp_path_factory.mktemp("attacked") / "home").home) as running:
        yield running


@pytest.fixture(scope="module")
def context(desk: Desk, browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context()
    desk.enter(made.new_page())
    yield made
    made.close()


@pytest.mark.parametrize("attack", ATTACKS)
def test_another_ports_page_gets_nothing_done_and_sees_nothing(
    desk: Desk, context: BrowserContext, stranger: str, attack: str
) -> None:
    before = len(entries_of(desk.installation(), ACCOUNT))
    page = context.new_page()
    page.goto(stranger)
    changes = attack in {"form", "fetch"}
    address = f"{desk.origin}/inbox/{ACCOUNT}/{REVIEW}" + ("/leave" if changes else "")
    with page.expect_request(address) as asked:
        page.evaluate(f"address => {{ ({ATTACKS[attack]})(address); }}", address)
    answer = asked.value.response()
    if answer is not None:  # else the browser itself keeps the answer from the page
        sent = asked.value.all_headers().get("cookie", "")
        assert "fairreview_desk" in sent, "the control: the cookie does go along"
        assert answer.status == 403
    assert len(entries_of(desk.installation(), ACCOUNT)) == before
    page.close()


def test_a_name_that_is_made_to_point_here_is_no_name_of_the_desk(
    desk: Desk, browser_type: BrowserType, browser_type_launch_args: dict[str, Any]
) -> None:
    rules = "--host-resolver-rules=MAP evil.example 127.0.0.1"
    options = {**browser_type_launch_args, "args": [*browser_type_launch_args.get("args", ()), rules]}
    browser = browser_type.launch(**options)
    try:
        page = browser.new_page()
        for path in ("/inbox", "/static/desk.css", desk.link.removeprefix(desk.origin)):
            answer = page.goto(f"http://evil.example:{desk.port}{path}")
            assert answer is not None
            assert answer.status == 421
    finally:
        browser.close()


NOTHING_HOLDS = "default-src * 'unsafe-inline'"
SOME = ("/inbox", "/log")


def paths_of(review: str) -> tuple[str, ...]:
    """Every page that shows what others wrote."""
    return (
        *("/inbox", f"/inbox/{review}", f"/inbox/{review}?show=changes", "/inbox?q=%3Cscript%3E", "/log"),
        *(f"/case/{review}", f"/case/{review}/colleague", "/appeals", "/appeals?look=board", "/products", "/accounts"),
        *("/start", "/health", "/inbox/decided"),
    )


def look_at_pages(home: Path, paths: tuple[str, ...], browser: Browser) -> tuple[list[str], int]:
    """Opens pages; returns what ran or was asked for elsewhere, and how many elements came out of others' words."""
    done: list[str] = []
    with serve_desk(home) as desk:
        context = browser.new_context()

        def dismiss(one: Dialog) -> None:
            done.append(one.message)
            one.dismiss()

        def note(one: Request) -> None:
            if not one.url.startswith(desk.origin):
                done.append(one.url)

        def forget(one: Request) -> None:
            if "csp" in (one.failure or "").lower():  # the browser tells of it, and does not ask
                done.remove(one.url)

        context.on("dialog", dismiss)
        context.on("request", note)
        context.on("requestfailed", forget)
        page, elements = desk.enter(context.new_page()), 0
        for path in paths:
            page.goto(desk.origin + path)
            done += ["a script ran"] * int(page.evaluate("window.ran || 0"))
            elements += page.locator("svg[onload], img[onerror], a[href^='javascript:'], script:not([src])").count()
        context.close()
    return done, elements


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home in which whatever others write is hostile; also the review with a file of such a name."""
    folder = tmp_path_factory.mktemp("hostile") / "home"
    made = make_desk_home(folder, [(one, 1) for one in HOSTILE], names=HOSTILE)
    return made.home, f"{ACCOUNT}/{_take_hostile_file(made.installation)}"


@pytest.mark.parametrize(("is_escaped", "has_policy"), [(True, True), (True, False), (False, True), (False, False)])
def test_hostile_texts_names_and_files_run_nothing_and_ask_for_nothing_on_any_page(
    hostile: tuple[Path, str], browser: Browser, is_escaped: bool, has_policy: bool
) -> None:
    home, review = hostile
    with pytest.MonkeyPatch.context() as patch:
        if not is_escaped:
            patch.setattr(rendering.templates(), "autoescape", False)
        if not has_policy:
            patch.setitem(guard.HEADERS, "Content-Security-Policy", NOTHING_HOLDS)
        rendering.templates().cache.clear()  # type: ignore[union-attr]
        done, elements = look_at_pages(home, paths_of(review) if is_escaped and has_policy else SOME, browser)
    rendering.templates().cache.clear()  # type: ignore[union-attr]
    # Each is enough alone. Without escaping their words become elements; without the policy besides, those do harm.
    assert (elements == 0) is is_escaped
    assert (done == []) is (is_escaped or has_policy), done


FRAME = """address => new Promise((done) => {
    const frame = Object.assign(document.createElement("iframe"), { src: address, width: 1200, height: 800 });
    frame.addEventListener("load", () => done(true));
    document.body.append(frame);
})"""


@pytest.mark.parametrize(("asks", "says"), [(True, True), (True, False), (False, True), (False, False)])
def test_nobody_can_lay_the_desk_into_a_page_and_have_it_clicked(
    hostile: tuple[Path, str], browser: Browser, stranger: str, asks: bool, says: bool
) -> None:
    policy = {"Content-Security-Policy": guard.POLICY.partition("; frame-ancestors")[0], "X-Frame-Options": "ALLOWALL"}
    with pytest.MonkeyPatch.context() as patch, serve_desk(hostile[0]) as desk:
        if not asks:  # what it is to be shown as
            patch.setattr(guard, "is_shown_as_a_page", lambda _: True)
            patch.setattr(guard, "is_of_this_origin", lambda *_: True)
        if not says:  # who may show it
            for name, value in policy.items():
                patch.setitem(guard.HEADERS, name, value)
        context = browser.new_context()
        desk.enter(context.new_page())
        page = context.new_page()
        page.goto(stranger)
        page.evaluate(FRAME, f"{desk.origin}/inbox")
        shown = page.frames[1].locator(".row").count()
        context.close()
    assert (shown == 0) is (asks or says)


def test_of_many_who_decide_on_one_draft_at_once_one_is_heard(tmp_path: Path) -> None:
    with serve_desk(make_desk_home(tmp_path / "home").home) as desk:
        assert desk.door is not None
        visitors = [
            httpx.Client(base_url=desk.origin, headers=READS, follow_redirects=True, timeout=60) for _ in range(6)
        ]
        links = [desk.door.new_link() for _ in visitors]
        forms = [_forms(one.get(link).text) for one, link in zip(visitors, links, strict=True)]
        start = threading.Barrier(len(visitors))

        def decide(at: int) -> None:
            address, fields = forms[at][at % 2]
            start.wait(20)
            visitors[at].post(address, data=fields, headers={"origin": desk.origin})

        threads = [threading.Thread(target=decide, args=(at,)) for at in range(len(visitors))]
        for one in threads:
            one.start()
        for one in threads:
            one.join(60)
        for client in visitors:
            client.close()
        told = [body for row in entries_of(desk.installation(), ACCOUNT) if (body := row.to_entry().read_body())]
        decided = [body.action for body in told if body.actor.id.startswith("desk/inbox")]
        assert len(decided) == 1, decided


def _forms(page: str) -> list[tuple[str, dict[str, str]]]:
    """The forms of a page that approve and that leave the review beside the list."""
    found = [re.search(rf'action="([^"]+/{what})"[^>]*>(.*?)</form>', page, re.DOTALL) for what in ("approve", "leave")]
    return [(one[1], dict(re.findall(r'name="(\w+)" value="([^"]*)"', one[2]))) for one in found if one]


def test_a_thousand_requests_a_second_of_strangers_keep_nobody_who_entered_from_working(desk: Desk) -> None:
    with httpx.Client(base_url=desk.origin, headers=READS, follow_redirects=True, timeout=60) as known:
        assert known.get(desk.link if desk.process is None else _another_link(desk)).status_code == 200
        answers: list[int] = []
        began = time.monotonic()
        flood = [threading.Thread(target=_flood, args=(desk.port, 250, answers)) for _ in range(4)]
        for one in flood:
            one.start()
        own = [known.get("/news").status_code for _ in range(20)]
        for one in flood:
            one.join(120)
    assert set(own) == {200}
    assert len(answers) == 1000
    share = guard.STRANGERS  # however fast or slow this machine is: their share, and not one more
    assert answers.count(403) <= share.burst + share.a_second * (time.monotonic() - began) + 1


def _another_link(desk: Desk) -> str:
    found = find_desk(Home(desk.home).runs)
    assert found is not None
    return found.new()


def _flood(port: int, count: int, answers: list[int]) -> None:
    """Asks as another page does, as fast as it goes, over one connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line, line.makefile("rb") as answered:
        for _ in range(count):
            line.sendall(f"GET /inbox HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nSec-Fetch-Site: same-site\r\n\r\n".encode())
            answers.append(int(answered.readline().split()[1]))
            length = 0
            while (head := answered.readline().strip().lower()) != b"":
                if head.startswith(b"content-length:"):
                    length = int(head.partition(b":")[2])
            answered.read(length)


def _take_hostile_file(installation: Installation) -> str:
    review = f"01a27700-0448-7aa4-9fa8-{0:012d}"
    with installation.state.read() as tx:
        case = tx.cases.of_review(ACCOUNT, review)
    assert case is not None
    actor = person_of(installation.settings)
    take_into_custody(installation, case, [(f"{HOSTILE[0]}.txt", HOSTILE[1].encode())], actor=actor, note=HOSTILE[2])
    return review


@pytest.mark.parametrize("delay", [0.0, 0.05])
def test_a_server_that_is_killed_while_it_approves_leaves_the_approval_whole_or_not_there(
    tmp_path: Path, delay: float
) -> None:
    home = make_desk_home(tmp_path / "home").home
    with (
        open_desk(home) as desk,
        httpx.Client(base_url=desk.origin, headers=READS, follow_redirects=True, timeout=60) as client,
    ):
        page = client.get(desk.link).text
        found = re.search(r'action="([^"]+/approve)"[^>]*>(.*?)</form>', page, re.DOTALL)
        assert found is not None
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', found[2]))
        asking = threading.Thread(target=_ask_in_vain, args=(client, found[1], fields, desk.origin))
        asking.start()
        asking.join(delay)
        assert desk.process is not None
        desk.process.kill()
        asking.join(30)
    installation = desk.installation()
    with installation.state.read() as tx:
        appeal = tx.appeals.get(fields["appeal"])
        approvals = tx.approvals.of(fields["appeal"])
    assert appeal is not None
    said = [row for row in entries_of(installation, ACCOUNT) if row.action == "appeal.filing.approved"]
    assert (appeal.state, len(approvals), len(said)) in {("draft", 0, 0), ("approved", 1, 1)}
    assert [one for one in check_evidence(installation).damage if one.kind == "mirror_differs"] == []


def _ask_in_vain(client: httpx.Client, address: str, fields: dict[str, str], origin: str) -> None:
    with contextlib.suppress(httpx.HTTPError):
        client.post(address, data=fields, headers={"origin": origin})


@pytest.mark.parametrize("is_defended", [True, False])
def test_a_request_whose_head_never_ends_is_let_go(
    hostile: tuple[Path, str], is_defended: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "_SLOWEST_HEAD", 0.3 if is_defended else 600.0)
    with serve_desk(hostile[0]) as desk, socket.create_connection(("127.0.0.1", desk.port), timeout=30) as slow:
        slow.sendall(b"GET /inbox HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        slow.settimeout(30 if is_defended else 1.5)
        if is_defended:
            assert slow.recv(1) == b""
        else:  # the control: it would be waited for
            with pytest.raises(TimeoutError):
                slow.recv(1)
