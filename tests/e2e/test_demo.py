"""The demo tells its whole story without a keyring, a terminal or standard input, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from tests.e2e.installed import COMMAND, environment

pytestmark = pytest.mark.timeout(600)


def start(folder: Path, page: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(COMMAND), "demo", "--out", str(page)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**environment(), "TMPDIR": str(folder), "HOME": str(folder)},
    )


def test_the_demo_ends_with_a_review_removed_and_a_rejected_one_left(tmp_path: Path) -> None:
    folder, page = tmp_path / "tmp", tmp_path / "page.html"
    folder.mkdir()

    child = start(folder, page)
    out, err = child.communicate(timeout=400)

    assert child.returncode == 0, f"{out}\n{err}"
    told = page.read_text("utf-8")
    assert "Отзыв удалён" in told
    assert "Отзыв остался" in told
    assert "Жалоба под отзывом на странице товара" in told
    assert "Обжалование отзыва из заказа" in told
    assert "13 products read, 0 unchanged, 1 by the listing of another" in err
    assert "0 findings of damage" in err
    assert [left.name for left in folder.iterdir() if left.name.startswith("fairreview")] == []


def test_ctrl_c_leaves_no_process_and_no_folder(tmp_path: Path) -> None:
    folder = tmp_path / "tmp"
    folder.mkdir()
    child = start(folder, tmp_path / "page.html")
    family = _await_browser(child.pid)

    os.kill(child.pid, signal.SIGINT)
    try:
        child.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        child.kill()
        pytest.fail(f"it went on after Ctrl-C: {child.communicate()[1]}")

    assert child.returncode == 130
    _, alive = psutil.wait_procs(family, timeout=10)
    assert [process.pid for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []
    assert [left.name for left in folder.iterdir() if left.name.startswith("fairreview")] == []


def _await_browser(pid: int) -> list[psutil.Process]:
    """Waits until a browser runs below the demo, and returns the whole family."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        family = psutil.Process(pid).children(recursive=True)
        if any("chrom" in name for name in map(_name, family)):
            return family
    raise TimeoutError("no browser was started")


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.Error:
        return ""
