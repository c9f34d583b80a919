"""Shopette: a small shop made for tests, as unlike the first site as its catalog in ``catalog/`` says."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

CATALOG = Path(__file__).parent / "catalog"
CODE, MAIL, NAME, SESSION = "271828", "kim@shopette.example", "Kim", "come-in-and-stay"
PER_PAGE = 2


@dataclass(frozen=True)
class Opinion:
    number: str
    stars: int
    text: str
    by: str
    date: str


OPINIONS = (
    Opinion("77", 1, "Broke at once", "Kim", "November 19, 2026"),
    Opinion("76", 5, "Lovely", "A customer", "November 3, 2026"),
    Opinion("75", 2, "Too small, and the seller is an idiot", "Lee", "edited 1 Feb 2026"),
    Opinion("74", 4, "Good", "Ann", "January 5, 2026"),
    Opinion("73", 3, "So so", "Bo", "January 4, 2026"),
)


@dataclass
class Shop:
    """The running shop: where it is, what was flagged, and whether its form quotes somebody else's opinion."""

    origin: str = ""
    flags: list[dict[str, str]] = field(default_factory=list)
    quotes_another: bool = False


@contextmanager
def open_shop() -> Iterator[Shop]:
    shop = Shop()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("_Answers", (_Answers,), {"shop": shop}))
    shop.origin = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield shop
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Answers(BaseHTTPRequestHandler):
    shop: Shop

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if found := re.fullmatch(r"/item/k9/opinions/from/(\d+)", parts.path):
            self._send(self._listing(int(found[1])))
        elif found := re.fullmatch(r"/item/k9/opinions/one/(\w+)", parts.path):
            self._send(self._section([one for one in OPINIONS if one.number == found[1]]))
        elif parts.path == "/account/sign-in":
            self._send(_step("Your e-mail", "mail", "email", "Send me a code"))
        elif parts.path == "/account/orders":
            self._send("<h1>Your orders</h1>")
        elif parts.path == "/flags/new":
            self._send(self._form(parse_qs(parts.query)["opinion"][0]))
        else:
            self._send("<h1>Shopette</h1>")

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        values = {key: items[0] for key, items in sent.items()}
        if self.path == "/flags":
            self.shop.flags.append(values)
            self._send("<p>Thank you. We will look at it.</p>")
        elif "mail" in values:
            self._send(_step("Code from the letter", "code", "text", "Come in"))
        elif values.get("code") == CODE:
            self._move("/account/orders")
        else:
            problem = '<p class="problem">That is not the code</p>'
            self._send(problem + _step("Code from the letter", "code", "text", "Come in"))

    def log_message(self, *_: object) -> None:
        """Stays quiet."""

    @property
    def _is_in(self) -> bool:
        return SESSION in (self.headers["Cookie"] or "")

    def _listing(self, offset: int) -> str:
        following = offset + PER_PAGE
        link = f'<nav><a href="/item/k9/opinions/from/{following}">older</a></nav>' if following < len(OPINIONS) else ""
        return self._section(list(OPINIONS[offset:following])) + link

    def _section(self, opinions: list[Opinion]) -> str:
        rows = "".join(map(self._card, opinions))
        return f'<section class="opinions"><h2>{len(OPINIONS)} opinions</h2>{rows}</section>'

    def _card(self, one: Opinion) -> str:
        mark = "<b>You flagged this</b>" if any(f["opinion"] == f"op-{one.number}" for f in self.shop.flags) else ""
        link = f'<a href="/flags/new?opinion={one.number}">Flag this opinion</a>' if self._is_in and not mark else ""
        return (
            f'<div class="opinion" id="op-{one.number}"><meter value="{one.stars}" max="5"></meter>'
            f'<p>{escape(one.text)}</p><footer><span class="by">{one.by}</span> on <time>{one.date}</time></footer>'
            f"{mark}{link}</div>"
        )

    def _form(self, number: str) -> str:
        one = OPINIONS[0 if self.shop.quotes_another else [o.number for o in OPINIONS].index(number)]
        return (
            f'<h1>Flag an opinion</h1><form method="post" action="/flags"><q>{escape(one.text)}</q>'
            f'<input type="hidden" name="opinion" value="op-{number}"><label>Reason <select name="why" required>'
            '<option value="">Choose</option><option value="1">Rude</option><option value="2">Not about the item'
            '</option></select></label><label>Tell us more <textarea name="words"></textarea></label>'
            "<button>Flag it</button></form>"
        )

    def _send(self, body: str) -> None:
        who = (
            f'<span class="who">{NAME}</span>' if self._is_in else '<a class="guest" href="/account/sign-in">Hello</a>'
        )
        page = f'<!doctype html><html lang="en"><title>Shopette</title><header>{who}</header>{body}</html>'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def _move(self, path: str) -> None:
        self.send_response(303)
        self.send_header("Location", path)
        self.send_header("Set-Cookie", f"stay={SESSION}; HttpOnly; Path=/")
        self.send_header("Content-Length", "0")
        self.end_headers()


def _step(label: str, name: str, kind: str, button: str) -> str:
    field_ = f'<label>{label} <input name="{name}" type="{kind}"></label>'
    return f'<form method="post" action="/account/sign-in">{field_}<button>{button}</button></form>'
