"""Kills the installed command at each step of sending a letter, by signals; the mail server counts what it took."""

from __future__ import annotations

import itertools
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from monitor.bootstrap import open_installation
from monitor.closed_lists.contact_kinds import LetterState
from monitor.state.letters import LetterRecord
from tests.appeal_world import ACCOUNT
from tests.e2e.installed import COMMAND, environment
from tests.installation.mail_server import PASSWORD, USER, MailServerOfTest, mail_server
from tests.proofs.counted import Counted
from tests.unit.monitor.case_world import REVIEW, World, make_world

STEPS = {
    "sign-in": LetterState.APPROVED,
    "rcpt": LetterState.APPROVED,
    "data": LetterState.UNKNOWN,
    "arrived": LetterState.UNKNOWN,
    "answered": LetterState.UNKNOWN,
}
"""Where a letter stands when the command that sent it dies at a step. ``answered``: the word waits in the socket."""
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
LIMIT = 120.0  # seconds that a command may take before the proof gives up on it


@dataclass
class Killing:
    """An installation with a case and a mail server."""

    world: World
    server: MailServerOfTest
    folder: Path

    def approve(self) -> str:
        """Drafts and approves one letter; returns its id."""
        self.world.run("support", "letter", "draft", REVIEW, "--to", "support@platform.test")
        with self.world.installation.state.read() as tx:
            letter = tx.letters.of_account(ACCOUNT)[-1]
        self.world.run("support", "letter", "approve", letter.id, "--hash", letter.letter_hash)
        return letter.id

    def load(self, letter: str) -> LetterRecord:
        """The letter as it stands."""
        with self.world.installation.state.read() as tx:
            found = tx.letters.get(letter)
        assert found is not None
        return found

    def type(self, *words: str, step: str = "", what: signal.Signals = signal.SIGKILL) -> tuple[int, str]:
        """Types a command, and strikes it at a step of the server; returns its exit code and what it said.

        Before it can read the server's word it is stopped, so that ``answered`` means: the word is there, unread.
        """
        line = [str(COMMAND), "--home", str(self.world.installation.home.root), "support", "letter", *words]
        variables = {**environment(), "SSL_CERT_FILE": str(self.folder / "server.pem")}
        said = subprocess.STDOUT
        with subprocess.Popen(
            line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, env=variables
        ) as child:

            def strike(now: str) -> None:
                if step == "answered" and now == "arrived":
                    child.send_signal(signal.SIGSTOP)
                if now == step:
                    child.send_signal(what)
                    child.send_signal(signal.SIGCONT)

            self.server.on_step = strike
            told, _ = child.communicate(timeout=LIMIT)
        self.server.on_step = lambda _: None
        return child.returncode, " ".join(told.decode("utf-8", "replace").split())


@contextmanager
def killing() -> Iterator[Killing]:
    """Makes one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with mail_server(folder) as server:
            made = make_world(folder)
            config = made.installation.home.config
            mail = f'[mail]\nhost = "127.0.0.1"\nport = {server.port}\nsender = "{USER}"\n'
            config.write_text(config.read_text("utf-8").replace("[mail]\n", mail, 1), encoding="utf-8")
            world = World(open_installation(made.installation.home.root), made.case)
            world.installation.secrets.save("mail/password", PASSWORD.encode())
            yield Killing(world, server, folder)


def kill_once(run: Killing, counted: Counted, step: str, what: signal.Signals) -> None:
    """Strikes one sending and says what is not as it must be."""
    letter, before = run.approve(), len(run.server.taken)
    counted.injections += 1
    name = f"{what.name} at {step}"
    code, told = run.type("send", letter, step=step, what=what)
    arrived = len(run.server.taken) - before
    wanted = STEPS[step]
    if what is not signal.SIGKILL and step == "answered" and run.load(letter).state is LetterState.SENT:
        wanted = LetterState.SENT  # whether the waiting word is read before the signal is heard, the system decides
    if what is signal.SIGKILL:
        counted.expect(code == -signal.SIGKILL, f"{name}: it was not killed, {code}: {told}")
        settled, told = run.type("settle")
        counted.expect(settled == 0, f"{name}: the next command ends with {settled}: {told}")
        counted.expect(letter in told, f"{name}: the next command does not tell of it: {told}")
    else:
        right = {LetterState.UNKNOWN: 8, LetterState.APPROVED: 130, LetterState.SENT: 0}[wanted]
        counted.expect(code == right, f"{name}: it ends with {code} instead of {right}: {told}")
    state = run.load(letter).state
    counted.expect(state is wanted, f"{name}: it is {state} instead of {wanted}: {told}")
    if wanted is LetterState.UNKNOWN:
        counted.expect("never sent again by itself" in told, f"{name}: no next step: {told}")
    again, told = run.type("send", letter)
    counted.expect((again == 0) == (wanted is LetterState.APPROVED), f"{name}: sent again ends with {again}: {told}")
    total = len(run.server.taken) - before
    counted.expect(total == max(arrived, wanted is LetterState.APPROVED), f"{name}: the server took it {total} times")


def kill_each(steps: Sequence[str] = tuple(STEPS), signals: Sequence[signal.Signals] = SIGNALS) -> Counted:
    """Strikes at each step by each signal."""
    counted = Counted("letters, killed", 0)
    with killing() as run:
        for step, what in itertools.product(steps, signals):
            kill_once(run, counted, step, what)
        counted.expect(run.world.run("evidence", "verify") == 0, "evidence verify finds damage")
    return counted


def forget_that_it_is_unknown() -> Counted:
    """The control: a person's wrong word in place of "unknown", and the server takes the same letter twice."""
    counted = Counted("letters, killed, taken for not sent", 0)
    with killing() as run:
        letter = run.approve()
        counted.injections += 1
        run.type("send", letter, step="arrived")
        run.type("settle")
        run.type("resolve", letter, "--not-sent", "--note", "nobody looked")
        run.type("approve", letter, "--hash", run.load(letter).letter_hash)
        run.type("send", letter)
        counted.expect(len(run.server.taken) == 1, f"the server took it {len(run.server.taken)} times")
    return counted
