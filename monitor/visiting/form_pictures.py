"""Captures a form as it stands, with the flow's own picture of it first."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from evidence_store.artifacts import ArtifactKind
from flows.capture.values import Capture, CapturedArtifact, CaptureOrder
from flows.library.capture_review import capture_tab
from flows.workbench import Tab
from monitor.software import own_version
from monitor.visiting.room import VisitRoom

FormMoment = Literal["filled_form", "confirmation"]


def capture_form(room: VisitRoom, tab: Tab, moment: FormMoment, *, page_name: str, picture: bytes) -> Capture:
    """Captures the page of a form.

    Raises:
        flows.errors.FlowError: the page cannot be captured.
    """
    wanted = CaptureOrder(
        moment=moment,
        url=tab.page.url,
        page_name=page_name,
        made_by=room.actor.name,
        account_label=room.account_id,
        software=f"fairreview {own_version()}",
    )
    capture = capture_tab(tab, wanted)
    if not picture or capture.artifact(ArtifactKind.ELEMENT_PNG):
        return capture
    shot = CapturedArtifact(kind=ArtifactKind.ELEMENT_PNG, media_type="image/png", data=picture, note=moment)
    return replace(capture, artifacts=(shot, *capture.artifacts))
