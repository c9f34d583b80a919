"""``law pack``: everything about a case in a folder that a lawyer can work with."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from evidence_store.docx_page import write_docx
from monitor.bootstrap import Installation
from monitor.cli import output
from monitor.cli.law import CaseArgument, find_case, law_app, letters_of
from monitor.cli.law_reading import known_steps, read_roubles
from monitor.cli.options import AccountOption, JsonOption, installation_of
from monitor.clock import Clock
from monitor.config.settings import Settings
from monitor.custody.notes import person_of
from monitor.errors import PrintingFailed, SettingsError
from monitor.files.private import make_private_directory, write_private
from monitor.files.targets import require_target
from monitor.language import gettext as _
from monitor.outgoing.bundle_exporting import export_case
from monitor.outgoing.bundle_printing import print_pages
from monitor.outgoing.case_story import tell_case
from monitor.outgoing.cutting import HOW_TO_JOIN, cut_file, refuse_large
from monitor.state.cases import CaseRecord
from monitor.support.law.fees import Court
from monitor.support.law.known import load_known_law
from monitor.support.law.material import Paper
from monitor.support.law.parties import Party
from monitor.use_cases.law_models import LawPack, LawPaper
from monitor.use_cases.law_pack import PackOrder, note_pack, prepare_pack

_BUNDLE = "dokazatelstva.zip"


@law_app.command("pack")
def pack(
    context: typer.Context,
    *,
    review: CaseArgument,
    out: Annotated[Path, typer.Option("--out", help="A new folder.")],
    court: Annotated[Court, typer.Option("--court", help="Before which court it may go.")] = Court.ARBITRAZH,
    price: Annotated[str | None, typer.Option("--price", help="The price of the claim in roubles.")] = None,
    inn: Annotated[str | None, typer.Option("--inn", help="Your ИНН; else that of [operator].")] = None,
    ogrn: Annotated[str, typer.Option("--ogrn", help="Your ОГРН or ОГРНИП.")] = "",
    address: Annotated[str, typer.Option("--address", help="Your postal address.")] = "",
    done: Annotated[
        list[str] | None, typer.Option("--done", help="A step that is over without success, by its id; repeatable.")
    ] = None,
    bundle: Annotated[bool, typer.Option("--bundle/--no-bundle", help="Put the evidence beside the papers.")] = True,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a pack for a lawyer: chronology, exhibits, claim, motion, fee, skeleton of a suit, and the evidence.

    Each paper is there as page, .docx and PDF. Every blank is named, and 00-sostav lists them. What is not established
    is said to be so. Nothing is sent to anybody.

    Example: fairreview law pack 01a0e8 --out pack --court arbitrazh --price 120000
    """
    require_target(out)
    installation = installation_of(context)
    case = find_case(installation, review, account)
    papers = prepare_pack(
        installation.state,
        installation.artifacts,
        case,
        tell_case(installation, case.account_id, case.review_id),
        PackOrder(
            plaintiff=_plaintiff(installation.settings, inn, ogrn, address),
            court=court,
            price=_price(price),
            letters=letters_of(installation, case),
            done=known_steps(done),
            zone=installation.settings.installation.zone,
            has_bundle=bundle,
        ),
        law=load_known_law(),
    )
    told = _write(installation, case, papers, out, has_bundle=bundle)
    if as_json:
        output.print_json(told)
        return
    _tell(told)


def _write(
    installation: Installation, case: CaseRecord, papers: tuple[Paper, ...], out: Path, *, has_bundle: bool
) -> LawPack:
    """Writes papers and evidence into a new folder, once the log has noted them."""
    settings = installation.settings
    files, unprinted, unfit = _files(settings, installation.clock, papers)
    refuse_large(files, settings.law.largest_file)
    note_pack(installation.state, case, files, actor=person_of(settings))
    make_private_directory(out)
    for name, data in files:
        write_private(out / name, data)
    parts: tuple[str, ...] = ()
    if has_bundle:
        export_case(installation, case, out / _BUNDLE)
        parts = cut_file(out / _BUNDLE, settings.law.largest_file)
    return LawPack(
        written=str(out),
        papers=tuple(LawPaper(name=one.name, title=one.title, blanks=one.blanks) for one in papers),
        bundle=_BUNDLE if has_bundle else None,
        parts=parts,
        unprinted=unprinted,
        unfit=unfit,
    )


def _tell(told: LawPack) -> None:
    output.print_table(("paper", "about", "blanks"), ((p.name, p.title, str(len(p.blanks))) for p in told.papers))
    output.say(
        _("Written: {written}. Begin with 00-sostav: it names what to fill in and what is not established.").format(
            written=told.written
        )
    )
    if told.parts:
        output.say(
            _("The evidence is cut into {count} files; {how_to_join} says how to put it together.").format(
                count=len(told.parts), how_to_join=HOW_TO_JOIN
            )
        )
    if told.unprinted:
        output.say(_("No PDF was printed: `fairreview doctor` tells why no browser starts."), style="yellow")
    for reason in told.unfit:
        output.say(_("A plain PDF, not PDF/A: {reason}.").format(reason=reason), style="yellow")


def _files(
    settings: Settings, clock: Clock, papers: tuple[Paper, ...]
) -> tuple[list[tuple[str, bytes]], tuple[str, ...], tuple[str, ...]]:
    """Returns the files of the papers, those that were not printed, and why some prints are no PDF/A."""
    now = clock.now().astimezone(ZoneInfo(settings.installation.zone))
    files: list[tuple[str, bytes]] = []
    for paper in papers:
        page = paper.html.encode("utf-8", "backslashreplace")
        files.append((f"{paper.name}.html", page))
        files.append((f"{paper.name}.docx", write_docx(page.decode(), title=paper.title, made_at=now)))
    try:
        prints = print_pages(settings.browser, [paper.html for paper in papers])
    except PrintingFailed:
        return files, tuple(paper.name for paper in papers), ()
    files += [(f"{paper.name}.pdf", printed.pdf) for paper, printed in zip(papers, prints, strict=True)]
    unfit = [f"{paper.name}: {one.unfit}" for paper, one in zip(papers, prints, strict=True) if one.unfit]
    return files, (), tuple(unfit)


def _plaintiff(settings: Settings, inn: str | None, ogrn: str, address: str) -> Party:
    operator = settings.operator
    try:
        return Party(
            name=operator.organisation or operator.name,
            inn=operator.inn if inn is None else inn,
            ogrn=ogrn,
            address=address,
        )
    except ValueError as error:
        where = "--ogrn" if "ОГРН" in str(error) else "--inn" if inn is not None else "[operator] inn"
        raise SettingsError(
            _("the check digits of this number are wrong"), where=where, hint=_("Copy it again.")
        ) from error


def _price(text: str | None) -> Decimal | None:
    return None if text is None else read_roubles(text)
