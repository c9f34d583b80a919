"""Every command of both READMEs, typed into the installed program in one language, encoding, width and terminal.

What a command prints is looked at as bytes: they are of the encoding, nothing in them is lost or wider than the
terminal, and no command ends by a fault of the program itself.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from rich.cells import cell_len

from tests.e2e.installed import COMMAND, Installed, environment
from tests.meta.checkout import ROOT
from tests.unit.monitor.test_every_output import UNREADABLE

LANGUAGES, ENCODINGS = ("ru", "en"), ("utf-8", "cp1251", "cp866", "ascii")
WIDTHS, PLACES = (40, 80, 120), ("xterm", "dumb", "none")
ENDLESS = ("watch", "desk", "mock serve")
"""They are heard until they are quiet, and ended by Ctrl-C."""
_FENCE = re.compile(r"^```\n(.*?)^```", re.DOTALL | re.MULTILINE)
_SPAN = re.compile(r"`fairreview ([^`]+)`")
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\r(?!\n)")
_ASKING = re.compile(r"(?:[:?\])>]|\(y/N\))[ \u00a0]*$")
_WORD = re.compile(r"(?:^ +fairreview .*|^origins = .*|\S*`[^`]*`\S*|\S+)")
"""A command is one word, and so is a line of the settings: they can be pasted."""
_QUIET, _LIMIT = 2.0, 240.0  # seconds


def readme_commands(name: str) -> list[str]:
    """Returns what a README says to type after ``fairreview``, once each, in its order."""
    text = (ROOT / name).read_text("utf-8")
    lines = (line.removeprefix("$ ") for block in _FENCE.findall(text) for line in block.splitlines())
    typed = [re.split(r"\s+#\s", line)[0].removeprefix("fairreview ") for line in lines if line[:11] == "fairreview "]
    return list(dict.fromkeys([*map(str.strip, typed), *_SPAN.findall(text)]))


@dataclass(frozen=True)
class Manner:
    """How a walk is made: ``place`` is the terminal, or none."""

    language: str
    encoding: str
    width: int
    place: str


def manners() -> list[Manner]:
    """Twelve ways in which any two choices meet."""
    return [
        Manner(LANGUAGES[(row + column) % 2], encoding, width, PLACES[(row + column) % 3])
        for (row, encoding), (column, width) in product(enumerate(ENCODINGS), enumerate(WIDTHS))
    ]


@dataclass(frozen=True)
class Heard:
    """What a command left behind."""

    typed: str
    code: int
    raw: bytes
    manner: Manner

    @property
    def text(self) -> str:
        """What is read of it."""
        return _CONTROL.sub("", self.raw.decode(self.manner.encoding, "replace")).replace("\r\n", "\n")

    def faults(self) -> Iterator[str]:
        """Yields what is wrong with it."""
        if self.code == 70 or "Traceback" in self.text:
            yield "a fault of the program itself"
        try:
            self.raw.decode(self.manner.encoding)
        except UnicodeDecodeError as error:
            yield f"bytes that are not {self.manner.encoding}: {error}"
        yield from (f"lost letters: {line}" for line in self.text.splitlines() if UNREADABLE.search(line))
        if self.manner.place != "none":
            wide = (line for line in self.text.splitlines() if is_too_wide(line, self.manner.width))
            yield from (f"wider than {self.manner.width}: {line}" for line in wide)


def is_too_wide(line: str, width: int) -> bool:
    """Whether a line is wider than the terminal though it could be cut: no word of it takes half of the width."""
    longest = max(map(cell_len, _WORD.findall(line)), default=0)
    return cell_len(line.rstrip()) > width and longest <= width // 2


@dataclass
class Walker:
    """Types commands in one manner. ``answers``: what is said when a command asks, by its first words."""

    shop: Installed
    manner: Manner
    folder: Path
    answers: Mapping[str, Callable[[], str]] = field(default_factory=dict)

    def type(self, typed: str, *words: str) -> Heard:
        """Runs a command to its end, or until it is quiet where it has none.

        Args:
            typed: What README says.
            words: The same with names in the place of placeholders.
        """
        leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, self.manner.width, 0, 0))
        out_here, out_there = (leader, follower) if self.manner.place != "none" else os.pipe()
        child = subprocess.Popen(
            [str(COMMAND), *words],
            stdin=subprocess.DEVNULL if self.manner.place == "none" else follower,
            stdout=out_there,
            stderr=out_there,
            env=self._variables(),
            cwd=self.folder,
            start_new_session=True,
        )
        for end in {follower, out_there}:
            os.close(end)
        try:
            raw = self._listen(child, out_here, typed)
            return Heard(typed, child.wait(timeout=60), raw, self.manner)
        finally:
            for end in {leader, out_here}:
                os.close(end)
            if child.poll() is None:
                child.kill()
                child.wait()

    def _listen(self, child: subprocess.Popen[bytes], out: int, typed: str) -> bytes:
        raw, deadline, is_struck = b"", time.monotonic() + _LIMIT, False
        answer = next((say for words, say in self.answers.items() if typed.startswith(words)), None)
        while time.monotonic() < deadline:
            ready, _, _ = select.select([out], [], [], _QUIET)
            if ready:
                try:
                    piece = os.read(out, 65536)
                except OSError:  # the terminal's other end is closed
                    return raw
                if not piece:
                    return raw
                raw += piece
            elif typed.startswith(ENDLESS) and raw and not is_struck:
                os.killpg(child.pid, signal.SIGINT)
                is_struck = True
            elif self.manner.place != "none" and _ASKING.search(_CONTROL.sub("", raw.decode(errors="replace"))):
                os.write(out, (answer() if answer else "\x04").encode() + b"\n")
                raw += b"\n"
        raise TimeoutError(f"{typed}: no end; it said: {raw[-500:]!r}")

    def _variables(self) -> dict[str, str]:
        manner = self.manner
        quiet = {"HOME": str(self.folder), "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}
        return {
            **environment(),
            **quiet,
            "FAIRREVIEW_HOME": str(self.shop.home),
            "FAIRREVIEW_LANG": manner.language,
            "PYTHONIOENCODING": manner.encoding,
            "PYTHONUTF8": "0",
            "BROWSER": "true",
            "NO_COLOR": "" if manner.place == "xterm" else "1",
            "TERM": "dumb" if manner.place == "none" else manner.place,
        }
