"""``log``: the action log, as it was written."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from evidence_store.errors import EvidenceError
from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.machine_output import LogEntry
from monitor.cli.options import AccountOption, JsonOption, LimitOption, choose_account, installation_of
from monitor.language import RUSSIAN, spoken
from monitor.language import gettext as _
from monitor.language.plain_text import show
from monitor.outgoing.wording import title_of
from monitor.state import INSTALLATION
from monitor.state.journal import JournalRow

_NOTHING: tuple[object, ...] = ("", [], None)
_LONGEST = 72  # of a value in a cell; a whole digest, and not the list of every review that a visit read


@app.command("log")
def log(
    context: typer.Context,
    *,
    account: AccountOption = None,
    limit: LimitOption = 50,
    about: Annotated[
        str | None, typer.Option("--about", help="Only entries about this review, case or appeal.")
    ] = None,
    of_installation: Annotated[
        bool, typer.Option("--installation", help="The installation's own log: changed catalogs, backups, keys.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show the newest entries of an account's action log.

    Example: fairreview log --about 01a0e82c-4659-7aa4-9fa8-000000000101
    """
    installation = installation_of(context)
    if of_installation and account is not None:
        raise typer.BadParameter(_("an account has a log of its own: leave one of the two out"), param_hint="--account")
    chain_of = (
        INSTALLATION if of_installation else choose_account(installation.settings, installation.home, account).name
    )
    with installation.state.read() as tx:
        head = tx.journal.heads().get(chain_of)
        rows = tx.journal.rows(head.chain, after=0 if about else max(head.seq - limit, 0)) if head else []
    entries = [_entry(row, ZoneInfo(installation.settings.installation.zone)) for row in rows]
    if about:
        entries = [one for one in entries if any(about in named for named in one.subjects)][-limit:]
    if as_json:
        output.print_lines(entries)
    else:
        columns = ("seq", "at", "actor", "action", "subjects", "outputs")
        output.print_table(columns, (_line(one) for one in entries))
    if head:
        output.say(
            _("chain {chain}, {seq} entries, head {digest}").format(chain=head.chain, seq=head.seq, digest=head.digest)
        )


def _entry(row: JournalRow, zone: ZoneInfo) -> LogEntry:
    problem, body = None, None
    try:
        body = row.to_entry().read_body()
    except EvidenceError as error:
        problem = str(error)
    return LogEntry(
        seq=row.seq,
        at=row.written_at.astimezone(zone),
        action=row.action,
        actor=(body.actor.name or body.actor.id) if body else None,
        subjects=tuple(item.id for item in body.subjects) if body else tuple(filter(None, (row.subject,))),
        outputs=body.outputs if body else {},
        is_purged=body is None and problem is None,
        problem=problem,
        digest=row.digest,
    )


def _line(one: LogEntry) -> tuple[str, ...]:
    told = ", ".join(_output(name, value) for name, value in sorted(one.outputs.items()) if value not in _NOTHING)
    if one.problem is not None:
        told = _("unreadable: {problem}").format(problem=one.problem)
    elif one.is_purged:
        told = _("purged")
    at = f"{one.at:%Y-%m-%d %H:%M:%S}"
    action = title_of(one.action).title if spoken() == RUSSIAN else one.action
    return (str(one.seq), at, one.actor or "", action, " ".join(one.subjects), told)


def _output(name: str, value: object) -> str:
    return f"{name}={show(str(value), limit=None if output.is_wide() else _LONGEST, one_line=True)}"
