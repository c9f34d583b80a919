"""Brings the state store up to date with the accounts and products of the settings."""

from __future__ import annotations

from urllib.parse import urlsplit

from flows.catalog.models import Site, origin_of
from monitor.config.sections import AccountSection
from monitor.errors import SettingsError
from monitor.state import Action, Transaction, subject


def bring_up_to_date(tx: Transaction, account: AccountSection, site: Site) -> None:
    """Adds the account and its products, and retires products that left the settings; history stays.

    Stored addresses follow the settings: of another origin than the site has now, they would be nobody's.

    Raises:
        SettingsError: a product's address is not one of the site's.
    """
    is_new = tx.accounts.get(account.name) is None
    tx.accounts.add(account.name, site=site.name, title=account.name)
    wanted = dict(resolve_product(site, reference) for reference in account.products)
    watched = {product.sku: product for product in tx.products.watched(account.name)}
    added = [sku for sku in wanted if sku not in watched]
    for sku in added:
        tx.products.add(account.name, sku, url=wanted[sku])
    for product in tx.products.all(account.name):
        url = settle_address(site, product.url, sku=product.sku)
        if url != product.url:
            tx.products.change(account.name, product.sku, url=url)
    retired = [sku for sku in watched if sku not in wanted]
    for sku in retired:
        tx.products.retire(account.name, sku)
    if is_new or added or retired:
        action = Action(
            "account.roster",
            subjects=[subject("account", account.name)],
            outputs={"added": list(added), "retired": list(retired)},
        )
        tx.journal.record(account.name, action)


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


def resolve_product(site: Site, reference: str) -> tuple[str, str]:
    """Turns a product's number or address, as settings have it, into its number and canonical address.

    Raises:
        SettingsError: it is not a product of this site.
    """
    if reference.isascii() and reference.isdecimal():
        return reference, site.product_url(reference)
    try:
        address = site.product_from_url(reference)
    except ValueError as error:
        raise SettingsError(
            f"{reference[:200]} is {error}",
            where="account.products",
            hint=f"Copy the product's address from {site.title}.",
        ) from error
    return address.sku, address.url
