"""Where this home lives its one life: on which machine, for which user, at which path, in which folder.

A copy of the whole home has the same store, the same approvals and the same keys. What it cannot have is the same
place. The place is written into the store; a store that finds itself elsewhere was copied, moved or restored, and sends
nothing before a person has said which one lives on. A clone of a whole machine cannot be told from inside.
"""

from __future__ import annotations

import hashlib
import os
import socket
import sys
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

from monitor.language import gettext as _
from monitor.state.text import JsonValue

_MACHINE_IDS = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_RANDOM_BIT = 1 << 40  # an address that no network card has: the library made it up for this process alone

_WORDS = {
    "machine": _("on another machine"),
    "user": _("for another user"),
    "path": _("at another path"),
    "folder": _("in another folder of the same path"),
}


@dataclass(frozen=True)
class Life:
    """One place.

    Attributes:
        machine: Digest of what the operating system calls this machine, or of the name that the settings give it.
        user: The user's number, or name where there are none.
        path: The home's full path.
        folder: The file system's own number of the folder; empty where it has none. A copy never has the same.
    """

    machine: str
    user: str
    path: str
    folder: str

    def to_json(self) -> dict[str, JsonValue]:
        """Returns what the store keeps."""
        return dict(asdict(self))


def life_of(home: Path, *, machine_name: str = "") -> Life:
    """Returns the place of a home as it is now.

    Args:
        home: The home's folder.
        machine_name: What stands for the machine where it has no name that lasts: a container names its volume.
    """
    full = home.resolve()
    try:
        folder = str(full.stat().st_ino or "")
    except OSError:
        folder = ""
    getuid = getattr(os, "getuid", os.getlogin)
    machine = hashlib.sha256(f"fairreview:{machine_name or _machine_id()}".encode()).hexdigest()[:32]
    return Life(machine, str(getuid()), str(full), folder)


def find_moves(stored: JsonValue, now: Life) -> tuple[str, ...]:
    """Says in words what is not as the store has it; empty when it is the same place. Pure."""
    if not isinstance(stored, dict):
        return ()
    changed = [name for name, value in asdict(now).items() if stored.get(name) not in {value, ""}]
    if "path" in changed and "folder" in changed:
        changed.remove("folder")
    return tuple(_WORDS[name] for name in changed)


def _machine_id() -> str:
    if sys.platform == "win32":
        return _windows_id()
    for path in _MACHINE_IDS:
        try:
            found = path.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if found:
            return found
    node = uuid.getnode()
    return socket.gethostname() if node & _RANDOM_BIT else f"{node:012x}"


def _windows_id() -> str:
    if sys.platform != "win32":  # for the type checker
        return ""
    import winreg  # noqa: PLC0415 - there is no such module elsewhere

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography") as key:
            return str(winreg.QueryValueEx(key, "MachineGuid")[0])
    except OSError:
        return socket.gethostname()
