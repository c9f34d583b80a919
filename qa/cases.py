"""A recorded case on its way to the disk: what is personal on a page is found through the site's catalog and masked."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from pydantic import JsonValue

from evidence_store.placing import while_held
from flows.readings.document import Document, read_field
from flows.readings.witnesses import read_account
from flows.workbench import Tab
from qa.pseudonyms import Personal
from qa.recorded import READINGS, Case, as_json, pretty

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from playwright.sync_api import Page

    from flows.catalog import Site

_SHORTEST_SECRET = 8
_NAMES = ("author", "name")
_IDENTIFIERS = ("author_id", "order_number")


def save_case(
    tab: Tab,
    html: str,
    meta: Mapping[str, str],
    *,
    folder: Path,
    site: Site,
    own: Callable[[str], str],
) -> tuple[Personal, JsonValue]:
    """Writes the page as it stands as a case ``<page>/<case>``, without secrets and people.

    Args:
        tab: The page.
        html: Its source.
        meta: Its address, its status and when it was seen.
        folder: Where the case goes; the folder above has the page's name.
        site: The catalog by which the case is read.
        own: Writes the site's own origins in place of a mock's.
    """
    personal = find_personal(html, tab, folder.parent.name)
    cleaned = {key: own(personal.clean(value)) for key, value in meta.items()}
    files = {
        "page.html": own(personal.clean(html)).encode(),
        "states.json": own(personal.clean(_states(html))).encode(),
        "meta.json": pretty(cleaned).encode(),
        "picture.png": take_masked_picture(tab.page, personal),
    }
    return personal, _write(folder, files, site)


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
        while_held(lambda: part.rename(folder))
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


def take_masked_picture(page: Page, personal: Personal) -> bytes:
    """Takes the whole page, with every picture and every line covered that the source has cleaned."""
    covered = [page.locator("img, video"), *(page.get_by_text(shown) for shown in personal.shown())]
    return page.screenshot(full_page=True, mask=covered, mask_color="#000000")
