"""What a check of the machine or the installation found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad a finding is. Only FAULT makes ``doctor`` fail."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes:
        check: Name of the check.
        level: How bad it is.
        message: What was found, in one sentence.
        hint: The next step, for a person.
        details: Further lines.
    """

    check: str
    level: Level
    message: str
    hint: str = ""
    details: tuple[str, ...] = ()
