"""``mock serve``: the built-in small Ozon, for tests and for trying things out."""

from __future__ import annotations

import errno
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from mock_site.scenarios import ScenarioError, load_scenario, scenario_names
from monitor.cli import output
from monitor.cli.application import app
from monitor.errors import SettingsError

if TYPE_CHECKING:
    from mock_site.server import MockSite

_PORT, _CONTROL_PORT = 8080, 8081  # fixed, so that an installation still finds the mock tomorrow
_MOST_PRODUCTS = 5  # whose addresses are printed

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
    port: Annotated[int, typer.Option(min=0, max=65535, help="The site's port; 0 picks a free one.")] = _PORT,
    control_port: Annotated[
        int, typer.Option(min=0, max=65535, help="The control API's port; 0 picks a free one.")
    ] = _CONTROL_PORT,
) -> None:
    """Serve the mock site on loopback until Ctrl-C; says how to sign in, and how an installation watches it.

    Example: fairreview mock serve --scenario demo --scenario frames --seed 7
    """
    from mock_site.server import serve_forever  # noqa: PLC0415 - a web server, which no other command needs

    try:
        chosen = load_scenario(*(scenario or ["calm"])).resized(seed=seed, products=products, reviews=reviews)
    except ScenarioError as error:
        raise SettingsError(str(error), where="--scenario", hint=f"Known: {', '.join(scenario_names())}") from error
    try:
        serve_forever(
            chosen.world,
            chosen.switches,
            schedule=chosen.changes,
            port=port,
            control_port=control_port,
            on_ready=_announce,
        )
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise SettingsError(
            f"a port is taken ({port} or {control_port}): another mock, perhaps",
            where="--port",
            hint="End the other program, or take free ones: `fairreview mock serve --port 0 --control-port 0`.",
        ) from error


def _announce(site: MockSite) -> None:
    world = site.world
    for name, origin in (*site.origins.items(), ("control", site.control_url)):
        output.print_text(f"{name}: {origin}")
    output.print_text(f"seed: {world.options.seed}")
    account = world.options.accounts[0]
    output.print_text(f"login: {account.email}")
    output.print_text(f"shown when signed in: {account.name}")
    first = [f"{site.origins['www']}/product/{one.slug}-{one.sku}/" for one in world.products(0, _MOST_PRODUCTS)]
    for address in first:
        output.print_text(f"product: {address}")
    size = f"{world.options.products} products, about {world.options.reviews_per_product} reviews each"
    output.say(f"{size}. The code of a sign-in is printed here when it is sent. Ctrl-C ends the mock.")
    output.say("To watch it from another terminal:", style="bold")
    origins = " ".join(f"--origin {name}={origin}" for name, origin in site.origins.items())
    output.say(
        f"  fairreview --home fairreview-mock init --account mock --product {first[0]} --login {account.email} "
        f'--witness "{account.name}" {origins}'
    )
    output.say("or these lines in the config.toml of an installation:", style="bold")
    table = ", ".join(f'{name} = "{origin}"' for name, origin in site.origins.items())
    output.print_text(f"[sites.ozon]\norigins = {{ {table} }}\nrequests_per_minute = 3000")
    sys.stdout.flush()
    world.sign_ins.tell_code = lambda login, code: output.say(f"The code for {login}: {code}", style="bold green")
