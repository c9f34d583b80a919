"""What must be seen on a page for it to count: who is signed in, which language, what "empty" looks like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from flows.catalog.models import Site
from flows.readings.document import Document, as_table, is_hidden
from flows.readings.text import comparable, normalise, one_line

_MAX_NAME = 200
_MOST_VALUES = 1_000


class HasStates(Protocol):
    """Anything that carries widget states: a document or an envelope."""

    def states(self, prefixes: Sequence[str]) -> Iterator[tuple[str, object]]:
        """Returns id and parsed state of each state whose id starts with a prefix."""


@dataclass(frozen=True)
class AccountSeen:
    """Who a page says is signed in.

    ``is_signed_in`` is None when the page says neither; then nothing may be concluded from it.
    """

    is_signed_in: bool | None
    name: str = ""
    account_id: str = ""

    def is_account(self, *, name: str, account_id: str = "") -> bool:
        """Whether this is the account expected: by its id where both are known, else by its name."""
        if account_id and self.account_id:
            return self.account_id == account_id
        return bool(self.name) and comparable(self.name) == comparable(name)


def read_account(document: Document, site: Site, identity: str) -> AccountSeen:
    """Reads who is signed in from a stored page."""
    witness = site.witnesses.account[identity]
    seen = read_account_states(document, site, identity)
    if seen.is_signed_in is not None:
        return seen
    if document.has_any(witness.anonymous_css):
        return AccountSeen(is_signed_in=False)
    for css in witness.css:
        if (node := document.root.css_first(css)) is not None:
            name = next(iter(document.texts_of(node)), "")
            return AccountSeen(is_signed_in=True if name else None, name=name[:_MAX_NAME])
    return AccountSeen(is_signed_in=None)


def read_account_states(source: HasStates, site: Site, identity: str) -> AccountSeen:
    """Reads who is signed in from widget states."""
    witness = site.witnesses.account[identity]
    for _, state in source.states(witness.states):
        table = as_table(state)
        name, account_id = table.get(witness.name_key), table.get(witness.id_key)
        if isinstance(name, str) and name.strip():
            shown = one_line(normalise(name).text)[:_MAX_NAME]
            return AccountSeen(
                is_signed_in=True, name=shown, account_id=account_id if isinstance(account_id, str) else ""
            )
    for _, _state in source.states(witness.anonymous_states):
        return AccountSeen(is_signed_in=False)
    return AccountSeen(is_signed_in=None)


def find_locale_problem(source: HasStates, site: Site, *, html_lang: str = "") -> str | None:
    """Names what speaks against the expected language or currency; None when nothing does."""
    locale = site.witnesses.locale
    if html_lang and html_lang.partition("-")[0] != locale.html_lang:
        return f"locale: the page is in {html_lang[:20]!r}, not in {locale.html_lang!r}"
    for _, state in source.states(locale.language_states):
        language = as_table(state).get(locale.language_key)
        if isinstance(language, str) and language and language.upper() != locale.language.upper():
            return f"locale: the site's language is {language[:20]!r}, not {locale.language!r}"
    for _, state in source.states(locale.price_states):
        price = as_table(state).get(locale.price_key)
        if isinstance(price, str) and any(char.isdecimal() for char in price) and locale.currency not in price:
            return f"locale: prices are not in {locale.currency}"
    return None


def has_guest_wall(source: HasStates, site: Site) -> bool:
    """Whether a widget's state carries the site's word that the list goes on for signed-in people only."""
    wall = site.witnesses.guest_wall
    if wall is None or not wall.states:
        return False
    wanted = {comparable(text) for text in wall.texts}
    return any(comparable(text) in wanted for _, state in source.states(wall.states) for text in _texts_in(state))


def shows_guest_wall(document: Document, site: Site) -> bool:
    """Whether a page shows, in the site's own element, that the list goes on for signed-in people only."""
    wall = site.witnesses.guest_wall
    if wall is None:
        return False
    wanted = {comparable(text) for text in wall.texts}
    nodes = [node for css in wall.css for node in document.root.css(css) if not is_hidden(node)]
    return any(comparable(" ".join(document.texts_of(node))).rstrip(".!") in wanted for node in nodes)


def _texts_in(value: object) -> Iterator[str]:
    waiting = [value]
    for _ in range(_MOST_VALUES):
        if not waiting:
            return
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item


def find_empty_text(document: Document, texts: Sequence[str], *, rows: Sequence[str] = ()) -> str | None:
    """Returns the site's own visible words for "nothing here", when the page shows them outside of any row.

    Args:
        document: The page.
        texts: The words.
        rows: Selectors of rows: what a reviewer wrote is not the site's word.
    """
    wanted = {comparable(text): text for text in texts}
    for shown in document.texts_outside(rows):
        if (key := comparable(shown).rstrip(".!")) in wanted:
            return wanted[key]
    return None
