"""Handing out a call sheet: the log names it before anybody has it."""

from __future__ import annotations

from evidence_store.digests import Digest
from evidence_store.journal import Actor
from monitor.state import Action, State, subject
from monitor.state.cases import CaseRecord
from monitor.use_cases.acknowledging import acknowledged


@acknowledged
def note_sheet(state: State, case: CaseRecord, name: str, data: bytes, *, question: str, actor: Actor) -> None:
    """Notes that a call sheet leaves the store.

    Args:
        state: The store.
        case: The case.
        name: The file's name.
        data: Its content.
        question: The one question on it.
        actor: Who takes it.
    """
    action = Action(
        "support.sheet",
        actor=actor,
        subjects=[subject("review", case.review_id), subject("case", case.id)],
        inputs={"question": question},
        outputs={"name": name, "file": str(Digest.of(data))},
    )
    with state.transaction() as tx:
        tx.journal.record(case.account_id, action)
