"""How far the installation got, remembered outside the database.

A restored backup does not know what was done after it was made, and could send an appeal a second time. The database
counts its intents in ``mark``; the highest mark seen lies in a small file elsewhere. A database below that file, or of
another installation, was restored.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from evidence_store.private_dir import PrivateDir
from monitor.state.private_files import locked


@dataclass(frozen=True)
class Mark:
    """An installation and how far it got."""

    installation_id: str
    mark: int


class Watermark:
    """The file.

    Args:
        path: Where it lies: not in the folder that backups of the database cover.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Mark | None:
        """Returns the remembered mark, None when there is no readable file."""
        try:
            value = json.loads(self._path.read_bytes())
            return Mark(str(value["installation"]), int(value["mark"]))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def raise_to(self, mark: Mark) -> None:
        """Remembers a mark, durably; a lower one of the same installation changes nothing."""
        with locked(self._path.parent):
            known = self.read()
            if known is not None and known.installation_id == mark.installation_id and known.mark >= mark.mark:
                return
            data = json.dumps({"installation": mark.installation_id, "mark": mark.mark})
            with PrivateDir.open_root(self._path.parent) as folder:
                folder.write_durably(self._path.name, data.encode() + b"\n")


def why_restored(known: Mark | None, stored: Mark, *, is_single_machine: bool) -> str:
    """In words why the database may not know everything that was done from here; empty when it does.

    Args:
        known: What the file says.
        stored: What the database says.
        is_single_machine: The file must exist once the database has done something; on a shared store a new machine
            has no file yet.
    """
    if known is None:
        return "nothing beside this home says how far it got" if is_single_machine and stored.mark > 0 else ""
    if known.installation_id != stored.installation_id:
        return "another home was used at this path before"
    return "the store is older than what was done with it" if known.mark > stored.mark else ""
