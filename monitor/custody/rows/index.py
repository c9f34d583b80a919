"""The index of the evidence against manifests and log: nothing missing, nothing added, nothing said otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from evidence_store.artifacts import Artifact
from evidence_store.digests import Digest
from evidence_store.errors import EvidenceError
from evidence_store.findings import Finding
from evidence_store.manifest import CaptureManifest, parse_manifest
from monitor.custody.kept_words import ENTRIES, Kept
from monitor.custody.rows.told import Log, Told, absent, as_utc, compare
from monitor.custody.stamping import MOMENT as STAMP
from monitor.language import gettext as _
from monitor.state import Transaction
from monitor.state.cases import ArtifactRecord

Key = tuple[str, str]
"""A manifest's digest and an artifact's, as hex."""


def check_index(tx: Transaction, log: Log) -> Iterator[Finding]:
    """Compares every row of the index with the manifest that describes it and the entry that names the manifest."""
    rows = [row for account in tx.accounts.all() for row in tx.artifacts.of_account(account.id)]
    captures = _captures(log)
    own = _own_files(log)
    for row in rows:
        told = captures.get(row.manifest_sha256)
        if told is not None:
            yield from _check_row(row, told, log, own.get(row.manifest_sha256))
        elif row.manifest_sha256:
            yield absent(
                _item(row),
                _("no entry of the log names the manifest {manifest_sha256}").format(
                    manifest_sha256=row.manifest_sha256
                ),
            )
        else:
            check = _check_stamp if row.moment == STAMP else _check_words if row.moment in set(Kept) else _check_fact
            yield from check(row, log)
    yield from _find_doubled(rows, log)
    yield from _find_missing(rows, captures, log)


def _find_doubled(rows: list[ArtifactRecord], log: Log) -> Iterator[Finding]:
    """Names rows that say the same as another one, more often than the manifest does."""
    alike: dict[str, list[ArtifactRecord]] = {}
    for row in rows:
        alike.setdefault(repr(replace(row, id="", visit_id=None)), []).append(row)
    for same in alike.values():
        if len(same) < 2:
            continue
        manifest = _read(log, same[0].manifest_sha256) if same[0].manifest_sha256 else None
        told = [one for one in manifest.artifacts if one.digest.hex == same[0].sha256] if manifest else []
        for row in same[max(1, len(told)) :]:
            yield absent(
                _item(row), _("says the same as row {id}: no entry tells of a second one").format(id=same[0].id)
            )


def _find_missing(rows: list[ArtifactRecord], captures: dict[str, Told], log: Log) -> Iterator[Finding]:
    """Names what the log tells of and the index does not have."""
    present = {(row.manifest_sha256, row.sha256) for row in rows}
    for name, told in captures.items():
        manifest = _read(log, name)
        for artifact in manifest.artifacts if manifest else ():
            if (name, artifact.digest.hex) not in present:
                yield _not_indexed(artifact.digest.hex, artifact.kind.value, told)
    facts = {(row.review_id, row.sha256) for row in rows if not row.manifest_sha256}
    for action, what in (("case.facts", _("reading")), *((action, _("words")) for action in ENTRIES.values())):
        for told in log.of(action):
            for digest in told.body.artifacts:
                if (told.subject_of("review") or "", digest.hex) not in facts:
                    yield _not_indexed(digest.hex, what, told)
    for told in log.of("evidence.time_stamp"):
        token = str(told.body.outputs.get("token", "")).removeprefix("sha256:")
        if token and ("", token) not in present:
            yield _not_indexed(token, _("time stamp"), told)


def _not_indexed(name: str, what: str, told: Told) -> Finding:
    item = f"artifacts {name} ({told.subject_of('review') or ''})"
    return absent(
        item, _("the log names this {what}, the index does not (entry {told})").format(what=what, told=told.name)
    )


def _captures(log: Log) -> dict[str, Told]:
    return {told.body.artifacts[0].hex: told for told in log.of("evidence.capture") if told.body.artifacts}


def _own_files(log: Log) -> dict[str, Told]:
    return {told.body.artifacts[0].hex: told for told in log.of("evidence.add") if told.body.artifacts}


def _check_row(row: ArtifactRecord, told: Told, log: Log, own: Told | None) -> Iterator[Finding]:
    item = _item(row)
    manifest = _read(log, row.manifest_sha256)
    if manifest is None:
        return  # the manifest's own check names it
    # One picture can be there twice, as the review's and as the whole page's.
    same = [one for one in manifest.artifacts if one.digest.hex == row.sha256]
    kind = row.notes.get("kind") if isinstance(row.notes, dict) else None
    artifact = next((one for one in same if one.kind.value == kind), same[0] if same else None)
    if artifact is None:
        yield absent(
            item, _("its manifest {manifest_sha256} names no such artifact").format(manifest_sha256=row.manifest_sha256)
        )
        return
    yield from compare(item, _pairs(row, manifest, artifact), _("the manifest"))
    at = {"captured_at": (as_utc(row.captured_at), told.body.at), "account_id": (row.account_id, told.body.account)}
    yield from compare(item, at)
    if own is not None:
        yield from _check_own(row, item, own)


def _pairs(row: ArtifactRecord, manifest: CaptureManifest, artifact: Artifact) -> dict[str, tuple[object, object]]:
    notes = row.notes if isinstance(row.notes, dict) else {}
    subject = manifest.subject
    pairs: dict[str, tuple[object, object]] = {
        "moment": (row.moment, manifest.moment),
        "path": (row.path, str(artifact.digest)),
        "media_type": (row.media_type, artifact.media_type),
        "size": (row.size, artifact.size),
        "review_id": (row.review_id, subject.review_id or ""),
        "case_id": (row.case_id, subject.case_id),
        "appeal_id": (row.appeal_id, subject.appeal_id),
        "is_complete": (row.is_complete, not manifest.is_partial),
        "kind": (notes.get("kind"), artifact.kind.value),
    }
    if not notes.get("purged"):
        pairs["is_derived"] = (notes.get("is_derived"), artifact.is_derived)
    elif artifact.digest.hex != row.sha256:
        pairs["sha256"] = (row.sha256, artifact.digest.hex)
    return pairs


def _check_own(row: ArtifactRecord, item: str, own: Told) -> Iterator[Finding]:
    notes = row.notes if isinstance(row.notes, dict) else {}
    if notes.get("purged"):
        return
    names = own.body.inputs.get("names")
    place = [digest.hex for digest in own.body.artifacts[1:]].index(row.sha256) if _names(own, row) else -1
    if isinstance(names, list) and 0 <= place < len(names):
        told = own.body.outputs.get("told")
        yield from compare(
            item,
            {
                "name": (notes.get("name"), names[place]),
                "note": (notes.get("note"), own.body.inputs.get("note")),
                "supports": (notes.get("supports", ""), own.body.inputs.get("supports", "")),
                "told": (notes.get("told"), told[place] if isinstance(told, list) and place < len(told) else []),
            },
        )


def _names(own: Told, row: ArtifactRecord) -> bool:
    return row.sha256 in {digest.hex for digest in own.body.artifacts[1:]}


def _check_fact(row: ArtifactRecord, log: Log) -> Iterator[Finding]:
    """Compares a reading that was kept beside the captures: of the author, the order, the product's card."""
    if (row.account_id, row.review_id) in log.purged:
        return
    digest = Digest("sha256", row.sha256)
    about = [told for told in log.of("case.facts") if told.subject_of("review") == row.review_id]
    told = next((one for one in about if digest in one.body.artifacts and one.body.at == as_utc(row.captured_at)), None)
    if told is None:
        yield absent(_item(row), _("no entry of the log names this reading at this moment"))
        return
    try:
        size = len(log.read(digest))
    except EvidenceError:
        return  # the store's own check names it
    pairs: dict[str, tuple[object, object]] = {
        "account_id": (row.account_id, told.body.account),
        "path": (row.path, str(digest)),
        "media_type": (row.media_type, "application/json"),
        "size": (row.size, size),
        "is_complete": (row.is_complete, True),
    }
    yield from compare(_item(row), pairs, _("the log and the store"))


def _check_words(row: ArtifactRecord, log: Log) -> Iterator[Finding]:
    """Compares what a person read or stated: the entry names the bytes, and the bytes say when they were kept."""
    if (row.account_id, row.review_id) in log.purged:
        return
    digest, action = Digest("sha256", row.sha256), ENTRIES[Kept(row.moment)]
    told = next((one for one in log.of(action) if digest in one.body.artifacts), None)
    if told is None:
        yield absent(_item(row), _("no entry {action} of the log names these words").format(action=action))
        return
    try:
        data = log.read(digest)
    except EvidenceError:
        return  # the store's own check names it
    pairs: dict[str, tuple[object, object]] = {
        "account_id": (row.account_id, told.body.account),
        "review_id": (row.review_id, told.subject_of("review") or ""),
        "case_id": (row.case_id, told.subject_of("case")),
        "path": (row.path, str(digest)),
        "media_type": (row.media_type, "application/json"),
        "size": (row.size, len(data)),
        "captured_at": (as_utc(row.captured_at), datetime.fromisoformat(json.loads(data)["at"])),
        "is_complete": (row.is_complete, True),
    }
    yield from compare(_item(row), pairs, _("the log and the store"))


def _check_stamp(row: ArtifactRecord, log: Log) -> Iterator[Finding]:
    notes = row.notes if isinstance(row.notes, dict) else {}
    wanted = f"sha256:{row.sha256}"
    told = next((one for one in log.of("evidence.time_stamp") if one.body.outputs.get("token") == wanted), None)
    if told is None:
        yield absent(_item(row), _("no entry of the log names this time stamp"))
        return
    pairs: dict[str, tuple[object, object]] = {
        name: (notes.get(name), told.body.inputs.get(name)) for name in ("authority", "over", "at")
    }
    pairs["review_id"] = (row.review_id, told.subject_of("review") or "")
    pairs["case_id"] = (row.case_id, told.subject_of("case"))
    pairs["captured_at"] = (as_utc(row.captured_at), told.body.at)
    pairs["account_id"] = (row.account_id, told.body.account)
    yield from compare(_item(row), pairs)


def _read(log: Log, name: str) -> CaptureManifest | None:
    try:
        return parse_manifest(log.read(Digest("sha256", name)))
    except EvidenceError:
        return None


def _item(row: ArtifactRecord) -> str:
    return f"artifacts {row.id} ({row.review_id})"
