"""The child's end: takes one order, tells its steps, says how it ended, and ends itself when the parent is gone."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO

from flows.errors import FlowError
from qa.errors import OrderRefused
from qa.flow_runs import run_flow_order
from qa.orders import ORDERS, AnyOrder, CheckOrder, Done, Failed, FlowOrder, RecordOrder, ReplayOrder, StepTold
from qa.recording import run_record_order
from qa.replaying import run_replay_order
from qa.selector_runs import run_check_order

_ORPHANED = 75  # exit status when the parent is gone; nobody is left to read it
Tell = Callable[[str], None]


class Speaker:
    """Writes events to the parent. Standard output belongs to them alone."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink

    def send(self, event: StepTold | Done | Failed) -> None:
        """Writes one event."""
        try:
            self._sink.write(event.model_dump_json().encode() + b"\n")
        except OSError:
            os._exit(_ORPHANED)

    def tell(self, text: str) -> None:
        """Writes one step."""
        self.send(StepTold(text=text))


def main() -> int:
    """Reads the order from standard input and carries it out."""
    source = os.fdopen(os.dup(0), "rb", buffering=0)
    speaker = Speaker(os.fdopen(os.dup(1), "wb", buffering=0))
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    order = ORDERS.validate_json(source.readline())
    threading.Thread(target=_end_with_parent, args=(source,), daemon=True).start()
    speaker.send(carry_out(order, speaker.tell))
    return 0


def carry_out(order: AnyOrder, tell: Tell) -> Done | Failed:
    """Carries one order out; what its flows raise becomes the last event."""
    try:
        match order:
            case FlowOrder():
                return run_flow_order(order, tell)
            case CheckOrder():
                return run_check_order(order, tell)
            case RecordOrder():
                return run_record_order(order, tell)
            case ReplayOrder():
                return run_replay_order(order, tell)
    except (FlowError, OrderRefused) as error:
        return Failed(error=type(error).__name__, message=str(error), where=error.where, hint=error.hint)
    except OSError as error:
        return Failed(error="OSError", message=error.strerror or str(error), where=str(error.filename or ""))


def _end_with_parent(source: BinaryIO) -> None:
    """Chromium's driver ends with our pipes, so leaving at once leaves nothing behind."""
    source.read()
    os._exit(_ORPHANED)
