"""What an installation says otherwise than the package's catalogs: taken, dropped and listed by people.

The files lie in the home; who took what, when and why stands in them and in the action log, written together.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from evidence_store.journal import Actor
from flows.catalog.layers import ADOPTED, Adoption, Layered, Layers, digest_of_site, site_files
from flows.catalog.loader import SITE_FILE, catalog_folder, examine_layers, find_site, load_site, read_tables
from flows.catalog.overrides import Override, OverrideFile, ProposedFile, digest_of, read_overrides, value_at
from flows.catalog.writing import render_adoption, render_overrides
from flows.errors import CatalogError
from flows.plain_toml import TomlRefused, read_plain
from monitor.errors import SettingsError
from monitor.private_files import make_private_directory, write_private
from monitor.state import Action, State, subject
from monitor.state.text import JsonValue
from monitor.use_cases import models
from monitor.use_cases.acknowledging import acknowledged

_MOST_BYTES = 256 * 1024


def list_overrides(layers: Layers, sites: Sequence[str]) -> list[models.CatalogOverride]:
    """Returns the overrides of sites, each with how it stands to the package now.

    Raises:
        CatalogError: a file cannot be read, or says what an override may not say.
    """
    return [_told(site, one) for site in sites for one in examine_layers(site, layers=layers)]


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
    """
    tables = read_tables(find_site(wanted.site, layers=layers)[0])
    with state.transaction() as tx:
        moment = tx.now()
        taken = [
            Override(
                key=one.key,
                who=actor.name or actor.id,
                at=moment,
                reason=why or one.reason,
                mark=mark or one.mark,
                base=digest_of(value_at(tables.get(wanted.page, {}), one.key)),
                value=one.value,
            )
            for one in wanted.override
        ]
        for one in taken:
            tx.journal.record(
                layers.account,
                Action(
                    "catalog.adopt",
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
            f"there is no override {name[:100]!r} of {site} in this layer",
            where="NAME",
            hint="`fairreview catalog show` lists them; a named account has a layer of its own.",
        )
    with state.transaction() as tx:
        outputs = {**_told_in_log(old, ()), "reason": why}
        action = Action("catalog.drop", actor=actor, subjects=[subject("other", f"{site}.{name}")], outputs=outputs)
        tx.journal.record(layers.account, action)
        _exchange(layers, site, page, [], without=(key,))


@acknowledged
def adopt_site(state: State, layers: Layers, site: str, *, shown: str, actor: Actor, why: str) -> Adoption:
    """Takes a whole site of one's own, as it lies in the home now.

    Args:
        state: The store.
        layers: Where the site's folder lies.
        site: The folder's name.
        shown: Digest of what the person was shown.
        actor: Who was shown it.
        why: Why, for the log.

    Raises:
        SettingsError: it is not what was shown.
        CatalogError: it does not load.
    """
    folder = layers.whole(site)
    if digest_of_site(folder) != shown:
        raise SettingsError("the files are not those that were shown", where=str(folder), hint="Look at them again.")
    load_site(site, folder=layers.folder)
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


def bring_site(folder: Path, layers: Layers) -> str:
    """Copies a whole site's files into the home, where it waits to be taken; returns its name.

    Raises:
        SettingsError: the folder holds no site, or the home has one of that name.
        CatalogError: a file is too large, no plain file, or there are too many; or the site does not load.
    """
    if not (folder / SITE_FILE).is_file():
        raise SettingsError(
            "holds no site", where=str(folder), hint=f"A whole site is a folder with {SITE_FILE}; docs/catalogs.md."
        )
    site = folder.resolve().name
    load_site(site, folder=folder.resolve().parent)
    target = layers.whole(site)
    if (catalog_folder() / site / SITE_FILE).is_file():
        raise SettingsError(
            f"{site!r} is a site of the package", where=str(folder), hint="Give the folder and the site another name."
        )
    if target.resolve() == folder.resolve():
        return site
    contents = {path.name: _plain(path) for path in site_files(folder)}
    _make(target)
    for old in site_files(target):
        if old.name not in contents:
            old.unlink()
    (target / ADOPTED).unlink(missing_ok=True)
    for name, content in contents.items():
        write_private(target / name, content)
    return site


def _told(site: str, one: Layered) -> models.CatalogOverride:
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
        raise SettingsError(f"{page[:60]!r} is no page", where="NAME", hint="Write PAGE.KEY, as `catalog show` does.")
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
