"""A site in memory: what reaches it is counted, what it does with a filing is chosen, and where a visit dies in one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flows.channels import Attachment, FilingOrder, FilledForm, Observation, ObservedKind
from flows.errors import AlreadyReported, FormMismatch, SiteUnavailable
from flows.library.answers import read_attachment
from flows.readings.models import AppealListReading, AppealStatusReading, PageHealth, TimeReading
from monitor.appeals.ledger import WaitingRequest
from monitor.clock import ManualClock
from tests.appeal_world import START
from tests.faults.simulated_site import Request
from tests.reply_in_memory import KEPT_MODES, QuestionsInMemory

MODES = ("ok", "hang", "lost", "twice", "503 kept", "503", "refused", "wall", "drift", "taken")
DEATHS = ("filling", "clicking", "released", "kept", "answered")


class Killed(BaseException):
    """A process of the program is dead: nothing it would still have done happens."""


@dataclass
class SiteInMemory:
    """The site.

    Attributes:
        mode: What happens to the next filings, one of ``MODES``.
        death: Where the visit dies in the next filing, one of ``DEATHS``.
        kills_parent: Whether the command dies with it.
        is_interrupted: Whether the visit dies because the command was told to end.
        is_store_full: Whether nothing can be written; ``is_store_shut``: nor read.
        visits: The kinds of the visits that were made: each would have started a browser.
        on_reach: Called at a place of ``DEATHS``, once.
        list_delay: How long a kept appeal takes to show in the list.
        filings: Of how many gestures about a review the site kept something.
        by_appeal: How often a request of an appeal was kept; ``listed`` those that the site's list shows.
        gestures: How often a click was made, by the appeal's id.
        kept: What the site has: number, review, moment.
        questions: What it asks about them.
        files: What was attached to the forms, read from where it lies.
    """

    clock: ManualClock
    mode: str = "ok"
    death: str = ""
    kills_parent: bool = False
    list_delay: timedelta = timedelta(0)
    is_dead: bool = False
    is_parent_dead: bool = False
    is_interrupted: bool = False
    is_store_full: bool = False
    is_store_shut: bool = False
    visits: list[str] = field(default_factory=list)
    on_reach: dict[str, Callable[[], object]] = field(default_factory=dict)
    gestures: Counter[str] = field(default_factory=Counter)
    posts: Counter[str] = field(default_factory=Counter)
    kept: list[tuple[str, str, datetime]] = field(default_factory=list)
    by_appeal: Counter[str] = field(default_factory=Counter)
    review_of: dict[str, str] = field(default_factory=dict)
    filings: Counter[str] = field(default_factory=Counter)
    listed: set[str] = field(default_factory=set)
    numbers_listed: set[str] = field(default_factory=set)
    questions: QuestionsInMemory = field(default_factory=QuestionsInMemory)
    files: list[Attachment] = field(default_factory=list)

    def keep(self, order: FilingOrder) -> str:
        self.posts[order.appeal_id] += 1
        self.by_appeal[order.appeal_id] += 1
        self.review_of[order.appeal_id] = order.review_id
        number = f"A-{len(self.kept) + 1:06d}"
        if order.channel == "order_appeal":
            self.listed.add(order.appeal_id)
            self.numbers_listed.add(number)
        self.kept.append((number, order.review_id, self.clock.now()))
        return number

    def has(self, review_id: str) -> bool:
        return any(review == review_id for _, review, _ in self.kept)

    def list_now(self) -> AppealListReading:
        asked = {number for number in self.questions.asked if self.questions.is_shown(number, self.clock.now())}
        rows = tuple(
            AppealStatusReading(
                number=number,
                review_id=review,
                status_raw="Нужны сведения" if number in asked else "Принято",
                status="needs_information" if number in asked else "received",
                submitted=TimeReading(raw="", earliest=at, latest=at, basis="unix_seconds"),
            )
            for number, review, at in self.kept
            if number in self.numbers_listed and at + self.list_delay <= self.clock.now()
        )
        health = PageHealth.HEALTHY if rows else PageHealth.EMPTY
        return AppealListReading(health=health, rows=rows, total=len(rows), is_complete=True)

    def reach(self, point: str) -> None:
        if point in self.on_reach:
            self.on_reach.pop(point)()
        if self.death == point:
            self.death, self.is_dead, self.is_parent_dead = "", True, self.kills_parent
            raise Killed


class FormInMemory:
    """Channel, gate and tab of one form, as ``flows.library.filing.OpenChannel`` has them."""

    name = "in memory"
    stopped = ()

    def __init__(self, site: SiteInMemory, *, has_list: bool) -> None:
        self.site, self.has_list, self.tab = site, has_list, None
        self.order: FilingOrder | None = None
        self.answer: Observation | None = None
        self.on_release: Callable[[WaitingRequest], None] | None = None

    @property
    def channel(self) -> FormInMemory:
        return self

    @property
    def gate(self) -> FormInMemory:
        return self

    def arm(self, on_release: Callable[[WaitingRequest], None], /) -> None:
        self.on_release = on_release

    def prepare(self, order: FilingOrder) -> None:
        self.order = order
        self.site.reach("filling")
        for file in order.attachments:
            read_attachment(file)
            self.site.files.append(file)
        if self.site.mode == "drift":
            raise FormMismatch("a control is not there")
        if self.site.mode == "taken" or (not self.has_list and self.site.has(order.review_id)):
            raise AlreadyReported("Вы уже пожаловались")

    def inspect(self) -> FilledForm:
        order = self._order()
        return FilledForm(
            url="u", review_id=order.review_id, review_text=order.review_text, reason_label=order.reason_label,
            text=order.text, attachment_names=tuple(file.name for file in order.attachments), screenshot=b"picture",
        )  # fmt: skip

    def gesture(self) -> None:
        order, site = self._order(), self.site
        site.gestures[order.appeal_id] += 1
        site.reach("clicking")
        assert self.on_release is not None
        self.on_release(Request())
        site.reach("released")
        self._cross(order)

    def _cross(self, order: FilingOrder) -> None:
        site, mode = self.site, self.site.mode
        number = site.keep(order) if mode in KEPT_MODES else ""
        site.filings[order.review_id] += bool(number)
        if mode == "twice":
            number = site.keep(order)
        site.reach("kept")
        if mode in {"hang", "lost"}:
            raise SiteUnavailable("no answer")
        self.answer = self._say(mode, number)
        site.reach("answered")

    def _say(self, mode: str, number: str) -> Observation:
        if mode in {"503", "503 kept"}:
            return Observation(kind=ObservedKind.UNCLEAR, status_code=503, released=1)
        if mode == "wall":
            return Observation(kind=ObservedKind.WALL, status_code=200, released=1)
        if mode == "refused":
            return Observation(kind=ObservedKind.FORM_ERROR, status_code=422, raw_text="Неверно", released=1)
        if self.has_list:
            return Observation(kind=ObservedKind.NUMBER, number=number, status_code=200, released=1)
        return Observation(kind=ObservedKind.SUCCESS_TEXT, raw_text="Отправлено", status_code=200, released=1)

    def observe(self) -> Observation:
        assert self.answer is not None
        return self.answer

    def _order(self) -> FilingOrder:
        assert self.order is not None
        return self.order


def new_site() -> SiteInMemory:
    return SiteInMemory(ManualClock(START))
