"""Shows a packed capture in ReplayWeb.page, the player that others use, as the npm registry has it."""

from __future__ import annotations

import json
import re
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Frame

PLAYER = "replaywebpage@2.4.6"
_LIMIT_MS = 60_000


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def fetch_player(folder: Path) -> Path:
    """Takes the player's package from the npm registry, without running anything of it."""
    command = ["npm", "pack", PLAYER, "--ignore-scripts", "--silent"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    with tarfile.open(folder / done.stdout.strip().splitlines()[-1]) as package:
        package.extractall(folder, filter="data")
    return folder / "package"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serves a folder on loopback; gives its origin."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def replay(context: BrowserContext, player: Path, archive: bytes) -> Iterator[tuple[Frame, list[str]]]:
    """Opens the archive's main page in the player.

    Yields:
        The frame in which the page is shown, and every request that left for somewhere else.
    """
    (player / "case.wacz").write_bytes(archive)
    with zipfile.ZipFile(player / "case.wacz") as packed:
        main = json.loads(packed.read("pages/pages.jsonl").splitlines()[1])
    moment = re.sub(r"\D", "", main["ts"])[:14]
    strangers: list[str] = []
    with served(player) as origin:
        own = (origin, "data:", "blob:")
        context.on("request", lambda request: None if request.url.startswith(own) else strangers.append(request.url))
        page = context.new_page()
        where = f"view=pages&url={quote(main['url'], safe='')}&ts={moment}"
        page.goto(f"{origin}/?source={quote(f'{origin}/case.wacz', safe='')}#{where}")
        element = page.wait_for_selector("iframe[src*='mp_/']", timeout=_LIMIT_MS)
        frame = element.content_frame() if element else None
        assert frame is not None, "the player shows no page"
        frame.wait_for_load_state("load", timeout=_LIMIT_MS)
        frame.get_by_role("heading").first.wait_for(timeout=_LIMIT_MS)
        yield frame, strangers
