"""``product`` and ``account``: what is watched, for whom. They change ``config.toml`` and keep its comments."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Annotated

import typer

from monitor.bootstrap import Installation
from monitor.cli import asking, output
from monitor.cli.application import app
from monitor.cli.init import LoginOption, ProductsOption, SignInKind, SignInOption, WitnessOption
from monitor.cli.init_answers import account_name, login_of, shown_name
from monitor.cli.machine_output import Account, Product
from monitor.cli.options import AccountOption, JsonOption, choose_account, chosen_accounts, installation_of
from monitor.cli.product_lists import require_products
from monitor.config.sections import AccountSection, IdentitySection
from monitor.errors import SettingsError
from monitor.watching.roster import read_roster

product_app = typer.Typer(help="The products that are watched.", no_args_is_help=True)
account_app = typer.Typer(help="Accounts, and the machine each is at home on.", no_args_is_help=True)
app.add_typer(product_app, name="product")
app.add_typer(account_app, name="account")

ProductArguments = Annotated[
    list[str], typer.Argument(help="Addresses or numbers, as they are copied, or files of them.")
]


@product_app.command("list")
def list_products(context: typer.Context, *, account: AccountOption = None, as_json: JsonOption = False) -> None:
    """List the products that are watched.

    Example: fairreview product list
    """
    installation = installation_of(context)
    chosen = chosen_accounts(installation.settings, account)
    with installation.state.read() as tx:
        titles = {(one.name, stored.sku): stored.title for one in chosen for stored in tx.products.all(one.name)}
    rows = [
        Product(account=section.name, sku=sku, title=titles.get((section.name, sku)) or None, url=url)
        for section in chosen
        for sku, url in _resolved(installation, section).items()
    ]
    if as_json:
        output.print_lines(rows)
    else:
        told = ((row.account, row.sku, row.title or "", row.url) for row in rows)
        output.print_table(("account", "sku", "title", "url"), told)


@product_app.command("add")
def add_products(context: typer.Context, *, product: ProductArguments, account: AccountOption = None) -> None:
    """Watch further products. A running `watch` takes them up.

    Example: fairreview product add https://www.ozon.ru/product/mug-1600000001/
    """
    installation = installation_of(context)
    section = choose_account(installation.settings, installation.home, account)
    known = _resolved(installation, section)
    wanted = {sku: url for one in product for sku, url in _named(installation, section, one).items()}
    fresh = {sku: url for sku, url in wanted.items() if sku not in known}
    _editing().set_products(installation.home.config, section.name, [*section.products, *fresh.values()])
    output.say(f"{section.name}: {len(fresh)} added, {len(known) + len(fresh)} watched now.", style="green")
    if len(fresh) < len(wanted):
        output.say(f"{len(wanted) - len(fresh)} were watched already.")


@product_app.command("remove")
def remove_products(context: typer.Context, *, product: ProductArguments, account: AccountOption = None) -> None:
    """Watch these products no longer. What is stored about them stays.

    Example: fairreview product remove 1600000001
    """
    installation = installation_of(context)
    section = choose_account(installation.settings, installation.home, account)
    leaving = {sku for one in product for sku in _named(installation, section, one)}
    if strangers := leaving - set(_resolved(installation, section)):
        raise SettingsError(
            f"{', '.join(sorted(strangers))}: not watched",
            where="PRODUCT",
            hint="`fairreview product list` shows them.",
        )
    left = [one for one in section.products if not leaving & set(_resolved_line(installation, section, one))]
    _editing().set_products(installation.home.config, section.name, left)
    output.say(f"{section.name}: {len(leaving)} removed, {len(left)} watched now. What is stored stays.", style="green")


@account_app.command("list")
def list_accounts(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """List the accounts of this installation.

    Example: fairreview account list
    """
    installation = installation_of(context)
    rows = [_account_as_data(section) for section in installation.settings.account]
    if as_json:
        output.print_lines(rows)
    else:
        columns = ("account", "site", "products", "signs in as", "how")
        told = ((one.account, one.site, str(one.products), one.login or "", one.sign_in or "") for one in rows)
        output.print_table(columns, told)


@account_app.command("add")
def add(  # one option a field of the account
    context: typer.Context,
    *,
    name: Annotated[str, typer.Argument(help="What it is called: my-shop, «Мой магазин».")],
    login: LoginOption = None,
    sign_in: SignInOption = SignInKind.CODE,
    witness: WitnessOption = None,
    product: ProductsOption = None,
) -> None:
    """Add a further account. A running `watch` takes it up.

    Example: fairreview account add second-shop --login you@example.com
    """
    installation = installation_of(context)
    short = account_name(name)
    if any(section.name == short for section in installation.settings.account):
        raise SettingsError(
            f"there is an account {short} already", where="NAME", hint="`fairreview account list` shows them."
        )
    if login is None and sign_in is not SignInKind.HAND_OVER:
        if not asking.is_terminal():
            raise SettingsError("a login is needed", where="--login", hint="Phone or e-mail that signs in on ozon.ru.")
        login = asking.ask("Phone or e-mail that signs in on ozon.ru", login_of)
    identity = IdentitySection(
        login="" if login is None else login_of(login), sign_in=sign_in.value, witness=shown_name(witness or "")
    )
    section = AccountSection(name=short, identities={"site_profile": identity})
    found = {sku: url for one in product or () for sku, url in _named(installation, section, one).items()}
    _editing().add_account(installation.home.config, section.model_copy(update={"products": tuple(found.values())}))
    output.say(f"Added: {short}, {len(found)} products.", style="green")
    output.say(f"Next: `fairreview login --account {short}`.")


@account_app.command("remove")
def remove(
    context: typer.Context,
    *,
    account: Annotated[str, typer.Argument(help="Its short name.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take an account out of the settings. Reviews, evidence and log of it stay.

    Example: fairreview account remove second-shop
    """
    installation = installation_of(context)
    section = installation.settings.find_account(account)
    if not yes:
        if not asking.is_terminal():
            raise SettingsError("Cannot ask: standard input is not a terminal.", where="--yes", hint="Say --yes.")
        if not asking.agrees(f"Take {section.name} with {len(section.products)} products out of the settings?"):
            output.say("Nothing was changed.")
            return
    _editing().remove_account(installation.home.config, section.name)
    output.say(f"Removed: {section.name}. What is stored about it stays.")


def _editing() -> ModuleType:
    """Loads what changes the file: its library is needed by these commands alone."""
    from monitor.config import editing  # noqa: PLC0415 - see above

    return editing


def _named(installation: Installation, section: AccountSection, given: str) -> Mapping[str, str]:
    return require_products(installation.site(section.site), given, where="PRODUCT")


def _resolved(installation: Installation, section: AccountSection) -> Mapping[str, str]:
    return read_roster(section, installation.site(section.site)).products


def _resolved_line(installation: Installation, section: AccountSection, line: str) -> Mapping[str, str]:
    """Returns what one line of the settings names: nothing where it cannot be read."""
    return _resolved(installation, section.model_copy(update={"products": (line,)}))


def _account_as_data(section: AccountSection) -> Account:
    identity = next(iter(section.identities.values()), None)
    return Account(
        account=section.name,
        site=section.site,
        products=len(section.products),
        login=(identity.login or None) if identity else None,
        sign_in=identity.sign_in if identity else None,
    )
