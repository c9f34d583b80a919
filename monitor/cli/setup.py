"""``init`` and ``doctor``: make an installation, and look over what could go wrong."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from flows.catalog.addresses import read_products
from flows.catalog.loader import load_site
from monitor import doctor as check_up
from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.exits import ExitCode
from monitor.cli.global_options import Globals
from monitor.cli.options import JsonOption, installation
from monitor.config.settings import Settings, default_settings, find_home, load_settings
from monitor.config.template import write_config
from monitor.errors import SecretsUnavailable, SettingsError
from monitor.private_files import read_passphrase
from monitor.secrets import AccountSecrets, create_store, probe_keyring
from monitor.watching.roster import how_to_name

SITE = "ozon"  # the one whose accounts are asked for; another is written into the configuration by hand


class SecretsKind(StrEnum):
    """Where the key of the secret store lives."""

    KEYRING = "keyring"
    FILE = "file"


class SignInKind(StrEnum):
    """How an identity signs in."""

    CODE = "code"
    TOTP = "totp"
    HAND_OVER = "hand_over"


@app.command("init")
def init(
    context: typer.Context,
    *,
    account: Annotated[str | None, typer.Option(help="Short name of the account, for example my-shop.")] = None,
    product: Annotated[list[str] | None, typer.Option(help="A product's address or number; may be repeated.")] = None,
    login: Annotated[str | None, typer.Option(help="Phone or e-mail that signs in on ozon.ru.")] = None,
    sign_in: Annotated[SignInKind, typer.Option(help="How to sign in.")] = SignInKind.CODE,
    witness: Annotated[str | None, typer.Option(help="The name the site shows when you are signed in.")] = None,
    operator: Annotated[str | None, typer.Option(help="Your name, as the log and documents show it.")] = None,
    secrets: Annotated[SecretsKind | None, typer.Option(help="Where the key of the secret store lives.")] = None,
) -> None:
    """Make an installation: asks, writes config.toml, sets up the secret store.

    Example: fairreview init --account my-shop --login you@example.com --operator "Anna Petrova"
    """
    chosen: Globals = context.obj
    home = find_home(chosen.home)
    if home.config.exists():
        raise SettingsError(
            "this installation has a configuration already", where=str(home.config), hint="Edit it, or choose --home."
        )
    name = account or _ask("Short name of the account", default="my-shop")
    asked = product or [_ask("Addresses of its products, separated by spaces", default="")]
    products = canonical_products([one for one in asked if one.strip() or product])
    phone_or_mail = login if login is not None else _ask("Phone or e-mail that signs in on ozon.ru")
    shown_name = witness if witness is not None else _ask("The name the site shows when signed in", default="")
    person = operator if operator is not None else _ask("Your name, for the log and documents")
    kind = secrets or _choose_secrets()
    identity = {"login": phone_or_mail, "sign_in": sign_in.value, **({"witness": shown_name} if shown_name else {})}
    values = {
        "operator": {"name": person},
        "account": [{"name": name, "products": products, "identities": {"site_profile": identity}}],
    }
    settings = default_settings(values)  # refused before the folder is made, or not at all
    passphrase = _new_passphrase(settings) if kind is SecretsKind.FILE else None
    home.create()
    write_config(home.config, values)
    try:
        store = create_store(home.secrets, kind.value, passphrase=passphrase)
    except SecretsUnavailable:
        home.config.unlink()  # half an installation would refuse the next `init`
        raise
    if sign_in is SignInKind.TOTP:
        value = typer.prompt("Secret of the authenticator (base32)", hide_input=True, err=True)
        AccountSecrets(store).save(name, "site_profile", "totp", value.replace(" ", ""))
    output.say(f"Ready: {home.config}", style="green")
    output.say("Next: `fairreview doctor`, then `fairreview login`.")


@app.command("doctor")
def doctor(
    context: typer.Context,
    *,
    as_json: JsonOption = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not start the browsers.")] = False,
    details: Annotated[
        bool,
        typer.Option("--details", help="Also print each finding's list, such as what was not seen on a live site."),
    ] = False,
) -> None:
    """Look over the machine and the installation; exit code 3 when something would keep it from working.

    Example: fairreview doctor
    """
    chosen: Globals = context.obj
    home = find_home(chosen.home)
    settings = load_settings(home) if home.config.exists() else None
    if settings is None:
        output.say(f"There is no installation in {home.root} yet; `fairreview init` makes one.")
    findings = check_up.examine(home, settings, tries_browser=not no_browser)
    if as_json:
        output.print_json(
            [{"check": f.check, "level": f.level, "message": f.message, "hint": f.hint} for f in findings]
        )
    else:
        output.print_table(("check", "level", "what"), ((f.check, f.level, f.message) for f in findings))
        for finding in findings:
            if finding.hint and finding.level is not check_up.Level.OK:
                output.say(f"{finding.check}: {finding.hint}")
            for line in finding.details if details else ():
                output.print_text(f"  {finding.check}: {line}")
    if any(finding.level is check_up.Level.FAULT for finding in findings):
        raise typer.Exit(ExitCode.ENVIRONMENT)


secrets_app = typer.Typer(help="The secret store.", no_args_is_help=True)
app.add_typer(secrets_app, name="secrets")


@secrets_app.command("set")
def secrets_set(
    context: typer.Context,
    *,
    account: Annotated[str, typer.Argument(help="The account.")],
    identity: Annotated[str, typer.Argument(help="site_profile or seller_cabinet.")] = "site_profile",
) -> None:
    """Store the code secret (TOTP) of an identity; asked for, never given on the command line.

    Example: fairreview secrets set my-shop
    """
    opened = installation(context)
    opened.settings.find_account(account)
    value = typer.prompt("Secret of the authenticator (base32)", hide_input=True, err=True)
    AccountSecrets(opened.secrets).save(account, identity, "totp", value.replace(" ", ""))
    output.say("Stored.")


def canonical_products(references: list[str]) -> list[str]:
    """Returns each product that is named once, by its canonical address (or by its number, where only that was given).

    Raises:
        SettingsError: something names no product of the site.
    """
    site = load_site(SITE)
    found: dict[str, str] = {}
    for reference in references:
        try:
            named = read_products(site, reference)
        except ValueError as error:
            raise SettingsError(f"{reference[:200]} is {error}", where="--product", hint=how_to_name(site)) from error
        for one in named:
            found.setdefault(one.sku, one.url if one.slug else one.sku)
    return list(found.values())


def _ask(question: str, *, default: str | None = None) -> str:
    if not sys.stdin.isatty():
        if default:
            return default
        raise SettingsError(
            f'Cannot ask "{question}": standard input is not a terminal.',
            hint="Give it as an option; see `fairreview init --help`.",
        )
    return str(typer.prompt(question, default=default, err=True))


def _choose_secrets() -> SecretsKind:
    probe = probe_keyring()
    if probe.is_usable:
        return SecretsKind.KEYRING
    if not sys.stdin.isatty():
        raise SecretsUnavailable(
            "the system's keyring does not work here", hint="Unlock it, or choose `--secrets file` at a terminal."
        )
    output.say("The system's keyring does not work here; a file protected by a passphrase can be used instead.")
    if not typer.confirm("Use a passphrase?", err=True):
        raise SecretsUnavailable("no place for secrets was chosen", hint="Set up a keyring and run `init` again.")
    return SecretsKind.FILE


def _new_passphrase(settings: Settings) -> str:
    if settings.vault.passphrase_file is not None:
        return read_passphrase(settings.vault.passphrase_file)
    if not sys.stdin.isatty():
        raise SecretsUnavailable(
            "a passphrase must be typed at a terminal, or stand in a file",
            hint="Run `fairreview init` at a terminal, or name the file in FAIRREVIEW_VAULT__PASSPHRASE_FILE.",
        )
    return str(typer.prompt("Passphrase (10 characters or more)", hide_input=True, confirmation_prompt=True, err=True))
