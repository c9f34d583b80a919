"""A site at the far end of the submit boundary, in a file: what reached it, what it stored, what it shows.

Its file is the only truth the checks believe. A process that is killed leaves the file as it was, as a real site would.
The form's side is the browser: it sends a request through the gate, and below the gate it re-sends by itself when the
answer is lost on a used connection, as Chromium does (measured).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from flows.channels import FilingOrder, FilledForm, Observation, ObservedKind
from flows.errors import AlreadyReported, SiteUnavailable
from flows.readings.models import AppealListReading, AppealStatusReading, PageHealth, TimeReading
from monitor.appeals.crash import CrashHook, no_crash
from monitor.appeals.filing import OpenChannel
from monitor.appeals.ledger import WaitingRequest
from monitor.appeals.reconcile import SiteLook
from monitor.clock import Clock


class Mode(StrEnum):
    """What happens at the boundary when the request arrives."""

    OK = "ok"
    HANG = "hang"
    FIN = "fin"
    RST = "rst"
    TIMEOUT_408 = "408"
    STORED_THEN_503 = "503"


class Kind(StrEnum):
    """What the site shows of the account's appeals."""

    LIST = "list"
    NO_LIST = "no_list"
    DELAYED_LIST = "delayed_list"


LIST_DELAY = timedelta(minutes=10)
RESENT = frozenset({Mode.FIN, Mode.RST, Mode.TIMEOUT_408})


@dataclass(frozen=True)
class SiteEvent:
    """One line of the site's file: a ``gesture``, a ``post`` or a ``stored`` appeal."""

    what: str
    appeal_id: str
    review_id: str
    at: datetime
    number: str = ""
    is_released_on_disk: bool = True


@dataclass(frozen=True)
class Request:
    """What waits at the gate."""

    method: str = "POST"
    url: str = "https://example.test/my/appeals/create"
    body_sha256: str = "0" * 64
    transport: str = "browser"


class SimulatedSite:
    """The site.

    Args:
        path: Its file.
        kind: What it shows.
        clock: Its clock.
        is_released: Asks the ledger's disk whether RELEASED is there; checked for each request.
    """

    def __init__(
        self, path: Path, kind: Kind, clock: Clock, *, is_released: Callable[[str], bool] = lambda _: True
    ) -> None:
        self.path, self.kind, self.clock = path, kind, clock
        self._is_released = is_released
        self.list_delay = LIST_DELAY if kind is Kind.DELAYED_LIST else timedelta(0)

    def write(self, what: str, order: FilingOrder, *, number: str = "") -> None:
        line = {
            "what": what,
            "appeal_id": order.appeal_id,
            "review_id": order.review_id,
            "at": self.clock.now().isoformat(),
            "number": number,
            "is_released_on_disk": self._is_released(order.appeal_id) if what == "post" else True,
        }
        with self.path.open("a") as stream:
            stream.write(json.dumps(line) + "\n")

    def events(self, what: str | None = None) -> list[SiteEvent]:
        if not self.path.exists():
            return []
        rows = [json.loads(line) for line in self.path.read_text().splitlines()]
        found = [SiteEvent(**{**row, "at": datetime.fromisoformat(row["at"])}) for row in rows]
        return [event for event in found if what is None or event.what == what]

    def receive(self, order: FilingOrder) -> str:
        """Takes one request, stores the appeal and returns its number."""
        self.write("post", order)
        number = f"A-{len(self.events('stored')) + 1:06d}"
        self.write("stored", order, number=number)
        return number

    def look(self, review_id: str) -> SiteLook:
        """What a fresh context, signed in as the right account, sees now."""
        now = self.clock.now()
        stored = self.events("stored")
        if self.kind is Kind.NO_LIST:
            mark = any(event.review_id == review_id for event in stored)
            return SiteLook(read_at=now, account_proven=True, submitter_gone=True, reported_mark=mark)
        return SiteLook(read_at=now, account_proven=True, submitter_gone=True, listing=self.list_now())

    def list_now(self) -> AppealListReading:
        now = self.clock.now()
        rows = tuple(_row(event) for event in self.events("stored") if event.at + self.list_delay <= now)
        return AppealListReading(
            health=PageHealth.HEALTHY if rows else PageHealth.EMPTY, rows=rows, total=len(rows), is_complete=True
        )


def _row(event: SiteEvent) -> AppealStatusReading:
    submitted = TimeReading(raw="", earliest=event.at, latest=event.at, basis="unix_seconds")
    return AppealStatusReading(
        number=event.number, review_id=event.review_id, status_raw="Принято", status="received", submitted=submitted
    )


class SimulatedForm:
    """The browser's side: channel and gate of one form.

    Args:
        site: The far end.
        mode: What happens at the boundary.
        crash_hook: Reached at C7, between storing and answering.
        has_gate: Without one, every request goes (a negative control).
        requests_per_gesture: How many requests the page's own script makes of one click.
    """

    has_list = True
    name = "simulated"

    def __init__(
        self,
        site: SimulatedSite,
        mode: Mode,
        *,
        crash_hook: CrashHook = no_crash,
        has_gate: bool = True,
        requests_per_gesture: int = 1,
    ) -> None:
        self._site, self._mode, self._reach = site, mode, crash_hook
        self._has_gate, self._requests = has_gate, requests_per_gesture
        self._order: FilingOrder | None = None
        self._on_release: Callable[[WaitingRequest], None] | None = None
        self._released = self._blocked = 0
        self._answer: Observation | None = None

    @property
    def channel(self) -> SimulatedForm:
        return self

    @property
    def gate(self) -> SimulatedForm:
        return self

    def arm(self, on_release: Callable[[WaitingRequest], None], /) -> None:
        self._on_release = on_release

    def prepare(self, order: FilingOrder) -> None:
        mark = self._site.look(order.review_id).reported_mark
        if mark:
            raise AlreadyReported("Вы пожаловались на этот отзыв")
        self._order = order

    def inspect(self) -> FilledForm:
        order = self._need_order()
        return FilledForm(
            url="https://example.test/appeal",
            review_id=order.review_id,
            review_text=order.review_text,
            reason_label=order.reason_label,
            text=order.text,
            attachment_names=tuple(file.name for file in order.attachments),
            screenshot=b"picture",
        )

    def gesture(self) -> None:
        self._site.write("gesture", self._need_order())
        for _ in range(self._requests):
            self._request()

    def observe(self) -> Observation:
        if self._answer is None:
            raise SiteUnavailable("no answer")
        return self._answer.model_copy(update={"released": self._released, "blocked": self._blocked})

    def _request(self) -> None:
        if self._has_gate:
            if self._released or self._on_release is None:
                self._blocked += 1
                return
            self._on_release(Request())
        self._released += 1
        self._cross()

    def _cross(self) -> None:
        """The request leaves the browser."""
        order = self._need_order()
        number = self._site.receive(order)
        self._reach("C7")
        if self._mode is Mode.HANG:
            raise SiteUnavailable("time-out: the site took the request and never answered")
        if self._mode is Mode.STORED_THEN_503:
            self._answer = Observation(kind=ObservedKind.UNCLEAR, status_code=503, raw_text="Сервис недоступен")
            return
        if self._mode in RESENT:
            # The answer is lost on a used connection; the network stack sends the request again, unseen above.
            number = self._site.receive(order)
        if self._site.kind is Kind.NO_LIST:
            self._answer = Observation(
                kind=ObservedKind.SUCCESS_TEXT, status_code=200, raw_text="Жалоба успешно отправлена"
            )
        else:
            self._answer = Observation(kind=ObservedKind.NUMBER, status_code=200, number=number, raw_text=number)

    def _need_order(self) -> FilingOrder:
        assert self._order is not None, "prepare() comes first"
        return self._order


def opener(form: SimulatedForm) -> OpenChannel:
    """Returns what opens the form in a context of its own."""

    @contextmanager
    def open_form(_order: FilingOrder) -> Iterator[SimulatedForm]:
        yield form

    return open_form
