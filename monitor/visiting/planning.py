"""Decides, in a visit that does what is due, which products to read: by the shop window's counters, index and floor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from flows.library.read_reviews import PollResult
from flows.library.read_storefront import WindowPage, read_storefront
from flows.readings.models import PageHealth
from flows.readings.storefront import ProductCounter
from flows.workbench import Workbench
from monitor.closed_lists.incident_kinds import IncidentKind
from monitor.config.values import shop_of
from monitor.incidents import report_bad, report_good
from monitor.language import gettext as _
from monitor.state.accounts import ProductRecord
from monitor.state.counters import CounterRecord, StorefrontRecord
from monitor.visiting.polling import PollSummary, poll_products
from monitor.visiting.room import VisitRoom
from monitor.visiting.signing_in import SignIns
from monitor.visiting.sources import Hints, sources_around
from monitor.watching.counters import has_moved, settle
from monitor.watching.planner import Candidate, Pulse, Why, choose, pages_to_read
from monitor.watching.sharing import group_by_listing

_READABLE = frozenset({PageHealth.HEALTHY, PageHealth.PARTIAL})
_TOLD = {
    Why.FIRST: _("for the first time"),
    Why.CHANGED: _("because a counter moved"),
    Why.FLOOR: _("not looked at for long"),
    Why.RATE: _("by its rate"),
}


@dataclass
class Window:
    """What the shop window showed in this visit.

    Attributes:
        seen: Exact counters by product.
        requests: How many pages were asked for.
        is_whole: All pages were read, so a product that was not seen is not in the window.
        is_broken: A page could not be read; its products are read without it.
    """

    seen: dict[str, ProductCounter] = field(default_factory=dict)
    requests: int = 0
    is_whole: bool = False
    is_broken: bool = False


def poll_what_is_due(room: VisitRoom, bench: Workbench, sign_ins: SignIns) -> PollSummary:
    """Reads what the plan chooses and the further sources, and cross-checks them, counters and reviews.

    Raises:
        flows.errors.WallMet: the site asks for a person; what was read before is stored.
        LeaseLost, StorageError: this visit may not go on.
    """
    with sources_around(room, bench, sign_ins) as hints:
        return _poll_by_plan(room, bench, hints)


def _poll_by_plan(room: VisitRoom, bench: Workbench, hints: Hints) -> PollSummary:
    looking = room.account.looking
    budget = looking.budget or None
    with room.installation.state.read() as tx:
        watched = tx.products.watched(room.account_id)
        counters = tx.counters.of(room.account_id)
        sweep = tx.counters.sweep(room.account_id)
    window = _read_window(room, bench, sweep, budget) if looking.storefront else Window()
    left = None if budget is None else max(budget - window.requests, 0)
    groups = group_by_listing(watched, watched)
    candidates = [_candidate(group, window, counters, hints) for group in groups]
    choices = choose(candidates, now=bench.now(), budget=left, floor=looking.floor)
    if len(choices) < len(groups):
        room.report("plan", _told(len(groups), Counter(choice.why for choice in choices)))
    by_sku = {product.sku: product for product in watched}
    shared = {product.sku: group for group in groups for product in group}

    def check(result: PollResult) -> None:
        for product in shared.get(result.sku, ()):
            _cross_check(room, window, product.sku, result)

    chosen = [by_sku[choice.sku] for choice in choices]
    return replace(poll_products(room, bench, chosen, whole=hints.doubtful, then=check), unread=tuple(room.unread))


def _read_window(room: VisitRoom, bench: Workbench, sweep: StorefrontRecord | None, budget: int | None) -> Window:
    """Reads the window, or as many of its pages as three quarters of the budget allow; the rest is for products."""
    shop = shop_of(room.account.looking.storefront)
    known = sweep if sweep is not None and sweep.shop == shop else None
    pages, next_page = (known.pages, known.next_page) if known else (1, 1)
    most = None if budget is None else max(budget * 3 // 4, 1)
    wanted = pages_to_read(pages, next_page, budget=most)
    window, read = Window(), []
    for page in read_storefront(bench, shop, wanted, known_pages=pages, most=most):
        window.requests += 1
        read.append(page)
        if page.read.health in _READABLE:
            window.seen |= {one.sku: one for one in page.read.products if one.is_exact}
    pages = _count_pages(read, pages)
    used = [page for page in read if page.number <= pages]
    window.is_broken = any(page.read.health not in _READABLE for page in used)
    window.is_whole = not window.is_broken and {page.number for page in used} >= set(range(1, pages + 1))
    after = max((page.number for page in read[-1:]), default=0) % pages + 1
    with room.installation.state.transaction(room.lease) as tx:
        tx.counters.note_sweep(room.account_id, shop, pages=pages, next_page=after)
        if window.is_broken:
            problems = "; ".join(problem for page in used for problem in page.read.problems)
            report_bad(tx, room.account_id, IncidentKind.STOREFRONT_BROKEN, subject=shop, detail=problems[:500])
        else:
            report_good(tx, room.account_id, IncidentKind.STOREFRONT_BROKEN, subject=shop)
    return window


def _count_pages(read: Sequence[WindowPage], pages: int) -> int:
    """The window ends at the page that has no next one; what was asked beyond it says nothing."""
    readable = [page for page in read if page.read.health in _READABLE]
    last = [page.number for page in readable if not page.read.has_next]
    return min(last) if last else max([pages, *(page.number for page in readable)])


def _candidate(
    group: Sequence[ProductRecord], window: Window, counters: dict[str, CounterRecord], hints: Hints
) -> Candidate:
    """A listing is read as a whole: it is due when any of its products is, and counted when any of them is."""
    # In a sweep that goes on over several visits, the products of the pages to come stay counted.
    are_counted = window.requests > 0 and not window.is_whole and not window.is_broken
    skus = [product.sku for product in group]
    first = group[0]
    return Candidate(
        first.sku,
        first.last_polled_at,
        Pulse.unpack(first.pulse),
        is_counted=any((are_counted or sku in window.seen) and sku in counters for sku in skus),
        has_changed=any(
            sku in hints.fresh | hints.doubtful or has_moved(counters.get(sku), window.seen.get(sku)) for sku in skus
        ),
    )


def _cross_check(room: VisitRoom, window: Window, sku: str, result: PollResult) -> None:
    counter = window.seen.get(sku)
    is_proven = result.read.coverage.is_complete or result.read.is_unchanged
    if counter is None or not is_proven or result.read.health not in {PageHealth.HEALTHY, PageHealth.EMPTY}:
        return
    with room.installation.state.transaction(room.lease) as tx:
        settle(tx, room.account_id, counter)


def _told(watched: int, whys: Counter[Why]) -> str:
    parts = [f"{whys[why]} {_TOLD[why]}" for why in Why if whys[why]]
    return _("{total} of {watched} products to read").format(total=whys.total(), watched=watched) + (
        f": {', '.join(parts)}" if parts else ""
    )
