"""``log``: the action log, as it was written."""

from __future__ import annotations

from typing import Annotated

import typer

from evidence_store.errors import EvidenceError
from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.options import AccountOption, JsonOption, LimitOption, choose_account, installation
from monitor.days import as_iso
from monitor.state.journal import JournalRow


@app.command("log")
def log(
    context: typer.Context,
    *,
    account: AccountOption = None,
    limit: LimitOption = 50,
    about: Annotated[
        str | None, typer.Option("--about", help="Only entries about this review, case or appeal.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the newest entries of an account's action log.

    Example: fairreview log --about 01a0e82c-4659-7aa4-9fa8-000000000101
    """
    opened = installation(context)
    chosen = choose_account(opened, account)
    with opened.state.read() as tx:
        head = tx.journal.heads().get(chosen.name)
        rows = tx.journal.rows(head.chain, after=0 if about else max(head.seq - limit, 0)) if head else []
    told = [_told(row, opened.settings.installation.zone) for row in rows]
    if about:
        told = [row for row in told if about in row["subjects"]][-limit:]
    if as_json:
        output.print_json(told)
    else:
        columns = ("seq", "at", "actor", "action", "subjects", "outputs")
        output.print_table(columns, ([str(row[column]) for column in columns] for row in told))
    if head:
        output.say(f"chain {head.chain}, {head.seq} entries, head {head.digest}")


def _told(row: JournalRow, zone: str) -> dict[str, str]:
    told = {"seq": str(row.seq), "at": as_iso(row.written_at, zone), "action": row.action}
    told |= {"digest": row.digest, "actor": "", "subjects": row.subject, "outputs": ""}
    try:
        body = row.to_entry().read_body()
    except EvidenceError as error:
        return told | {"outputs": f"unreadable: {error}"}
    if body is None:
        return told | {"outputs": "purged"}
    return told | {
        "actor": body.actor.name or body.actor.id,
        "subjects": " ".join(item.id for item in body.subjects),
        "outputs": ", ".join(f"{name}={value}" for name, value in sorted(body.outputs.items())),
    }
