"""Captures a review (or any page) as evidence: untouched pictures, source, traffic, and how it was done."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from playwright.sync_api import Error

from evidence_store.artifacts import ArtifactKind
from evidence_store.findings import FindingKind
from evidence_store.redaction import form_tokens
from evidence_store.warc import write_warc
from flows.capture.certificate import CertificateWatch
from flows.capture.deadline import Deadline
from flows.capture.taking import (
    ORIGINALS,
    CaptureNotes,
    Subject,
    answer_artifacts,
    clear_view,
    finish,
    picture_artifacts,
    session_secrets,
    sheet_artifact,
    source_artifacts,
    take_pictures,
)
from flows.capture.traffic import TrafficRecorder
from flows.capture.values import Capture, CapturedArtifact, CaptureOrder
from flows.contexts import capture_context
from flows.errors import FlowError, SiteUnavailable
from flows.faults import named_faults
from flows.pages.base import SitePage
from flows.pages.pressing import is_seen
from flows.pages.reviews import ReviewsPage
from flows.pages.source import is_answering
from flows.workbench import Tab

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Response

    from flows.workbench import Workbench

# On which pages the review has an element of its own, and the catalog's name for it.
REVIEW_ENTRIES = {"reviews": "card", "order_details": "review_block", "report_dialog": "dialog"}


def capture_review(bench: Workbench, order: CaptureOrder, *, state: bytes | None = None) -> Capture:
    """Opens the page in a context of its own with the recorder on and captures it.

    A wall, a missing review or a half-loaded page is captured too, as what it is, and named in the problems.

    Args:
        bench: Browser, site and budget.
        order: What to capture.
        state: A session to look with; None shows what the public sees.

    Raises:
        flows.errors.SiteUnavailable: nothing could be opened at all.
        flows.errors.BrowserGone: the browser died.
    """
    deadline = Deadline(order.limit_seconds)
    notes = CaptureNotes(now_started=bench.now())
    with capture_context(bench.browser, bench.terms, state) as guarded:
        recorder = TrafficRecorder(guarded.context, bench.now)
        tab = Tab(page=guarded.open_page(), guarded=guarded, bench=bench)
        certificates = CertificateWatch(tab.page, deadline=deadline)
        response = _open(tab, order, notes)
        subject = _frame(tab, order, response, notes, is_signed_in=state is not None)
        return _capture(replace(subject, certificates=certificates), deadline, notes, recorder)


def capture_tab(
    tab: Tab, order: CaptureOrder, *, is_signed_in: bool = True, notes: CaptureNotes | None = None
) -> Capture:
    """Captures a page that is open already (filled form, confirmation, failure), without its traffic.

    Args:
        tab: The page.
        order: What to capture.
        is_signed_in: Whether an account is.
        notes: What was written down until now: how the page was opened, secrets that must stand nowhere.

    Raises:
        flows.errors.BrowserGone: the browser died.
    """
    notes = notes or CaptureNotes(now_started=tab.bench.now())
    subject = _frame(tab, order, None, notes, is_signed_in=is_signed_in)
    return _capture(subject, Deadline(order.limit_seconds), notes, None)


def _open(tab: Tab, order: CaptureOrder, notes: CaptureNotes) -> Response | None:
    """Goes to the page. What stands in the way is noted, not raised: it is captured as it is."""
    with tab.turn(order.url), named_faults(order.url):
        try:
            response = tab.page.goto(order.url, wait_until="commit")
        except Error as error:
            raise SiteUnavailable(
                next(iter(str(error).splitlines()), "could not be opened"), where=order.url
            ) from error
    notes.step(
        tab.bench.now(), "open", target=order.url, outcome=f"HTTP {response.status}" if response else "no answer"
    )
    page = SitePage(tab.page, tab.site, page_name=order.page_name)
    try:
        page.arrive(response)
    except FlowError as error:
        notes.problems.append(f"{type(error).__name__}: {error}")
    return response


def _frame(
    tab: Tab, order: CaptureOrder, response: Response | None, notes: CaptureNotes, *, is_signed_in: bool
) -> Subject:
    """Clears the view (noted) and finds the element."""
    element = None
    can_ask = is_answering(tab.page)
    if can_ask:
        clear_view(tab, notes)
        element = notes.attempt("the review", lambda: _find_element(tab, order, notes))
    else:
        notes.problems.append("the page does not answer: a navigation is pending or its script hangs")
    return Subject(
        order=order, tab=tab, element=element, response=response, is_signed_in=is_signed_in, is_answering=can_ask
    )


def _find_element(tab: Tab, order: CaptureOrder, notes: CaptureNotes) -> Locator | None:
    entry = REVIEW_ENTRIES.get(order.page_name)
    if order.review_id is None or entry is None:
        return None
    page = SitePage(tab.page, tab.site, page_name=order.page_name)
    element = page.entry(entry, review_id=order.review_id)
    if not is_seen(element, tab.site.timings.action_seconds) or element.count() != 1:
        notes.problems.append("the review is not on the page")
        return None
    if order.page_name == "reviews" and ReviewsPage(tab.page, tab.site).show_full_text(order.review_id):
        notes.alterations.append("the shortened text was opened by its own button")
    return element


def _capture(subject: Subject, deadline: Deadline, notes: CaptureNotes, recorder: TrafficRecorder | None) -> Capture:
    take = take_pictures(subject, deadline, notes)
    artifacts = picture_artifacts(take)
    if subject.is_answering:
        artifacts += [*source_artifacts(subject.tab, notes), *answer_artifacts(subject, notes)]
    if recorder is not None:
        artifacts.append(_archive(subject, recorder, deadline, notes))
    artifacts.extend(sheet_artifact(subject, take, notes))
    return finish(subject, take, artifacts, _missing(subject, artifacts), notes)


def _archive(subject: Subject, recorder: TrafficRecorder, deadline: Deadline, notes: CaptureNotes) -> CapturedArtifact:
    exchanges = recorder.finish(lambda: not deadline.is_over)
    notes.form_tokens.update(*(form_tokens(exchange.body) for exchange in exchanges if exchange.body))
    secrets = session_secrets(subject.tab, notes)
    archive = write_warc(exchanges, software=subject.order.software, secrets=secrets)
    masked = [finding for finding in archive.findings if finding.kind is FindingKind.SECRET_MASKED]
    unread = [finding for finding in archive.findings if finding not in masked]
    notes.problems.extend(f"archive: {finding.detail} ({finding.item})" for finding in unread)
    notes.step(subject.tab.bench.now(), "archive", outcome=f"{archive.exchanges} exchanges")
    note = f"secret values of the session overwritten with * in {len(masked)} bodies" if masked else ""
    return CapturedArtifact(kind=ArtifactKind.WARC, media_type="application/warc", data=archive.data, note=note)


def _missing(subject: Subject, artifacts: list[CapturedArtifact]) -> list[str]:
    have = {artifact.kind for artifact in artifacts}
    missing = [f"{kind}: could not be made" for kind in ORIGINALS if kind not in have]
    if subject.order.review_id is not None and subject.order.page_name in REVIEW_ENTRIES:
        if subject.element is None:
            missing.append(f"{ArtifactKind.ELEMENT_PNG}: the review is not on the page")
        elif ArtifactKind.ELEMENT_PNG not in have:
            missing.append(f"{ArtifactKind.ELEMENT_PNG}: could not be made")
    return missing
