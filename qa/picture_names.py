"""Where the pictures of controls lie. Imports no browser: the command line looks for them too."""

from __future__ import annotations

from pathlib import Path

BEFORE, NOW = "before", "now"
PROPOSALS = "proposals"  # folder of a site below `catalogs/`


def file_of(folder: Path, key: str, which: str) -> Path:
    """Names the file of one picture; ``key`` is ``page.entry``, ``which`` is ``before`` or ``now``."""
    return folder / f"{key}.{which}.png"


def pictures_beside(snapshot: Path) -> Path:
    """Names the folder of a snapshot's pictures."""
    return snapshot.with_name(f"{snapshot.name}.pictures")
