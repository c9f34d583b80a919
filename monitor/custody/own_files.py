"""The seller's own evidence: chat screenshots, product photos, documents. In custody from the moment of intake."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from evidence_store.artifacts import Artifact, ArtifactKind
from evidence_store.digests import Digest
from evidence_store.intake import MAX_FILE_BYTES, Also, inspect_file
from evidence_store.journal import Actor
from evidence_store.manifest import (
    BrowserView,
    CaptureManifest,
    CaptureTimes,
    Completeness,
    Operator,
    Subject,
    Tool,
)
from evidence_store.store import ArtifactStore
from monitor.clock import Clock
from monitor.config.settings import Settings
from monitor.custody.context import CustodyContext
from monitor.custody.notes import note_custody, operator_of, person_of
from monitor.errors import SettingsError
from monitor.files.private import read_plain
from monitor.language import gettext as _
from monitor.software import describe_machine, own_version, playwright_version
from monitor.state import State, Transaction
from monitor.state.cases import ArtifactRecord, CaseRecord
from monitor.state.repository import new_id
from monitor.state.text import JsonValue

MOMENT = "own_evidence"
Supported = Literal["", "facts"]
"""What a file stands behind: nothing in particular, or the check «соответствие фактам»."""

_LONGEST_NAME = 200  # characters of a file's name that are kept


@dataclass(frozen=True)
class OwnFile:
    """One file in custody.

    Attributes:
        id: What ``appeal draft --attach`` takes.
        notes: What a person should know before it goes out.
    """

    id: str
    name: str
    media_type: str
    size: int
    digest: Digest
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Offered:
    """A file that was read and inspected, not stored yet."""

    name: str
    data: bytes
    media_type: str
    notes: tuple[str, ...]


def add_own_evidence(
    installation: CustodyContext,
    case: CaseRecord,
    paths: Sequence[Path],
    *,
    note: str = "",
    supports: Supported = "",
    also: Also | None = None,
) -> tuple[OwnFile, ...]:
    """Takes files into a case: all of them, or none when one is refused.

    Args:
        installation: The installation.
        case: Whose files they are.
        paths: The files.
        note: What they show, for the log.
        supports: The check of the verdict behind which they stand as a fact.
        also: What else than pictures, PDF and text is taken.

    Raises:
        SettingsError: a file cannot be read, or no operator is named.
        evidence_store.errors.IntakeRefused: a file is of no accepted type, too big, broken, or a bomb.
        evidence_store.errors.StorageFull, evidence_store.errors.StorageUnavailable: nothing was noted.
    """
    given = [(path.name, read_plain(path, max_bytes=MAX_FILE_BYTES)) for path in paths]
    actor = person_of(installation.settings)
    return take_into_custody(installation, case, given, actor=actor, note=note, supports=supports, also=also)


def take_into_custody(  # as add_own_evidence, for a file that came another way than by a path
    installation: CustodyContext,
    case: CaseRecord,
    given: Sequence[tuple[str, bytes]],
    *,
    actor: Actor,
    note: str = "",
    supports: Supported = "",
    also: Also | None = None,
) -> tuple[OwnFile, ...]:
    """Takes files into a case by name and content: all of them, or none when one is refused.

    Args:
        installation: The installation.
        case: Whose files they are.
        given: Names, of which only the last part counts, and contents.
        actor: Who brings them.
        note: What they show, for the log.
        supports: The check of the verdict behind which they stand as a fact.
        also: What else than pictures, PDF and text is taken.

    Raises:
        evidence_store.errors.IntakeRefused, StorageFull, StorageUnavailable: as ``add_own_evidence``.
    """
    started = installation.clock.now()
    offered = [_inspect(name, data, also) for name, data in given]
    taken = tuple(_store(installation.artifacts, one) for one in offered)
    manifest = _describe(installation, case, taken, operator=operator_of(actor), started=started)
    digest = installation.artifacts.put(manifest.to_bytes())
    with installation.state.transaction() as tx:
        for one in taken:
            tx.artifacts.add(_record(tx, case, one, manifest=digest, note=note, supports=supports))
        named = [digest, *(one.digest for one in taken)]
        # Apart from names and note, which stay here when the case is shared and go when it is purged.
        note_custody(tx, case, "evidence.capture", actor=actor, artifacts=named, inputs={"moment": MOMENT})
        note_custody(
            tx,
            case,
            "evidence.add",
            actor=actor,
            artifacts=named,
            inputs={"names": [one.name for one in taken], "note": note, "supports": supports},
            outputs={"media_types": [one.media_type for one in taken], "told": [list(one.notes) for one in taken]},
        )
    installation.state.flush_mirror()
    return taken


def find_own_file(state: State, account_id: str, artifact_id: str) -> OwnFile:
    """Finds a file in custody by its id, for attaching it.

    Raises:
        SettingsError: the account has no such file of its own.
    """
    with state.read() as tx:
        row = tx.artifacts.get(artifact_id)
    if row is None or row.account_id != account_id or row.moment != MOMENT:
        raise SettingsError(
            _("no own evidence has this id"),
            where=artifact_id[:80],
            hint=_("`fairreview evidence add` prints the ids."),
        )
    name = str(row.notes.get("name", "")) if isinstance(row.notes, dict) else ""
    return OwnFile(row.id, name or row.id, row.media_type, row.size, Digest("sha256", row.sha256), ())


def files_behind_facts(tx: Transaction, account_id: str, review_id: str) -> tuple[ArtifactRecord, ...]:
    """Returns the seller's files that were named as a fact about a review, oldest first; purged ones are gone."""
    rows = [row for row in tx.artifacts.of_review(account_id, review_id) if row.moment == MOMENT]
    return tuple(
        row
        for row in rows
        if isinstance(row.notes, dict) and row.notes.get("supports") == "facts" and not row.is_purged
    )


def _inspect(name: str, data: bytes, also: Also | None) -> _Offered:
    last = re.split(r"[/\\]", name)[-1] or "file"  # a browser of another system may send a whole path
    found = inspect_file(data, last, also=also)
    return _Offered(last[:_LONGEST_NAME], data, found.media_type, found.notes)


def _store(artifacts: ArtifactStore, offered: _Offered) -> OwnFile:
    digest = artifacts.put(offered.data)
    return OwnFile(new_id("artifact"), offered.name, offered.media_type, len(offered.data), digest, offered.notes)


def _describe(
    installation: CustodyContext, case: CaseRecord, taken: Sequence[OwnFile], *, operator: Operator, started: datetime
) -> CaptureManifest:
    with installation.state.read() as tx:
        review = tx.reviews.get(case.account_id, case.review_id)
        sealed = [row for row in tx.artifacts.of_review(case.account_id, case.review_id) if row.manifest_sha256]
    artifacts = tuple(
        Artifact(kind=ArtifactKind.OWN_EVIDENCE, media_type=one.media_type, digest=one.digest, size=one.size)
        for one in taken
    )
    return CaptureManifest(
        moment="own_evidence",
        subject=Subject(
            site=review.site if review else "",
            review_id=case.review_id,
            product_id=review.sku if review else None,
            case_id=case.id,
        ),
        url="",
        final_url="",
        times=_times(installation.settings, installation.clock, started),
        operator=operator,
        account=case.account_id,
        identity=None,
        is_signed_in=False,
        machine=describe_machine(),
        tool=Tool(
            version=own_version(),
            python=".".join(map(str, sys.version_info[:3])),
            playwright=playwright_version(),
            browser="",
            browser_version="",
        ),
        view=BrowserView(width=0, height=0, user_agent=""),
        rung="none",
        completeness=Completeness(),
        artifacts=artifacts,
        is_partial=False,
        previous=Digest("sha256", sealed[-1].manifest_sha256) if sealed else None,
    )


def _times(settings: Settings, clock: Clock, started: datetime) -> CaptureTimes:
    zone = settings.installation.zone
    finished = clock.now()
    offset = finished.astimezone(ZoneInfo(zone)).utcoffset()
    nanoseconds = int(clock.boottime() * 1e9)
    return CaptureTimes(
        started=started,
        finished=finished,
        started_monotonic_ns=nanoseconds - int((finished - started).total_seconds() * 1e9),
        finished_monotonic_ns=nanoseconds,
        zone=zone,
        utc_offset_minutes=round(offset.total_seconds() / 60) if offset else 0,
    )


def _record(
    tx: Transaction, case: CaseRecord, one: OwnFile, *, manifest: Digest, note: str, supports: Supported
) -> ArtifactRecord:
    notes: dict[str, JsonValue] = {
        "kind": ArtifactKind.OWN_EVIDENCE.value,
        "is_derived": False,
        "name": one.name,
        "note": note,
        "supports": supports,
        "told": list(one.notes),
    }
    return ArtifactRecord(
        id=one.id,
        account_id=case.account_id,
        moment=MOMENT,
        sha256=one.digest.hex,
        manifest_sha256=manifest.hex,
        path=str(one.digest),
        media_type=one.media_type,
        size=one.size,
        review_id=case.review_id,
        case_id=case.id,
        appeal_id=None,
        visit_id=None,
        captured_at=tx.now(),
        is_complete=True,
        notes=notes,
    )
