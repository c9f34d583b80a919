"""A shell at a terminal, as a person has it: what is typed runs in the foreground, and Ctrl-C goes to all of it."""

from __future__ import annotations

import os
import pty
import re
import select
import shlex
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType

CTRL_C = b"\x03"
_ENDED = re.compile(r"ended with (\d+)\.")


class ForegroundShell:
    """An interactive bash with a controlling terminal of its own.

    Args:
        environment: What its programs inherit.
        limit: Seconds that a command may take.
    """

    def __init__(self, environment: Mapping[str, str], *, limit: float = 180.0) -> None:
        self._limit = limit
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:  # the child: its parent's threads are not in it
            os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], dict(environment))

    def __enter__(self) -> ForegroundShell:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._terminal)  # hangs up, which ends the shell and what it runs
        os.waitpid(self._pid, 0)

    def press(self, key: bytes) -> None:
        """Presses a key, also while a command runs."""
        os.write(self._terminal, key)

    def run(self, words: Sequence[str]) -> tuple[int, str]:
        """Types a command and waits for its end; returns its exit code as the shell has it, and what was shown."""
        self.press(f'{shlex.join(words)}; echo "ended with" $?.\n'.encode())
        told, deadline = "", time.monotonic() + self._limit
        while (found := _ENDED.search(told)) is None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"no end of the command; it said: {told[-500:]}")
            if select.select([self._terminal], [], [], 1.0)[0]:
                with suppress(OSError):
                    told += os.read(self._terminal, 65536).decode("utf-8", "replace")
        return int(found[1]), told
