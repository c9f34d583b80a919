"""What the channels share: the two facts that must agree, the gesture behind the gate, and the site's answer."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from playwright.sync_api import Error

from evidence_store.sentences import sentence
from flows.channels import Attachment, FilingOrder, Observation, ObservedKind
from flows.errors import FlowError, FormMismatch, PageNotReady, SignInRequired, WallMet
from flows.gate import GateRules, GateState, NeededRequest
from flows.pages.header import Header
from flows.pages.source import is_answering
from flows.politeness import parse_retry_after
from flows.readings.health import find_stop
from flows.readings.refusals import read_refusal
from flows.readings.text import comparable
from flows.session import require_account

_FIRST_REFUSAL = 400
"""From this status on an answer says that a request was not done (RFC 9110 §15)."""

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flows.catalog.channel_spec import ChannelSpec
    from flows.catalog.models import Site
    from flows.gate import SubmitGate
    from flows.session import AccountWitness
    from flows.workbench import Tab


def rules_of(site: Site, spec: ChannelSpec, submit: str, *, needed: Sequence[NeededRequest] = ()) -> GateRules:
    """Returns what the gate has to know for one request of a channel.

    Args:
        site: The site's catalog.
        spec: The channel.
        submit: The address of the request that is released, as the catalog writes addresses.
        needed: What the page needs to work besides what the catalog names.
    """
    known = [NeededRequest(one.method, site.whole(one.url)) for one in site.needed]
    if spec.upload_url is not None:
        known.append(NeededRequest("POST", site.whole(spec.upload_url)))
    return GateRules(
        globs=(site.whole(submit),),
        method=spec.submit_method,
        acting=tuple(map(site.whole, site.acting_urls)),
        needed=(*known, *needed),
        origins=frozenset(site.origins.values()),
    )


@contextmanager
def telling_limits(gate: SubmitGate) -> Iterator[None]:
    """Turns whatever stops a form into a wall, where the site had answered 429 to something that its page asked.

    Raises:
        flows.errors.WallMet: in place of the other error.
    """
    try:
        yield
    except WallMet:
        raise
    except FlowError as error:
        if gate.limit is None:
            raise
        raise WallMet(
            sentence("the site asks to wait (429): {error}", error=error),
            kind="rate_limited",
            where=error.where,
            hint="the account waits as long as the site asks; nothing was sent",
            retry_after=parse_retry_after(gate.limit.retry_after),
        ) from error


def require_same_review(order: FilingOrder, *, review_id: str | None, text: str | None, where: str) -> None:
    """Stops unless id and text on the page are both those of the order.

    Raises:
        flows.errors.FormMismatch: either is missing or differs. Nothing was sent.
    """
    problems = review_problems(order, review_id=review_id, text=text)
    if problems:
        raise FormMismatch("; ".join(problems), where=where, hint="read the review again and approve anew")


def review_problems(order: FilingOrder, *, review_id: str | None, text: str | None) -> tuple[str, ...]:
    """Names what differs between the order's review and the one the form shows."""
    problems = []
    if review_id != order.review_id:
        problems.append(f"the form is about the review {review_id or '(not shown)'}, not {order.review_id}")
    if text is None or _lines(text) != _lines(order.review_text):
        problems.append("the form quotes another text than the one that was approved")
    return tuple(problems)


def _lines(text: str) -> list[str]:
    """Forms quote the parts of a review (comment, advantages, disadvantages) in another order than listings do."""
    return sorted(line for part in text.split("\n") if (line := comparable(part)))


def require_signed_in(tab: Tab, identity: str, expected: AccountWitness) -> None:
    """Proves on the page at hand that the right account is signed in.

    Raises:
        flows.errors.SignInRequired, flows.errors.WrongAccount: as their names say.
    """
    require_account(Header(tab.page, tab.site).read_account(identity), expected, where=identity)


def read_attachment(attachment: Attachment) -> bytes:
    """Reads a file to attach and makes sure that it is still the one that was approved.

    Raises:
        flows.errors.FormMismatch: it cannot be read, or its digest differs.
    """
    try:
        data = attachment.path.read_bytes()
    except OSError as error:
        raise FormMismatch(
            sentence(
                "the file {attachment} cannot be read: {strerror}", attachment=attachment.name, strerror=error.strerror
            ),
            where=attachment.name,
        ) from error
    if hashlib.sha256(data).hexdigest() != attachment.sha256.removeprefix("sha256:"):
        raise FormMismatch(
            sentence("the file {attachment} is not the one that was approved", attachment=attachment.name),
            where=attachment.name,
            hint="approve the appeal again with the file as it is now",
        )
    return data


def require_armed(gate: SubmitGate) -> None:
    """The gesture without an armed gate would send nothing: a mistake of the caller that must not pass silently.

    Raises:
        flows.errors.FormMismatch: the gate is not armed.
    """
    if gate.state is not GateState.ARMED:
        raise FormMismatch(
            sentence("the gate is {state}, not armed", state=gate.state),
            where="gate",
            hint="arm it right before the gesture",
        )


def is_last_word(gate: SubmitGate, name: str) -> bool:
    """Whether a word that the page shows after the gesture is the site's last.

    An error may be the page's word about a request that was stopped here: as long as the answer to the released one is
    under way, or is no refusal, its own word may still come.
    """
    is_refused = bool(gate.failure) or (gate.status_code is not None and gate.status_code >= _FIRST_REFUSAL)
    return name != "error" or is_refused or not (gate.released and gate.blocked)


def heed_refusal(seen: Observation, spec: ChannelSpec, gate: SubmitGate) -> Observation:
    """Lets the answer's own verdict speak, where the catalog describes one and the status said success.

    Where the page shows a success beside it the two contradict each other: then nobody knows.
    """
    said = read_refusal(gate.answer.body, spec) if gate.released and gate.status_code is not None else None
    if said is None or seen.kind in {ObservedKind.WALL, ObservedKind.SIGNED_OUT, ObservedKind.FORM_ERROR}:
        return seen
    is_success = seen.kind in {ObservedKind.NUMBER, ObservedKind.SUCCESS_TEXT}
    kind = ObservedKind.UNCLEAR if is_success else ObservedKind.FORM_ERROR
    return seen.model_copy(update={"kind": kind, "raw_text": f"{said}\n{seen.raw_text}".strip()})


def observation(
    tab: Tab, gate: SubmitGate, kind: ObservedKind, *, raw_text: str = "", number: str | None = None
) -> Observation:
    """Builds an observation with what the gate saw and a picture of the page (none where the page is dead).

    A stop page in answer to the request is a wall, whatever the page made of it.
    """
    is_success = kind in {ObservedKind.NUMBER, ObservedKind.SUCCESS_TEXT}
    wall = None
    if gate.released:
        wall = find_stop(tab.site, status_code=gate.status_code, body=gate.answer.body, has_witness=is_success)
    return Observation(
        kind=kind if wall is None else ObservedKind.WALL,
        raw_text=raw_text if wall is None else f"{wall.problem}\n{raw_text}".strip(),
        number=number,
        status_code=gate.status_code,
        released=gate.released,
        blocked=gate.blocked,
        stopped=tuple(gate.stopped),
        passed=tuple(gate.passed),
        retry_after=None if wall is None else parse_retry_after(gate.answer.retry_after),
        url=tab.page.url,
        screenshot=take_picture(tab),
    )


def explain_silence(tab: Tab, gate: SubmitGate) -> Observation:
    """Says what stands where the answer should be: a wall, a sign-in page, or something that is not clear."""
    if gate.released and gate.status_code is None:
        # Every moment that the page stays open now is one in which the network stack may send the request again.
        return Observation(
            kind=ObservedKind.UNCLEAR,
            raw_text=gate.failure,
            released=1,
            blocked=gate.blocked,
            stopped=tuple(gate.stopped),
            passed=tuple(gate.passed),
        )
    incidents = "; ".join(f"{incident.kind}: {incident.detail}" for incident in tab.guarded.incidents)
    raw = "\n".join(part for part in (visible_text(tab), gate.failure, incidents) if part)
    if not is_answering(tab.page):
        return observation(tab, gate, ObservedKind.UNCLEAR, raw_text=raw)
    try:
        Header(tab.page, tab.site).arrive()
    except WallMet as wall:
        return observation(tab, gate, ObservedKind.WALL, raw_text=raw or str(wall))
    except SignInRequired:
        return observation(tab, gate, ObservedKind.SIGNED_OUT, raw_text=raw)
    except (FlowError, PageNotReady) as error:
        return observation(tab, gate, ObservedKind.UNCLEAR, raw_text="\n".join((raw, str(error))))
    return observation(tab, gate, ObservedKind.UNCLEAR, raw_text=raw)


def visible_text(tab: Tab, limit: int = 4_000) -> str:
    """Returns what a person would read on the page now, cut."""
    try:
        return tab.page.locator("body").inner_text(timeout=2_000)[:limit]
    except Error:
        return ""


def take_picture(tab: Tab) -> bytes:
    """Takes what the window shows; empty where the page cannot be painted any more."""
    try:
        return tab.page.screenshot(caret="initial", timeout=5_000)
    except Error:
        return b""
