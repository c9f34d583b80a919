"""A plugin of pytest for ``messages --reached``: what the rooms below raise or find is said as it is where it is shown.

The rooms below make English sentences and never look them up; their own tests would reach none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evidence_store.errors import EvidenceError
from evidence_store.findings import Finding
from flows.catalog.vocabulary import KeyProblem
from flows.errors import FlowError


def pytest_configure() -> None:
    """Listens in this process; what other processes make is heard where it is shown."""
    from monitor.language import in_language  # noqa: PLC0415 - a plugin is loaded before the language is chosen

    for base in (EvidenceError, Finding, FlowError, KeyProblem):
        say_when_made(base, in_language)


def say_when_made(base: type[Any], say: Callable[[str], object]) -> None:
    """Has every one of a kind say its sentences once it is made."""
    make = base.__init__

    def told(self: object, *words: object, **named: object) -> None:
        make(self, *words, **named)
        for one in (*words, *named.values()):
            if isinstance(one, str):
                say(one)

    base.__init__ = told
