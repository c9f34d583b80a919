"""How an installation stands: what is read, which sessions hold, what stays wrong, and what people were not told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime

from monitor.closed_lists.incident_kinds import INCIDENTS, IncidentKind
from monitor.closed_lists.states import SessionState
from monitor.language import gettext as _
from monitor.language import in_language
from monitor.language.plain_text import show
from monitor.language.words import Tone
from monitor.state import State
from monitor.state.accounts import ProductRecord
from monitor.state.journal import INSTALLATION
from monitor.use_cases.models import Value

_WALL = re.compile(r"([a-z_]+): the site asks for a person \(")
_SESSIONS = {
    SessionState.LIVE: ("Действует", Tone.GOOD),
    SessionState.EXPIRED: ("Истекла", Tone.WAIT),
    SessionState.WALLED: ("Проверка", Tone.BAD),
    SessionState.NONE: ("Нужен вход", Tone.WAIT),
}


class ProductShown(Value):
    """A watched product: when it was last read to its end, how many of its reviews the site shows."""

    account: str
    sku: str
    title: str
    read_at: AwareDatetime | None
    shown: int | None
    total: int | None


class SessionShown(Value):
    """A sign-in of an account."""

    account: str
    identity: str
    word: str
    tone: Tone
    witness: str
    proven_at: AwareDatetime | None


class IncidentShown(Value):
    """Something that stays wrong, and what to do."""

    account: str
    title: str
    about: str
    detail: str
    next_step: str
    since: AwareDatetime


class AccountShown(Value):
    """An account; ``stopped``: why its work stands still, empty: it goes on."""

    name: str
    site: str
    stopped: str
    must_reconcile: bool
    sent_in_day: int


class Condition(Value):
    """All of it."""

    accounts: tuple[AccountShown, ...]
    sessions: tuple[SessionShown, ...]
    products: tuple[ProductShown, ...]
    incidents: tuple[IncidentShown, ...]


def show_condition(state: State, accounts: Sequence[str], *, zone: str) -> Condition:
    """Returns how these accounts stand; moments in ``zone`` (IANA name)."""
    local = ZoneInfo(zone)
    shown: list[AccountShown] = []
    sessions: list[SessionShown] = []
    products: list[ProductShown] = []
    incidents: list[IncidentShown] = []
    with state.read() as tx:
        day_ago = tx.now().astimezone(local).replace(hour=0, minute=0, second=0, microsecond=0)
        for name in accounts:
            record = tx.accounts.get(name)
            if record is None:
                continue
            shown.append(
                AccountShown(
                    name=name,
                    site=record.site,
                    stopped=_say_why(record.stopped_why) if record.stopped_at else "",
                    must_reconcile=record.must_reconcile_since is not None,
                    sent_in_day=tx.appeals.gestures_since({name}, day_ago),
                )
            )
            for one in tx.sessions.of(name):
                word, tone = _SESSIONS.get(one.state, _SESSIONS[SessionState.NONE])
                proven = one.proven_at.astimezone(local) if one.proven_at else None
                sessions.append(
                    SessionShown(
                        account=name, identity=one.identity, word=word, tone=tone, witness=one.witness, proven_at=proven
                    )
                )
            products += [_product(name, one, local) for one in tx.products.watched(name)]
            incidents += [
                IncidentShown(
                    account=name,
                    title=INCIDENTS[one.kind].title,
                    about=show(one.subject, one_line=True, limit=80),
                    detail=_detail(one.kind, one.detail),
                    next_step=INCIDENTS[one.kind].next_step,
                    since=one.first_at.astimezone(local),
                )
                for one in tx.incidents.unclosed(name)
            ]
    return Condition(
        accounts=tuple(shown), sessions=tuple(sessions), products=tuple(products), incidents=tuple(incidents)
    )


def show_products(state: State, account: str, *, zone: str) -> dict[str, ProductShown]:
    """Returns all products of an account that were ever watched, by number."""
    with state.read() as tx:
        return {one.sku: _product(account, one, ZoneInfo(zone)) for one in tx.products.all(account)}


def _product(account: str, one: ProductRecord, local: ZoneInfo) -> ProductShown:
    return ProductShown(
        account=account,
        sku=one.sku,
        title=show(one.title, one_line=True, limit=100),
        read_at=one.last_complete_at.astimezone(local) if one.last_complete_at else None,
        shown=one.reviews_shown,
        total=one.reviews_total,
    )


def _detail(kind: IncidentKind, stored: str) -> str:
    """Returns what is known of an incident beside its title; that a page is not there needs no address of the API."""
    return "" if kind is IncidentKind.PRODUCT_GONE else show(stored, one_line=True, limit=300)


def wall_names() -> dict[str, str]:
    """What the kinds of walls are called (``flows.errors.WallMet.kind``)."""
    return {
        "challenge": _("a check of the browser"),
        "captcha": _("a check for robots"),
        "blocked": _("access is blocked"),
        "rate_limited": _("too many requests"),
        "code": _("a code"),
        "adult_gate": _("a question for the age"),
    }


def _say_why(stored: str) -> str:
    """Says why an account stands still, in the language that is spoken; a wall's kind stands before its sentence."""
    walls = wall_names()
    if (wall := _WALL.match(stored)) is not None and wall[1] in walls:
        return _("the site asks for a person ({problem})").format(problem=walls[wall[1]])
    kind, colon, sentence = stored.partition(": ")
    told = in_language(stored)
    return show(in_language(sentence) if colon and told == stored and " " not in kind else told, one_line=True)


class MessageShown(Value):
    """A message that was not delivered; ``is_over``: nobody tries any more."""

    account: str
    channel: str
    error: str
    attempts: int
    is_over: bool
    next_at: AwareDatetime | None


class Keeping(Value):
    """What is kept elsewhere and who was told: backups and messages.

    Attributes:
        backup_at: When the newest backup was made; None: never.
        backup_age: In days; None: never.
        sent: Messages that went out, among the newest ones; ``failed``: those that did not.
    """

    backup_at: AwareDatetime | None
    backup_age: int | None
    sent: int
    failed: tuple[MessageShown, ...]


def show_keeping(state: State, accounts: Sequence[str], *, zone: str) -> Keeping:
    """Returns when the last backup was made and what became of the newest messages."""
    local = ZoneInfo(zone)
    with state.read() as tx:
        head = tx.journal.heads().get(INSTALLATION)
        rows = tx.journal.latest(head.chain, ["backup.create"], below=head.seq + 1, above=0, limit=1) if head else []
        made = [row.written_at for row in rows]
        told = [(name, one) for name in accounts for one in tx.outbox.deliveries(name)]
        age = (tx.now() - max(made)).days if made else None
    return Keeping(
        backup_at=max(made).astimezone(local) if made else None,
        backup_age=age,
        sent=sum(one.state == "sent" for _, one in told),
        failed=tuple(
            MessageShown(
                account=name,
                channel=one.channel,
                error=show(one.last_error, one_line=True, limit=200),
                attempts=one.attempts,
                is_over=one.state == "dead",
                next_at=one.next_attempt_at.astimezone(local) if one.state != "dead" else None,
            )
            for name, one in told
            if one.state == "dead" or (one.state == "pending" and one.attempts)
        )[:20],
    )
