"""``record``, ``replay`` and ``selectors check``: pages kept as cases, read again, and looked over."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.catalog.layers import STANDING_HINTS, Layers, Standing
from flows.catalog.loader import examine_layers
from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.exits import ExitCode
from monitor.cli.flows import (
    AgainstOption,
    CatalogsOption,
    OwnSiteOption,
    ScenarioOption,
    SecondsOption,
    SeedOption,
    SiteOption,
    exit_code_of_done,
    show_data,
)
from monitor.cli.global_options import Globals
from monitor.cli.machine_output_qa import Recorded, Replayed, SelectorCheck
from monitor.cli.options import AccountOption, JsonOption
from monitor.cli.workshop import DEFAULT_SITE, browser_wish, carry_out, layers_of, place_of, site_of
from monitor.config.finding import find_home
from monitor.files.targets import require_target
from monitor.language import gettext as _
from qa.orders import ON_MOCK, CheckOrder, Done, Place, RecordOrder, ReplayOrder, Subject
from qa.picture_names import PROPOSALS

selectors_app = typer.Typer(help="The catalog of what the site's pages look like.", no_args_is_help=True)
app.add_typer(selectors_app, name="selectors")


@app.command("record")
def record(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The page's address; a path alone is one of the site's.")],
    *,
    page: Annotated[str, typer.Option(help="What kind of page it is, as the catalog names it.")],
    case: Annotated[str, typer.Option(help="Name of the case; letters, digits, - and _.")] = "recorded",
    out: Annotated[Path, typer.Option(help="Folder of the recorded pages.")] = Path("recorded"),
    signed_in: Annotated[
        bool, typer.Option("--signed-in", help="As the mock's first account; on a mock only.")
    ] = False,
    against: AgainstOption = ON_MOCK,
    scenario: ScenarioOption = "calm",
    seed: SeedOption = None,
    site: SiteOption = "ozon",
    catalogs: CatalogsOption = None,
    limit_seconds: SecondsOption = 120,
    as_json: JsonOption = False,
) -> None:
    """Save a page as a recorded case: source, states, picture and reading; secrets and people are masked.

    Example: fairreview record /my/orderlist --page orders --signed-in --out recorded
    """
    chosen: Globals = context.obj
    if not case.replace("-", "").replace("_", "").isalnum() or not case.isascii() or len(case) > 60:
        raise typer.BadParameter(_("letters, digits, - and _ only"), param_hint="--case")
    order = RecordOrder(
        url=url,
        page=page,
        case=case,
        out=out.absolute(),
        is_signed_in=signed_in,
        place=place_of(chosen, Place(against=against, scenario=scenario, seed=seed, site=site, catalogs=catalogs)),
        browser=browser_wish(chosen),
    )
    end = carry_out(order, limit_seconds=limit_seconds, is_debugging=chosen.is_debugging)
    if not isinstance(end, Done):
        raise typer.Exit(end)
    if as_json:
        output.print_json(Recorded.model_validate(end.data))
    else:
        show_data(end.data)
    raise typer.Exit(exit_code_of_done(end))


@app.command("replay")
def replay(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A recorded case, or a folder of them.")],
    *,
    pure: Annotated[bool, typer.Option("--pure", help="Only the readings, without a browser.")] = False,
    site: SiteOption = "ozon",
    catalogs: CatalogsOption = None,
    limit_seconds: SecondsOption = 300,
    as_json: JsonOption = False,
) -> None:
    """Read recorded pages again, purely and by their flows, without a network; exit code 1 when a reading differs.

    Example: fairreview replay recorded
    """
    chosen: Globals = context.obj
    order = ReplayOrder(
        folder=folder.absolute(),
        is_pure=pure,
        place=place_of(chosen, Place(site=site, catalogs=catalogs)),
        browser=browser_wish(chosen),
    )
    end = carry_out(order, limit_seconds=limit_seconds, is_debugging=chosen.is_debugging)
    if not isinstance(end, Done):
        raise typer.Exit(end)
    replayed = Replayed.model_validate(end.data)
    if as_json:
        output.print_json(replayed)
    else:
        rows = ((one.case, one.reading, ": ".join(filter(None, (one.flow, one.detail)))) for one in replayed.cases)
        output.print_table(("case", "reading", "flow"), ([cell.replace("_", " ") for cell in row] for row in rows))
        _tell_differences(replayed)
        for address in replayed.refused:
            output.say(_("refused, not recorded: {address}").format(address=address))
    raise typer.Exit(exit_code_of_done(end))


def _tell_differences(replayed: Replayed) -> None:
    nothing = _("nothing")
    rows = [
        (one.case, differs.row or _("the page"), differs.field, differs.was or nothing, differs.now or nothing)
        for one in replayed.cases
        for differs in one.differences
    ]
    if rows:
        output.print_table(("case", "review", "field", "was", "now"), rows)
    for one in replayed.cases:
        if one.differences_left_out:
            told = _("{case}: {count} more differences are not shown")
            output.say(told.format(case=one.case, count=one.differences_left_out))


@selectors_app.command("check")
def check(
    context: typer.Context,
    *,
    against: AgainstOption = ON_MOCK,
    recorded: Annotated[Path | None, typer.Option(help="Look at recorded pages instead.")] = None,
    page: Annotated[list[str] | None, typer.Option(help="Only this page; may be repeated.")] = None,
    product: Annotated[str | None, typer.Option(help="Address of the product to look at; picked on a mock.")] = None,
    author: Annotated[str | None, typer.Option(help="The site's id of an author to look at.")] = None,
    shop: Annotated[str | None, typer.Option(help="The shop's name in its address.")] = None,
    snapshot: Annotated[
        Path | None, typer.Option(help="How everything looked when all was well; drift is told against it.")
    ] = None,
    save_snapshot: Annotated[bool, typer.Option("--save-snapshot", help="Write what is seen now there.")] = False,
    patch: Annotated[Path | None, typer.Option(help="Write the proposed change there, as a diff to review.")] = None,
    site: OwnSiteOption = None,
    catalogs: CatalogsOption = None,
    scenario: ScenarioOption = "calm",
    seed: SeedOption = None,
    limit_seconds: SecondsOption = 300,
    every: Annotated[bool, typer.Option("--all", help="Show every entry, not only those to look at.")] = False,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look which candidate of each selector still finds its element; propose a change, but never make one.

    With an installation, its own overrides count, each is told that the package has caught up with, and every proposal
    is kept with its two pictures for `catalog adopt`. `selectors check` is another name of `catalog check`.

    Example: fairreview catalog check --against mock --snapshot good.json --patch proposed.diff
    """
    chosen: Globals = context.obj
    layers = layers_of(find_home(chosen.home), account)
    site = site_of(chosen, site, account) if catalogs is None else site or DEFAULT_SITE
    _require_targets(snapshot, patch, saves_snapshot=save_snapshot)
    order = CheckOrder(
        place=place_of(
            chosen,
            Place(against=against, scenario=scenario, seed=seed, site=site, catalogs=catalogs),
            account=account,
        ),
        browser=browser_wish(chosen),
        subject=Subject(product_url=product, author_id=author, shop=shop),
        recorded=recorded.absolute() if recorded else None,
        pages=tuple(page or ()),
        snapshot=snapshot.absolute() if snapshot else None,
        saves_snapshot=save_snapshot,
        patch=patch.absolute() if patch else None,
        proposals=layers.folder / site / PROPOSALS if layers else None,
    )
    has_caught_up = _tell_standings(site, layers) if layers is not None and catalogs is None else False
    end = carry_out(order, limit_seconds=limit_seconds, is_debugging=chosen.is_debugging)
    if not isinstance(end, Done):
        raise typer.Exit(end)
    found = SelectorCheck.model_validate(end.data)
    if as_json:
        output.print_json(found)
    else:
        _show_check(found, every=every)
    raise typer.Exit(ExitCode.FINDINGS if has_caught_up else exit_code_of_done(end))


def _require_targets(snapshot: Path | None, patch: Path | None, *, saves_snapshot: bool) -> None:
    if saves_snapshot and snapshot is None:
        raise typer.BadParameter(_("needs --snapshot FILE"), param_hint="--save-snapshot")
    if saves_snapshot and snapshot is not None:
        require_target(snapshot, field="snapshot", may_replace=True)
    if patch is not None:
        require_target(patch, field="patch", may_replace=True)


def _tell_standings(site: str, layers: Layers) -> bool:
    """Tells of each override that no longer stands as it was taken; returns whether there is one."""
    off = [one for one in examine_layers(site, layers=layers) if one.standing is not Standing.IN_FORCE]
    for one in off:
        output.say(f"{one.placed.layer}: {one.placed.name}: {STANDING_HINTS[one.standing]}")
    return bool(off)


def _show_check(found: SelectorCheck, *, every: bool) -> None:
    shown = [row for row in found.entries if every or row.is_finding]
    output.print_table(
        ("entry", "use", "state", "counts", "drift", "proposal"),
        (
            (
                row.entry,
                row.use,
                row.state,
                " ".join(map(str, row.counts)),
                row.drift or "",
                row.proposal or "",
            )
            for row in shown
        ),
    )
    for line in found.unreached:
        output.say(_("not reached: {line}").format(line=line))
    primary = sum(row.state == "primary" for row in found.entries)
    output.say(
        _("{count} entries looked for, {primary} found by their first candidate, {count_2} shown").format(
            count=len(found.entries), primary=primary, count_2=len(shown)
        )
    )
    if found.patch:
        output.print_text(found.patch)
        output.say(_("This is a proposal: a person reviews and applies it. No write uses it before."))
