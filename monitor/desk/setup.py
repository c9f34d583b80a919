"""The first run at the desk: answers are kept as they are given, and an installation is made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.config.home import Home
from monitor.config.settings import Settings
from monitor.config.sites import load_configured_site
from monitor.desk.refusals import Refusal
from monitor.desk.work import Job, Work
from monitor.errors import SecretsUnavailable, SettingsError
from monitor.files.private import read_passphrase
from monitor.language import gettext as _
from monitor.secrets.data_keys import probe_keyring
from monitor.secrets.stores import StoreKind
from monitor.use_cases.first_run import (
    InitAnswers,
    account_name,
    keep_answers,
    load_answers,
    login_of,
    make_installation,
    person_name,
    settings_so_far,
    values_of,
    zone_of,
)
from monitor.use_cases.product_lists import NamedProducts, take_products

if TYPE_CHECKING:
    from flows.catalog.models import Site

SITE = "ozon"
SHORTEST_PASSPHRASE = 10
DEFAULTS = {"account": "my-shop", "zone": "Europe/Moscow", "sign_in": "code"}
SIGN_INS = {"code": "Кодом: его спросит терминал", "hand_over": "Сам, в окне площадки"}


@dataclass(frozen=True)
class PlaceForSecrets:
    """A place for the key of the secrets; ``closed`` says why it cannot be chosen here."""

    kind: str
    title: str
    meaning: str
    closed: str = ""


@dataclass
class Setup:
    """What the pages of the first run may ask for.

    Attributes:
        home: Where the installation is to lie.
        ask_passphrase: Asks for a new passphrase at the terminal; None when nobody is there.
        has_terminal: Whether somebody is.
        made: Called when the installation is there.
    """

    home: Home
    ask_passphrase: Callable[[], str | None]
    has_terminal: bool
    made: Callable[[], None]
    work: Work = field(init=False)

    def __post_init__(self) -> None:
        """Begins with nothing that runs."""
        self.work = Work(self.now)

    @property
    def defaults(self) -> Mapping[str, str]:
        """What stands in the fields before anything was answered: a file that is there already is not overruled."""
        settings = self._settings()
        return {**DEFAULTS, "zone": settings.installation.zone, "operator": settings.operator.name}

    @property
    def answers(self) -> InitAnswers:
        """What was answered so far."""
        return load_answers(self.home)

    def now(self) -> datetime:
        """The moment, in the zone that was answered."""
        return datetime.now(UTC).astimezone(ZoneInfo(self.answers.zone or DEFAULTS["zone"]))

    def keep_person(self, given: Mapping[str, str]) -> None:
        """Keeps who is there and which account it is about; what is right is kept although something else is wrong.

        Raises:
            SettingsError: the first thing that cannot be used.
        """
        checks = {"operator": person_name, "zone": zone_of, "account": account_name, "sign_in": _sign_in_of}
        if given.get("sign_in") != "hand_over" or given.get("login"):
            checks["login"] = login_of
        kept, wrong = {}, None
        for name, check in checks.items():
            try:
                kept[name] = check(given.get(name) or self.defaults.get(name, ""))
            except SettingsError as error:
                wrong = wrong or error
        if "login" not in checks:
            kept["login"] = ""
        keep_answers(self.home, self.answers.model_copy(update=kept))
        if wrong is not None:
            raise wrong

    def add_products(self, given: str) -> NamedProducts:
        """Keeps the products that a text names, with those of before; returns them, with what was not understood.

        Raises:
            SettingsError: nothing in it is a product.
        """
        named = take_products(self._site(), given)
        before = self.answers.products or ()
        fresh = [one for one in named.by_sku.values() if one not in before]
        keep_answers(self.home, self.answers.model_copy(update={"products": (*before, *fresh)}))
        return named

    def drop_products(self) -> None:
        """Forgets the products that were named."""
        keep_answers(self.home, self.answers.model_copy(update={"products": None}))

    def places(self) -> tuple[PlaceForSecrets, ...]:
        """Returns where the key of the secrets may live."""
        keyring = probe_keyring()
        file = self._settings().vault.passphrase_file
        made = [
            PlaceForSecrets(
                "keyring",
                "Хранилище паролей этой системы",
                "Открывается вместе с вашим входом в систему.",
                "" if keyring.is_usable else "Здесь его нет, или оно закрыто.",
            ),
            PlaceForSecrets(
                "file",
                "Парольная фраза",
                "Вы введёте её в терминале, где работает «fairreview desk», и при каждом запуске.",
                "" if self.has_terminal else "Стол запущен не из терминала: вводить её негде.",
            ),
        ]
        if file is not None:
            made.insert(0, PlaceForSecrets("given", "Файл с парольной фразой", f"Задан окружением: {file}"))
        return tuple(made)

    def missing(self) -> tuple[str, ...]:
        """Returns what still has to be answered."""
        answers, needed = self.answers, {"operator": "ваше имя", "account": "название аккаунта", "zone": "часовой пояс"}
        if answers.sign_in != "hand_over":
            needed["login"] = "телефон или почта для входа"
        return tuple(words for name, words in needed.items() if not getattr(answers, name))

    def make(self, place: str) -> bool:
        """Makes the installation; tells whether that was begun. A passphrase is asked for at the terminal alone.

        Raises:
            SettingsError: something is not answered yet, or the place cannot be used.
        """
        if missing := self.missing():
            raise SettingsError(f"Ещё не хватает: {', '.join(missing)}", where="desk")
        chosen = next((one for one in self.places() if one.kind == place), None)
        if chosen is None or chosen.closed:
            raise SettingsError(chosen.closed if chosen else "Выберите, где хранить секреты", where="desk")
        return self.work.start("make", "Создаём установку", "/setup", lambda job: self._make(job, place))

    def _make(self, job: Job, place: str) -> Refusal:
        answers, file = self.answers, self._settings().vault.passphrase_file
        values = values_of(answers, answers.sign_in or DEFAULTS["sign_in"], {}, self._site())
        passphrase = None
        if place == "given" and file is not None:
            passphrase = read_passphrase(file)
        elif place == "file":
            job.ask("Новая парольная фраза")
            passphrase = self.ask_passphrase()
            job.ask("")
        kind: StoreKind = "keyring" if place == "keyring" else "file"
        if kind == "file" and (passphrase is None or len(passphrase) < SHORTEST_PASSPHRASE):
            raise SecretsUnavailable(
                _("a passphrase of {shortest_passphrase} characters or more is needed").format(
                    shortest_passphrase=SHORTEST_PASSPHRASE
                )
            )
        job.tell("Пишем настройки и открываем хранилище секретов")
        make_installation(self.home, values, kind=kind, passphrase=passphrase)
        self.made()
        job.onward = "/start"
        return Refusal("Установка готова")

    def _site(self) -> Site:
        return load_configured_site(self._settings(), SITE)

    def _settings(self) -> Settings:
        return settings_so_far(self.home)


def _sign_in_of(text: str) -> str:
    if text not in SIGN_INS:
        raise SettingsError(_("choose how to sign in"), where="sign_in")
    return text
