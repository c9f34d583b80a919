"""Takes one capture of a page that is there: pictures until they are stable, source, traffic, checks, the sheet."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from quopri import decodestring
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from playwright.sync_api import Error

from evidence_store.artifacts import ArtifactKind
from evidence_store.digests import Digest
from evidence_store.exhibits import MOMENT_WORDS
from evidence_store.manifest import Box, CaptureStep, Completeness
from evidence_store.redaction import form_tokens, mask_bytes, mask_quoted_printable, mask_url, public_headers
from flows.capture.certificate import CertificateWatch
from flows.capture.description import describe_remote, describe_times, describe_view
from flows.capture.pictures import STEP_SECONDS, Picture, take_element, take_full_page, take_viewport
from flows.capture.sheet import draw_sheet
from flows.capture.values import Capture, CapturedArtifact, CaptureOrder
from flows.capture.wholeness import ElementState, Rectangle, await_images, inspect_element, page_digest
from flows.pages.banner import dismiss_banner, is_banner_shown
from flows.pages.source import read_source
from flows.readings.text import comparable

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Response

    from flows.capture.deadline import Deadline
    from flows.workbench import Tab

Result = TypeVar("Result")
MOST_TAKES = 3
ORIGINALS = (ArtifactKind.FULL_PAGE_PNG, ArtifactKind.MHTML, ArtifactKind.HTML, ArtifactKind.VISIBLE_TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """The pictures of one try, with what the page was right before and after."""

    full: Picture
    element: Picture | None
    before: Digest | None
    after: Digest | None
    state: ElementState | None


@dataclass(slots=True, kw_only=True)
class CaptureNotes:
    """What is written down while a capture goes on."""

    now_started: datetime
    tick_started_ns: int = field(default_factory=time.monotonic_ns)
    steps: list[CaptureStep] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    alterations: list[str] = field(default_factory=list)
    form_tokens: set[str] = field(default_factory=set)

    def step(self, at: datetime, action: str, *, target: str = "", outcome: str = "", retries: int = 0) -> None:
        """Writes down one step."""
        self.steps.append(
            CaptureStep(
                number=len(self.steps) + 1, at=at, action=action, target=target, outcome=outcome, retries=retries
            )
        )

    def attempt(self, what: str, action: Callable[[], Result]) -> Result | None:
        """Does one thing that a capture can do without; when the browser refuses, that is a problem of the capture."""
        try:
            return action()
        except Error as error:
            self.problems.append(f"{what}: {next(iter(str(error).splitlines()), 'failed')}")
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is in front of the camera: the order, the tab, the element (None for the page as such)."""

    order: CaptureOrder
    tab: Tab
    element: Locator | None
    response: Response | None
    is_signed_in: bool
    is_answering: bool
    certificates: CertificateWatch | None = None


def clear_view(tab: Tab, notes: CaptureNotes) -> None:
    """Closes the cookie banner by its own button, and notes that the page was altered."""
    if notes.attempt("the cookie banner", lambda: dismiss_banner(tab.page, tab.site)):
        notes.alterations.append("the cookie banner was closed by its own button")


def take_pictures(subject: Subject, deadline: Deadline, notes: CaptureNotes) -> Take:
    """Takes the pictures, again while the page changes or a late banner lies over it, at most three times."""
    tab, order = subject.tab, subject.order
    if not subject.is_answering:
        shown = take_viewport(tab.page, deadline=deadline, may_use_cdp=False)
        return Take(full=shown, element=None, before=None, after=None, state=None)
    number = 0
    while True:
        clear_view(tab, notes)
        before = notes.attempt("source before", lambda: page_digest(tab.page))
        state, element = _take_element(subject, deadline, notes)
        full = notes.attempt(
            "full page", lambda: take_full_page(tab.page, tallest=order.tallest_pixels, deadline=deadline)
        )
        take = Take(
            full=full or take_viewport(tab.page, deadline=deadline),
            element=element,
            before=before,
            after=notes.attempt("source after", lambda: page_digest(tab.page)),
            state=state,
        )
        is_covered = bool(notes.attempt("the cookie banner", lambda: is_banner_shown(tab.page, tab.site)))
        is_stable = take.before is not None and take.before == take.after and not is_covered
        outcome = f"{take.full.rung}; " + ("stable" if is_stable else "not stable")
        notes.step(
            tab.bench.now(), "pictures", target=order.tell_address(tab.page.url), outcome=outcome, retries=number
        )
        number += 1
        if is_stable or take.before is None or deadline.is_over or number == MOST_TAKES:
            if is_covered:
                notes.problems.append("the cookie banner lies over the page in the picture")
            return take


def finish(
    subject: Subject, take: Take, artifacts: list[CapturedArtifact], missing: list[str], notes: CaptureNotes
) -> Capture:
    """Puts everything together."""
    tab, order = subject.tab, subject.order
    completeness = _completeness(subject, take)
    return Capture(
        moment=order.moment,
        url=order.tell_address(order.url),
        final_url=order.tell_address(tab.page.url),
        http_status=subject.response.status if subject.response is not None else None,
        remote_ip=describe_remote(subject.response),
        review_id=order.review_id,
        is_signed_in=subject.is_signed_in,
        times=describe_times(subject.tab, subject.response, notes.now_started, notes.tick_started_ns),
        view=describe_view(tab),
        steps=tuple(notes.steps),
        rung=take.full.rung,
        completeness=completeness,
        boxes=_boxes(take),
        alterations=tuple(notes.alterations),
        artifacts=tuple(artifacts),
        missing=tuple(missing),
        problems=(*notes.problems, *take.full.problems, *(take.element.problems if take.element else ())),
    )


def picture_artifacts(take: Take) -> list[CapturedArtifact]:
    """Returns the pictures that came out."""
    found = []
    if take.element is not None and take.element.data:
        found.append(
            CapturedArtifact(
                kind=ArtifactKind.ELEMENT_PNG, media_type="image/png", data=take.element.data, note=take.element.rung
            )
        )
    if take.full.data:
        kind = ArtifactKind.VIEWPORT_PNG if take.full.rung.startswith("viewport") else ArtifactKind.FULL_PAGE_PNG
        found.append(CapturedArtifact(kind=kind, media_type="image/png", data=take.full.data, note=take.full.rung))
    return found


def source_artifacts(tab: Tab, notes: CaptureNotes) -> list[CapturedArtifact]:
    """Saves the page's source: as one MHTML file, as HTML, and as the text a person reads."""
    saved: list[tuple[ArtifactKind, str, bytes]] = []
    for kind, media_type, save in (
        (ArtifactKind.MHTML, "multipart/related", _save_mhtml),
        (ArtifactKind.HTML, "text/html; charset=utf-8", _save_html),
        (ArtifactKind.VISIBLE_TEXT, "text/plain; charset=utf-8", _save_text),
    ):
        data = notes.attempt(str(kind), partial(save, tab))
        if data is not None:
            saved.append((kind, media_type, data))
            notes.form_tokens |= form_tokens(decodestring(data) if kind is ArtifactKind.MHTML else data)
    secrets = session_secrets(tab, notes)
    found = [_without_secrets(kind, media_type, data, secrets) for kind, media_type, data in saved]
    notes.step(tab.bench.now(), "source", outcome=", ".join(str(artifact.kind) for artifact in found))
    return found


def answer_artifacts(subject: Subject, notes: CaptureNotes) -> list[CapturedArtifact]:
    """Saves the answer's headers and, over TLS, what the browser knows of the certificate."""
    response = subject.response
    if response is None:
        return []
    try:
        headers = public_headers((header["name"], header["value"]) for header in response.headers_array())
        found = [_json_artifact(ArtifactKind.RESPONSE_HEADERS, {"url": mask_url(response.url), "headers": headers})]
        if details := response.security_details():
            chain, problem = subject.certificates.chain_of(response.url) if subject.certificates else ([], "not asked")
            if problem:
                notes.problems.append(f"certificate chain: {problem}")
            found.append(_json_artifact(ArtifactKind.TLS_CERTIFICATE, {"details": dict(details), "chain_der": chain}))
    except Error as error:
        notes.problems.append(f"answer: {next(iter(str(error).splitlines()), 'failed')}")
        return []
    return found


def session_secrets(tab: Tab, notes: CaptureNotes) -> tuple[str, ...]:
    """Returns what must not stand in any artifact, longest first: the session's cookies, and its forms' tokens seen."""
    cookies = {value for cookie in tab.guarded.context.cookies() if len(value := cookie.get("value", "")) >= 8}
    return tuple(sorted(cookies | notes.form_tokens, key=lambda value: (-len(value), value)))


def sheet_artifact(subject: Subject, take: Take, notes: CaptureNotes) -> list[CapturedArtifact]:
    """Draws the sheet over the element's picture, or the page's where there is none."""
    picture = take.element if take.element is not None and take.element.data else take.full
    if not picture.data:
        return []
    order, tab = subject.order, subject.tab
    digest = Digest.of(picture.data)
    local = notes.now_started.astimezone(ZoneInfo(tab.site.zone)).isoformat(timespec="seconds")
    lines = [
        f"{tab.site.title}: {MOMENT_WORDS[order.moment]}" + (f", отзыв {order.review_id}" if order.review_id else ""),
        f"Адрес: {order.tell_address(tab.page.url)}",
        f"Время: {local} ({tab.site.zone}); {notes.now_started.isoformat(timespec='seconds')}",
        f"Кто снимал: {order.made_by or 'не указано'}; вход: {order.account_label or 'без входа'}",
        f"Снимок: {digest}",
        "Производная копия: оригинал хранится отдельно, без надписи",
    ]
    try:
        data = draw_sheet(picture.data, lines)
    except (ValueError, OSError) as error:
        notes.problems.append(f"sheet: {error}")
        return []
    return [CapturedArtifact(kind=ArtifactKind.SHEET_PNG, media_type="image/png", data=data, derived_from=digest)]


def _take_element(
    subject: Subject, deadline: Deadline, notes: CaptureNotes
) -> tuple[ElementState | None, Picture | None]:
    element = subject.element
    if element is None:
        return None, None

    def look() -> ElementState:
        element.scroll_into_view_if_needed(timeout=deadline.milliseconds(at_most=5))
        await_images(element, deadline)
        return inspect_element(element, author_name=subject.order.author_name, private=subject.order.private)

    state = notes.attempt("element", look)
    return state, notes.attempt("element picture", lambda: take_element(element, deadline=deadline))


def _completeness(subject: Subject, take: Take) -> Completeness:
    state = take.state
    return Completeness(
        images_total=state.images_total if state else 0,
        images_decoded=state.images_total - len(state.images_missing) if state else 0,
        is_text_in_shot=_is_text_in_shot(subject, take),
        dom_before=take.before,
        dom_after=take.after,
    )


def _is_text_in_shot(subject: Subject, take: Take) -> bool:
    """The text counts as shown when the element holds it, nothing clips or covers it, and its picture came out."""
    state, picture = take.state, take.element
    if subject.element is None:
        return bool(take.full.data) and not take.full.problems
    if state is None or picture is None or not picture.data or state.is_clipped or state.is_covered:
        return False
    wanted = subject.order.review_text
    return not wanted or _squeezed(wanted) in _squeezed(state.text)


def _squeezed(text: str) -> str:
    """Headings such as «Достоинства» may stand between the parts, and lines wrap: white space does not count."""
    return comparable(text).replace(" ", "")


def _boxes(take: Take) -> tuple[Box, ...]:
    """Places personal data in both pictures, in each one's own pixels."""
    if take.state is None:
        return ()
    own = take.state.box
    boxes = []
    for personal in take.state.personal:
        if take.element is not None and take.element.data:
            boxes.append(_box(personal.what, personal.place, own, take.element.data))
        if take.full.rung.startswith("full_page"):
            origin = Rectangle(x=0, y=0, width=0, height=0)
            boxes.append(_box(personal.what, personal.place, origin, take.full.data))
    return tuple(boxes)


def _box(what: str, place: Rectangle, origin: Rectangle, picture: bytes) -> Box:
    return Box.model_validate(
        {
            "what": what,
            "picture": Digest.of(picture),
            "x": round(place.x - origin.x),
            "y": round(place.y - origin.y),
            "width": round(place.width),
            "height": round(place.height),
        }
    )


def _without_secrets(kind: ArtifactKind, media_type: str, data: bytes, secrets: tuple[str, ...]) -> CapturedArtifact:
    mask = mask_quoted_printable if kind is ArtifactKind.MHTML else mask_bytes
    data, masked = mask(data, secrets)
    note = f"{masked} secret values of the session overwritten with *" if masked else ""
    return CapturedArtifact(kind=kind, media_type=media_type, data=data, note=note)


def _save_mhtml(tab: Tab) -> bytes:
    # Not detached: that call waits without end while a navigation is pending; the session ends with its context.
    session = tab.page.context.new_cdp_session(tab.page)
    return str(session.send("Page.captureSnapshot", {"format": "mhtml"}, timeout=STEP_SECONDS * 1000)["data"]).encode()


def _save_html(tab: Tab) -> bytes:
    return read_source(tab.page).encode("utf-8", "surrogatepass")


def _save_text(tab: Tab) -> bytes:
    return tab.page.locator("body").inner_text(timeout=5_000).encode("utf-8", "surrogatepass")


def _json_artifact(kind: ArtifactKind, value: object) -> CapturedArtifact:
    data = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode()
    return CapturedArtifact(kind=kind, media_type="application/json", data=data)
