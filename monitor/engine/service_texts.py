"""The files that three operating systems want, as text. Pure.

systemd's is checked by ``systemd-analyze verify`` in the tests; launchd's and Windows' follow the vendors' documents
and were not run on those systems.
"""

from __future__ import annotations

import plistlib
from collections.abc import Sequence
from xml.etree import ElementTree as ET

LABEL = "fairreview-watch"
_TASK_NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_SPECIAL = set("\"'\\ \t;$%")


def systemd_unit(command: Sequence[str]) -> str:
    """Returns a user unit that starts ``command`` at login (or at boot with lingering) and again when it ends."""
    return "\n".join(
        (
            "[Unit]",
            "Description=fairreview: watches reviews",
            "Wants=network-online.target",
            "After=network-online.target",
            "StartLimitIntervalSec=0",
            "",
            "[Service]",
            "Type=exec",
            f"ExecStart={' '.join(map(_systemd_word, command))}",
            "Restart=always",
            "RestartSec=30",
            # The watcher ends its visits in order; what is left after that is killed with the whole group.
            "KillMode=mixed",
            "TimeoutStopSec=60",
            "",
            "[Install]",
            "WantedBy=default.target",
            "",
        )
    )


def launchd_plist(command: Sequence[str], log: str) -> str:
    """Returns a launch agent's property list."""
    content = {
        "Label": LABEL,
        "ProgramArguments": list(command),
        "RunAtLoad": True,
        "KeepAlive": True,
        "ThrottleInterval": 30,
        "ProcessType": "Background",
        "StandardOutPath": log,
        "StandardErrorPath": log,
    }
    return plistlib.dumps(content, sort_keys=False).decode()


def windows_task(command: Sequence[str], user: str) -> str:
    """Returns a task for ``schtasks /Create /XML``: starts at logon, again when it ends, without a time limit."""
    ET.register_namespace("", _TASK_NAMESPACE)
    task = ET.Element(f"{{{_TASK_NAMESPACE}}}Task", version="1.3")
    _add(task, "RegistrationInfo", Description="fairreview: watches reviews")
    _add(_add(task, "Triggers"), "LogonTrigger", Enabled="true", UserId=user)
    principal = _add(_add(task, "Principals"), "Principal", UserId=user, LogonType="InteractiveToken")
    principal.set("id", "Author")
    _add(principal, "RunLevel").text = "LeastPrivilege"
    settings = _add(
        task,
        "Settings",
        MultipleInstancesPolicy="IgnoreNew",
        DisallowStartIfOnBatteries="false",
        StopIfGoingOnBatteries="false",
        StartWhenAvailable="true",
        ExecutionTimeLimit="PT0S",
    )
    _add(settings, "RestartOnFailure", Interval="PT1M", Count="255")
    program, *arguments = command
    actions = _add(task, "Actions")
    actions.set("Context", "Author")
    _add(actions, "Exec", Command=program, Arguments=" ".join(map(_windows_word, arguments)))
    ET.indent(task)
    return '<?xml version="1.0"?>\n' + ET.tostring(task, encoding="unicode") + "\n"


def _add(parent: ET.Element, name: str, **texts: str) -> ET.Element:
    element = ET.SubElement(parent, f"{{{_TASK_NAMESPACE}}}{name}")
    for key, value in texts.items():
        ET.SubElement(element, f"{{{_TASK_NAMESPACE}}}{key}").text = value
    return element


def _systemd_word(word: str) -> str:
    """Quotes a word for ExecStart, where ``%`` and ``$`` would be replaced."""
    if not _SPECIAL & set(word):
        return word
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def _windows_word(word: str) -> str:
    return f'"{word}"' if _SPECIAL & set(word) else word
