"""A case in court: what a person enters, kept as evidence, and how the stages stand."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from evidence_store.digests import Digest
from evidence_store.journal import Actor
from evidence_store.store import ArtifactStore
from monitor.custody.kept_words import Kept, index_words
from monitor.errors import SettingsError
from monitor.language import gettext as _
from monitor.state import Action, State, subject
from monitor.state.cases import CaseRecord
from monitor.support.law.court import CourtEntry
from monitor.use_cases.acknowledging import acknowledged

_LONGEST_NOTE = 2_000  # characters


@acknowledged
def note_in_court(
    state: State, artifacts: ArtifactStore, case: CaseRecord, entry: CourtEntry, *, actor: Actor, zone: str
) -> Digest:
    """Keeps what happened in court.

    Args:
        state: The store.
        artifacts: The evidence store.
        case: The case.
        entry: What happened; ``at`` is the moment of this call.
        actor: Who enters it.
        zone: In whose days the entry's day is read.

    Returns:
        The digest of what was kept.

    Raises:
        SettingsError: nothing happened (neither an event, nor a paper, nor a note), its day has not come (a mistyped
            act of next year would hide the real last day), or the note is too long.
    """
    if entry.event is None and not entry.is_filed and not entry.note.strip():
        raise SettingsError(_("there is nothing to keep"), field="note", hint=_("Name an event, a paper, or a note."))
    if (entry.event or entry.is_filed) and entry.day > entry.at.astimezone(ZoneInfo(zone)).date():
        raise SettingsError(
            _("{day} has not come").format(day=entry.day),
            field="on",
            hint=_("Note an act or a paper on its day or later."),
        )
    if len(entry.note) > _LONGEST_NOTE:
        raise SettingsError(
            _("{count} characters, at most {longest_note} are kept").format(
                count=len(entry.note), longest_note=_LONGEST_NOTE
            ),
            field="note",
        )
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
        rows = tx.artifacts.of_review(case.account_id, case.review_id)
    kept = (row for row in rows if row.moment == Kept.COURT and not row.is_purged)
    read = (artifacts.read(Digest(algorithm="sha256", hex=row.sha256)) for row in kept)
    return tuple(CourtEntry.model_validate_json(data) for data in read)
