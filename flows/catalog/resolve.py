"""From a catalog entry to a Playwright locator, and which candidate matched.

Reading falls back from one candidate to the next and says so. Writing never does: only candidates marked ``write_safe``
count, and exactly one element must match, or nothing is touched. The verbs are fixed; a catalog reaches no other
part of Playwright.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import TimeoutError as PlaywrightTimeout

from evidence_store.sentences import sentence
from flows.catalog.entries import (
    ByAttribute,
    ByCss,
    ByLabel,
    ByPlaceholder,
    ByRole,
    ByTestId,
    ByText,
    ByWidget,
    Candidate,
    Entry,
    Match,
    PageCatalog,
)
from flows.errors import SelectorBroken

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Locator, Page

    Root = Page | Frame | Locator

Values = Mapping[str, str]
REPAIR = sentence(
    "The page changed or the catalog is wrong: `fairreview catalog check` proposes, `fairreview catalog adopt` repairs."
)
"""The next step where an entry does not fit."""


@dataclass(frozen=True)
class Matched:
    """Which candidate of an entry matched, and how many elements.

    ``is_fallback`` marks drift: the first candidate no longer matches. Kept with the page's evidence.
    """

    page: str
    entry: str
    candidate: int
    by: str
    count: int
    is_fallback: bool


@dataclass(frozen=True)
class Resolved:
    """A locator and how it was found."""

    locator: Locator
    matched: Matched


class Finder:
    """Finds a page's catalog entries under one root and remembers which candidates matched.

    Args:
        root: A page, a frame or a locator (a region of a page).
        catalog: The page's catalog.
        timeout_ms: How long ``one``, ``all`` and ``wait`` wait for any allowed candidate to appear.
        on_match: Called with every match, for the record.
    """

    def __init__(
        self,
        root: Root,
        catalog: PageCatalog,
        *,
        timeout_ms: float = 10_000,
        on_match: Callable[[Matched], None] | None = None,
    ) -> None:
        self.root = root
        self.catalog = catalog
        self.timeout_ms = timeout_ms
        self.matches: list[Matched] = []
        self._on_match = on_match or self.matches.append

    def one(self, entry: str, **values: str) -> Locator:
        """Finds exactly one element: for writing by the strict rule, for reading the first candidate with one match.

        Raises:
            SelectorBroken: none, or more than one, matches within the time.
        """
        return self._keep(resolve(self.root, self.catalog, entry, values=values, timeout_ms=self.timeout_ms))

    def all(self, entry: str, **values: str) -> Locator:
        """Finds every element of a reading entry: the first candidate that matches at all.

        Raises:
            SelectorBroken: nothing matches within the time.
        """
        return self._keep(
            resolve(self.root, self.catalog, entry, values=values, timeout_ms=self.timeout_ms, is_many=True)
        )

    def maybe(self, entry: str, **values: str) -> Locator | None:
        """Looks once, without waiting: the elements, or None."""
        try:
            found = resolve(self.root, self.catalog, entry, values=values, is_many=self.catalog[entry].use == "read")
        except SelectorBroken:
            return None
        return self._keep(found)

    def wait(self, *entries: str, timeout_ms: float | None = None, **values: str) -> str:
        """Waits until any of several entries is there and says which (the first in the order given).

        Raises:
            SelectorBroken: none appeared in time.
        """
        anything = [locator for entry in entries for locator in locators(self.root, self.catalog, entry, values)]
        _await_any(anything, self.timeout_ms if timeout_ms is None else timeout_ms)
        for entry in entries:
            if any(locator.count() for locator in locators(self.root, self.catalog, entry, values)):
                return entry
        raise _broken(self.catalog, " or ".join(entries), "none of its candidates appeared in time")

    def _keep(self, resolved: Resolved) -> Locator:
        self._on_match(resolved.matched)
        return resolved.locator


def resolve(
    root: Root,
    catalog: PageCatalog,
    entry_name: str,
    *,
    values: Values | None = None,
    timeout_ms: float = 0,
    is_many: bool = False,
) -> Resolved:
    """Finds one entry of a page.

    Args:
        root: Where to look.
        catalog: The page's catalog.
        entry_name: The entry.
        values: Values of the placeholders in the candidates.
        timeout_ms: How long to wait for the first sign of any allowed candidate; 0 looks once.
        is_many: Several elements are expected (rows). Never for writing.

    Raises:
        SelectorBroken: no allowed candidate matches, or the match is not unique where it must be.
    """
    entry = _entry(catalog, entry_name)
    is_write = entry.use == "write"
    allowed = [i for i, candidate in enumerate(entry.candidates) if candidate.write_safe or not is_write]
    found = {i: _locate(root, catalog, entry, entry.candidates[i], values or {}) for i in allowed}
    if timeout_ms:
        _await_any(list(found.values()), timeout_ms)
    counts = {i: locator.count() for i, locator in found.items()}
    for i in allowed:
        if counts[i] == 1 or (counts[i] and is_many and not is_write):
            matched = Matched(catalog.page, entry_name, i, entry.candidates[i].by, counts[i], is_fallback=i > 0)
            return Resolved(found[i], matched)
        if counts[i] and is_write:
            break
    raise _broken(catalog, entry_name, _tell(entry, counts))


def locators(root: Root, catalog: PageCatalog, entry_name: str, values: Values) -> list[Locator]:
    """Builds the locators of an entry's allowed candidates, best first, without looking."""
    entry = _entry(catalog, entry_name)
    return [
        _locate(root, catalog, entry, candidate, values)
        for candidate in entry.candidates
        if candidate.write_safe or entry.use == "read"
    ]


def locators_of_all(root: Root, catalog: PageCatalog, entry_name: str, values: Values) -> list[Locator]:
    """Builds the locators of every candidate of an entry, best first. For looking only: never press what they find."""
    entry = _entry(catalog, entry_name)
    return [_locate(root, catalog, entry, candidate, values) for candidate in entry.candidates]


def _entry(catalog: PageCatalog, name: str) -> Entry:
    if name not in catalog.entries:
        raise _broken(catalog, name, "the catalog has no such entry")
    return catalog.entries[name]


def locate(root: Root, candidate: Candidate, values: Values) -> Locator:
    """Builds the locator of one candidate by itself."""
    return _by_verb(root, candidate, values)


def _await_any(found: list[Locator], timeout_ms: float) -> None:
    combined = found[0]
    for locator in found[1:]:
        combined = combined.or_(locator)
    try:
        combined.first.wait_for(state="attached", timeout=timeout_ms)
    except PlaywrightTimeout:
        return  # the count that follows tells what is missing


def _locate(root: Root, catalog: PageCatalog, entry: Entry, candidate: Candidate, values: Values) -> Locator:
    if entry.within is None:
        return _by_verb(root, candidate, values)
    outer = catalog[entry.within]
    inner_root = _locate(root, catalog, outer, outer.candidates[0], values)
    for other in outer.candidates[1:]:
        inner_root = inner_root.or_(_locate(root, catalog, outer, other, values))
    return _by_verb(inner_root, candidate, values)


def _by_verb(root: Root, candidate: Candidate, values: Values) -> Locator:
    match candidate:
        case ByRole(role=role, name=None):
            return root.get_by_role(role)
        case ByRole(role=role, name=str(name), match=how):
            return root.get_by_role(role, name=_text(name, how, values), exact=how == "equals")
        case ByLabel(label=label, match=how):
            return root.get_by_label(_text(label, how, values), exact=how == "equals")
        case ByPlaceholder(placeholder=placeholder, match=how):
            return root.get_by_placeholder(_text(placeholder, how, values), exact=how == "equals")
        case ByText(text=text, match=how):
            return root.get_by_text(_text(text, how, values), exact=how == "equals")
        case ByTestId(test_id=test_id):
            return root.get_by_test_id(_fill(test_id, values))
        case _:
            return root.locator(css_of(candidate, values))


def css_of(candidate: ByAttribute | ByWidget | ByCss | Candidate, values: Values) -> str:
    """Returns the CSS of a candidate that is looked up by CSS; values are escaped, so they stay text."""
    match candidate:
        case ByWidget(widget=widget):
            return f'[data-widget="{widget}"]'
        case ByAttribute(attribute=attribute, value=None):
            return f"[{attribute}]"
        case ByAttribute(attribute=attribute, value=str(value), match=how):
            sign = {"equals": "=", "contains": "*=", "starts_with": "^="}[how]
            return f"[{attribute}{sign}{_css_string(_fill(value, values))}]"
        case ByCss(css=css):
            return css.format_map({key: _css_escape(value) for key, value in values.items()}) if "{" in css else css
        case _:
            raise TypeError(f"{candidate.by} is not looked up by CSS")


def _text(template: str, how: Match, values: Values) -> str | re.Pattern[str]:
    text = _fill(template, values)
    # Escaped, so that it is a plain prefix whatever the value holds.
    return re.compile(r"^\s*" + re.escape(text)) if how == "starts_with" else text


def _fill(template: str, values: Values) -> str:
    return template.format_map(values)


def _css_string(text: str) -> str:
    return f'"{_css_escape(text)}"'


def _css_escape(text: str) -> str:
    return "".join(char if char.isalnum() or char in "-_ " else f"\\{ord(char):x} " for char in text)


def _tell(entry: Entry, counts: Mapping[int, int]) -> str:
    tried = ", ".join(f"{entry.candidates[i].by}#{i}: {count}" for i, count in counts.items())
    return f"found {tried} ({entry.why})"


def _broken(catalog: PageCatalog, entry: str, problem: str) -> SelectorBroken:
    return SelectorBroken(
        sentence("{page}.{entry}: {problem}", page=catalog.page, entry=entry, problem=problem),
        where=f"{catalog.page}.{entry}",
        hint=REPAIR,
    )
