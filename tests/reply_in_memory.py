"""The form for answers to the site's questions, in memory: counted by question as filings are by review."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from flows.channels import Observation, ObservedKind
from flows.errors import FormMismatch, SiteUnavailable
from flows.library.answer_question import Reply
from monitor.appeals.ledger import WaitingRequest
from tests.faults.simulated_site import Request

if TYPE_CHECKING:
    from tests.site_in_memory import SiteInMemory

KEPT_MODES = frozenset({"ok", "hang", "twice", "503 kept"})
"""Modes of the site in which it keeps what reaches it."""


@dataclass
class QuestionsInMemory:
    """What the site asks, and what became of the answers.

    Attributes:
        asked: How often the site asked about an appeal, by its number there.
        open: Numbers of the appeals about which it has no answer to its last question.
        shown_until: Until when it goes on to show a question that was answered.
        gestures: How often a click was made for an answer, by number.
        answers: How many gestures' answers it kept, by number and question.
    """

    asked: Counter[str] = field(default_factory=Counter)
    open: set[str] = field(default_factory=set)
    shown_until: dict[str, datetime] = field(default_factory=dict)
    gestures: Counter[str] = field(default_factory=Counter)
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)

    def ask(self, number: str, now: datetime) -> None:
        """The moderator asks, unless a question is shown already."""
        if not self.is_shown(number, now):
            self.asked[number] += 1
            self.open.add(number)

    def keep(self, number: str, shown_until: datetime) -> None:
        """The site has an answer: it shows its question for a while, and asks no more."""
        self.answers[number, self.asked[number]] += 1
        self.open.discard(number)
        self.shown_until[number] = shown_until

    def is_shown(self, number: str, now: datetime) -> bool:
        """Tells whether the site shows that it waits for an answer."""
        return number in self.open or (number in self.shown_until and now < self.shown_until[number])


class ReplyInMemory:
    """Form, gate and tab of one answer, as ``flows.library.answer_question.OpenReply`` has them."""

    tab = None

    def __init__(self, site: SiteInMemory) -> None:
        self.site = site
        self.number = ""
        self.answer: Observation | None = None
        self.on_release: Callable[[WaitingRequest], None] | None = None

    @property
    def gate(self) -> ReplyInMemory:
        return self

    def arm(self, on_release: Callable[[WaitingRequest], None], /) -> None:
        self.on_release = on_release

    def prepare(self, reply: Reply) -> bytes:
        self.number = reply.number
        self.site.reach("filling")
        is_shown = self.site.questions.is_shown(self.number, self.site.clock.now())
        if self.site.mode in {"drift", "taken"} or not is_shown:
            raise FormMismatch("the form is not there")
        return b"picture"

    def gesture(self) -> None:
        site = self.site
        site.questions.gestures[self.number] += 1
        site.reach("clicking")
        assert self.on_release is not None
        self.on_release(Request())
        site.reach("released")
        if site.mode in KEPT_MODES:
            site.questions.keep(self.number, site.clock.now() + site.list_delay)
        site.reach("kept")
        if site.mode in {"hang", "lost"}:
            raise SiteUnavailable("no answer")
        self.answer = self._say(site.mode)
        site.reach("answered")

    def observe(self) -> Observation:
        assert self.answer is not None
        return self.answer

    def _say(self, mode: str) -> Observation:
        if mode in {"503", "503 kept"}:
            return Observation(kind=ObservedKind.UNCLEAR, status_code=503, released=1)
        if mode == "wall":
            return Observation(kind=ObservedKind.WALL, status_code=200, released=1)
        if mode == "refused":
            return Observation(kind=ObservedKind.FORM_ERROR, status_code=422, raw_text="Неверно", released=1)
        return Observation(kind=ObservedKind.SUCCESS_TEXT, raw_text="Отправлено", status_code=200, released=1)
