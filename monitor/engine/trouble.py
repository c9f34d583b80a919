"""Makes incidents of visits that keep going wrong, and closes them when one goes well."""

from __future__ import annotations

from monitor.bootstrap import Installation
from monitor.incidents import report_bad, report_good
from monitor.state import Action, subject
from monitor.visit_protocol import EndKind, VisitEnd

ACCOUNT_STOPPED = "account_stopped"
SIGN_IN_NEEDED = "sign_in_needed"
VISIT_FAILED = "visit_failed"

_KIND_OF_END = {
    EndKind.WALL: ACCOUNT_STOPPED,
    EndKind.SIGN_IN_REQUIRED: SIGN_IN_NEEDED,
    EndKind.KILLED: VISIT_FAILED,
    EndKind.ENVIRONMENT: VISIT_FAILED,
    EndKind.STORAGE: VISIT_FAILED,
    EndKind.SECRETS: VISIT_FAILED,
    EndKind.USAGE: VISIT_FAILED,
    EndKind.BUG: VISIT_FAILED,
}


def note_end(opened: Installation, account_id: str, end: VisitEnd | None) -> None:
    """Stores what the end of a scheduled visit says about the account.

    Args:
        opened: The installation.
        account_id: The account.
        end: The visit's last word; None when it could not be started.
    """
    kind = VISIT_FAILED if end is None else _KIND_OF_END.get(end.kind)
    with opened.state.transaction() as tx:
        if kind is not None:
            detail = opened.redactor.redact(end.message if end else "the visit could not be started")
            report_bad(tx, account_id, kind, detail=detail[:300])
        elif end is not None and end.kind in {EndKind.DONE, EndKind.FINDINGS}:
            for known in (ACCOUNT_STOPPED, SIGN_IN_NEEDED, VISIT_FAILED):
                report_good(tx, account_id, known)
        if end is not None and end.kind is EndKind.WALL:
            tx.journal.record(account_id, Action("watch.wall", subjects=[subject("account", account_id)]))
