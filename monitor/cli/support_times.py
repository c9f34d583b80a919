"""``support times`` and ``support due``: how long answers took here, and what was promised until when."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.cli import output
from monitor.cli.lookup import short_reviews
from monitor.cli.options import AccountOption, JsonOption, chosen_accounts, installation_of
from monitor.cli.support import support_app
from monitor.closed_lists.contact_kinds import Way
from monitor.files.private import write_private
from monitor.files.targets import require_target
from monitor.language import gettext as _
from monitor.language.days import tell_moment
from monitor.support.contact_words import WAYS
from monitor.support.promises import promises_file, to_come
from monitor.support.standing import dialogue_of
from monitor.use_cases.support import tell_answer_times


@support_app.command("times")
def times(context: typer.Context, *, account: AccountOption = None, as_json: JsonOption = False) -> None:
    """Show how long the platform took to answer you, by way: your own measured times, and nobody's promise.

    Example: fairreview support times
    """
    installation = installation_of(context)
    accounts = [section.name for section in chosen_accounts(installation.settings, account)]
    found = tell_answer_times(installation.state, accounts)
    if as_json:
        output.print_lines(found)
        return
    rows = (
        (
            one.account,
            WAYS[Way(one.way)].title,
            *map(str, (one.answers, one.shortest_hours, one.median_hours, one.longest_hours)),
        )
        for one in found
    )
    output.print_table(("account", "way", "answers", "shortest, h", "median, h", "longest, h"), rows)
    if not found:
        output.say(_("Nobody has answered a message of yours yet."))


@support_app.command("due")
def due(
    context: typer.Context,
    *,
    out: Annotated[
        Path | None, typer.Option("--out", help="Also write them as a calendar file, a new one that ends in .ics.")
    ] = None,
    account: AccountOption = None,
) -> None:
    """List what was promised until when, the nearest first: what is to come, and what is over and nothing followed.

    Example: fairreview support due --out promises.ics
    """
    if out is not None:
        require_target(out, endings=(".ics",))
    installation = installation_of(context)
    zone, now = installation.settings.installation.zone, installation.clock.now()
    sections = chosen_accounts(installation.settings, account)
    with installation.state.read() as tx:
        contacts = [one for section in sections for one in tx.contacts.of_account(section.name)]
        cases = [case for section in sections for case in tx.cases.all(section.name)]
        open_ones = [one for case in cases for one in dialogue_of(tx, case).promises]
    over = [one for one in open_ones if one.due_at is not None and one.due_at <= now]
    coming = to_come(contacts, now=now)
    names = short_reviews(installation.state, (one.review_id for one in (*over, *coming)))
    rows = [
        (names[one.review_id], late + tell_moment(until.astimezone(ZoneInfo(zone)), zone), one.number, one.promised)
        for late, those in ((_("OVERDUE "), over), ("", coming))
        for one in those
        if (until := one.due_at) is not None
    ]
    output.print_table(("review", f"until ({zone})", "number", "promised"), rows)
    if out is not None:
        write_private(out, promises_file(coming, now=now))
        output.say(_("Written: {out}").format(out=out))
