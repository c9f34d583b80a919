"""What people read or say about rules and cases, kept as evidence beside the captures: sealed by its entry of the log.

Such a row of the index has no manifest; the entry that names its bytes stands for one.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from evidence_store.artifacts import ArtifactKind
from evidence_store.digests import Digest
from monitor.state import Transaction
from monitor.state.cases import ArtifactRecord, CaseRecord
from monitor.state.repository import new_id


class Kept(StrEnum):
    """What is kept; the value is the moment of the story under which the index has it."""

    CLAUSE = "rule_clause"
    """A clause of the site's rules."""
    LAW = "law_rule"
    """An article of law."""
    STATEMENT = "law_facts"
    """What a person states about a case."""
    COURT = "law_court"
    """What happened in court."""
    NUMBER = "support_number"
    """A number or address of support as the seller's cabinet shows it, with its picture."""


ENTRIES: dict[Kept, str] = {
    Kept.CLAUSE: "rules.verify",
    Kept.LAW: "law.paste",
    Kept.STATEMENT: "law.facts",
    Kept.COURT: "law.court",
    Kept.NUMBER: "support.number",
}
"""The entry of the log that names the bytes. They are JSON and say themselves when they were kept, under ``at``."""


def index_words(
    tx: Transaction,
    kept: Kept,
    digest: Digest,
    size: int,
    *,
    account_id: str,
    at: datetime,
    case: CaseRecord | None = None,
) -> None:
    """Notes where kept words lie and what they are about.

    Args:
        tx: The transaction that also writes the entry.
        kept: What they are.
        digest: Of their bytes, which are in the store.
        size: In bytes.
        account_id: The account.
        at: The moment that the bytes tell.
        case: The case they are about, if any.
    """
    tx.artifacts.add(
        ArtifactRecord(
            id=new_id("artifact"),
            account_id=account_id,
            moment=kept.value,
            sha256=digest.hex,
            manifest_sha256="",
            path=str(digest),
            media_type="application/json",
            size=size,
            review_id=case.review_id if case else "",
            case_id=case.id if case else None,
            appeal_id=None,
            visit_id=None,
            captured_at=at,
            is_complete=True,
            notes={"kind": ArtifactKind.STATE_JSON.value},
        )
    )
