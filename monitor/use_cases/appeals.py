"""Appeals: prepare a draft, approve, take back, drop, release, resolve, and show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from evidence_store.journal import Actor
from monitor.appeals.conditions import require_filing_open
from monitor.appeals.drafting import Drafting
from monitor.appeals.machine import AppealState
from monitor.appeals.payload import Payload, address_today
from monitor.appeals.senders import is_same_identity
from monitor.appeals.steps import load, tell_next_step
from monitor.appeals.terms import ChannelTerms
from monitor.cases.reservations import is_own_item, tell_item
from monitor.errors import AlreadyOpen
from monitor.language import gettext as _
from monitor.state import State, Transaction
from monitor.state.appeals import AppealRecord
from monitor.use_cases.acknowledging import acknowledged
from monitor.use_cases.models import Appeal, FileOfAppeal, Listed


class Rewording(Enum):
    """What a new wording may replace: the states in which nothing of the appeal can have gone out."""

    WAITING_DRAFT = frozenset({AppealState.DRAFT})
    """A visit's: what a person approved, or has to look at, is theirs."""

    BY_A_PERSON = frozenset({AppealState.DRAFT, AppealState.APPROVED, AppealState.NEEDS_HUMAN})
    """A person's: their own approval falls away with it."""


@acknowledged
def prepare_draft(
    state: State,
    case_id: str,
    payload: Payload,
    *,
    actor: Actor,
    terms: ChannelTerms,
    rewording: Rewording,
    word: str = "",
) -> AppealRecord:
    """Rewords the draft that waits for a review, or makes a new one.

    Args:
        state: The store.
        case_id: The review's case.
        payload: What would be sent.
        actor: Who drafts it.
        terms: The channel's.
        rewording: What may be replaced.
        word: What the person vouched for against the program's advice, for the log.

    Raises:
        AlreadyOpen: an open appeal of this review may not be replaced, or waits under another identity.
        AppealError: the site does not allow another one.
    """
    drafting = Drafting(state)
    with state.read() as tx:
        standing = [one for one in tx.appeals.of_case(case_id) if one.is_open]
        waiting = next((one for one in standing if _is_same(one, payload) and one.state in rewording.value), None)
        elsewhere = next((one for one in standing if not _is_same(one, payload)), None)
        hint = tell_next_step(tx, elsewhere) if elsewhere is not None else ""
    if waiting is not None:
        return drafting.revise(waiting.id, payload, actor=actor, word=word)
    if elsewhere is not None and elsewhere.state == AppealState.DRAFT and rewording is Rewording.WAITING_DRAFT:
        raise AlreadyOpen(_("a draft for this review waits under another identity"), where=elsewhere.id, hint=hint)
    return drafting.draft(case_id, payload, actor=actor, terms=terms, word=word)


@acknowledged
def approve(
    state: State, appeal_id: str, payload_hash: str, *, actor: Actor, terms: ChannelTerms, is_sent_now: bool = False
) -> AppealRecord:
    """Stores a human approval of exactly what was shown.

    Args:
        state: The store.
        appeal_id: The appeal.
        payload_hash: The hash of what the person saw.
        actor: The person.
        terms: The channel's: how long a schedule leaves it alone, so that the person can change their mind.
        is_sent_now: The person waits for it to be sent, and has no time to change their mind.

    Raises:
        NotApproved: it is not what was shown any more, or the actor is no person.
        DeadlinePassed: the site takes no appeal about this review any more.
        IllegalTransition: it is not a draft.
    """
    return Drafting(state).approve(
        appeal_id,
        payload_hash,
        actor=actor,
        wait=timedelta(0) if is_sent_now else terms.change_of_mind,
        check=lambda tx: require_filing_open(tx, load(tx, appeal_id), terms),
    )


@acknowledged
def revoke(state: State, appeal_id: str, *, actor: Actor, why: str) -> AppealRecord:
    """Takes an approval back while nothing was tried."""
    return Drafting(state).revoke(appeal_id, actor=actor, why=why)


@acknowledged
def drop(state: State, appeal_id: str, *, actor: Actor, why: str) -> AppealRecord:
    """Ends an appeal that was not sent, or is proven not to be on the site."""
    return Drafting(state).drop(appeal_id, actor=actor, why=why)


@acknowledged
def release(
    state: State, appeal_id: str, payload_hash: str, *, actor: Actor, note: str, wait: timedelta
) -> AppealRecord:
    """Approves one more attempt of an appeal that the site provably does not have."""
    return Drafting(state).release(appeal_id, actor=actor, payload_hash=payload_hash, note_text=note, wait=wait)


@acknowledged
def resolve(
    state: State, appeal_id: str, wanted: AppealState, *, actor: Actor, note: str, number: str | None
) -> AppealRecord:
    """Stores what a person found on the site about an appeal that is unknown or needs a person."""
    return Drafting(state).resolve(appeal_id, wanted, actor=actor, note_text=note, number=number)


def list_appeals(state: State, accounts: Sequence[str], *, zone: str, limit: int) -> Listed[Appeal]:
    """Returns of each account so many appeals, those made last; of these the oldest first.

    Args:
        state: The store.
        accounts: Whose.
        zone: In which zone moments are told (IANA name).
        limit: How many of each account at most.
    """
    with state.read() as tx:
        found = [tx.appeals.newest_of_account(account, limit + 1) for account in accounts]
        rows = [_describe(tx, one, zone) for appeals in found for one in appeals[-limit:]]
    return Listed(rows=tuple(rows), has_more=any(len(appeals) > limit for appeals in found))


def show_appeal(state: State, appeal_id: str, *, zone: str) -> Appeal | None:
    """Returns one appeal as it stands; None when there is none of this id."""
    with state.read() as tx:
        found = tx.appeals.get(appeal_id)
        return _describe(tx, found, zone) if found is not None else None


def _is_same(appeal: AppealRecord, payload: Payload) -> bool:
    return appeal.site == payload.site and is_same_identity(appeal.identity, payload.identity)


def _describe(tx: Transaction, appeal: AppealRecord, zone: str) -> Appeal:
    local = ZoneInfo(zone)
    review = tx.reviews.get(appeal.account_id, appeal.review_id)
    approval = tx.approvals.valid(appeal.id, appeal.payload_hash)
    files = tuple(
        FileOfAppeal(name=one.name, media_type=one.media_type, sha256=one.sha256) for one in tx.appeals.files(appeal.id)
    )
    return Appeal(
        id=appeal.id,
        account=appeal.account_id,
        case_id=appeal.case_id,
        review_id=appeal.review_id,
        review_version=appeal.review_version,
        generation=appeal.generation,
        site=appeal.site,
        identity=appeal.identity,
        product_url=address_today(tx, appeal),
        item=tell_item(review) if review else "",
        is_own_item=review is None or is_own_item(tx, review),
        channel=appeal.channel,
        channel_kind=appeal.channel_kind or None,
        ground=appeal.ground,
        reason=appeal.reason_label or None,
        order_number=appeal.order_number,
        text=appeal.text,
        sender_name=appeal.sender_name or None,
        sender_email=appeal.sender_email or None,
        files=files,
        payload_hash=appeal.payload_hash,
        state=appeal.state,
        number=appeal.number,
        moderation=appeal.moderation or None,
        outcome=appeal.outcome or None,
        created_at=appeal.created_at.astimezone(local),
        send_from=approval.send_from.astimezone(local) if approval and approval.send_from else None,
        gesture_at=appeal.gesture_at.astimezone(local) if appeal.gesture_at else None,
        closed_at=appeal.closed_at.astimezone(local) if appeal.closed_at else None,
        closed_why=appeal.closed_why or None,
    )
