"""What the installed command and its whole process tree look up and connect to: sign-in, poll, filing, export, demo.

The mock listens on this machine, so every look-up and every stream elsewhere is a call that nobody asked for. The
control takes the product's own switches away from the browser (``loud``), and lets each command's Python look up a
name when it ends (``asking``): both must be seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from mock_site.server import MockSite
from tests.e2e.installed import Done, Installed, install
from tests.e2e.prepared import Prepared, prepare, sign_in, succeed
from tests.proofs.connections import outside_calls, tracer
from tests.proofs.counted import Counted

LIMIT = 900.0  # seconds for one command: the tracer makes them slow, and the machine may be busy with other things
LOUD = """
import flows.browser
from flows.browser import MAKERS_HOSTS, QUIET_ARGUMENTS
flows.browser.QUIET_ARGUMENTS = tuple(one for one in QUIET_ARGUMENTS if MAKERS_HOSTS[0] not in one)
"""
ASKING = """
import atexit, contextlib, socket

@atexit.register
def ask():
    with contextlib.suppress(OSError):
        socket.getaddrinfo("elsewhere.example.test", 443)
"""


class TracedCommands:
    """Runs commands under the tracer and keeps what each called outside."""

    def __init__(self, shop: Installed, folder: Path, *, sabotage: str = "") -> None:
        self._folder, self.calls = folder, dict[str, list[str]]()
        variables = dict[str, str]()
        if sabotage:
            (folder / "sitecustomize.py").write_text(sabotage)
            variables["PYTHONPATH"] = str(folder)
        self._shop = replace(shop, variables=variables, limit=LIMIT)

    @contextmanager
    def shop(self, what: str) -> Iterator[Installed]:
        """The installation with its commands under the tracer, for one command."""
        log = self._folder / f"{len(self.calls)}.trace"
        yield replace(self._shop, under=tracer(log))
        self.calls[what] = outside_calls(log)

    def run(self, what: str, *arguments: str) -> Done:
        """Runs one command."""
        with self.shop(what) as shop:
            return shop.run(*arguments)


def sign_in_and_look(folder: Path, site: MockSite, *, sabotage: str = "") -> dict[str, list[str]]:
    """Signs in by a code and reads reviews; returns what each command called outside."""
    folder.mkdir()
    commands = TracedCommands(install(folder / "home", site), folder, sabotage=sabotage)
    with commands.shop("login") as shop:
        succeed(sign_in(shop))
    succeed(commands.run("session status --check", "session", "status", "--check"))
    succeed(commands.run("poll", "poll"))
    return commands.calls


def file_and_export(prepared: Prepared, folder: Path, *, sabotage: str = "") -> dict[str, list[str]]:
    """Files one approved appeal, follows it, and exports its case with the printed act."""
    folder.mkdir()
    prepared.approve()
    commands = TracedCommands(prepared.shop, folder, sabotage=sabotage)
    succeed(commands.run("appeal submit", "appeal", "submit", prepared.appeal))
    succeed(commands.run("appeal follow", "appeal", "follow"))
    succeed(commands.run("capture", "capture", prepared.review))
    cases = succeed(prepared.shop.run("case", "list", "--json")).rows()
    (case,) = (line["id"] for line in cases if line["review_id"] == prepared.review)
    succeed(commands.run("evidence export", "evidence", "export", case, "--out", str(folder / "bundle")))
    succeed(commands.run("evidence verify", "evidence", "verify"))
    return commands.calls


def demonstrate(folder: Path, site: MockSite, *, sabotage: str = "") -> dict[str, list[str]]:
    """Runs the demo, which brings its own mock and home; returns what it called outside."""
    folder.mkdir()
    commands = TracedCommands(Installed(folder / "unused", site), folder, sabotage=sabotage)
    done = commands.run("demo", "demo", "--out", str(folder))
    # It gives itself five minutes, which a busy machine under the tracer may exceed: that it came so far matters here.
    assert "capturing the decision" in done.out + done.err, done
    return commands.calls


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def prove_connections(folder: Path) -> Counted:
    """Traces every command; each control must be seen in every command that could call."""
    counted = Counted("commands traced for calls outside", 0)
    with MockSite.start() as site:
        seen = sign_in_and_look(folder / "in", site)
        shop = prepare(made(folder / "shop"), site, limit=LIMIT)
        seen |= file_and_export(shop.copy(made(folder / "a")), folder / "out") | demonstrate(folder / "demo", site)
        for what, calls in seen.items():
            counted.injections += 1
            counted.expect(not calls, f"{what} called outside: {calls[:3]}")
        loud = sign_in_and_look(folder / "loud", site, sabotage=LOUD)
        loud |= demonstrate(folder / "loud-demo", site, sabotage=LOUD)
        heard = all(loud[what] for what in ("login", "poll", "demo"))
        counted.expect(heard, f"control: a loud browser was not seen: {loud}")
        asking = file_and_export(shop.copy(made(folder / "b")), folder / "asking", sabotage=ASKING)
        counted.expect(all(asking.values()), f"control: a question was not seen: {asking}")
        counted.notes.append(f"a loud browser made {sum(map(len, loud.values()))} calls")
    return counted
