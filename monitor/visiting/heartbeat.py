"""Keeps a visit's lock alive while the browser works; the visit itself never waits for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from loguru import logger

from monitor.errors import LeaseLost, StorageError
from monitor.state import Lease, State


@contextmanager
def beating(state: State, lease: Lease) -> Iterator[None]:
    """Renews the lease in the background until the block is left.

    A renewal that fails is not an error here: the lease then simply stops being sure, and whatever would need it
    (a gesture, a write) refuses by itself.
    """
    is_over = threading.Event()
    interval = lease.length.total_seconds() / 4

    def beat() -> None:
        while not is_over.wait(interval):
            try:
                state.heartbeat(lease)
            except LeaseLost:
                lease.sure_until = 0.0
                return
            except StorageError as error:
                logger.warning("the lock could not be renewed", error=str(error), account=lease.account_id)

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join(timeout=interval)
