"""What was logged after a bundle was made: headers only, which tie a checkpoint newer than the bundle to it.

It needs no signature: whoever has the bundle's heads and the checkpoint's heads hashes from the ones to the others.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from evidence_store.artifacts import Sealed
from evidence_store.bundle import BUNDLE_PATH
from evidence_store.canonical import UtcTime, canonical_bytes, parse_canonical
from evidence_store.digests import Digest
from evidence_store.entries import Entry, Head, Header
from evidence_store.errors import Malformed, SealBroken
from evidence_store.private_dir import storage_errors

FORMAT: Literal["fairreview-continuation/1"] = "fairreview-continuation/1"
_LARGEST_LIST = 64 * 1024 * 1024  # bytes of a bundle's list


class Continuation(Sealed):
    """The headers that follow a bundle's log.

    Attributes:
        bundle: Digest of the bundle's list.
        headers: Each chain's in order, from the one after the bundle's head; chains that are new from their first.
    """

    format: Literal["fairreview-continuation/1"] = FORMAT
    installation: str
    created: UtcTime
    bundle: Digest
    headers: tuple[Header, ...]

    def to_bytes(self) -> bytes:
        """Returns the canonical bytes."""
        return canonical_bytes(self)


class BundleEnd(BaseModel):
    """Where a bundle's log ends, read from its list; the list's form may be an older one."""

    model_config = ConfigDict(frozen=True)

    installation: str
    heads: tuple[Head, ...]


def read_bundle_end(path: Path) -> tuple[BundleEnd, Digest]:
    """Reads where a bundle's log ends, and the digest of its list. The bundle is not checked here.

    Args:
        path: The bundle's folder or zip.

    Raises:
        Malformed: there is no list of a bundle.
        StorageUnavailable: it cannot be read.
    """
    source = path / BUNDLE_PATH if path.is_dir() else path
    if not source.is_file():
        raise Malformed("not a bundle: there is no list in it", where=str(path))
    with storage_errors(path):
        data = source.read_bytes() if path.is_dir() else _read_member(path)
    parse_canonical(data)
    try:
        return BundleEnd.model_validate_json(data), Digest.of(data)
    except ValidationError as error:
        raise Malformed("not the list of a bundle", where=str(path)) from error


def continue_log(end: BundleEnd, bundle: Digest, entries: Iterable[Entry], created: datetime) -> Continuation:
    """Makes the continuation of a bundle's log.

    Args:
        end: Where the bundle's log ends.
        bundle: Digest of the bundle's list.
        entries: The whole log as it is now, each chain in order.
        created: Now.

    Raises:
        SealBroken: at a head of the bundle the log has another entry, or none: it does not continue this bundle.
    """
    heads = {head.chain: head for head in end.heads if head.seq > 0}
    reached: set[str] = set()
    headers: list[Header] = []
    for entry in entries:
        head = heads.get(entry.header.chain)
        if head is None or entry.header.seq > head.seq:
            headers.append(entry.header)
        elif entry.header.seq == head.seq and entry.header.compute_digest() == head.digest:
            reached.add(head.chain)
    for chain in sorted(heads.keys() - reached):
        raise SealBroken(
            "the log here does not continue this bundle: it has another entry, or none, where the bundle ends",
            where=f"{chain}#{heads[chain].seq}",
            hint="`fairreview evidence verify` looks at the log.",
        )
    return Continuation(installation=end.installation, created=created, bundle=bundle, headers=tuple(headers))


def _read_member(path: Path) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            (name,) = [each for each in archive.namelist() if f"/{each}".endswith(f"/{BUNDLE_PATH}")]
            with archive.open(name) as stream:
                return stream.read(_LARGEST_LIST)
    except (ValueError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise Malformed("not a bundle: there is no list in it", where=str(path)) from error
