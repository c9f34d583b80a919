"""Who has entered: links that work once, sessions that end without input, and a token for each form.

Nothing of this outlives the process: whoever comes back after a restart takes a new link from the terminal.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from starlette.requests import Request

from monitor.desk.guard import KnownVisitor
from monitor.desk.links import Links
from monitor.desk.refusals import Refusal

MOST_VISITORS = 20


@dataclass(frozen=True)
class Person:
    """A person as they named themself, with their role."""

    name: str
    role: str = ""


@dataclass(frozen=True)
class Toast:
    """What happened just now, where it can be followed, and how to take it back; shown once."""

    title: str
    text: str = ""
    undo: str = ""
    page: str = ""


@dataclass
class Visitor:
    """One browser that has entered.

    Attributes:
        person: Who they said they are; None before that.
        seen: When there was the last input, in seconds of a clock that never goes back.
        toast: What happened just now.
        refusal: Why the last decision was refused; ``typed``: the text that was meant, which is not lost.
        done: What was decided here, the newest last: what U takes back.
    """

    secret: bytes
    seen: float
    person: Person | None = None
    toast: Toast | None = None
    refusal: Refusal | None = None
    typed: str = ""
    done: list[str] = field(default_factory=list)

    def token(self, *parts: str) -> str:
        """Returns the token of a form: of this visitor, for exactly these parts."""
        return hmac.new(self.secret, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()[:32]

    def holds(self, token: str, *parts: str) -> bool:
        """Whether a form's token is the one for these parts."""
        return hmac.compare_digest(token.encode("utf-8", "replace"), self.token(*parts).encode())

    def take_refusal(self) -> tuple[Refusal | None, str]:
        """Returns why the last decision was refused, and what had been typed for it; the next page shows neither."""
        refused, typed = self.refusal, self.typed
        self.refusal, self.typed = None, ""
        return refused, typed

    def take_toast(self) -> Toast | None:
        """Returns what happened just now; the next page does not show it again."""
        toast, self.toast = self.toast, None
        return toast


class Door(KnownVisitor):
    """Gives out links and knows who came in by one.

    Args:
        port: The desk's port: the cookie's name holds it, because cookies do not know ports.
        idle: Seconds without input after which a visitor has to enter again.
        people: Who may be chosen; where it is one, they are taken for granted.
        clock: Seconds that never go back.
        links: Makes the links; None takes its own.
    """

    def __init__(
        self,
        *,
        port: int,
        idle: float,
        people: Sequence[Person],
        clock: Callable[[], float] = time.monotonic,
        links: Links | None = None,
    ) -> None:
        self.cookie = f"fairreview_desk_{port}"
        self._idle, self.people, self._clock = idle, tuple(people), clock
        self.links = links or Links(port)
        self._visitors: dict[str, Visitor] = {}

    def new_link(self) -> str:
        """Returns a link that lets one browser in, once."""
        return self.links.new()

    def enter(self, token: str) -> str | None:
        """Uses up a link; returns the cookie's value, or None where the link is not good any more."""
        if not self.links.take(token):
            return None
        key = secrets.token_urlsafe(32)
        while len(self._visitors) >= MOST_VISITORS:
            del self._visitors[min(self._visitors, key=lambda one: self._visitors[one].seen)]
        self._visitors[_digest(key)] = Visitor(secrets.token_bytes(32), self._clock(), self._taken_for_granted())
        return key

    def know(self, people: Sequence[Person], *, idle: float) -> None:
        """Goes on with other people: there are settings now, or they were changed."""
        self.people, self._idle = tuple(people), idle
        for one in self._visitors.values():
            if one.person is None or one.person not in self.people:
                one.person = self._taken_for_granted()

    def _taken_for_granted(self) -> Person | None:
        return self.people[0] if len(self.people) == 1 else None

    def visitor(self, request: Request, *, is_input: bool = True) -> Visitor | None:
        """Returns who asks; None where nobody entered, or there was no input for too long."""
        key = _digest(request.cookies.get(self.cookie, ""))
        found = self._visitors.get(key)
        if found is None:
            return None
        if self._clock() - found.seen > self._idle:
            del self._visitors[key]
            return None
        if is_input:
            found.seen = self._clock()
        return found

    def leave(self, request: Request) -> None:
        """Forgets who asks."""
        self._visitors.pop(_digest(request.cookies.get(self.cookie, "")), None)

    def __call__(self, request: Request) -> bool:
        """Whether a request comes from somebody who entered; it is not counted as input."""
        return self.visitor(request, is_input=False) is not None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
