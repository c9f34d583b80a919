"""Locks of files: they exclude what an earlier version locked, and die with their holder."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import Timeout

from monitor.engine.watch_lock import watching
from monitor.errors import AccountBusy
from monitor.files.locks import file_lock
from monitor.state.private_files import locked

AS_BEFORE = """
import fcntl, os, sys
handle = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o600)
fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
print("held", flush=True)
sys.stdin.read()
"""


def holder_of_before(path: Path) -> subprocess.Popen[str]:
    """Starts a process that holds the file as version 0.1 did."""
    command = [sys.executable, "-c", AS_BEFORE, str(path)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    return child


def test_an_earlier_version_that_watches_keeps_this_one_out_until_it_is_killed(tmp_path: Path) -> None:
    with holder_of_before(tmp_path / "watch-main.lock") as child:
        with pytest.raises(AccountBusy, match="main"), watching(tmp_path, ["main"]):
            pass
        with watching(tmp_path, ["other"]):
            pass
        child.kill()
    with watching(tmp_path, ["main"]):
        pass


def test_this_version_keeps_an_earlier_one_out(tmp_path: Path) -> None:
    with locked(tmp_path):
        command = [sys.executable, "-c", AS_BEFORE, str(tmp_path / ".lock")]
        refused = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)

    assert "BlockingIOError" in refused.stderr


def test_the_file_is_its_owners_alone_and_stays_for_whoever_waits(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(Timeout):
        file_lock(tmp_path / ".lock").acquire(timeout=0)

    assert stat.S_IMODE((tmp_path / ".lock").stat().st_mode) == 0o600
