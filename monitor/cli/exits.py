"""Exit codes: a promise to scripts.

0 fine, 1 findings, 2 usage, 3 environment, 4 secrets, 5 storage, 6 busy, 7 wall, 8 unknown outcome, 70 bug,
130 interrupted. 8 comes before any other: whatever ended a command, what it may have sent is told first.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a script learns from a command."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    ENVIRONMENT = 3
    SECRETS = 4
    STORAGE = 5
    BUSY = 6
    WALL = 7
    UNKNOWN_OUTCOME = 8
    BUG = 70
    INTERRUPTED = 130
