"""What an error means for whoever ordered the work: one table for the child of a visit and for the command line."""

from __future__ import annotations

import evidence_store.errors as evidence
import flows.errors as flow
from monitor import errors
from monitor.language import gettext as _
from monitor.language import in_language
from monitor.language.os_words import is_disk_full, tell_os_error
from monitor.visit_protocol import EndKind, VisitEnd

# First match wins, so the narrower types stand first.
_KIND_OF_ERROR: tuple[tuple[type[Exception], EndKind], ...] = (
    (errors.SecretsUnavailable, EndKind.SECRETS),
    (errors.UsageError, EndKind.USAGE),
    (errors.SettingsError, EndKind.USAGE),
    (errors.StorageError, EndKind.STORAGE),
    (errors.AccountBusy, EndKind.BUSY),
    (errors.LeaseLost, EndKind.BUSY),
    (errors.UnknownOutcome, EndKind.UNKNOWN_OUTCOME),
    (errors.MustReconcile, EndKind.UNKNOWN_OUTCOME),
    (errors.ServiceUnavailable, EndKind.ENVIRONMENT),
    (errors.PrintingFailed, EndKind.ENVIRONMENT),
    (errors.MonitorError, EndKind.FINDINGS),
    (evidence.StorageFull, EndKind.STORAGE),
    (evidence.StorageUnavailable, EndKind.STORAGE),
    (evidence.IntakeRefused, EndKind.USAGE),
    (evidence.EvidenceError, EndKind.FINDINGS),
    (flow.WallMet, EndKind.WALL),
    (flow.SignInRequired, EndKind.SIGN_IN_REQUIRED),
    (flow.WrongAccount, EndKind.WALL),
    (flow.BrowserMissing, EndKind.ENVIRONMENT),
    (flow.BrowserGone, EndKind.ENVIRONMENT),
    (flow.SiteUnavailable, EndKind.ENVIRONMENT),
    (flow.CatalogError, EndKind.USAGE),
    (flow.FlowError, EndKind.FINDINGS),
    (OSError, EndKind.ENVIRONMENT),
)

_BUG_HINT = _("This is a fault of fairreview itself: please report it.")


def kind_of(error: Exception) -> EndKind:
    """Returns what an error means; what no rule names is a bug of ours."""
    return EndKind.STORAGE if is_disk_full(error) else kind_of_type(type(error))


def kind_of_type(error: type[Exception]) -> EndKind:
    """Returns what a type of error means, where only its type is known."""
    return next((kind for known, kind in _KIND_OF_ERROR if issubclass(error, known)), EndKind.BUG)


def message_of(error: errors.MonitorError | flow.FlowError) -> str:
    """Returns what an error says and the next step, for a line that names both."""
    return f"{told(error)} - {in_language(error.hint)}" if error.hint else told(error)


def told(error: Exception) -> str:
    """Returns what an error says, in the language that is spoken also where a room below said it in English."""
    return in_language(error.args[0]) if error.args and isinstance(error.args[0], str) else str(error)


def end_of(error: Exception) -> VisitEnd:
    """Puts an error into words: where it lies, what it is, every single problem, and the next step."""
    kind = kind_of(error)
    if isinstance(error, OSError):
        message, hint = tell_os_error(error)
        return VisitEnd(kind=kind, message=message, hint=hint)
    where = str(getattr(error, "where", "") or "")
    text = told(error) or type(error).__name__
    message = f"{type(error).__name__}: {text}" if kind is EndKind.BUG else text
    return VisitEnd(
        kind=kind,
        message=f"{where}: {message}" if where else message,
        field=str(getattr(error, "field", "") or ""),
        hint=_BUG_HINT if kind is EndKind.BUG else in_language(getattr(error, "hint", "") or ""),
        problems=tuple(str(problem) for problem in getattr(error, "problems", ()) or ()),
    )
