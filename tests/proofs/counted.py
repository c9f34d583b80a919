"""How a proof counts and says what it counted."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_MEMORY = Path("/dev/shm")  # proofs write a lot and none of them is about this machine's own disk


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder that is gone afterwards, in memory where the system has such a place."""
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as name:
        yield Path(name)


@dataclass
class Counted:
    """Injections and violations of one suite, with the seed that repeats it."""

    suite: str
    seed: int
    injections: int = 0
    violations: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def expect(self, holds: bool, what: str) -> None:
        if not holds:
            self.violations.append(f"{self.suite} #{self.injections}: {what}")

    def report(self) -> int:
        """Prints the line of this suite; returns its exit code."""
        for violation in self.violations[:20]:
            sys.stdout.write(f"  {violation}\n")
        notes = "".join(f", {note}" for note in self.notes)
        line = (
            f"{self.suite}: {self.injections} injections / {len(self.violations)} violations / seed {self.seed}{notes}"
        )
        sys.stdout.write(line + "\n")
        return 1 if self.violations or not self.injections else 0
