"""One step of an appeal: the row, its transition, the action log and the word to people, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from evidence_store.journal import Actor
from monitor.appeals.machine import AppealState, Taker, Track, require_may_take
from monitor.appeals.next_steps import next_step
from monitor.closed_lists.incident_kinds import IncidentKind
from monitor.errors import IllegalTransition
from monitor.incidents import report_good
from monitor.language import gettext as _
from monitor.state import SYSTEM, Action, Transaction, subject
from monitor.state.appeals import AppealRecord, Step, TransitionRecord
from monitor.state.text import JsonValue

_TOLD = frozenset(
    {
        AppealState.CONFIRMED,
        AppealState.ACKNOWLEDGED,
        AppealState.REJECTED_BY_FORM,
        AppealState.UNKNOWN,
        AppealState.DUPLICATE_SEEN,
        AppealState.ABSENT,
        AppealState.NEEDS_HUMAN,
        AppealState.ALREADY_REPORTED,
    }
)
"""States people are told of."""

INCIDENTS_OF_AN_APPEAL = (
    IncidentKind.APPEAL_VANISHED,
    IncidentKind.UNKNOWN_STATUS,
    IncidentKind.STATUS_WENT_BACK,
)
"""Their subject is an appeal."""


@dataclass(frozen=True, kw_only=True)
class StepContext:
    """Who makes a step and what is known about it.

    Attributes:
        raw_text: The site's own words.
        facts: What the step rests on.
        artifacts: Digests of the evidence.
    """

    actor: Actor = SYSTEM
    fence: int | None = None
    raw_text: str = ""
    facts: Mapping[str, JsonValue] = field(default_factory=dict)
    artifacts: tuple[str, ...] = ()


def load(tx: Transaction, appeal_id: str) -> AppealRecord:
    """Returns an appeal, locked until the transaction ends.

    Raises:
        IllegalTransition: there is no such appeal.
    """
    appeal = tx.appeals.get(appeal_id, locks=True)
    if appeal is None:
        raise IllegalTransition(_("there is no such appeal"), where=appeal_id)
    return appeal


def may_have_gone_out(steps: Sequence[TransitionRecord]) -> bool:
    """Whether the site may have this generation, as far as its steps say. Pure.

    A request was let go, its outcome was unknown, or a restored store does not know what was done: only a proof of
    absence, or a person's word that nothing was sent, takes that back.
    """
    is_doubtful = False
    for step in steps:
        if step.track != Track.FILING:
            continue
        is_restored = (step.from_state, step.to_state) == (AppealState.APPROVED, AppealState.NEEDS_HUMAN)
        if step.to_state in {AppealState.RELEASED, AppealState.UNKNOWN} or is_restored:
            is_doubtful = True
        elif step.to_state in {AppealState.APPROVED, AppealState.DRAFT, AppealState.ABSENT}:
            is_doubtful = False
    return is_doubtful


def tell_next_step(tx: Transaction, appeal: AppealRecord) -> str:
    """Returns the next step for an appeal as it is stored."""
    return next_step(appeal, is_doubtful=may_have_gone_out(tx.appeals.transitions(appeal.id)))


_WITHOUT_APPROVAL = frozenset({AppealState.DRAFT, AppealState.MOOT})
"""Whoever takes an appeal there takes what was approved back: the check of the store reads it so."""


def move(
    tx: Transaction,
    appeal: AppealRecord,
    wanted: AppealState,
    by: Taker,
    why: StepContext,
    **values: datetime | str | int | None,
) -> AppealRecord:
    """Moves an appeal on and returns it as it is now.

    Raises:
        IllegalTransition: the arrow is not in the table or not this taker's, the generation is over, or somebody was
            faster.
    """
    hint = tell_next_step(tx, appeal)
    if not appeal.is_open:
        raise IllegalTransition(
            _("this generation of the appeal is over: {closed_why}").format(closed_why=appeal.closed_why),
            where=appeal.id,
            hint=hint,
        )
    require_may_take(by, appeal.state, wanted, where=appeal.id, hint=hint)
    if not tx.appeals.change(appeal, state=wanted.value, **values):
        raise IllegalTransition(_("this generation of the appeal moved on meanwhile"), where=appeal.id)
    if wanted in _WITHOUT_APPROVAL:
        tx.approvals.revoke(appeal.id, str(why.facts.get("why") or wanted))
    write_down(tx, appeal, Track.FILING, (appeal.state, wanted.value), why)
    if values.get("closed_at") is not None:
        close_incidents(tx, appeal)
    return load(tx, appeal.id)


def close_incidents(tx: Transaction, appeal: AppealRecord) -> None:
    """Closes what is told of this generation alone: nobody can do anything about it once the generation is over."""
    for kind in INCIDENTS_OF_AN_APPEAL:
        report_good(tx, appeal.account_id, kind, subject=appeal.id, why="the appeal is over")


def write_down(tx: Transaction, appeal: AppealRecord, track: Track, arrow: tuple[str, str], why: StepContext) -> None:
    """Appends a step to the transitions, the action log and, where people should know, the outbox."""
    before, after = arrow
    tx.appeals.append(
        appeal.id,
        Step(
            track=track,
            from_state=before,
            to_state=after,
            actor=f"{why.actor.kind}:{why.actor.id}",
            fence=why.fence,
            raw_text=why.raw_text,
            facts=why.facts,
        ),
    )
    note(tx, appeal, f"appeal.{track.value}.{after}", why, before=before)
    if track is not Track.FILING or AppealState(after) in _TOLD:
        count = len(tx.appeals.transitions(appeal.id))
        payload: dict[str, JsonValue] = {
            "appeal": appeal.id,
            "review": appeal.review_id,
            "channel": appeal.channel,
            "track": track.value,
            "from": before,
            "to": after,
        }
        key = f"{appeal.id}:{count}"
        tx.outbox.put(appeal.account_id, f"appeal.{track.value}.{after}", payload, dedup_key=key)


def note(tx: Transaction, appeal: AppealRecord, name: str, why: StepContext, *, before: str = "") -> None:
    """Appends to the action log only."""
    inputs: dict[str, JsonValue] = {
        "channel": appeal.channel,
        "generation": appeal.generation,
        "payload": appeal.payload_hash,
    }
    if before:
        inputs["from"] = before
    outputs: dict[str, JsonValue] = dict(why.facts)
    if why.raw_text:
        outputs["raw_text"] = why.raw_text
    tx.journal.record(
        appeal.account_id,
        Action(
            name,
            actor=why.actor,
            subjects=(
                subject("appeal", appeal.id),
                subject("review", appeal.review_id),
                subject("case", appeal.case_id),
            ),
            inputs=inputs,
            outputs=outputs,
            artifacts=why.artifacts,
            fence=why.fence,
        ),
    )
