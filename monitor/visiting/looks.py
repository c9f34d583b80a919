"""Looks at a form without a gesture: what its page sent by itself is kept, and what a person confirmed is let pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flows.capture.values import CaptureOrder
from flows.gate import NeededRequest, SubmitGate
from flows.library.capture_review import capture_tab
from flows.workbench import Tab
from monitor.cases.needed_requests import LookSource, find_marks, findings_of
from monitor.software import own_version
from monitor.state import subject
from monitor.state.probes import ProbeRecord
from monitor.state.repository import new_id
from monitor.state.text import JsonValue
from monitor.visiting.room import VisitRoom
from monitor.visiting.sealing import About, seal_capture


@dataclass(frozen=True, kw_only=True)
class FormSeen:
    """What one look saw of one channel for one review.

    Attributes:
        source: Whether the form was only opened, or filled as well.
        control: As ``ProbeRecord`` has it.
        manifest: The sealed picture.
        changing: What could have changed something, stopped or let pass, as the gate names it.
        findings: What else was read.
    """

    source: LookSource
    review_id: str
    channel: str
    identity: str
    control: str
    manifest: str
    changing: Sequence[str]
    findings: Mapping[str, JsonValue] = field(default_factory=dict)


def needed_requests(room: VisitRoom, channel: str) -> tuple[NeededRequest, ...]:
    """Returns the local marks of this account's channel, each with and without a query."""
    with room.installation.state.read() as tx:
        marks = find_marks(tx, room.account_id, channel) or ()
    return tuple(NeededRequest(mark.method, url) for mark in marks for url in (mark.url, f"{mark.url}?**"))


def sent_by_itself(gate: SubmitGate) -> tuple[str, ...]:
    """Names what a form's page sent, or tried to send, without a gesture."""
    return (*gate.stopped, *gate.passed)


def seal_look(room: VisitRoom, tab: Tab, *, page_name: str, review_id: str, identity: str) -> str:
    """Seals the page as it stands; returns the manifest's digest.

    Raises:
        flows.errors.FlowError: the page cannot be captured.
    """
    wanted = CaptureOrder(
        moment="probe",
        url=tab.page.url,
        page_name=page_name,
        made_by=room.actor.name,
        account_label=room.account_id,
        software=f"fairreview {own_version()}",
    )
    about = About(review_id=review_id, identity=identity)
    return seal_capture(room, tab.bench, capture_tab(tab, wanted), about).digest.hex


def record_look(room: VisitRoom, seen: FormSeen) -> ProbeRecord:
    """Stores a look and its log entry; a person confirms it by its id."""
    findings: dict[str, JsonValue] = {
        **seen.findings,
        "source": seen.source.value,
        "requests": findings_of(seen.changing),
    }
    with room.installation.state.transaction(room.lease) as tx:
        record = ProbeRecord(
            id=new_id("probe"),
            account_id=room.account_id,
            identity=seen.identity,
            review_id=seen.review_id,
            channel=seen.channel,
            control=seen.control,
            findings=findings,
            manifest_sha256=seen.manifest,
            visit_id=room.order.visit_id,
            probed_at=tx.now(),
        )
        tx.probes.add(record)
        action = room.action(
            "channel.probed",
            subjects=[subject("review", seen.review_id)],
            inputs={"channel": seen.channel, "identity": seen.identity, "probe": record.id},
            outputs={"control": seen.control, **findings},
            artifacts=[f"sha256:{seen.manifest}"],
        )
        tx.journal.record(room.account_id, action)
    return record
