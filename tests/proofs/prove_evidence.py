"""The proofs of the evidence store at full length; tests/faults runs a share of them.

``python3 run.py prove evidence``
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.proofs.evidence_crashes import prove_crashes
from tests.proofs.evidence_mutations import prove_mutations
from tests.proofs.evidence_power_cuts import prove_power_cuts
from tests.proofs.evidence_tamperings import prove_tamperings
from tests.unit.evidence_store.bundles import sample_case
from tests.unit.evidence_store.test_wacz import packed_bytes

pytestmark = pytest.mark.timeout(7200)
needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
needs_uvx = pytest.mark.skipif(shutil.which("uvx") is None, reason="uvx is not installed")


def test_500_damages_of_a_store_are_found_and_50_clean_stores_raise_no_alarm() -> None:
    assert prove_mutations(500, 50, 4).report() == 0


def test_300_tamperings_with_a_log_are_found_or_named_as_not_visible() -> None:
    assert prove_tamperings(300, 5).report() == 0


@needs_strace
def test_1000_crashes_lose_nothing_that_was_acknowledged() -> None:
    assert prove_crashes(1000, 6).report() == 0


@needs_strace
def test_2000_power_cuts_lose_nothing_that_was_acknowledged_and_broken_writers_are_caught() -> None:
    assert prove_power_cuts(2000, 300, 7).report() == 0


@needs_uvx
def test_the_reference_tool_for_wacz_calls_ours_valid(tmp_path: Path) -> None:
    (tmp_path / "case.wacz").write_bytes(packed_bytes())
    _run("uvx", "wacz==0.6.0", "validate", "-f", str(tmp_path / "case.wacz"))


@needs_uvx
def test_the_reference_tool_for_bagit_calls_ours_valid(tmp_path: Path) -> None:
    bundle = sample_case(tmp_path / "store").export(tmp_path / "bundle")
    _run("uvx", "--from", "bagit==1.9.0", "bagit.py", "--validate", str(bundle.folder))


def _run(*command: str) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
