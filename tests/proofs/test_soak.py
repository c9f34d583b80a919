"""A share of ``run.py prove soak``, and the proof that its checks see what is left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mock_site.server import MockSite
from tests.proofs.counted import Counted
from tests.proofs.soak import _check, soak

CLEAN: dict[str, Any] = dict.fromkeys(("processes", "records", "temporary"), 0)
CLEAN |= {"end": "done", "seconds": 3.0, "descriptors": 20, "memory": 1, "read": 2}


@pytest.mark.browser
def test_nothing_is_left_of_a_few_visits(tmp_path: Path, mock_site: MockSite) -> None:
    assert soak(mock_site, tmp_path / "home", 6, 3, share=0.5).report() == 0


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("end", "bug"),
        ("seconds", 101.0),
        ("processes", 1),
        ("records", 1),
        ("temporary", 1),
        ("descriptors", 21),
        ("read", 1),
    ],
)
def test_what_is_left_of_a_visit_is_seen(what: str, value: Any) -> None:
    counted = Counted("soak", 0)

    _check(counted, "none", {**CLEAN, what: value}, CLEAN)

    assert len(counted.violations) == 1
