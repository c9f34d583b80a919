"""The terminal beside the desk: Enter prints another link, and what must not pass a page is typed here."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import typer

from monitor.cli import asking, output
from monitor.language import gettext as _
from monitor.language.plain_text import show
from monitor.visit_protocol import Question

_LONGEST_WAIT = 600.0  # seconds


@dataclass
class _Asked:
    prompt: str
    do: Callable[[], str | None] | None
    answer: queue.Queue[str | None] = field(default_factory=queue.Queue)


class DeskTerminal:
    """Reads the terminal in one thread, so that links and questions never take each other's line.

    Args:
        more: Prints another link.
    """

    def __init__(self, more: Callable[[], None]) -> None:
        self._more = more
        self._asked: _Asked | None = None
        self._one = threading.Lock()
        self.is_there = sys.stdin is not None and sys.stdin.isatty()

    def start(self) -> None:
        """Begins to read, where there is a terminal."""
        if self.is_there:
            threading.Thread(target=self._read, name="desk-terminal", daemon=True).start()

    def ask(self, question: Question) -> str | None:
        """Asks the person for a code or a password; None when nobody is there or answers in time."""
        return self.ask_for(question.prompt, is_hidden=question.what == "password")

    def ask_for(self, prompt: str, *, is_hidden: bool) -> str | None:
        """Asks the person; a hidden answer is typed after Enter, because a line may be under way already."""
        words = show(prompt, one_line=True)
        return self.do(words, (lambda: _hidden(words)) if is_hidden else None)

    def do(self, prompt: str, do: Callable[[], str | None] | None) -> str | None:
        """Has the terminal's own thread ask for something, once the person pressed Enter; None takes the next line."""
        if not self.is_there:
            output.say(_("Nobody can be asked here: {prompt}").format(prompt=prompt))
            return None
        with self._one:
            asked = _Asked(prompt, do)
            self._asked = asked
            output.say(_("{prompt}: press Enter, then type it.").format(prompt=prompt) if do else f"{prompt}: ")
            try:
                return asked.answer.get(timeout=_LONGEST_WAIT)
            except queue.Empty:
                return None
            finally:
                self._asked = None

    def _read(self) -> None:
        for line in sys.stdin:
            asked = self._asked
            if asked is None:
                self._more()
            else:
                asked.answer.put(asked.do() if asked.do else line.strip() or None)


def _hidden(prompt: str) -> str | None:
    try:
        return str(asking.prompt(prompt, hide_input=True, default="", show_default=False)) or None
    except typer.Abort:
        return None
