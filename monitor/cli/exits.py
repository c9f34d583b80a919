"""Exit codes: a promise to scripts.

0 fine, 1 findings, 2 usage, 3 environment, 4 secrets, 5 storage, 6 busy, 7 wall, 8 unknown outcome, 70 bug,
130 interrupted. 8 comes before any other: whatever ended a command, what it may have sent is told first.
"""

from __future__ import annotations

from enum import IntEnum

from monitor.visit_protocol import EndKind, VisitEnd


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


EXIT_OF_END: dict[EndKind, ExitCode] = {
    EndKind.DONE: ExitCode.OK,
    EndKind.FINDINGS: ExitCode.FINDINGS,
    EndKind.WALL: ExitCode.WALL,
    EndKind.SIGN_IN_REQUIRED: ExitCode.WALL,
    EndKind.BUSY: ExitCode.BUSY,
    EndKind.UNKNOWN_OUTCOME: ExitCode.UNKNOWN_OUTCOME,
    EndKind.ENVIRONMENT: ExitCode.ENVIRONMENT,
    EndKind.SECRETS: ExitCode.SECRETS,
    EndKind.STORAGE: ExitCode.STORAGE,
    EndKind.USAGE: ExitCode.USAGE,
    EndKind.KILLED: ExitCode.FINDINGS,
    EndKind.INTERRUPTED: ExitCode.INTERRUPTED,
    EndKind.BUG: ExitCode.BUG,
}


def exit_code_of(end: VisitEnd) -> ExitCode:
    """Returns the exit code of a visit's end: 8 before any other when an outcome is not known."""
    return ExitCode.UNKNOWN_OUTCOME if end.unknown else EXIT_OF_END[end.kind]
