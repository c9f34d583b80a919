"""Chromium looks nobody up on its own account. Edge and Chrome were not looked at."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.proofs.connections import has_strace, outside_calls, trace

pytestmark = pytest.mark.skipif(not has_strace(), reason="strace is not installed")


@pytest.mark.timeout(180)
def test_the_browser_itself_looks_nobody_up_and_the_control_does(tmp_path: Path) -> None:
    program = (sys.executable, "-m", "tests.proofs.quiet_browser")
    assert trace(program, tmp_path / "quiet") == 0
    assert outside_calls(tmp_path / "quiet") == []
    assert trace((*program, "loud"), tmp_path / "loud") == 0
    assert outside_calls(tmp_path / "loud")
