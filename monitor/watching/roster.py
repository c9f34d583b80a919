"""Brings the state store up to date with the accounts and products of the settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flows.catalog.origins import origin_of
from monitor.closed_lists.incident_kinds import IncidentKind
from monitor.config.sections import AccountSection
from monitor.incidents import report_bad, report_good
from monitor.language import gettext as _
from monitor.language.plain_text import show
from monitor.state import Action, Transaction, subject
from monitor.state.accounts import ProductRecord
from monitor.state.reviews import ReviewRecord

if TYPE_CHECKING:
    from flows.catalog.models import Site


@dataclass(frozen=True)
class UnreadLine:
    """A line of an account's products that names no product, or not one alone.

    Attributes:
        number: Which of the account's products it is, from 1.
        why: Goes on after «<value> is».
    """

    account: str
    number: int
    value: str
    why: str

    @property
    def place(self) -> str:
        """Which line it is, without the file."""
        return _("account {account}, products, number {number}").format(account=self.account, number=self.number)

    def tell(self, file: Path) -> str:
        """Says which line of which file is wrong, with what it holds."""
        return f"{file}: {self.place}: «{show(self.value, limit=200, one_line=True)}» is {self.why}"


@dataclass(frozen=True)
class Roster:
    """What an account's lines of products name.

    Attributes:
        products: Canonical address by number.
        unread: Lines that name nothing; the others count all the same.
    """

    products: Mapping[str, str]
    unread: tuple[UnreadLine, ...] = ()


def read_roster(account: AccountSection, site: Site) -> Roster:
    """Reads an account's lines of products; one that names no product stops none of the others."""
    from flows.catalog.addresses import read_product  # noqa: PLC0415 - lists of reviews come here for ``address_today``

    products: dict[str, str] = {}
    resting = _resting(account, site)
    unread = []
    for number, line in enumerate(account.products, start=1):
        try:
            one = read_product(site, line)
        except ValueError as error:
            unread.append(UnreadLine(account.name, number, line, str(error)))
        else:
            if one.sku not in resting:
                products[one.sku] = one.url
    return Roster(products, tuple(unread))


def _resting(account: AccountSection, site: Site) -> frozenset[str]:
    from flows.catalog.addresses import read_product  # noqa: PLC0415 - see above

    found = set()
    for line in account.paused_products:
        with suppress(ValueError):
            found.add(read_product(site, line).sku)
    return frozenset(found)


def how_to_name(site: Site) -> str:
    """Says what to copy where a product was not understood."""
    return _("Copy the product's address from {title}, or its number alone: the digits after «Артикул».").format(
        title=site.title
    )


def bring_up_to_date(tx: Transaction, account: AccountSection, site: Site, *, file: Path) -> Roster:
    """Adds the account and its products, and retires products that left the settings; history stays.

    Stored addresses follow the settings: of another origin than the site has now, they would be nobody's. While a line
    cannot be read nothing is retired: nobody knows which product it means.

    Args:
        tx: The store.
        account: As the settings have it.
        site: The account's site.
        file: Where the settings stand, for what is told of a line that cannot be read.
    """
    is_new = tx.accounts.get(account.name) is None
    tx.accounts.add(account.name, site=site.name, title=account.name)
    roster = read_roster(account, site)
    _tell_unread(tx, account, roster.unread, file)
    wanted = roster.products
    watched = {product.sku: product for product in tx.products.watched(account.name)}
    added = [sku for sku in wanted if sku not in watched]
    for sku in added:
        tx.products.add(account.name, sku, url=wanted[sku])
    for product in tx.products.all(account.name):
        url = settle_address(site, product.url, sku=product.sku)
        if url != product.url:
            tx.products.change(account.name, product.sku, url=url)
    retired = [sku for sku in watched if sku not in wanted and not roster.unread]
    for sku in retired:
        tx.products.retire(account.name, sku)
        for one in tx.incidents.unclosed(account.name):
            if one.subject == sku:  # nobody looks at it any more, so no good sign would ever come
                report_good(tx, account.name, one.kind, subject=sku)
    if is_new or added or retired:
        action = Action(
            "account.roster",
            subjects=[subject("account", account.name)],
            outputs={"added": list(added), "retired": list(retired)},
        )
        tx.journal.record(account.name, action)
    return roster


def _tell_unread(tx: Transaction, account: AccountSection, unread: Iterable[UnreadLine], file: Path) -> None:
    told = {line.value[:200]: line for line in unread}
    for subject_, line in told.items():
        report_bad(tx, account.name, IncidentKind.PRODUCT_UNREAD, subject=subject_, detail=line.tell(file))
    for one in tx.incidents.unclosed(account.name):
        if one.kind is IncidentKind.PRODUCT_UNREAD and one.subject not in told:
            report_good(tx, account.name, IncidentKind.PRODUCT_UNREAD, subject=one.subject)


def address_today(review: ReviewRecord, product: ProductRecord | None) -> str:
    """Returns a review's address under the site's origins of today.

    The stored one is that of the reading, which is evidence and stays; a review that no page shows is not read again.
    """
    old, new = origin_of(review.url), origin_of(product.url) if product is not None else ""
    return new + review.url.removeprefix(old) if old and new else review.url


def settle_address(site: Site, url: str, *, sku: str) -> str:
    """Returns a stored product address as it is under the site's origins of today; its slug stays where it has one."""
    for candidate in (url, f"{origin_of(site.url('home'))}{urlsplit(url).path}"):
        try:
            address = site.product_from_url(candidate)
        except ValueError:
            continue
        if address.sku == sku:
            return address.url
    return site.product_url(sku)
