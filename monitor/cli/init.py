"""``init``: makes an installation. One question at a time, each answer checked at once and kept until all are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows.catalog.layers import Layers
from flows.catalog.loader import SiteOverlay, load_site
from flows.catalog.models import Site
from monitor import language
from monitor.cli import asking, output
from monitor.cli.application import app
from monitor.cli.global_options import Globals
from monitor.config.finding import find_home
from monitor.config.home import Home
from monitor.config.settings import Settings, default_settings
from monitor.config.sites import load_configured_site
from monitor.config.values import is_loopback
from monitor.errors import SecretsUnavailable, SettingsError
from monitor.files.private import read_passphrase
from monitor.language import gettext, ngettext
from monitor.secrets.data_keys import probe_keyring
from monitor.use_cases.first_run import (
    DEFAULT_SITE,
    InitAnswers,
    account_name,
    keep_answers,
    language_of,
    load_answers,
    login_of,
    make_installation,
    needs_first_run,
    person_name,
    settings_so_far,
    shown_name,
    values_of,
    zone_of,
)
from monitor.use_cases.product_lists import require_products, take_products

_PACE_HERE = 3000.0  # requests a minute
_NAME, _ZONE = "my-shop", "Europe/Moscow"  # what Enter means


class SecretsKind(StrEnum):
    """Where the key of the secret store lives."""

    KEYRING = "keyring"
    FILE = "file"


class SignInKind(StrEnum):
    """How an identity signs in."""

    CODE = "code"
    TOTP = "totp"
    HAND_OVER = "hand_over"


ProductsOption = Annotated[
    list[str] | None,
    typer.Option("--product", help="A product's address or number, several, or a file of them; repeatable."),
]
LoginOption = Annotated[str | None, typer.Option("--login", help="Phone or e-mail that signs in on ozon.ru.")]
SignInOption = Annotated[SignInKind, typer.Option("--sign-in", help="How to sign in.")]
WitnessOption = Annotated[str | None, typer.Option("--witness", help="The name the site shows when you are signed in.")]


@app.command("init")
def init(  # one option a question
    context: typer.Context,
    *,
    account: Annotated[str | None, typer.Option(help="What the account is called: my-shop, «Мой магазин».")] = None,
    product: ProductsOption = None,
    login: LoginOption = None,
    sign_in: SignInOption = SignInKind.CODE,
    witness: WitnessOption = None,
    operator: Annotated[str | None, typer.Option(help="Your name, as the log and documents show it.")] = None,
    zone: Annotated[str | None, typer.Option(help="Your time zone: Asia/Yekaterinburg, or MSK+2.")] = None,
    secrets: Annotated[SecretsKind | None, typer.Option(help="Where the key of the secret store lives.")] = None,
    passphrase_file: Annotated[
        Path | None, typer.Option(help="File with the passphrase, yours alone: for `--secrets file` without asking.")
    ] = None,
    site: Annotated[str, typer.Option(help="The account's site.")] = DEFAULT_SITE,
    catalogs: Annotated[
        Path | None, typer.Option(help="Folder with the folder of a site of your own; it is taken afterwards.")
    ] = None,
    origin: Annotated[
        list[str] | None, typer.Option(help="www=http://…: another address of the site, such as a mock's; repeatable.")
    ] = None,
    restart: Annotated[bool, typer.Option("--restart", help="Forget what was answered before.")] = False,
) -> None:
    """Make an installation: asks, writes config.toml, sets up the secret store. Goes on where Ctrl-C ended it.

    Where it lies: --home, else the environment's FAIRREVIEW_HOME, else the user's data folder.
    Without a terminal the options are enough: --login and --operator, and a keyring or --passphrase-file.

    Example: fairreview init --account my-shop --login you@example.com --operator "Anna Petrova"
    """
    chosen: Globals = context.obj
    home = find_home(chosen.home)
    _require_new(home)
    origins = _origins(site, origin or ())
    # What the environment sets is in it.
    from_outside = settings_so_far(home) if home.config.exists() else default_settings({"sites": origins})
    catalog = _read_site(from_outside, home, site, catalogs)
    passphrase_file = passphrase_file or from_outside.vault.passphrase_file
    needs_login = sign_in is not SignInKind.HAND_OVER
    given = InitAnswers(
        language=chosen.language,
        account=None if account is None else account_name(account),
        products=None if not product else _products(catalog, product),
        login=None if login is None else login_of(login) if login or needs_login else "",
        witness=None if witness is None else shown_name(witness),
        operator=None if operator is None else person_name(operator),
        zone=None if zone is None else zone_of(zone),
    )
    passphrase = None if passphrase_file is None else _passphrase(passphrase_file)
    asked = _ask if asking.is_terminal() else _without_terminal
    answers, keys = asked(_Given(given, secrets, passphrase, sign_in, forgets=restart), home, catalog)
    values = values_of(answers, sign_in.value, origins, catalog)
    if passphrase_file is not None:
        values["vault"] = {"passphrase_file": str(passphrase_file.absolute())}
    make_installation(home, values, kind=keys.kind.value, passphrase=keys.passphrase, code_secret=keys.code_secret)
    _say_made(home, answers, sign_in, has_code_secret=keys.code_secret is not None)
    if catalogs is not None:
        output.say(gettext("Before that: `fairreview catalog adopt --folder {folder}`.").format(folder=catalogs / site))


def _require_new(home: Home) -> None:
    if not needs_first_run(home):
        raise SettingsError(
            gettext("this installation has a configuration already"),
            where=str(home.config),
            hint=gettext(
                "`fairreview product add LINK`, `fairreview account add NAME` or an editor change it; "
                "--home makes another."
            ),
        )


def _read_site(settings: Settings, home: Home, site: str, catalogs: Path | None) -> Site:
    """Reads what the questions need of a site: one's own from its folder, which is not taken by that."""
    if catalogs is not None:
        section = settings.sites.get(site)
        overlay = SiteOverlay(origins=dict(section.origins)) if section is not None else None
        return load_site(site, folder=catalogs.absolute(), overlay=overlay)
    return load_configured_site(settings, site, layers=Layers(home.catalogs))


@dataclass(frozen=True)
class _Given:
    """What the options say; None is not said."""

    answers: InitAnswers
    secrets: SecretsKind | None
    passphrase: str | None
    sign_in: SignInKind
    forgets: bool


@dataclass(frozen=True)
class _Keys:
    """Where the key of the secret store lives, and the secrets that were typed."""

    kind: SecretsKind
    passphrase: str | None
    code_secret: str | None = None


@dataclass(frozen=True)
class _Question:
    """One question: its answer's name, its words, what Enter means, and how an answer is checked."""

    name: str
    words: str
    check: Callable[[str], object]
    default: str = ""


@dataclass(frozen=True)
class _Interview:
    """Asks what is not known yet, and keeps each answer before the next question."""

    home: Home
    site: Site

    def hold(self, given: InitAnswers, *, forgets: bool) -> InitAnswers:
        """Returns all answers."""
        kept = InitAnswers() if forgets else load_answers(self.home)
        if kept.given():
            output.say(
                gettext("Going on from what was answered before: {given}. (--restart forgets it.)").format(
                    given=", ".join(kept.given())
                )
            )
        answers = kept.model_copy(update={name: getattr(given, name) for name in given.given()})
        if answers.language:
            language.begin(answers.language)
        for question in self._questions():
            if getattr(answers, question.name) is None:
                answer = asking.ask(question.words, question.check, default=question.default)
                if question.name == "products":
                    answer = self._more(answer)
                answers = answers.model_copy(update={question.name: answer})
                keep_answers(self.home, answers)
                if question.name == "language":
                    language.begin(str(answer))
                if question.name == "account":
                    output.say(gettext("  Its short name in commands: {answer}").format(answer=answer))
        return answers

    def _questions(self) -> Iterator[_Question]:
        """Yields the questions, each in the language that is spoken when its turn comes."""
        yield _Question("language", gettext("Language, язык (ru, en)"), language_of, language.spoken())
        yield _Question("account", gettext("What is the account called"), account_name, _NAME)
        asked = gettext("Addresses or numbers of its products, or a file (Enter: later)")
        yield _Question("products", asked, self._some)
        yield _Question("login", gettext("Phone or e-mail that signs in on ozon.ru"), login_of)
        asked = gettext("The name the site shows when signed in (Enter: not known yet)")
        yield _Question("witness", asked, shown_name)
        yield _Question("operator", gettext("Your name, for the log and documents"), person_name)
        yield _Question("zone", gettext("Your time zone"), zone_of, _ZONE)

    def _some(self, text: str) -> tuple[str, ...]:
        if not text:
            return ()
        named = take_products(self.site, text)
        for line in named.unread:
            output.say(gettext("Not taken: {line}").format(line=line.told), style="yellow")
        return tuple(named.by_sku.values())

    def _more(self, first: object) -> tuple[str, ...]:
        """Takes further lines until an empty one: people paste lists."""
        found = dict.fromkeys(first if isinstance(first, tuple) else ())
        while found:
            output.say(gettext("  {count} so far.").format(count=len(found)))
            more = asking.ask(gettext("Further ones (Enter: that is all)"), self._some)
            if not more:
                break
            found.update(dict.fromkeys(more))
        return tuple(found)


def _products(site: Site, given: list[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for one in given:
        found |= require_products(site, one, where="--product")
    return tuple(found.values())


def _ask(given: _Given, home: Home, site: Site) -> tuple[InitAnswers, _Keys]:
    """Asks the person at the terminal for what the options do not say."""
    try:
        answers = _Interview(home, site).hold(given.answers, forgets=given.forgets)
        kind = given.secrets or (_choose_secrets() if given.passphrase is None else SecretsKind.FILE)
        is_asked = kind is SecretsKind.FILE and given.passphrase is None
        passphrase = asking.new_passphrase() if is_asked else given.passphrase
        code_secret = asking.ask_code_secret() if given.sign_in is SignInKind.TOTP else None
    except (typer.Abort, KeyboardInterrupt, EOFError):
        if load_answers(home).given():
            output.say(gettext("\nYour answers so far are kept: `fairreview init` goes on from there."))
        raise
    finally:
        asking.forget_typed_ahead()
    return answers, _Keys(kind, passphrase, code_secret)


def _without_terminal(given: _Given, home: Home, site: Site) -> tuple[InitAnswers, _Keys]:
    """Takes what the options say, and what Enter means for the rest."""
    del home, site
    needed = ("operator",) if given.sign_in is SignInKind.HAND_OVER else ("login", "operator")
    missing = [f"--{name}" for name in needed if getattr(given.answers, name) is None]
    kind = given.secrets or (SecretsKind.FILE if given.passphrase is not None else SecretsKind.KEYRING)
    if kind is SecretsKind.FILE and given.passphrase is None:
        missing.append("--passphrase-file")
    if missing:
        raise SettingsError(
            gettext("Nobody can be asked: standard input is not a terminal. Missing: {missing}").format(
                missing=", ".join(missing)
            ),
            where="init",
            hint=gettext("Give them as options; `fairreview init --help` says what each one is."),
        )
    if kind is SecretsKind.KEYRING and not probe_keyring().is_usable:
        raise SecretsUnavailable(
            gettext("the system's keyring does not work here"),
            hint=gettext("Unlock it, or give --passphrase-file FILE."),
        )
    enter = InitAnswers(account=_NAME, products=(), login="", witness="", zone=_ZONE)
    answers = enter.model_copy(update={name: getattr(given.answers, name) for name in given.answers.given()})
    return answers, _Keys(kind, given.passphrase)


def _choose_secrets() -> SecretsKind:
    if probe_keyring().is_usable:
        return SecretsKind.KEYRING
    output.say(
        gettext("The system's keyring does not work here; a file protected by a passphrase can be used instead.")
    )
    if not asking.agrees(gettext("Use a passphrase?"), default=True):
        raise SecretsUnavailable(
            gettext("no place for secrets was chosen"),
            hint=gettext("Your answers are kept: set up a keyring and run `fairreview init` again."),
        )
    return SecretsKind.FILE


def _passphrase(path: Path) -> str:
    passphrase = read_passphrase(path)
    if len(passphrase) < asking.SHORTEST_PASSPHRASE:
        raise SettingsError(
            gettext("the passphrase has {count} characters").format(count=len(passphrase)),
            where=f"--passphrase-file {path}",
            hint=gettext("{least} or more are needed.").format(least=asking.SHORTEST_PASSPHRASE),
        )
    return passphrase


def _origins(site: str, given: Sequence[str]) -> dict[str, dict[str, object]]:
    """Returns the section of the site; a site on this machine may be asked as fast as it answers."""
    pairs = [one.partition("=") for one in given]
    if any(not sign for _, sign, _ in pairs):
        raise SettingsError(gettext("an origin needs a name"), where="--origin", hint="www=http://www.localhost:8080")
    if not pairs:
        return {}
    origins = {name.strip(): address.strip() for name, _, address in pairs}
    pace = {"requests_per_minute": _PACE_HERE} if all(map(is_loopback, origins.values())) else {}
    return {site: {"origins": origins, **pace}}


def _say_made(home: Home, answers: InitAnswers, sign_in: SignInKind, *, has_code_secret: bool) -> None:
    output.say(gettext("Ready: {config}").format(config=home.config), style="green")
    count = len(answers.products or ())
    products = ngettext("{count} product", "{count} products", count).format(count=count)
    output.say(
        gettext("Account {account}, {products}, times in {zone}.").format(
            account=answers.account, products=products, zone=answers.zone
        )
    )
    if sign_in is SignInKind.TOTP and not has_code_secret:
        output.say(
            gettext("The authenticator's secret is still needed: `fairreview secrets set {account}`.").format(
                account=answers.account
            )
        )
    if not count:
        output.say(gettext("No product is watched yet: `fairreview product add ADDRESS…`."))
    output.say(gettext("Next: `fairreview doctor`, then `fairreview login`."))
