"""A share of the proofs of the evidence store; the full counts are in ``tests/proofs/prove_evidence.py``."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from evidence_store.verifier.captures import Captures
from evidence_store.verifier.rules import NOTE, RULES
from tests.proofs.evidence_archives import prove_archives
from tests.proofs.evidence_bundles import prove_bundles
from tests.proofs.evidence_busy import prove_busy
from tests.proofs.evidence_crashes import prove_crashes
from tests.proofs.evidence_forgeries import prove_file_mutations, prove_forgeries, prove_intact
from tests.proofs.evidence_mutations import DAMAGES, prove_mutations
from tests.proofs.evidence_power_cuts import prove_power_cuts
from tests.proofs.evidence_tamperings import TAMPERINGS, prove_tamperings
from tests.proofs.evidence_writer import STORAGE_EXIT
from tests.proofs.hostile_inputs import prove_inputs
from tests.proofs.power_cut import Disk, Operation

needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


def test_damages_of_a_store_are_found_by_name_and_clean_stores_raise_no_alarm() -> None:
    assert prove_mutations(5 * len(DAMAGES), 5, 14).violations == []


def test_tamperings_with_a_log_are_found_or_named_as_not_visible() -> None:
    assert prove_tamperings(5 * len(TAMPERINGS), 15).violations == []


def test_damages_of_a_bundle_are_named_by_its_own_verifier() -> None:
    assert prove_bundles(20, 18).violations == []


def test_forgeries_of_a_bundle_are_found_under_a_key_and_declared_without_one() -> None:
    assert prove_forgeries(40, 19).violations == []


def test_mutations_of_a_bundle_are_found_and_intact_ones_raise_no_alarm() -> None:
    assert prove_file_mutations(60, 20).violations == []
    assert prove_intact(8, 20).violations == []


def test_archives_that_two_unpackers_understand_differently_are_found() -> None:
    assert prove_archives(60, 21).violations == []


def test_without_the_rules_of_archives_a_reader_unpacks_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: what the archive's directory does not account for is a note."""
    for code in ("before", "between", "behind", "comment", "field", "local"):
        monkeypatch.setitem(RULES, f"archive-{code}", (NOTE, ""))
    found = prove_archives(0, 21).violations
    assert sum("ends with 0" in each for each in found) == len(found) >= 15


def test_without_the_check_of_what_is_covered_the_forgeries_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a missing signature is a note again, as it was."""
    monkeypatch.setitem(RULES, "signature-missing", (NOTE, "подписи нет"))
    found = prove_forgeries(40, 19).violations
    assert found
    assert all("without_signature" in each or "signature removed" in each for each in found)


def test_without_the_check_of_log_against_captures_the_keys_holder_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("check_entries", "check_chain"):
        monkeypatch.setattr(Captures, name, lambda _self: None)
    found = prove_forgeries(25, 19).violations
    assert any("remove_last_capture by the key's holder" in each for each in found)


@needs_strace
def test_verify_beside_a_busy_writer_raises_no_alarm_and_writes_nothing(tmp_path: Path) -> None:
    assert prove_busy(tmp_path, 6, 7).violations == []


@pytest.mark.timeout(600)
def test_hostile_inputs_are_refused_in_time_and_leave_nothing_behind(tmp_path: Path) -> None:
    assert prove_inputs(tmp_path, 30, 7).violations == []


@needs_strace
def test_crashes_lose_nothing_that_was_acknowledged() -> None:
    assert prove_crashes(40, 16).violations == []


@needs_strace
def test_power_cuts_lose_nothing_that_was_acknowledged_and_broken_writers_are_caught() -> None:
    assert prove_power_cuts(400, 200, 17).violations == []


def test_a_full_disk_is_told_in_one_line_and_not_by_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "state.db").mkdir()
    command = [sys.executable, "-m", "tests.proofs.evidence_writer", str(tmp_path), "1"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (STORAGE_EXIT, "")
    assert result.stderr.count("\n") == 1


def kept_after_cut(*operations: Operation) -> set[bytes]:
    """What one file may hold after a cut, over many cuts; an absent file counts as nothing at all."""
    found = set()
    for seed in range(200):
        disk = Disk()
        for operation in operations:
            disk.do(operation)
        disk.cut(random.Random(seed))
        found.add(disk.content_of("/d/f"))
    return found


def test_the_simulated_disk_keeps_only_what_was_synced() -> None:
    create = Operation("create", "/d/f")
    write = Operation("write", "/d/f", data=b"x" * 1024)
    whole = b"x" * 1024
    assert kept_after_cut(create, write, Operation("sync", "/d/f")) == {whole}
    assert {b"", whole, b"\0" * 1024, b"x" * 512} <= kept_after_cut(create, write)
    renamed = (Operation("rename", "/d/t", "/d/f"),)
    temporary = (Operation("create", "/d/t"), Operation("write", "/d/t", data=whole), Operation("sync", "/d/t"))
    assert kept_after_cut(*temporary, *renamed) == {b"", whole}
    assert kept_after_cut(*temporary, *renamed, Operation("sync", "/d")) == {whole}


@needs_strace
def test_no_file_or_folder_is_ever_wider_than_private_not_even_for_a_moment(tmp_path: Path) -> None:
    traced = "openat,mkdir,mkdirat,chmod,fchmod,fchmodat"
    writer = [sys.executable, "-B", "-m", "tests.proofs.evidence_writer", str(tmp_path / "w"), "2"]
    (tmp_path / "w").mkdir()
    command = ["strace", "-f", "-qq", "-y", "-o", str(tmp_path / "log"), "-e", f"trace={traced}", *writer]
    subprocess.run(command, check=True, capture_output=True, umask=0)
    ours = [line for line in (tmp_path / "log").read_text().splitlines() if "/w/store" in line or "/w/log" in line]
    made = [line for line in ours if "O_CREAT" in line or "mkdir" in line]
    assert made
    assert [line for line in ours if "chmod" in line] == []
    assert [line for line in made if not re.search(r"0?600\)|0700\)", line)] == []
