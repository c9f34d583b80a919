"""Runs ``evidence verify`` again and again beside a busy writer, and looks at the verifier's own system calls.

``python -m tests.proofs.evidence_busy verify HOME`` is the verifier: for each line on its input it runs the command
once, in one process, and says how it ended. ``strace`` sees what it does to files below the home folder.
"""

from __future__ import annotations

import contextlib
import io
import json
import random
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from monitor.bootstrap import Installation
from monitor.cli import app
from monitor.custody.checking import EvidenceReport
from monitor.custody.checkpoints import make_checkpoint
from monitor.state import Action
from monitor.watching.recording import record_poll
from tests.appeal_world import ACCOUNT, approved, lease_of, listing, review
from tests.proofs.counted import Counted
from tests.unit.monitor.case_world import World, make_world, seal

CALLS = (
    "open,openat,creat,write,pwrite64,writev,pwritev,sendfile,copy_file_range,truncate,ftruncate,fallocate,rename,"
    "renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat,chmod,fchmod,fchmodat,"
    "utimensat,setxattr,fsetxattr"
)
_OPENS = re.compile(r"\b(?:open|openat)\(")
_WRITING_OPEN = re.compile(r"O_CREAT|O_TRUNC|O_WRONLY|O_TMPFILE")


def main(argv: list[str]) -> int:
    what, home = argv
    if what == "live":
        with as_it_is_now():
            return answer_lines(home)
    if what == "checkpoint":
        return int(app(["--home", home, "evidence", "checkpoint"], standalone_mode=False) or 0)
    return answer_lines(home)


def answer_lines(home: str) -> int:
    """Verifies once for each line of the input; says exit code, number of entries and damage as a line of JSON."""
    for _ in sys.stdin:
        told = io.StringIO()
        with contextlib.redirect_stdout(told):
            code = app(["--home", home, "evidence", "verify", "--json"], standalone_mode=False)
        report = json.loads(told.getvalue())
        damage = [one for one in report["findings"] if one["severity"] == "damage"]
        sys.stdout.write(json.dumps({"code": int(code or 0), "entries": report["entries"], "damage": damage}) + "\n")
        sys.stdout.flush()
    return 0


@contextlib.contextmanager
def as_it_is_now() -> Iterator[None]:
    """The control: each table is read at its own moment, and nothing is looked at twice, as it was."""

    @contextlib.contextmanager
    def no_picture(installation: Installation) -> Iterator[Installation]:
        yield installation

    with (
        mock.patch.object(Installation, "snapshot", no_picture),
        mock.patch.object(EvidenceReport, "damage", ()),  # so that nothing is looked at a second time
    ):
        yield


def prove_busy(folder: Path, runs: int, seed: int, *, verifier: str = "verify") -> Counted:
    """Verifies ``runs`` times while a writer writes, traced; each run must overlap with writes and find no damage."""
    counted = Counted("evidence verify beside a busy writer", seed)
    world = make_world(folder)
    make_checkpoint(world.installation)
    writer = Writer(world, random.Random(seed))
    log = folder / "trace"
    overlapping = 0
    with traced(verifier, world.installation.home.root, log) as child:
        for _ in range(runs):
            counted.injections += 1
            told, written = beside(writer, child)
            overlapping += written > 1
            counted.expect(not told["damage"] and told["code"] == 0, f"a false alarm: {told}")
    touched = changes_below(log, world.installation.home.root)
    counted.expect(not touched, f"the verifier itself changed the home: {touched[:3]}")
    counted.expect(overlapping > runs * 0.9, f"the writer was busy in {overlapping} runs only")
    counted.notes.append(f"{writer.written} transactions meanwhile")
    return counted


def beside(writer: Writer, child: subprocess.Popen[str]) -> tuple[dict[str, object], int]:
    """One run: the writer goes on writing from before the order until the answer is there."""
    assert child.stdin is not None
    assert child.stdout is not None
    is_over, before = threading.Event(), writer.written
    thread = threading.Thread(target=writer.write_until, args=(is_over,))
    thread.start()
    try:
        child.stdin.write("\n")
        child.stdin.flush()
        told: dict[str, object] = json.loads(child.stdout.readline())
    finally:
        is_over.set()
        thread.join()
    return told, writer.written - before


class Writer:
    """Does what visits and people do, one after the other: polls, captures, drafts, entries, checkpoints."""

    _MOST = 12  # transactions beside one run: the log shall not outgrow the proof

    def __init__(self, world: World, rng: random.Random) -> None:
        self._world, self._rng = world, rng
        self.written = 0

    def write_until(self, is_over: threading.Event) -> None:
        """Writes until the event is set, or enough has been written for one run."""
        for _ in range(self._MOST):
            self._write_one()
            self.written += 1
            if is_over.is_set():
                return

    def _write_one(self) -> None:
        installation = self._world.installation
        kind = self._rng.choice(("note", "note", "poll", "capture", "approve", "checkpoint"))
        if kind == "note":
            with installation.state.transaction() as tx:
                tx.journal.record(ACCOUNT, Action("poll", outputs={"number": self.written}))
            installation.state.flush_mirror()
        elif kind == "poll":
            self._meet(f"new{self.written}")
        elif kind == "capture":
            seal(self._world, "status")
            installation.state.flush_mirror()
        elif kind == "approve":
            self._meet(f"told{self.written}")
            approved(installation.state, f"told{self.written}")
        else:
            make_checkpoint(installation)

    def _meet(self, name: str) -> None:
        state = self._world.installation.state
        lease = lease_of(state, "poll")
        try:
            record_poll(state, lease, listing([review(name)], state.clock.now()))
        finally:
            state.release(lease)


@contextlib.contextmanager
def traced(what: str, home: Path, log: Path) -> Iterator[subprocess.Popen[str]]:
    """The verifier under strace, waiting for lines."""
    tracer = ["strace", "-f", "-qq", "-y", "--seccomp-bpf", "-s", "1", "-e", f"trace={CALLS}", "-o", str(log)]
    command = [*tracer, sys.executable, "-m", "tests.proofs.evidence_busy", what, str(home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        yield child
        assert child.stdin is not None
        child.stdin.close()


def changes_below(log: Path, folder: Path) -> list[str]:
    """Returns the calls that made, wrote, renamed or removed something below a folder, as strace wrote them."""
    lines = (line for line in log.read_text("utf-8", "replace").splitlines() if f"{folder}/" in line)
    return [line[:200] for line in lines if not _OPENS.search(line) or _WRITING_OPEN.search(line)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
