"""The installed desk for a test: its command, its link, and a real browser that enters by it."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.bootstrap import Installation, open_installation
from monitor.desk.app import build_app
from monitor.desk.calls import Calls
from monitor.desk.entering import Door
from monitor.desk.serving import DeskServer, bind
from monitor.state.journal import JournalRow
from tests.command_world import forget_life
from tests.e2e.installed import COMMAND, environment

if TYPE_CHECKING:
    from playwright.sync_api import Page


@dataclass(frozen=True)
class Desk:
    """A running desk.

    Attributes:
        link: Lets one browser in, once.
        calls: What its pages ask, where it is served in this process.
    """

    home: Path
    link: str
    process: subprocess.Popen[str] | None = None
    door: Door | None = None
    calls: Calls | None = None

    @property
    def origin(self) -> str:
        """Where it answers."""
        return self.link.partition("/enter")[0]

    @property
    def port(self) -> int:
        return int(self.origin.rpartition(":")[2])

    def enter(self, page: Page) -> Page:
        """Lets a page in by a link."""
        page.goto(self.door.new_link() if self.door else self.link)
        return page

    def installation(self) -> Installation:
        """Opens the home as another process does."""
        return open_installation(self.home, data_key="unused")


@contextmanager
def serve_desk(home: Path) -> Iterator[Desk]:
    """Serves the desk of a home in this process, on a real socket: what most tests need, without another start."""
    installation = open_installation(home, data_key="unused")
    try:
        with serve_installation(installation) as desk:
            yield desk
    finally:
        installation.state.close()


@contextmanager
def serve_installation(installation: Installation) -> Iterator[Desk]:
    """Serves the desk of an installation that is open already."""
    bound = bind(0)
    port = int(bound.getsockname()[1])
    calls = Calls(installation, locked="none here")
    door = Door(port=port, idle=900, people=calls.people)
    ready = threading.Event()
    server = DeskServer(build_app(calls, door, port=port), bound, ready=ready.set, ending=calls.work.close)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield Desk(installation.home.root, door.new_link(), door=door, calls=calls)
    finally:
        server.close()
        thread.join(20)


@contextmanager
def open_desk(home: Path, *options: str, errors: int = subprocess.DEVNULL) -> Iterator[Desk]:
    """Runs the command on a home until the test ends."""
    process = subprocess.Popen(
        [str(COMMAND), "desk", "--no-browser", *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        env={**environment(), "FAIRREVIEW_HOME": str(home), "PYTHONUNBUFFERED": "1", "PATH": os.environ["PATH"]},
    )
    try:
        assert process.stdout is not None
        link = process.stdout.readline().strip()
        assert "/enter?token=" in link, link
        yield Desk(home, link, process)
    finally:
        process.terminate()
        process.wait(timeout=20)


def copy_home(home: Path, folder: Path) -> Path:
    """Copies a home as it is, for one test."""
    copied = folder / "home"
    shutil.copytree(home, copied)
    forget_life(copied)
    return copied


def entries_of(installation: Installation, account: str) -> list[JournalRow]:
    """Returns the account's action log."""
    with installation.state.read() as tx:
        return tx.journal.rows(tx.journal.heads()[account].chain)
