"""Finds a usable browser, starts it under a private temporary directory and says which one it was.

Only Chromium's family is driven. Playwright's own default switches the Chromium sandbox off; here it is on unless
somebody says otherwise: a page that breaks out of a browser without one has the rights of who started it.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from playwright.sync_api import Error, sync_playwright

from evidence_store.sentences import sentence
from flows.errors import BrowserGone, BrowserMissing
from flows.privileges import runs_as_root
from flows.scratch import short_place
from flows.screen import has_screen

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Playwright

MAKERS_HOSTS = (
    "accounts.google.com",
    "android.clients.google.com",
    "clients1.google.com",
    "clients2.google.com",
    "clients3.google.com",
    "clients4.google.com",
    "clientservices.googleapis.com",
    "content-autofill.googleapis.com",
    "edgedl.me.gvt1.com",
    "mtalk.google.com",
    "optimizationguide-pa.googleapis.com",
    "passwordsleakcheck-pa.googleapis.com",
    "redirector.gvt1.com",
    "safebrowsing.googleapis.com",
    "safebrowsingohttpgateway.googleapis.com",
    "update.googleapis.com",
    "www.googleapis.com",
)
"""Hosts that Chromium looks up on its own account (seen with Playwright's build of Chromium; Edge's are not known)."""

# No traffic of the browser's own: what the recorder sees is then what the page caused.
QUIET_ARGUMENTS = (
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--disable-breakpad",
    "--no-pings",
    # No switch turns these off one by one: the maker's own hosts for accounts, updates, hints and lists do not exist.
    "--host-resolver-rules=" + ", ".join(f"MAP {host} ~NOTFOUND" for host in MAKERS_HOSTS),
)
_FEATURES_OFF = "--disable-features="
SYSTEM_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "microsoft-edge-stable",
    "brave-browser",
)
SYSTEM_PATHS = (
    "/usr/lib/chromium/chromium",
    "/snap/bin/chromium",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserOptions:
    """How to get a browser.

    A browser somebody else runs (``endpoint``) sees everything a visit does, keeps its own files and its own sandbox,
    and outlives a killed visit: only what is launched here is known to be gone afterwards.

    Attributes:
        path: An executable the person configured; nothing else is tried then.
        channel: A Playwright channel the person configured (``chrome``, ``msedge``); nothing else is tried then.
        endpoint: ``http(s)://`` (CDP) or ``ws(s)://`` (Playwright server) of a running browser; nothing is launched.
        headless: False shows the window.
        sandbox: Chromium's sandbox. Root on Linux has none: for root, False must be said or nothing is launched.
        launch_timeout_seconds: Limit for each candidate.
        slow_motion_ms: Pause that Playwright puts between actions, for people who watch.
        scratch: Folder in which the private temporary directory is made; None means the system's.
    """

    path: Path | None = None
    channel: str | None = None
    endpoint: str | None = None
    headless: bool = True
    sandbox: bool = True
    launch_timeout_seconds: float = 20.0
    slow_motion_ms: float = 0.0
    scratch: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserChoice:
    """One candidate: a word for people, and how Playwright is told to launch it."""

    label: str
    path: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateReport:
    """What became of one candidate: a version, or the first line of the failure."""

    choice: BrowserChoice
    version: str | None
    failure: str | None


ContextPurpose = Literal["reading", "sign_in", "account", "capture", "submit"]


class ContextWatch(Protocol):
    """Looks on while flows open and close contexts; for tools that tell or trace what a flow does."""

    def opened(self, context: BrowserContext, purpose: ContextPurpose) -> None:
        """A context has been opened; it has no page yet."""

    def closing(self, context: BrowserContext) -> None:
        """A context is about to be closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserHandle:
    """A running browser and the facts that evidence quotes about it.

    Attributes:
        watch: Sees each context that is opened.
        start_another: Starts a second browser on this machine, for one filing; None where this one was given.
        choice: How it was launched; None where it was not launched here.
    """

    browser: Browser
    label: str
    executable: str
    version: str
    headless: bool
    watch: ContextWatch | None = None
    start_another: Callable[[], Browser] | None = None
    choice: BrowserChoice | None = None

    @classmethod
    def adopt(
        cls, browser: Browser, *, label: str = "given", executable: str = "", headless: bool = True
    ) -> BrowserHandle:
        """Wraps a browser somebody else started, for example pytest-playwright's fixture."""
        return cls(browser=browser, label=label, executable=executable, version=browser.version, headless=headless)


def candidates(options: BrowserOptions) -> Iterator[BrowserChoice]:
    """Yields the browsers to try, best first. A configured one is the only candidate."""
    if options.path is not None:
        yield BrowserChoice(label="configured path", path=str(options.path))
        return
    if options.channel is not None:
        yield BrowserChoice(label=f"configured channel {options.channel}", channel=options.channel)
        return
    yield BrowserChoice(label="Playwright's build")
    for channel in ("msedge", "chrome") if sys.platform == "win32" else ("chrome", "msedge"):
        yield BrowserChoice(label=f"channel {channel}", channel=channel)
    for name in SYSTEM_NAMES:
        if found := shutil.which(name):
            yield BrowserChoice(label=f"system {name}", path=found)
    for path in SYSTEM_PATHS:
        if Path(path).exists():
            yield BrowserChoice(label=f"system {path}", path=path)


def refuse_root(options: BrowserOptions) -> None:
    """Refuses to launch for root, who has no sandbox, unless the options say to go without one.

    Raises:
        flows.errors.BrowserMissing: somebody must say so, or another user start the program.
    """
    if options.sandbox and runs_as_root():
        raise BrowserMissing(
            "no browser is started for root: Chromium has no sandbox there, and a page could take the whole machine",
            where="browser.sandbox",
            hint="run fairreview as an ordinary user; where there is none (a container of its own), set"
            " `sandbox = false` under [browser], or FAIRREVIEW_BROWSER__SANDBOX=false",
        )


@contextmanager
def open_browser(
    options: BrowserOptions | None = None, *, watch: ContextWatch | None = None
) -> Iterator[BrowserHandle]:
    """Starts (or connects to) a browser and closes it, its driver and its temporary directory afterwards.

    Args:
        options: How to get it.
        watch: Sees each context that flows open in it.

    Raises:
        flows.errors.BrowserMissing: no candidate could be started; the message lists each with its failure. Or this
            is root, and nobody said to go without a sandbox.
    """
    chosen = options or BrowserOptions()
    with _scratch_directory(chosen) as scratch:
        with _driver_environment(scratch):
            driver = sync_playwright().start()
        try:
            handle = _connect(driver, chosen) if chosen.endpoint else _launch_first(driver, chosen)
            try:
                yield replace(handle, watch=watch, start_another=lambda: _start_another(driver, chosen, handle))
            finally:
                _close_quietly(handle.browser)
        finally:
            driver.stop()


def report_candidates(options: BrowserOptions | None = None) -> tuple[CandidateReport, ...]:
    """Tries every candidate and says what each did; for ``doctor``.

    Raises:
        flows.errors.BrowserMissing: this is root, and nobody said to go without a sandbox.
    """
    chosen = options or BrowserOptions()
    with _scratch_directory(chosen) as scratch:
        with _driver_environment(scratch):
            driver = sync_playwright().start()
        try:
            return tuple(_probe(driver, choice, chosen) for choice in candidates(chosen))
        finally:
            driver.stop()


def start_failure(driver: Playwright, arguments: Mapping[str, Any]) -> str:
    """Starts Chromium once with these arguments; gives the first line of what it said when it did not start."""
    try:
        driver.chromium.launch(**arguments).close()
    except Error as error:
        return _first_line(error)
    return ""


def _start_another(driver: Playwright, options: BrowserOptions, first: BrowserHandle) -> Browser:
    """Starts a browser that can be killed: the same as the first, or one of this machine's where that runs elsewhere.

    Raises:
        flows.errors.BrowserMissing: no candidate could be started.
    """
    try:
        if first.choice is not None:
            return _launch(driver, first.choice, options, more=(_without_reports(first.browser),))
        found = _launch_first(driver, replace(options, endpoint=None))
        without_reports = _without_reports(found.browser)
        _close_quietly(found.browser)
        assert found.choice is not None  # noqa: S101 - it was launched two lines above
        return _launch(driver, found.choice, options, more=(without_reports,))
    except Error as error:
        raise BrowserMissing(
            sentence(
                "the browser did not start a second time, for a filing of its own: {first_line}",
                first_line=_first_line(error),
            ),
            where="browser",
            hint="nothing was sent; close other programs, then try again",
        ) from error


def _probe(driver: Playwright, choice: BrowserChoice, options: BrowserOptions) -> CandidateReport:
    try:
        browser = _launch(driver, choice, options)
    except Error as error:
        return CandidateReport(choice=choice, version=None, failure=_first_line(error))
    version = browser.version
    browser.close()
    return CandidateReport(choice=choice, version=version, failure=None)


def _launch_first(driver: Playwright, options: BrowserOptions) -> BrowserHandle:
    failures: list[str] = []
    for choice in candidates(options):
        try:
            browser = _launch(driver, choice, options)
        except Error as error:
            failures.append(f"{choice.label}: {_first_line(error)}")
            continue
        return BrowserHandle(
            browser=browser,
            label=choice.label,
            executable=choice.path or choice.channel or driver.chromium.executable_path,
            version=browser.version,
            headless=options.headless,
            choice=choice,
        )
    if not options.headless and not has_screen(os.environ):
        raise BrowserMissing("a visible window needs a screen", hint="run the command in a desktop session")
    raise BrowserMissing(
        "no usable browser was found:\n" + "\n".join(f"  - {failure}" for failure in failures),
        where="browser",
        hint="install Chromium or Chrome, run `playwright install chromium`, or set browser.path in the configuration",
    )


def _without_reports(browser: Browser) -> str:
    """Returns the switch with what this browser goes without, and its own reports to sites as well.

    A site can ask for reports on broken policies, failed requests and crashes. The process with the connections posts
    them past every session of the browser (measured; docs/adr/0030). Of two such switches the last one counts, and the
    driver has one of its own: so the new one has all of it.
    """
    session = browser.new_browser_cdp_session()
    try:
        told = str(session.send("SystemInfo.getInfo")["commandLine"])
    finally:
        session.detach()
    given = re.findall(rf"{_FEATURES_OFF}([^\s\"']*)", told)
    return _FEATURES_OFF + ",".join([*filter(None, given[-1:]), "Reporting"])


def _launch(
    driver: Playwright, choice: BrowserChoice, options: BrowserOptions, *, more: tuple[str, ...] = ()
) -> Browser:
    refuse_root(options)
    return driver.chromium.launch(
        executable_path=choice.path,
        channel=choice.channel,
        headless=options.headless,
        chromium_sandbox=options.sandbox,
        args=[*QUIET_ARGUMENTS, *more],
        timeout=options.launch_timeout_seconds * 1000,
        slow_mo=options.slow_motion_ms or None,
    )


def _connect(driver: Playwright, options: BrowserOptions) -> BrowserHandle:
    endpoint = options.endpoint or ""
    connect = driver.chromium.connect if endpoint.startswith(("ws://", "wss://")) else driver.chromium.connect_over_cdp
    try:
        browser = connect(endpoint, timeout=options.launch_timeout_seconds * 1000)
    except Error as error:
        raise BrowserMissing(
            sentence("no browser answers at the configured endpoint: {first_line}", first_line=_first_line(error)),
            where="browser.connect",
            hint="start the browser with remote debugging, or remove browser.connect from the configuration",
        ) from error
    return BrowserHandle.adopt(browser, label="endpoint", executable=endpoint, headless=options.headless)


def _close_quietly(browser: Browser) -> None:
    """Closing a browser that already died is not an error of its own: whoever used it has met the first one."""
    if browser.is_connected():
        try:
            browser.close()
        except Error as error:
            raise BrowserGone("the browser went away while it was being closed", where=_first_line(error)) from error


def _first_line(error: Error) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


@contextmanager
def _scratch_directory(options: BrowserOptions) -> Iterator[Path]:
    """One directory for all the browser leaves behind, gone with it (0700 by ``mkdtemp``)."""
    place = options.scratch or short_place(appended=len("/b-12345678"))
    with tempfile.TemporaryDirectory(prefix="b-", dir=place, ignore_cleanup_errors=True) as path:
        yield Path(path)


@contextmanager
def _driver_environment(scratch: Path) -> Iterator[None]:
    """The driver copies this process's environment when it starts; nothing else can tell it where to put files.

    ``DEBUG=pw:*`` would make it print every typed value, passwords included, so it is taken out.
    """
    wanted = {"TMPDIR": str(scratch), "TEMP": str(scratch), "TMP": str(scratch)}
    saved = {name: os.environ.get(name) for name in (*wanted, "DEBUG", "DEBUG_FILE")}
    os.environ.update(wanted)
    os.environ.pop("DEBUG", None)
    os.environ.pop("DEBUG_FILE", None)
    try:
        yield
    finally:
        for name, value in saved.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
