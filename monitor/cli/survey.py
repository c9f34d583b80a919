"""``survey``: what of the site's catalog an account finds on the site itself. Looks only; nothing is sent."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from flows.catalog.layers import Layers
from flows.catalog.vocabulary import PLACEHOLDERS
from monitor.cli import output
from monitor.cli.appeals import confirm
from monitor.cli.application import app
from monitor.cli.lookup import find_review
from monitor.cli.machine_output import Surveyed
from monitor.cli.options import AccountOption, HeadedOption, JsonOption, chosen_accounts, installation_of
from monitor.cli.visiting import leave_with, visit_runner
from monitor.custody.notes import person_of
from monitor.engine.visits import VisitDetails
from monitor.errors import SettingsError
from monitor.files.private import write_private
from monitor.files.targets import require_target
from monitor.language import gettext
from monitor.use_cases import surveys
from monitor.visit_protocol import VisitKind

survey_app = typer.Typer(
    help="The site's pages as this account sees them, held against the catalog.", no_args_is_help=True
)
app.add_typer(survey_app, name="survey")


@survey_app.command("run")
def run(
    context: typer.Context,
    *,
    account: AccountOption = None,
    review: Annotated[
        str | None, typer.Option("--review", help="The review to look at forms for; none takes the newest on its page.")
    ] = None,
    given: Annotated[
        list[str] | None,
        typer.Option("--with", help="NAME=VALUE: a number to ask for, such as order_number=…; may be repeated."),
    ] = None,
    headed: HeadedOption = False,
) -> None:
    """Walk every page that the catalog describes, signed in, and keep what was found by which entry; send nothing.

    Forms are opened with the gate closed and left. What was found is marked as seen by this account, on this machine.

    Example: fairreview survey run --account main
    """
    installation = installation_of(context)
    values = _values(given or [])
    for section in chosen_accounts(installation.settings, account):
        found = find_review(installation.state, installation.settings, review, section.name) if review else None
        details = VisitDetails(review_ids=[found.review_id] if found else (), values=values, is_headed=headed)
        leave_with(visit_runner(installation).run(section, VisitKind.SURVEY, details))
        survey, folder = surveys.newest_survey(installation.home.reports, section.name)
        _tell(survey, folder)


def _values(given: list[str]) -> dict[str, str]:
    values = dict(one.partition("=")[::2] for one in given)
    for name, value in values.items():
        if name not in PLACEHOLDERS or not value:
            raise SettingsError(
                gettext("{given!r} is not NAME=VALUE").format(given=f"{name}={value}"[:80]),
                where="--with",
                hint=gettext("A name is one of: {names}").format(names=", ".join(sorted(PLACEHOLDERS))),
            )
    return values


@survey_app.command("show")
def show(context: typer.Context, *, account: AccountOption = None, as_json: JsonOption = False) -> None:
    """Show the newest survey: each entry, found or not and why, and what pages sent by themselves.

    Example: fairreview survey show
    """
    installation = installation_of(context)
    rows = []
    for section in chosen_accounts(installation.settings, account):
        survey, folder = surveys.newest_survey(installation.home.reports, section.name)
        rows += [
            Surveyed(account=survey.account, page=one.page, entry=one.entry, state=one.state, way=one.way or None)
            for one in survey.entries
        ]
        if not as_json:
            _tell(survey, folder)
    if as_json:
        output.print_lines(rows)
        return
    told = ((f"{one.page}.{one.entry}", surveys.STATE_WORDS[one.state], one.way or "") for one in rows)
    output.print_table(("entry", "found", "by"), told)


@survey_app.command("report")
def report(
    context: typer.Context,
    *,
    out: Annotated[Path, typer.Option("--out", help="The file to write.")],
    account: AccountOption = None,
    shown: Annotated[str | None, typer.Option("--hash", help="What you were shown, where nobody can be asked.")] = None,
) -> None:
    """Show what may be given to the maintainers, whole, and save it when you say so.

    Tags, roles, names of attributes and words that the catalog has already; no text of a page, no address, no account.

    Example: fairreview survey report --out survey-report.json
    """
    installation = installation_of(context)
    sections = chosen_accounts(installation.settings, account)
    if len(sections) != 1:
        raise SettingsError(gettext("a report is about one account"), where="--account", hint=gettext("Name it."))
    survey, _ = surveys.newest_survey(installation.home.reports, sections[0].name)
    text = surveys.report_of(survey)
    output.print_text(text)
    digest = hashlib.sha256(text.encode()).hexdigest()[:32]
    if shown is None:
        confirm(
            gettext("Save this, to be given away?"),
            hint=gettext("Look at it, then add `--hash {digest}`.").format(digest=digest),
        )
    elif shown != digest:
        raise SettingsError(
            gettext("this is not what was shown"),
            where="--hash",
            hint=gettext("Look again; it is {digest} now.").format(digest=digest),
        )
    write_private(require_target(out), text.encode())
    output.say(gettext("Saved: {out}. Pictures and recorded pages stay where they are.").format(out=out), style="green")


@survey_app.command("forget")
def forget(
    context: typer.Context,
    *,
    account: AccountOption = None,
    why: Annotated[str, typer.Option("--why", help="Why, for the log.")] = "taken back by a person",
) -> None:
    """Take back the marks that surveys gave: the package's own count again.

    Example: fairreview survey forget --why "another shop's cabinet"
    """
    installation = installation_of(context)
    for section in chosen_accounts(installation.settings, account):
        layers = Layers(installation.home.catalogs, section.name)
        actor = person_of(installation.settings)
        count = surveys.forget_marks(installation.state, layers, section.site, actor=actor, why=why)
        output.say(gettext("{section}: {count} marks taken back.").format(section=section.name, count=count))


def _tell(survey: surveys.Survey, folder: Path) -> None:
    counts = Counter(one.state for one in survey.entries)
    told = gettext("{account}, {site} on {day:%Y-%m-%d} ({origins})")
    output.say(told.format(account=survey.account, site=survey.site, day=survey.at, origins=survey.origins))
    for state, words in surveys.STATE_WORDS.items():
        if counts[state]:
            output.say(f"  {counts[state]:>4} {words}")
    for page in survey.pages:
        if page.why:
            output.say(f"  {page.page}: {page.why}")
        for line in page.requests:
            output.say(gettext("  {page} sends by itself: {line}").format(page=page.page, line=line))
    output.say(
        gettext("Pictures and recorded pages, for `fairreview replay`: {folder}").format(folder=folder / "cases")
    )
