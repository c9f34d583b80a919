"""Which candidate of each catalog entry finds its element on a page now, and what that means for the catalog."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from flows.catalog import Candidate
from flows.catalog.resolve import locate, locators_of_all
from qa.elements import Look, find_lost, look_at, proposals

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from flows.catalog import Entry, PageCatalog

State = Literal["primary", "fallback", "missing", "ambiguous", "not_asked"]
_CANDIDATE: TypeAdapter[Candidate] = TypeAdapter(Candidate)
# Keys of a candidate that hold words which a person sees.
_WORDS = {"name", "label", "placeholder", "text"}
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class EntryCheck(BaseModel):
    """One entry on one page.

    Attributes:
        state: ``primary`` the first candidate finds it; ``fallback`` only a later one does; ``missing`` none does;
            ``ambiguous`` a control that writes is found more than once; ``not_asked`` a placeholder has no value here.
        counts: How many elements each candidate finds, in order.
        look: The element that the best candidate finds.
        proposal: A candidate, as TOML, that finds what seems to be the element now.
        drift: What changed since the last good snapshot; "" when nothing did.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    page: str
    entry: str
    use: Literal["read", "write"]
    is_required: bool
    state: State
    counts: tuple[int, ...] = ()
    look: Look | None = None
    proposal: str = ""
    drift: str = ""

    @property
    def key(self) -> str:
        """Names the entry across pages."""
        return f"{self.page}.{self.entry}"

    @property
    def is_finding(self) -> bool:
        """Whether somebody should look: a stale primary, a lost landmark, or drift."""
        return (
            self.state in {"fallback", "ambiguous"}
            or (self.state == "missing" and self.is_required)
            or bool(self.drift)
        )


def check_page(
    page: Page, catalog: PageCatalog, values: Mapping[str, str], known: Mapping[str, Look]
) -> list[EntryCheck]:
    """Looks for every entry of a page's catalog on the page as it is now. Presses nothing.

    Args:
        page: The live page.
        catalog: Its catalog.
        values: Values of placeholders.
        known: How the entries looked in the last good snapshot, by ``page.entry``.
    """
    return [_check(page, catalog, name, values, known.get(f"{catalog.page}.{name}")) for name in catalog.entries]


def _check(page: Page, catalog: PageCatalog, name: str, values: Mapping[str, str], known: Look | None) -> EntryCheck:
    entry = catalog[name]
    check = EntryCheck(page=catalog.page, entry=name, use=entry.use, is_required=entry.required, state="not_asked")
    if not _placeholders(catalog, name) <= values.keys():
        return check
    found = locators_of_all(page, catalog, name, values)
    counts = tuple(locator.count() for locator in found)
    first = next((i for i, count in enumerate(counts) if count), None)
    if first is None:
        lost = find_lost(page, known) if known is not None else None
        drift = "was on the page in the last good snapshot" if known is not None else ""
        proposal = _proposal(page, entry, lost, values) if lost is not None else ""
        return check.model_copy(update={"state": "missing", "counts": counts, "drift": drift, "proposal": proposal})
    look = next(iter(look_at(found[first].first)), None)
    state: State = "fallback" if first else "primary"
    if entry.use == "write" and counts[first] > 1:
        state = "ambiguous"
    proposal = _proposal(page, entry, look, values) if first and look is not None else ""
    return check.model_copy(
        update={"state": state, "counts": counts, "look": look, "proposal": proposal, "drift": _drift(known, look)}
    )


def _drift(known: Look | None, look: Look | None) -> str:
    if known is None or look is None:
        return ""
    changed = [
        f"{field} {before!r} became {after!r}"
        for field in ("tag", "role")
        if (before := getattr(known, field)) != (after := getattr(look, field))
    ]
    return "; ".join(changed)


def _proposal(page: Page, entry: Entry, look: Look, values: Mapping[str, str]) -> str:
    """Returns the first candidate that really finds exactly one element on this page."""
    has_own_words = any(_WORDS & candidate.model_dump(exclude_none=True).keys() for candidate in entry.candidates)
    for text in proposals(look, values, has_own_words=has_own_words):
        if count_of(page, text, values) == 1:
            return text
    return ""


def count_of(page: Page, candidate: str, values: Mapping[str, str]) -> int:
    """Counts what a candidate, written as TOML, finds on the page; 0 for one that a catalog would not take."""
    try:
        parsed = _CANDIDATE.validate_python(tomllib.loads(f"c = {candidate}")["c"])
    except (ValidationError, tomllib.TOMLDecodeError):
        return 0
    return locate(page, parsed, values).count()


def find_checked(page: Page, catalog: PageCatalog, check: EntryCheck, values: Mapping[str, str]) -> Locator | None:
    """Returns the element that a check found, or that it proposes, on the page where it was made."""
    if check.proposal and check.state == "missing":
        parsed = _CANDIDATE.validate_python(tomllib.loads(f"c = {check.proposal}")["c"])
        return locate(page, parsed, values).first
    first = next((i for i, count in enumerate(check.counts) if count), None)
    return None if first is None else locators_of_all(page, catalog, check.entry, values)[first].first


def _placeholders(catalog: PageCatalog, name: str) -> set[str]:
    entry = catalog[name]
    own = {
        found
        for candidate in entry.candidates
        for found in _PLACEHOLDER.findall(candidate.model_dump_json(exclude_defaults=True))
    }
    return own | (_placeholders(catalog, entry.within) if entry.within is not None else set())
