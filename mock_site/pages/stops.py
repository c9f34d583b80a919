"""Stop pages: what the site shows when it wants a person. Texts gathered from public detectors of them."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from mock_site.switches import Wall, WallKind

INCIDENT = "fab_chlg_20260101000000_01ARZ3NDEKTSV4RRFFQ69G5FAV"
_ENVELOPE = {"incidentId": INCIDENT, "challengeURL": "https://api.ozon.ru/challenge.html?incident=" + INCIDENT}


@dataclass(frozen=True, slots=True)
class StopWords:
    """How a site words its stop pages.

    Attributes:
        language: The pages' language.
        pages: Status, title and lines by kind.
    """

    language: str
    pages: Mapping[str, tuple[int, str, tuple[str, ...]]]


_PAGES: dict[str, tuple[int, str, tuple[str, ...]]] = {
    "challenge": (
        403,
        "Antibot Challenge Page",
        ("Пожалуйста, включите JavaScript для продолжения", "Нам нужно убедиться, что вы не робот"),
    ),
    "challenge_200": (
        200,
        "Antibot Challenge Page",
        ("Пожалуйста, включите JavaScript для продолжения", "Нам нужно убедиться, что вы не робот"),
    ),
    "captcha": (403, "Antibot Captcha", ("Передвиньте ползунок, чтобы продолжить",)),
    "blocked": (
        403,
        "Доступ ограничен",
        (
            "Похоже, нет соединения",
            "Выключите VPN, перезагрузите роутер или подключитесь к другой сети",
            "Попробуйте: обновить страницу / отключить расширения и вновь обновить страницу",
            f"Инцидент: {INCIDENT}",
        ),
    ),
    "rate_limited": (429, "Слишком много запросов", ("Слишком много запросов. Повторите попытку позже",)),
    "adult_gate": (200, "Подтвердите возраст", ("Этот раздел только для взрослых. Укажите дату рождения",)),
}


OZON_STOPS = StopWords("ru", _PAGES)


def stop_response(
    kind: WallKind, *, is_api: bool = False, wall: Wall | None = None, words: StopWords = OZON_STOPS
) -> Response:
    """A stop page.

    Args:
        kind: Which one.
        is_api: Whether a script asked: it gets the JSON challenge instead of a page.
        wall: Gives ``Retry-After``.
        words: The site's words.
    """
    headers = {}
    if wall is not None and wall.retry_after_s is not None:
        headers["retry-after"] = str(wall.retry_after_s)
    if kind == "forbidden_json":
        return Response('{"error":"forbidden"}', 403, headers, "application/json")
    status, title, lines = words.pages[kind]
    if is_api and kind != "adult_gate":
        return Response(json.dumps(_ENVELOPE), status if status != 200 else 403, headers, "application/json")
    return Response(_page(kind, title, lines, words.language), status, headers, "text/html")


def _page(kind: str, title: str, lines: tuple[str, ...], language: str) -> str:
    marker = {"captcha": "captcha", "adult_gate": "adult", "rate_limited": "busy"}.get(kind, "abt-challenge")
    widget = ' data-widget="userAdultModal"' if kind == "adult_gate" else ""
    text = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    style = "font-family:sans-serif;max-width:32rem;margin:20vh auto;text-align:center;color:#1a1a2e"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head>'
        f'<body style="{style}"><div class="{marker}"{widget}><h1>{title}</h1>{text}</div></body></html>'
    )
