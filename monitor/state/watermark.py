"""How far the installation got, remembered outside the database.

A restored backup does not know what was done after it was made, and could send an appeal a second time. The database
counts its intents in ``mark``; the highest mark seen lies in a small file elsewhere. A database below that file, or of
another installation, was restored.

Whoever puts a folder back with everything in it puts that file back as well, at the mark the database has. So there is
a seal in the home, written anew with every mark, and the file knows when the system says that it was written last. No
copying program can set that moment (``st_ctime_ns``: of the last change, on Windows of the creation): a seal of the
same mark and another moment was put back from a copy.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from evidence_store.private_dir import PrivateDir
from monitor.state.private_files import locked


@dataclass(frozen=True)
class Mark:
    """An installation and how far it got; ``sealed_at`` is the system's word on when the home's seal was written."""

    installation_id: str
    mark: int
    sealed_at: int | None = None


@dataclass(frozen=True)
class Seal:
    """What lies in the home: the mark it was written for, and when."""

    mark: int
    written_at: int


class Watermark:
    """The file.

    Args:
        path: Where it lies: not in the folder that backups of the database cover.
        seal: Where the seal lies: in that folder; None writes none.
    """

    def __init__(self, path: Path, seal: Path | None = None) -> None:
        self._path, self._seal = path, seal

    def read(self) -> Mark | None:
        """Returns the remembered mark, None when there is no readable file."""
        try:
            value = json.loads(self._path.read_bytes())
            sealed = value.get("sealed")
            return Mark(str(value["installation"]), int(value["mark"]), None if sealed is None else int(sealed))
        except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def read_seal(self) -> Seal | None:
        """Returns the home's seal, None when there is no readable one."""
        if self._seal is None:
            return None
        try:
            return Seal(int(self._seal.read_bytes()), self._seal.stat().st_ctime_ns)
        except (OSError, ValueError):
            return None

    def raise_to(self, mark: Mark) -> None:
        """Remembers a mark, durably; a lower one of the same installation changes nothing."""
        with locked(self._path.parent):
            known = self.read()
            is_old = known is not None and known.installation_id == mark.installation_id and known.mark >= mark.mark
            if is_old and known is not None and (self._seal is None or known.sealed_at is not None):
                return
            highest = known.mark if is_old and known is not None else mark.mark
            value = {"installation": mark.installation_id, "mark": highest}
            if self._seal is not None:
                value["sealed"] = self._write_seal(highest)
            data = json.dumps(value)
            with PrivateDir.open_root(self._path.parent) as folder:
                folder.write_durably(self._path.name, data.encode() + b"\n")

    def _write_seal(self, mark: int) -> int:
        """Writes the seal first: a crash before the file follows leaves one that is ahead, which is no copy's."""
        assert self._seal is not None  # noqa: S101 - asked for one line above
        with PrivateDir.open_root(self._seal.parent) as folder:
            folder.write_durably(self._seal.name, b"%d\n" % mark)
        return self._seal.stat().st_ctime_ns


def why_restored(known: Mark | None, stored: Mark, *, is_single_machine: bool, seal: Seal | None = None) -> str:
    """In words why the database may not know everything that was done from here; empty when it does.

    Args:
        known: What the file says.
        stored: What the database says.
        is_single_machine: The file must exist once the database has done something; on a shared store a new machine
            has no file yet.
        seal: The home's, where it has one.
    """
    if known is None:
        is_told = stored.mark > 0 or seal is not None
        return "nothing beside this home says how far it got" if is_single_machine and is_told else ""
    if known.installation_id != stored.installation_id:
        return "another home was used at this path before"
    if known.mark > stored.mark:
        return "the store is older than what was done with it"
    return "its files were put back from a copy" if is_single_machine and _is_put_back(known, seal) else ""


def _is_put_back(known: Mark, seal: Seal | None) -> bool:
    if known.sealed_at is None:  # an older version wrote no seal
        return False
    return seal is None or (seal.mark <= known.mark and seal.written_at != known.sealed_at)
