"""The picture that goes with a card: a copy of the sealed one, small enough for a chat. The original is untouched."""

from __future__ import annotations

import io

from PIL import Image, UnidentifiedImageError

from evidence_store.digests import Digest
from evidence_store.errors import EvidenceError
from evidence_store.store import ArtifactStore
from monitor.outgoing.messengers import Picture
from monitor.state import State

WIDEST = 1280  # pixels: what phones show without a second download
TALLEST = 2560
MOST_BYTES = 1_000_000


def find_picture(state: State, artifacts: ArtifactStore, account_id: str, review_id: str) -> Picture | None:
    """Returns the newest public picture of a review, made small; None when there is none that can be read."""
    with state.read() as tx:
        rows = tx.artifacts.of_review(account_id, review_id)
    for row in reversed(rows):
        is_review = isinstance(row.notes, dict) and row.notes.get("kind") == "element_png"
        if is_review and row.moment == "public":
            try:
                return shrink(artifacts.read(Digest("sha256", row.sha256)), name=f"{review_id[:8]}.png")
            except (EvidenceError, UnidentifiedImageError, OSError):
                return None  # the card goes without it; `evidence verify` names what is damaged
    return None


def shrink(png: bytes, *, name: str) -> Picture:
    """Returns a copy that a chat takes: narrower, of a very tall picture its beginning, JPEG where PNG is too heavy."""
    with Image.open(io.BytesIO(png)) as image:
        copy = image.convert("RGB")
    copy = copy.crop((0, 0, copy.width, min(copy.height, copy.width * TALLEST // WIDEST)))
    copy.thumbnail((WIDEST, TALLEST))
    as_png = _saved(copy, "PNG")
    if len(as_png) <= MOST_BYTES:
        return Picture(name, "image/png", as_png)
    while len(as_jpeg := _saved(copy, "JPEG")) > MOST_BYTES:
        copy.thumbnail((copy.width * 3 // 4, copy.height * 3 // 4))
    return Picture(name.replace(".png", ".jpg"), "image/jpeg", as_jpeg)


def _saved(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, format=kind, optimize=True, quality=80)
    return out.getvalue()
