"""Finds what a person names: a review by id, by its beginning or by its address; an appeal or case by id."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

from flows.catalog.addresses import read_product
from monitor.bootstrap import Installation
from monitor.cli.options import chosen_accounts
from monitor.config.sections import AccountSection
from monitor.errors import SettingsError
from monitor.state.appeals import AppealRecord
from monitor.state.reviews import ReviewRecord
from monitor.state.transaction import Transaction
from monitor.watching.roster import how_to_name, read_roster

_SHORTEST_BEGINNING = 4
_MOST_MATCHES = 50  # more than that are not counted, only told


def review_id_of(text: str) -> str:
    """Returns the review id that an address or a plain id names.

    Raises:
        SettingsError: the address names no review.
    """
    if "://" not in text:
        return text.strip()
    try:
        found = parse_qs(urlsplit(text).query).get("ruuid")
    except ValueError:  # brackets that hold no IPv6 address, and the like
        found = None
    if not found:
        raise SettingsError(
            "the address names no review", where=text[:200], hint="Use «Скопировать ссылку» in the review's menu."
        )
    return found[0]


def find_review(opened: Installation, text: str, account: str | None) -> ReviewRecord:
    """Finds one stored review.

    Raises:
        SettingsError: none or several match.
    """
    wanted = review_id_of(text)
    matches: list[ReviewRecord] = []
    for section in chosen_accounts(opened, account):
        with opened.state.read() as tx:
            exact = tx.reviews.get(section.name, wanted)
            matches += [exact] if exact else _by_beginning(tx, section.name, wanted)
    if len(matches) == 1:
        return matches[0]
    if not matches:
        raise SettingsError(
            f"no stored review is named {wanted[:80]!r}", where="REVIEW", hint="`fairreview reviews list` shows them."
        )
    several = f"{_MOST_MATCHES} or more" if len(matches) >= _MOST_MATCHES else str(len(matches))
    raise SettingsError(f"{several} reviews begin with {wanted!r}", where="REVIEW", hint="Write more of the id.")


def read_sku(opened: Installation, sections: Sequence[AccountSection], text: str) -> str:
    """Returns the number of the product that a person names by its number or its address.

    Raises:
        SettingsError: it is no product of the accounts' sites, or several.
    """
    sites = [opened.site_of(section) for section in sections]
    problem = SettingsError("there is no account yet", where=str(opened.home.config), hint="Run `fairreview init`.")
    for site in sites:
        try:
            return read_product(site, text).sku
        except ValueError as error:
            problem = SettingsError(f"{text[:200]} is {error}", where="--sku", hint=how_to_name(site))
    raise problem


def watched_skus(opened: Installation, section: AccountSection, named: Sequence[str]) -> tuple[str, ...]:
    """Returns the numbers of products that an account watches.

    Raises:
        SettingsError: one is not among them.
    """
    watched = read_roster(section, opened.site_of(section)).products
    skus = tuple(read_sku(opened, [section], one) for one in named)
    for sku in skus:
        if sku not in watched:
            raise SettingsError(
                f"account {section.name} does not watch product {sku}",
                where="--sku",
                hint=f"Add it to the account's products in {opened.home.config}.",
            )
    return skus


def find_appeal(opened: Installation, text: str, account: str | None) -> AppealRecord:
    """Finds one appeal by its id or its beginning.

    Raises:
        SettingsError: none or several match.
    """
    matches: list[AppealRecord] = []
    for section in chosen_accounts(opened, account):
        with opened.state.read() as tx:
            matches += [one for one in tx.appeals.of_account(section.name, id_prefix=text) if one.id.startswith(text)]
    exact = [one for one in matches if one.id == text]
    if len(exact or matches) == 1:
        return (exact or matches)[0]
    if not matches:
        raise SettingsError(
            f"no appeal is named {text[:80]!r}", where="APPEAL", hint="`fairreview appeal status` shows them."
        )
    raise SettingsError(f"{len(matches)} appeals begin with {text!r}", where="APPEAL", hint="Write more of the id.")


def _by_beginning(tx: Transaction, account: str, beginning: str) -> list[ReviewRecord]:
    if len(beginning) < _SHORTEST_BEGINNING:
        return []
    found = tx.reviews.starting_with(account, beginning, limit=_MOST_MATCHES)
    return [record for record in found if record.review_id.startswith(beginning)]
