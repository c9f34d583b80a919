"""The installed command, as a person uses it: a home folder, a passphrase file, a terminal where one is needed."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mock_site.server import MockSite
from monitor.config.home import Home
from monitor.config.template import write_config
from tests.quick_secrets import create_quick_store

COMMAND = Path(sys.executable).parent / "fairreview"
PASSPHRASE = "correct horse battery staple"
LIMIT = 120.0  # seconds: a command that hangs must fail the test, not the run


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    def data(self) -> Any:
        """Returns standard output as JSON."""
        return json.loads(self.out)

    def rows(self) -> list[Any]:
        """Returns standard output as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True)
class Installed:
    """One installation on a mock site.

    Attributes:
        under: A program, with its arguments, that runs the command and looks on.
        variables: Further variables of the environment.
        limit: Seconds that a command may take.
    """

    home: Path
    site: MockSite
    under: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    limit: float = LIMIT

    def run(self, *arguments: str) -> Done:
        """Runs the command without a terminal and with standard input closed."""
        done = subprocess.run(
            [*self.under, str(COMMAND), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=self.limit,
            env={**environment(), "FAIRREVIEW_HOME": str(self.home), **self.variables},
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def type(self, *arguments: str, prompt: str, answer: Callable[[], str]) -> Done:
        """Runs the command at a terminal and answers one prompt; the answer is made when the prompt is there."""
        leader, follower = pty.openpty()
        child = subprocess.Popen(
            [*self.under, str(COMMAND), *arguments],
            stdin=follower,
            stdout=follower,
            stderr=follower,
            env={**environment(), "FAIRREVIEW_HOME": str(self.home), **self.variables},
            start_new_session=True,
        )
        os.close(follower)
        try:
            told = _talk(leader, prompt, answer, self.limit)
            return Done(child.wait(timeout=self.limit), told, "")
        finally:
            os.close(leader)
            if child.poll() is None:
                child.kill()
                child.wait()


MAKER = {"position": "владелец", "organisation": "ИП Тестов Т. Т.", "inn": "770000000000", "place": "г. Примерск"}


def install(home: Path, site: MockSite, *, products: int = 2, **account: Any) -> Installed:
    """Makes an installation that watches the mock's first products, signed in by the mock's first account."""
    person = site.world.options.accounts[0]
    passphrase = home.parent / "passphrase"
    passphrase.write_text(PASSPHRASE)
    passphrase.chmod(0o600)
    Home(home).create()
    watched = site.world.products(0, products)
    values = {
        "operator": {"name": "Тест Тестов", "role": "владелец", **MAKER},
        "vault": {"passphrase_file": str(passphrase)},
        "windows": {"settle": "1s", "between_reads": "1s", "change_of_mind": "1s"},
        "sites": {
            "ozon": {
                "origins": dict(site.origins),
                "requests_per_minute": 6000.0,
                "windows": {"answer_window_seconds": "5s"},
            }
        },
        "account": [
            {
                "name": "shop",
                "products": [f"{site.origins['www']}/product/{one.slug}-{one.sku}/" for one in watched],
                "identities": {"site_profile": {"login": person.email, "sign_in": "code", "witness": person.name}},
                "caps": {"appeals_per_day": 5, "pause": "1s"},
                **account,
            }
        ],
    }
    write_config(home / "config.toml", values)
    create_quick_store(home / "secrets", PASSPHRASE)
    return Installed(home, site)


def environment() -> dict[str, str]:
    """An environment without a keyring, a terminal's colours or anything of the developer's own settings.

    Only whether the browser has a sandbox stays: that is the machine's affair.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("FAIRREVIEW_") or name == "FAIRREVIEW_BROWSER__SANDBOX"
    }
    return {**kept, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring", "TERM": "dumb", "NO_COLOR": "1"}


def _talk(leader: int, prompt: str, answer: Callable[[], str], limit: float) -> str:
    told, answered, deadline = "", False, time.monotonic() + limit
    while time.monotonic() < deadline:
        ready, _, _ = select.select([leader], [], [], 1.0)
        if not ready:
            continue
        try:
            piece = os.read(leader, 65536).decode("utf-8", "replace")
        except OSError:  # the other end is closed: the command has ended
            return told
        if not piece:
            return told
        told += piece
        if not answered and prompt in told:
            os.write(leader, answer().encode() + b"\n")
            answered = True
    raise TimeoutError(f"no end of the command; it said: {told[-500:]}")
