"""Saves one page as a recorded case: source, states, picture, address and reading, without secrets and people."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from pydantic import JsonValue

from flows.faults import named_faults
from flows.pages.source import read_source
from flows.readings.document import Document, read_field
from flows.readings.witnesses import read_account
from flows.workbench import Tab, account_tab, reading_tab
from qa.errors import OrderRefused
from qa.orders import Done
from qa.places import open_bench, open_stand, site_of_place
from qa.pseudonyms import Personal
from qa.recorded import READINGS, Case, as_json, pretty
from qa.results import Masked
from qa.watching import FlowWatch

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from flows.catalog import Site
    from qa.orders import RecordOrder
    from qa.places import Stand

_SHORTEST_SECRET = 8
_NAMES = ("author", "name")
_IDENTIFIERS = ("author_id", "order_number")


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
        state = stand.session("site_profile")[0] if order.is_signed_in else None
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
    personal = find_personal(html, tab, order.page)
    meta = _meta(order, stand.site, tab.page.url, response.status if response is not None else 200)
    meta["seen_at"] = tab.bench.now().isoformat(timespec="seconds")
    own = _own_origins(stand, order)
    cleaned = {key: own(personal.clean(value)) for key, value in meta.items()}
    files = {
        "page.html": own(personal.clean(html)).encode(),
        "states.json": own(personal.clean(_states(html))).encode(),
        "meta.json": pretty(cleaned).encode(),
        "picture.png": take_masked_picture(tab.page, personal),
    }
    reading = _write(folder, files, site_of_place(order.place))
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


def _write(folder: Path, files: dict[str, bytes], site: Site) -> JsonValue:
    """Writes a case whole or not at all, with its reading."""
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        for name, data in files.items():
            (part / name).write_bytes(data)
        reading = READINGS[folder.parent.name](Case(part), site)
        (part / "expected.json").write_text(pretty(as_json(reading)), encoding="utf-8")
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return as_json(reading)


def find_personal(html: str, tab: Tab, page: str) -> Personal:
    """Finds what is personal on a page through the site's own catalog: authors, the account, orders, the session."""
    document = Document(html)
    hooks = tab.site.page(page).reading
    values: dict[str, list[str]] = {"names": [], "identifiers": []}
    for node in document.rows(hooks.rows):
        for name, fields in hooks.fields.items():
            _sort_in(values, name, read_field(node, fields))
    for name, fields in hooks.page_fields.items():
        _sort_in(values, name, document.field(fields))
    for identity in tab.site.identities:
        seen = read_account(document, tab.site, identity)
        values["names"].append(seen.name)
        values["identifiers"].append(seen.account_id)
    for key in ("order", "guid"):
        values["identifiers"] += parse_qs(urlsplit(tab.page.url).query).get(key, [])
    for _, state in document.states(("",)):
        _walk(state, values)
    secrets = [v for cookie in tab.guarded.context.cookies() if len(v := cookie.get("value", "")) >= _SHORTEST_SECRET]
    return Personal(
        names=tuple(filter(None, values["names"])),
        identifiers=tuple(filter(None, values["identifiers"])),
        secrets=tuple(secrets),
    )


def _sort_in(values: dict[str, list[str]], name: str, value: str) -> None:
    if name in _NAMES:
        values["names"].append(value)
    elif name in _IDENTIFIERS:
        values["identifiers"].append(value)
    elif name == "author_url":
        values["identifiers"] += [part for part in urlsplit(value).path.split("/") if len(part) > 12]


def _walk(state: object, values: dict[str, list[str]]) -> None:
    """Finds people in a state: a table with a guid, and the names that stand beside it."""
    waiting = [state]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += item
        elif isinstance(item, dict):
            waiting += item.values()
            if isinstance(item.get("guid"), str):
                values["identifiers"].append(item["guid"])
                names = (item.get(key) for key in ("name", "firstName", "lastName", "displayName"))
                values["names"] += [name for name in names if isinstance(name, str)]


def _states(html: str) -> str:
    return pretty(dict(Document(html).states(("",))))


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


def take_masked_picture(page: Page, personal: Personal) -> bytes:
    """Takes the whole page, with every picture and every line covered that the source has cleaned."""
    covered = [page.locator("img, video"), *(page.get_by_text(shown) for shown in personal.shown())]
    return page.screenshot(full_page=True, mask=covered, mask_color="#000000")


def _counted(personal: Personal) -> JsonValue:
    counted = Masked(names=len(set(personal.names)), identifiers=len(set(personal.identifiers)))
    return counted.model_dump(mode="json")


def _short(reading: JsonValue) -> JsonValue:
    if not isinstance(reading, dict):
        return None
    return {key: value for key, value in reading.items() if not isinstance(value, list | dict)}
