"""``record``, ``replay`` and ``selectors check``: pages kept as cases, read again, and looked over."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.exits import ExitCode
from monitor.cli.flows import AgainstOption, ScenarioOption, SecondsOption, SeedOption, show_end
from monitor.cli.global_options import Globals
from monitor.cli.options import JsonOption
from monitor.cli.workshop import browser_wish, carry_out
from qa.orders import ON_MOCK, CheckOrder, Done, Place, RecordOrder, ReplayOrder, Subject

selectors_app = typer.Typer(help="The catalog of what the site's pages look like.", no_args_is_help=True)
app.add_typer(selectors_app, name="selectors")

SiteOption = Annotated[str, typer.Option("--site", help="The site's catalog.")]
CatalogsOption = Annotated[
    Path | None, typer.Option("--catalogs", help="Folder of the sites' catalogs, when not the packaged ones.")
]


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
    limit_seconds: SecondsOption = 120,
    as_json: JsonOption = False,
) -> None:
    """Save a page as a recorded case: source, states, picture and reading; secrets and people are masked.

    Example: fairreview record /my/orderlist --page orders --signed-in --out recorded
    """
    chosen: Globals = context.obj
    if not case.replace("-", "").replace("_", "").isalnum() or not case.isascii() or len(case) > 60:
        raise typer.BadParameter("letters, digits, - and _ only", param_hint="--case")
    order = RecordOrder(
        url=url,
        page=page,
        case=case,
        out=out.absolute(),
        is_signed_in=signed_in,
        place=Place(against=against, scenario=scenario, seed=seed),
        browser=browser_wish(chosen),
    )
    end = carry_out(order, limit_seconds=limit_seconds, is_debugging=chosen.is_debugging)
    raise typer.Exit(show_end(end, as_json=as_json))


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
        place=Place(site=site, catalogs=catalogs.absolute() if catalogs else None),
        browser=browser_wish(chosen),
    )
    end = carry_out(order, limit_seconds=limit_seconds, is_debugging=chosen.is_debugging)
    if isinstance(end, Done) and isinstance(end.data, dict) and not as_json:
        rows = [row for row in _list(end.data.get("cases")) if isinstance(row, dict)]
        output.print_table(("case", "reading", "flow"), ([str(value) for value in row.values()] for row in rows))
        for address in _list(end.data.get("refused")):
            output.say(f"refused, not recorded: {address}")
        raise typer.Exit(ExitCode.FINDINGS if end.has_findings else ExitCode.OK)
    raise typer.Exit(show_end(end, as_json=as_json))


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
    site: SiteOption = "ozon",
    catalogs: CatalogsOption = None,
    scenario: ScenarioOption = "calm",
    seed: SeedOption = None,
    limit_seconds: SecondsOption = 300,
    every: Annotated[bool, typer.Option("--all", help="Show every entry, not only those to look at.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Look which candidate of each selector still finds its element; propose a change, but never make one.

    Example: fairreview selectors check --against mock --snapshot good.json --patch proposed.diff
    """
    chosen: Globals = context.obj
    if save_snapshot and snapshot is None:
        raise typer.BadParameter("needs --snapshot FILE", param_hint="--save-snapshot")
    order = CheckOrder(
        place=Place(
            against=against,
            scenario=scenario,
            seed=seed,
            site=site,
            catalogs=catalogs.absolute() if catalogs else None,
        ),
        browser=browser_wish(chosen),
        subject=Subject(product_url=product, author_id=author, shop=shop),
        recorded=recorded.absolute() if recorded else None,
        pages=tuple(page or ()),
        snapshot=snapshot.absolute() if snapshot else None,
        saves_snapshot=save_snapshot,
        patch=patch.absolute() if patch else None,
    )
    end = carry_out(order, limit_seconds=limit_seconds, is_debugging=chosen.is_debugging)
    if isinstance(end, Done) and isinstance(end.data, dict) and not as_json:
        raise typer.Exit(_show_check(end.data, every=every, has_findings=end.has_findings))
    raise typer.Exit(show_end(end, as_json=as_json))


def _show_check(data: Mapping[str, object], *, every: bool, has_findings: bool) -> ExitCode:
    rows = [row for row in _list(data.get("entries")) if isinstance(row, dict)]
    shown = [row for row in rows if every or row["is_finding"]]
    output.print_table(
        ("entry", "use", "state", "counts", "drift", "proposal"),
        (
            (
                str(row["entry"]),
                str(row["use"]),
                str(row["state"]),
                " ".join(map(str, row["counts"])),
                str(row["drift"]),
                str(row["proposal"]),
            )
            for row in shown
        ),
    )
    for line in _list(data.get("unreached")):
        output.say(f"not reached: {line}")
    primary = sum(row["state"] == "primary" for row in rows)
    output.say(f"{len(rows)} entries looked for, {primary} found by their first candidate, {len(shown)} shown")
    if patch := data.get("patch"):
        output.print_text(str(patch))
        output.say("This is a proposal: a person reviews and applies it. No write uses it before.")
    return ExitCode.FINDINGS if has_findings else ExitCode.OK


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
