"""Pictures of the evidence as pages show them: copies made anew from the pixels; the originals stay where they are."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, UnidentifiedImageError

from evidence_store.digests import Digest
from evidence_store.errors import EvidenceError
from evidence_store.store import ArtifactStore
from monitor.state import State, Transaction
from monitor.state.appeals import AppealRecord

THUMB, WHOLE = 360, 1600
"""Pixels of width: in a list, and alone on a page."""
_TALLEST = {THUMB: 225, WHOLE: 6000}


class PictureMissing(LookupError):
    """There is no such picture, or it cannot be read; ``evidence verify`` says which."""


def show_picture(state: State, artifacts: ArtifactStore, artifact_id: str, *, width: int) -> bytes:
    """Returns a copy of a picture as JPEG: no wider, of a tall one its beginning.

    Args:
        state: The store.
        artifacts: The evidence store.
        artifact_id: The capture's picture, as the index names it.
        width: ``THUMB`` or ``WHOLE``.

    Raises:
        PictureMissing: there is none of this id, it is no picture, or it is damaged.
    """
    with state.read() as tx:
        row = tx.artifacts.get(artifact_id)
    if row is None or row.media_type not in {"image/png", "image/jpeg"}:
        raise PictureMissing(artifact_id)
    try:
        return _copy(artifacts, row.sha256, width)
    except (EvidenceError, UnidentifiedImageError, Image.DecompressionBombError, OSError) as error:
        raise PictureMissing(artifact_id) from error


def form_picture(tx: Transaction, appeal: AppealRecord) -> str | None:
    """Returns the digest of the newest picture of an appeal's filled form that was looked at and left; None: none."""
    for row in reversed(tx.journal.about(appeal.account_id, appeal.id)):
        if row.action != "appeal.preview_live":
            continue
        try:
            body = row.to_entry().read_body()
        except EvidenceError:
            body = None
        if body is not None and len(body.artifacts) > 1:  # the page's manifest, then the picture
            return body.artifacts[-1].hex
    return None


def show_form(state: State, artifacts: ArtifactStore, appeal_id: str, *, width: int) -> bytes:
    """Returns a copy of the newest picture of an appeal's filled form.

    Raises:
        PictureMissing: the form was not filled yet, or its picture cannot be read.
    """
    with state.read() as tx:
        appeal = tx.appeals.get(appeal_id)
        digest = form_picture(tx, appeal) if appeal else None
    if digest is None:
        raise PictureMissing(appeal_id[:80])
    try:
        return _copy(artifacts, digest, width)
    except (EvidenceError, UnidentifiedImageError, Image.DecompressionBombError, OSError) as error:
        raise PictureMissing(appeal_id) from error


@lru_cache(maxsize=256)
def _copy(artifacts: ArtifactStore, sha256: str, width: int) -> bytes:
    with Image.open(io.BytesIO(artifacts.read(Digest("sha256", sha256)))) as image:
        copy = image.convert("RGB")
    tallest = _TALLEST[width]
    copy = copy.crop((0, 0, copy.width, min(copy.height, max(1, copy.width * tallest // width))))
    copy.thumbnail((width, tallest))
    out = io.BytesIO()
    copy.save(out, format="JPEG", quality=78, optimize=True)
    return out.getvalue()
