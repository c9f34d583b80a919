"""One page of a review listing, from page JSON or stored HTML, judged before it is believed.

Zero needs a witness: a listing without rows is EMPTY only when the site itself says so (its own words, or a counter
that says zero) and nothing on the page speaks against it. Rows that do not fill the page that the site's counter
promises make it PARTIAL. Everything else that is not plainly healthy is BROKEN, with the reasons.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from flows.catalog.entries import ReadingHooks
from flows.catalog.models import Site
from flows.readings.dates import DateReader
from flows.readings.document import Document, as_table
from flows.readings.drift import find_lost_value
from flows.readings.envelope import Envelope, read_envelope
from flows.readings.health import (
    Expected,
    Verdict,
    judge_page,
    signs_of_document,
    signs_of_envelope,
)
from flows.readings.models import ListingPage, PageHealth
from flows.readings.numbers import read_whole
from flows.readings.paging import page_of
from flows.readings.reviews_dom import card_ids, read_cards
from flows.readings.reviews_state import RowsRead, join_portions, read_state
from flows.readings.text import decode
from flows.readings.witnesses import HasStates, find_empty_text, has_guest_wall, shows_guest_wall

PAGE = "reviews"
# The counter of the «Отзывы» tab: a second voice beside the list's own total.
_TABS = ("webProductTabs-", "webReviewTabs-")
_TAB_LINK = "/reviews"


@dataclass(frozen=True)
class _Found:
    """The rows of a page with everything that speaks for or against them."""

    rows: RowsRead
    other_total: int | None = None
    empty_text: str | None = None
    has_guest_wall: bool = False
    witnesses: tuple[str, ...] = ()
    conflict: str = ""


def read_listing_json(
    raw: str | bytes,
    site: Site,
    *,
    seen_at: datetime,
    url: str = "",
    status_code: int | None = 200,
    expected: Expected | None = None,
) -> ListingPage:
    """Reads one page of a listing from the site's page JSON.

    Args:
        raw: The answer's body.
        site: The site's catalog.
        seen_at: When it was read.
        url: Where the answer came from, after redirects.
        status_code: The HTTP status; None when there was no answer.
        expected: The product and account asked for.
    """
    text = decode(raw).text if isinstance(raw, bytes) else raw
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        page = read_listing_html(text, site, seen_at=seen_at, url=url, status_code=status_code, expected=expected)
        return page if page.health not in _BELIEVED else _broken("HTML in place of JSON", url)
    wanted = expected or Expected()
    envelope = read_envelope(text) or Envelope(frozenset())
    hooks = site.page(PAGE).reading
    rows = _best_state(envelope, site, hooks)
    signs = signs_of_envelope(envelope, site, url=url, status_code=status_code)
    if verdict := judge_page(signs, site, wanted, has_witness=rows is not None):
        return _refused(verdict, url)
    if not envelope.is_page:
        return _broken("the answer is not a page's JSON", url)
    if rows is None:
        return _broken("no listing: the page carries no state of the reviews widget", url)
    rows = rows if rows.item_ids or not envelope.sku else replace(rows, item_ids=(envelope.sku,))
    found = _Found(
        rows,
        other_total=_tabs_total(envelope),
        has_guest_wall=has_guest_wall(envelope, site),
        witnesses=("state",),
    )
    return _judged(found, site, wanted, url=url)


def read_listing_html(
    html: str | bytes,
    site: Site,
    *,
    seen_at: datetime,
    url: str = "",
    status_code: int | None = 200,
    expected: Expected | None = None,
) -> ListingPage:
    """Reads one page of a listing from stored HTML: its state, else its cards' attributes, else their visible text."""
    document = Document(decode(html).text if isinstance(html, bytes) else html)
    wanted = expected or Expected()
    hooks = site.page(PAGE).reading
    shown = card_ids(document, hooks)
    rows = _best_state(document, site, hooks)
    empty_text = find_empty_text(document, site.witnesses.emptiness.texts, rows=hooks.rows)
    signs = signs_of_document(document, site, url=url, status_code=status_code)
    has_witness = rows is not None or bool(shown) or document.has_any(hooks.witness)
    if verdict := judge_page(signs, site, wanted, has_witness=has_witness):
        return _refused(verdict, url)
    if rows is not None:
        ids = {review.review_id for review in rows.reviews}
        found = _Found(rows, witnesses=("state", "cards") if shown else ("state",), conflict=_conflict(ids, shown))
    else:
        dates = DateReader(site.dates, ZoneInfo(site.zone), seen_at)
        rows = read_cards(document, site, hooks, dates, page=_page_of(url, site))
        found = _Found(rows, witnesses=("cards",) if shown else ())
    found = replace(
        found,
        other_total=_tabs_total(document),
        empty_text=empty_text,
        has_guest_wall=shows_guest_wall(document, site) or has_guest_wall(document, site),
    )
    return _judged(found, site, wanted, url=url)


_BELIEVED = frozenset({PageHealth.HEALTHY, PageHealth.EMPTY, PageHealth.PARTIAL})


def _best_state(source: HasStates, site: Site, hooks: ReadingHooks) -> RowsRead | None:
    """Returns the listing's state; None when there is none, or none that can be read."""
    return join_portions(read_state(state, site) for _, state in source.states(hooks.states))


def _tabs_total(source: HasStates) -> int | None:
    for _, state in source.states(_TABS):
        tabs = as_table(state).get("tabs")
        for tab in tabs if isinstance(tabs, list) else ():
            link = as_table(tab).get("link")
            if isinstance(link, str) and link.rstrip("/").endswith(_TAB_LINK):
                return read_whole(as_table(tab).get("counter"))
    return None


def _conflict(ids: set[str], shown: frozenset[str]) -> str:
    """Cards may lack while the page builds up, but a card that the state does not know is a contradiction."""
    strangers = len(shown - ids)
    return f"state and cards disagree: {strangers} cards are not in the state" if strangers else ""


def _judged(found: _Found, site: Site, expected: Expected, *, url: str) -> ListingPage:
    rows = found.rows
    asked = _page_of(url, site)
    page = rows.page or asked
    per_page = rows.per_page or site.listing.per_page
    total = rows.total if rows.total is not None else found.other_total
    if url and page != asked:
        return _broken(f"another page of the listing: asked for {asked}, got {page}", url)
    health, problems = _judge(found, expected, total=total, page=page, per_page=per_page)
    witnesses = [*found.witnesses, *(["empty_text"] if found.empty_text else [])]
    if total is not None:
        witnesses.append(f"counter={total}")
    return ListingPage(
        health=health,
        reviews=rows.reviews if health in _BELIEVED else (),
        page=page,
        per_page=per_page,
        total=total,
        next_cursor=rows.next_cursor,
        portions=rows.portions,
        has_next=rows.has_next and not found.has_guest_wall,
        has_guest_wall=found.has_guest_wall,
        product_sku=next(iter(rows.item_ids), expected.sku),
        product_title=rows.title,
        product_rating=rows.score,
        witnesses=tuple(witnesses),
        problems=problems,
        bad_rows=rows.bad_rows,
    )


def _judge(
    found: _Found, expected: Expected, *, total: int | None, page: int, per_page: int
) -> tuple[PageHealth, tuple[str, ...]]:
    rows = found.rows
    if not rows.is_list:
        return PageHealth.BROKEN, ("no listing on the page",)
    if found.conflict:
        return PageHealth.BROKEN, (found.conflict,)
    if expected.sku and rows.item_ids and expected.sku not in rows.item_ids:
        return PageHealth.BROKEN, ("another product: the listing does not name the one asked for",)
    if not rows.reviews and not rows.bad_rows:
        return _judge_none(found, page=page)
    if not rows.reviews:
        return PageHealth.BROKEN, (f"unreadable rows: {rows.bad_rows}",)
    return _judge_some(found, total=total, page=page, per_page=per_page)


def _judge_none(found: _Found, *, page: int) -> tuple[PageHealth, tuple[str, ...]]:
    if found.has_guest_wall:
        return PageHealth.PARTIAL, ("the site shows further reviews to signed-in people only",)
    if page > 1:
        return PageHealth.PARTIAL, ("empty page in mid listing: start again at the first page",)
    counters = [value for value in (found.rows.total, found.other_total) if value is not None]
    if any(counters):
        return PageHealth.BROKEN, (f"no rows, but a counter says {max(counters)}",)
    if found.rows.score not in {"", "0", "0.0"}:
        return PageHealth.BROKEN, ("no rows, but the product has a rating",)
    if counters or found.empty_text:
        return PageHealth.EMPTY, ()
    return PageHealth.BROKEN, ("zero without a witness: no rows, no counter, no words of emptiness",)


def _judge_some(found: _Found, *, total: int | None, page: int, per_page: int) -> tuple[PageHealth, tuple[str, ...]]:
    rows = found.rows
    seen = len(rows.reviews) + rows.bad_rows
    problems = [*rows.problems, *([f"bad rows: {rows.bad_rows}"] if rows.bad_rows else [])]
    if found.empty_text:
        problems.append("contradiction: rows are shown, and the site's words that there are none")
    if total is None:
        problems.append("no counter: nobody says how many there are")
    elif total == 0:
        problems.append("contradiction: rows are shown, the counter says zero")
    elif not found.has_guest_wall and seen < (promised := min(per_page * rows.portions, total - (page - 1) * per_page)):
        problems.append(f"cut list: {seen} of {promised} rows")
    if lost := find_lost_value(rows.reviews):
        return PageHealth.BROKEN, (lost, *problems)
    return (PageHealth.PARTIAL, tuple(problems)) if problems else (PageHealth.HEALTHY, ())


def _page_of(url: str, site: Site) -> int:
    """Reads the page number asked for, also through the address inside a page JSON's address; the first by default."""
    for address in (url, *parse_qs(urlsplit(url).query).get("url", ())):
        if (page := page_of(address, site)) is not None:
            return page
    return 1


def _refused(verdict: Verdict, url: str) -> ListingPage:
    return ListingPage(
        health=verdict.health, problems=(verdict.problem, f"at {url[:300]}" if url else "")[: 1 + bool(url)]
    )


def _broken(problem: str, url: str) -> ListingPage:
    return _refused(Verdict(PageHealth.BROKEN, problem), url)
