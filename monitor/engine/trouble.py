"""Makes incidents of visits that keep going wrong, and closes them when one goes well."""

from __future__ import annotations

from monitor.closed_lists.incident_kinds import IncidentKind
from monitor.incidents import report_bad, report_good
from monitor.secrets.redaction import Redactor
from monitor.state import Action, State, subject
from monitor.visit_protocol import EndKind, VisitEnd

_KIND_OF_END = {
    EndKind.WALL: IncidentKind.ACCOUNT_STOPPED,
    EndKind.SIGN_IN_REQUIRED: IncidentKind.SIGN_IN_NEEDED,
    EndKind.KILLED: IncidentKind.VISIT_FAILED,
    EndKind.ENVIRONMENT: IncidentKind.VISIT_FAILED,
    EndKind.STORAGE: IncidentKind.VISIT_FAILED,
    EndKind.SECRETS: IncidentKind.VISIT_FAILED,
    EndKind.USAGE: IncidentKind.VISIT_FAILED,
    EndKind.BUG: IncidentKind.VISIT_FAILED,
}


def note_end(state: State, redactor: Redactor, account_id: str, end: VisitEnd | None) -> None:
    """Stores what the end of a scheduled visit says about the account.

    Args:
        state: The store.
        redactor: Knows the secrets.
        account_id: The account.
        end: The visit's last word; None when it could not be started.
    """
    kind = IncidentKind.VISIT_FAILED if end is None else _KIND_OF_END.get(end.kind)
    with state.transaction() as tx:
        if kind is not None:
            detail = redactor.redact(end.message if end else "the visit could not be started")
            report_bad(tx, account_id, kind, detail=detail[:300])
        elif end is not None and end.kind in {EndKind.DONE, EndKind.FINDINGS}:
            for known in (IncidentKind.ACCOUNT_STOPPED, IncidentKind.SIGN_IN_NEEDED, IncidentKind.VISIT_FAILED):
                report_good(tx, account_id, known)
        if end is not None and end.kind is EndKind.WALL:
            tx.journal.record(account_id, Action("watch.wall", subjects=[subject("account", account_id)]))
