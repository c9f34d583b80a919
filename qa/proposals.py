"""Each proposed change of a catalog as a file by itself, with the two pictures that a person looks at first."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from flows.catalog.overrides import Proposed
from flows.catalog.writing import render_overrides
from qa.picture_names import BEFORE, NOW, file_of, pictures_beside

if TYPE_CHECKING:
    from flows.catalog import Site
    from qa.orders import CheckOrder
    from qa.selector_check import EntryCheck


def write_proposals(
    checks: list[EntryCheck], pictures: Mapping[str, bytes], site: Site, order: CheckOrder
) -> list[Path]:
    """Writes ``PAGE.ENTRY.toml`` with its pictures ``….before.png`` and ``….now.png`` for each proposal.

    A control that writes gets ``write_safe``: whoever adopts it says by that that it is the same control.
    """
    folder = order.proposals
    assert folder is not None  # noqa: S101 - asked for by the caller
    written = []
    for check in (one for one in checks if one.proposal):
        folder.mkdir(parents=True, exist_ok=True)
        entry = site.page(check.page)[check.entry]
        value = entry.model_dump(mode="json", exclude_defaults=True, exclude={"words_verified"})
        first = tomllib.loads(f"c = {check.proposal}")["c"]
        if entry.use == "write":
            first["write_safe"] = True
        value["candidates"] = [first, *value["candidates"]][:8]
        one = Proposed(key=f"entries.{check.entry}", reason=_reason(check), mark="guess", value=value)
        path = folder / f"{check.key}.toml"
        path.write_text(render_overrides(site.name, check.page, [one]), encoding="utf-8")
        _put_pictures(folder, check.key, pictures.get(check.key), order.snapshot)
        written.append(path)
    return written


def _reason(check: EntryCheck) -> str:
    return f"its first candidate finds nothing any more ({check.state}; {check.drift or 'no snapshot'})"[:300]


def _put_pictures(folder: Path, key: str, now: bytes | None, snapshot: Path | None) -> None:
    for which in (BEFORE, NOW):
        file_of(folder, key, which).unlink(missing_ok=True)
    if now is not None:
        file_of(folder, key, NOW).write_bytes(now)
    if snapshot is not None and (before := file_of(pictures_beside(snapshot), key, BEFORE)).is_file():
        shutil.copyfile(before, file_of(folder, key, BEFORE))
