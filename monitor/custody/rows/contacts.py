"""The dialogue's rows against the entries that were written with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from evidence_store.canonical import format_utc
from evidence_store.findings import Finding
from monitor.custody.rows.purged import sealed_count
from monitor.custody.rows.told import Log, Told, absent, as_utc, compare, differs
from monitor.language import gettext as _
from monitor.state import Transaction
from monitor.state.cases import CaseRecord
from monitor.state.contacts import ContactRecord
from monitor.support.noting import JUDGED, NOTED, STRUCK

_FIELDS = (
    *("way", "direction", "speaker", "number", "earlier_number", "who", "address", "text", "says", "turn", "promised"),
    *("due_at", "seconds", "files", "source", "source_id", "happened_at"),
)


def check_contacts(tx: Transaction, log: Log) -> Iterator[Finding]:
    """Compares every contact with the entry about it, and the entries with the contacts."""
    noted = {str(told.body.inputs.get("contact")): told for told in log.of(NOTED)}
    judged = {str(told.body.inputs.get("contact")): told for told in log.of(JUDGED)}  # the newest word counts
    struck = {str(told.body.inputs.get("contact")): told for told in log.of(STRUCK)}
    known: set[str] = set()
    for case in (case for account in tx.accounts.all() for case in tx.cases.all(account.id)):
        rows = tx.contacts.of_case(case.id)
        known |= {row.id for row in rows}
        key = (case.account_id, case.review_id)
        if key in log.purged and key not in log.seals:
            continue
        for row in rows[sealed_count(log, *key, "contacts") :]:
            yield from _check(row, case, (noted.get(row.id), judged.get(row.id), struck.get(row.id)))
    for name in sorted(noted.keys() - known):
        yield absent(
            f"contacts {name}",
            _("the log tells of it, the table does not (entry {name})").format(name=noted[name].name),
        )


def _check(
    row: ContactRecord, case: CaseRecord, entries: tuple[Told | None, Told | None, Told | None]
) -> Iterator[Finding]:
    told, judged, struck = entries
    item = f"contacts {row.id} ({row.review_id}, {row.case_id})"
    if told is None:
        yield absent(item, _("no entry of the log tells of this contact"))
        return
    word = {key: value for key, value in judged.body.inputs.items() if key in {"says", "turn"}} if judged else {}
    inputs = {**told.body.inputs, **word}
    pairs: dict[str, tuple[object, object]] = {name: (_plain(getattr(row, name)), inputs.get(name)) for name in _FIELDS}
    pairs |= {
        "account_id": (row.account_id, told.body.account),
        "case_id": (row.case_id, told.subject_of("case")),
        "review_id": (row.review_id, told.subject_of("review")),
        _("review of the case"): (row.review_id, case.review_id),
        "noted_at": (as_utc(row.noted_at), told.body.at),
        "noted_by": (row.noted_by, told.body.actor.name or told.body.actor.id),
    }
    yield from compare(item, pairs)
    at = struck.body.at if struck else None
    if as_utc(row.struck_at) != at:
        yield differs(item, "struck_at", as_utc(row.struck_at), at)
    if struck is not None and row.struck_why != struck.body.inputs.get("why"):
        yield differs(item, "struck_why", row.struck_why, struck.body.inputs.get("why"))


def _plain(value: object) -> object:
    return format_utc(as_utc(value) or value) if isinstance(value, datetime) else value
