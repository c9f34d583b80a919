"""The faults A1-A26 at the submit boundary: how each is injected on the mock, and the ends that are allowed.

A row is filed by a whole visit in real Chromium, then the site is asked until the ledger's state settles.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from unittest.mock import patch

from flows.channels import Observation
from flows.library.order_form import OrderForm
from mock_site.world.filings import Filing
from monitor.appeals.machine import AppealState
from tests.filing_world import REASONS, FilingWorld

_S = AppealState
Injection = Callable[[FilingWorld], None]
Tampering = Callable[[], contextlib.AbstractContextManager[object]]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One row of the table.

    Attributes:
        inject: Prepares the site before the filing visit.
        after: Prepares the site once it was asked for the first time.
        tamper: Wraps the flow, where the fault is a mistake of a flow or happens between two of its steps.
        ends: States the ledger may end in.
        posts: Filing requests that may be counted at the socket.
        files: Attachments of the appeal.
        is_resent: The browser's network stack sends the request a second time by itself.
    """

    id: str
    title: str
    ends: frozenset[AppealState]
    posts: frozenset[int]
    inject: Injection = lambda _: None
    after: Injection = lambda _: None
    tamper: Tampering = contextlib.nullcontext
    channel: str = "order_appeal"
    files: int = 0
    is_resent: bool = False


def mode(name: str, times: int = 1) -> Injection:
    """Turns the switch for filing requests."""

    def inject(world: FilingWorld) -> None:
        world.site.switches.submit = name
        world.site.switches.submit_times = times

    return inject


def script(source: str) -> Injection:
    """Lets every page of the site run a script of its own."""

    def inject(world: FilingWorld) -> None:
        world.site.switches.renames = {**world.site.switches.renames, "</body>": f"<script>{source}</script></body>"}

    return inject


def switch(**values: object) -> Injection:
    """Sets switches of the mock."""

    def inject(world: FilingWorld) -> None:
        for name, value in values.items():
            setattr(world.site.switches, name, value)

    return inject


def both(*injections: Injection) -> Injection:
    """Does several."""

    def inject(world: FilingWorld) -> None:
        for one in injections:
            one(world)

    return inject


def end_sessions_on_arrival(world: FilingWorld) -> None:
    """The session ends between the form and the request."""
    world.on_arrival = world.site.world.sign_ins.kill_all


def file_by_hand(world: FilingWorld) -> None:
    """The person filed it on the phone."""
    review = world.reviews()[0]
    filing = Filing("order_appeal", review.uuid, REASONS["order_appeal"], "сам")
    world.site.world.file(world.site.world.accounts[0], filing)


def swap_review(world: FilingWorld) -> None:
    """The form that opens is about another review."""
    first, second = world.reviews()[:2]
    shown = f'aria-label="Отзыв" data-review-uuid="{first.uuid}"'
    world.site.switches.renames = {shown: shown.replace(first.uuid, second.uuid)}


@contextmanager
def reload_after_gesture() -> Iterator[None]:
    """A mistake in the flow: it reloads the page of the answer."""
    genuine = OrderForm.observe

    def observe(channel: OrderForm) -> Observation:
        seen = genuine(channel)
        with ExitStack() as quiet:
            quiet.enter_context(contextlib.suppress(Exception))
            channel._tab.page.reload()
        return seen

    with patch.object(OrderForm, "observe", observe):
        yield


@contextmanager
def other_review_before_gesture() -> Iterator[None]:
    """The page exchanges the review between the last reading and the click."""
    genuine = OrderForm.gesture

    def gesture(channel: OrderForm) -> None:
        source = "document.querySelector('[data-review-uuid]').setAttribute('data-review-uuid', 'another')"
        channel._tab.page.evaluate(source)
        genuine(channel)

    with patch.object(OrderForm, "gesture", gesture):
        yield


DOUBLE_HANDLER = """
document.addEventListener('submit', event => {
  const form = event.target;
  fetch(form.action, {method: 'POST', body: new URLSearchParams(new FormData(form))}).catch(() => 0);
}, true);"""
NATIVE_QUESTION = """
document.addEventListener('submit', event => { if (!confirm('Точно отправить?')) event.preventDefault(); }, true);"""
OWN_QUESTION = """
document.addEventListener('submit', event => {
  event.preventDefault();
  document.body.insertAdjacentHTML('beforeend', '<div role="dialog"><p>Точно?</p><button>Да</button></div>');
}, true);"""
DIALOGS = "setTimeout(() => alert('Акция!'), 50); window.onbeforeunload = () => 'Уйти?';"
NEW_FIELD = {'<button type="submit"': '<label>Телефон <input name="phone" required></label><button type="submit"'}


def _fault(id_: str, title: str, ends: set[AppealState], posts: set[int], **more: object) -> Fault:
    return Fault(id=id_, title=title, ends=frozenset(ends), posts=frozenset(posts), **more)  # type: ignore[arg-type]


RESENT: dict[str, object] = {"is_resent": True}

FAULTS: tuple[Fault, ...] = (
    _fault("A1", "answer lost: FIN", {_S.DUPLICATE_SEEN}, {2}, inject=mode("fin"), **RESENT),
    _fault("A1-before", "lost before it was stored: FIN", {_S.CONFIRMED}, {2},
           inject=both(mode("fin"), switch(store_lost_submits=False)), **RESENT),
    _fault("A2", "answer lost: RST", {_S.DUPLICATE_SEEN}, {2}, inject=mode("rst"), **RESENT),
    _fault("A3", "408 on a used connection", {_S.DUPLICATE_SEEN}, {2}, inject=mode("408"), **RESENT),
    _fault("A4", "the site never answers", {_S.CONFIRMED}, {1}, inject=mode("hang")),
    _fault("A5", "FIN after our deadline", {_S.CONFIRMED}, {1}, inject=mode("late_5")),
    _fault("A6", "half an answer", {_S.CONFIRMED}, {1}, inject=mode("partial")),
    *(
        _fault(f"A7-{code}", f"stored, then {code}", {_S.CONFIRMED}, {1}, inject=mode(f"{code}_after_store"))
        for code in (500, 502, 503, 504)
    ),
    _fault("A7-before", "500, nothing stored", {_S.ABSENT}, {1}, inject=mode("500_before")),
    _fault("A8", "session ends before the request", {_S.ABSENT}, {1}, inject=end_sessions_on_arrival),
    _fault("A9", "the form says no", {_S.ABSENT}, {1}, inject=mode("inline_error")),
    _fault("A10", "success, nothing stored", {_S.NEEDS_HUMAN}, {1}, inject=mode("lie")),
    _fault("A11", "stored, in the list later", {_S.CONFIRMED}, {1},
           inject=both(mode("500_after_store"), switch(list_mode="delay", list_delay_s=3600.0)),
           after=switch(list_delay_s=0.0)),
    _fault("A12", "the page sends twice", {_S.CONFIRMED}, {1}, inject=script(DOUBLE_HANDLER)),
    _fault("A13", "the flow reloads the answer", {_S.CONFIRMED}, {1}, inject=mode("500_after_store"),
           tamper=reload_after_gesture),
    _fault("A14", "handlers bound late", {_S.ACKNOWLEDGED}, {1}, inject=switch(hydration_delay_ms=1500),
           channel="public_report"),
    _fault("A15-native", "an unknown confirm()", {_S.ABSENT, _S.NEEDS_HUMAN}, {0}, inject=script(NATIVE_QUESTION)),
    _fault("A15-own", "an unknown question of the page", {_S.ABSENT, _S.NEEDS_HUMAN}, {0},
           inject=script(OWN_QUESTION)),
    _fault("A17", "a person filed it already", {_S.ALREADY_REPORTED}, {0}, inject=file_by_hand),
    _fault("A18", "slow uploads", {_S.CONFIRMED}, {1}, inject=switch(upload_delay_ms=1500.0), files=2),
    _fault("A19", "an upload that seems lost", {_S.NEEDS_HUMAN}, {0}, inject=switch(upload_delay_ms=16000.0), files=1),
    _fault("A20", "a file is refused", {_S.NEEDS_HUMAN}, {0}, inject=switch(max_file_mb=0.00001), files=1),
    _fault("A21", "stale token", {_S.ABSENT}, {1}, inject=mode("stale_csrf")),
    _fault("A22-field", "a new required field", {_S.NEEDS_HUMAN}, {0}, inject=switch(renames=NEW_FIELD)),
    _fault("A22-reason", "the reason is gone", {_S.NEEDS_HUMAN}, {0},
           inject=switch(renames={REASONS["order_appeal"]: "Прочее"})),
    _fault("A23-form", "the form is about another review", {_S.NEEDS_HUMAN}, {0}, inject=swap_review),
    _fault("A23-click", "another review just before the click", {_S.ABSENT}, {0}, tamper=other_review_before_gesture),
    _fault("A24", "somebody else is signed in", {_S.APPROVED}, {0},
           inject=lambda world: setattr(world.site.switches, "serve_as", world.site.world.options.accounts[1].email)),
    _fault("B18", "dialogs on every page", {_S.CONFIRMED}, {1}, inject=script(DIALOGS)),
    _fault("B19-popup", "a new window on every page", {_S.CONFIRMED}, {1}, inject=script("window.open('/');")),
    _fault("B19-file", "a file for an answer", {_S.CONFIRMED}, {1}, inject=mode("download")),
    _fault("A25", "captcha at the request", {_S.UNKNOWN}, {1}, inject=mode("captcha")),
    _fault("A26", "the answer shows another filing's number", {_S.CONFIRMED}, {1}, inject=mode("foreign_number")),
)  # fmt: skip

SHARE = frozenset(
    {"A1", "A1-before", "A3", "A4", "A6", "A9", "A11", "A12"}
    | {"A14", "A15-own", "A17", "A18", "A22-field", "A23-click", "A24", "B18"}
)
"""One fault of each kind, which every run of the tests shows; all of them: ``run.py prove appeals``."""
