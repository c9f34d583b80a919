"""``mock serve``: the built-in small Ozon, for tests and for trying things out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mock_site.scenarios import ScenarioError, load_scenario, scenario_names
from monitor.cli import output
from monitor.cli.application import app
from monitor.errors import SettingsError

if TYPE_CHECKING:
    from mock_site.server import MockSite

mock_app = typer.Typer(help="The mock site.", no_args_is_help=True)
app.add_typer(mock_app, name="mock")


@mock_app.command("serve")
def serve(
    *,
    scenario: Annotated[
        list[str] | None,
        typer.Option(
            help=f"A name ({', '.join(scenario_names())}) or a TOML file; repeat to lay one on top. None: calm."
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Everything generated follows from it.")] = None,
    products: Annotated[int | None, typer.Option(min=1, help="How many products.")] = None,
    reviews: Annotated[int | None, typer.Option(min=0, help="About how many reviews a product.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The site's port; 0 picks a free one.")] = 0,
    control_port: Annotated[int, typer.Option(min=0, max=65535, help="The control API's port.")] = 0,
) -> None:
    """Serve the mock site on loopback until Ctrl-C.

    Example: fairreview mock serve --scenario demo --scenario frames --seed 7
    """
    from mock_site.server import serve_forever  # noqa: PLC0415 - a web server, which no other command needs

    try:
        chosen = load_scenario(*(scenario or ["calm"])).resized(seed=seed, products=products, reviews=reviews)
    except ScenarioError as error:
        raise SettingsError(str(error), where="--scenario", hint=f"Known: {', '.join(scenario_names())}") from error
    serve_forever(
        chosen.world,
        chosen.switches,
        schedule=chosen.changes,
        port=port,
        control_port=control_port,
        on_ready=_announce,
    )


def _announce(site: MockSite) -> None:
    for name, origin in (*site.origins.items(), ("control", site.control_url)):
        output.print_text(f"{name}: {origin}")
    options = site.world.options
    output.print_text(f"seed: {options.seed}")
    output.say(f"{options.products} products, about {options.reviews_per_product} reviews each. Ctrl-C ends it.")
