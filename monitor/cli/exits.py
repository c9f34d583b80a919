"""Exit codes, and the one place that maps errors and visit ends to them.

The table is a promise to scripts: 0 fine, 1 findings, 2 usage, 3 environment, 4 secrets, 5 storage, 6 busy, 7 wall,
8 unknown outcome, 70 bug, 130 interrupted.
"""

from __future__ import annotations

from enum import IntEnum

import evidence_store.errors as evidence
import flows.errors as flow
from monitor import errors
from monitor.visit_protocol import EndKind


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
    EndKind.BUG: ExitCode.BUG,
}

# First match wins, so the narrower types stand first.
_EXIT_OF_ERROR: tuple[tuple[type[Exception], ExitCode], ...] = (
    (errors.SecretsUnavailable, ExitCode.SECRETS),
    (errors.SettingsError, ExitCode.USAGE),
    (errors.StorageBusy, ExitCode.BUSY),
    (errors.StorageError, ExitCode.STORAGE),
    (errors.AccountBusy, ExitCode.BUSY),
    (errors.LeaseLost, ExitCode.BUSY),
    (errors.UnknownOutcome, ExitCode.UNKNOWN_OUTCOME),
    (errors.MustReconcile, ExitCode.UNKNOWN_OUTCOME),
    (errors.AppealError, ExitCode.FINDINGS),
    (errors.MonitorError, ExitCode.FINDINGS),
    (evidence.StorageFull, ExitCode.STORAGE),
    (evidence.StorageUnavailable, ExitCode.STORAGE),
    (evidence.IntakeRefused, ExitCode.USAGE),
    (evidence.EvidenceError, ExitCode.FINDINGS),
    (flow.WallMet, ExitCode.WALL),
    (flow.SignInRequired, ExitCode.WALL),
    (flow.WrongAccount, ExitCode.WALL),
    (flow.BrowserMissing, ExitCode.ENVIRONMENT),
    (flow.BrowserGone, ExitCode.ENVIRONMENT),
    (flow.SiteUnavailable, ExitCode.ENVIRONMENT),
    (flow.CatalogError, ExitCode.USAGE),
    (flow.FlowError, ExitCode.FINDINGS),
    (OSError, ExitCode.ENVIRONMENT),
)


def exit_code_of(error: Exception) -> ExitCode:
    """Returns the exit code of an error; what no rule names is a bug of ours."""
    return next((code for kind, code in _EXIT_OF_ERROR if isinstance(error, kind)), ExitCode.BUG)


def explain(error: Exception) -> list[str]:
    """Returns what to print about an error: where it lies, what it is, and the next step."""
    where = str(getattr(error, "where", "") or "")
    first = f"{where}: {error}" if where else (str(error) or type(error).__name__)
    problems = [str(problem) for problem in getattr(error, "problems", ()) or ()]
    lines = problems or [first]
    hint = str(getattr(error, "hint", "") or "")
    if exit_code_of(error) is ExitCode.BUG:
        hint = "This is a fault of fairreview itself. Run the command again with --debug and report what it prints."
    return [*lines, *([hint] if hint and hint not in lines else [])]
