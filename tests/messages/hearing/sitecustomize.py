"""Writes down each message that a process asks a catalogue for, once, into the folder that ``MESSAGES_HEARD`` names.

Python runs this file by itself when its folder is on ``PYTHONPATH``: in pytest, its workers, and every program that
tests start, whatever ends them. A message that is asked for while a module is loaded is marked so: nobody need have
shown it. What is asked for may still not be read by anybody; no collector can see that.
"""

from __future__ import annotations

import contextlib
import gettext
import inspect
import json
import os
import sys
import time

_HERE = {"monitor.language", "gettext", __name__}
_WORDS = (gettext.NullTranslations, gettext.GNUTranslations)
_heard: set[tuple[str, bool]] = set()


def _is_loading() -> bool:
    """Whether the asking line stands in the body of a module or a class, and not in a function."""
    frame = sys._getframe(2)
    while frame.f_back is not None and frame.f_globals.get("__name__") in _HERE:
        frame = frame.f_back
    return not frame.f_code.co_flags & inspect.CO_OPTIMIZED


def _listen(folder: str) -> None:
    file = os.path.join(folder, f"{os.getpid()}-{time.time_ns()}.jsonl")  # noqa: PTH118 - nothing more is loaded

    def note(message: str) -> None:
        if (heard := (message, _is_loading())) not in _heard:
            _heard.add(heard)
            with contextlib.suppress(OSError), open(file, "a", encoding="utf-8") as out:  # noqa: PTH123 - see above
                out.write(json.dumps(heard) + "\n")

    for kind in _WORDS:
        one, many = kind.gettext, kind.ngettext

        def told(self: gettext.NullTranslations, message: str, *, ask=one) -> str:  # type: ignore[no-untyped-def]
            note(message)
            return str(ask(self, message))

        def counted(self: gettext.NullTranslations, msgid1: str, msgid2: str, n: int, *, ask=many) -> str:  # type: ignore[no-untyped-def]
            note(msgid1)
            return str(ask(self, msgid1, msgid2, n))

        kind.gettext, kind.ngettext = told, counted  # type: ignore[method-assign]


if _FOLDER := os.environ.get("MESSAGES_HEARD", ""):
    _listen(_FOLDER)
