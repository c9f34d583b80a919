"""Browser contexts, each for one purpose, all under the same policy.

Reading public pages happens without the account's cookies, capture has a recorder on, a submit has the gate in front.
One policy for surprises: an unknown dialog is dismissed, a pop-up closed, a download refused, and each is recorded. A
main frame that leaves the site's own hosts is recorded too, and ``require_home`` turns that into an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, cast

from playwright.sync_api import Error

from evidence_store.sentences import sentence
from flows.catalog.origins import origin_of
from flows.errors import ForeignOrigin
from flows.faults import named_faults

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Dialog, Download, Frame, Page, StorageState

    from flows.browser import BrowserHandle, ContextPurpose, ContextWatch
    from flows.catalog import Site
    from flows.gate import SubmitGate

IncidentKind = Literal["dialog", "popup", "download", "foreign_origin", "crash"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTerms:
    """What every page of a site is opened with.

    Attributes:
        origins: Scheme, host and port a main frame may show. Plain http is for loopback; the catalog sees to that.
        locale: Browser locale; dates and counters are read in it.
        timezone: IANA zone of the browser.
        viewport: Width and height in CSS pixels.
        action_timeout_seconds: Longest wait of one action for its control.
        navigation_timeout_seconds: Longest wait of one navigation.
    """

    origins: frozenset[str]
    locale: str = "ru-RU"
    timezone: str = "Europe/Moscow"
    viewport: tuple[int, int] = (1366, 900)
    action_timeout_seconds: float = 15.0
    navigation_timeout_seconds: float = 30.0

    @classmethod
    def of(cls, site: Site, *, viewport: tuple[int, int]) -> PageTerms:
        """Takes hosts, locale and zone from the site's catalog."""
        language = site.language if "-" in site.language else f"{site.language}-{site.language.upper()}"
        return cls(
            origins=frozenset(site.origins.values()),
            locale=language,
            timezone=site.zone,
            viewport=viewport,
            action_timeout_seconds=site.timings.action_seconds,
            navigation_timeout_seconds=site.timings.navigation_seconds,
        )

    def allows(self, url: str) -> bool:
        """Whether a main frame may show this URL."""
        return origin_of(url) in self.origins


@dataclass(frozen=True, slots=True, kw_only=True)
class PageIncident:
    """Something a page did that nobody asked for."""

    kind: IncidentKind
    detail: str
    url: str


@dataclass  # no slots: Playwright keeps its wrapper of a bound handler on the handler's object
class GuardedContext:
    """A browser context under the common policy.

    Attributes:
        context: Playwright's context.
        terms: What its pages are opened with.
        incidents: What was recorded so far, oldest first.
    """

    context: BrowserContext
    terms: PageTerms
    incidents: list[PageIncident] = field(default_factory=list)

    def open_page(self) -> Page:
        """Opens a page under the policy."""
        with named_faults("opening a page"):
            page = self.context.new_page()
        self.guard(page)
        return page

    def guard(self, page: Page) -> None:
        """Puts a page that exists already under the policy."""
        page.on("dialog", lambda dialog: self._answer_dialog(dialog, page))
        page.on("popup", self._close_popup)
        page.on("download", lambda download: self._refuse_download(download, page))
        page.on("crash", lambda crashed: self._note("crash", "the page's process died", crashed.url))
        page.on("framenavigated", self._watch_navigation)

    def require_home(self, page: Page) -> None:
        """Raises ForeignOrigin unless the page shows one of the site's own hosts (over TLS, loopback excepted)."""
        if page.url not in ("", "about:blank") and not self.terms.allows(page.url):
            raise ForeignOrigin(
                sentence("the page left the site's own origins: {origin_of}", origin_of=origin_of(page.url)),
                where=origin_of(page.url),
                hint="look at the page by hand; nothing was typed there",
            )

    def _answer_dialog(self, dialog: Dialog, page: Page) -> None:
        # "beforeunload" is the browser's own question whether to leave; we navigate only when we mean to.
        if dialog.type == "beforeunload":
            dialog.accept()
            return
        self._note("dialog", f"{dialog.type}: {dialog.message}", page.url)
        dialog.dismiss()

    def _close_popup(self, popup: Page) -> None:
        self._note("popup", "closed", popup.url)
        popup.close()

    def _refuse_download(self, download: Download, page: Page) -> None:
        self._note("download", download.suggested_filename, page.url)
        download.cancel()

    def _watch_navigation(self, frame: Frame) -> None:
        if frame.parent_frame is None and frame.url.startswith("http") and not self.terms.allows(frame.url):
            self._note("foreign_origin", origin_of(frame.url), frame.url)

    def _note(self, kind: IncidentKind, detail: str, url: str) -> None:
        self.incidents.append(PageIncident(kind=kind, detail=detail, url=url))


@contextmanager
def reading_context(handle: BrowserHandle, terms: PageTerms) -> Iterator[GuardedContext]:
    """A context without anybody's cookies, for what the public sees."""
    with _open_context(handle, terms, "reading", state=None) as guarded:
        yield guarded


@contextmanager
def account_context(handle: BrowserHandle, terms: PageTerms, state: bytes | None) -> Iterator[GuardedContext]:
    """A context with an account's stored session (None: a fresh one, to sign in)."""
    # While somebody signs in no service worker may answer: what it sends, no guard sees.
    purpose: ContextPurpose = "sign_in" if state is None else "account"
    with _open_context(handle, terms, purpose, state=state, block_workers=state is None) as guarded:
        yield guarded


@contextmanager
def capture_context(handle: BrowserHandle, terms: PageTerms, state: bytes | None = None) -> Iterator[GuardedContext]:
    """A context whose traffic is recorded: service workers are blocked, for what they answer is not seen as traffic."""
    with _open_context(handle, terms, "capture", state=state, block_workers=True) as guarded:
        yield guarded


@contextmanager
def submit_context(
    handle: BrowserHandle, terms: PageTerms, *, state: bytes, gate: SubmitGate
) -> Iterator[GuardedContext]:
    """A context with the account's session, in a browser of its own, with the closed gate round all of it.

    At the end the network is cut first, and then the browser is killed: what a page would send while it is closed is
    not sent. A browser that was given to us lives on; there the cut has to do. No service workers: they outlive pages.

    Raises:
        flows.errors.BrowserMissing: no second browser could be started.
    """
    with named_faults("opening the browser of a filing"):
        own = handle.start_another() if handle.start_another is not None else None
    browser = handle if own is None else replace(handle, browser=own)
    try:
        with _open_context(
            browser, terms, "submit", state=state, block_workers=True, gate=gate, is_killed=own is not None
        ) as guarded:
            yield guarded
    finally:
        if own is not None:
            gate.kill_browser()
            with suppress(Error):
                own.close()
        else:
            gate.detach()


@contextmanager
def _open_context(
    handle: BrowserHandle,
    terms: PageTerms,
    purpose: ContextPurpose,
    *,
    state: bytes | None,
    block_workers: bool = False,
    gate: SubmitGate | None = None,
    is_killed: bool = False,
) -> Iterator[GuardedContext]:
    width, height = terms.viewport
    with named_faults("opening a context"):
        context = handle.browser.new_context(
            storage_state=None if state is None else cast("StorageState", json.loads(state)),
            locale=terms.locale,
            timezone_id=terms.timezone,
            viewport={"width": width, "height": height},
            accept_downloads=False,
            service_workers="block" if block_workers else "allow",
        )
    context.set_default_timeout(terms.action_timeout_seconds * 1000)
    context.set_default_navigation_timeout(terms.navigation_timeout_seconds * 1000)
    try:
        with _watched(handle.watch, context, purpose):
            if gate is not None:
                gate.attach(context)
            yield GuardedContext(context=context, terms=terms)
            if gate is not None:
                gate.cut()
    except BaseException:  # Ctrl-C too: the network is cut before anything else; raised on
        if gate is not None:
            gate.cut()
        if is_killed:
            raise
        with suppress(Error):  # a browser that is gone as well must not hide what went wrong first
            context.close()
        raise
    if is_killed:
        return
    with named_faults("closing a context"):
        context.close()


@contextmanager
def _watched(watch: ContextWatch | None, context: BrowserContext, purpose: ContextPurpose) -> Iterator[None]:
    if watch is None:
        yield
        return
    watch.opened(context, purpose)
    try:
        yield
    finally:
        # A browser that died took the context along; what ended the flow must not be hidden by that.
        with suppress(Error):
            watch.closing(context)
