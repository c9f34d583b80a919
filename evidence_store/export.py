"""Writing a bundle: one folder that a stranger can check without this program.

The folder is a bag (BagIt). ``data/`` holds originals, log extract and documents; beside it lie ``verify.py``, which
needs only Python, and a page for people who do not. Everything is written to a folder with another name first, so an
interrupted export never looks like a bundle.
"""

from __future__ import annotations

import os
import secrets
import shutil
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Literal

from evidence_store.artifacts import Artifact
from evidence_store.bagit import (
    DECLARATION,
    DECLARATION_PATH,
    INFO_PATH,
    PAYLOAD,
    PAYLOAD_LIST_PATH,
    TAG_LIST_PATH,
    digest_list,
    info_file,
    payload_list,
)
from evidence_store.bundle import (
    BUNDLE_PATH,
    CHECKPOINT_PATH,
    LOG_PATH,
    SIGNATURE_PATH,
    BundleFile,
    BundleManifest,
    CaptureInBundle,
    StampInBundle,
    Variant,
    Withheld,
    may_be_shared,
)
from evidence_store.canonical import canonical_bytes, format_utc
from evidence_store.digests import Digest
from evidence_store.entries import Entry, SubjectId
from evidence_store.errors import ExportFailed
from evidence_store.exhibits import (
    FILE_NAME,
    KIND_WORDS,
    MOMENT_WORDS,
    SHORTFALL_WORDS,
    describe_third_party_time,
    exhibit_name,
)
from evidence_store.extract import heads_of
from evidence_store.how_to_verify import render_how_to_verify
from evidence_store.manifest import CaptureManifest, Operator
from evidence_store.placing import while_held
from evidence_store.private_dir import DIR_MODE, PrivateDir, storage_errors
from evidence_store.seal import Purpose, Signature, SignedCheckpoint, SigningKey, TimeStamp
from evidence_store.verifier_program import render_verifier
from evidence_store.verify import ReadBytes

VERIFIER_PATH = "verify.py"
PAGE_PATH = "kak-proverit.html"


@dataclass(frozen=True, slots=True)
class Document:
    """A document made for the bundle: the act, the request to a notary, a replayable archive.

    Attributes:
        name: File name: lower-case ASCII letters, digits, dot and hyphen.
        what: What it is, in words.
    """

    name: str
    data: bytes
    what: str


@dataclass(frozen=True, slots=True)
class BundleOrder:
    """What goes into a bundle.

    Attributes:
        account: Whose case it is; with ``subjects`` what the extract was made for.
        captures: The case's captures in the order of the log.
        entries: The log extract, as ``extract_for`` made it.
        checkpoint: The newest signed checkpoint, None when there is none.
        time_stamps: Third parties' stamps over captures; the checkpoint brings its own.
        documents: Derived documents.
        masked: For a shareable bundle: digest of an original picture to its masked copy.
        purged: Digests that were purged by rule; their absence is said, not found.
        missing: What should be here and is not, in words.
    """

    case_id: str
    account: str
    subjects: tuple[SubjectId, ...]
    title: str
    created: datetime
    exported_by: Operator
    installation: str
    variant: Variant
    software: Mapping[str, str]
    captures: tuple[CaptureManifest, ...]
    entries: tuple[Entry, ...]
    checkpoint: SignedCheckpoint | None = None
    time_stamps: tuple[TimeStamp, ...] = ()
    documents: tuple[Document, ...] = ()
    masked: Mapping[Digest, bytes] = field(default_factory=dict)
    purged: frozenset[Digest] = frozenset()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bundle:
    """A finished bundle: where it lies, what it says, and the digest to write down elsewhere."""

    folder: Path
    manifest: BundleManifest
    digest: Digest
    signature: Signature | None


def export_bundle(order: BundleOrder, read: ReadBytes, folder: Path, *, key: SigningKey | None) -> Bundle:
    """Writes a bundle to a new folder.

    Args:
        order: What goes in.
        read: Gives an artifact's bytes and hashes them again (``ArtifactStore.read``).
        folder: Where; must not be there yet.
        key: Signs the bundle; None leaves it unsigned, which the bundle says.

    Raises:
        ExportFailed: the folder is there already, or a name is not allowed.
        ArtifactMissing, ArtifactDamaged: evidence that should go in is not as it was stored; nothing was exported.
        StorageFull, StorageUnavailable: the folder could not be written.
    """
    if folder.exists():
        raise ExportFailed("there is something under this name already", where=str(folder), hint="Choose a new name.")
    staging = folder.with_name(f".{folder.name}.unfinished-{secrets.token_hex(4)}")
    try:
        with storage_errors(staging):
            staging.mkdir(mode=DIR_MODE)
        bundle = _Writer(order, read, staging).write(key)
        with storage_errors(folder):
            while_held(lambda: staging.rename(folder))
        with PrivateDir.open_root(folder.parent) as parent:
            parent.sync()
    except BaseException:  # Ctrl-C too: no half bundle may stay; raised on
        shutil.rmtree(staging, ignore_errors=True)
        raise
    return Bundle(folder, bundle.manifest, bundle.digest, bundle.signature)


def zip_bundle(folder: Path, target: Path) -> None:
    """Packs a bundle's folder into one zip file whose members lie under the folder's name.

    Raises:
        ExportFailed: something is under the target's name already.
        StorageFull, StorageUnavailable: the file could not be written.
    """
    with storage_errors(target):
        try:
            fd = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        except FileExistsError as error:
            raise ExportFailed("there is something under this name already", where=str(target)) from error
        with os.fdopen(fd, "wb") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
                for path in sorted(each for each in folder.rglob("*") if each.is_file()):
                    archive.write(path, f"{folder.name}/{path.relative_to(folder).as_posix()}")
            stream.flush()
            os.fsync(stream.fileno())


class _Writer:
    """Writes one bundle into a staging folder and keeps count of what it wrote."""

    def __init__(self, order: BundleOrder, read: ReadBytes, folder: Path) -> None:
        self._order = order
        self._read = read
        self._folder = folder
        self._files: list[BundleFile] = []
        self._withheld: list[Withheld] = []
        self._captures: list[CaptureInBundle] = []
        self._stamps: list[StampInBundle] = []

    def write(self, key: SigningKey | None) -> Bundle:
        for number, capture in enumerate(self._order.captures, 1):
            self._add_capture(number, capture)
        self._add(LOG_PATH, b"".join(entry.to_line() for entry in self._order.entries), "выписка из журнала действий")
        if self._order.checkpoint is not None:
            self._add(CHECKPOINT_PATH, self._order.checkpoint.to_bytes(), "подписанная контрольная точка журнала")
        self._add_stamps()
        for document in self._order.documents:
            self._add_document(document)
        self._add_root_files(key.public_key if key else None)
        manifest = self._manifest()
        data = manifest.to_bytes()
        sealed = {BUNDLE_PATH: data}
        signature = key.sign(data, Purpose.BUNDLE) if key else None
        if signature is not None:
            sealed[SIGNATURE_PATH] = canonical_bytes(signature)
        for path, content in sealed.items():
            self._write(path, content)
        self._write_bag_lists({path: Digest.of(content) for path, content in sealed.items()})
        return Bundle(self._folder, manifest, Digest.of(data), signature)

    def _add_capture(self, number: int, capture: CaptureManifest) -> None:
        folder = f"data/captures/{number:02d}-{capture.moment}"
        data = capture.to_bytes()
        path = f"{folder}/manifest.json"
        self._add(path, data, f"описание записи {number}: {MOMENT_WORDS[capture.moment]}")
        self._captures.append(CaptureInBundle(moment=capture.moment, path=path, digest=Digest.of(data)))
        for index, artifact in enumerate(capture.artifacts, 1):
            self._add_artifact(f"{folder}/{index:02d}-{exhibit_name(artifact)}", artifact)

    def _add_artifact(self, path: str, artifact: Artifact) -> None:
        if artifact.digest in self._order.purged:
            self._withheld.append(Withheld(digest=artifact.digest, kind=artifact.kind, reason="purged"))
        elif self._order.variant == "full" or may_be_shared(artifact):
            self._add(path, self._read(artifact.digest), KIND_WORDS[artifact.kind], is_derived=artifact.is_derived)
        else:
            self._withhold(path, artifact)

    def _withhold(self, path: str, artifact: Artifact) -> None:
        masked = self._order.masked.get(artifact.digest)
        masked_path = None
        if masked is not None:
            masked_path = str(PurePosixPath(path).with_suffix(".masked.png"))
            self._add(masked_path, masked, "копия со скрытыми личными данными", is_derived=True)
        self._withheld.append(
            Withheld(digest=artifact.digest, kind=artifact.kind, reason="personal_data", replaced_by=masked_path)
        )

    def _add_stamps(self) -> None:
        order = self._order
        given: list[tuple[Literal["capture", "checkpoint"], TimeStamp]] = []
        given += [("capture", stamp) for stamp in order.time_stamps]
        given += [("checkpoint", stamp) for stamp in (order.checkpoint.time_stamps if order.checkpoint else ())]
        for number, (covers, stamp) in enumerate(given, 1):
            path = f"data/time-stamps/{number:02d}-{covers}.tsr"
            self._add(path, stamp.token_bytes, f"отметка времени: {stamp.authority}")
            self._stamps.append(
                StampInBundle(path=path, authority=stamp.authority, at=stamp.at, covers=covers, over=stamp.over)
            )

    def _add_document(self, document: Document) -> None:
        if FILE_NAME.fullmatch(document.name) is None:
            raise ExportFailed("not a name for a document", where=document.name[:100])
        self._add(f"data/documents/{document.name}", document.data, document.what, is_derived=True)

    def _manifest(self) -> BundleManifest:
        order = self._order
        return BundleManifest(
            case_id=order.case_id,
            account=order.account,
            subjects=order.subjects,
            title=order.title,
            created=order.created,
            exported_by=order.exported_by,
            installation=order.installation,
            variant=order.variant,
            software=dict(order.software),
            files=tuple(self._files),
            captures=tuple(self._captures),
            withheld=tuple(self._withheld),
            time_stamps=tuple(self._stamps),
            heads=heads_of(order.entries),
            missing=(
                *order.missing,
                *_shortfalls(order.captures),
            ),
            third_party_time=describe_third_party_time(order.time_stamps, order.checkpoint),
        )

    def _add_root_files(self, public_key: str | None) -> None:
        """Adds what lies beside ``data/``: it is in the signed list, so it cannot name the list's own digest."""
        order = self._order
        info = {
            "External-Identifier": order.case_id,
            "External-Description": order.title,
            "Bagging-Date": format_utc(order.created)[:10],
            "Bag-Software-Agent": " ".join(f"{name}/{version}" for name, version in order.software.items()),
        }
        page = render_how_to_verify(self._manifest(), public_key).encode()
        self._add(DECLARATION_PATH, DECLARATION, "пакет в форме BagIt")
        self._add(INFO_PATH, info_file(info), "сведения о пакете")
        self._add(VERIFIER_PATH, render_verifier(), "программа проверки")
        self._add(PAGE_PATH, page, "как проверить")

    def _write_bag_lists(self, sealed: Mapping[str, Digest]) -> None:
        digests = {file.path: file.digest for file in self._files} | dict(sealed)
        payload = {path: digest for path, digest in digests.items() if path.startswith(f"{PAYLOAD}/")}
        listed = payload_list(payload)
        tags = {path: digest for path, digest in digests.items() if path not in payload}
        tags[PAYLOAD_LIST_PATH] = Digest.of(listed)
        self._write(PAYLOAD_LIST_PATH, listed)
        self._write(TAG_LIST_PATH, digest_list(tags))

    def _add(self, path: str, data: bytes, what: str, *, is_derived: bool = False) -> None:
        self._write(path, data)
        file = BundleFile(path=path, digest=Digest.of(data), size=len(data), what=what, is_derived=is_derived)
        self._files.append(file)

    def _write(self, path: str, data: bytes) -> None:
        target = self._folder / path
        with storage_errors(target):
            for parent in reversed(target.relative_to(self._folder).parents[:-1]):
                (self._folder / parent).mkdir(mode=DIR_MODE, exist_ok=True)
        with PrivateDir.open_root(target.parent) as folder:
            folder.write_durably(target.name, data)


def _shortfalls(captures: Iterable[CaptureManifest]) -> list[str]:
    return [
        f"{MOMENT_WORDS[capture.moment]}: {SHORTFALL_WORDS.get(reason, reason)}"
        for capture in captures
        for reason in capture.partial_reasons()
    ]
