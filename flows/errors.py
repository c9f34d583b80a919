"""Errors of the flows. The type says what happens next; nobody has to read the message to decide.

Retry (reads only): PageNotReady, SiteUnavailable, BrowserGone. Stop for a person: WallMet, SignInRequired,
WrongAccount, FormMismatch, AccessRefused. Settled: AlreadyReported, PageGone. Broken catalog or page: SelectorBroken.
Environment: BrowserMissing.
"""

from __future__ import annotations


class FlowError(Exception):
    """Base of all flow errors.

    Attributes:
        where: The page, catalog entry or URL at fault.
        hint: The next step, for a person.
    """

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.where = where
        self.hint = hint


class PageNotReady(FlowError):
    """The page is the right one but not there yet; reading it again may help."""


class SiteUnavailable(FlowError):
    """No connection, a time-out or a 5xx; a read may be retried later.

    Attributes:
        retry_after: Seconds the site asked to wait, when it did.
    """

    def __init__(self, message: str, *, where: str = "", hint: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, where=where, hint=hint)
        self.retry_after = retry_after


class SelectorBroken(FlowError):
    """A required control is not on the page: the site changed or the catalog is wrong. Never means "no reviews"."""


class PageGone(FlowError):
    """The site itself says that there is no such page. An answer, not a failure; it may still be a passing one."""


class FormMismatch(FlowError):
    """The form differs from the order or the catalog (review, reason, required field). Nothing was sent."""


class AlreadyReported(FlowError):
    """The site itself says that this review was reported before."""


class SignInRequired(FlowError):
    """The session is gone. One new sign-in at most, then a person."""


class WrongAccount(FlowError):
    """Somebody else is signed in. Stop: nothing may be done under this session."""


class WallMet(FlowError):
    """The page asks for a person: captcha, block, code. Stop this account; never solved, never evaded.

    Attributes:
        kind: ``challenge``, ``captcha``, ``blocked``, ``rate_limited``, ``code`` or ``adult_gate``.
        retry_after: Seconds the site asked to wait, when it did.
    """

    def __init__(
        self, message: str, *, kind: str, where: str = "", hint: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(message, where=where, hint=hint)
        self.kind = kind
        self.retry_after = retry_after


class AccessRefused(FlowError):
    """The site's API refuses this key. Asking again does not help: a person changes something at the site first.

    Attributes:
        kind: The refusal's name in the site's catalog; ``unknown`` for one that it does not know.
    """

    def __init__(self, message: str, *, kind: str, where: str = "", hint: str = "") -> None:
        super().__init__(message, where=where, hint=hint)
        self.kind = kind


class ForeignOrigin(FlowError):
    """A page or a redirect left the site's own origins. Credentials are never typed there."""


class BrowserMissing(FlowError):
    """No usable browser was found; the message lists every candidate and why it failed."""


class BrowserGone(FlowError):
    """The browser or its driver died. A read may be repeated with a new one; a gesture may not."""


class CatalogError(FlowError):
    """A selector catalog is not valid; ``where`` is file and key."""
