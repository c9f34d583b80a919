"""``reviews list`` and ``reviews show``: what was read, with every version."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.lookup import find_review
from monitor.cli.options import AccountOption, JsonOption, LimitOption, chosen_accounts, installation
from monitor.errors import SettingsError
from monitor.plain_text import show as printable
from monitor.state.reviews import ReviewRecord

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
    opened = installation(context)
    start = start_of_day(since, ZoneInfo(opened.settings.installation.zone)) if since is not None else None
    rows: list[dict[str, str]] = []
    for section in chosen_accounts(opened, account):
        with opened.state.read() as tx:
            found = tx.reviews.find(section.name, sku=sku, ratings=stars or (), since=start, only_news=new, limit=limit)
            for record in found:
                version = tx.reviews.newest_version(section.name, record.review_id)
                rows.append(_row(section.name, record, version.text if version else ""))
    if as_json:
        output.print_json(rows)
    else:
        columns = ("review", "stars", "product", "published", "presence", "text")
        output.print_table(columns, ([row[column] for column in columns] for row in rows))
    if not rows:
        output.say("No stored review matches. `fairreview poll` reads them.")


@reviews_app.command("show")
def show(
    context: typer.Context,
    *,
    review: Annotated[str, typer.Argument(help="The review's id, its beginning, or its address.")],
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one review with its versions, verdict, appeals and evidence.

    Example: fairreview reviews show 01a0e82c
    """
    opened = installation(context)
    found = find_review(opened, review, account)
    with opened.state.read() as tx:
        versions = tx.reviews.versions(found.account_id, found.review_id)
        case = tx.cases.of_review(found.account_id, found.review_id)
        verdict = tx.verdicts.newest(case.id) if case else None
        appeals = tx.appeals.of_case(case.id) if case else []
        evidence = tx.artifacts.of_review(found.account_id, found.review_id)
        sources = tx.sources.of_review(found.account_id, found.review_id)
    if as_json:
        value = {
            "review": _row(found.account_id, found, versions[-1].text if versions else ""),
            "versions": [{"version": v.version, "rating": v.rating, "text": v.text} for v in versions],
            "case": case.id if case else None,
            "verdict": {"kind": verdict.kind, "ground": verdict.ground, "reasons": verdict.reasons}
            if verdict
            else None,
            "appeals": [{"id": a.id, "channel": a.channel, "state": a.state, "number": a.number} for a in appeals],
            "sources": [
                {"source": s.source, "first_seen": s.first_seen_at.isoformat(), "order_status": s.order_status}
                for s in sources
            ],
            "evidence": [{"moment": e.moment, "sha256": e.sha256, "media_type": e.media_type} for e in evidence],
        }
        output.print_json(value)
        return
    shown_by = ", ".join([*(["the page"] if found.presence != "unlisted" else []), *(one.source for one in sources)])
    output.print_table(("", ""), [*_facts(found), ("seen in", shown_by)])
    for stored in versions:
        output.print_text(
            f"\nversion {stored.version}, seen {stored.seen_at:%Y-%m-%d %H:%M} UTC, {stored.rating} stars"
        )
        output.print_text(stored.text)
    if verdict:
        output.print_text(f"\nverdict: {verdict.kind} {verdict.ground}".rstrip())
        for sentence in verdict.sentences:
            output.print_text(f"  - {sentence}")
    for appeal in appeals:
        output.print_text(f"\nappeal {appeal.id}: {appeal.channel}, {appeal.state} {appeal.moderation}".rstrip())
    if evidence:
        moments = sorted({item.moment for item in evidence})
        output.print_text(f"\nevidence: {len(evidence)} artifacts of {', '.join(moments)}")


def _row(account: str, record: ReviewRecord, text: str) -> dict[str, str]:
    return {
        "account": account,
        "review": record.review_id,
        "stars": str(record.rating or "?"),
        "product": record.sku,
        "author": record.author_name,
        "published": record.published_earliest.date().isoformat()
        if record.published_earliest
        else record.published_raw,
        "presence": record.presence,
        "first_seen": record.first_seen_at.isoformat(timespec="seconds"),
        "text": printable(text, limit=160, one_line=True),
    }


def _facts(record: ReviewRecord) -> list[tuple[str, str]]:
    return [
        ("review", record.review_id),
        ("product", record.sku),
        ("author", record.author_name),
        ("stars", str(record.rating or "?")),
        ("published", record.published_raw),
        ("presence", record.presence),
        ("address", record.url),
    ]


def start_of_day(text: str, zone: ZoneInfo) -> datetime:
    """Gives the moment at which a day begins in a zone.

    Raises:
        SettingsError: the text is not a day.
    """
    try:
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise SettingsError(f"{text[:80]!r} is not a day", where="--since", hint="Write it as 2026-03-31.") from error
