"""Letters' rows against the entries that were written with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from evidence_store.canonical import format_utc
from evidence_store.findings import Finding
from monitor.custody.rows.purged import sealed_count
from monitor.custody.rows.told import Log, Told, absent, as_utc, compare
from monitor.language import gettext as _
from monitor.state import Transaction
from monitor.state.letters import LetterRecord
from monitor.support.letters import ACTION, compute_letter_hash

_CONTENT = ("template", "to_address", "subject", "text", "files", "message_id")
_STANDING = ("answer", "approver", "approved_at", "released_at")


def check_letters(tx: Transaction, log: Log) -> Iterator[Finding]:
    """Compares every letter with the entries about it, and the entries with the letters."""
    told: dict[str, list[Told]] = {}
    for one in log.entries:
        if one.body.action.startswith(ACTION):
            told.setdefault(str(one.body.inputs.get("letter")), []).append(one)
    known: set[str] = set()
    for case in (case for account in tx.accounts.all() for case in tx.cases.all(account.id)):
        rows = tx.letters.of_case(case.id)
        known |= {row.id for row in rows}
        key = (case.account_id, case.review_id)
        if key in log.purged and key not in log.seals:
            continue
        for row in rows[sealed_count(log, *key, "letters") :]:
            yield from _check(row, told.get(row.id, []))
    for name in sorted(told.keys() - known):
        yield absent(
            f"letters {name}",
            _("the log tells of it, the table does not (entry {name})").format(name=told[name][0].name),
        )


def _check(row: LetterRecord, entries: list[Told]) -> Iterator[Finding]:
    item = f"letters {row.id} ({row.review_id}, {row.case_id})"
    if not entries:
        yield absent(item, _("no entry of the log tells of this letter"))
        return
    first, last = entries[0].body, entries[-1].body
    pairs: dict[str, tuple[object, object]] = {name: (getattr(row, name), first.inputs.get(name)) for name in _CONTENT}
    pairs |= {name: (_plain(getattr(row, name)), last.outputs.get(name)) for name in _STANDING}
    pairs |= {
        "state": (row.state, last.action.removeprefix(ACTION)),
        "letter_hash": (row.letter_hash, first.inputs.get("hash")),
        _("hash of what would be sent"): (compute_letter_hash(row), first.inputs.get("hash")),
        "created_at": (as_utc(row.created_at), first.at),
        "account_id": (row.account_id, first.account),
        "case_id": (row.case_id, entries[0].subject_of("case")),
        "review_id": (row.review_id, entries[0].subject_of("review")),
    }
    yield from compare(item, pairs)


def _plain(value: object) -> object:
    return format_utc(as_utc(value) or value) if isinstance(value, datetime) else value
