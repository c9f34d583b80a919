"""With whose rights this process runs: root's decide over the browser's sandbox."""

from __future__ import annotations

import os
import sys


def runs_as_root() -> bool:
    """Whether this is root on Linux, for whom Chromium starts only without its sandbox."""
    return sys.platform.startswith("linux") and os.geteuid() == 0
