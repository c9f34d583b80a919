"""``insight``: what buyers complain of, and what moved; counted from the stored reviews, nothing is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.bootstrap import Installation
from monitor.cli import machine_output_insight as data
from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.lookup import read_sku
from monitor.cli.options import AccountOption, JsonOption, LimitOption, chosen_accounts, installation_of
from monitor.cli.reviews import start_of_day
from monitor.config.sections import AccountSection
from monitor.config.settings import Settings
from monitor.errors import SettingsError
from monitor.insight.aspects import Lexicon, load_lexicon
from monitor.insight.counting import (
    AspectCount,
    Group,
    GroupCount,
    Periods,
    ReviewRow,
    Tally,
    count,
    days_of,
    joined,
)
from monitor.insight.findings import Move, compare_mix, find_moves
from monitor.insight.reading import periods_of, rows_of
from monitor.insight.recounting import recount
from monitor.insight.rising import Candidate, find_rising
from monitor.insight.shares import Count, Interval, wilson
from monitor.insight.summing import tally_of_sums
from monitor.language import gettext as _
from monitor.schedule import marked_between
from monitor.state import State

insight_app = typer.Typer(help="What buyers complain of, what moved, and what changes became of.", no_args_is_help=True)
app.add_typer(insight_app, name="insight")

LITTLE = "мало данных"
WordsOption = Annotated[
    Path | None, typer.Option("--words", help="A file of own words; docs/insight.md shows its form.")
]
SkuOption = Annotated[str | None, typer.Option("--sku", help="Only of this product.")]
SinceOption = Annotated[str | None, typer.Option("--since", help="Only published on or after this day, as YYYY-MM-DD.")]
ByOption = Annotated[Group, typer.Option("--by", help="How reviews are put together.")]


@insight_app.command("show")
def show(
    context: typer.Context,
    *,
    by: ByOption = Group.PRODUCT,
    account: AccountOption = None,
    sku: SkuOption = None,
    since: SinceOption = None,
    words: WordsOption = None,
    limit: LimitOption = 100,
    as_json: JsonOption = False,
) -> None:
    """Show what buyers complain of, by product, variant, month, week or stars, with example reviews.

    Shares come with the interval in which they may lie (95 %); below 8 reviews none is said.

    Example: fairreview insight show --by month --since 2026-01-01
    """
    installation = installation_of(context)
    tally, lexicon = tally_of(installation, account, by, sku=sku, since=since, words=words)
    if as_json:
        output.print_json(
            data.Complaints(by=by.value, silent=tally.silent, groups=_as_data(tally, lexicon, by, installation))
        )
        return
    lines = _lines(tally, lexicon, by, installation)
    columns = (by.value, "complaint", "complaints of reviews", "share", "praised", "for example")
    output.print_table(columns, lines[:limit])
    if not tally.total:
        output.say(_("No stored review matches. `fairreview poll` reads them."))
        return
    if len(lines) > limit:
        output.say(
            _("{count} lines more: --limit {count_2} shows them.").format(count=len(lines) - limit, count_2=len(lines))
        )
    output.say(
        _(
            "{total} reviews; {silent} of at most three stars name no aspect. About seven of ten "
            "complaints shown are there (docs/insight.md)."
        ).format(total=tally.total, silent=tally.silent)
    )


@insight_app.command("moves")
def moves(
    context: typer.Context,
    *,
    days: Annotated[int, typer.Option("--days", min=1, max=3_650, help="Length of each of the two periods.")] = 60,
    until: Annotated[
        str | None,
        typer.Option("--until", help="The day after the later period; tomorrow if left out."),
    ] = None,
    account: AccountOption = None,
    words: WordsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show which complaints moved between the last days and as many before, corrected for how many were looked at.

    A report about nothing says nothing in at least 95 % of cases. A rise with all products is told of the shop.

    Example: fairreview insight moves --days 30
    """
    installation = installation_of(context)
    zone = installation.settings.installation.zone
    sections = chosen_accounts(installation.settings, account)
    lexicon = read_words(installation.state, installation.settings, sections, words)
    end = _end_of(until, installation, zone)
    middle, start = end - timedelta(days=days), end - timedelta(days=2 * days)
    with installation.state.read() as tx:
        names = [one.name for one in sections]
        periods = periods_of(tx, names, zone, lexicon, before=(start, middle), after=(middle, end), with_words=True)
    found = [move for move in find_moves(periods.cells(lexicon.aspects)) if move.is_found]
    rising = find_rising(periods)
    if as_json:
        output.print_json(
            data.Moves(
                before=data.Period(since=start, until=middle, reviews=periods.before.total()),
                after=data.Period(since=middle, until=end, reviews=periods.after.total()),
                moves=tuple(_move_data(move) for move in found),
                words=tuple(
                    data.RisingWord(word=one.word, before=one.before.hits, after=one.after.hits) for one in rising
                ),
                marked=_marks(installation.settings, start, end - timedelta(days=1)),
            )
        )
        return
    told = _("{start} … {middle}: {before} reviews; {middle} … {end}: {after}")
    counts = {"before": periods.before.total(), "after": periods.after.total()}
    output.print_text(told.format(start=start, middle=middle, end=end, **counts))
    say_marks(installation.settings, start, end - timedelta(days=1))
    if min(periods.before.total(), periods.after.total()) < 8:
        output.print_text(LITTLE)
        return
    _print_moves(periods, found, rising, lexicon)


def _print_moves(periods: Periods, found: list[Move], rising: list[Candidate], lexicon: Lexicon) -> None:
    if found:
        columns = ("product", "complaint", "before", "after", "what")
        output.print_table(columns, (_move_line(move, lexicon) for move in found))
    unnamed = _("a new word to name: {word} ({hits} reviews)")
    mixed = _mix_lines(periods)
    for line in (
        *mixed,
        *(unnamed.format(word=one.word, hits=one.after.hits) for one in rising),
    ):
        output.print_text(line)
    if mixed and not found:
        output.say(_("No single complaint moved by more than chance explains."))
    elif not found:
        output.say(_("Nothing moved by more than chance explains. That is the usual answer."))


def say_marks(settings: Settings, first: date, last: date) -> None:
    """Says which marked days lie in a period: other buyers come then, and that explains nothing by itself."""
    for one in marked_between(settings.insight.sales_days, first, last):
        output.print_text(f"Отмечено: {one}")


def _marks(settings: Settings, first: date, last: date) -> tuple[data.MarkedPeriod, ...]:
    found = marked_between(settings.insight.sales_days, first, last)
    return tuple(data.MarkedPeriod(first=one.first, last=one.last, name=one.name) for one in found)


def _marks_of(settings: Settings, name: str, by: Group) -> tuple[data.MarkedPeriod, ...]:
    days = days_of(name, by)
    return _marks(settings, *days) if days else ()


def tally_of(
    installation: Installation,
    account: str | None,
    by: Group,
    *,
    sku: str | None,
    since: str | None,
    words: Path | None,
) -> tuple[Tally, Lexicon]:
    """Counts the stored reviews of the chosen accounts.

    Raises:
        SettingsError: the file of words or the day cannot be read.
    """
    zone = installation.settings.installation.zone
    first = start_of_day(since, ZoneInfo(zone)).astimezone(ZoneInfo(zone)).date() if since is not None else None
    if first is not None and first > (today := installation.clock.now().astimezone(ZoneInfo(zone)).date()):
        raise SettingsError(
            _("{day} has not come").format(day=first),
            where="--since",
            hint=_("Name a day up to today, {today}.").format(today=today),
        )
    sections = chosen_accounts(installation.settings, account)
    lexicon = read_words(installation.state, installation.settings, sections, words)
    only = read_sku(installation, sections, sku) if sku is not None else None
    with installation.state.read() as tx:
        if (
            only is None
            and first is None
            and all(tx.told_aspects.is_whole(one.name, lexicon.digest) for one in sections)
        ):
            return joined(tally_of_sums(tx, one.name, by) for one in sections), lexicon
        rows = chain.from_iterable(
            rows_of(tx, section.name, zone, sku=only, since=first, by=lexicon, with_text=False) for section in sections
        )
        return count(_since(rows, first), lexicon, by), lexicon


def read_words(state: State, settings: Settings, sections: Iterable[AccountSection], words: Path | None) -> Lexicon:
    """Loads the words; where they are the installation's own, first reads the reviews that came since.

    Raises:
        SettingsError: the file of words cannot be read.
    """
    lexicon = load_lexicon(words or settings.insight.words)
    if words is None:
        for section in sections:
            recount(state, section.name, lexicon, settings.installation.zone)
    return lexicon


def _since(rows: Iterator[ReviewRow], first: date | None) -> Iterator[ReviewRow]:
    return rows if first is None else (row for row in rows if row.day is not None and row.day >= first)


def _end_of(until: str | None, installation: Installation, zone: str) -> date:
    tomorrow = installation.clock.now().astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    if until is None:
        return tomorrow
    day = start_of_day(until, ZoneInfo(zone), option="--until").astimezone(ZoneInfo(zone)).date()
    if day > tomorrow:
        raise SettingsError(
            _("{day} has not come").format(day=day),
            where="--until",
            hint=_("Name a day up to tomorrow, {tomorrow}.").format(tomorrow=tomorrow),
        )
    return day


def ranked(group: GroupCount) -> list[tuple[str, AspectCount]]:
    """The aspects of a group, the one with the highest lower bound first."""
    return sorted(group.aspects.items(), key=lambda entry: (-wilson(group.share(entry[0])).lower, entry[0]))


def _lines(tally: Tally, lexicon: Lexicon, by: Group, installation: Installation) -> list[tuple[str, ...]]:
    names = sorted(tally.groups, reverse=by in {Group.MONTH, Group.WEEK})
    lines: list[tuple[str, ...]] = []
    for name in names:
        group = tally.groups[name]
        shown = " · ".join([name, *(mark.name for mark in _marks_of(installation.settings, name, by))])
        complained = [(code, found) for code, found in ranked(group) if found.complaints]
        if not complained:
            lines.append((shown, "-", _hits(0, group.total), tell_share(Count(0, group.total)), "", ""))
        for code, found in complained:
            lines.append(
                (
                    shown,
                    lexicon.aspects[code].title,
                    _hits(found.complaints, group.total),
                    tell_share(group.share(code)),
                    str(found.praises),
                    " ".join(found.examples),
                )
            )
    return lines


def tell_span_of_shares(value: float, lower: float, upper: float) -> str:
    """A share with the interval that it lies in."""
    return _("{value:.0%} ({lower:.0%} to {upper:.0%})").format(value=value, lower=lower, upper=upper)


def _hits(hits: int, total: int) -> str:
    return _("{hits} of {total}").format(hits=hits, total=total)


def tell_share(share: Count) -> str:
    """A share with its interval, or that there is too little to say one."""
    if share.is_little:
        return LITTLE
    found = wilson(share)
    return tell_span_of_shares(found.value, found.lower, found.upper)


def _as_data(tally: Tally, lexicon: Lexicon, by: Group, installation: Installation) -> tuple[data.ReviewGroup, ...]:
    return tuple(
        data.ReviewGroup(
            group=name,
            reviews=group.total,
            low=group.low,
            aspects=tuple(
                data.Aspect(
                    aspect=code,
                    title=lexicon.aspects[code].title,
                    team=lexicon.aspects[code].team,
                    complaints=found.complaints,
                    praises=found.praises,
                    share=_share_data(group.share(code)),
                    examples=tuple(found.examples),
                )
                for code, found in ranked(group)
            ),
            marked=_marks_of(installation.settings, name, by),
        )
        for name, group in sorted(tally.groups.items())
    )


def _share_data(share: Count) -> data.Estimate | None:
    return None if share.is_little else estimate_as_data(wilson(share))


def estimate_as_data(found: Interval) -> data.Estimate:
    """A figure with its bounds, in millionths."""
    return data.Estimate(value=round(found.value, 6), lower=round(found.lower, 6), upper=round(found.upper, 6))


def hits_as_data(count: Count) -> data.Hits:
    """So many of so many."""
    return data.Hits(hits=count.hits, total=count.total)


def _move_line(move: Move, lexicon: Lexicon) -> tuple[str, ...]:
    word = _("more") if move.is_rise else _("fewer")
    whose = {
        True: _("{word}, beyond the other products").format(word=word),
        False: _("{word}, as with the other products").format(word=word),
        None: word,
    }
    told = _("{word}, in the whole shop").format(word=word) if move.product is None else whose[move.is_own]
    before, after = (_hits(count.hits, count.total) for count in (move.before, move.after))
    return (move.product or _("(shop)"), lexicon.aspects[move.aspect].title, before, after, told)


def _move_data(move: Move) -> data.Move:
    return data.Move(
        product=move.product,
        aspect=move.aspect,
        before=hits_as_data(move.before),
        after=hits_as_data(move.after),
        fall=estimate_as_data(move.fall),
        chance=round(move.chance, 6),
        is_own=move.is_own,
    )


def _mix_lines(periods: Periods) -> list[str]:
    low = [
        {one: periods.negatives([one], "", is_after=side) for one in totals}
        for side, totals in ((False, periods.before), (True, periods.after))
    ]
    mix = compare_mix(*low)
    if not mix.is_moved:
        return []
    counterfactual = _("in the earlier proportions it would be {after_as_before:.0%}").format(
        after_as_before=mix.after_as_before
    )
    shift = _("from {before:.0%} to {after:.0%}").format(before=mix.before, after=mix.after)
    told = _("Reviews of at most three stars went {shift} because other products sell now: {counterfactual}.")
    if not mix.is_whole:
        told = _(
            "Reviews of at most three stars went {shift}, partly because other products sell now: about {part:.0%} of "
            "the move, {counterfactual}. The rest may be chance."
        )
    return [told.format(shift=shift, counterfactual=counterfactual, part=mix.explained)]
