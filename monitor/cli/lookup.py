"""Finds what a person names: a review by id, by its beginning or by its address; an appeal or case by id."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from urllib.parse import parse_qs, urlsplit

from monitor.bootstrap import Installation
from monitor.cli import output
from monitor.cli.options import chosen_accounts
from monitor.config.sections import AccountSection
from monitor.config.settings import Settings
from monitor.errors import SettingsError
from monitor.language import gettext as _
from monitor.language import in_language
from monitor.language.short_names import LEAST_TYPED, is_named_by, shorten
from monitor.state import State
from monitor.state.appeals import AppealRecord
from monitor.state.cases import CaseRecord
from monitor.state.reviews import ReviewRecord
from monitor.state.transaction import Transaction
from monitor.watching.roster import how_to_name, read_roster

_MOST_MATCHES = 50  # more than that are not counted, only told
_MOST_TOLD = 6


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
            _("the address names no review"), where=text[:200], hint=_("Use «Скопировать ссылку» in the review's menu.")
        )
    return found[0]


def find_review(state: State, settings: Settings, text: str, account: str | None) -> ReviewRecord:
    """Finds one stored review by its id, the id's beginning or end, or its address.

    Raises:
        SettingsError: none or several match.
    """
    wanted = review_id_of(text)
    matches: list[ReviewRecord] = []
    for section in chosen_accounts(settings, account):
        with state.read() as tx:
            exact = tx.reviews.get(section.name, wanted)
            matches += [exact] if exact else _meant(tx, section.name, wanted)
    if len(matches) == 1:
        return matches[0]
    if not matches:
        raise SettingsError(
            _("no stored review is named {wanted!r}").format(wanted=wanted[:80]),
            where="REVIEW",
            hint=_("`fairreview reviews list` shows them."),
        )
    with state.read() as tx:
        short = shorten(ids := [one.review_id for one in matches], tx.names.reviews(ids))
    several = _("{most} or more").format(most=_MOST_MATCHES) if len(matches) >= _MOST_MATCHES else str(len(matches))
    raise SettingsError(
        _("{several} reviews are named {wanted!r}").format(several=several, wanted=wanted),
        where="REVIEW",
        hint=_tell_choice(
            [
                _("{id} (stars: {stars}, {sku})").format(id=short[one.review_id], stars=one.rating or "?", sku=one.sku)
                for one in matches
            ]
        ),
    )


def read_sku(installation: Installation, sections: Sequence[AccountSection], text: str) -> str:
    """Returns the number of the product that a person names by its number or its address.

    Raises:
        SettingsError: it is no product of the accounts' sites, or several.
    """
    from flows.catalog.addresses import read_product  # noqa: PLC0415 - a list without this option reads no catalog

    sites = [installation.site_of(section) for section in sections]
    problem = SettingsError(
        _("there is no account yet"), where=str(installation.home.config), hint=_("Run `fairreview init`.")
    )
    for site in sites:
        try:
            return read_product(site, text).sku
        except ValueError as error:
            problem = SettingsError(
                _("{given} is {problem}").format(given=text[:200], problem=in_language(error.args[0])),
                where="--sku",
                hint=how_to_name(site),
            )
    raise problem


def watched_skus(installation: Installation, section: AccountSection, named: Sequence[str]) -> tuple[str, ...]:
    """Returns the numbers of products that an account watches.

    Raises:
        SettingsError: one is not among them.
    """
    watched = read_roster(section, installation.site_of(section)).products
    skus = tuple(read_sku(installation, [section], one) for one in named)
    for sku in skus:
        if sku not in watched:
            raise SettingsError(
                _("account {section} does not watch product {sku}").format(section=section.name, sku=sku),
                where="--sku",
                hint=_("Add it to the account's products in {config}.").format(config=installation.home.config),
            )
    return skus


def find_appeal(state: State, settings: Settings, text: str, account: str | None) -> AppealRecord:
    """Finds one appeal by its id, or the id's beginning or end.

    Raises:
        SettingsError: none or several match.
    """
    matches: list[AppealRecord] = []
    for section in chosen_accounts(settings, account):
        with state.read() as tx:
            ids = [one for one in tx.names.appeals_of(section.name) if is_named_by(one, text)]
            matches += filter(None, map(tx.appeals.get, ids))
    exact = [one for one in matches if one.id == text]
    if len(exact or matches) == 1:
        return (exact or matches)[0]
    if not matches:
        raise SettingsError(
            _("no appeal is named {text!r}").format(text=text[:80]),
            where="APPEAL",
            hint=_hint_of_review(state, settings, text, account) or _("`fairreview appeal status` shows them."),
        )
    with state.read() as tx:
        short = shorten(ids := [one.id for one in matches], tx.names.appeals(ids))
    raise SettingsError(
        _("{count} appeals are named {text!r}").format(count=len(matches), text=text[:80]),
        where="APPEAL",
        hint=_tell_choice([f"{short[one.id]} ({one.state})" for one in matches]),
    )


def find_case(state: State, settings: Settings, text: str, account: str | None) -> tuple[str, str]:
    """Finds one case by its id, the id's beginning or end, or by its review.

    Returns:
        The account's name and the review's id.

    Raises:
        SettingsError: none or several match.
    """
    with state.read() as tx:
        ids = [
            one
            for section in chosen_accounts(settings, account)
            for one in tx.names.cases_of(section.name)
            if is_named_by(one, text)
        ]
        found = tx.cases.get(ids[0]) if len(ids) == 1 else None
    if found is not None:
        return found.account_id, found.review_id
    if text.startswith("case_"):
        raise SettingsError(
            _("there is no case {text!r}").format(text=text[:80]),
            where="CASE",
            hint=_("`fairreview case list` shows them."),
        )
    review = find_review(state, settings, text, account)
    return review.account_id, review.review_id


def find_case_record(state: State, settings: Settings, text: str) -> CaseRecord:
    """Finds one case as ``find_case`` does; by its whole id also that of an account the settings no longer have.

    Raises:
        SettingsError: none or several match, or the review has no case.
    """
    with state.read() as tx:
        exact = tx.cases.get(text)
    if exact is not None:
        return exact
    account_id, review_id = find_case(state, settings, text, None)
    with state.read() as tx:
        found = tx.cases.of_review(account_id, review_id)
    if found is None:
        raise no_case_yet(review_id)
    return found


def no_case_yet(review_id: str) -> SettingsError:
    """Returns the refusal of a review that was never looked into."""
    return SettingsError(
        _("this review has no case yet"),
        where="CASE",
        hint=_("`fairreview capture {review_id}` opens one.").format(review_id=review_id),
    )


def short_reviews(state: State, ids: Iterable[str]) -> Mapping[str, str]:
    """Returns the names by which a list shows these reviews; whole ids in a wide one."""
    return _shown(state, ids, lambda tx, like: tx.names.reviews(like))


def short_cases(state: State, ids: Iterable[str]) -> Mapping[str, str]:
    """Returns the names by which a list shows these cases; whole ids in a wide one."""
    return _shown(state, ids, lambda tx, like: tx.names.cases(like))


def short_appeals(state: State, ids: Iterable[str]) -> Mapping[str, str]:
    """Returns the names by which a list shows these appeals; whole ids in a wide one."""
    return _shown(state, ids, lambda tx, like: tx.names.appeals(like))


def _shown(
    state: State, ids: Iterable[str], found: Callable[[Transaction, Collection[str]], list[str]]
) -> Mapping[str, str]:
    wanted = set(ids)
    if output.is_wide() or not wanted:
        return {one: one for one in wanted}
    with state.read() as tx:
        return shorten(wanted, found(tx, wanted))


def _meant(tx: Transaction, account: str, typed: str) -> list[ReviewRecord]:
    """Returns the reviews whose id begins or ends as typed; too little typed means none."""
    if len(typed) < LEAST_TYPED:
        return []
    like = tx.names.reviews_like(account, typed, limit=_MOST_MATCHES)
    found = tx.reviews.get_many(account, [one for one in like if is_named_by(one, typed)])
    return list(found.values())


def _tell_choice(choices: Sequence[str]) -> str:
    told = ", ".join(choices[:_MOST_TOLD]) + (", …" if len(choices) > _MOST_TOLD else "")
    return _("Write one of: {told}").format(told=told)


def _hint_of_review(state: State, settings: Settings, text: str, account: str | None) -> str:
    """Says what to do with a review that was named where an appeal is needed; empty where there is no such review."""
    try:
        found = find_review(state, settings, text, account)
    except SettingsError:
        return ""
    return _("That is a review: `fairreview capture {id}` captures it and drafts what is worth an appeal.").format(
        id=found.review_id
    )
