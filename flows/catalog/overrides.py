"""Single entries of a site's catalog, said otherwise by this installation or one account: files of overrides.

An override is data from a file that anybody may have written. What it may touch is a closed list; what decides where
credentials go, what files and what passes the gate is refused by name, whatever else the file says.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from flows.catalog.refusals import tell_others, tell_refusals
from flows.catalog.vocabulary import MAX_FILE_BYTES, CatalogValue, Name, Phrase, Verified, placeholders_in
from flows.errors import CatalogError
from flows.plain_toml import TomlRefused, read_toml, refuse_link

MAX_OVERRIDES = 200  # in one file
_MAX_VALUE_DEPTH = 6
_Model = TypeVar("_Model", bound=BaseModel)
SITE_PAGE = "site"
"""The name under which a file changes ``site.toml`` rather than a page."""

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[^.\x00-\x1f]{1,100}){0,3}$", max_length=200)]

# What must stay as the package (or a whole site of one's own) says it, with the words for the refusal. ``*`` is one
# part of a key, ``**`` any rest of it, also none.
_SUBMIT = "the request that files"
_PROTECTED = {
    "origins.**": "the origins",
    "twins.**": "the site's own hosts",
    "identities.**": "where and how an account signs in",
    "witnesses": "the account's witness",
    "witnesses.account.**": "the account's witness",
    "witnesses.sign_in_css": "what shows a sign-in form",
    "channels": _SUBMIT,
    "channels.*": _SUBMIT,
    "channels.*.submit_url": _SUBMIT,
    "channels.*.submit_method": _SUBMIT,
    "channels.*.submits_by": _SUBMIT,
    "channels.*.request_verified": _SUBMIT,
    "channels.*.gate_sees_submit": "gate_sees_submit",
    "channels.*.refusals": "what counts as a refusal by the site",
    "channels.*.disputed": "disputed",
    "channels.*.reply_url": "the request that answers a question",
    "channels.*.upload_url": "what passes the gate",
    "channels.*.identity": "who files",
    "needed.**": "what passes the gate",
    "acting_urls.**": "what the gate guards",
    "submit_transport": "who sends the request that files",
    "urls": "where an account signs in",
    "seller_api.**": "where the key of the API goes",
    "timings.**": "the pace towards the site ([sites] in config.toml has it)",
}
_OF_A_CHANNEL = (
    "title", "reasons", "text_required", "text_max", "draft_max", "attachments", "max_files", "max_file_bytes",
    "file_types", "asks_sender", "filing_window_days", "review_time_days", "reappeals",
)  # fmt: skip
_SITE_KEYS = (
    "urls.*", "product_forms", "short_links", "stop", "listing.**", "dates.**", "wordings.**", "witnesses.emptiness.**",
    "witnesses.guest_wall.**", "witnesses.locale.**", *(f"channels.*.{field}" for field in _OF_A_CHANNEL),
)  # fmt: skip
_PAGE_KEYS = ("entries.*", "reading.*", "reading.*.*")


class Override(CatalogValue):
    """One value that stands in place of the package's.

    Attributes:
        key: Dotted place in the page's file, or in ``site.toml``: ``entries.send``, ``wordings.appeal_statuses``.
        who: Who took it.
        at: When.
        reason: Why.
        mark: Where the fact comes from, as ``verified`` has it.
        base: Digest of what the package said there; "" where it said nothing.
        value: What stands there now; for ``stop``, further markers behind the package's.
    """

    key: Key
    who: Phrase
    at: AwareDatetime
    reason: Phrase
    mark: Verified
    base: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    value: object


class OverrideFile(CatalogValue):
    """All overrides of one page by one layer."""

    overlay: Literal[1]
    site: Name
    page: Name
    override: Annotated[tuple[Override, ...], Field(max_length=MAX_OVERRIDES)] = ()


class Proposed(CatalogValue):
    """An override that somebody sent or wrote: nobody has taken it yet."""

    key: Key
    reason: Phrase
    mark: Verified
    value: object


class ProposedFile(CatalogValue):
    """Proposed overrides of one page, as ``catalog adopt --file`` reads them."""

    overlay: Literal[1]
    site: Name
    page: Name
    override: Annotated[tuple[Proposed, ...], Field(min_length=1, max_length=MAX_OVERRIDES)]


def read_overrides(path: Path, *, site: str) -> OverrideFile:
    """Reads one file of overrides and refuses what an override may never touch.

    Args:
        path: The file; its name is the page's.
        site: The site whose folder it lies in.

    Raises:
        CatalogError: it cannot be read, or says something that an override may not say.
    """
    found = _read(OverrideFile, path)
    if (found.site, found.page) != (site, path.stem):
        raise CatalogError(
            f"is about {found.site}.{found.page}, and lies where {site}.{path.stem} is looked for",
            where=str(path),
            hint="Correct `site` and `page`, or move the file.",
        )
    for one in found.override:
        check_key(found.page, one.key, where=str(path))
        _check_depth(one.value, where=f"{path}: {one.key}")
    if len({one.key for one in found.override}) != len(found.override):
        raise CatalogError("one key is overridden twice", where=str(path), hint="Remove one of the two.")
    return found


def read_proposed(path: Path) -> ProposedFile:
    """Reads overrides that nobody has taken yet, by the same rules.

    Raises:
        CatalogError: it cannot be read, or says something that an override may not say.
    """
    found = _read(ProposedFile, path)
    for one in found.override:
        check_key(found.page, one.key, where=str(path))
        _check_depth(one.value, where=f"{path}: {one.key}")
    return found


def check_key(page: str, key: str, *, where: str) -> None:
    """Lets pass what an override may touch.

    Raises:
        CatalogError: the key is protected, which is said by name, or nothing that can be overridden.
    """
    at = f"{where}: {key}"
    if page == SITE_PAGE and (what := next((what for one, what in _PROTECTED.items() if _fits(key, one)), None)):
        raise CatalogError(
            f"an override never changes {what}: {key}",
            where=at,
            hint="Take it out. Only the package, or a whole site of your own, can say this.",
        )
    allowed = _SITE_KEYS if page == SITE_PAGE else _PAGE_KEYS
    if not any(_fits(key, one) for one in allowed):
        of = "entries.NAME, reading.NAME, reading.fields.NAME" if page != SITE_PAGE else ", ".join(_SITE_KEYS[:10])
        raise CatalogError(
            f"{key} is not something that an override may change", where=at, hint=f"It may change: {of}."
        )


def apply_overrides(table: Mapping[str, object], page: str, overrides: tuple[Override, ...]) -> dict[str, object]:
    """Puts overrides into a file's table. One whose entry the package no longer has is left out: it is told elsewhere.

    Args:
        table: What the package says.
        page: The page, or ``site``.
        overrides: In the order of the layers: a later one of the same key wins.
    """
    changed = dict(table)
    for one in overrides:
        if page != SITE_PAGE and not is_known(table, one.key):
            continue
        changed = _put(changed, one.key.split("."), _value_of(one, table))
    return changed


def check_address(site_table: Mapping[str, object], override: Override, where: str) -> None:
    """Lets an address move on its own origin only, and never onto one that acts or that signs in.

    Raises:
        CatalogError: it does something else.
    """
    name = override.key.removeprefix("urls.")
    urls, identities = _table(site_table.get("urls")), _table(site_table.get("identities"))
    at = f"{where}: {override.key}"
    signs_in = {_table(one).get(field) for one in identities.values() for field in ("sign_in", "home")}
    if name in signs_in or name == _table(site_table.get("seller_api")).get("reviews"):
        raise CatalogError(
            f"an override never changes where an account signs in or a key goes: {override.key}",
            where=at,
            hint="Take it out. Only the package, or a whole site of your own, can say this.",
        )
    old, new = urls.get(name), override.value
    if not isinstance(old, str) or not isinstance(new, str):
        raise CatalogError("an override changes an address that is there, by a text", where=at, hint="Correct it.")
    try:
        has_same_words = placeholders_in(new) == placeholders_in(old)
    except ValueError as error:
        raise CatalogError(str(error), where=at, hint="Correct the address.") from error
    if old.partition(":")[0] != new.partition(":")[0] or not has_same_words:
        raise CatalogError(
            "an address may change on its own origin, with the same {placeholders}", where=at, hint=f"It was: {old}"
        )
    for guarded in _guarded(site_table):
        if _may_meet(guarded, new):
            raise CatalogError(
                f"an override never turns a page that is read into one that acts: {guarded}",
                where=at,
                hint="Take it out.",
            )


def is_known(table: Mapping[str, object], key: str) -> bool:
    """Whether the package says something under this key; a reading's own keys may be new."""
    parts = key.split(".")
    return parts[0] != "entries" or parts[1] in _table(table.get("entries"))


def value_at(table: Mapping[str, object], key: str) -> object:
    """Returns what stands under a dotted key; None where there is nothing."""
    value: object = table
    for part in key.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def digest_of(value: object) -> str:
    """Returns the digest of a value as TOML gives it; "" of nothing."""
    if value is None:
        return ""
    plain = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def _read(model: type[_Model], path: Path) -> _Model:
    try:
        refuse_link(path)
        table = read_toml(path, max_bytes=MAX_FILE_BYTES)
    except TomlRefused as error:
        raise CatalogError(str(error), where=f"{path}{error.at}", hint=error.hint) from error
    try:
        return model.model_validate(table)
    except ValidationError as error:
        found = tell_refusals(error, path, [*Override.model_fields, *OverrideFile.model_fields])
        last = "`fairreview catalog drop` takes an override back; docs/catalogs.md shows the form."
        hint = " ".join(filter(None, (found[0].hint, tell_others(found), last)))
        raise CatalogError(found[0].problem, where=found[0].where, hint=hint) from None


def _fits(key: str, pattern: str) -> bool:
    parts, wanted = key.split("."), pattern.split(".")
    for place, part in enumerate(wanted):
        if part == "**":
            return True
        if place >= len(parts) or part not in {"*", parts[place]}:
            return False
    return len(parts) == len(wanted)


def _put(table: Mapping[str, object], parts: list[str], value: object) -> dict[str, object]:
    """Returns the table with a value at a place; tables on the way are made."""
    first, *rest = parts
    if not rest:
        return {**table, first: value}
    return {**table, first: _put(_table(table.get(first)), rest, value)}


def _value_of(override: Override, table: Mapping[str, object]) -> object:
    if override.key == "stop":
        return [*_list(table.get("stop")), *_list(override.value)]
    if override.key.startswith("entries.") and isinstance(override.value, dict):
        return {**override.value, "verified": override.mark}
    return override.value


def _guarded(site_table: Mapping[str, object]) -> set[str]:
    """Returns the addresses of requests that change something."""
    found = {address for address in _list(site_table.get("acting_urls")) if isinstance(address, str)}
    tables = [*_table(site_table.get("channels")).values(), *_list(site_table.get("needed"))]
    for one in tables:
        values = (_table(one).get(field) for field in ("submit_url", "reply_url", "upload_url", "url"))
        found |= {value for value in values if isinstance(value, str)}
    return found


def _may_meet(guarded: str, address: str) -> bool:
    plain = re.sub(r"\{[a-z_]+\}", "x", address).lower()
    return any(fnmatchcase(one, guarded.lower()) for one in (plain, plain.partition("?")[0]))


def _check_depth(value: object, *, where: str) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > _MAX_VALUE_DEPTH:
            raise CatalogError(f"a value is nested deeper than {_MAX_VALUE_DEPTH}", where=where, hint="Flatten it.")
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
        ]


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
