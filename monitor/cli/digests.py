"""``insight digest``, ``sheet``, ``report``, ``shown``: what the staff and the owner are told, and who was shown it."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.bootstrap import Installation
from monitor.cli import output
from monitor.cli.exports import ForceOption
from monitor.cli.insight import WordsOption, insight_app, read_words
from monitor.cli.options import AccountOption, JsonOption, choose_account, chosen_accounts, installation_of
from monitor.clock import Clock
from monitor.config.sections import AccountSection
from monitor.config.settings import Settings
from monitor.custody.notes import person_of
from monitor.errors import SettingsError
from monitor.files.private import write_private
from monitor.files.targets import require_target
from monitor.insight.advising import TEAMS, advice_for
from monitor.insight.aspects import Lexicon, load_lexicon
from monitor.insight.digesting import Reader
from monitor.insight.owner import build_report
from monitor.insight.periods import Period
from monitor.insight.showing import note_showing, showings_of
from monitor.insight.words_file import Team
from monitor.language import gettext as _
from monitor.language.days import tell_moment
from monitor.outgoing.bundle_printing import print_page
from monitor.outgoing.insight_pages import render_digest, render_report, render_sheet, tell_digest
from monitor.state import Transaction
from monitor.use_cases.learning_models import ShowingNoted

_MONTH = re.compile(r"(\d{4})-(\d{2})")

TeamOption = Annotated[str, typer.Option("--team", help=_("Which team: {names}.").format(names=", ".join(TEAMS)))]
DaysOption = Annotated[int, typer.Option("--days", min=1, max=366, help="How many days, up to yesterday.")]
MonthOption = Annotated[str | None, typer.Option("--month", help="A whole month instead, as YYYY-MM.")]
OutOption = Annotated[Path | None, typer.Option("--out", help="The file to write: .html for screens, .pdf for paper.")]


@insight_app.command("digest")
def digest(
    context: typer.Context,
    *,
    team: TeamOption,
    days: DaysOption = 7,
    month: MonthOption = None,
    out: OutOption = None,
    account: AccountOption = None,
    words: WordsOption = None,
    force: ForceOption = False,
) -> None:
    """Tell a team what buyers said: how often, in their words, what was changed and whether it helped, three to-dos.

    Names, telephones and addresses are hidden. `watch` sends it by itself: see [digest] in config.toml.

    Example: fairreview insight digest --team packing --days 7 --out packing.pdf
    """
    installation = installation_of(context)
    section = choose_account(installation.settings, installation.home, account)
    chosen, period = _team(team), read_period(installation.settings, installation.clock, days, month)
    lexicon = read_words(installation.state, installation.settings, [section], words)
    with installation.state.read() as tx:
        found = _reader(installation.settings, tx, section, lexicon).digest(chosen, period)
    if out is None:
        output.print_text("\n".join(tell_digest(found)))
        return
    _write(
        installation.settings,
        out,
        render_digest(found, shop=_shop(installation.settings, section), zone=_zone(installation.settings)),
        force=force,
    )


@insight_app.command("sheet")
def sheet(
    context: typer.Context,
    *,
    aspect: Annotated[str, typer.Argument(metavar="COMPLAINT", help="Which complaint, for example packaging.")],
    out: Annotated[Path, typer.Option("--out", help="The file to write: .html or .pdf.")],
    days: DaysOption = 30,
    month: MonthOption = None,
    account: AccountOption = None,
    words: WordsOption = None,
    force: ForceOption = False,
) -> None:
    """Write a training sheet about one complaint, from real cases, with room to note who was shown it.

    Example: fairreview insight sheet packaging --out sheet.pdf
    """
    installation = installation_of(context)
    section, period = (
        choose_account(installation.settings, installation.home, account),
        read_period(installation.settings, installation.clock, days, month),
    )
    lexicon = read_words(installation.state, installation.settings, [section], words)
    _refuse_unknown(aspect, lexicon)
    with installation.state.read() as tx:
        reader = _reader(installation.settings, tx, section, lexicon)
        said = reader.sheet(aspect, period)
        shown = showings_of(tx, section.name, f"sheet:{aspect}")[:5]
    page = render_sheet(
        said,
        steps=advice_for(aspect),
        shown=shown,
        period=period,
        shop=_shop(installation.settings, section),
        zone=_zone(installation.settings),
    )
    _write(installation.settings, out, page, force=force)


@insight_app.command("report")
def report(
    context: typer.Context,
    *,
    out: Annotated[Path, typer.Option("--out", help="The file to write: .html or .pdf.")],
    month: MonthOption = None,
    account: AccountOption = None,
    words: WordsOption = None,
    force: ForceOption = False,
) -> None:
    """Write the owner's report of a month, else of the last whole one: products and reasons, money, appeals, holes.

    Example: fairreview insight report --month 2026-10 --out october.pdf
    """
    installation = installation_of(context)
    section = choose_account(installation.settings, installation.home, account)
    period = read_period(
        installation.settings, installation.clock, 0, month or _last_month(installation.settings, installation.clock)
    )
    lexicon = read_words(installation.state, installation.settings, [section], words)
    grounds = {ground.id: ground.title for ground in installation.rules_of(section).grounds}
    with installation.state.read() as tx:
        found = build_report(
            _reader(installation.settings, tx, section, lexicon), period, installation.settings.insight, grounds=grounds
        )
    page = render_report(
        found, grounds=grounds, shop=_shop(installation.settings, section), zone=_zone(installation.settings)
    )
    _write(installation.settings, out, page, force=force)


@insight_app.command("shown")
def shown(
    context: typer.Context,
    *,
    to: Annotated[str | None, typer.Option("--to", help="To whom; left out: show what is noted.")] = None,
    team: Annotated[str | None, typer.Option("--team", help="The digest of this team was shown.")] = None,
    aspect: Annotated[str | None, typer.Option("--aspect", help="The sheet of this complaint was shown.")] = None,
    note: Annotated[str, typer.Option("--note", help="What was agreed.")] = "",
    account: AccountOption = None,
    words: WordsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Note that a digest or a training sheet was shown to people, in the action log; or show what is noted.

    Example: fairreview insight shown --team packing --to "shift A"
    """
    installation = installation_of(context)
    what = _what(installation.settings, team, aspect, words)
    if to is not None:
        _note(installation, choose_account(installation.settings, installation.home, account), what, to, note)
        return
    zone = _zone(installation.settings)
    with installation.state.read() as tx:
        found = [
            ShowingNoted(
                account=section.name, what=one.what, to=one.to, by=one.by, note=one.note or None,
                at=one.at.astimezone(ZoneInfo(zone)),
            )
            for section in chosen_accounts(installation.settings, account)
            for one in showings_of(tx, section.name, what)
        ]  # fmt: skip
    if as_json:
        output.print_lines(found)
        return
    rows = ((one.what, one.to, tell_moment(one.at, zone), one.by, one.note or "") for one in found)
    output.print_table(("what", "to", f"at ({zone})", "noted by", "note"), rows)
    if not found:
        output.say(_("Nothing is noted as shown yet."))


def _note(installation: Installation, section: AccountSection, what: str, to: str, note: str) -> None:
    if not what:
        raise SettingsError(_("what was shown is not said"), where="insight shown", hint=_("Add --team or --aspect."))
    if not to.strip():
        raise SettingsError(_("nobody is named"), where="--to", hint=_('Say to whom, for example --to "shift A".'))
    with installation.state.transaction() as tx:
        note_showing(
            tx, section.name, what=what, to=to.strip()[:200], note=note[:500], actor=person_of(installation.settings)
        )
    installation.state.flush_mirror()
    output.say(_("Noted: {what} was shown to {to}.").format(what=what, to=to.strip()[:200]))


def _what(settings: Settings, team: str | None, aspect: str | None, words: Path | None) -> str:
    if team is not None and aspect is not None:
        raise SettingsError(
            _("one at a time"), where="--team, --aspect", hint=_("Note the digest and the sheet one by one.")
        )
    if aspect is not None:
        _refuse_unknown(aspect, load_lexicon(words or settings.insight.words))
        return f"sheet:{aspect}"
    return f"digest:{_team(team)}" if team is not None else ""


def _team(text: str) -> Team:
    for team in TEAMS:
        if team == text:
            return team
    raise SettingsError(
        _("{text!r} is no team").format(text=text[:40]),
        where="--team",
        hint=_("One of: {teams}.").format(teams=", ".join(TEAMS)),
    )


def _refuse_unknown(aspect: str, lexicon: Lexicon) -> None:
    if aspect not in lexicon.aspects:
        known = ", ".join(lexicon.aspects)
        raise SettingsError(
            _("{aspect!r} is no complaint").format(aspect=aspect[:40]),
            where="COMPLAINT",
            hint=_("One of: {known}.").format(known=known),
        )


def read_period(settings: Settings, clock: Clock, days: int, month: str | None) -> Period:
    """The last whole days, or those of a month that are over.

    Raises:
        SettingsError: it is no month, or none of its days is over.
    """
    if month is None:
        last = _today(settings, clock) - timedelta(days=1)
        return Period(last - timedelta(days=days - 1), last)
    found = _MONTH.fullmatch(month)
    if found is None or not (1 <= int(found[2]) <= 12 and 2000 <= int(found[1]) <= 2999):
        raise SettingsError(
            _("{month!r} is not a month").format(month=month[:20]), where="--month", hint=_("Write it as 2026-10.")
        )
    year, number = int(found[1]), int(found[2])
    first, last = date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])
    yesterday = _today(settings, clock) - timedelta(days=1)
    if first > yesterday:
        raise SettingsError(
            _("{month} has no day that is over").format(month=month),
            where="--month",
            hint=_("The newest is {month}.").format(month=f"{yesterday:%Y-%m}"),
        )
    return Period(first, min(last, yesterday), is_cut=yesterday < last)


def _last_month(settings: Settings, clock: Clock) -> str:
    return f"{_today(settings, clock).replace(day=1) - timedelta(days=1):%Y-%m}"


def _today(settings: Settings, clock: Clock) -> date:
    return clock.now().astimezone(ZoneInfo(_zone(settings))).date()


def _reader(settings: Settings, tx: Transaction, section: AccountSection, lexicon: Lexicon) -> Reader:
    return Reader(tx, section.name, lexicon, _zone(settings), settings.insight.sales_days)


def _zone(settings: Settings) -> str:
    return settings.installation.zone


def _shop(settings: Settings, section: AccountSection) -> str:
    return settings.operator.organisation or section.name


def _write(settings: Settings, out: Path, page: str, *, force: bool) -> None:
    """Writes a page, printed where the name says so.

    Raises:
        SettingsError: the name says no kind, the file is there already, or cannot be written.
        PrintingFailed: no browser printed it.
    """
    kind = out.suffix.lower()
    hint = _("Name another file, or --force to replace it.")
    require_target(out, endings=(".html", ".pdf"), may_replace=force, hint=hint)
    data = page.encode("utf-8", "backslashreplace")
    write_private(out, print_page(settings.browser, page) if kind == ".pdf" else data)
    output.say(_("Written: {out}").format(out=out))
