"""``rules``: what is known of a site's own rules, and the clauses a person has read there."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from monitor.cases.clauses import keep_clause, load_clauses
from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.machine_output_triage import Rule
from monitor.cli.options import AccountOption, JsonOption, chosen_accounts, installation_of
from monitor.language import gettext as _
from monitor.language.words import in_a_cell, named
from monitor.triage.titles import VERDICTS

rules_app = typer.Typer(
    help="The site's rules: what is known of them, and clauses you have read.", no_args_is_help=True
)
app.add_typer(rules_app, name="rules")


@rules_app.command("list")
def list_rules(context: typer.Context, *, account: AccountOption = None, as_json: JsonOption = False) -> None:
    """List the grounds, where each is known from, and the clause somebody has pasted for it.

    Example: fairreview rules list
    """
    installation = installation_of(context)
    rows = []
    for section in chosen_accounts(installation.settings, account):
        clauses = {clause.ground: clause for clause in load_clauses(installation, section)}
        for ground in installation.rules_of(section).grounds:
            clause = clauses.get(ground.id)
            rows.append(
                Rule(
                    account=section.name,
                    ground=ground.id,
                    verdict_at_most=ground.decision,
                    known_from=ground.verified,
                    clause=clause.text if clause else None,
                    source=clause.source if clause else None,
                    read_on=datetime.strptime(clause.date, "%d.%m.%Y").date() if clause else None,  # noqa: DTZ007 - a day,
                )
            )
    if as_json:
        output.print_lines(rows)
    else:
        output.print_table(
            ("account", "ground", "verdict_at_most", "known_from", "clause", "source", "read"),
            (
                (
                    row.account,
                    row.ground,
                    in_a_cell(row.verdict_at_most, VERDICTS),
                    named(row.known_from),
                    row.clause or "",
                    row.source or "",
                    f"{row.read_on:%d.%m.%Y}" if row.read_on else "",
                )
                for row in rows
            ),
        )


@rules_app.command("verify")
def verify(
    context: typer.Context,
    *,
    ground: Annotated[str, typer.Argument(help="The ground, for example insult; `rules list` shows them.")],
    clause: Annotated[str, typer.Option("--clause", help="The rule's own words, as they stand on the site.")],
    source: Annotated[str, typer.Option("--source", help="Where they stand: the address and section.")],
    account: AccountOption = None,
) -> None:
    """Keep a rule of the site that you have read, as evidence; drafts then cite it with its source and day.

    Example: fairreview rules verify insult --clause "Запрещены оскорбления" --source "docs.ozon.ru, п. 3"
    """
    installation = installation_of(context)
    for section in chosen_accounts(installation.settings, account):
        digest = keep_clause(installation, section, ground, text=clause, source=source)
        output.print_text(
            _("{section}: kept for {ground}, {digest}").format(section=section.name, ground=ground, digest=digest)
        )
