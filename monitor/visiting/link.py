"""The child's end of the pipe: tells progress, asks questions, and ends when the parent is gone."""

from __future__ import annotations

import os
import queue
import sys
import threading
from typing import BinaryIO

from pydantic import SecretStr, ValidationError

from monitor.visit_protocol import Answer, Progress, Question, VisitEnd, VisitOrder

_ORPHANED = 75  # exit status when the parent is gone; nobody is left to read it


class ParentLink:
    """Speaks the visit protocol over two binary streams.

    Standard output belongs to the protocol alone: everything else that prints is sent to standard error, so that a
    stray ``print`` of a library can never be taken for an event.
    """

    def __init__(self, source: BinaryIO, sink: BinaryIO) -> None:
        self._source = source
        self._sink = sink
        self._answers: queue.Queue[str | None] = queue.Queue()
        self._lock = threading.Lock()

    @classmethod
    def over_standard_streams(cls) -> ParentLink:
        """Takes over standard input and output.

        Unbuffered: the listener waits in a read when the interpreter ends, and a buffer's lock would abort it there.
        """
        source = os.fdopen(os.dup(0), "rb", buffering=0)
        sink = os.fdopen(os.dup(1), "wb", buffering=0)
        os.dup2(2, 1)
        sys.stdout = sys.stderr
        return cls(source, sink)

    def read_order(self) -> VisitOrder:
        """Reads the order, then starts to listen for answers and for the parent's end.

        Raises:
            ValueError: the first line is not a visit order.
        """
        try:
            order = VisitOrder.model_validate_json(self._source.readline())
        except ValidationError as error:
            raise ValueError("The first line is not a visit order.") from error
        threading.Thread(target=self._listen, name="parent-listener", daemon=True).start()
        return order

    def report(self, step: str, text: str, *, done: int | None = None, total: int | None = None) -> None:
        """Sends one line of progress."""
        self._send(Progress(step=step, text=text, done=done, total=total))

    def ask(self, question: Question) -> str | None:
        """Asks the person at the parent's end; None when nobody is there.

        The time limit is the visit's own deadline: the parent keeps it.
        """
        self._send(question)
        return self._answers.get()

    def end(self, last_word: VisitEnd) -> None:
        """Sends how the visit ended."""
        self._send(last_word)

    def _send(self, message: Progress | Question | VisitEnd) -> None:
        try:
            with self._lock:
                self._sink.write(message.model_dump_json().encode("utf-8") + b"\n")
        except OSError:
            os._exit(_ORPHANED)

    def _listen(self) -> None:
        for line in self._source:
            try:
                value = Answer.model_validate_json(line).value
            except ValidationError:
                continue
            self._answers.put(value.get_secret_value() if isinstance(value, SecretStr) else None)
        # The parent closed the pipe or died. Leaving at once is safe at any instant: state is written in transactions,
        # and an appeal under way is found as unknown by the next start. Chromium's driver ends with our pipes.
        os._exit(_ORPHANED)
