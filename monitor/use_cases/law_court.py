"""A case in court: what a person enters, kept as evidence, and how the stages stand."""

from __future__ import annotations

from evidence_store.digests import Digest
from evidence_store.journal import Actor
from evidence_store.store import ArtifactStore
from monitor.custody.kept_words import Kept, index_words
from monitor.errors import SettingsError
from monitor.state import Action, State, subject
from monitor.state.cases import CaseRecord
from monitor.support.law.court import CourtEntry
from monitor.use_cases.acknowledging import acknowledged

_LONGEST_NOTE = 2_000  # characters


@acknowledged
def note_in_court(
    state: State, artifacts: ArtifactStore, case: CaseRecord, entry: CourtEntry, *, actor: Actor
) -> Digest:
    """Keeps what happened in court.

    Args:
        state: The store.
        artifacts: The evidence store.
        case: The case.
        entry: What happened; ``at`` is the moment of this call.
        actor: Who enters it.

    Returns:
        The digest of what was kept.

    Raises:
        SettingsError: nothing happened (neither an event, nor a paper, nor a note), or the note is too long.
    """
    if entry.event is None and not entry.is_filed and not entry.note.strip():
        raise SettingsError("there is nothing to keep", where="note", hint="Name an event, a paper, or a note.")
    if len(entry.note) > _LONGEST_NOTE:
        raise SettingsError(f"{len(entry.note)} characters, at most {_LONGEST_NOTE} are kept", where="note")
    data = entry.model_dump_json().encode()
    digest = artifacts.put(data)
    with state.transaction() as tx:
        index_words(tx, Kept.COURT, digest, len(data), account_id=case.account_id, at=entry.at, case=case)
        action = Action(
            "law.court",
            actor=actor,
            subjects=[subject("case", case.id), subject("review", case.review_id)],
            inputs={"court": entry.court.value, "stage": entry.stage.value, "day": entry.day.isoformat()},
            artifacts=[str(digest)],
        )
        tx.journal.record(case.account_id, action)
    return digest


def court_entries(state: State, artifacts: ArtifactStore, case: CaseRecord) -> tuple[CourtEntry, ...]:
    """Reads what happened in court, in the order in which it was entered.

    Raises:
        evidence_store.errors.ArtifactDamaged: one is not what was stored.
    """
    with state.read() as tx:
        rows = [row for row in tx.artifacts.of_review(case.account_id, case.review_id) if row.moment == Kept.COURT]
    read = (artifacts.read(Digest(algorithm="sha256", hex=row.sha256)) for row in rows)
    return tuple(CourtEntry.model_validate_json(data) for data in read)
