"""Reads a site's folder of TOML files into one checked ``Site``. Nothing in a catalog can run.

Where it looks: the folder that settings name, else the catalogs that travel in the package, else the checkout's own.
Every refusal is a ``CatalogError`` with file, line where it can be told, and key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, Field, ValidationError

from evidence_store.sentences import sentence
from flows.catalog import answers, channel_spec, entries, models, seller_api, vocabulary, wording
from flows.catalog.channel_kinds import SubmitTransport
from flows.catalog.channel_spec import ChannelSpec
from flows.catalog.entries import PageCatalog
from flows.catalog.layers import ADOPTED, Layered, Layers, Placed, check_against, find_overrides, read_adoption, stand
from flows.catalog.models import Site
from flows.catalog.names import require_known_names
from flows.catalog.overrides import SITE_PAGE, apply_overrides
from flows.catalog.refusals import tell_others, tell_refusals
from flows.catalog.seen import read_seen, with_marks
from flows.catalog.vocabulary import (
    MAX_FILE_BYTES,
    MAX_FILES,
    SCHEMA_VERSION,
    CatalogValue,
    Name,
    OriginUrl,
    Seconds,
)
from flows.errors import CatalogError
from flows.globs import pattern_of
from flows.plain_toml import TomlRefused, read_toml, refuse_link

MAX_DEPTH = 8
_MAX_NAME = 48
SITE_FILE = "site.toml"
_HEADER = "header"  # who is signed in stands in site.toml: a site need not describe this page
# Publication rules belong to triage, which reads them itself.
NOT_PAGES = frozenset({SITE_FILE, "rules.toml", ADOPTED})
_NOT_FROM_FILES = frozenset({"pages", "is_overlaid", "is_own"})

Table = Mapping[str, object]
_Model = TypeVar("_Model", bound=BaseModel)


class SiteOverlay(CatalogValue):
    """What may differ between production and a mock: where it is and how long to wait. Never what a page looks like.

    Attributes:
        origins: New origins by name; names that the site does not have are refused.
        timings: New values of ``Timings`` by field.
        windows: New values, for every channel, of ``settle_window_seconds``, ``answer_window_seconds`` and the like.
        submit_transport: Who sends the one request that files; None leaves it as the catalog says.
    """

    origins: Mapping[Name, OriginUrl] = {}
    timings: Mapping[Name, float] = {}
    windows: Annotated[Mapping[Name, Seconds], Field(max_length=8)] = {}
    submit_transport: SubmitTransport | None = None


def site_names(folder: Path | None = None, *, layers: Layers | None = None) -> tuple[str, ...]:
    """Names the sites that have a catalog: the package's, and whole ones of one's own."""
    folders = (catalog_folder(folder), *((layers.folder,) if layers else ()))
    return tuple(sorted({path.parent.name for one in folders for path in one.glob(f"*/{SITE_FILE}")}))


def load_site(
    name: str, *, folder: Path | None = None, overlay: SiteOverlay | None = None, layers: Layers | None = None
) -> Site:
    """Loads one site with all its pages.

    Args:
        name: The folder's name, for example ``ozon``.
        folder: Folder that holds the sites' folders; by default the packaged or checked-out one.
        overlay: Other origins and times, for a mock.
        layers: What an installation and an account say otherwise.

    Raises:
        CatalogError: a file is missing, not TOML, too large or deep, or says something a catalog may not say.
    """
    found = find_site(name, folder=folder, layers=layers)
    site = _compose(name, *found, find_overrides(name, layers), overlay)
    if folder is not None and layers is None:  # it is being written: what was taken before stays readable
        require_known_names(site)
    return with_marks(site, read_seen(layers, name)) if layers is not None else site


def load_with(name: str, proposed: Sequence[Placed], *, layers: Layers) -> Site:
    """Loads a site as it would be with further overrides that lie elsewhere; nothing is written.

    Args:
        name: The site.
        proposed: What is tried, above everything that was taken.
        layers: What an installation and an account say otherwise.

    Raises:
        CatalogError: it would not load; the file of what is tried is named.
    """
    keys = {one.name for one in proposed}
    there = [one for one in find_overrides(name, layers) if one.name not in keys]
    return _compose(name, *find_site(name, layers=layers), (*there, *proposed), None)


def _compose(name: str, home: Path, is_own: bool, placed: Sequence[Placed], overlay: SiteOverlay | None) -> Site:
    """Makes a site of its files and of what is said otherwise."""
    tables = read_tables(home)
    for one in placed:
        check_against(tables, one)
    changed = {
        page: apply_overrides(table, page, tuple(one.override for one in placed if one.page == page))
        for page, table in tables.items()
    }
    places = {one.page: one.path for one in placed}  # the file to blame: whoever changed the page last
    pages = {
        page: _load_page(table, home / f"{page}.toml", places.get(page))
        for page, table in changed.items()
        if page != SITE_PAGE
    }
    pages.setdefault(_HEADER, PageCatalog.model_validate({"schema": 1, "page": _HEADER, "title": "Header"}))
    table = _overlaid({**changed[SITE_PAGE], "pages": pages, "is_own": is_own}, overlay, home / SITE_FILE)
    site: Site = _validate(Site, _unproven(table) if is_own else table, places.get(SITE_PAGE, home / SITE_FILE))
    if site.name != name:
        raise CatalogError("name and folder differ", where=f"{home / SITE_FILE}: name", hint=f"Write name = {name!r}")
    require_channel_pages(site, home / SITE_FILE)
    return site


def find_site(name: str, *, folder: Path | None = None, layers: Layers | None = None) -> tuple[Path, bool]:
    """Finds a site's folder, and whether it is one's own.

    Raises:
        CatalogError: there is none, or one's own was not taken as it is.
    """
    known = ", ".join(site_names(folder, layers=layers)) or "none"
    if not name.isascii() or not name.replace("_", "").isalnum() or len(name) > _MAX_NAME:
        raise CatalogError(f"{name!r} is not a site's name", where="site", hint=f"Known sites: {known}")
    home = catalog_folder(folder) / name
    own = layers.whole(name) if layers is not None else None
    if own is not None and (own / SITE_FILE).is_file():
        if (home / SITE_FILE).is_file():
            raise CatalogError(
                f"{name!r} is a site of the package: a whole site of your own needs another name",
                where=str(own / SITE_FILE),
                hint="Single entries can be overridden: `fairreview catalog adopt --file`.",
            )
        read_adoption(own)
        return own, True
    if not (home / SITE_FILE).is_file():
        raise CatalogError(
            sentence("no catalog for {site!r}", site=name),
            where=str(home / SITE_FILE),
            hint=sentence("Known sites: {known}", known=known),
        )
    return home, False


def read_tables(home: Path) -> dict[str, dict[str, object]]:
    """Reads a site's files as they are written, by page; ``site`` is ``site.toml``.

    Raises:
        CatalogError: a file is not plain TOML, too large or deep, or there are too many.
    """
    files = sorted(home.glob("*.toml"))
    if len(files) > MAX_FILES:
        raise CatalogError(f"more than {MAX_FILES} files", where=str(home), hint="Split the site or remove files.")
    found = {path.stem: _read(path) for path in files if path.name not in NOT_PAGES}
    site = _read(home / SITE_FILE)
    for key in _NOT_FROM_FILES & site.keys():
        raise CatalogError("this is not for a file to say", where=f"{home / SITE_FILE}: {key}", hint="Remove this key.")
    return {SITE_PAGE: site, **found}


def examine_layers(name: str, *, folder: Path | None = None, layers: Layers) -> tuple[Layered, ...]:
    """Compares every override of a site with what lies under it.

    Raises:
        CatalogError: something cannot be read, or is not allowed.
    """
    home, _ = find_site(name, folder=folder, layers=layers)
    tables = read_tables(home)
    return tuple(stand(tables, one) for one in find_overrides(name, layers))


def load_channels(home: Path) -> Mapping[str, ChannelSpec]:
    """Loads what a site's channels take, without its pages.

    Args:
        home: The site's folder.

    Raises:
        CatalogError: there is no ``site.toml``, or it says something a catalog may not say.
    """
    path = home / SITE_FILE
    return {name: _channel(name, spec, path) for name, spec in _inner(_read(path), "channels").items()}


def _channel(name: str, spec: object, path: Path) -> ChannelSpec:
    if not isinstance(spec, dict):
        raise CatalogError("not a table", where=f"{path}: channels.{name}")
    return _validate(ChannelSpec, spec, path, above=("channels", name))


def _load_page(table: Table, path: Path, changed_by: Path | None) -> PageCatalog:
    page: PageCatalog = _validate(PageCatalog, table, changed_by or path)
    if page.page != path.stem:
        raise CatalogError("page and file name differ", where=f"{path}: page", hint=f"Write page = {path.stem!r}")
    return page


def _unproven(table: Table) -> dict[str, object]:
    """Returns a site of one's own with every channel off until a look and a person say that it is there."""
    channels = {
        name: {**spec, "disputed": True} if isinstance(spec, dict) else spec
        for name, spec in _inner(table, "channels").items()
    }
    return {**table, "channels": channels}


def require_channel_pages(site: Site, path: Path) -> None:
    """Refuses a channel that names a page which the site does not describe, or whose filing would pass as harmless.

    Raises:
        CatalogError: it does.
    """
    for channel, spec in site.channels.items():
        on_the_way = (("kind", page) for page in spec.facts.pages)
        for key, page in (("page", spec.page), ("list_page", spec.list_page), *on_the_way):
            if page is not None and page not in site.pages:
                raise CatalogError(f"there is no page {page!r}", where=f"{path}: channels.{channel}.{key}")
        for number, one in enumerate(site.needed):
            filing = [address for address in (spec.submit_url, spec.reply_url) if address is not None]
            if any(_may_be_one(one.url, address) for address in filing):
                raise CatalogError(
                    f"this is the request that files by {channel}: it never passes the gate as harmless",
                    where=f"{path}: needed.{number}.url",
                    hint="Name only what the page sends by itself to work.",
                )


def _may_be_one(pattern: str, other: str) -> bool:
    """Whether two addresses with wildcards may be the same one."""
    return any(pattern_of(one).fullmatch(two.replace("*", "x")) for one, two in ((pattern, other), (other, pattern)))


def catalog_folder(folder: Path | None = None) -> Path:
    """Returns the folder of the sites' folders: the one named, else the packaged one, else the checkout's."""
    if folder is not None:
        return folder
    package = Path(__file__).parents[1]
    packaged = package / "_selectors"
    return packaged if packaged.is_dir() else package.parent / "selectors"


def _read(path: Path) -> dict[str, object]:
    try:
        refuse_link(path)
        table = read_toml(path, max_bytes=MAX_FILE_BYTES)
    except TomlRefused as error:
        raise CatalogError(str(error), where=f"{path}{error.at}", hint=error.hint) from error
    if _depth(table) > MAX_DEPTH:
        raise CatalogError(f"nested deeper than {MAX_DEPTH}", where=str(path))
    version = table.get("schema")
    if isinstance(version, int) and version != SCHEMA_VERSION:
        raise CatalogError(
            f"schema {version}, this program reads {SCHEMA_VERSION}", where=f"{path}: schema", hint="Update fairreview."
        )
    return table


def _depth(value: object) -> int:
    deepest, level = 0, [value]
    while level and deepest <= MAX_DEPTH:
        deepest += 1
        inner: list[object] = []
        for item in level:
            inner.extend(item.values() if isinstance(item, dict) else item if isinstance(item, list) else ())
        level = inner
    return deepest


def _overlaid(table: dict[str, object], overlay: SiteOverlay | None, path: Path) -> dict[str, object]:
    if overlay is None:
        return table
    origins = _inner(table, "origins")
    if unknown := overlay.origins.keys() - origins.keys():
        raise CatalogError(f"the overlay names unknown origins: {', '.join(sorted(unknown))}", where=f"{path}: origins")
    channels = {
        name: {**spec, **overlay.windows} if isinstance(spec, dict) else spec
        for name, spec in _inner(table, "channels").items()
    }
    return {
        **table,
        "origins": {**origins, **overlay.origins},
        "timings": {**_inner(table, "timings"), **overlay.timings},
        "channels": channels,
        **({"submit_transport": overlay.submit_transport} if overlay.submit_transport else {}),
        "is_overlaid": True,
    }


def _inner(table: Table, key: str) -> dict[str, object]:
    value = table.get(key, {})
    return value if isinstance(value, dict) else {}


def _validate(model: type[_Model], table: Table, path: Path, above: Sequence[str] = ()) -> _Model:
    try:
        return model.model_validate(table)
    except ValidationError as error:
        raise _refused(error, path, above) from None


def _refused(error: ValidationError, path: Path, above: Sequence[str]) -> CatalogError:
    """Returns the refusal of a file: the first problem, and all others behind the next step."""
    found = tell_refusals(error, path, _known_keys(), above)
    hint = " ".join(filter(None, (found[0].hint, tell_others(found))))
    return CatalogError(found[0].problem, where=found[0].where, hint=hint)


def _known_keys() -> list[str]:
    keys: set[str] = set()
    for module in (models, entries, answers, channel_spec, seller_api, wording, vocabulary):
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, CatalogValue):
                keys.update(value.model_fields)
    return sorted(keys)
