"""The first run: what was answered so far, kept in the home after each answer, and the installation made of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from flows.catalog.models import Site
from monitor.config.home import Home
from monitor.config.sections import AccountSection, IdentitySection, Installation, OperatorSection
from monitor.config.settings import Settings, default_settings, load_settings
from monitor.config.template import write_config
from monitor.errors import SecretsUnavailable, SettingsError
from monitor.files.private import read_plain, write_private
from monitor.language import ENGLISH, RUSSIAN, known_language
from monitor.language import gettext as _
from monitor.language.stand_ins import fitting
from monitor.secrets.stores import StoreKind, create_store, is_store
from monitor.secrets.vault import AccountSecrets

DEFAULT_SITE: str = AccountSection.model_fields["site"].default
_NAME = "init-answers.json"
_LARGEST = 4_000_000  # bytes
_LONGEST_NAME = 40
_MOSCOW_HOURS = {
    -1: "Europe/Kaliningrad", 0: "Europe/Moscow", 1: "Europe/Samara", 2: "Asia/Yekaterinburg", 3: "Asia/Omsk",
    4: "Asia/Krasnoyarsk", 5: "Asia/Irkutsk", 6: "Asia/Yakutsk", 7: "Asia/Vladivostok", 8: "Asia/Magadan",
    9: "Asia/Kamchatka",
}  # fmt: skip
"""How the zones of Russia are called there: by their hours from Moscow (law 107-FZ of 2011, as changed)."""


class InitAnswers(BaseModel):
    """Answers that were checked; None is a question not yet answered. No secret is among them."""

    model_config = ConfigDict(extra="ignore")

    language: str | None = None
    account: str | None = None
    products: tuple[str, ...] | None = None
    login: str | None = None
    witness: str | None = None
    operator: str | None = None
    zone: str | None = None
    sign_in: str | None = None

    def given(self) -> tuple[str, ...]:
        """Names of the questions that were answered."""
        return tuple(name for name in type(self).model_fields if getattr(self, name) is not None)


def load_answers(home: Home) -> InitAnswers:
    """Returns the answers that an interrupted ``init`` left; none where there are none or they cannot be read."""
    try:
        return InitAnswers.model_validate_json(read_plain(_path(home), max_bytes=_LARGEST))
    except (SettingsError, ValidationError):
        return InitAnswers()


def keep_answers(home: Home, answers: InitAnswers) -> None:
    """Keeps the answers in the home, which is made for it."""
    home.create()
    write_private(_path(home), answers.model_dump_json(exclude_none=True).encode())


def forget_answers(home: Home) -> None:
    """Removes them once the installation is there."""
    _path(home).unlink(missing_ok=True)


def needs_first_run(home: Home) -> bool:
    """Whether there is nothing to work with yet: no settings, or some without an account and no place for secrets.

    Raises:
        SettingsError: the settings cannot be used.
    """
    return not home.config.exists() or not (load_settings(home).account or is_store(home.secrets))


def settings_so_far(home: Home) -> Settings:
    """Returns what the settings' file says before the first account stands in it; without a file, the defaults.

    Raises:
        SettingsError: the settings cannot be used.
    """
    return load_settings(home) if home.config.exists() else default_settings()


def values_of(answers: InitAnswers, sign_in: str, origins: Mapping[str, object], site: Site) -> dict[str, object]:
    """Returns the answers as the settings' file holds them.

    Args:
        answers: All of them.
        sign_in: How the account signs in: ``code``, ``totp`` or ``hand_over``.
        origins: Other addresses of sites, by site.
        site: The account's site.
    """
    identity = {
        "sign_in": sign_in,
        **{key: text for key, text in (("login", answers.login), ("witness", answers.witness)) if text},
    }
    account = {
        "name": answers.account,
        **({} if site.name == DEFAULT_SITE else {"site": site.name}),
        "products": list(answers.products or ()),
        "identities": {first_identity(site): identity},
    }
    return {
        "installation": {"zone": answers.zone, **({"language": answers.language} if answers.language else {})},
        "operator": {"name": answers.operator},
        "sites": dict(origins),
        "account": [account],
    }


def first_identity(site: Site) -> str:
    """Returns the identity that a new account signs in as: the one that sees reviews as its account does."""
    return site.reader_identity or next(iter(site.identities))


def make_installation(
    home: Home, values: Mapping[str, object], *, kind: StoreKind, passphrase: str | None, code_secret: str | None = None
) -> None:
    """Makes the installation, or nothing: the settings' file and the store of secrets.

    A file that is there already keeps what it says; the answers are written into it.

    Args:
        home: Where.
        values: As the settings' file holds them.
        kind: Where the key of the secrets lives.
        passphrase: For ``file``.
        code_secret: The first account's secret of an authenticator.

    Raises:
        SettingsError: a value is not allowed; nothing was made.
        SecretsUnavailable: there is no place for secrets; nothing was made.
    """
    default_settings(values)  # refused before the folder is made, or not at all
    home.create()
    before = read_plain(home.config, max_bytes=_LARGEST) if home.config.exists() else None
    try:
        write_config(home.config, values) if before is None else _write_into(home.config, values)
        store = create_store(home.secrets, kind, passphrase=passphrase)
    except (SecretsUnavailable, SettingsError):  # half an installation would refuse the next first run
        if before is None:
            home.config.unlink(missing_ok=True)
        else:
            write_private(home.config, before)
        raise
    if code_secret is not None:
        account = default_settings(values).account[0]
        AccountSecrets(store).save(account.name, next(iter(account.identities)), "totp", code_secret)
    forget_answers(home)


def _write_into(config: Path, values: Mapping[str, object]) -> None:
    from monitor.config import editing  # noqa: PLC0415 - its library is needed for this alone

    for name, table in values.items():
        if isinstance(table, Mapping) and table:
            editing.set_table(config, name, table)
    editing.add_account(config, default_settings(values).account[0])


def account_name(text: str) -> str:
    """Makes an account's short name of what it is called: «Мой магазин» becomes ``moy-magazin``.

    Raises:
        SettingsError: no letter or digit is in it.
    """
    if "://" in text or re.search(r"\w\.\w+/", text):
        raise SettingsError(
            _("this is an address, not a name"),
            field="account",
            hint=_("For example: my-shop. Addresses are asked for next."),
        )
    plain = re.sub(r"[^a-z0-9_]+", "-", fitting(text.strip().lower(), "ascii").lower())
    name = plain.strip("-_")[:_LONGEST_NAME].rstrip("-_")
    if not name:
        raise SettingsError(_("a name needs a letter or a digit"), field="account", hint=_("For example: my-shop"))
    return name


def login_of(text: str) -> str:
    """Returns a login as it is kept.

    Raises:
        SettingsError: it is neither an e-mail address nor a telephone number.
    """
    try:
        return IdentitySection(login=text.strip(), sign_in="code").login
    except ValidationError as error:
        raise SettingsError(
            _("{text!r} is neither an e-mail address nor a telephone number").format(text=text[:80]),
            field="login",
            hint=_("Write it as you do on ozon.ru: you@example.com or +7 900 000-00-00."),
        ) from error


def person_name(text: str) -> str:
    """Returns a person's name for the log and documents.

    Raises:
        SettingsError: it is empty or cannot stand in a document.
    """
    if text.strip().casefold() in _NO_NAMES:
        raise SettingsError(
            _("the log and documents need a name"), field="operator", hint=_("For example: Анна Петрова")
        )
    return _line(text, "operator")


def shown_name(text: str) -> str:
    """Returns the name that the site shows when signed in; empty where it is not known.

    Raises:
        SettingsError: it cannot be a line of a page.
    """
    return _line(text, "witness")


_NO_NAMES = frozenset({"", "y", "yes", "n", "no", "д", "да", "н", "нет"})
"""What is typed where another question was expected."""

_CITIES = {
    "калининград": -1, "москва": 0, "санкт-петербург": 0, "казань": 0, "самара": 1, "екатеринбург": 2, "пермь": 2,
    "уфа": 2, "челябинск": 2, "омск": 3, "красноярск": 4, "новосибирск": 4, "иркутск": 5, "якутск": 6,
    "владивосток": 7, "хабаровск": 7, "магадан": 8, "камчатка": 9,
}  # fmt: skip
"""Hours from Moscow of cities that people name instead of a zone."""


def language_of(text: str) -> str:
    """Returns a language by its name in either language: ``ru``, «русский», ``English``.

    Raises:
        SettingsError: the program does not speak it.
    """
    plain = text.strip().lower()
    found = known_language(plain) or {"рус": RUSSIAN, "rus": RUSSIAN, "анг": ENGLISH, "eng": ENGLISH}.get(plain[:3])
    if found is None:
        raise SettingsError(
            _("the program does not speak {text!r}").format(text=text[:40]), field="language", hint=_("Write ru or en.")
        )
    return found


def zone_of(text: str) -> str:
    """Returns a zone's name, given as such, by its hours from Moscow (``MSK+2``, ``МСК``) or by a large city.

    Raises:
        SettingsError: there is no such zone.
    """
    hours = re.fullmatch(r"(?:msk|мск)\s*([+-]\s*\d+)?", text.strip().lower())
    city = _CITIES.get(text.strip().lower())
    away = int((hours[1] or "0").replace(" ", "")) if hours else city
    name = text.strip() if away is None else _MOSCOW_HOURS.get(away, "")
    try:
        return Installation(zone=name).zone
    except ValidationError as error:
        raise SettingsError(
            _("there is no zone {text!r}").format(text=text[:60]),
            field="zone",
            hint=_("Write Asia/Yekaterinburg, or MSK+2."),
        ) from error


def _line(text: str, field: str) -> str:
    try:
        return OperatorSection(name=text.strip()).name
    except ValidationError as error:
        raise SettingsError(
            _("cannot be read as a name"), field=field, hint=_("One line of at most 200 letters.")
        ) from error


def _path(home: Home) -> Path:
    return home.root / _NAME
