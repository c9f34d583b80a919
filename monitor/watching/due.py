"""What is due for an account now, from the stored state alone; a lost, doubled or killed visit is harmless. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum

from monitor.appeals.follow import PUBLIC, is_public_look_due
from monitor.appeals.machine import FOLLOWED, IN_FLIGHT, NOT_SENT, TO_RECONCILE, AppealState
from monitor.appeals.reconcile import ABSENCE, needs_look
from monitor.appeals.terms import ChannelTerms
from monitor.state import Transaction
from monitor.state.accounts import AccountRecord, ProductRecord
from monitor.state.appeals import AppealRecord, LookRecord


class Task(IntEnum):
    """Kinds of work, in the order in which a visit does them: what is unclear first, what is new before what is old."""

    RECONCILE = 1
    POLL = 2
    CAPTURE = 3
    SUBMIT = 4
    FOLLOW = 5
    OUTCOME = 6


@dataclass(frozen=True, order=True)
class DueTask:
    """One piece of work: on which product (sku), review or appeal, and since when it is due."""

    task: Task
    since: datetime
    subject: str


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often what is looked at.

    Attributes:
        poll_every: Distance of two polls of a product.
        follow_every: Distance of two readings of the site's list of appeals.
    """

    poll_every: timedelta = timedelta(hours=1)
    follow_every: timedelta = timedelta(hours=6)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """The stored state of one account, as far as it decides what is due.

    Attributes:
        uncaptured: Reviews (id to since when) whose evidence is still to be taken.
        looks: Looks by appeal, both kinds.
        followed_at: When the site's list was last read.
    """

    account: AccountRecord
    products: tuple[ProductRecord, ...]
    appeals: tuple[AppealRecord, ...]
    uncaptured: Mapping[str, datetime] = field(default_factory=dict)
    looks: Mapping[str, tuple[LookRecord, ...]] = field(default_factory=dict)
    followed_at: datetime | None = None


@dataclass(frozen=True)
class Work:
    """Which kinds of work the appeals of an account ask for.

    Attributes:
        is_approved: A person has approved one that is not filed yet.
        is_open: One was sent and is not over, or a restored store has to be reconciled.
        is_unclear: One went out and its outcome is not proven: the site is asked at every visit.
    """

    is_approved: bool
    is_open: bool
    is_unclear: bool


def find_work(tx: Transaction, account_id: str) -> Work:
    """Looks at the stored appeals of an account."""
    states = {AppealState(appeal.state) for appeal in tx.appeals.of_account(account_id, only_open=True)}
    account = tx.accounts.get(account_id)
    is_restored = account is not None and account.must_reconcile_since is not None
    return Work(
        is_approved=AppealState.APPROVED in states,
        is_open=bool(states - NOT_SENT) or is_restored,
        is_unclear=bool(states & (IN_FLIGHT | TO_RECONCILE)),
    )


def find_due(picture: Picture, terms: Mapping[str, ChannelTerms], pace: Pace, now: datetime) -> list[DueTask]:
    """Returns what is due now, in the order in which to do it; nothing for a stopped or disabled account.

    Args:
        picture: The stored state.
        terms: The terms by channel.
        pace: How often what is looked at.
        now: The moment.
    """
    if not is_account_free(picture.account, now):
        return []
    due = _find_polls(picture, pace, now)
    due += [DueTask(Task.CAPTURE, since, review_id) for review_id, since in picture.uncaptured.items()]
    for appeal in picture.appeals:
        channel = terms.get(appeal.channel)
        if channel is not None and appeal.is_open:
            due += _find_for_appeal(picture, appeal, channel, now)
    due += _find_follow(picture, terms, pace, now)
    return sorted(due)


def is_account_free(account: AccountRecord, now: datetime) -> bool:
    """Tells whether anything may be done for the account: it is in use and no wall stands before it."""
    if account.disabled_at is not None:
        return False
    return account.stopped_at is None or (account.stopped_until is not None and account.stopped_until <= now)


def load_picture(
    tx: Transaction, account: AccountRecord, *, uncaptured: Mapping[str, datetime], followed_at: datetime | None
) -> Picture:
    """Reads the stored state of an account.

    Args:
        tx: A transaction.
        account: The account.
        uncaptured: Reviews whose evidence is still to be taken, as the triage wants it.
        followed_at: When the site's list was last read.
    """
    appeals = tx.appeals.of_account(account.id, only_open=True)
    looks = {appeal.id: tuple(tx.looks.of(appeal.id, ABSENCE) + tx.looks.of(appeal.id, PUBLIC)) for appeal in appeals}
    return Picture(
        account=account,
        products=tuple(tx.products.watched(account.id)),
        appeals=tuple(appeals),
        uncaptured=uncaptured,
        looks=looks,
        followed_at=followed_at,
    )


def _find_polls(picture: Picture, pace: Pace, now: datetime) -> list[DueTask]:
    due: list[DueTask] = []
    for product in picture.products:
        since = product.added_at if product.last_polled_at is None else product.last_polled_at + pace.poll_every
        if since <= now:
            due.append(DueTask(Task.POLL, since, product.sku))
    return due


def _find_for_appeal(picture: Picture, appeal: AppealRecord, terms: ChannelTerms, now: datetime) -> list[DueTask]:
    state = AppealState(appeal.state)
    looks = picture.looks.get(appeal.id, ())
    if state is AppealState.APPROVED and picture.account.must_reconcile_since is None:
        return [DueTask(Task.SUBMIT, appeal.updated_at, appeal.id)]
    due: list[DueTask] = []
    if state in IN_FLIGHT or needs_look(appeal, terms):
        since = _next_look(appeal, looks, terms)
        if since <= now:
            due.append(DueTask(Task.RECONCILE, since, appeal.id))
    public = [look for look in looks if look.kind == PUBLIC]
    if state in FOLLOWED and is_public_look_due(appeal, public, terms, now):
        due.append(DueTask(Task.OUTCOME, appeal.updated_at, appeal.id))
    return due


def _next_look(appeal: AppealRecord, looks: tuple[LookRecord, ...], terms: ChannelTerms) -> datetime:
    """The first look is due at once, the next one when it can be the second of a proof."""
    last = max((look.read_at for look in looks if look.kind == ABSENCE), default=None)
    return appeal.updated_at if last is None else last + terms.settle_window


def _find_follow(picture: Picture, terms: Mapping[str, ChannelTerms], pace: Pace, now: datetime) -> list[DueTask]:
    is_followed = any(
        appeal.number is not None and appeal.channel in terms and terms[appeal.channel].has_list
        for appeal in picture.appeals
    )
    if not is_followed and picture.account.must_reconcile_since is None:
        return []
    since = now if picture.followed_at is None else picture.followed_at + pace.follow_every
    return [DueTask(Task.FOLLOW, since, picture.account.id)] if since <= now else []
