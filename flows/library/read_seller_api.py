"""Reads the shop's reviews through the site's API for sellers, newest first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flows.errors import AccessRefused, CatalogError, SelectorBroken, SiteUnavailable, WallMet
from flows.json_calls import post_json
from flows.politeness import parse_retry_after
from flows.readings.seller_api import find_wall, read_message, read_review_list
from flows.readings.sources import SourceMerger
from flows.retrying import read_with_retries

if TYPE_CHECKING:
    from flows.catalog.seller_api import SellerApi
    from flows.json_calls import JsonAnswer
    from flows.readings.seller_api import ApiPage
    from flows.readings.sources import SourceRead
    from flows.workbench import Workbench

PAGE_LIMIT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiAccess:
    """Who asks. The key is not in the ``repr``: a traceback must not carry it."""

    client_id: str
    key: str = field(repr=False)


def read_seller_api(
    bench: Workbench, access: ApiAccess, *, since: datetime | None = None, page_limit: int = PAGE_LIMIT
) -> SourceRead:
    """Reads reviews back to a moment.

    Args:
        bench: Site, budget and retries; its browser is not used.
        access: Who asks.
        since: How far back; None: to the end.
        page_limit: Pages at most.

    Returns:
        The reading. It is PARTIAL where a page after the first could not be had.

    Raises:
        flows.errors.AccessRefused: the API refuses the key; message and hint say why and what to do.
        flows.errors.SiteUnavailable: no answer, or it was asked too often.
        flows.errors.SelectorBroken: the answer has another shape than the schema says.
        flows.errors.WallMet: a page that asks for a person stands in front of the API.
    """
    spec = bench.site.seller_api
    if spec is None:
        raise CatalogError("the site's catalog has no API for sellers", where=f"{bench.site.name}/site.toml")
    merger = SourceMerger("api", bench.now(), since, page_limit)
    last_id, goes_on = "", True
    while goes_on:
        try:
            page = read_with_retries(partial(_read_page, bench, spec, access, last_id), bench.retries)
        except (SiteUnavailable, SelectorBroken) as error:
            if not merger.pages_read:
                raise
            merger.break_off(f"page {merger.pages_read + 1}: {error}")
            break
        goes_on = merger.add(
            page.rows, bad_rows=page.bad_rows, has_next=page.has_next, has_end_witness=page.is_end(last_id)
        )
        if goes_on and page.last_id == last_id:
            merger.break_off(f"page {merger.pages_read} leads back to itself")
            break
        last_id = page.last_id
    return merger.result(bench.now())


def _read_page(bench: Workbench, spec: SellerApi, access: ApiAccess, last_id: str) -> ApiPage:
    url = bench.site.url(spec.reviews)
    body = {
        "limit": spec.page_rows,
        "last_id": last_id,
        "sort_dir": "DESC",
        "filters": {"status": "ALL", "order_status": "ALL"},
    }
    with bench.politeness.turn(urlsplit(url).netloc):
        answer = post_json(url, body, {"Client-Id": access.client_id, "Api-Key": access.key})
        if answer.status != 200:
            _refuse(answer, bench, spec)
        page = read_review_list(answer.body, bench.site)
        if page is None:
            _raise_for_wall(answer, bench)
        if page is None or page.drift:
            raise SelectorBroken(
                "the API's answer has another shape than its schema says" if page is None else page.drift,
                where=spec.reviews,
                hint="the API has changed: look for a newer version of this program",
            )
        return page


def _refuse(answer: JsonAnswer, bench: Workbench, spec: SellerApi) -> None:
    message, where = read_message(answer.body), spec.reviews
    told = f": {message}" if message else ""
    if answer.status == 429:
        wait = parse_retry_after(answer.retry_after)
        raise SiteUnavailable(
            f"the API was asked too often{told}",
            where=where,
            hint="it is left alone for as long as it asks, then read again",
            retry_after=spec.hold_seconds if wait is None else wait,
        )
    if answer.status == 408 or answer.status >= 500:
        wait = parse_retry_after(answer.retry_after)
        raise SiteUnavailable(f"the API answered {answer.status}{told}", where=where, retry_after=wait)
    known = next((one for one in spec.refusals if one.fits(answer.status, message)), None)
    if known is not None:
        raise AccessRefused(f"{known.meaning} (the API says: {message})", kind=known.kind, where=where, hint=known.hint)
    _raise_for_wall(answer, bench)
    raise AccessRefused(
        f"the API refuses with status {answer.status}{told}",
        kind="unknown",
        where=where,
        hint="ask the site's support what this means, or look for a newer version of this program",
    )


def _raise_for_wall(answer: JsonAnswer, bench: Workbench) -> None:
    kind = find_wall(answer.body, bench.site)
    if kind is not None:
        raise WallMet(
            f"a page that asks for a person stands in front of the API ({kind})",
            kind=kind,
            where="api",
            hint="open the site in a browser yourself; nothing is solved or evaded",
            retry_after=parse_retry_after(answer.retry_after),
        )
