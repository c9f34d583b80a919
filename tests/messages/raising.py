"""A plugin of pytest for ``messages --reached``: each error of the rooms below is said as whoever shows it says it.

The rooms below raise English sentences and never look them up; their own tests would reach none of them.
"""

from __future__ import annotations

from collections.abc import Callable

from evidence_store.errors import EvidenceError
from flows.errors import FlowError


def pytest_configure() -> None:
    """Listens in this process; what other processes raise is heard where it is shown."""
    from monitor.language import in_language  # noqa: PLC0415 - a plugin is loaded before the language is chosen

    for base in (EvidenceError, FlowError):
        say_when_raised(base, in_language)


def say_when_raised(base: type[Exception], say: Callable[[str], object]) -> None:
    """Has every error of a kind say its sentence and its hint once it is made."""
    make = base.__init__

    def told(self: Exception, message: str, *rest: object, hint: str = "", **named: object) -> None:
        make(self, message, *rest, hint=hint, **named)  # type: ignore[call-arg]
        say(message)
        say(hint)

    base.__init__ = told  # type: ignore[assignment,method-assign]
