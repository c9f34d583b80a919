"""Finds the labelled reviews that lie beside a working copy; they have no licence and are in no package."""

from __future__ import annotations

from pathlib import Path

import pytest

_BESIDE = Path(__file__).resolve().parents[4] / "shared" / "data"


def open_set(name: str) -> Path:
    """The file, or a skip that says why the test did not run."""
    path = _BESIDE / name
    if not path.is_file():
        pytest.skip(f"the evaluation data {name} is not beside this working copy")
    return path
