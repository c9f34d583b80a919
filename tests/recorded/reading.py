"""The recorded cases of this folder; what a case is and how it is read, ``qa.recorded`` says."""

from __future__ import annotations

from pathlib import Path

from qa.recorded import Case, find_cases

FOLDER = Path(__file__).parent


def cases() -> list[Case]:
    """Finds every recorded case."""
    return find_cases(FOLDER)


def case(name: str) -> Case:
    """Gives one case by page and name."""
    return Case(FOLDER / name)
