"""What a POST that files something goes through: session, CSRF, and the switch ``submit``."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, cast

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mock_site.pages.stage import Stage
from mock_site.pages.stops import stop_response
from mock_site.wire import WireFault, WireFaultKind
from mock_site.world.models import Appeal

Outcome = Literal["ok", "inline_error", "stale_csrf", "captcha", "error", "download"]
INLINE_ERROR = "Не удалось принять обращение. Проверьте поля и попробуйте ещё раз"
STALE_TEXT = "Срок действия формы истёк. Обновите страницу"

FOREIGN_NUMBER = "A-000001"
_STORED_WELL = frozenset({"ok", "twice", "foreign_number", "download"})
_MAX_FORM_FIELDS = 200
_REFUSALS: dict[str, Outcome] = {"inline_error": "inline_error", "stale_csrf": "stale_csrf", "captcha": "captcha"}


@dataclass(frozen=True, slots=True)
class Result:
    """How a submission ended, as far as the site tells.

    Attributes:
        outcome: What to answer.
        appeal: What was stored; None when nothing was (also when the site lies).
        status: HTTP status of an ``error``.
        location: Where the answer sends the visitor instead, with ``status``; "" where it does not.
    """

    outcome: Outcome
    appeal: Appeal | None = None
    status: int = 200
    location: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a form was not taken, and the status that goes with it."""

    error: str
    status: int = 200


def refusal_of(outcome: Outcome, status: int = 200) -> Refusal:
    """The words of an outcome that is not ``ok``."""
    if outcome == "stale_csrf":
        return Refusal(STALE_TEXT, 403)
    return Refusal(INLINE_ERROR) if outcome == "inline_error" else Refusal("Внутренняя ошибка", status)


def is_scripted(request: Request) -> bool:
    """Whether a script sent the form and wants the answer as JSON."""
    return "application/json" in request.headers.get("accept", "")


async def form_fields(request: Request) -> FormData:
    """What was sent, as a form or as a JSON object."""
    if "json" not in request.headers.get("content-type", ""):
        return await request.form(max_fields=_MAX_FORM_FIELDS)
    try:
        sent = json.loads(await request.body())
    except ValueError:
        return FormData()
    pairs = sent.items() if isinstance(sent, dict) else ()
    return FormData(
        [(name, str(one)) for name, value in pairs for one in (value if isinstance(value, list) else [value])]
    )


def answer_in_place(answer: str | Refusal) -> Response:
    """The answer to a script: a number, or why not."""
    if isinstance(answer, str):
        return JSONResponse({"success": True, "number": answer})
    return JSONResponse({"success": False, "error": answer.error}, answer.status)


def submit(stage: Stage, store: Callable[[], Appeal]) -> Result:
    """Stores a filing the way the switch ``submit`` says.

    Args:
        stage: The running mock.
        store: Stores the filing and returns it.

    Raises:
        WireFault: the answer is lost, cut or late.
    """
    mode = _mode_now(stage)
    if mode == "lie":
        return Result("ok")
    if mode in _REFUSALS:
        return Result(_REFUSALS[mode])
    if mode == "500_before":
        return Result("error", status=500)
    if mode in _STORED_WELL or mode.endswith("_after_store") or "_to_" in mode:
        return _after_store(mode, store, stage.skin.detours)
    if stage.switches.store_lost_submits:
        store()
    raise _fault(mode)


def _after_store(mode: str, store: Callable[[], Appeal], detours: Mapping[str, str]) -> Result:
    appeal = store()
    if mode == "twice":
        appeal = store()
    if mode == "foreign_number":
        appeal = replace(appeal, number=FOREIGN_NUMBER)
    if mode in _STORED_WELL:
        return Result("download" if mode == "download" else "ok", appeal)
    return Result("error", appeal, int(mode[:3]), detours.get(mode[len("302_to_") :], ""))


def in_place_of_answer(stage: Stage, result: Result, *, is_api: bool) -> Response | None:
    """What comes where every form would give its own answer: a stop page, another address, a file to save."""
    if result.outcome == "captcha":
        return stop_response("captcha", is_api=is_api, words=stage.skin.stops)
    if result.location:
        return Response(status_code=result.status, headers={"location": result.location})
    if result.status == 307:
        return Response(status_code=307, headers={"location": "?again=1"})
    if result.outcome == "download":
        return Response(b"ok", headers={"content-disposition": 'attachment; filename="answer.txt"'})
    return None


def _mode_now(stage: Stage) -> str:
    switches = stage.switches
    if switches.submit != stage.submit_mode:
        stage.submit_mode, stage.submits_hit = switches.submit, 0
    if switches.submit == "ok" or (switches.submit_times and stage.submits_hit >= switches.submit_times):
        return "ok"
    stage.submits_hit += 1
    return switches.submit


def _fault(mode: str) -> WireFault:
    if mode.startswith("late_"):
        return WireFault("fin", hold_s=float(mode.removeprefix("late_")))
    if mode == "408":
        return WireFault("timeout_408")
    if mode == "fin":
        return WireFault("fin")
    if mode == "rst":
        return WireFault("rst")
    if mode in {"partial", "chunk_cut", "gzip_cut"}:
        return WireFault(cast("WireFaultKind", mode))
    return WireFault("hang")
