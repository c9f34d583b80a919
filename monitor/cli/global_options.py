"""What the options before a command say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Globals:
    """Options that stand before the command."""

    home: Path | None
    is_debugging: bool
