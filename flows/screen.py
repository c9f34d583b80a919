"""Whether a window can be shown on this machine."""

from __future__ import annotations

import sys
from collections.abc import Mapping


def has_screen(variables: Mapping[str, str]) -> bool:
    """Whether the environment names a screen for a window; elsewhere than on Linux there always is one."""
    return sys.platform != "linux" or bool(variables.get("DISPLAY") or variables.get("WAYLAND_DISPLAY"))
