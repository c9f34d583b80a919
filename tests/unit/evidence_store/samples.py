"""Small real values for the tests of this room."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from evidence_store.artifacts import Artifact, ArtifactKind
from evidence_store.digests import Digest
from evidence_store.journal import Actor, Entry, EntryBody, Head, SubjectId, build_entry
from evidence_store.manifest import (
    BrowserView,
    CaptureManifest,
    CaptureStep,
    CaptureTimes,
    Completeness,
    Machine,
    Operator,
    Subject,
    Tool,
)

MOMENT = datetime(2026, 11, 22, 9, 30, 15, 123456, tzinfo=UTC)
CHAIN = "a" * 32
OTHER_CHAIN = "b" * 32
SCHEDULE = Actor(kind="schedule", id="every-hour")


def sample_body(number: int = 1, **changes: Any) -> EntryBody:
    body = EntryBody(
        at=MOMENT,
        actor=SCHEDULE,
        account="shop",
        action="evidence.capture",
        inputs={"url": f"https://example.test/{number}", "attempt": number},
        outputs={"files": ["a.png", "b.png"], "is_partial": False},
        artifacts=(Digest.of(b"%d" % number),),
        software={"fairreview": "0.1.0"},
        subjects=(SubjectId(kind="review", id=f"r-{number}"),),
        fence=number,
    )
    return body.model_copy(update=changes)


def sample_chain(count: int, chain: str = CHAIN) -> list[Entry]:
    head, entries = Head.empty(chain), []
    for number in range(1, count + 1):
        entry = build_entry(head, sample_body(number))
        entries.append(entry)
        head = entry.head
    return entries


def sample_artifact(data: bytes = b"picture", kind: ArtifactKind = ArtifactKind.ELEMENT_PNG) -> Artifact:
    return Artifact(kind=kind, media_type="image/png", digest=Digest.of(data), size=len(data))


def sample_manifest(**changes: Any) -> CaptureManifest:
    dom = Digest.of(b"dom")
    fields: dict[str, Any] = {
        "moment": "public",
        "subject": Subject(site="ozon", review_id="r-1", product_id="100", case_id="case-1"),
        "url": "https://example.test/r/1",
        "final_url": "https://example.test/r/1?seen=1",
        "http_status": 200,
        "times": CaptureTimes(
            started=MOMENT,
            finished=MOMENT,
            started_monotonic_ns=1,
            finished_monotonic_ns=2,
            zone="Europe/Moscow",
            utc_offset_minutes=180,
            clock_source="server_date",
            offset_ms=-12,
        ),
        "operator": Operator(kind="schedule", id="every-hour"),
        "account": None,
        "identity": None,
        "is_signed_in": False,
        "machine": Machine(name="shop-pc", system="Linux", locale="ru_RU.UTF-8"),
        "tool": Tool(version="0.1.0", playwright="1.55", browser="chromium", browser_version="140"),
        "view": BrowserView(width=1280, height=900, user_agent="Browser/1"),
        "steps": (CaptureStep(number=1, at=MOMENT, action="open", target="review page", outcome="ok"),),
        "rung": "full_page",
        "completeness": Completeness(
            images_total=2, images_decoded=2, is_text_in_shot=True, dom_before=dom, dom_after=dom
        ),
        "artifacts": (sample_artifact(),),
        "is_partial": False,
    }
    return CaptureManifest(**{**fields, **changes})
