"""Every process finds the same tests: what tells them apart depends on no clock and on no order of a set."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.meta.checkout import ROOT

ELSEWHEN = "@2031-03-04 05:06:07"
"""Another day and another second: what a compressed text carries of the clock differs too."""


def collected(*told: str, cwd: Path = ROOT, when: str = ELSEWHEN, hash_seed: str = "4711") -> list[str]:
    """The tests another process finds, in its order: another day by the clock, other hashes of strings."""
    faketime = shutil.which("faketime")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--collect-only",
        "-q",
        "-p",
        "no:cacheprovider",
        "-o",
        "addopts=",
        *told,
    ]
    done = subprocess.run(
        [faketime, "-f", when, *command] if faketime else command,
        cwd=cwd,
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return [line for line in done.stdout.splitlines() if "::" in line]


def _name(item: pytest.Item) -> str:
    """The name of a test without the group it shares a process with, which tests side by side carry."""
    group = item.get_closest_marker("xdist_group")
    return item.nodeid.removesuffix(f"@{group.args[0]}") if group else item.nodeid


def test_another_process_finds_the_same_tests_in_the_same_order(request: pytest.FixtureRequest) -> None:
    ours = [_name(item) for item in request.session.items]
    known = set(ours)
    assert [name for name in collected(*request.config.args) if name in known] == ours


@pytest.mark.skipif(shutil.which("faketime") is None, reason="needs faketime")
@pytest.mark.parametrize("values", ["[int(time.time())]", "sorted('abcdefgh', key=hash)"], ids=["clock", "hash"])
def test_a_name_made_of_a_clock_or_a_hash_is_found(tmp_path: Path, values: str) -> None:
    """The negative control: one process is told apart from another by such a name."""
    test = tmp_path / "test_planted.py"
    test.write_text(
        f"import time, pytest\n@pytest.mark.parametrize('v', {values})\ndef test_it(v): pass\n", encoding="utf-8"
    )
    told = ("-c", os.devnull, "--rootdir", str(tmp_path), str(test))
    first = collected(*told, cwd=tmp_path)
    assert first
    assert first != collected(*told, cwd=tmp_path, when="@2032-03-04 05:06:07", hash_seed="4712")
