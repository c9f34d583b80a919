"""The ledger of appeals against the log: states, payload, approvals, and every step in order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from evidence_store.findings import Finding
from monitor.appeals.payload import payload_of
from monitor.custody.rows.purged import sealed_appeals
from monitor.custody.rows.told import Log, Told, absent, as_utc, compare, differs, not_comparable
from monitor.language import gettext
from monitor.state import Transaction
from monitor.state.appeals import AppealRecord, ApprovalRecord, TransitionRecord

_STEP = re.compile(r"appeal\.(filing|moderation|outcome)\.([a-z_]+)")
_TAKES_BACK = frozenset({"draft", "moot"})


def check_appeals(tx: Transaction, log: Log) -> Iterator[Finding]:
    """Compares every appeal with the entries about it."""
    known: set[str] = set()
    for appeal in (one for account in tx.accounts.all() for one in tx.appeals.of_account(account.id)):
        known.add(appeal.id)
        case = (appeal.account_id, appeal.review_id)
        if case in log.purged and (case not in log.seals or appeal.id in sealed_appeals(log, *case)):
            continue
        entries = log.by_appeal.get(appeal.id, [])
        if not entries:
            yield absent(_item(appeal), gettext("no entry of the log tells of this appeal"))
            continue
        steps = [told for told in entries if _is_step(told)]
        yield from _check_steps(tx.appeals.transitions(appeal.id), steps, appeal)
        yield from _check_payload(tx, appeal, entries)
        yield from _check_states(appeal, steps, entries)
        yield from _check_number(appeal, entries)
        yield from _check_approvals(tx.approvals.of(appeal.id), steps, appeal)
        yield from _check_answers(tx, appeal, entries)
    for name, entries in sorted(log.by_appeal.items()):
        is_own = any(told.body.action.startswith("appeal.") for told in entries)
        if name not in known and is_own:
            yield absent(
                f"appeals {name}",
                gettext("the log tells of it, the table does not (entry {name})").format(name=entries[0].name),
            )


def _is_step(told: Told) -> bool:
    # A draft that is made, or revised, is noted and is no step: a step of filing always names where it came from.
    found = _STEP.fullmatch(told.body.action)
    return found is not None and (found[1] != "filing" or "from" in told.body.inputs)


def _check_steps(rows: Sequence[TransitionRecord], steps: Sequence[Told], appeal: AppealRecord) -> Iterator[Finding]:
    if len(rows) != len(steps):
        detail = gettext("{count} steps in the table, {count_2} in the log").format(count=len(rows), count_2=len(steps))
        yield absent(
            gettext("appeal_transitions of {id} ({review_id})").format(id=appeal.id, review_id=appeal.review_id), detail
        )
    for row, told in zip(rows, steps, strict=False):
        _, track, state = told.body.action.split(".")
        outputs = {key: value for key, value in told.body.outputs.items() if key != "raw_text"}
        actor = told.body.actor
        yield from compare(
            f"appeal_transitions {row.id} ({appeal.id}, {appeal.review_id})",
            {
                "track": (row.track, track),
                "from_state": (row.from_state, told.body.inputs.get("from", "")),
                "to_state": (row.to_state, state),
                "at": (as_utc(row.at), told.body.at),
                "fence": (row.fence, told.body.fence),
                "actor": (row.actor, f"{actor.kind}:{actor.id}"),
                "raw_text": (row.raw_text, told.body.outputs.get("raw_text", "")),
                "facts": (row.facts or {}, outputs),
            },
        )


def _check_payload(tx: Transaction, appeal: AppealRecord, entries: Sequence[Told]) -> Iterator[Finding]:
    newest = next((told for told in reversed(entries) if "payload" in told.body.inputs), None)
    real = payload_of(appeal, tx.appeals.files(appeal.id)).compute_hash()
    if newest is None:
        yield not_comparable(_item(appeal), gettext("no entry names a payload"))
        return
    told = newest.body.inputs["payload"]
    pairs: dict[str, tuple[object, object]] = {
        "payload_hash": (appeal.payload_hash, told),
        gettext("hash of what would be sent (text, reason, addressee, files)"): (real, told),
        "generation": (appeal.generation, newest.body.inputs.get("generation")),
        "channel": (appeal.channel, newest.body.inputs.get("channel")),
        "review_id": (appeal.review_id, newest.subject_of("review")),
        "case_id": (appeal.case_id, newest.subject_of("case")),
        "account_id": (appeal.account_id, newest.body.account),
    }
    yield from compare(_item(appeal), pairs)


def _check_states(appeal: AppealRecord, steps: Sequence[Told], entries: Sequence[Told]) -> Iterator[Finding]:
    last = {"filing": "draft", "moderation": "", "outcome": ""}
    for told in steps:
        _, track, state = told.body.action.split(".")
        last[track] = state
    intent = _last(entries, "appeal.filing.intent")
    gesture = _last(entries, "appeal.gesture")
    released = _last(entries, "appeal.filing.released")
    pairs: dict[str, tuple[object, object]] = {
        "state": (appeal.state, last["filing"]),
        "moderation": (appeal.moderation, last["moderation"]),
        "outcome": (appeal.outcome, last["outcome"]),
        "created_at": (as_utc(appeal.created_at), entries[0].body.at),
        "intent_at": (as_utc(appeal.intent_at), intent.body.at if intent else None),
        "gesture_at": (as_utc(appeal.gesture_at), gesture.body.at if gesture else None),
        "released_at": (as_utc(appeal.released_at), released.body.at if released else None),
        "fence": (appeal.fence, intent.body.fence if intent else None),
    }
    yield from compare(_item(appeal), pairs)


def _check_number(appeal: AppealRecord, entries: Sequence[Told]) -> Iterator[Finding]:
    named = list(dict.fromkeys(number for told in entries for number in _numbers(told)))
    if appeal.number is not None and named and appeal.number not in named:
        yield differs(_item(appeal), "number", appeal.number, named)
    elif appeal.number is not None and not named:
        yield not_comparable(_item(appeal), gettext("number {number}: no entry names one").format(number=appeal.number))
    given = [told.body.outputs.get("number") for told in entries if told.body.action.startswith("appeal.filing.")]
    if appeal.number is None and any(given):
        yield differs(_item(appeal), "number", None, [number for number in given if number])


def _numbers(told: Told) -> list[str]:
    many = told.body.outputs.get("numbers")
    found = [told.body.outputs.get("number"), *(many if isinstance(many, list) else ())]
    older = told.body.outputs.get("older")
    return [str(number) for number in (*found, *(older if isinstance(older, list) else ())) if number]


def _check_approvals(rows: Sequence[ApprovalRecord], steps: Sequence[Told], appeal: AppealRecord) -> Iterator[Finding]:
    approved = [
        told for told in steps if told.body.action == "appeal.filing.approved" and "payload" in told.body.outputs
    ]
    if len(rows) != len(approved):
        detail = gettext("{count} approvals in the table, {count_2} in the log").format(
            count=len(rows), count_2=len(approved)
        )
        yield absent(
            gettext("approvals of {id} ({review_id})").format(id=appeal.id, review_id=appeal.review_id), detail
        )
    for row, told in zip(rows, approved, strict=False):
        later = steps[steps.index(told) + 1 :]
        was_taken_back = any(step.body.action.rpartition(".")[2] in _TAKES_BACK for step in later)
        pairs: dict[str, tuple[object, object]] = {
            "payload_hash": (row.payload_hash, told.body.outputs["payload"]),
            "approver": (row.approver, told.body.actor.id),
            "approver_kind": (row.approver_kind, told.body.actor.kind),
            "approved_at": (as_utc(row.approved_at), told.body.at),
        }
        if was_taken_back:
            pairs[gettext("taken back")] = (row.revoked_at is not None, True)
        yield from compare(f"approvals {row.id} ({appeal.id}, {appeal.review_id})", pairs)


def _check_answers(tx: Transaction, appeal: AppealRecord, entries: Sequence[Told]) -> Iterator[Finding]:
    words = [told for told in entries if told.body.action == "answer.approved"]
    people = {told.body.actor.id for told in words}
    moments = {told.body.at for told in words}
    for question in tx.questions.of(appeal.id):
        item = f"questions {question.id} ({appeal.id}, {appeal.review_id})"
        if question.approver and question.approver not in people:
            yield differs(item, "approver", question.approver, sorted(people))
        if question.approved_at is not None and as_utc(question.approved_at) not in moments:
            yield differs(item, "approved_at", question.approved_at, [str(moment) for moment in sorted(moments)])


def _last(entries: Sequence[Told], action: str) -> Told | None:
    return next((told for told in reversed(entries) if told.body.action == action), None)


def _item(appeal: AppealRecord) -> str:
    return f"appeals {appeal.id} ({appeal.review_id}, {appeal.case_id})"
