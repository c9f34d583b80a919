"""The child's main: reads the order, does the visit under the account's lock, and says how it ended."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from evidence_store.journal import Actor
from monitor.bootstrap import Installation, open_installation
from monitor.config.sections import AccountSection
from monitor.endings import end_of
from monitor.engine.homes import require_home
from monitor.logs import start_logging
from monitor.state import Lease
from monitor.visit_protocol import VisitEnd, VisitOrder
from monitor.visiting.heartbeat import beating
from monitor.visiting.link import ParentLink
from monitor.visiting.logins import logins_of
from monitor.visiting.room import VisitRoom
from monitor.visiting.visit import do_visit
from monitor.watching.roster import bring_up_to_date

LEASE = timedelta(seconds=60)
"""How long the lock holds without a heartbeat: after a crash another visit may begin this much later."""


def main() -> int:
    """Runs one visit; the exit status is for nobody, the last word on the pipe is."""
    link = ParentLink.over_standard_streams()
    try:
        order = link.read_order()
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    link.end(run(order, link))
    return 0


def run(order: VisitOrder, link: ParentLink) -> VisitEnd:
    """Does what was ordered and turns every error into a last word."""
    installation: Installation | None = None
    try:
        key = order.data_key.get_secret_value() if order.data_key else None
        installation = open_installation(order.home, data_key=key, visited=order.account)
        stop_logging = start_logging(installation.home.logs, name="visits", redactor=installation.redactor)
        try:
            return _run_locked(order, installation, link)
        finally:
            stop_logging()
    except Exception as error:  # noqa: BLE001 - a child has no caller: everything becomes its last word
        end = end_of(error)
        _note_trace(error, installation)
        return end


def _note_trace(error: Exception, installation: Installation | None) -> None:
    """Writes where an error came from to ``visits.log``, for ``--debug`` and whoever looks; no secret that was read."""
    trace = "".join(traceback.format_exception(error))
    sys.stderr.write(installation.redactor.redact(trace) if installation is not None else trace)


def _run_locked(order: VisitOrder, installation: Installation, link: ParentLink) -> VisitEnd:
    account = installation.settings.find_account(order.account)
    site = installation.site_of(account)
    with installation.state.transaction() as tx:
        roster = bring_up_to_date(tx, account, site, file=installation.home.config)
    with _locked(order, installation, account) as lease, beating(installation.state, lease):
        room = VisitRoom(
            order=order,
            account=account,
            installation=installation,
            site=site,
            lease=lease,
            link=link,
            actor=_actor(order),
            problems=[],
            unread=[line.tell(installation.home.config) for line in roster.unread],
        )
        return do_visit(room)


@contextmanager
def _locked(order: VisitOrder, installation: Installation, account: AccountSection) -> Iterator[Lease]:
    logins = logins_of(account, installation.site_of(account))
    lease = installation.state.acquire(account.name, order.visit_id, LEASE, logins=logins)
    outcome, detail = "failed", ""
    try:
        with installation.state.transaction(lease) as tx:
            require_home(tx, account.name, installation.settings)
            tx.visits.begin(
                order.visit_id,
                account.name,
                kind=order.kind,
                owner=order.operator,
                fence=lease.fence,
                deadline_at=tx.now() + timedelta(seconds=order.deadline_seconds),
            )
        yield lease
        outcome = "done"
    except Exception as error:  # whatever it was is written beside the visit; raised on
        detail = f"{type(error).__name__}: {installation.redactor.redact(str(error))}"
        raise
    finally:
        with installation.state.transaction() as tx:
            tx.visits.finish(order.visit_id, outcome, detail=detail)
        installation.state.release(lease)


def _actor(order: VisitOrder) -> Actor:
    kind, _, name = order.operator.partition(":")
    if kind == "schedule":
        return Actor(kind="schedule", id=name or "schedule")
    if kind == "simulated":
        return Actor(kind="simulated", id=name, name=name)
    return Actor(kind="operator", id=name or kind, name=name or kind)
