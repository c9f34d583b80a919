"""What is watched, for whom: adding, pausing and removing products and accounts, and how they are visited and told.

Each changes ``config.toml`` and keeps its comments; who changed it, and where, is an entry of the account's log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from evidence_store.journal import Actor
from flows.catalog.addresses import read_product
from flows.catalog.models import Site
from monitor.config.sections import AccountSection, IdentitySection
from monitor.config.settings import Settings
from monitor.errors import SettingsError
from monitor.language import gettext as _
from monitor.state import Action, State, subject
from monitor.state.text import JsonValue
from monitor.use_cases.acknowledging import acknowledged
from monitor.use_cases.first_run import first_identity
from monitor.watching.roster import read_roster


@dataclass(frozen=True)
class Products:
    """What a change of an account's products came to.

    Attributes:
        changed: How many were added, removed, paused or taken up.
        known: How many of them stood there so already.
        watched: How many are watched now.
    """

    changed: int
    known: int
    watched: int


def add_products(config: Path, section: AccountSection, site: Site, wanted: Mapping[str, str]) -> Products:
    """Watches further products.

    Args:
        config: The settings' file.
        section: The account.
        site: Its site.
        wanted: Products by number, as settings keep them.
    """
    known = {sku for line in section.products for sku in _named(site, line)}
    fresh = {sku: url for sku, url in wanted.items() if sku not in known}
    if fresh:
        _editing().set_products(config, section.name, [*section.products, *fresh.values()])
    return Products(len(fresh), len(wanted) - len(fresh), len(known) + len(fresh))


def remove_products(config: Path, section: AccountSection, site: Site, leaving: Iterable[str]) -> Products:
    """Watches these products no longer; what is stored about them stays.

    Raises:
        SettingsError: one of them is not watched; nothing was changed.
    """
    gone = set(leaving)
    _require_watched(section, site, gone)
    left = [line for line in section.products if not gone & _named(site, line)]
    _editing().set_products(config, section.name, left, paused=_without(section.paused_products, site, gone))
    return Products(len(gone), 0, len(left))


def pause_products(
    config: Path, section: AccountSection, site: Site, skus: Iterable[str], *, is_paused: bool
) -> Products:
    """Leaves products unread for now, or takes them up again; they stay in the settings.

    Raises:
        SettingsError: one of them is not watched; nothing was changed.
    """
    meant = set(skus)
    _require_watched(section, site, meant)
    resting = resting_of(section, site)
    wanted = resting | meant if is_paused else resting - meant
    _editing().set_products(config, section.name, section.products, paused=sorted(wanted))
    return Products(len(wanted ^ resting), len(meant) - len(wanted ^ resting), len(section.products) - len(wanted))


def add_account(
    config: Path, settings: Settings, name: str, identity: IdentitySection, products: Mapping[str, str], *, site: Site
) -> AccountSection:
    """Adds a further account.

    Args:
        config: The settings' file.
        settings: What stands there now.
        name: The account's short name.
        identity: How it signs in.
        products: What it watches, by number.
        site: Its site.

    Raises:
        SettingsError: there is one of this name.
    """
    if any(section.name == name for section in settings.account):
        raise SettingsError(
            _("there is an account {short} already").format(short=name),
            where="NAME",
            hint=_("`fairreview account list` shows them."),
        )
    identities = {first_identity(site): identity}
    section = AccountSection(name=name, site=site.name, identities=identities, products=tuple(products.values()))
    _editing().add_account(config, section)
    return section


def remove_account(config: Path, name: str) -> None:
    """Takes an account out of the settings; reviews, evidence and log of it stay."""
    _editing().remove_account(config, name)


def pause_account(config: Path, name: str, *, is_paused: bool) -> None:
    """Visits an account no more by itself, or takes it up again."""
    _editing().set_account(config, name, {"paused": is_paused})


def set_schedule(config: Path, name: str, *, poll: str, hours: Sequence[str]) -> None:
    """Says how often an account's reviews are read, and in which hours.

    Raises:
        SettingsError: the rule or the hours cannot be understood; nothing was changed.
    """
    _editing().set_account(config, name, {"schedule": {"poll": poll, "poll_hours": list(hours)}})


def set_told(config: Path, channels: Sequence[str]) -> None:
    """Says through which channels the seller is told."""
    _editing().set_table(config, "notify", {"seller": list(channels)})


def set_operator(config: Path, values: Mapping[str, str]) -> None:
    """Says who makes papers, for whom and where.

    Raises:
        SettingsError: one of them cannot stand there; nothing was changed.
    """
    _editing().set_table(config, "operator", dict(values))


@acknowledged
def note_change(state: State, account: str, *, actor: Actor, what: str, about: Sequence[str] = ()) -> None:
    """Writes down who changed the settings of an account, and what."""
    named: list[JsonValue] = list(about[:100])
    with state.transaction() as tx:
        action = Action(
            "account.settings",
            actor=actor,
            subjects=[subject("account", account)],
            inputs={"what": what},
            outputs={"about": named},
        )
        tx.journal.record(account, action)


def _require_watched(section: AccountSection, site: Site, skus: set[str]) -> None:
    known = {sku for line in section.products for sku in _named(site, line)}
    if strangers := skus - known:
        raise SettingsError(
            _("{strangers}: not watched").format(strangers=", ".join(sorted(strangers))),
            where="PRODUCT",
            hint=_("`fairreview product list` shows them."),
        )


def _without(lines: Sequence[str], site: Site, gone: set[str]) -> list[str]:
    return [line for line in lines if not gone & _named(site, line)]


def _named(site: Site, line: str) -> set[str]:
    """Returns what one line of the settings names: nothing where it cannot be read."""
    try:
        return {read_product(site, line).sku}
    except ValueError:
        return set()


def watched_by(section: AccountSection, site: Site) -> Mapping[str, str]:
    """Returns the products that an account watches: canonical address by number."""
    return read_roster(section, site).products


def named_by(section: AccountSection, site: Site) -> tuple[str, ...]:
    """Returns the numbers of all products of an account's settings, those that rest too."""
    return tuple(dict.fromkeys(sku for line in section.products for sku in _named(site, line)))


def resting_of(section: AccountSection, site: Site) -> frozenset[str]:
    """Returns the numbers of the products that are left unread for now."""
    return frozenset(sku for line in section.paused_products for sku in _named(site, line))


def _editing() -> ModuleType:
    """Loads what changes the file: its library is needed by these use cases alone."""
    from monitor.config import editing  # noqa: PLC0415 - see above

    return editing
