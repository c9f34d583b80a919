"""Carries out the order to check a site's selectors, on a mock, on the site's public pages or on recorded ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from flows.catalog.loader import catalog_folder
from qa.elements import Look
from qa.errors import OrderRefused
from qa.orders import Done
from qa.patches import diff_of, with_candidate
from qa.picture_names import BEFORE, file_of, pictures_beside
from qa.pictures import picture_of
from qa.places import open_bench, open_stand, site_of_place
from qa.proposals import write_proposals
from qa.recorded import find_cases
from qa.replaying import known_values, open_recorded
from qa.results import EntryChecked, SelectorReport
from qa.selector_check import EntryCheck, check_page, find_checked
from qa.subjects import Topic
from qa.tours import Tour
from qa.watching import FlowWatch

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from flows.catalog import Site
    from qa.orders import CheckOrder

_BEST_FIRST = ("primary", "fallback", "ambiguous", "missing", "not_asked")


class Snapshot(BaseModel):
    """How every entry looked when all was well."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = 1
    site: str
    made_at: AwareDatetime
    entries: dict[str, Look]


class Checks:
    """Collects the looks of one run; an entry that is seen more than once keeps its best look.

    Attributes:
        pictures: Of each control that was found, or is proposed, by ``page.entry``; only where they are wanted.
    """

    def __init__(
        self, site: Site, known: Mapping[str, Look], pages: tuple[str, ...], *, takes_pictures: bool = False
    ) -> None:
        self._site, self._known, self._pages, self._takes_pictures = site, known, pages, takes_pictures
        self._best: dict[str, EntryCheck] = {}
        self.pictures: dict[str, bytes] = {}

    def visit(self, name: str, page: Page, values: Mapping[str, str]) -> None:
        """Checks one page as it stands."""
        if self._pages and name not in self._pages:
            return
        for check in check_page(page, self._site.page(name), values, self._known):
            best = self._best.get(check.key)
            if best is None or _BEST_FIRST.index(check.state) < _BEST_FIRST.index(best.state):
                self._best[check.key] = check
                self._picture(check, page, values)

    def _picture(self, check: EntryCheck, page: Page, values: Mapping[str, str]) -> None:
        if not self._takes_pictures or not (check.use == "write" or check.proposal):
            return
        found = find_checked(page, self._site.page(check.page), check, values)
        if found is not None and (picture := picture_of(found)) is not None:
            self.pictures[check.key] = picture

    @property
    def all(self) -> list[EntryCheck]:
        """Every entry that was looked for, in the catalog's order."""
        return list(self._best.values())


def run_check_order(order: CheckOrder, tell: Callable[[str], None]) -> Done:
    """Checks the selectors, compares with the snapshot, and writes snapshot and proposed patch where asked.

    Raises:
        OrderRefused: the snapshot cannot be read, or the place does not allow it.
        flows.errors.FlowError: nothing could be opened at all.
    """
    known = _load(order.snapshot) if order.snapshot is not None and order.snapshot.is_file() else {}
    wants = order.saves_snapshot or order.proposals is not None
    if order.recorded is not None:
        site = site_of_place(order.place)
        checks = Checks(site, known, order.pages, takes_pictures=wants)
        unreached: list[str] = []
        _check_recorded(order, site, checks)
    else:
        with open_stand(order.place) as stand, open_bench(stand, order.browser, FlowWatch(tell)) as bench:
            site = stand.site
            _require_pages(site, order.pages)
            checks = Checks(site, known, order.pages, takes_pictures=wants)
            tour = Tour(bench, stand, Topic(asked=order.subject, stand=stand), checks.visit, order.pages)
            tour.walk()
            unreached = tour.unreached
            if stand.mock is None and (left := tour.left_out()):
                tell(f"not looked at: {', '.join(left)}; `fairreview survey run` looks at them with your account")
    patch = propose_patch(checks.all, catalog_folder(order.place.catalogs) / site.name)
    if order.patch is not None and patch:
        order.patch.write_text(patch, encoding="utf-8")
        tell(f"patch: {order.patch}; look at it, then `git apply` it: nothing was changed")
    if order.proposals is not None:
        for path in write_proposals(checks.all, checks.pictures, site, order):
            tell(f"proposed: {path}; `fairreview catalog adopt` shows it with its pictures")
    if order.saves_snapshot and order.snapshot is not None:
        _save(order.snapshot, site, checks.all)
        _save_pictures(pictures_beside(order.snapshot), checks.pictures)
        tell(f"snapshot: {order.snapshot}")
    return _result(checks.all, unreached, patch)


def propose_patch(checks: list[EntryCheck], folder: Path) -> str:
    """Puts the proposals of all entries into one diff of the site's catalogs, without changing them.

    A proposal for a control that writes carries no ``write_safe``: no write uses it until a person has added that.
    """
    patches = []
    for page in dict.fromkeys(check.page for check in checks if check.proposal):
        before = (folder / f"{page}.toml").read_text(encoding="utf-8")
        after = before
        for check in checks:
            if check.page == page and check.proposal:
                marked = check.proposal.removesuffix(" }") + ', verified = "guess" }'
                after = with_candidate(after, check.entry, marked) or after
        patches.append(diff_of(before, after, f"selectors/{folder.name}/{page}.toml"))
    return "".join(patches)


def _check_recorded(order: CheckOrder, site: Site, checks: Checks) -> None:
    assert order.recorded is not None  # noqa: S101 - asked for by the caller
    _require_pages(site, order.pages)
    cases = [case for case in find_cases(order.recorded) if case.page in site.pages and not case.is_json]
    with open_recorded(cases, site, order.browser) as shelf:
        for case in cases:
            checks.visit(case.page, shelf.open(case), known_values(case, site))


def _require_pages(site: Site, pages: tuple[str, ...]) -> None:
    if unknown := [page for page in pages if page not in site.pages]:
        raise OrderRefused(
            f"the site has no page {unknown[0][:60]!r}", where="--page", hint=f"There are: {', '.join(site.pages)}"
        )


def _load(path: Path) -> dict[str, Look]:
    try:
        return Snapshot.model_validate_json(path.read_bytes()).entries
    except (ValidationError, OSError) as error:
        raise OrderRefused(
            "is no snapshot of selectors", where=str(path), hint="Make a new one with --save-snapshot."
        ) from error


def _save(path: Path, site: Site, checks: list[EntryCheck]) -> None:
    entries = {check.key: check.look for check in checks if check.look is not None}
    snapshot = Snapshot(site=site.name, made_at=datetime.now(UTC), entries=entries)
    path.write_text(snapshot.model_dump_json(indent=1) + "\n", encoding="utf-8")


def _save_pictures(folder: Path, pictures: Mapping[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for key, picture in pictures.items():
        file_of(folder, key, BEFORE).write_bytes(picture)


def _result(checks: list[EntryCheck], unreached: list[str], patch: str) -> Done:
    entries = [
        EntryChecked(
            entry=check.key,
            state=check.state,
            use=check.use,
            is_required=check.is_required,
            counts=check.counts,
            drift=check.drift or None,
            proposal=check.proposal or None,
            is_finding=check.is_finding,
        )
        for check in checks
    ]
    report = SelectorReport(entries=tuple(entries), unreached=tuple(unreached), patch=patch or None)
    found = any(entry.is_finding for entry in entries) or bool(unreached)
    return Done(data=report.model_dump(mode="json"), has_findings=found)
