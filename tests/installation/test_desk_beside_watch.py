"""One service for both: a running `watch` serves the desk, and `desk` only makes links into it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.desk_browser import open_desk
from tests.desk_world import ACCOUNT, account_section, make_desk_home
from tests.e2e.installed import COMMAND, PASSPHRASE, environment
from tests.quick_secrets import create_quick_store

READS = {"sec-fetch-site": "none", "sec-fetch-dest": "document"}


@contextmanager
def watching(home: Path, log: Path) -> Iterator[subprocess.Popen[str]]:
    """A watcher whose every line goes into a file, as a service's do; entered once it serves the desk."""
    process = subprocess.Popen(
        [str(COMMAND), "watch"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**environment(), "FAIRREVIEW_HOME": str(home), "PYTHONUNBUFFERED": "1", "PATH": os.environ["PATH"]},
    )
    served = threading.Event()

    def copy() -> None:
        assert process.stdout is not None
        with log.open("a") as file:
            for line in process.stdout:
                file.write(line)
                file.flush()
                if "The desk is served" in line:
                    served.set()

    copying = threading.Thread(target=copy, daemon=True)
    copying.start()
    try:
        assert served.wait(60), log.read_text()
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        copying.join(10)


def desk(home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(COMMAND), "desk", "--no-browser"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**environment(), "FAIRREVIEW_HOME": str(home)},
    )


def make_home(folder: Path, **more: Any) -> Path:
    """A home with reviews that wait; its account rests, so that no visit begins."""
    resting = {**account_section(ACCOUNT, ["1001", "1002"]), "paused": True}
    return make_desk_home(folder / "home", desk={"with_watch": True}, account=[resting], **more).home


def test_a_watcher_serves_the_desk_and_no_link_stands_in_its_log(tmp_path: Path) -> None:
    passphrase, log = tmp_path / "passphrase", tmp_path / "watch.log"
    passphrase.write_text(PASSPHRASE)
    passphrase.chmod(0o600)
    home = make_home(tmp_path, vault={"passphrase_file": str(passphrase)})
    create_quick_store(home / "secrets", PASSPHRASE)
    with watching(home, log):
        first, second = desk(home), desk(home)
        assert (first.returncode, second.returncode) == (0, 0), first.stderr
        links = [re.search(r"http://127\.0\.0\.1:\d+/enter\?token=\S+", one.stdout) for one in (first, second)]
        assert links[0] is not None
        assert links[1] is not None
        with httpx.Client(headers=READS, follow_redirects=True) as browser:
            page = browser.get(links[0][0]).text
            assert "Само ничего не уйдёт" in page
            assert "Согласиться со всеми" in page
            assert browser.get(links[1][0]).status_code == 200
            browser.cookies.clear()
            assert browser.get(links[0][0]).status_code == 403
    told = log.read_text() + "".join(one.read_text("utf-8", "replace") for one in (home / "logs").glob("**/*.log"))
    assert "token=" not in told
    assert not (home / "runs" / "desk.door").exists()


def test_a_desk_with_an_open_page_ends_in_order(tmp_path: Path) -> None:
    """An open page keeps a stream: it is told, not torn off, and nothing of it stands at the terminal."""
    home = make_home(tmp_path)
    create_quick_store(home / "secrets", PASSPHRASE)
    with open_desk(home, errors=subprocess.PIPE) as running, httpx.Client(headers=READS) as browser:
        browser.get(running.link)
        as_a_page = {"sec-fetch-dest": "empty", "sec-fetch-site": "same-origin"}
        with browser.stream("GET", f"{running.origin}/live", headers=as_a_page, timeout=60) as stream:
            told = stream.iter_text()
            next(told)
            assert running.process is not None
            running.process.send_signal(signal.SIGINT)
            list(told)  # to its end
        assert running.process.wait(timeout=60) == 0
        assert running.process.stderr is not None
        said = running.process.stderr.read()
    assert "Traceback" not in said
    assert "The desk is closed" in said


def test_with_the_secrets_locked_the_desk_still_shows_what_waits_and_says_why_nothing_goes(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    create_quick_store(home / "secrets", PASSPHRASE)
    with open_desk(home) as running, httpx.Client(headers=READS, follow_redirects=True) as browser:
        page = browser.get(running.link).text
    assert "Само ничего не уйдёт" in page
    assert "Хранилище секретов закрыто" in page
    assert "Согласиться со всеми" in page
