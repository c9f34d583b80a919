"""What an account saw of a site with its own eyes: local marks of entries, in place of the package's.

``catalogs/SITE/seen/ACCOUNT.toml`` of a home. A mark is about one entry as it was then, on the origins where it was
seen: it counts no more once the entry says something else, or the site lies elsewhere (a mock).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from flows.catalog.entries import Entry
from flows.catalog.layers import Layers
from flows.catalog.models import Site
from flows.catalog.overrides import digest_of
from flows.catalog.vocabulary import MAX_FILE_BYTES, CatalogValue, Name, Phrase, Verified
from flows.catalog.writing import literal
from flows.errors import CatalogError
from flows.plain_toml import TomlRefused, read_toml

SEEN = "seen"
_MARKS = {"verified", "words_verified", "why"}
_Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class SeenEntry(CatalogValue):
    """One entry that was found: ``base`` is the digest of what the catalog said of it then."""

    page: Name
    entry: Name
    base: _Digest
    mark: Verified


class SeenFile(CatalogValue):
    """All that one account saw; ``origins`` is the digest of the origins where it was."""

    seen: Literal[1]
    site: Name
    account: Phrase
    origins: _Digest
    entry: Annotated[tuple[SeenEntry, ...], Field(max_length=2_000)] = ()


def digest_of_entry(entry: Entry) -> str:
    """Returns the digest of what an entry says, without its marks."""
    return digest_of(entry.model_dump(mode="json", exclude=_MARKS, exclude_defaults=True))


def digest_of_origins(site: Site) -> str:
    """Returns the digest of where a site lies."""
    return digest_of(dict(site.origins))


def read_seen(layers: Layers, site: str) -> SeenFile | None:
    """Reads what the layers' account saw of a site; None where it saw nothing.

    Raises:
        CatalogError: the file cannot be read.
    """
    path = layers.folder / site / SEEN / f"{layers.account}.toml"
    if not layers.account or not path.is_file():
        return None
    try:
        found = SeenFile.model_validate(read_toml(path, max_bytes=MAX_FILE_BYTES))
    except (TomlRefused, ValidationError) as error:
        raise CatalogError(
            "what was seen cannot be read", where=str(path), hint="`fairreview survey forget` takes it away."
        ) from error
    if (found.site, found.account) != (site, layers.account):
        raise CatalogError("is about another account or site", where=str(path), hint="Move or remove the file.")
    return found


def marks_in_force(site: Site, seen: SeenFile | None) -> dict[tuple[str, str], str]:
    """Returns the marks that count now, by page and entry."""
    if seen is None or seen.origins != digest_of_origins(site):
        return {}
    return {
        (one.page, one.entry): one.mark
        for one in seen.entry
        if one.page in site.pages
        and one.entry in site.pages[one.page].entries
        and digest_of_entry(site.pages[one.page].entries[one.entry]) == one.base
    }


def with_marks(site: Site, seen: SeenFile | None) -> Site:
    """Puts the marks that count in place of the catalog's own."""
    marks = marks_in_force(site, seen)
    if not marks:
        return site
    pages = {
        name: page.model_copy(
            update={
                "entries": {
                    key: entry.model_copy(update={"verified": marks.get((name, key), entry.verified)})
                    for key, entry in page.entries.items()
                }
            }
        )
        for name, page in site.pages.items()
    }
    return site.model_copy(update={"pages": pages})


def render_seen(site: str, account: str, origins: str, entries: Iterable[SeenEntry]) -> str:
    """Renders the file."""
    head: Mapping[str, object] = {"seen": 1, "site": site, "account": account, "origins": origins}
    lines = [f"{key} = {literal(value)}" for key, value in head.items()]
    for one in entries:
        lines += ["", "[[entry]]", *(f"{name} = {literal(getattr(one, name))}" for name in type(one).model_fields)]
    return "\n".join(lines) + "\n"
