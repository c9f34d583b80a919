"""Reads the shop's reviews through the site's API for sellers, newest first."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from flows.errors import CatalogError, SelectorBroken, SiteUnavailable
from flows.library.seller_api_line import ApiAccess, ApiLine, raise_for_wall
from flows.readings.seller_api import read_review_list
from flows.readings.sources import SourceMerger
from flows.retrying import read_with_retries

if TYPE_CHECKING:
    from flows.catalog.seller_api import SellerApi
    from flows.readings.seller_api import ApiPage
    from flows.readings.sources import SourceRead
    from flows.workbench import Workbench

PAGE_LIMIT = 50


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
    line = ApiLine(site=bench.site, politeness=bench.politeness, spec=spec, access=access)
    body = {
        "limit": spec.page_rows,
        "last_id": last_id,
        "sort_dir": "DESC",
        "filters": {"status": "ALL", "order_status": "ALL"},
    }
    answer = line.ask(spec.reviews, body)
    page = read_review_list(answer.body, bench.site)
    if page is None:
        raise_for_wall(answer, bench.site)
    if page is None or page.drift:
        raise SelectorBroken(
            "the API's answer has another shape than its schema says" if page is None else page.drift,
            where=spec.reviews,
            hint="the API has changed: look for a newer version of this program",
        )
    return page
