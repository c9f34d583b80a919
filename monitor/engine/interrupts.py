"""Signals that end a command: Ctrl-C, a service manager's SIGTERM and a closed terminal are one and the same."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what a visit says takes a library to load, and every command listens to signals
    from monitor.visit_protocol import VisitEnd

_ENDING = tuple(number for name in ("SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None)


class VisitInterrupted(BaseException):  # no KeyboardInterrupt: the command line's library would swallow it and its word
    """Ctrl-C, or the system's way to say it, while a visit ran; ``end`` is the last word about it."""

    def __init__(self, end: VisitEnd) -> None:
        super().__init__(end.message)
        self.end = end


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


@contextmanager
def heard_as_interrupts() -> Iterator[None]:
    """Turns every signal that asks the program to end into ``KeyboardInterrupt``, so that each ends as Ctrl-C does.

    What was ignored stays ignored (``nohup``).
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _ENDING}
    for number, handler in before.items():
        if handler is signal.SIG_DFL:
            signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Keeps an impatient second Ctrl-C from cutting off the last word: a moment, bounded by the store's wait."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, *_ENDING)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
