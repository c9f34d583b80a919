"""``mock serve``: the built-in sites, for tests and for trying things out."""

from __future__ import annotations

import errno
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from mock_site.scenarios import ScenarioError, load_scenario, scenario_names
from mock_site.skins import CATALOGS, OZON, SKIN_NAMES, find_skin
from monitor.cli import output
from monitor.cli.application import app
from monitor.errors import SettingsError
from monitor.language import gettext as _

if TYPE_CHECKING:
    from mock_site.server import MockSite
    from mock_site.skins.skin import SiteSkin

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
            help=_("A name ({names}) or a TOML file; repeat to lay one on top. None: calm.").format(
                names=", ".join(scenario_names())
            )
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Everything generated follows from it.")] = None,
    products: Annotated[int | None, typer.Option(min=1, help="How many products.")] = None,
    reviews: Annotated[int | None, typer.Option(min=0, help="About how many reviews a product.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The site's port; 0 picks a free one.")] = _PORT,
    control_port: Annotated[
        int, typer.Option(min=0, max=65535, help="The control API's port; 0 picks a free one.")
    ] = _CONTROL_PORT,
    site: Annotated[
        str, typer.Option(help=_("Which site it shows: {names}.").format(names=", ".join(SKIN_NAMES)))
    ] = OZON,
) -> None:
    """Serve the mock site on loopback until Ctrl-C; says how to sign in, and how an installation watches it.

    Shopette is an invented shop, quite unlike Ozon: a site to try a catalog of one's own on.

    Example: fairreview mock serve --scenario demo --scenario frames --seed 7
    """
    from mock_site.server import serve_forever  # noqa: PLC0415 - a web server, which no other command needs

    skin = _skin_named(site)
    try:
        chosen = load_scenario(*(scenario or ["calm"])).resized(seed=seed, products=products, reviews=reviews)
    except ScenarioError as error:
        raise SettingsError(
            str(error),
            where="--scenario",
            hint=_("Known: {scenario_names}").format(scenario_names=", ".join(scenario_names())),
        ) from error
    try:
        serve_forever(
            chosen.world,
            chosen.switches,
            skin=skin,
            schedule=chosen.changes,
            port=port,
            control_port=control_port,
            on_ready=_announce,
        )
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise SettingsError(
            _("a port is taken ({port} or {control_port}): another mock, perhaps").format(
                port=port, control_port=control_port
            ),
            where="--port",
            hint=_("End the other program, or take free ones: `fairreview mock serve --port 0 --control-port 0`."),
        ) from error


def _skin_named(site: str) -> SiteSkin:
    if site not in SKIN_NAMES:
        raise SettingsError(
            _("the mock does not show {site!r}").format(site=site[:60]),
            where="--site",
            hint=_("It shows: {sites}").format(sites=", ".join(SKIN_NAMES)),
        )
    return find_skin(site)


def _announce(site: MockSite) -> None:
    world = site.world
    for name, origin in (*site.origins.items(), ("control", site.control_url)):
        output.print_text(f"{name}: {origin}")
    output.print_text(_("seed: {seed}").format(seed=world.options.seed))
    account = world.options.accounts[0]
    output.print_text(_("login: {email}").format(email=account.email))
    output.print_text(_("shown when signed in: {account}").format(account=account.name))
    output.print_text(_("shown in the cabinet: {company}").format(company=account.company))
    output.print_text(
        _("Seller API: Client-Id {client_id}, key {key}").format(client_id=account.client_id, key=account.api_key)
    )
    first = [site.product_url(one) for one in world.products(0, _MOST_PRODUCTS)]
    for address in first:
        output.print_text(_("product: {address}").format(address=address))
    size = _("{products} products, about {reviews_per_product} reviews each").format(
        products=world.options.products, reviews_per_product=world.options.reviews_per_product
    )
    output.say(
        _("{size}. The code of a sign-in is printed here when it is sent. Ctrl-C ends the mock.").format(size=size)
    )
    if site.skin.name == OZON:
        _tell_init(site, first[0])
    else:
        _tell_catalog(site, first[0])
    table = ", ".join(f'{name} = "{origin}"' for name, origin in site.origins.items())
    output.print_text(f"[sites.{site.skin.name}]\norigins = {{ {table} }}\nrequests_per_minute = 3000")
    sys.stdout.flush()
    world.sign_ins.tell_code = lambda login, code: output.say(
        _("The code for {login}: {code}").format(login=login, code=code), style="bold green"
    )


def _tell_init(site: MockSite, product: str) -> None:
    account = site.world.options.accounts[0]
    output.say(_("To watch it from another terminal:"), style="bold")
    origins = " ".join(f"--origin {name}={origin}" for name, origin in site.origins.items())
    output.say(
        _(
            "  fairreview --home fairreview-mock init --account mock --product {first} --login {email} "
            '--witness "{account}" {origins}'
        ).format(first=product, email=account.email, account=account.name, origins=origins)
    )
    output.say(_("or these lines in the config.toml of an installation:"), style="bold")


def _tell_catalog(site: MockSite, product: str) -> None:
    name = site.skin.name
    origin = site.origins[site.skin.hosts[0]]
    output.say(_("To read it from another terminal:"), style="bold")
    output.say(f"  fairreview flow run read_reviews --site {name} --against {origin} --product {product}")
    output.say(_("Its catalog, for `fairreview catalog adopt --folder`: {folder}").format(folder=CATALOGS / name))
    output.say(_("and these lines in the config.toml of an installation:"), style="bold")
