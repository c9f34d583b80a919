"""What the shell offers after Tab where an id is asked for: the short names of what is stored, with a word on each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from monitor.config.finding import find_home
from monitor.config.settings import Settings, load_settings, state_url
from monitor.language.plain_text import show
from monitor.language.short_names import is_named_by, shorten
from monitor.state import State, StatePlaces

if TYPE_CHECKING:
    from monitor.state import Transaction

_MOST = 40  # offers: a shell lists them all


def complete_review(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Offers reviews, the newest first: stars and the beginning of the text."""
    with _looking(context) as found:
        if found is None:
            return []
        settings, tx = found
        stored = [one for section in settings.account for one in tx.reviews.find(section.name, limit=_MOST)]
        texts = {
            one: text
            for section in settings.account
            for one, text in tx.reviews.texts_of(section.name, [review.review_id for review in stored]).items()
        }
        names = shorten(ids := [one.review_id for one in stored], tx.names.reviews(ids))
        offers = [
            (one.review_id, f"{one.rating or '?'} {show(texts.get(one.review_id, ''), one_line=True, limit=50)}")
            for one in stored
        ]
    return _fitting(offers, names, incomplete)


def complete_appeal(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Offers appeals, the newest first: where each stands."""
    with _looking(context) as found:
        if found is None:
            return []
        settings, tx = found
        stored = [one for section in settings.account for one in tx.appeals.of_account(section.name)][-_MOST:]
        names = shorten(ids := [one.id for one in stored], tx.names.appeals(ids))
        offers = [(one.id, f"{one.state} {one.ground}".strip()) for one in reversed(stored)]
    return _fitting(offers, names, incomplete)


def _fitting(offers: list[tuple[str, str]], names: dict[str, str], incomplete: str) -> list[tuple[str, str]]:
    """Keeps what is meant by the letters that stand there; the shell itself drops what does not begin with them."""
    return [
        (names[one] if names[one].startswith(incomplete) else one, told)
        for one, told in offers
        if names[one].startswith(incomplete) or one.startswith(incomplete) or is_named_by(one, incomplete)
    ]


@contextmanager
def _looking(context: typer.Context) -> Iterator[tuple[Settings, Transaction] | None]:
    """Opens the store to read; None where it cannot be opened: Tab never says an error and never changes a store."""
    try:
        home = find_home(context.find_root().params.get("home"))
        settings = load_settings(home)
        state = State.open(
            StatePlaces(state_url(settings, home), busy_seconds=1.0), may_migrate=False, notices_restore=False
        )
    except Exception:  # noqa: BLE001 - a shell waits for words, whatever is wrong
        yield None
        return
    with state, state.read() as tx:
        yield settings, tx
