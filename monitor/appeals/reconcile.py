"""Asks the site what became of an appeal: there, there twice, provably not there, or a person must look.

Absence is proven only by two looks, a settle window apart and both after the form's context was gone, each with the
right account signed in, the site's own list read to its end without this review, and no "already reported" mark. One
row that cannot be attributed spoils the proof. Channels without a list cannot prove absence at all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from flows.readings.models import AppealListReading, AppealStatusReading, PageHealth
from monitor.appeals.crash import CrashHook, no_crash
from monitor.appeals.machine import AppealState, Taker
from monitor.appeals.senders import is_same_identity
from monitor.appeals.steps import StepContext, load, move, note
from monitor.appeals.terms import ChannelTerms
from monitor.state import Lease, State, Transaction
from monitor.state.appeals import AppealRecord
from monitor.state.looks import LookRecord
from monitor.state.text import JsonValue

ABSENCE = "absence"
"""Kind of the looks kept here."""

_S = AppealState
_ASKABLE = frozenset({_S.UNKNOWN, _S.CONFIRMED, _S.REJECTED_BY_FORM, _S.ABSENT, _S.ALREADY_REPORTED})


@dataclass(frozen=True, kw_only=True)
class SiteLook:
    """What one look at the site, in a fresh context, showed.

    Attributes:
        read_at: When the list was read.
        account_proven: The witness of the right account was seen.
        submitter_gone: The context that filled the form is closed and its processes are gone.
        gone_since: Since when it can have sent nothing more; None when it was gone before the request was let go.
        listing: The site's own list of appeals; None where the channel has none or it could not be read.
        reported_mark: Whether the review's page says "already reported"; None when that cannot be seen.
        artifacts: Digests of the evidence of this look.
    """

    read_at: datetime
    account_proven: bool
    submitter_gone: bool
    gone_since: datetime | None = None
    listing: AppealListReading | None = None
    reported_mark: bool | None = None
    artifacts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judgement:
    """What a look means for one appeal.

    Attributes:
        state: Where the appeal goes; None: it stays, another look is needed.
        is_counted: Duplicates were counted late enough; no further look is needed.
        is_absence_look: This look counts towards a proof of absence.
        reason: StepContext, in words.
    """

    state: AppealState | None
    reason: str
    number: str | None = None
    is_counted: bool = False
    is_absence_look: bool = False
    facts: dict[str, JsonValue] = field(default_factory=dict)


class Reconciler:
    """Applies looks to the ledger.

    Args:
        state: The store.
        crash_hook: Called at the named crash point C11; does nothing in the product.
    """

    def __init__(self, state: State, *, crash_hook: CrashHook = no_crash) -> None:
        self._state = state
        self._reach = crash_hook

    def waiting(self, account_id: str, terms: Collection[ChannelTerms]) -> list[AppealRecord]:
        """Returns the appeals about which the site has to be asked."""
        by_channel = {item.channel: item for item in terms}
        with self._state.read() as tx:
            found = tx.appeals.of_account(account_id, only_open=True)
        return [appeal for appeal in found if needs_look(appeal, by_channel.get(appeal.channel))]

    def apply(self, appeal_id: str, look: SiteLook, lease: Lease, terms: ChannelTerms) -> AppealRecord:
        """Stores a look and what it means.

        Args:
            appeal_id: The appeal.
            look: What was seen.
            lease: The right to the account.
            terms: The channel's terms.

        Returns:
            The appeal as it stands now.
        """
        with self._state.transaction(lease) as tx:
            appeal = load(tx, appeal_id)
            judgement = judge(
                appeal,
                look,
                terms,
                earlier=tx.looks.of(appeal_id, ABSENCE),
                even_since=tx.even_since(),
                claimed=_claimed_numbers(tx, appeal),
                is_suspect=is_suspect(appeal, tx.installation.get().restored_at),
            )
            self._reach("C11")
            return self._store(tx, appeal, look, lease, judgement)

    def _store(
        self, tx: Transaction, appeal: AppealRecord, look: SiteLook, lease: Lease, judgement: Judgement
    ) -> AppealRecord:
        facts = {**judgement.facts, "note": judgement.reason}
        why = StepContext(fence=lease.fence, facts=facts, artifacts=look.artifacts)
        tx.looks.add(
            appeal.id,
            ABSENCE,
            read_at=look.read_at,
            is_healthy=judgement.is_absence_look,
            result="" if judgement.state is None else judgement.state.value,
            facts=facts,
        )
        values: dict[str, datetime | str | int | None] = {}
        # An answer may have been another filing's; once the list is whole and settled, its number is the right one.
        if judgement.number and (not appeal.number or (judgement.is_counted and judgement.number != appeal.number)):
            values["number"] = judgement.number
        if judgement.is_counted:
            values["counted_at"] = tx.now()
            if appeal.outcome:
                values |= {"closed_at": tx.now(), "closed_why": f"outcome: {appeal.outcome}"}
            if appeal.state == _S.REJECTED_BY_FORM and judgement.state is None:
                values |= {"closed_at": tx.now(), "closed_why": "refused by the form, and not on the list"}
        if judgement.state is not None:
            if judgement.state is _S.APPROVED:
                values["returns"] = appeal.returns + 1
            return move(tx, appeal, judgement.state, Taker.RECONCILE, why, **values)
        if values:
            tx.appeals.change(appeal, **values)
        note(tx, appeal, "appeal.look", why)
        return load(tx, appeal.id)


def submitter_gone_since(tx: Transaction, appeal: AppealRecord, lease: Lease) -> datetime | None:
    """Returns since when whatever filled the appeal's form can send nothing any more; None while it may.

    Duplicates are counted a settle window after that, not after the request: a process that was stopped in the middle
    of a filing, or a browser that waits for its answer, may send the request again as late as it ends.

    A lock that ran out does not say so: its holder may be frozen and wake. The visit's end does, written by the visit
    itself after its browser was closed, or by whoever saw its processes dead.

    Args:
        tx: A transaction.
        appeal: The appeal.
        lease: The caller's lease; contexts of its own visit are closed by now.
    """
    if appeal.fence is None:
        return appeal.created_at
    if appeal.fence == lease.fence:
        return tx.now()
    visit = tx.visits.of_fence(appeal.account_id, appeal.fence)
    return None if visit is None else visit.finished_at


def needs_look(appeal: AppealRecord, terms: ChannelTerms | None) -> bool:
    """Whether the site has to be asked about this appeal. Pure."""
    if terms is None or not appeal.is_open:
        return False
    state = appeal.state
    if state is _S.UNKNOWN:
        return True
    if not terms.has_list or appeal.counted_at is not None:
        return False
    if state is _S.REJECTED_BY_FORM:
        return appeal.released_at is not None
    return state is _S.CONFIRMED or (state is _S.ALREADY_REPORTED and appeal.number is None)


def judge(
    appeal: AppealRecord,
    look: SiteLook,
    terms: ChannelTerms,
    *,
    earlier: Sequence[LookRecord],
    claimed: Collection[str],
    is_suspect: bool = False,
    even_since: datetime | None = None,
) -> Judgement:
    """Says what a look means for an appeal. Pure.

    Args:
        appeal: The appeal.
        look: What was seen.
        terms: The channel's terms.
        earlier: Looks of this appeal so far.
        claimed: Numbers of the site that belong to other appeals of ours.
        is_suspect: The store was restored after this attempt began: a missing row proves nothing.
        even_since: Since when our clock has gone evenly: a window that it jumped over has not passed.
    """
    if even_since is not None:
        earlier = [first for first in earlier if first.read_at >= even_since]
        look = replace(look, gone_since=max(look.gone_since or even_since, even_since))
    if appeal.state not in _ASKABLE:
        return Judgement(None, "nothing to ask about")
    if not look.account_proven or not _is_sender_seen(appeal, terms):
        return Judgement(None, "the right account was not seen")
    never_sent = None if is_suspect else _judge_never_sent(appeal, look, terms)
    if never_sent is not None:
        return never_sent
    if not terms.has_list:
        return _judge_without_list(appeal, look, terms, earlier)
    return _judge_by_list(appeal, look, terms, earlier=earlier, claimed=claimed)


def _is_sender_seen(appeal: AppealRecord, terms: ChannelTerms) -> bool:
    """Another login's list says nothing about this one's appeals."""
    return not terms.identity or is_same_identity(appeal.identity, terms.identity)


def is_suspect(appeal: AppealRecord, restored_at: datetime | None) -> bool:
    """Whether more may have been done with this appeal than the store knows. Pure."""
    if restored_at is None:
        return False
    return (appeal.intent_at or appeal.created_at) <= restored_at


def _judge_never_sent(appeal: AppealRecord, look: SiteLook, terms: ChannelTerms) -> Judgement | None:
    """No gesture and no RELEASED row mean no request, where the catalog vouches that the gate sees it.

    After a gesture the site is asked as about any other: absence is never told from one look, and what its page has is
    ours until shown otherwise.
    """
    if appeal.state != _S.UNKNOWN or appeal.released_at is not None or appeal.gesture_at is not None:
        return None
    if appeal.number is not None or not (terms.submits_by_visible_request and look.submitter_gone):
        return None
    if look.reported_mark:
        return Judgement(_S.ALREADY_REPORTED, "not sent by us, and the review's page says it was reported")
    if appeal.returns >= terms.max_returns:
        return Judgement(_S.NEEDS_HUMAN, "the attempt ended before its gesture too often")
    return Judgement(_S.APPROVED, "no gesture was made")


def _judge_without_list(
    appeal: AppealRecord, look: SiteLook, terms: ChannelTerms, earlier: Sequence[LookRecord]
) -> Judgement:
    if appeal.state != _S.UNKNOWN:
        return Judgement(None, "there is no list to ask")
    if look.reported_mark and (appeal.released_at is not None or appeal.gesture_at is not None):
        return Judgement(_S.ACKNOWLEDGED, "the gesture was made, and the review's page says it was reported")
    if look.reported_mark:
        return Judgement(_S.ALREADY_REPORTED, "the review's page says it was reported")
    if not look.submitter_gone:
        return Judgement(None, "the form's context may still be alive")
    if _is_second_look(look, terms, earlier):
        return Judgement(_S.NEEDS_HUMAN, "this channel has no list: what happened cannot be known from here")
    return Judgement(None, "looked once; the site may need its time", is_absence_look=True)


def _judge_by_list(
    appeal: AppealRecord,
    look: SiteLook,
    terms: ChannelTerms,
    *,
    earlier: Sequence[LookRecord],
    claimed: Collection[str],
) -> Judgement:
    listing = look.listing
    if listing is None or listing.health not in {PageHealth.HEALTHY, PageHealth.EMPTY}:
        return Judgement(None, "the site's list could not be read")
    ours, older, unclear = _sort_rows(appeal, listing, terms, claimed)
    facts: dict[str, JsonValue] = {
        "numbers": [row.number for row in ours],
        "older": [row.number for row in older],
        "unattributed": [row.number for row in unclear],
        "rows": len(listing.rows),
        "is_complete": listing.is_complete,
    }
    if listing.clock_offset is not None and abs(listing.clock_offset) > terms.clock_skew:
        facts["clock_offset_seconds"] = round(listing.clock_offset.total_seconds())  # the log has no fractions
    if len(ours) > 1:
        twice = "the site has it more than once"
        return Judgement(_S.DUPLICATE_SEEN, twice, ours[0].number, is_counted=True, facts=facts)
    if ours:
        return _judge_one_row(appeal, look, terms, ours[0], facts)
    if appeal.state == _S.UNKNOWN and older and appeal.released_at is None:
        return Judgement(_S.ALREADY_REPORTED, "the site had it before our intent", older[-1].number, facts=facts)
    is_proof = listing.is_complete and look.submitter_gone and not look.reported_mark and not unclear and not older
    return _judge_no_row(appeal, look, terms, earlier=earlier, is_proof=is_proof, facts=facts)


def _judge_one_row(
    appeal: AppealRecord,
    look: SiteLook,
    terms: ChannelTerms,
    row: AppealStatusReading,
    facts: dict[str, JsonValue],
) -> Judgement:
    is_counted = bool(
        look.listing and look.listing.is_complete and look.submitter_gone and _is_settled(appeal, look, terms)
    )
    if appeal.state in {_S.CONFIRMED, _S.ALREADY_REPORTED}:
        return Judgement(None, "the site has it once", row.number, is_counted, facts=facts)
    return Judgement(_S.CONFIRMED, "found in the site's list", row.number, is_counted, facts=facts)


def _judge_no_row(
    appeal: AppealRecord,
    look: SiteLook,
    terms: ChannelTerms,
    *,
    earlier: Sequence[LookRecord],
    is_proof: bool,
    facts: dict[str, JsonValue],
) -> Judgement:
    if not is_proof:
        if appeal.state == _S.UNKNOWN and _has_looked_before(look, terms, earlier):
            return Judgement(_S.NEEDS_HUMAN, "not on the list, but other signs speak against absence", facts=facts)
        return Judgement(None, "this look proves nothing", facts=facts)
    is_second = _is_second_look(look, terms, earlier)
    if not is_second:
        return Judgement(None, "not on the list yet", is_absence_look=True, facts=facts)
    if appeal.state == _S.UNKNOWN:
        return Judgement(_S.ABSENT, "two complete readings of the list without it", is_counted=True, facts=facts)
    if appeal.state == _S.CONFIRMED:
        return Judgement(_S.NEEDS_HUMAN, "the site gave a number that its own list does not have", facts=facts)
    return Judgement(None, "two complete readings of the list without it", is_counted=True, facts=facts)


def _is_second_look(look: SiteLook, terms: ChannelTerms, earlier: Sequence[LookRecord]) -> bool:
    return any(first.is_healthy and look.read_at - first.read_at >= terms.settle_window for first in earlier)


def _has_looked_before(look: SiteLook, terms: ChannelTerms, earlier: Sequence[LookRecord]) -> bool:
    """Whether this and an earlier look, a settle window apart, both read the whole list and could not decide."""
    if look.listing is None or not look.listing.is_complete or not look.submitter_gone:
        return False
    return any(
        isinstance(first.facts, dict)
        and first.facts.get("is_complete") is True
        and look.read_at - first.read_at >= terms.settle_window
        for first in earlier
    )


def _is_settled(appeal: AppealRecord, look: SiteLook, terms: ChannelTerms) -> bool:
    sent = appeal.released_at or appeal.gesture_at or appeal.intent_at or appeal.created_at
    return look.read_at - max(sent, look.gone_since or sent) >= terms.settle_window


def _sort_rows(
    appeal: AppealRecord, listing: AppealListReading, terms: ChannelTerms, claimed: Collection[str]
) -> tuple[list[AppealStatusReading], list[AppealStatusReading], list[AppealStatusReading]]:
    """Sorts unclaimed rows into: ours, about this review but from before our intent, and not attributable."""
    ours: list[AppealStatusReading] = []
    older: list[AppealStatusReading] = []
    unclear: list[AppealStatusReading] = []
    for row in listing.rows:
        if row.number in claimed:
            continue
        if row.number == appeal.number and row.review_id in {None, appeal.review_id}:
            ours.append(row)
        elif row.review_id is None:
            if not _is_from_before(appeal, row, listing, terms):
                unclear.append(row)
        elif row.review_id == appeal.review_id:
            (older if _is_from_before(appeal, row, listing, terms) else ours).append(row)
    return ours, older, unclear


def _is_from_before(
    appeal: AppealRecord, row: AppealStatusReading, listing: AppealListReading, terms: ChannelTerms
) -> bool:
    """The row carries the site's time, the intent ours: a clock that is off must not make our own row an old one."""
    if appeal.state == _S.ALREADY_REPORTED or row.submitted is None or row.submitted.latest is None:
        return False
    by_our_clock = row.submitted.latest - (listing.clock_offset or timedelta(0))
    return by_our_clock < (appeal.intent_at or appeal.created_at) - terms.clock_skew


def _claimed_numbers(tx: Transaction, appeal: AppealRecord) -> set[str]:
    others = tx.appeals.generations(appeal.identity, appeal.review_id)
    return {other.number for other in others if other.number and other.id != appeal.id}
