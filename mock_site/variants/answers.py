"""Answers sent in place of a page: walls, log-ins, emptiness, other people's errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from mock_site.host import Send
from mock_site.pages.stops import INCIDENT, stop_response
from mock_site.switches import WallKind

Header = tuple[bytes, bytes]
_HTML: list[Header] = [(b"content-type", b"text/html; charset=utf-8")]
_JSON: list[Header] = [(b"content-type", b"application/json")]


@dataclass(frozen=True, slots=True)
class Plain:
    """A ready answer."""

    status: int
    body: bytes
    headers: list[Header] = field(default_factory=lambda: list(_HTML))


Make = Callable[[str], Plain]


async def send_plain(answer: Plain, send: Send) -> None:
    """Sends a ready answer."""
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})


def _stop(kind: WallKind, status: int | None = None) -> Make:
    def make(medium: str) -> Plain:
        made = stop_response(kind, is_api=medium == "json")
        return Plain(status or made.status_code, bytes(made.body), list(made.raw_headers))

    return make


def _page(title: str, text: str, status: int = 200) -> Make:
    head = f'<!doctype html><html lang="ru"><head><title>{title}</title></head>'
    body = f"{head}<body><h1>{title}</h1><p>{text}</p></body></html>"
    return lambda _: Plain(status, body.encode())


def _redirect(location: str, status: int = 302) -> Make:
    return lambda _: Plain(status, b"", [(b"location", location.encode())])


def _raw(status: int, html: bytes, json: bytes) -> Make:
    return lambda medium: Plain(status, json, list(_JSON)) if medium == "json" else Plain(status, html)


def _incident_200(medium: str) -> Plain:
    text = f'{{"incidentId":"{INCIDENT}","challengeURL":"https://api.ozon.ru/challenge.html"}}'
    return Plain(200, text.encode(), list(_JSON) if medium == "json" else list(_HTML))


_LOGIN = (
    "<!doctype html><html lang='ru'><head><title>Вход</title></head><body><main><h1>Войти</h1><form><label>Телефон"
    "<input type='tel'></label><button>Продолжить</button></form></main></body></html>"
).encode()
_SHELL = b"<!doctype html><html lang='ru'><head><title></title></head><body><div id='__app'></div></body></html>"
_SOFT_404 = (
    "<!doctype html><html lang='ru'><head><title>Такой страницы не существует</title></head><body>"
    "<div data-widget='error'><h1>Такой страницы не существует</h1></div></body></html>"
).encode()
_GONE_JSON = b'{"layout":[{"component":"error"}],"widgetStates":{},"pageInfo":{"pageType":"error"}}'

INSTEAD: dict[str, Make] = {
    "challenge_403": _stop("challenge"),
    "challenge_200": _stop("challenge", 200),
    "captcha_403": _stop("captcha"),
    "captcha_200": _stop("captcha", 200),
    "blocked_403": _stop("blocked"),
    "blocked_200": _stop("blocked", 200),
    "rate_limited_429": _stop("rate_limited"),
    "forbidden_json": _stop("forbidden_json"),
    "adult_gate": _stop("adult_gate"),
    "incident_json_200": _incident_200,
    "challenge_english_200": _page(
        "Antibot Challenge Page",
        "Please, enable JavaScript for continue. We need to make sure that you are not a robot",
    ),
    "redirect_with_rr": _redirect("/?__rr=1&abt_att=1", 307),
    "login_wall_200": lambda _: Plain(200, _LOGIN),
    "redirect_home": _redirect("/"),
    "redirect_to_login": _redirect("/my/orderlist"),
    "gone_200": _raw(200, _SOFT_404, _GONE_JSON),
    "gone_404": _raw(404, _SOFT_404, _GONE_JSON),
    "maintenance_200": _page("Технические работы", "Скоро всё заработает"),
    "maintenance_503": _page("Технические работы", "Скоро всё заработает", 503),
    "error_500": _raw(500, b"<h1>Internal Server Error</h1>", b'{"error":"internal"}'),
    "gateway_504": _page("504 Gateway Time-out", "nginx", 504),
    "empty_200": _raw(200, b"", b""),
    "blanks_200": _raw(200, b"  \n\n ", b"  \n"),
    "app_shell_only": _raw(200, _SHELL, b"{}"),
    "null": _raw(200, b"null", b"null"),
    "wrong_kind": _raw(200, b'{"layout":[],"widgetStates":{}}', _SHELL),
}
