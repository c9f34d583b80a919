"""What a program's whole process tree looks up and connects to, by its own system calls (strace, Linux).

A datagram socket that is only connected sends nothing (Chromium asks so whether there is a way to IPv6): what counts
are look-ups of names and connections of streams to other machines.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CALLS = "connect,sendto,sendmsg,sendmmsg"
_CALL = re.compile(r"^\d+ +(connect|sendto|sendmsg|sendmmsg)\(\d+<(TCP|UDP)[^>]*>(.*)$")
_PLACE = re.compile(r"port=htons\((\d+)\).*?(?:inet_addr|inet_pton)\((?:AF_INET6?, )?\"([^\"]+)\"")


def has_strace() -> bool:
    """Tells whether this can be asked here."""
    return sys.platform == "linux" and shutil.which("strace") is not None


def tracer(log: Path) -> tuple[str, ...]:
    """The program that looks on, to be put before a command; what it sees is written to the log."""
    return ("strace", "-f", "-qq", "-yy", "--seccomp-bpf", "-e", f"trace={CALLS}", "-s", "160", "-o", str(log))


def trace(command: Sequence[str], log: Path, *, seconds: float = 600.0) -> int:
    """Runs a command under strace; returns its exit code."""
    return subprocess.run([*tracer(log), *command], capture_output=True, check=False, timeout=seconds).returncode


def outside_calls(log: Path) -> list[str]:
    """Returns each look-up of a name, and each stream to another machine, as strace wrote it."""
    found: list[str] = []
    for line in log.read_text("utf-8", "replace").splitlines():
        call = _CALL.match(line)
        place = _PLACE.search(call[3]) if call is not None else None
        if call is None or place is None:
            continue
        port, address = int(place[1]), place[2]
        is_here = address.startswith(("127.", "::ffff:127.")) or address == "::1"
        is_sent = call[2] == "TCP" or call[1] != "connect"
        if port == 53 or (is_sent and not is_here):
            found.append(line[:200])
    return found
