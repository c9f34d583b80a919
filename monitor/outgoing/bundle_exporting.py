"""Handing a case on: one folder or zip that a stranger can check without this program."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from evidence_store.act import Maker
from evidence_store.artifacts import ArtifactKind
from evidence_store.bundle import Variant
from evidence_store.digests import Digest
from evidence_store.errors import EvidenceError, MaskingFailed
from evidence_store.exhibits import MOMENT_WORDS
from evidence_store.export import Bundle, BundleOrder, export_bundle, zip_bundle
from evidence_store.extract import extract_for, in_log_order
from evidence_store.findings import FindingKind
from evidence_store.journal import Actor, Entry, SubjectId
from evidence_store.manifest import CaptureManifest, CaptureMoment, parse_manifest
from evidence_store.masking import mask_boxes
from evidence_store.placing import while_held
from evidence_store.seal import SignedCheckpoint
from evidence_store.store import ArtifactStore
from monitor.cases.casework import CaseFile, open_case_file
from monitor.custody.checking import check_evidence
from monitor.custody.checkpoints import load_signing_key, make_checkpoint
from monitor.custody.notes import WORDLESS, note_custody, operator_of, person_of, require_maker
from monitor.custody.purging import purged
from monitor.custody.readings import find_readings, parse_reading
from monitor.custody.stamping import stamps_of
from monitor.errors import SettingsError
from monitor.files.targets import require_target
from monitor.language import gettext as _
from monitor.outgoing.bundle_documents import Paper, write_documents, write_replays
from monitor.outgoing.context import OutgoingContext
from monitor.software import software_versions
from monitor.state import State, subject
from monitor.state.cases import ArtifactRecord, CaseRecord
from monitor.triage.private_words import conceal_private, find_private

_EXPECTED: tuple[CaptureMoment, ...] = (
    "public",
    "account",
    "product_card",
    "filled_form",
    "confirmation",
    "status",
    "afterwards",
)


_KEPT_BACK = (
    "проекта заявления нотариусу нет: он называет автора и текст отзыва, а в этом пакете личные данные скрыты",
    "архивов для просмотра (WACZ) нет: в них целые страницы со словами других покупателей",
)
"""What a shareable bundle never has."""
_NO_DIALOGUE = "листа переписки с площадкой нет: в нём слова людей, а в этом пакете личные данные скрыты"


@dataclass(frozen=True)
class HandedOn:
    """A bundle that was handed on.

    Attributes:
        digest: Of the bundle's list: write it down elsewhere, or send it on another way.
        missing: What should be in it and is not.
    """

    path: Path
    digest: Digest
    public_key: str
    files: int
    missing: tuple[str, ...]


@dataclass(frozen=True)
class _Source:
    """Everything one bundle is made of."""

    case: CaseRecord
    file: CaseFile
    captures: tuple[CaptureManifest, ...]
    actor: Actor
    variant: Variant


def export_case(
    installation: OutgoingContext, case: CaseRecord, target: Path, *, is_shareable: bool = False
) -> HandedOn:
    """Writes a case's bundle; the log says so before anybody can take it.

    Args:
        installation: The installation.
        case: Whose evidence.
        target: A new folder, or a new file that ends in ``.zip``.
        is_shareable: Leave out what holds a buyer's personal data; pictures go as masked copies.

    Raises:
        SettingsError: the target cannot be used, or no operator is named.
        SecretsUnavailable: the signing key cannot be read.
        evidence_store.errors.EvidenceError: evidence is not as it was stored; nothing was handed on.
    """
    target = require_target(target)
    maker = require_maker(installation.settings, installation.home)
    source = _gather(
        installation.state,
        installation.artifacts,
        case,
        person_of(installation.settings),
        variant="shareable" if is_shareable else "full",
    )
    with installation.state.read() as tx:
        gone = purged(tx)
    masked, unmasked = _mask(installation.state, installation.artifacts, source, gone) if is_shareable else ({}, ())
    checkpoint = make_checkpoint(installation).signed
    kept_back = _kept_back(installation.state, case) if is_shareable else ()
    absent = (*_absent_moments(source.captures), *unmasked, *kept_back)
    stamps = stamps_of(installation.artifacts, _index_of(installation.state, case))
    paper = _start_paper(installation, source, maker, gone)
    paper = replace(paper, masked=masked if is_shareable else None, missing=absent, time_stamps=stamps)
    if is_shareable:
        paper = replace(paper, differences=tuple(map(conceal_private, paper.differences)))
    documents, unprinted = write_documents(paper, checkpoint)
    wanted = _subjects_of(installation.state, case)
    replays = () if is_shareable else write_replays(installation.artifacts, source.captures, purged=gone)
    order = BundleOrder(
        case_id=case.id,
        account=case.account_id,
        subjects=wanted,
        title=f"Отзыв {case.review_id}",
        created=installation.clock.now(),
        exported_by=operator_of(source.actor),
        installation=checkpoint.checkpoint.installation,
        variant=source.variant,
        software=software_versions(),
        captures=source.captures,
        entries=_extract(source, _read_log(installation.state), wanted),
        checkpoint=checkpoint,
        time_stamps=stamps,
        documents=(*documents, *replays),
        masked=masked,
        purged=gone,
        missing=(*absent, *unprinted, *paper.differences),
    )
    return _hand_on(installation, source, order, target)


def _start_paper(installation: OutgoingContext, source: _Source, maker: Maker, gone: frozenset[Digest]) -> Paper:
    """Gathers what the papers are written from: what was sealed, and where rows differ from it."""
    case = source.case
    readings = [
        one
        for one in find_readings(installation.state, installation.artifacts, case.account_id, case.review_id)
        if one.digest not in gone
    ]
    return Paper(
        installation,
        case,
        source.file,
        source.captures,
        source.actor,
        maker,
        gone=gone,
        reading=readings[-1] if readings else None,
        differences=_differences(installation, case),
        shown_as=_names_shown(installation.artifacts, source.captures, gone),
    )


def _differences(installation: OutgoingContext, case: CaseRecord) -> tuple[str, ...]:
    """Names where the case's rows are not what was sealed, for the paper's first page."""
    found = check_evidence(installation, case_id=case.id).findings
    differing = [one for one in found if one.kind is FindingKind.ROW_DIFFERS]
    return tuple(f"РАСХОЖДЕНИЕ: {one.item}: {one.detail}" for one in differing)


def _names_shown(
    artifacts: ArtifactStore, captures: tuple[CaptureManifest, ...], gone: Collection[Digest]
) -> dict[Digest, str]:
    names: dict[Digest, str] = {}
    for capture in captures:
        for artifact in capture.artifacts:
            if artifact.kind is ArtifactKind.REVIEW_READING and artifact.digest not in gone:
                names[capture.digest] = parse_reading(artifacts.read(artifact.digest)).shown_as
    return names


def _gather(state: State, artifacts: ArtifactStore, case: CaseRecord, actor: Actor, *, variant: Variant) -> _Source:
    names = dict.fromkeys(row.manifest_sha256 for row in _index_of(state, case) if row.manifest_sha256)
    manifests = [parse_manifest(artifacts.read(Digest("sha256", name))) for name in names]
    captures = in_log_order(manifests, _read_log(state))
    if not captures:
        raise SettingsError(
            _("this case has no evidence yet"),
            where=case.id,
            hint=_("`fairreview capture {review_id}` takes it.").format(review_id=case.review_id),
        )
    return _Source(case, open_case_file(state, artifacts, case.account_id, case.review_id), captures, actor, variant)


def _index_of(state: State, case: CaseRecord) -> list[ArtifactRecord]:
    with state.read() as tx:
        return tx.artifacts.of_review(case.account_id, case.review_id)


def _mask(
    state: State, artifacts: ArtifactStore, source: _Source, gone: Collection[Digest]
) -> tuple[dict[Digest, bytes], tuple[str, ...]]:
    """Makes masked copies of the review's own pictures; on a whole page other buyers stand too, so it stays here."""
    masked: dict[Digest, bytes] = {}
    problems: list[str] = []
    for capture in source.captures:
        for artifact in capture.artifacts:
            if artifact.kind is not ArtifactKind.ELEMENT_PNG or artifact.digest in gone:
                continue
            boxes = [box for box in capture.boxes if box.picture == artifact.digest]
            if _holds_private(artifacts, source, capture, gone) and not any(box.what == "other" for box in boxes):
                problems.append(
                    f"{MOMENT_WORDS[capture.moment]}: копия снимка не передана, в тексте отзыва личные данные, а их "
                    "место на снимке не отмечено"
                )
                continue
            try:
                masked[artifact.digest] = mask_boxes(artifacts.read(artifact.digest), boxes)
            except MaskingFailed:
                problems.append(f"{MOMENT_WORDS[capture.moment]}: копия со скрытыми личными данными не сделана")
    if masked:
        copies = {original: artifacts.put(data) for original, data in masked.items()}
        pairs = {original.hex: copy.hex for original, copy in copies.items()}
        with state.transaction() as tx:
            named = (*copies, *copies.values())
            note_custody(
                tx, source.case, "evidence.mask", actor=source.actor, artifacts=named, outputs={"copies": {**pairs}}
            )
    return masked, tuple(problems)


def _holds_private(
    artifacts: ArtifactStore, source: _Source, capture: CaptureManifest, gone: Collection[Digest]
) -> bool:
    """Whether the review's text, as it was sealed with this capture or is known now, tells who somebody is."""
    sealed = [
        parse_reading(artifacts.read(one.digest)).reading.get("text")
        for one in capture.artifacts
        if one.kind is ArtifactKind.REVIEW_READING and one.digest not in gone
    ]
    texts = [text for text in sealed if isinstance(text, str)] or [source.file.version.text]
    return any(find_private(text) for text in texts)


def _read_log(state: State) -> list[Entry]:
    with state.read() as tx:
        return [row.to_entry() for head in tx.journal.heads().values() for row in tx.journal.rows(head.chain)]


def _subjects_of(state: State, case: CaseRecord) -> tuple[SubjectId, ...]:
    with state.read() as tx:
        appeals = tx.appeals.of_case(case.id)
    named = (("review", case.review_id), ("case", case.id), *(("appeal", appeal.id) for appeal in appeals))
    return tuple(subject(kind, name) for kind, name in named)


def _extract(source: _Source, entries: list[Entry], wanted: tuple[SubjectId, ...]) -> tuple[Entry, ...]:
    extract = extract_for(entries, account=source.case.account_id, subjects=wanted)
    if source.variant == "full":
        return tuple(extract)
    return tuple(entry if _may_be_shared(entry) else entry.without_body() for entry in extract)


def _may_be_shared(entry: Entry) -> bool:
    try:
        body = entry.read_body()
    except EvidenceError:
        return False
    return body is not None and (bool(body.purges) or body.action in WORDLESS)


def _kept_back(state: State, case: CaseRecord) -> tuple[str, ...]:
    with state.read() as tx:
        return (*_KEPT_BACK, _NO_DIALOGUE) if tx.contacts.of_case(case.id) else _KEPT_BACK


def _absent_moments(captures: tuple[CaptureManifest, ...]) -> tuple[str, ...]:
    taken = {capture.moment for capture in captures}
    return tuple(f"записи нет: {MOMENT_WORDS[moment]}" for moment in _EXPECTED if moment not in taken)


def _hand_on(installation: OutgoingContext, source: _Source, order: BundleOrder, target: Path) -> HandedOn:
    workshop = Path(tempfile.mkdtemp(prefix=".fairreview-", dir=target.parent))
    try:
        is_zip = target.suffix.lower() == ".zip"
        folder = workshop / (target.stem if is_zip else target.name)
        bundle = export_bundle(order, installation.artifacts.read, folder, key=load_signing_key(installation.secrets))
        ready = folder
        if is_zip:
            ready = workshop / "bundle.zip"
            zip_bundle(folder, ready)
        _note_export(installation.state, source, bundle, target, checkpoint=order.checkpoint)
        while_held(lambda: ready.rename(target))
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return HandedOn(
        path=target,
        digest=bundle.digest,
        public_key=bundle.signature.public_key if bundle.signature else "",
        files=len(bundle.manifest.files),
        missing=bundle.manifest.missing,
    )


def _note_export(
    state: State, source: _Source, bundle: Bundle, target: Path, *, checkpoint: SignedCheckpoint | None
) -> None:
    with state.transaction() as tx:
        note_custody(
            tx,
            source.case,
            "evidence.export",
            actor=source.actor,
            artifacts=[capture.digest for capture in source.captures],
            inputs={"variant": source.variant, "name": target.name},
            outputs={
                "bundle": str(bundle.digest),
                "files": len(bundle.manifest.files),
                "checkpoint": checkpoint.checkpoint.number if checkpoint else 0,
            },
        )
    state.flush_mirror()
