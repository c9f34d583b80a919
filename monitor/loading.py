"""Loads a program's modules while the garbage collector rests.

What an import makes lives as long as the program, and looking through it for garbage again and again takes a seventh of
the time in which a command or a visit starts.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Keeps the collector out while modules are imported, and leaves to it only what is made afterwards."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
