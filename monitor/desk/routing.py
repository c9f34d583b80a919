"""What all pages share: who asks, what a form says, and work that waits for the store done beside the loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request

from monitor.desk.entering import Visitor

P = ParamSpec("P")
R = TypeVar("R")


class WrongToken(Exception):
    """A form without the token of this visitor for exactly what it is about."""


async def run(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Does work that reads or writes the store in a thread: no page waits for another one's."""
    return await run_in_threadpool(work, *args, **kwargs)


async def form_of(request: Request) -> FormData:
    """Returns what a form says; its size is bounded at the door."""
    return await request.form(max_files=12, max_fields=300)


def text_of(form: FormData, name: str) -> str:
    """Returns a field's text; empty where there is none."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def visitor_of(request: Request) -> Visitor:
    """Returns who asks; whoever did not enter gets no further than the door."""
    visitor: Visitor = request.state.visitor
    return visitor


def require_token(request: Request, form: FormData, *parts: str) -> None:
    """Refuses a form that was not given to this visitor for exactly these parts.

    Raises:
        WrongToken: another page made it, or it is about something else.
    """
    if not visitor_of(request).holds(text_of(form, "token"), *parts):
        raise WrongToken
