"""The proofs of the evidence store at full length; tests/faults runs a share of them.

``python3 run.py prove evidence``
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from evidence_store.wacz import find_page, write_wacz
from evidence_store.warc import Exchange, write_warc
from flows import plain_toml
from flows.privileges import runs_as_root
from monitor.custody.checkpoints import make_checkpoint
from tests.appeal_world import approved
from tests.installation.test_evidence_read_only import still
from tests.proofs import hostile_formats, hostile_inputs
from tests.proofs.checker_page import CheckerPage
from tests.proofs.command_connections import prove_connections
from tests.proofs.evidence_archives import prove_archives
from tests.proofs.evidence_bundles import prove_bundles
from tests.proofs.evidence_busy import prove_busy
from tests.proofs.evidence_crashes import prove_crashes
from tests.proofs.evidence_forgeries import prove_file_mutations, prove_forgeries, prove_intact
from tests.proofs.evidence_mutations import prove_mutations
from tests.proofs.evidence_power_cuts import prove_power_cuts
from tests.proofs.evidence_replay import fetch_player, replay
from tests.proofs.evidence_rows import prove_bytes, prove_rows
from tests.proofs.evidence_tamperings import prove_tamperings
from tests.proofs.hostile_inputs import READERS, make_stand, prove_inputs, wrongs
from tests.unit.evidence_store.bundles import sample_case
from tests.unit.evidence_store.test_wacz import packed_bytes
from tests.unit.evidence_store.test_warc import sample_exchange
from tests.unit.monitor.case_world import make_world, picture, seal

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

SITE = "https://www.example.test/"

pytestmark = pytest.mark.timeout(7200)
needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
needs_mount = pytest.mark.skipif(not runs_as_root(), reason="only root can mount a folder read-only")
needs_npm = pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed: no player")
needs_uvx = pytest.mark.skipif(shutil.which("uvx") is None, reason="uvx is not installed")


def test_500_damages_of_a_store_are_found_and_50_clean_stores_raise_no_alarm() -> None:
    assert prove_mutations(500, 50, 4).report() == 0


def test_300_tamperings_with_a_log_are_found_or_named_as_not_visible() -> None:
    assert prove_tamperings(300, 5).report() == 0


def test_300_damages_of_a_bundle_are_named_by_its_own_verifier() -> None:
    assert prove_bundles(300, 9).report() == 0


def test_every_forgery_of_a_bundle_is_found_under_a_key_and_declared_without_one() -> None:
    assert prove_forgeries(10_000, 3).report() == 0


def test_600_mutations_of_bundles_are_found_and_50_intact_ones_raise_no_alarm() -> None:
    assert prove_file_mutations(600, 4).report() == 0
    assert prove_intact(50, 5).report() == 0


def test_archives_that_two_unpackers_understand_differently_are_found_and_honest_ones_raise_no_alarm() -> None:
    assert prove_archives(5_000, 11).report() == 0


def test_the_checker_in_html_agrees_on_all_of_these(page: Page, tmp_path: Path) -> None:
    checker = CheckerPage(page, tmp_path)
    assert prove_forgeries(10_000, 3, checker.differs).report() == 0
    assert prove_file_mutations(600, 4, checker.differs).report() == 0
    assert prove_intact(50, 5, checker.differs).report() == 0
    assert prove_archives(500, 12, checker.differs_on).report() == 0


def test_100_changes_of_an_installation_are_found_or_declared_and_50_intact_checks_raise_no_alarm(
    tmp_path: Path,
) -> None:
    world = make_world(tmp_path)
    seal(world, "account", has_reading=True)
    approved(world.installation.state, "r2")
    make_checkpoint(world.installation)
    world.installation.state.close()
    assert prove_rows(world.installation, 100, 50, 8).report() == 0


def test_200_overwrites_of_the_state_file_are_found_or_lie_where_no_query_looks(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    seal(world, "account", has_reading=True)
    approved(world.installation.state, "r2")
    make_checkpoint(world.installation)
    world.installation.state.close()
    assert prove_bytes(world.installation, 200, 9).report() == 0


@needs_strace
def test_200_runs_of_verify_beside_a_busy_writer_raise_no_alarm_and_write_nothing(tmp_path: Path) -> None:
    assert prove_busy(tmp_path, 200, 7).report() == 0


@needs_strace
def test_the_control_that_reads_each_table_at_its_own_moment_raises_alarms(tmp_path: Path) -> None:
    found = prove_busy(tmp_path, 20, 7, verifier="live").violations
    assert any("false alarm" in one for one in found)
    assert any("changed the home" in one for one in found)


def test_every_hostile_input_is_refused_in_time_and_leaves_nothing_behind(tmp_path: Path) -> None:
    assert prove_inputs(tmp_path, 10_000, 7).report() == 0


def test_the_control_without_a_bound_on_keys_hangs(tmp_path: Path) -> None:
    stand = make_stand(tmp_path)
    make = hostile_formats.settings()["a key of 50,000 parts"]
    with (
        mock.patch.object(plain_toml, "_refuse_long_lines_and_keys"),
        mock.patch.object(hostile_inputs, "LIMIT_SECONDS", 3),
    ):
        (found,) = wrongs(stand, READERS["configuration"], make)
    assert "hung" in found


@needs_mount
def test_verify_works_on_a_read_only_mount_where_a_command_that_writes_says_that_it_cannot(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    make_checkpoint(world.installation)
    world.installation.state.close()
    home = world.installation.home.root
    before = still(home)
    with mounted_read_only(home):
        verified, written = (_fairreview(home, "evidence", word) for word in ("verify", "checkpoint"))
    assert verified.returncode == 0, verified.stderr
    assert written.returncode == 5, written.stderr
    assert "read-only" in written.stderr.lower()
    assert still(home) == before


def _fairreview(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "monitor", "--home", str(home), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@contextmanager
def mounted_read_only(folder: Path) -> Iterator[None]:
    """Mounts a folder over itself so that nobody can write there, not even root."""
    subprocess.run(["mount", "--bind", folder, folder], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


@needs_strace
def test_sign_in_filing_export_and_demo_call_nobody_outside_and_the_controls_do(tmp_path: Path) -> None:
    assert prove_connections(tmp_path).report() == 0


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


@needs_npm
def test_the_player_that_others_use_shows_the_page_from_the_package_alone(
    context: BrowserContext, tmp_path: Path
) -> None:
    warc = write_warc(replayed_site(), software="fairreview/0.1.0").data
    page = find_page(warc, SITE, "Товар")
    assert page is not None
    packed = write_wacz(warc, [page], title="Отзыв", created=page.loaded_at, software="fairreview/0.1.0")
    with replay(context, fetch_player(tmp_path), packed) as (frame, strangers):
        assert frame.get_by_role("heading", name="Отзыв на чайник").is_visible()
        picture = frame.locator("img")
        picture.wait_for()
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 300
        assert frame.locator("h1").evaluate("head => getComputedStyle(head).color") == "rgb(0, 0, 255)"
        assert strangers == []


def replayed_site() -> list[Exchange]:
    """A page with a style and a picture."""
    html = "<link rel=stylesheet href=/style.css><h1>Отзыв на чайник</h1><img src=/a.png alt=''>".encode()
    parts = (("", "text/html; charset=utf-8", html), ("style.css", "text/css", b"h1 { color: blue }"))
    return [
        sample_exchange(url=SITE + path, body=body, response_headers=(("content-type", kind),))
        for path, kind, body in (*parts, ("a.png", "image/png", picture()))
    ]


@needs_uvx
def test_the_reference_tool_for_bagit_calls_ours_valid(tmp_path: Path) -> None:
    bundle = sample_case(tmp_path / "store").export(tmp_path / "bundle")
    _run("uvx", "--from", "bagit==1.9.0", "bagit.py", "--validate", str(bundle.folder))


def _run(*command: str) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
