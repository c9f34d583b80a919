"""The desk against other pages of the same browser: their requests carry its cookie, and nothing comes of them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from tests.desk_browser import Desk, entries_of, open_desk
from tests.desk_world import ACCOUNT, make_desk_home

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, BrowserType

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


def test_a_request_whose_head_never_ends_is_let_go(desk: Desk) -> None:
    with socket.create_connection(("127.0.0.1", desk.port), timeout=30) as slow:
        slow.sendall(b"GET /inbox HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        assert slow.recv(1) == b""
