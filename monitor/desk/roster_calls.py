"""Binds the use cases about products, accounts, schedules and messages to one installation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from evidence_store.journal import Actor
from monitor.config.sections import AccountSection, IdentitySection
from monitor.config.settings import load_settings
from monitor.custody.notes import fields_of_maker
from monitor.desk.appeal_calls import AppealCalls
from monitor.desk.entering import Person
from monitor.desk.refusals import Refusal
from monitor.desk.work import Job
from monitor.errors import MonitorError, SettingsError
from monitor.insight.plotting import WeekDrawn, draw_weeks
from monitor.language import gettext as _
from monitor.outgoing import message_words
from monitor.outgoing.messengers import channel_names, load_channel, save_channel
from monitor.use_cases import condition, products, roster
from monitor.use_cases.first_run import DEFAULT_SITE, account_name, login_of
from monitor.use_cases.product_lists import NamedProducts, take_products
from monitor.use_cases.signed_in import Held, show_held

POLLS = {"15m": "каждые 15 минут", "30m": "каждые полчаса", "1h": "каждый час", "3h": "каждые три часа"}
HOURS = {"": "круглосуточно", "mon-sun 08:00-22:00": "с 8 до 22", "mon-fri 09:00-19:00": "по будням с 9 до 19"}
MAKER = {
    "name": ("Ваше имя", "Анна Петрова"),
    "position": ("Должность", "индивидуальный предприниматель"),
    "organisation": ("Продавец, полное название", "ИП Петрова Анна Ивановна"),
    "inn": ("ИНН", "10 или 12 цифр"),
    "place": ("Где составлен акт", "г. Москва"),
}
"""What an act of inspection says of who makes it: label and example, by the key under ``[operator]``."""

_CHART_KNOWN_FOR = 600.0  # seconds
_HELD_KNOWN_FOR = 60.0


@dataclass(frozen=True)
class ProductSet:
    """A product as the settings have it; ``known``: what was read of it, None: nothing yet."""

    sku: str
    title: str
    is_resting: bool
    known: condition.ProductShown | None


@dataclass(frozen=True)
class AccountSet:
    """An account as the settings have it: how it is visited, and its products, those that rest too."""

    name: str
    is_paused: bool
    sign_in: str
    login: str
    poll: str
    hours: str
    products: int
    listed: tuple[ProductSet, ...]


class RosterCalls(AppealCalls):
    """What pages of products and accounts may ask for."""

    def accounts_set(self) -> tuple[AccountSet, ...]:
        """The accounts as the settings have them."""
        return tuple(self._set(one) for one in self._installation.settings.account)

    def add_products(self, account: str, given: str, *, by: Actor) -> tuple[roster.Products, NamedProducts]:
        """Watches the products that a text names; returns what came of it, and what was not understood."""
        section = self._section(account)
        site = self._installation.site_of(section)
        named = take_products(site, given)
        done = self._change(
            account,
            "products added",
            list(named.by_sku),
            by,
            lambda: roster.add_products(self._installation.home.config, section, site, named.by_sku),
        )
        return done, named

    def pause_product(self, account: str, sku: str, *, is_paused: bool, by: Actor) -> None:
        """Leaves a product unread for now, or takes it up again."""
        section, config = self._section(account), self._installation.home.config
        site = self._installation.site_of(section)
        what = "products paused" if is_paused else "products taken up"
        self._change(
            account, what, [sku], by, lambda: roster.pause_products(config, section, site, [sku], is_paused=is_paused)
        )

    def remove_product(self, account: str, sku: str, *, by: Actor) -> None:
        """Watches a product no longer; what is stored about it stays."""
        section, config = self._section(account), self._installation.home.config
        site = self._installation.site_of(section)
        self._change(
            account, "products removed", [sku], by, lambda: roster.remove_products(config, section, site, [sku])
        )

    def add_account(self, title: str, login: str, sign_in: str, *, by: Actor) -> str:
        """Adds an account; returns its short name."""
        if sign_in not in {"code", "hand_over"}:
            raise SettingsError(_("choose how to sign in"), where="sign_in")
        name = account_name(title)
        known = login_of(login) if login or sign_in == "code" else ""
        identity = IdentitySection(login=known, sign_in="code" if sign_in == "code" else "hand_over")
        installation = self._installation
        site = installation.site(DEFAULT_SITE)
        with self._writing:
            roster.add_account(installation.home.config, installation.settings, name, identity, {}, site=site)
            self.take_up()
        with installation.state.transaction() as tx:
            tx.accounts.add(name, site=self._section(name).site, title=name)
        roster.note_change(installation.state, name, actor=by, what="account added")
        return name

    def pause_account(self, account: str, *, is_paused: bool, by: Actor) -> None:
        """Lets nobody visit an account by itself, or takes it up again."""
        config = self._installation.home.config
        what = "account paused" if is_paused else "account taken up"
        self._change(account, what, [], by, lambda: roster.pause_account(config, account, is_paused=is_paused))

    def remove_account(self, account: str, *, by: Actor) -> None:
        """Takes an account out of the settings; what is stored about it stays."""
        config = self._installation.home.config
        self._change(account, "account removed", [], by, lambda: roster.remove_account(config, account))

    def set_schedule(self, account: str, poll: str, hours: str, *, by: Actor) -> None:
        """Says how often an account is read, and in which hours."""
        if poll not in POLLS or hours not in HOURS:
            raise SettingsError(_("choose how often and when"), where="schedule")
        config, wanted = self._installation.home.config, [hours] if hours else []
        self._change(
            account,
            "schedule",
            [poll, hours],
            by,
            lambda: roster.set_schedule(config, account, poll=poll, hours=wanted),
        )

    def maker(self) -> Mapping[str, str]:
        """Who makes papers, for whom and where; empty: not said yet. What was written into the file by hand counts."""
        if "" in fields_of_maker(self._installation.settings).values():
            self.take_up()
        return fields_of_maker(self._installation.settings)

    def name_maker(self, given: Mapping[str, str], person: Person | None) -> None:
        """Keeps who makes papers; what is right is kept although something else is wrong.

        Raises:
            SettingsError: the first thing that cannot be used.
        """
        wrong: SettingsError | None = None
        with self._writing:
            for name, text in given.items():
                try:
                    roster.set_operator(self._installation.home.config, {name: text})
                except SettingsError as error:
                    wrong = wrong or error
            self.take_up()
        if self._installation.settings.operator.name:
            by = self.actor(person, "settings")
            for account in self.accounts:
                roster.note_change(self._installation.state, account, actor=by, what="operator", about=list(given))
        if wrong is not None:
            raise wrong

    def held(self, account: str) -> Mapping[str, Held]:
        """How long this account's sign-ins held, by identity."""
        return self._keep(
            f"held {account}",
            _HELD_KNOWN_FOR,
            lambda: show_held(self._installation.state, account, zone=self.zone),
        )

    def channels_of_messages(self) -> dict[str, bool]:
        """The channels that messages can go through, and whether the seller is told by each; none while locked."""
        told = self._installation.settings.notify.seller
        kept = () if self._locked else channel_names(self._installation.secrets)
        return {name: name in told for name in dict.fromkeys((*kept, *told))}

    def add_channel(self, name: str, *, by: Actor) -> bool:
        """Asks at the terminal for a channel's address, keeps it, and tells the seller through it."""
        self._require_unlocked()
        installation, short = self._installation, account_name(name)

        def do(job: Job) -> Refusal:
            job.ask(_("Address of the channel {short}").format(short=short))
            address = self._ask_hidden(_("Address of the channel {short}").format(short=short))
            job.ask("")
            if not address:
                raise SettingsError(_("no address was typed at the terminal"), where="notify")
            channel = save_channel(installation.secrets, short, address, installation.redactor)
            told = list(dict.fromkeys((*installation.settings.notify.seller, short)))
            roster.set_told(installation.home.config, told)
            self.take_up()
            for account in self.accounts:
                roster.note_change(installation.state, account, actor=by, what="told through", about=told)
            job.onward = "/start"
            return Refusal(f"Канал записан: {channel.masked}. Отправьте пробное сообщение.")

        return self.work.start("channel", f"Канал сообщений «{short}»", "/start", do)

    def test_channels(self) -> bool:
        """Sends a trial message through every channel that is told anything."""
        self._require_unlocked()
        installation = self._installation

        def do(job: Job) -> Refusal:
            failed = []
            names = installation.settings.notify.seller
            for at, name in enumerate(names, start=1):
                job.tell(name, at, len(names))
                try:
                    channel = load_channel(installation.secrets, name, installation.redactor)
                    channel.send(message_words.TEST_TITLE, message_words.TEST_BODY.format(name=name))
                except MonitorError as error:
                    failed.append(f"{name}: {installation.redactor.redact(str(error))}")
            job.is_finding = bool(failed)
            told = f"Отправлено через каналов: {len(names) - len(failed)} из {len(names)}"
            return Refusal(told, "; ".join(failed))

        return self.work.start("test", "Пробное сообщение", "/start", do)

    def chart(self, account: str, sku: str) -> str:
        """The weeks of a product as one drawing; of ten minutes ago at most."""
        return self._keep(f"chart {account} {sku}", _CHART_KNOWN_FOR, lambda: self._draw(account, sku))

    def _draw(self, account: str, sku: str) -> str:
        weeks = products.weeks_of(self._installation.state, account, sku, zone=self.zone)
        return draw_weeks(
            [WeekDrawn(f"{one.monday:%d.%m}", one.reviews, one.stars) for one in weeks],
            title="Отзывы за полгода по неделям: столбцы показывают, сколько их, линия средние звёзды",
        )

    def take_up(self) -> None:
        """Goes on with the settings as they stand in the file now."""
        self._installation.take_up(load_settings(self._installation.home))
        self._kept.clear()
        if self.engine is not None:
            self.engine.nudge()

    def _change(
        self, account: str, what: str, about: Sequence[str], by: Actor, do: Callable[[], object]
    ) -> roster.Products:
        self._section(account)  # refused where there is none of this name
        with self._writing:
            done = do()
            self.take_up()
        with self._installation.state.read() as tx:
            is_known = tx.accounts.get(account) is not None
        if not is_known:
            with self._installation.state.transaction() as tx:
                tx.accounts.add(account, site="ozon", title=account)
        roster.note_change(self._installation.state, account, actor=by, what=what, about=about)
        return done if isinstance(done, roster.Products) else roster.Products(0, 0, 0)

    def _set(self, section: AccountSection) -> AccountSet:
        identity = next(iter(section.identities.values()), IdentitySection())
        return AccountSet(
            name=section.name,
            is_paused=section.paused,
            sign_in=identity.sign_in,
            login=identity.login,
            poll=str(section.schedule.poll),
            hours=", ".join(map(str, section.schedule.poll_hours.stretches)),
            products=len(section.products),
            listed=self._listed(section),
        )

    def _listed(self, section: AccountSection) -> tuple[ProductSet, ...]:
        """The products of the settings: they count at once, what is stored follows with the next visit."""
        site = self._installation.site_of(section)
        resting = roster.resting_of(section, site)
        known = condition.show_products(self._installation.state, section.name, zone=self.zone)
        found = []
        for sku in roster.named_by(section, site):
            one = known.get(sku)
            found.append(ProductSet(sku, (one.title if one else "") or sku, sku in resting, one))
        return tuple(found)
