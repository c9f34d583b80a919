"""Where the temporary files of a browser go. Imports no browser.

Chromium puts a socket into its temporary folder, and the path of a socket may not be long: 104 bytes on macOS, whose
own temporary folder takes up half of that. With a longer path the browser ends at once and says nothing.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

_LONGEST_SOCKET = 103
_SOCKET = "/.org.chromium.Chromium.XXXXXX/SingletonSocket"
_FALLBACK = Path("/tmp")  # noqa: S108 - only ever holds folders made by mkdtemp, which are private


def short_place(*, appended: int) -> Path:
    """Returns the system's temporary folder, or ``/tmp`` where a browser's socket below it would have too long a path.

    Args:
        appended: Bytes that will follow before the browser's own folder.
    """
    place = Path(tempfile.gettempdir())
    if os.name == "nt" or len(os.fsencode(place)) + appended + len(_SOCKET) <= _LONGEST_SOCKET:
        return place
    return _FALLBACK if os.access(_FALLBACK, os.W_OK | os.X_OK) else place
