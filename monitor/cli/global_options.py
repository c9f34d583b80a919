"""What the options before a command say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Globals:
    """Options that stand before the command."""

    home: Path | None
    is_debugging: bool
    language: str | None = None


_FLAGS = frozenset({"--debug", "--wide"})
_VALUED = frozenset({"--home", "--columns", "--lang", "--wait"})


def globals_first(words: Sequence[str]) -> list[str]:
    """Returns the words of a command line with the options of every command moved to its front.

    People put them at the end, and the library takes them before the command alone. After a ``--`` nothing is moved.
    """
    front: list[str] = []
    rest: list[str] = []
    coming = iter(words)
    for word in coming:
        if word == "--":
            rest += [word, *coming]
        elif word in _FLAGS or (word.partition("=")[0] in _VALUED and "=" in word):
            front.append(word)
        elif word in _VALUED:
            front += [word, *([value] if (value := next(coming, None)) is not None else [])]
        else:
            rest.append(word)
    return front + rest
