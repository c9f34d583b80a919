"""``reviews list`` and ``reviews show``: what was read, with every version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.appeals.words import FILING, MODERATION
from monitor.cases.reservations import tell_item
from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.completing import complete_review
from monitor.cli.lookup import find_review, read_sku, short_reviews
from monitor.cli.options import (
    AccountOption,
    JsonOption,
    LimitOption,
    chosen_accounts,
    installation_of,
    say_there_are_more,
)
from monitor.closed_lists.states import Presence
from monitor.errors import SettingsError
from monitor.language import gettext as _
from monitor.language.days import tell_moment, tell_published
from monitor.language.plain_text import show as printable
from monitor.language.words import in_a_cell, named
from monitor.state.appeals import AppealRecord
from monitor.state.cases import VerdictRecord
from monitor.state.reviews import ReviewRecord
from monitor.state.sources import SourceSighting
from monitor.triage.titles import VERDICTS
from monitor.use_cases import reviews
from monitor.use_cases.models import Review
from monitor.watching.roster import address_today
from monitor.watching.words import CHANGES

reviews_app = typer.Typer(help="Reviews as they were read.", no_args_is_help=True)
app.add_typer(reviews_app, name="reviews")


@reviews_app.command("list")
def list_reviews(
    context: typer.Context,
    *,
    account: AccountOption = None,
    stars: Annotated[list[int] | None, typer.Option(min=1, max=5, help="Only with so many stars; repeatable.")] = None,
    sku: Annotated[str | None, typer.Option(help="Only of this product.")] = None,
    since: Annotated[str | None, typer.Option(help="Only first seen on or after this day, as YYYY-MM-DD.")] = None,
    new: Annotated[bool, typer.Option("--new", help="Only those that came after watching began.")] = False,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
) -> None:
    """List stored reviews, the newest first.

    Example: fairreview reviews list --new --stars 1 --stars 2
    """
    installation = installation_of(context)
    zone = installation.settings.installation.zone
    sections = chosen_accounts(installation.settings, account)
    found = reviews.list_reviews(
        installation.state,
        [section.name for section in sections],
        zone=zone,
        stars=stars or (),
        sku=read_sku(installation, sections, sku) if sku is not None else None,
        since=start_of_day(since, ZoneInfo(zone)) if since is not None else None,
        only_news=new,
        limit=limit,
    )
    if as_json:
        output.print_lines(found.rows)
    else:
        columns = ("review", "stars", "item", "published", "presence", "text")
        names = short_reviews(installation.state, (one.id for one in found.rows))
        output.print_table(columns, ((names[one.id], *_line(one)) for one in found.rows))
    if found.has_more:
        say_there_are_more(limit)
    if not found.rows:
        output.say(_("No stored review matches. `fairreview poll` reads them."))


@reviews_app.command("show")
def show(
    context: typer.Context,
    *,
    review: Annotated[
        str,
        typer.Argument(
            help="The review's short name, id or its beginning, or address.", autocompletion=complete_review
        ),
    ],
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one review with its versions, verdict, appeals and evidence.

    Example: fairreview reviews show 01a0e82c
    """
    installation = installation_of(context)
    zone = installation.settings.installation.zone
    found = find_review(installation.state, installation.settings, review, account)
    if as_json:
        output.print_json(reviews.show_review(installation.state, found, zone=zone))
        return
    with installation.state.read() as tx:
        versions = tx.reviews.versions(found.account_id, found.review_id)
        case = tx.cases.of_review(found.account_id, found.review_id)
        verdict = tx.verdicts.newest(case.id) if case else None
        appeals = tx.appeals.of_case(case.id) if case else []
        evidence = tx.artifacts.of_review(found.account_id, found.review_id)
        sources = tx.sources.of_review(found.account_id, found.review_id)
        address = address_today(found, tx.products.get(found.account_id, found.sku))
    shown_by = ", ".join(
        [*([_("the page")] if found.presence != Presence.UNLISTED else []), *(one.source for one in sources)]
    )
    output.print_table(
        ("", ""), [*_facts(found, address, zone), (_("seen in"), shown_by), *_told_by_seller_lists(sources)]
    )
    for stored in versions:
        output.print_text(
            _("\nversion {version}, seen {when}, {rating} stars").format(
                version=stored.version, when=tell_moment(stored.seen_at, zone), rating=stored.rating or "?"
            )
        )
        output.print_text(stored.text or _("(no text)"))
    for change, at in reviews.changes_of(installation.state, found):
        output.print_text(
            _("\n{change}, seen {when}").format(change=in_a_cell(change.value, CHANGES), when=tell_moment(at, zone))
        )
    _print_judged(verdict, appeals)
    if evidence:
        moments = sorted({item.moment for item in evidence})
        output.print_text(
            _("\nevidence: {count} artifacts of {moments}").format(count=len(evidence), moments=", ".join(moments))
        )


def _print_judged(verdict: VerdictRecord | None, appeals: Sequence[AppealRecord]) -> None:
    if verdict:
        output.print_text(
            _("\nverdict: {kind} {ground}")
            .format(kind=in_a_cell(verdict.kind, VERDICTS), ground=verdict.ground)
            .rstrip()
        )
        for sentence in verdict.sentences:
            output.print_text(f"  - {sentence}")
    for appeal in appeals:
        stands = f"{in_a_cell(appeal.state, FILING)} {in_a_cell(appeal.moderation, MODERATION)}"
        told = _("\nappeal {id}: {channel}, {stands}")
        output.print_text(told.format(id=appeal.id, channel=appeal.channel, stands=stands).rstrip())


def _line(one: Review) -> tuple[str, ...]:
    """One review as people read it in a list, after its name: a line of its text."""
    text = printable(one.text, limit=160, one_line=True)
    return (str(one.stars or "?"), one.item, one.published, named(one.presence), text)


def _facts(record: ReviewRecord, address: str, zone: str) -> list[tuple[str, str]]:
    published = tell_published(record.published_earliest, record.published_latest, record.published_raw, zone)
    return [
        (_("review"), record.review_id),
        (_("product"), record.sku),
        (_("about item"), tell_item(record)),
        (_("author"), _tell_author(record)),
        (_("stars"), str(record.rating or _("? (not read)"))),
        (_("published"), f"{published} ({zone})"),
        (_("presence"), named(record.presence)),
        (_("address"), address),
    ]


def _tell_author(record: ReviewRecord) -> str:
    """One line: what was read about the author, and what was not."""
    name = record.author_name or _("name hidden or not read")
    return (
        _("{name}; profile {id}").format(name=name, id=record.author_id)
        if record.author_id
        else _("{name}; no profile is shown").format(name=name)
    )


def _told_by_seller_lists(sources: list[SourceSighting]) -> list[tuple[str, str]]:
    """What the seller's own lists say of its weight; empty where they say nothing."""
    counted = {True: _("yes"), False: _("no: do not spend an appeal on it")}
    rows = [
        (_("counted in the rating"), f"{counted[one.is_counted]} ({one.source})")
        for one in sources
        if one.is_counted is not None
    ]
    rows += [(f"{_('remark')} ({one.source})", line) for one in sources for line in one.remarks.splitlines()]
    return rows + [(_("order status"), f"{one.order_status} ({one.source})") for one in sources if one.order_status]


def start_of_day(text: str, zone: ZoneInfo, *, option: str = "--since") -> datetime:
    """Returns the moment at which a day begins in a zone.

    Raises:
        SettingsError: the text is not a day.
    """
    try:
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise SettingsError(
            _("{text!r} is not a day").format(text=text[:80]), where=option, hint=_("Write it as 2026-03-31.")
        ) from error
