"""Which visits run now, on disk, so that the next start can clean up after a crash.

One JSON file a visit under ``<home>/run``: the marks of its processes and its private temporary folder. A file whose
owner is dead is reaped: left processes are killed by pid and start time, the folder is removed.

Who looks from another PID namespace (two containers that share a home) cannot see whether the owner lives: its record
is left alone for a day, longer than any visit may take, and the account's lock says meanwhile who may work.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from evidence_store.placing import while_held
from monitor.engine.process_tree import ProcessMark, kill_tree, mark_tree

_LONGEST_VISIT = 24 * 3600.0  # seconds


@dataclass(frozen=True)
class Sight:
    """From where process ids were seen; empty where the system does not say.

    Attributes:
        boot: The kernel's id of this boot: no process lives through another one.
        namespace: The kernel's name of the PID namespace.
    """

    boot: str
    namespace: str

    @classmethod
    def here(cls) -> Sight:
        """Returns this process's own (Linux: proc(5), pid_namespaces(7))."""
        try:
            boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
            return cls(boot, str(Path("/proc/self/ns/pid").readlink()))
        except OSError:
            return cls("", "")

    def hides(self, other: Sight) -> bool:
        """Whether processes seen from ``other`` may live and cannot be seen from here."""
        return self.boot == other.boot and self.namespace != other.namespace


@dataclass
class VisitRecord:
    """What is known of one running visit; ``sight`` is from where its processes are seen."""

    path: Path
    owner: ProcessMark
    temporary: Path
    marks: frozenset[ProcessMark] = field(default_factory=frozenset)
    sight: Sight = field(default_factory=Sight.here)

    def remember(self, pid: int) -> None:
        """Adds the processes that live under ``pid`` now, and writes them down when some are new.

        A disk that is full or read-only by now must not end what only looks after a visit: the marks are kept in
        memory, and what was written first still names the visit.
        """
        seen = mark_tree(pid)
        if not seen <= self.marks:
            self.marks |= seen
            with suppress(OSError):
                self.write()

    def write(self) -> None:
        """Writes the record in one step (temporary file, then rename)."""
        body = {
            "owner": [self.owner.pid, self.owner.started],
            "temporary": str(self.temporary),
            "sight": [self.sight.boot, self.sight.namespace],
            "marks": sorted([mark.pid, mark.started] for mark in self.marks),
        }
        draft = self.path.with_suffix(".tmp")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(body, stream)
        while_held(lambda: draft.replace(self.path))

    def clean(self) -> frozenset[ProcessMark]:
        """Kills what is left of the visit, removes its folder and its record; returns survivors."""
        survivors = kill_tree(self.marks)
        shutil.rmtree(self.temporary, ignore_errors=True)
        if not survivors:
            with suppress(OSError):  # on a read-only disk it stays, and the next command settles the visit by it
                self.path.unlink(missing_ok=True)
        return survivors


@contextmanager
def registered(run_folder: Path, visit_id: str, temporary: Path) -> Iterator[VisitRecord]:
    """Keeps a record while a visit runs; on leaving, whatever is left of the visit is killed and removed."""
    run_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = next(mark for mark in mark_tree(os.getpid()) if mark.pid == os.getpid())
    record = VisitRecord(run_folder / f"{visit_id}.json", owner, temporary)
    record.write()
    try:
        yield record
    finally:
        record.clean()


def reap(run_folder: Path) -> list[str]:
    """Cleans up after visits whose parent is dead.

    Returns:
        The ids of the visits of which nothing lives any more.
    """
    reaped = []
    for path in sorted(run_folder.glob("*.json")) if run_folder.is_dir() else ():
        try:
            record = _read(path)
        except OSError:  # an antivirus has it open, or it went meanwhile: nothing says that the visit is dead
            continue
        if record is None:
            with suppress(OSError):
                path.unlink()
        elif _is_dead(record) and not record.clean():
            reaped.append(path.stem)
    return reaped


def _is_dead(record: VisitRecord) -> bool:
    if Sight.here().hides(record.sight):
        return time.time() - record.path.stat().st_mtime > _LONGEST_VISIT
    return record.owner.process() is None


def _read(path: Path) -> VisitRecord | None:
    """Returns a record; None where the file holds none. Raises ``OSError`` where it cannot be read now."""
    text = path.read_bytes()
    try:
        body = json.loads(text)
        marks = frozenset(ProcessMark(pid, started) for pid, started in body["marks"])
        sight = Sight(*body["sight"]) if "sight" in body else Sight.here()  # an older version did not say
        return VisitRecord(path, ProcessMark(*body["owner"]), Path(body["temporary"]), marks, sight)
    except (ValueError, KeyError, TypeError):
        return None
