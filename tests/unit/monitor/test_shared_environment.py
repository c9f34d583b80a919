"""An environment that holds somebody else's package of the same name is refused with a word."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from monitor.__main__ import refuse_shared_environment


def test_a_package_that_writes_into_our_folder_ends_the_program_before_it_loads(tmp_path: Path) -> None:
    (tmp_path / "flows-2.1.dist-info").mkdir()

    run = [sys.executable, "-m", "monitor", "--help"]
    done = subprocess.run(
        run, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )

    assert done.returncode == 3
    assert done.stdout == ""
    assert 'The package "flows" 2.1 is installed' in done.stderr
    assert "environment of its own" in done.stderr


@pytest.mark.parametrize(
    "name", ["fairreview-0.2.0.dist-info", "flows", "workflows-1.0.dist-info", "qa-tools-1.dist-info"]
)
def test_our_own_and_other_names_are_not_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()

    refuse_shared_environment([str(tmp_path), str(tmp_path / "missing"), ""])
