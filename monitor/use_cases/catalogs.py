"""What an installation says otherwise than the package's catalogs: taken, dropped and listed by people.

The files lie in the home; who took what, when and why stands in them and in the action log, written together.
"""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from evidence_store.journal import Actor
from flows.catalog import loader
from flows.catalog.layers import (
    ADOPTED,
    INSTALLATION_LAYER,
    Adoption,
    Layered,
    Layers,
    Placed,
    digest_of_site,
    find_overrides,
    site_files,
)
from flows.catalog.loader import SITE_FILE, catalog_folder, examine_layers, find_site, load_site, load_with, read_tables
from flows.catalog.overrides import (
    SITE_PAGE,
    Override,
    OverrideFile,
    ProposedFile,
    digest_of,
    is_known,
    read_overrides,
    value_at,
)
from flows.catalog.writing import render_adoption, render_overrides
from flows.errors import CatalogError
from flows.plain_toml import TomlRefused, read_plain
from monitor.errors import SettingsError
from monitor.files.private import make_private_directory, write_private
from monitor.language import gettext
from monitor.state import Action, State, Transaction, subject
from monitor.state.text import JsonValue
from monitor.triage.rules import load_rules
from monitor.use_cases import models
from monitor.use_cases.acknowledging import acknowledged

RULES_FILE = "rules.toml"
_MOST_BYTES = 256 * 1024

ADOPT_ACTION, DROP_ACTION = "catalog.adopt", "catalog.drop"


def list_overrides(state: State, layers: Layers, sites: Sequence[str]) -> list[models.CatalogOverride]:
    """Returns the overrides of sites, each with how it stands to the package now and whether the log knows it.

    Raises:
        CatalogError: a file cannot be read, or says what an override may not say.
    """
    found = [(site, one) for site in sites for one in examine_layers(site, layers=layers)]
    with state.read() as tx:
        return [_told(site, one, is_logged=_is_logged(tx, layers, site, one.placed)) for site, one in found]


def _is_logged(tx: Transaction, layers: Layers, site: str, placed: Placed) -> bool:
    """Whether the log's last word about an override is that it was taken, with just this value."""
    account = "" if placed.layer == INSTALLATION_LAYER else layers.account
    rows = [
        row for row in tx.journal.about(account, f"{site}.{placed.name}") if row.action in {ADOPT_ACTION, DROP_ACTION}
    ]
    body = rows[-1].to_entry().read_body() if rows and rows[-1].action == ADOPT_ACTION else None
    return body is not None and body.outputs.get("value") == digest_of(placed.override.value)


@dataclass(frozen=True)
class Difference:
    """What counts now at a place, and what would stand there."""

    name: str
    now: object
    proposed: object


def try_overrides(layers: Layers, wanted: ProposedFile, path: Path) -> list[Difference]:
    """Holds proposed overrides against the site before anybody is asked; nothing is written.

    Args:
        layers: Where they would go.
        wanted: What is proposed.
        path: The file that proposes it, for messages.

    Raises:
        SettingsError: the site has no such page or entry.
        CatalogError: the site would not load with them.
    """
    tables = read_tables(find_site(wanted.site, layers=layers)[0])
    if wanted.page not in tables:
        close = difflib.get_close_matches(wanted.page, tables, n=1)
        raise SettingsError(
            gettext("{site} has no page {page!r}").format(site=wanted.site, page=wanted.page),
            where=f"{path}: page",
            hint=_near_or_all(close, tables),
        )
    taken = _as_taken(layers, wanted, who="-", at=datetime.now(UTC))
    tried = [Placed("proposed", path, wanted.page, one) for one in taken]
    for placed in tried:
        if wanted.page != SITE_PAGE and not is_known(tables[wanted.page], placed.override.key):
            there = [f"entries.{name}" for name in load_site(wanted.site, layers=layers).page(wanted.page).entries]
            raise SettingsError(
                gettext("the package's catalog has no {key}").format(key=placed.override.key),
                where=f"{path}: {placed.name}",
                hint=_near_or_all(difflib.get_close_matches(placed.override.key, there, n=1), there),
            )
    load_with(wanted.site, tried, layers=layers)
    before = {one.name: one.override.value for one in find_overrides(wanted.site, layers)}
    return [
        Difference(one.name, before.get(one.name, value_at(tables[one.page], one.override.key)), one.override.value)
        for one in tried
    ]


def _near_or_all(close: Sequence[str], known: Iterable[str]) -> str:
    if close:
        return gettext("Did you mean {close!r}?").format(close=close[0])
    return gettext("There are: {known}").format(known=", ".join(known))


def _as_taken(
    layers: Layers, wanted: ProposedFile, *, who: str, at: datetime, why: str = "", mark: str | None = None
) -> list[Override]:
    """Returns what is proposed as it would be kept."""
    tables = read_tables(find_site(wanted.site, layers=layers)[0])
    return [
        Override(
            key=one.key,
            who=who,
            at=at,
            reason=why or one.reason,
            mark=mark or one.mark,
            base=digest_of(value_at(tables.get(wanted.page, {}), one.key)),
            value=one.value,
        )
        for one in wanted.override
    ]


@acknowledged
def adopt_overrides(
    state: State,
    layers: Layers,
    wanted: ProposedFile,
    *,
    actor: Actor,
    why: str = "",
    mark: str | None = None,
    seen: Sequence[str] = (),
) -> list[Override]:
    """Takes proposed overrides into a layer: the account's where ``layers`` names one, else the installation's.

    Args:
        state: The store.
        layers: Where they go.
        wanted: What is proposed.
        actor: Who looked and takes it.
        why: In place of the reason in the file.
        mark: In place of the mark in the file.
        seen: Digests of the pictures that the person looked at.

    Raises:
        CatalogError: the site does not load with them; then nothing was changed.
        SettingsError: the site has no such page or entry.
    """
    try_overrides(layers, wanted, _path(layers, wanted.site, wanted.page))
    with state.transaction() as tx:
        taken = _as_taken(layers, wanted, who=actor.name or actor.id, at=tx.now(), why=why, mark=mark)
        for one in taken:
            tx.journal.record(
                layers.account,
                Action(
                    ADOPT_ACTION,
                    actor=actor,
                    subjects=[subject("other", f"{wanted.site}.{wanted.page}.{one.key}")],
                    outputs=_told_in_log(one, seen),
                ),
            )
        _exchange(layers, wanted.site, wanted.page, taken, without=())
    return taken


@acknowledged
def drop_override(state: State, layers: Layers, site: str, name: str, *, actor: Actor, why: str) -> None:
    """Takes an override out of a layer: what the package says counts again.

    Args:
        state: The store.
        layers: The account's layer where it names one, else the installation's.
        site: The site.
        name: ``PAGE.KEY``, as ``catalog show`` prints it.
        actor: Who drops it.
        why: Why, for the log.

    Raises:
        SettingsError: this layer has no such override.
    """
    page, _, key = name.partition(".")
    path = _path(layers, site, page)
    there = read_overrides(path, site=site).override if path.is_file() else ()
    old = next((one for one in there if one.key == key), None)
    if old is None:
        raise SettingsError(
            gettext("there is no override {name!r} of {site} in this layer").format(name=name[:100], site=site),
            where="NAME",
            hint=gettext("`fairreview catalog show` lists them; a named account has a layer of its own."),
        )
    with state.transaction() as tx:
        outputs = {**_told_in_log(old, ()), "reason": why}
        action = Action(DROP_ACTION, actor=actor, subjects=[subject("other", f"{site}.{name}")], outputs=outputs)
        tx.journal.record(layers.account, action)
        _exchange(layers, site, page, [], without=(key,))


@acknowledged
def adopt_site(state: State, layers: Layers, folder: Path, *, shown: str, actor: Actor, why: str) -> Adoption:
    """Takes a whole site of one's own: copies it into the home, if it does not lie there, and notes who took it.

    Args:
        state: The store.
        layers: Where the home's sites lie.
        folder: The site as it was shown.
        shown: Digest of what the person was shown.
        actor: Who was shown it.
        why: Why, for the log.

    Raises:
        SettingsError: it is not what was shown; then what was taken before stays.
        CatalogError: it does not load.
    """
    if digest_of_site(folder) != shown:
        raise SettingsError(
            gettext("the files are not those that were shown"), where=str(folder), hint=gettext("Look at them again.")
        )
    site = folder.resolve().name
    _bring(folder, layers.whole(site))
    folder = layers.whole(site)
    load_site(site, folder=layers.folder)
    require_rules(folder)
    with state.transaction() as tx:
        adoption = Adoption(adopted=1, site=site, who=actor.name or actor.id, at=tx.now(), reason=why, digest=shown)
        action = Action(
            "catalog.adopt_site",
            actor=actor,
            subjects=[subject("other", site)],
            outputs={"reason": why, "digest": shown, "files": [path.name for path in site_files(folder)]},
        )
        tx.journal.record("", action)
        write_private(folder / ADOPTED, render_adoption(adoption).encode())
    return adoption


def require_rules(folder: Path) -> None:
    """Refuses rules that cannot be read or name what the site's forms do not offer; without a file nothing is judged.

    Raises:
        RulesInvalid, SettingsError: as said.
    """
    if not (path := folder / RULES_FILE).is_file():
        return
    channels = loader.load_channels(folder)
    for ground, channel, reason in [
        (one.id, *pair) for one in load_rules(path).grounds for pair in one.reasons.items()
    ]:
        known: tuple[str, ...] = channels[channel].reasons if channel in channels else tuple(channels)
        wrong, problem = reason, gettext("the form offers no reason {name!r}")
        if channel not in channels:
            wrong, problem = channel, gettext("the site has no channel {name!r}")
        elif not known or reason in known:
            continue
        raise SettingsError(
            problem.format(name=wrong),
            where=f"{path}: grounds.{ground}.reasons.{channel}",
            hint=_near_or_all(difflib.get_close_matches(wrong, known, n=1), known),
        )


def name_site(folder: Path) -> str:
    """Looks whether a folder holds a whole site that could be taken, and returns its name. Nothing is copied.

    Raises:
        SettingsError: the folder holds no site, or one of the package's name.
        CatalogError: a file is too large, no plain file, or there are too many; or the site does not load.
    """
    if not (folder / SITE_FILE).is_file():
        raise SettingsError(
            gettext("holds no site"),
            where=str(folder),
            hint=gettext("A whole site is a folder with {site_file}; docs/catalogs.md.").format(site_file=SITE_FILE),
        )
    site = folder.resolve().name
    load_site(site, folder=folder.resolve().parent)
    require_rules(folder)
    if (catalog_folder() / site / SITE_FILE).is_file():
        raise SettingsError(
            gettext("{site!r} is a site of the package").format(site=site),
            where=str(folder),
            hint=gettext("Give the folder and the site another name."),
        )
    return site


def _bring(folder: Path, target: Path) -> None:
    """Copies a site's files into the home, in place of what was there."""
    if target.resolve() == folder.resolve():
        return
    contents = {path.name: _plain(path) for path in site_files(folder)}
    _make(target)
    for old in site_files(target):
        if old.name not in contents:
            old.unlink()
    (target / ADOPTED).unlink(missing_ok=True)
    for name, content in contents.items():
        write_private(target / name, content)


def _told(site: str, one: Layered, *, is_logged: bool) -> models.CatalogOverride:
    placed = one.placed.override
    return models.CatalogOverride(
        site=site,
        layer=one.placed.layer,
        name=one.placed.name,
        standing=one.standing.value,
        who=placed.who,
        at=placed.at,
        reason=placed.reason,
        mark=placed.mark,
        file=str(one.placed.path),
        is_logged=is_logged,
    )


def _told_in_log(one: Override, seen: Sequence[str]) -> dict[str, JsonValue]:
    return {
        "reason": one.reason,
        "mark": one.mark,
        "base": one.base,
        "value": digest_of(one.value),
        "pictures": list(seen),
    }


def _exchange(layers: Layers, site: str, page: str, taken: Sequence[Override], *, without: Sequence[str]) -> None:
    """Writes the page's file anew and keeps the old one when the site does not load with it."""
    path = _path(layers, site, page)
    before = _plain(path) if path.is_file() else None
    there = OverrideFile(overlay=1, site=site, page=page)
    if before is not None:
        there = read_overrides(path, site=site)
    gone = {one.key for one in taken} | set(without)
    kept = [one for one in there.override if one.key not in gone]
    _make(path.parent)
    try:
        if kept or taken:
            write_private(path, render_overrides(site, page, [*kept, *taken]).encode())
        else:
            path.unlink(missing_ok=True)
        load_site(site, layers=layers)
    except BaseException:  # Ctrl-C too: what was there before stands again; raised on
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        if before is not None:
            write_private(path, before)
        raise


def _path(layers: Layers, site: str, page: str) -> Path:
    if not page.isascii() or not page.replace("_", "").isalnum():
        raise SettingsError(
            gettext("{page!r} is no page").format(page=page[:60]),
            where="NAME",
            hint=gettext("Write PAGE.KEY, as `catalog show` does."),
        )
    return layers.folders(site)[-1][1] / f"{page}.toml"


def _make(folder: Path) -> None:
    for part in [*reversed(folder.parents), folder]:
        if not part.exists():
            make_private_directory(part)


def _plain(path: Path) -> bytes:
    try:
        return read_plain(path, max_bytes=_MOST_BYTES)
    except TomlRefused as error:
        raise CatalogError(str(error), where=str(path), hint=error.hint) from error
