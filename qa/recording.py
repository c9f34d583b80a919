"""Saves one page as a recorded case: source, states, picture, address and reading, without secrets and people."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import JsonValue

from flows.catalog.origins import origin_of
from flows.faults import named_faults
from flows.pages.source import read_source
from flows.workbench import Tab, account_tab, reading_tab
from qa.cases import save_case
from qa.errors import OrderRefused
from qa.orders import Done
from qa.places import open_bench, open_stand, site_of_place
from qa.pseudonyms import Personal
from qa.recorded import READINGS
from qa.results import Masked
from qa.watching import FlowWatch

if TYPE_CHECKING:
    from flows.catalog import Site
    from qa.orders import RecordOrder
    from qa.places import Stand


def run_record_order(order: RecordOrder, tell: Callable[[str], None]) -> Done:
    """Opens the page and writes the case.

    Raises:
        OrderRefused: the folder is there already, there is no reading of this page, or it is of another site.
        flows.errors.FlowError: the page could not be opened.
    """
    folder = order.out / order.page / order.case
    if folder.exists():
        raise OrderRefused("this case is there already", where=str(folder), hint="Choose another --case.")
    if order.page not in READINGS:
        raise OrderRefused(
            f"there is no reading of the page {order.page[:60]!r}", where="--page", hint=", ".join(READINGS)
        )
    with ExitStack() as opened:
        stand = opened.enter_context(open_stand(order.place))
        url = _address(order, stand)
        state = stand.session(_identity_at(url, stand.site))[0] if order.is_signed_in else None
        bench = opened.enter_context(open_bench(stand, order.browser, FlowWatch(tell)))
        with account_tab(bench, state) if state is not None else reading_tab(bench) as tab:
            done = _record(order, stand, tab, url)
    tell(f"recorded: {folder}")
    return done


def _record(order: RecordOrder, stand: Stand, tab: Tab, url: str) -> Done:
    folder = order.out / order.page / order.case
    with tab.turn(url), named_faults(url):
        response = tab.page.goto(url, wait_until="load")
    html = read_source(tab.page)
    meta = _meta(order, stand.site, tab.page.url, response.status if response is not None else 200)
    meta["seen_at"] = tab.bench.now().isoformat(timespec="seconds")
    personal, reading = save_case(
        tab, html, meta, folder=folder, site=site_of_place(order.place), own=_own_origins(stand, order)
    )
    return Done(data={"folder": str(folder), "masked": _counted(personal), "reading": _short(reading)})


def _address(order: RecordOrder, stand: Stand) -> str:
    """Returns the whole address of the page; a path alone is one of the site's first origin."""
    url = order.url if "://" in order.url else next(iter(stand.site.origins.values())) + order.url
    if not stand.site.owns(url):
        known = ", ".join(stand.site.origins.values())
        raise OrderRefused(
            f"{url[:200]} is not an address of this site", where="URL", hint=f"Give a path alone, or one of {known}."
        )
    return url


def _identity_at(url: str, site: Site) -> str:
    """Names who sees an address as its account does: the first identity of the address's own origin, else the first."""
    own = (name for name, one in site.identities.items() if site.origins[one.origin] == origin_of(url))
    return next(own, next(iter(site.identities)))


def _meta(order: RecordOrder, site: Site, url: str, status: int) -> dict[str, str]:
    found = {"url": url, "status_code": str(status)}
    try:
        found["sku"] = site.product_from_url(url).sku
    except ValueError:
        found.pop("sku", None)
    before, _, after = site.urls.get("author", "").partition(":")[2].partition("{author_id}")
    path = urlsplit(url).path
    if order.page == "author" and before and path.startswith(before):
        found["author_id"] = path.removeprefix(before).removesuffix(after)
    return found


def _own_origins(stand: Stand, order: RecordOrder) -> Callable[[str], str]:
    """Writes the site's own origins in place of a mock's, so that a case means the same everywhere."""
    own = site_of_place(order.place).origins

    def replace(text: str) -> str:
        for name, origin in stand.site.origins.items():
            for form in (origin, json.dumps(origin.replace("/", "\\/"))[1:-1]):
                text = text.replace(form, own[name])
        return text

    return replace


def _counted(personal: Personal) -> JsonValue:
    counted = Masked(names=len(set(personal.names)), identifiers=len(set(personal.identifiers)))
    return counted.model_dump(mode="json")


def _short(reading: JsonValue) -> JsonValue:
    if not isinstance(reading, dict):
        return None
    return {key: value for key, value in reading.items() if not isinstance(value, list | dict)}
