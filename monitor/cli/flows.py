"""``flow``: one named flow by itself, on a mock or on the site's public pages; for QA engineers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from pydantic import JsonValue

from flows.catalog.layers import Layers
from flows.catalog.loader import load_site
from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.exits import ExitCode
from monitor.cli.global_options import Globals
from monitor.cli.machine_output_qa import Flow, FlowRun
from monitor.cli.options import HeadedOption, JsonOption
from monitor.cli.workshop import browser_wish, carry_out, place_of
from monitor.language import gettext as _
from monitor.use_cases.catalogs import require_rules
from qa.flow_cards import flow_cards
from qa.orders import ON_MOCK, Done, FlowOrder, Place, Subject

flow_app = typer.Typer(help="Single flows by name, for QA engineers.", no_args_is_help=True)
app.add_typer(flow_app, name="flow")

AgainstOption = Annotated[
    str, typer.Option("--against", help="`mock` (one of its own), or an origin of the site or of a served mock.")
]
ScenarioOption = Annotated[str, typer.Option("--scenario", help="The mock's scenario: a name or a TOML file.")]
SeedOption = Annotated[int | None, typer.Option("--seed", help="Overrides the scenario's seed.")]
SecondsOption = Annotated[
    float, typer.Option("--limit-seconds", min=1, max=3600, help="After this everything is stopped.")
]


SiteOption = Annotated[str, typer.Option("--site", help="The site's catalog.")]
OwnSiteOption = Annotated[
    str | None,
    typer.Option("--site", help="The site's catalog; none takes that of the installation's accounts, else ozon."),
]
CatalogsOption = Annotated[
    Path | None, typer.Option("--catalogs", help="Folder of the sites' catalogs, when not the packaged ones.")
]


@flow_app.command("list")
def list_flows(
    context: typer.Context,
    *,
    site: SiteOption = "ozon",
    catalogs: CatalogsOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the flows that can be run by name.

    Example: fairreview flow list
    """
    place = place_of(context.obj, Place(site=site, catalogs=catalogs))
    if catalogs is not None:  # it is being written: all that is wrong with it is told
        require_rules(catalogs.absolute() / site)
    layers = Layers(place.layers) if place.layers is not None else None
    cards = flow_cards(load_site(site, folder=place.catalogs, layers=layers))
    if as_json:
        output.print_lines(
            Flow(name=n, title=c.title, is_writing=c.is_writing, needs=None if c.needs == "nobody" else c.needs)
            for n, c in cards.items()
        )
        return
    output.print_table(
        ("flow", "sends", "signed in as", "what it does"),
        (
            (name, _("yes") if card.is_writing else "-", "-" if card.needs == "nobody" else card.needs, card.title)
            for name, card in cards.items()
        ),
    )


@flow_app.command("run")
def run_flow(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The flow's name, see `fairreview flow list`.")],
    *,
    against: AgainstOption = ON_MOCK,
    scenario: ScenarioOption = "calm",
    seed: SeedOption = None,
    site: SiteOption = "ozon",
    catalogs: CatalogsOption = None,
    product: Annotated[str | None, typer.Option(help="Address of the product; picked on a mock.")] = None,
    review: Annotated[str | None, typer.Option(help="The site's id of the review; picked on a mock.")] = None,
    order: Annotated[str | None, typer.Option(help="Number of the order.")] = None,
    author: Annotated[str | None, typer.Option(help="The site's id of the author.")] = None,
    shop: Annotated[str | None, typer.Option(help="The shop's name in its address.")] = None,
    identity: Annotated[str | None, typer.Option(help="Which identity signs in.")] = None,
    trace: Annotated[
        Path | None, typer.Option("--trace", help="Folder for Playwright traces, without secrets.")
    ] = None,
    limit_seconds: SecondsOption = 300,
    headed: HeadedOption = False,
    as_json: JsonOption = False,
) -> None:
    """Run one flow and print its steps; one that sends something runs on a mock only.

    Example: fairreview flow run read_reviews --against mock --scenario faulty --trace traces
    """
    chosen: Globals = context.obj
    asked = FlowOrder(
        name=name,
        place=place_of(chosen, Place(against=against, scenario=scenario, seed=seed, site=site, catalogs=catalogs)),
        browser=browser_wish(chosen, is_headed=headed),
        subject=Subject(
            product_url=product, review_id=review, order_number=order, author_id=author, shop=shop, identity=identity
        ),
        trace=trace.absolute() if trace is not None else None,
    )
    end = carry_out(asked, limit_seconds=limit_seconds, is_debugging=chosen.is_debugging)
    if not isinstance(end, Done):
        raise typer.Exit(end)
    if as_json:
        output.print_json(FlowRun(flow=name, has_findings=end.has_findings, data=end.data))
    else:
        show_data(end.data)
    raise typer.Exit(exit_code_of_done(end))


def show_data(data: JsonValue) -> None:
    """Prints what was read or made, as a table."""
    rows = data if isinstance(data, list) else [data]
    for row in rows:
        told = row.items() if isinstance(row, dict) else [("", row)]
        output.print_table(("what", "value"), ((key, str(value)) for key, value in told))


def exit_code_of_done(end: Done) -> ExitCode:
    """Returns 1 where somebody should look."""
    return ExitCode.FINDINGS if end.has_findings else ExitCode.OK
