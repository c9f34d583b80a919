"""Pictures of the evidence as pages show them: copies made anew from the pixels; the originals stay where they are."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, UnidentifiedImageError

from evidence_store.digests import Digest
from evidence_store.errors import EvidenceError
from evidence_store.store import ArtifactStore
from monitor.state import State

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
