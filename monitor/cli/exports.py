"""``reviews export`` and ``insight export``: data out, without authors unless asked for, and then logged."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from evidence_store.placing import while_held
from monitor.cli import output
from monitor.cli.insight import ByOption, SinceOption, SkuOption, WordsOption, insight_app, ranked, tally_of
from monitor.cli.lookup import read_sku
from monitor.cli.options import AccountOption, chosen_accounts, installation_of
from monitor.cli.reviews import reviews_app, start_of_day
from monitor.config.settings import Settings
from monitor.custody.notes import person_of
from monitor.files.targets import require_target
from monitor.insight.aspects import Lexicon, load_lexicon
from monitor.insight.counting import Group
from monitor.insight.exporting import Cell, Format, format_of, write_csv, write_jsonl
from monitor.insight.shares import wilson
from monitor.insight.sheets import write_xlsx
from monitor.language import gettext as _
from monitor.language.days import as_iso
from monitor.state import Action, State
from monitor.state.read_reviews import StoredReview

_REVIEW_COLUMNS = (
    "account", "review", "product", "item", "item_name", "variant", "stars", "published", "first_seen",
    "presence", "counted", "text", "complaints", "praises",
)  # fmt: skip
_AUTHOR_COLUMNS = ("author", "author_id")
_INSIGHT_COLUMNS = (
    "group", "reviews", "low", "aspect", "title", "team", "complaints", "praises", "share", "lower", "upper",
    "examples",
)  # fmt: skip

OutArgument = Annotated[Path, typer.Argument(metavar="OUT", help="The file to write; its ending says the format.")]
FormatOption = Annotated[str | None, typer.Option("--format", help="csv, xlsx or jsonl; else by the file's ending.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace a file that is there.")]


@reviews_app.command("export")
def export_reviews(
    context: typer.Context,
    *,
    out: OutArgument,
    kind: FormatOption = None,
    account: AccountOption = None,
    sku: SkuOption = None,
    since: SinceOption = None,
    with_authors: Annotated[
        bool, typer.Option("--with-authors", help="Authors' names too: personal data. It is noted in the action log.")
    ] = False,
    words: WordsOption = None,
    force: ForceOption = False,
) -> None:
    """Write the stored reviews to a file, with what each complains of. Authors stay out unless asked for.

    In CSV and XLSX a cell that a spreadsheet would take for a formula gets an apostrophe before it.

    Example: fairreview reviews export reviews.csv --since 2026-01-01
    """
    installation = installation_of(context)
    zone = installation.settings.installation.zone
    first = start_of_day(since, ZoneInfo(zone)) if since is not None else None
    chosen = format_of(out.name, kind)
    lexicon = load_lexicon(words or installation.settings.insight.words)
    sections = chosen_accounts(installation.settings, account)
    only = read_sku(installation, sections, sku) if sku is not None else None
    if with_authors:
        _log(installation.state, installation.settings, [section.name for section in sections], out, chosen)
    columns = (*_REVIEW_COLUMNS, *(_AUTHOR_COLUMNS if with_authors else ()))
    with installation.state.read() as tx:
        found = chain.from_iterable(
            _review_rows(
                section.name,
                (one for one in tx.review_stream.all_of(section.name, sku=only) if _is_since(one, first)),
                tx.review_stream.uncounted(section.name),
                lexicon,
                zone,
            )
            for section in sections
        )
        written = _write(out, chosen, columns, (row[: len(columns)] for row in found), force=force)
    output.say(
        _("{written} reviews in {out}").format(written=written, out=out)
        + (_("; that authors are in it is in the action log") if with_authors else "")
    )


@insight_app.command("export")
def export_insight(
    context: typer.Context,
    *,
    out: OutArgument,
    by: ByOption = Group.PRODUCT,
    kind: FormatOption = None,
    account: AccountOption = None,
    sku: SkuOption = None,
    since: SinceOption = None,
    words: WordsOption = None,
    force: ForceOption = False,
) -> None:
    """Write the counts of `insight show` to a file; shares of fewer than 8 reviews are left empty.

    Example: fairreview insight export complaints.csv --by month
    """
    installation = installation_of(context)
    chosen = format_of(out.name, kind)
    tally, lexicon = tally_of(installation, account, by, sku=sku, since=since, words=words)
    rows: list[tuple[Cell, ...]] = []
    for name, group in sorted(tally.groups.items()):
        for code, found in ranked(group):
            share = group.share(code)
            interval = wilson(share)
            bounds: tuple[Cell, ...] = (None, None, None)
            if not share.is_little:
                bounds = tuple(round(value, 6) for value in (interval.value, interval.lower, interval.upper))
            aspect = lexicon.aspects[code]
            rows.append((
                name, group.total, group.low, code, aspect.title, aspect.team, found.complaints, found.praises, *bounds,
                tuple(found.examples),
            ))  # fmt: skip
    written = _write(out, chosen, _INSIGHT_COLUMNS, rows, force=force)
    output.say(_("{written} lines in {out}").format(written=written, out=out))


def _review_rows(
    account: str, found: Iterable[StoredReview], uncounted: frozenset[str], lexicon: Lexicon, zone: str
) -> Iterator[tuple[Cell, ...]]:
    for one in found:
        told = lexicon.read(one.text, one.rating)
        yield (
            account,
            one.review_id,
            one.sku,
            one.item_id,
            one.item_name,
            one.item_variant,
            one.rating,
            as_iso(one.published_at, zone) if one.published_at else None,
            as_iso(one.first_seen_at, zone),
            one.presence,
            one.review_id not in uncounted,
            one.text,
            tuple(sorted(told.complaints)),
            tuple(sorted(told.praises)),
            one.author_name,
            one.author_id,
        )


def _is_since(one: StoredReview, first: datetime | None) -> bool:
    return first is None or (one.published_at is not None and one.published_at >= first)


def _write(out: Path, chosen: Format, columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, force: bool) -> int:
    """Writes beside the target and puts it there whole; returns how many rows.

    Raises:
        UsageError: the file is there already.
        OSError: it cannot be written; nothing of it stays.
    """
    require_target(out, may_replace=force, hint=_("Name another file, or --force to replace it."))
    counted = _Counted(rows)
    partial = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        partial.touch(mode=0o600, exist_ok=False)
        if chosen is Format.XLSX:
            write_xlsx(partial, columns, counted)
        else:
            writer = write_csv if chosen is Format.CSV else write_jsonl
            with partial.open("w", encoding="utf-8", newline="") as file:
                file.writelines(writer(columns, counted))
        while_held(lambda: partial.replace(out))
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(out)) from error
    finally:
        partial.unlink(missing_ok=True)
    return counted.number


class _Counted:
    """Rows that are counted as they pass."""

    def __init__(self, rows: Iterable[Sequence[Cell]]) -> None:
        self._rows = rows
        self.number = 0

    def __iter__(self) -> Iterator[Sequence[Cell]]:
        for row in self._rows:
            self.number += 1
            yield row


def _log(state: State, settings: Settings, accounts: list[str], out: Path, chosen: Format) -> None:
    """Notes the export before the first name leaves the store."""
    action = Action(
        "reviews.export",
        actor=person_of(settings),
        inputs={"with_authors": True, "format": chosen.value, "file": out.name},
    )
    with state.transaction() as tx:
        for account in accounts:
            tx.journal.record(account, action)
