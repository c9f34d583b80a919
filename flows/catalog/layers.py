"""Layers of catalogs: the package's, over it the installation's, over that an account's.

Below ``catalogs/`` of a home: ``SITE/overrides/PAGE.toml`` holds single entries for every account, and
``SITE/accounts/NAME/`` those of one account; ``SITE/site.toml`` makes the folder a whole site of one's own, which
counts only as it was taken (``adopted.toml``). Nothing here writes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import AwareDatetime, ValidationError

from flows.catalog.overrides import (
    SITE_PAGE,
    Override,
    check_address,
    digest_of,
    is_known,
    read_overrides,
    value_at,
)
from flows.catalog.vocabulary import MAX_FILE_BYTES, MAX_FILES, CatalogValue, Name, Phrase
from flows.errors import CatalogError
from flows.plain_toml import TomlRefused, read_plain, read_toml

OVERRIDES, ACCOUNTS, ADOPTED = "overrides", "accounts", "adopted.toml"
INSTALLATION_LAYER = "installation"
_ASIDE = frozenset({"verified", "why", "layout"})

Table = Mapping[str, object]
Tables = Mapping[str, Table]
"""A site's files as the package has them, by page; ``site`` is ``site.toml``."""


@dataclass(frozen=True)
class Layers:
    """What lies over the package's catalogs.

    Attributes:
        folder: ``catalogs/`` of a home; it need not be there.
        account: Whose layer lies on top; "" is nobody's.
    """

    folder: Path
    account: str = ""

    def whole(self, site: str) -> Path:
        """Where a whole site of one's own would lie."""
        return self.folder / site

    def folders(self, site: str) -> tuple[tuple[str, Path], ...]:
        """Returns the folders of overrides, the lower layer first, each with its layer's name for people."""
        home = self.folder / site
        own = ((f"account {self.account}", home / ACCOUNTS / self.account),) if self.account else ()
        return ((INSTALLATION_LAYER, home / OVERRIDES), *own)


@dataclass(frozen=True)
class Placed:
    """An override and where it lies."""

    layer: str
    path: Path
    page: str
    override: Override

    @property
    def name(self) -> str:
        """``report_dialog.entries.send``."""
        return f"{self.page}.{self.override.key}"


class Standing(StrEnum):
    """How an override stands to the package that lies under it now."""

    IN_FORCE = "in force"
    CAUGHT_UP = "caught up"
    CHANGED_BELOW = "changed below"
    ORPHAN = "orphan"


STANDING_HINTS = {
    Standing.IN_FORCE: "it counts in place of the package's.",
    Standing.CAUGHT_UP: "the package has caught up with it: `fairreview catalog drop` takes it back.",
    Standing.CHANGED_BELOW: "the package changed what lies under it: `fairreview catalog diff` shows both.",
    Standing.ORPHAN: "the package no longer has such an entry, so it changes nothing: `fairreview catalog drop`.",
}
"""What each standing means for a person."""


@dataclass(frozen=True)
class Layered:
    """An override with what lies under it.

    Attributes:
        package: What the package says there now; None where it says nothing.
    """

    placed: Placed
    standing: Standing
    package: object


class Adoption(CatalogValue):
    """That a person was shown a whole site of one's own and took it as it was then."""

    adopted: int
    site: Name
    who: Phrase
    at: AwareDatetime
    reason: Phrase
    digest: Phrase


def find_overrides(site: str, layers: Layers | None) -> tuple[Placed, ...]:
    """Reads every override of a site, the lower layer first.

    Raises:
        CatalogError: a file cannot be read, or says what an override may not say.
    """
    if layers is None:
        return ()
    return tuple(
        Placed(layer, path, path.stem, one)
        for layer, folder in layers.folders(site)
        for path in _files(folder)
        for one in read_overrides(path, site=site).override
    )


def check_against(tables: Tables, placed: Placed) -> None:
    """Holds an override against what the package says.

    Raises:
        CatalogError: it turns a control that writes into one that reads, or an address into one that acts.
    """
    one, where = placed.override, str(placed.path)
    table = tables.get(placed.page)
    if placed.page == SITE_PAGE and one.key.startswith("urls."):
        check_address(tables[SITE_PAGE], one, where)
    if table is None or not one.key.startswith("entries.") or not is_known(table, one.key):
        return
    below = value_at(table, one.key)
    if not isinstance(below, dict) or not isinstance(one.value, dict):
        raise CatalogError("an override of an entry is a whole entry", where=f"{where}: {one.key}", hint="Correct it.")
    kept = ("use", "within") if below.get("use", "read") == "write" else ("use",)
    for field in kept:
        if one.value.get(field, "read" if field == "use" else None) != below.get(
            field, "read" if field == "use" else None
        ):
            raise CatalogError(
                f"an override never changes how strictly a control is found: {one.key}.{field}",
                where=f"{where}: {one.key}",
                hint=f"Write {field} as the package has it: {below.get(field, 'nothing')!r}.",
            )


def stand(tables: Tables, placed: Placed) -> Layered:
    """Compares an override with what the package says now."""
    one = placed.override
    table = tables.get(placed.page)
    if table is None or (placed.page != SITE_PAGE and not is_known(table, one.key)):
        return Layered(placed, Standing.ORPHAN, None)
    below = value_at(table, one.key)
    if _says_the_same(one, below):
        return Layered(placed, Standing.CAUGHT_UP, below)
    is_as_then = digest_of(below) == one.base
    return Layered(placed, Standing.IN_FORCE if is_as_then else Standing.CHANGED_BELOW, below)


def digest_of_site(folder: Path) -> str:
    """Returns the digest of a whole site's files, names and contents, without the note of its adoption.

    Raises:
        CatalogError: too many files, or one that cannot be read.
    """
    total = hashlib.sha256()
    for path in site_files(folder):
        content = hashlib.sha256(_bytes(path)).hexdigest()
        total.update(f"{path.name}\0{content}\n".encode())
    return total.hexdigest()


def site_files(folder: Path) -> list[Path]:
    """Returns the files of a whole site, in order.

    Raises:
        CatalogError: more than a site has.
    """
    return [path for path in _files(folder) if path.name != ADOPTED]


def read_adoption(folder: Path) -> Adoption:
    """Reads who took a whole site of one's own, and that it is still the same.

    Raises:
        CatalogError: nobody did, or it was changed since.
    """
    path, site = folder / ADOPTED, folder.name
    hint = f"`fairreview catalog adopt {site}` shows it whole and takes it as it is."
    if not path.is_file():
        raise CatalogError(f"the site {site!r} of your own was not taken yet", where=str(folder), hint=hint)
    try:
        found = Adoption.model_validate(read_toml(path, max_bytes=MAX_FILE_BYTES))
    except (TomlRefused, ValidationError) as error:
        raise CatalogError("the note of its adoption cannot be read", where=str(path), hint=hint) from error
    if found.site != site or found.digest != digest_of_site(folder):
        raise CatalogError(f"the site {site!r} was changed since it was taken", where=str(folder), hint=hint)
    return found


def _says_the_same(override: Override, below: object) -> bool:
    """Whether the package says now what the override says: of an entry, that it knows the override's first way."""
    value = override.value
    if override.key == "stop":
        return isinstance(value, list) and isinstance(below, list) and all(one in below for one in value)
    if not override.key.startswith("entries.") or not isinstance(value, dict) or not isinstance(below, dict):
        return value == below
    ways, known = value.get("candidates"), below.get("candidates")
    if not isinstance(ways, list) or not isinstance(known, list) or not ways:
        return False
    return _bare(ways[0]) in [_bare(one) for one in known]


def _bare(candidate: object) -> object:
    if not isinstance(candidate, dict):
        return candidate
    return {key: value for key, value in candidate.items() if key not in _ASIDE}


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    found = sorted(_bounded(folder))
    if len(found) > MAX_FILES:
        raise CatalogError(f"more than {MAX_FILES} files", where=str(folder), hint="Split the site or remove files.")
    return found


def _bounded(folder: Path) -> Iterator[Path]:
    for number, path in enumerate(folder.glob("*.toml")):
        if number > MAX_FILES:
            return
        yield path


def _bytes(path: Path) -> bytes:
    try:
        return read_plain(path, max_bytes=MAX_FILE_BYTES)
    except TomlRefused as error:
        raise CatalogError(str(error), where=str(path), hint=error.hint) from error
