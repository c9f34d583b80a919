"""Rows of a case whose words were removed by rule: the purge's entry seals what is left of them.

Their entries have no bodies any more, so there is nothing else that they could be compared with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from evidence_store.canonical import format_utc
from evidence_store.digests import Digest
from evidence_store.findings import Finding
from monitor.custody.rows.told import Log, Told, absent, as_utc, differs, not_comparable
from monitor.custody.stamping import MOMENT as STAMP
from monitor.language import gettext as _
from monitor.state import Transaction
from monitor.state.appeals import AppealRecord
from monitor.state.cases import CaseRecord
from monitor.state.text import JsonValue, dump_json
from monitor.state.version_seals import seal_of_version

_VERDICT = ("kind", "ground", "review_version", "decided_by", "decided_at", "reasons")
_PROBE = (
    *("id", "identity", "channel", "control", "findings", "manifest_sha256", "probed_at", "confirmed_at"),
    "confirmed_by",
)
_FACT = (
    "sha256",
    "moment",
    "path",
    "media_type",
    "size",
    "case_id",
    "appeal_id",
    "captured_at",
    "is_complete",
    "notes",
)
_APPEAL = (
    *("id", "case_id", "site", "identity", "generation", "review_version", "channel", "ground", "reason_label"),
    *("text", "product_url", "order_number", "payload_hash", "state", "moderation", "outcome", "number", "fence"),
    *("intent_at", "gesture_at", "released_at", "created_at", "sender_name", "sender_email"),
)
_STEP = ("track", "from_state", "to_state", "at", "fence", "actor", "raw_text", "facts")
_APPROVAL = ("payload_hash", "approver", "approver_kind", "approved_at")
_QUESTION = ("id", "approver", "approved_at")
_LETTER = (
    *("id", "case_id", "template", "to_address", "subject", "text", "files", "message_id", "letter_hash", "state"),
    *("approver", "answer", "created_at", "approved_at", "released_at"),
)
_CONTACT = (
    *("id", "case_id", "way", "direction", "speaker", "number", "earlier_number", "who", "address", "text", "says"),
    *("turn", "promised", "due_at", "seconds", "files", "source", "source_id", "happened_at", "noted_at", "noted_by"),
)

Rows = list[JsonValue]


def seal_purged(tx: Transaction, account_id: str, review_id: str) -> dict[str, JsonValue]:
    """Returns what a purge's entry says of the rows that it left: how many of each table, and one digest over them."""
    sections: dict[str, JsonValue] = {}
    for name, read in _SECTIONS.items():
        rows = read(tx, account_id, review_id)
        sections[name] = [len(rows), _digest(rows)]
    ours: dict[str, JsonValue] = {
        appeal.id: _seal_of_appeal(tx, appeal)
        for case in _cases(tx, account_id, review_id)
        for appeal in tx.appeals.of_case(case.id)
    }
    return {**sections, "appeals": ours}


def sealed_count(log: Log, account_id: str, review_id: str, section: str) -> int:
    """Returns how many of a purged case's rows its seal covers, the oldest ones."""
    told = log.seals.get((account_id, review_id))
    value = _sections(told).get(section) if told else None
    return value[0] if isinstance(value, list) and len(value) == 2 and isinstance(value[0], int) else 0


def sealed_appeals(log: Log, account_id: str, review_id: str) -> Mapping[str, JsonValue]:
    """Returns the digests of a purged case's appeals."""
    told = log.seals.get((account_id, review_id))
    value = _sections(told).get("appeals") if told else None
    return value if isinstance(value, dict) else {}


def check_purged(tx: Transaction, log: Log) -> Iterator[Finding]:
    """Compares what purges left of the rows with the seals in their entries."""
    for (account_id, review_id), told in sorted(log.seals.items()):
        for name, read in _SECTIONS.items():
            if name not in _sections(told):
                continue  # sealed by a release that had no such rows
            count = sealed_count(log, account_id, review_id, name)
            rows = read(tx, account_id, review_id)[:count]
            value = _sections(told).get(name)
            digest = value[1] if isinstance(value, list) and len(value) == 2 else None
            found = _digest(rows)
            if len(rows) < count:
                yield absent(
                    _("{name} of {review_id}").format(name=name, review_id=review_id),
                    _("{count} rows in the table, {count_2} when it was purged").format(count=len(rows), count_2=count),
                )
            elif found != digest:
                yield differs(
                    _("{name} of {review_id}").format(name=name, review_id=review_id),
                    _("digest of its rows"),
                    found,
                    digest,
                    _("the purge's entry"),
                )
        yield from _check_appeals(tx, log, account_id, review_id)


def _check_appeals(tx: Transaction, log: Log, account_id: str, review_id: str) -> Iterator[Finding]:
    for name, digest in sorted(sealed_appeals(log, account_id, review_id).items()):
        item = f"appeals {name} ({review_id})"
        appeal = tx.appeals.get(name)
        if appeal is None or appeal.account_id != account_id:
            yield absent(item, _("it was there when its case was purged; it is not in the table"))
        elif any(told.body.action.startswith(("appeal.", "answer.")) for told in log.by_appeal.get(name, ())):
            yield not_comparable(item, _("it went on after its words were removed by rule"))
        elif (found := _seal_of_appeal(tx, appeal)) != digest:
            yield differs(item, _("digest of its rows"), found, digest, _("the purge's entry"))


def _sections(told: Told) -> Mapping[str, JsonValue]:
    rows = told.body.outputs.get("rows")
    return rows if isinstance(rows, dict) else {}


def _seal_of_appeal(tx: Transaction, appeal: AppealRecord) -> str:
    return _digest(
        [
            _plain(appeal, _APPEAL),
            [_plain(row, _STEP) for row in tx.appeals.transitions(appeal.id)],
            [_plain(row, _APPROVAL) for row in tx.approvals.of(appeal.id)],
            [_plain(row, _QUESTION) for row in tx.questions.of(appeal.id)],
        ]
    )


def _cases(tx: Transaction, account_id: str, review_id: str) -> list[CaseRecord]:
    """Returns the review's case, in a list: none where its row is gone."""
    case = tx.cases.of_review(account_id, review_id)
    return [] if case is None else [case]


def _verdicts(tx: Transaction, account_id: str, review_id: str) -> Rows:
    cases = _cases(tx, account_id, review_id)
    return [_plain(row, _VERDICT) for case in cases for row in tx.verdicts.of_case(case.id)]


def _versions(tx: Transaction, account_id: str, review_id: str) -> Rows:
    return [seal_of_version(row) for row in tx.review_rows.of_review(account_id, review_id)]


def _probes(tx: Transaction, account_id: str, review_id: str) -> Rows:
    found = sorted(tx.probes.find(account_id, review_id=review_id), key=lambda row: (row.probed_at, row.id))
    return [_plain(row, _PROBE) for row in found]


def _facts(tx: Transaction, account_id: str, review_id: str) -> Rows:
    rows = tx.artifacts.of_review(account_id, review_id)
    return [_plain(row, _FACT) for row in rows if not row.manifest_sha256 and row.moment != STAMP]


def _contacts(tx: Transaction, account_id: str, review_id: str) -> Rows:
    cases = _cases(tx, account_id, review_id)
    return [_plain(row, _CONTACT) for case in cases for row in tx.contacts.of_case(case.id)]


def _letters(tx: Transaction, account_id: str, review_id: str) -> Rows:
    cases = _cases(tx, account_id, review_id)
    return [_plain(row, _LETTER) for case in cases for row in tx.letters.of_case(case.id)]


_SECTIONS: dict[str, Callable[[Transaction, str, str], Rows]] = {
    "verdicts": _verdicts,
    "review_versions": _versions,
    "channel_probes": _probes,
    "artifacts": _facts,
    "contacts": _contacts,
    "letters": _letters,
}


def _plain(row: object, names: Sequence[str]) -> list[JsonValue]:
    values = [getattr(row, name) for name in names]
    return [format_utc(as_utc(value) or value) if isinstance(value, datetime) else value for value in values]


def _digest(rows: Rows) -> str:
    return str(Digest.of(dump_json(rows).encode()))
