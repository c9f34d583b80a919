"""Putting a finished file or folder under its name where another program may have it open.

Windows refuses to rename what is open elsewhere, and an antivirus or an indexer opens whatever was just written, for up
to some seconds. So a refused step is taken again for a while; what is refused then is told as what it most likely is.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from typing import TypeVar

IS_REFUSED_WHILE_OPEN = os.name == "nt"
"""Whether this system refuses to rename what another program has open."""

PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds between two tries."""

T = TypeVar("T")


def while_held(step: Callable[[], T]) -> T:
    """Renames, or replaces: again and again for three seconds while another program has it open.

    The draft was just written beside its place, so a right that is missing altogether has shown itself before.

    Raises:
        OSError: it cannot be done; ``EBUSY`` where another program still has it open.
    """
    for pause in PAUSES if IS_REFUSED_WHILE_OPEN else ():
        try:
            return step()
        except PermissionError:
            time.sleep(pause)  # noqa: TID251 - nobody tells when an antivirus has looked
    try:
        return step()
    except PermissionError as error:
        if not IS_REFUSED_WHILE_OPEN:
            raise
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), error.filename) from error
