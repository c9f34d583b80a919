"""Follows what the site does with an appeal: its words as they are, questions for a person, and the public page.

Moderation is append-only and never guessed: a wording the catalog does not know is stored as ``unknown`` with its text.
An outcome needs two healthy public reads apart in time; a failed or challenged page never counts as removed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flows.readings.models import AppealListReading, AppealStatusReading, PageHealth
from monitor.appeals.deadlines import answer_due, decision_expected
from monitor.appeals.drafting import close
from monitor.appeals.machine import DECIDED, FOLLOWED, Moderation, Outcome, Track
from monitor.appeals.steps import StepContext, load, write_down
from monitor.appeals.terms import ChannelTerms
from monitor.closed_lists.incident_kinds import IncidentKind
from monitor.errors import IllegalTransition
from monitor.incidents import report_bad, report_good
from monitor.language import gettext as _
from monitor.state import Lease, State, Transaction
from monitor.state.appeals import AppealRecord
from monitor.state.looks import LookRecord

PUBLIC = "public"
"""Kind of the looks kept here."""

_LONGEST_QUOTE = 200  # characters of the site's words in a message
TELLS_STATUSES = frozenset({PageHealth.HEALTHY, PageHealth.EMPTY, PageHealth.PARTIAL})
"""Conditions of the site's own list in which its rows say where appeals stand."""


@dataclass(frozen=True, kw_only=True)
class PublicLook:
    """What one look at the public page says about one review (``flows.library.check_public``).

    Attributes:
        verdict: ``gone`` only when a healthy listing was read to its end without it and its own link does not show it.
        artifacts: Digests of the evidence.
    """

    read_at: datetime
    verdict: Literal["visible", "gone", "edited", "cannot_say"]
    problems: tuple[str, ...] = ()
    artifacts: tuple[str, ...] = ()


class Follower:
    """Writes down what the site says and what the public page shows.

    Args:
        state: The store.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def followed(self, account_id: str) -> list[AppealRecord]:
        """Returns the open appeals the site has."""
        with self._state.read() as tx:
            return tx.appeals.of_account(account_id, states=[state.value for state in FOLLOWED], only_open=True)

    def apply_list(
        self, listing: AppealListReading, lease: Lease, terms: Mapping[str, ChannelTerms]
    ) -> list[AppealRecord]:
        """Writes down every status that changed; returns the appeals it changed for.

        An appeal that a complete list does not show any more, or whose number it gives to another review, becomes an
        incident; its state stays.
        """
        if listing.health not in TELLS_STATUSES:
            return []
        rows = {row.number: row for row in listing.rows}
        changed: list[AppealRecord] = []
        with self._state.transaction(lease) as tx:
            for appeal in tx.appeals.of_account(lease.account_id, only_open=True):
                channel = terms.get(appeal.channel)
                if appeal.number is None or channel is None or not channel.has_list:
                    continue
                row = rows.get(appeal.number)
                if row is None or row.review_id not in {None, appeal.review_id}:
                    if listing.is_complete and appeal.state in FOLLOWED:
                        report_bad(
                            tx, lease.account_id, IncidentKind.APPEAL_VANISHED, subject=appeal.id, detail=appeal.number
                        )
                elif _apply_row(tx, appeal, row, lease, channel):
                    changed.append(load(tx, appeal.id))
        self._state.flush_mirror()
        return changed

    def apply_public(self, appeal_id: str, look: PublicLook, lease: Lease, terms: ChannelTerms) -> AppealRecord:
        """Writes down one look at the public page, and the outcome once two of them agree."""
        with self._state.transaction(lease) as tx:
            appeal = load(tx, appeal_id)
            earlier = tx.looks.of(appeal_id, PUBLIC)
            tx.looks.add(
                appeal_id,
                PUBLIC,
                read_at=look.read_at,
                is_healthy=look.verdict != "cannot_say",
                result=look.verdict,
                facts={"problems": list(look.problems)},
            )
            outcome = judge_outcome(appeal, look, terms, earlier=earlier)
            if outcome is not None and outcome != appeal.outcome and appeal.is_open:
                appeal = _store_outcome(tx, appeal, outcome, look, lease, has_list=terms.has_list)
        self._state.flush_mirror()
        return appeal

    def needing_public_look(
        self, account_id: str, terms: Collection[ChannelTerms], now: datetime
    ) -> list[AppealRecord]:
        """Returns the appeals whose review has to be looked up on the public page now."""
        by_channel = {item.channel: item for item in terms}
        with self._state.read() as tx:
            found = tx.appeals.of_account(account_id, states=[state.value for state in FOLLOWED], only_open=True)
            looks = {appeal.id: tx.looks.of(appeal.id, PUBLIC) for appeal in found}
        return [
            appeal
            for appeal in found
            if appeal.channel in by_channel
            and is_public_look_due(appeal, looks[appeal.id], by_channel[appeal.channel], now)
        ]


def is_public_look_due(
    appeal: AppealRecord, earlier: Collection[LookRecord], terms: ChannelTerms, now: datetime
) -> bool:
    """Whether the public page should be read again for this appeal. Pure.

    Once the site has decided (or should have), and where it never tells, a read is due every ``between_reads``.
    """
    expected = decision_expected(appeal, terms)
    is_decided = appeal.moderation in {Moderation.ACCEPTED, Moderation.REJECTED}
    if not (is_decided or not terms.has_list or (expected is not None and expected <= now)):
        return False
    return all(now - look.read_at >= terms.between_reads for look in earlier)


def judge_outcome(
    appeal: AppealRecord, look: PublicLook, terms: ChannelTerms, *, earlier: Collection[LookRecord]
) -> Outcome | None:
    """Says what two healthy public reads apart in time prove; None when they do not yet. Pure."""
    if look.verdict == "cannot_say":
        return None
    healthy = [first for first in earlier if first.is_healthy]
    # A look that disagrees in between starts the count anew.
    agreeing: list[LookRecord] = []
    for first in reversed(healthy):
        if first.result != look.verdict:
            break
        agreeing.append(first)
    if not any(look.read_at - first.read_at >= terms.between_reads for first in agreeing):
        return None
    if look.verdict == "gone":
        return Outcome.REMOVED
    if look.verdict == "edited":
        return Outcome.EDITED
    expected = decision_expected(appeal, terms)
    is_late = expected is not None and look.read_at >= expected
    return Outcome.STILL_VISIBLE if appeal.moderation == Moderation.REJECTED or is_late else None


def _apply_row(
    tx: Transaction, appeal: AppealRecord, row: AppealStatusReading, lease: Lease, terms: ChannelTerms
) -> bool:
    report_good(tx, lease.account_id, IncidentKind.APPEAL_VANISHED, subject=appeal.id)
    status = Moderation(row.status)
    _close_oddities(tx, appeal, status, lease)
    newest = next(
        (step for step in reversed(tx.appeals.transitions(appeal.id)) if step.track == Track.MODERATION), None
    )
    raw = row.status_raw if not row.answer_raw else f"{row.status_raw}\n{row.answer_raw}"
    if newest is not None and newest.to_state == status and newest.raw_text == raw:
        return False
    decided_at = tx.now() if status in DECIDED else None
    if not tx.appeals.change(appeal, moderation=status.value, decided_at=decided_at):
        raise IllegalTransition(_("the appeal moved on meanwhile"), where=appeal.id)
    why = StepContext(fence=lease.fence, raw_text=raw, facts={"number": row.number, "reason": row.reason_raw})
    write_down(tx, appeal, Track.MODERATION, (appeal.moderation, status.value), why)
    _note_oddities(tx, appeal, status, lease, raw)
    if status is Moderation.NEEDS_INFORMATION:
        tx.questions.open(appeal.id, raw, answer_by=answer_due(tx.now(), terms))
    elif appeal.moderation == Moderation.NEEDS_INFORMATION:
        tx.questions.close(appeal.id, "over")
    return True


def _note_oddities(tx: Transaction, appeal: AppealRecord, status: Moderation, lease: Lease, raw: str) -> None:
    if status is Moderation.UNKNOWN:
        detail = f"Слова площадки: «{raw[:_LONGEST_QUOTE]}»"
        report_bad(tx, lease.account_id, IncidentKind.UNKNOWN_STATUS, subject=appeal.id, detail=detail)
    was_decided = appeal.moderation in {Moderation.ACCEPTED, Moderation.REJECTED}
    if was_decided and status not in DECIDED:
        report_bad(tx, lease.account_id, IncidentKind.STATUS_WENT_BACK, subject=appeal.id, detail=status.value)


def _close_oddities(tx: Transaction, appeal: AppealRecord, status: Moderation, lease: Lease) -> None:
    """A status that is understood ends the one that was not; a new decision ends one that was taken back."""
    account_id = lease.account_id
    if status is not Moderation.UNKNOWN:
        report_good(tx, account_id, IncidentKind.UNKNOWN_STATUS, subject=appeal.id, why="the status is understood")
    if status in DECIDED:
        report_good(tx, account_id, IncidentKind.STATUS_WENT_BACK, subject=appeal.id, why="it is decided again")


def _store_outcome(
    tx: Transaction, appeal: AppealRecord, outcome: Outcome, look: PublicLook, lease: Lease, *, has_list: bool
) -> AppealRecord:
    before = appeal.outcome
    if not tx.appeals.change(appeal, outcome=outcome.value):
        raise IllegalTransition(_("the appeal moved on meanwhile"), where=appeal.id)
    appeal = load(tx, appeal.id)
    why = StepContext(fence=lease.fence, facts={"read_at": look.read_at.isoformat()}, artifacts=look.artifacts)
    write_down(tx, appeal, Track.OUTCOME, (before, outcome.value), why)
    # Duplicates are counted first; the reconciliation then closes it.
    is_counted = appeal.counted_at is not None or not has_list
    return close(tx, appeal, f"outcome: {outcome.value}") if is_counted else appeal
