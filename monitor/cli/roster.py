"""``product`` and ``account``: what is watched, for whom. They change ``config.toml`` and keep its comments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from monitor.bootstrap import Installation
from monitor.cli import asking, output
from monitor.cli.application import app
from monitor.cli.exits import ExitCode
from monitor.cli.init import LoginOption, ProductsOption, SignInKind, SignInOption, WitnessOption
from monitor.cli.machine_output import Account, Product
from monitor.cli.options import AccountOption, JsonOption, choose_account, chosen_accounts, installation_of
from monitor.config.sections import AccountSection, IdentitySection
from monitor.errors import SettingsError
from monitor.language import gettext as _
from monitor.use_cases import roster
from monitor.use_cases.first_run import DEFAULT_SITE, account_name, login_of, shown_name
from monitor.use_cases.product_lists import require_products, take_products

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

    Lines of a list or file that name no product are told, and the others are taken: the exit code is 1 then.

    Example: fairreview product add https://www.ozon.ru/product/mug-1600000001/
    """
    installation = installation_of(context)
    section = choose_account(installation.settings, installation.home, account)
    site = installation.site(section.site)
    named = [take_products(site, one, where="PRODUCT") for one in product]
    wanted = {sku: url for one in named for sku, url in one.by_sku.items()}
    done = roster.add_products(installation.home.config, section, site, wanted)
    output.say(
        _("{section}: {count} added, {count_2} watched now.").format(
            section=section.name, count=done.changed, count_2=done.watched
        ),
        style="green",
    )
    if done.known:
        output.say(_("{count} were watched already.").format(count=done.known))
    unread = [line.told for one in named for line in one.unread]
    for line in unread:
        output.say(_("Not taken: {line}").format(line=line), style="yellow")
    if unread:
        raise typer.Exit(ExitCode.FINDINGS)


@product_app.command("remove")
def remove_products(context: typer.Context, *, product: ProductArguments, account: AccountOption = None) -> None:
    """Watch these products no longer. What is stored about them stays.

    Example: fairreview product remove 1600000001
    """
    installation = installation_of(context)
    section = choose_account(installation.settings, installation.home, account)
    leaving = {sku for one in product for sku in _named(installation, section, one)}
    done = roster.remove_products(installation.home.config, section, installation.site(section.site), leaving)
    output.say(
        _("{section}: {count} removed, {count_2} watched now. What is stored stays.").format(
            section=section.name, count=done.changed, count_2=done.watched
        ),
        style="green",
    )


@product_app.command("pause")
def pause_products(
    context: typer.Context,
    *,
    product: ProductArguments,
    account: AccountOption = None,
    off: Annotated[bool, typer.Option("--off", help="Take them up again.")] = False,
) -> None:
    """Leave these products unread for now; they stay in the settings. `--off` takes them up again.

    Example: fairreview product pause 1600000001
    """
    installation = installation_of(context)
    section = choose_account(installation.settings, installation.home, account)
    skus = {sku for one in product for sku in _named(installation, section, one)}
    site = installation.site(section.site)
    done = roster.pause_products(installation.home.config, section, site, skus, is_paused=not off)
    told = _("{section}: {count} taken up.") if off else _("{section}: {count} paused.")
    output.say(told.format(section=section.name, count=done.changed), style="green")


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
    site: Annotated[str, typer.Option(help="The account's site; one of your own is taken first.")] = DEFAULT_SITE,
) -> None:
    """Add a further account. A running `watch` takes it up.

    Example: fairreview account add second-shop --login you@example.com
    """
    installation = installation_of(context)
    short = account_name(name)
    if login is None and sign_in is not SignInKind.HAND_OVER:
        if not asking.is_terminal():
            raise SettingsError(
                _("a login is needed"), where="--login", hint=_("Phone or e-mail that signs in on ozon.ru.")
            )
        login = asking.ask(_("Phone or e-mail that signs in on ozon.ru"), login_of)
    identity = IdentitySection(
        login="" if login is None else login_of(login), sign_in=sign_in.value, witness=shown_name(witness or "")
    )
    section = AccountSection(name=short, site=site)
    found = {sku: url for one in product or () for sku, url in _named(installation, section, one).items()}
    catalog = installation.site(site)
    roster.add_account(installation.home.config, installation.settings, short, identity, found, site=catalog)
    output.say(_("Added: {short}, {count} products.").format(short=short, count=len(found)), style="green")
    output.say(_("Next: `fairreview login --account {short}`.").format(short=short))


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
            raise SettingsError(_("Cannot ask: standard input is not a terminal."), where="--yes", hint=_("Say --yes."))
        if not asking.agrees(
            _("Take {section} with {count} products out of the settings?").format(
                section=section.name, count=len(section.products)
            )
        ):
            output.say(_("Nothing was changed."))
            return
    roster.remove_account(installation.home.config, section.name)
    output.say(_("Removed: {section}. What is stored about it stays.").format(section=section.name))


@account_app.command("pause")
def pause(
    context: typer.Context,
    *,
    account: Annotated[str, typer.Argument(help="Its short name.")],
    off: Annotated[bool, typer.Option("--off", help="Take it up again.")] = False,
) -> None:
    """Let nobody visit an account by itself for now; what is stored stays. `--off` takes it up again.

    Example: fairreview account pause second-shop
    """
    installation = installation_of(context)
    section = installation.settings.find_account(account)
    roster.pause_account(installation.home.config, section.name, is_paused=not off)
    told = _("{section}: taken up.") if off else _("{section}: paused.")
    output.say(told.format(section=section.name), style="green")


def _named(installation: Installation, section: AccountSection, given: str) -> Mapping[str, str]:
    return require_products(installation.site(section.site), given, where="PRODUCT")


def _resolved(installation: Installation, section: AccountSection) -> Mapping[str, str]:
    return roster.watched_by(section, installation.site(section.site))


def _account_as_data(section: AccountSection) -> Account:
    identity = next(iter(section.identities.values()), None)
    return Account(
        account=section.name,
        site=section.site,
        products=len(section.products),
        login=(identity.login or None) if identity else None,
        sign_in=identity.sign_in if identity else None,
    )
