"""Runs one visit as a child process and never waits for it longer than its deadline.

Browser calls exist that never time out by themselves, so the only deadline that holds is the one kept outside: here.
When it is over, the child's whole tree is killed; leaks, zombies and hung drivers end with the visit.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pydantic import SecretStr, ValidationError

from flows.scratch import short_place
from monitor.clock import Clock
from monitor.config.home import Home
from monitor.engine.visit_registry import VisitRecord, registered
from monitor.language import gettext as _
from monitor.visit_protocol import EVENTS, Answer, EndKind, Progress, Question, VisitEnd, VisitOrder

_SNAPSHOT_SECONDS = 0.5  # how often the tree is looked at: a process missed by all snapshots lives at most this long
_GOODBYE_SECONDS = 10.0  # after its last word, or when told to stop, a child may take this long to close its browser
_LAST_LINES_SECONDS = 1.0  # a dead child's pipe ends at once; nobody waits for one that something else holds open

VISIT_COMMAND = (sys.executable, "-P", "-m", "monitor.visiting")


class _Reader(threading.Thread):
    """Turns the child's output into events; None marks the end of the stream."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        super().__init__(name="visit-reader", daemon=True)
        assert stream is not None  # noqa: S101 - Popen was given a pipe
        self.events: queue.Queue[Progress | Question | VisitEnd | None] = queue.Queue()
        self._stream = stream

    def run(self) -> None:
        with self._stream:
            for line in self._stream:
                try:
                    self.events.put(EVENTS.validate_json(line))
                except ValidationError:
                    self.events.put(Progress(step="noise", text=line.decode("utf-8", "replace").strip()[:500]))
        self.events.put(None)


@dataclass(frozen=True)
class Listener:
    """The parent's side of a conversation with a visit.

    Attributes:
        report: Called with each line of progress.
        ask: Called when the visit needs a person; returns None when nobody can answer.
    """

    report: Callable[[Progress], None]
    ask: Callable[[Question], str | None]


def run_visit(
    order: VisitOrder,
    *,
    clock: Clock,
    listener: Listener,
    environment: Mapping[str, str],
    command: Sequence[str] = VISIT_COMMAND,
    stop: threading.Event | None = None,
) -> VisitEnd:
    """Runs one visit to its end or its deadline.

    Args:
        order: What to do; ``order.deadline_seconds`` counts from now.
        clock: Measures the deadline; it must count a laptop's sleep.
        listener: Hears progress and answers questions.
        environment: Variables of the child, complete; the temporary folder is added here.
        command: The child's program; tests put theirs here.
        stop: When it is set, the visit is told to end and gets a moment to close its browser.

    Returns:
        How the visit ended. ``KILLED`` when the deadline passed or the child died without a last word; the caller
        must then move open intents to UNKNOWN under a newer fence.
    """
    home = Home(order.home)
    place = short_place(appended=len("/fairreview-12345678/b-12345678"))
    temporary = Path(tempfile.mkdtemp(prefix="fairreview-", dir=place))
    with registered(home.runs, order.visit_id, temporary) as record:
        child = _start(order, command, environment=_with_temporary(environment, temporary))
        reader = _Reader(child.stdout)
        reader.start()
        grace = _GOODBYE_SECONDS
        try:
            told_to_stop = stop or threading.Event()
            end = _follow(child, order, reader=reader, record=record, clock=clock, listener=listener, stop=told_to_stop)
            grace = 0.0 if end.kind is EndKind.KILLED and not told_to_stop.is_set() else grace
            return end
        finally:
            record.remember(child.pid)
            _close(child, record, grace_seconds=grace)
            reader.join(_LAST_LINES_SECONDS)  # its pipe is closed by then


def _with_temporary(environment: Mapping[str, str], temporary: Path) -> dict[str, str]:
    return {**environment, **dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(temporary)), "PYTHONUTF8": "1"}


def _start(order: VisitOrder, command: Sequence[str], *, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    log = Home(order.home).visit_log
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        # A session of its own: Ctrl-C in the terminal reaches the parent alone, which then ends the visit in order.
        child = subprocess.Popen(  # noqa: S603 - a fixed command of ours, no shell
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=handle,
            env=environment,
            start_new_session=True,
        )
    finally:
        os.close(handle)
    _write(child, order.model_dump_json())
    return child


def _follow(
    child: subprocess.Popen[bytes],
    order: VisitOrder,
    *,
    reader: _Reader,
    record: VisitRecord,
    clock: Clock,
    listener: Listener,
    stop: threading.Event,
) -> VisitEnd:
    deadline = clock.boottime() + order.deadline_seconds
    while (left := deadline - clock.boottime()) > 0:
        record.remember(child.pid)
        if stop.is_set():
            return VisitEnd(kind=EndKind.KILLED, message=_("Visit cancelled: the watcher stopped."))
        try:
            event = reader.events.get(timeout=min(left, _SNAPSHOT_SECONDS))
        except queue.Empty:
            continue
        if event is None:
            return VisitEnd(kind=EndKind.KILLED, message=_("The visit's process died without a last word."))
        if isinstance(event, VisitEnd):
            return event
        if isinstance(event, Question):
            answer = _ask(listener, event, wait_seconds=left)
            _write(child, Answer(value=SecretStr(answer) if answer is not None else None).model_dump_json())
        else:
            listener.report(event)
    return VisitEnd(
        kind=EndKind.KILLED,
        message=_("The visit did not end within {deadline_seconds:.0f} s and was killed.").format(
            deadline_seconds=order.deadline_seconds
        ),
        hint=_("Run `fairreview log` to see how far it came; an appeal that was under way is shown as unknown."),
    )


def _ask(listener: Listener, question: Question, *, wait_seconds: float) -> str | None:
    # In a thread of its own, because a prompt can wait for ever and the deadline must not.
    answers: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=lambda: answers.put(listener.ask(question)), daemon=True).start()
    try:
        return answers.get(timeout=wait_seconds)
    except queue.Empty:
        return None


def _write(child: subprocess.Popen[bytes], line: str) -> None:
    assert child.stdin is not None  # noqa: S101 - Popen was given a pipe
    with contextlib.suppress(OSError):  # a dead child is the reader's to report
        child.stdin.write(line.encode("utf-8") + b"\n")
        child.stdin.flush()


def _close(child: subprocess.Popen[bytes], record: VisitRecord, *, grace_seconds: float) -> None:
    with contextlib.suppress(OSError):
        if child.stdin is not None:
            child.stdin.close()
    try:
        child.wait(timeout=grace_seconds)
    except subprocess.TimeoutExpired:
        record.remember(child.pid)
        child.kill()
        child.wait()
