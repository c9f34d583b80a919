"""Hiding personal data in a copy of a picture. The original is never touched; the copy is marked as derived."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw, UnidentifiedImageError

from evidence_store.artifacts import Artifact, ArtifactKind
from evidence_store.digests import Digest
from evidence_store.errors import MaskingFailed
from evidence_store.manifest import Box
from evidence_store.sentences import sentence

MAX_PIXELS = 120_000_000  # a full-page picture of our own browser; foreign pictures are capped by ``intake``
_MARGIN = 3  # pixels; the edge of a letter may lie on the edge of its box


def mask_boxes(picture: bytes, boxes: Sequence[Box]) -> bytes:
    """Returns a PNG in which the boxes are solid black and which carries no metadata.

    Args:
        picture: The original PNG.
        boxes: What to hide, in pixels of this picture.

    Raises:
        MaskingFailed: the picture cannot be read, or a box does not lie on it: then its content is somewhere else,
            and the copy must not leave.
    """
    if not boxes:
        raise MaskingFailed("nothing was named to hide", hint="Look at the picture and name the places yourself.")
    image = _opened(picture)
    draw = ImageDraw.Draw(image)
    for box in boxes:
        right, bottom = box.x + box.width, box.y + box.height
        if box.x < 0 or box.y < 0 or right > image.width or bottom > image.height or not box.width or not box.height:
            raise MaskingFailed(
                sentence("the box of {what} does not lie on the picture", what=box.what), where=str(box.picture)
            )
        draw.rectangle((box.x - _MARGIN, box.y - _MARGIN, right + _MARGIN, bottom + _MARGIN), fill=(0, 0, 0))
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def describe_masked(original: Artifact, masked: bytes) -> Artifact:
    """Describes a masked copy: derived, with the digest of what it was made of."""
    return Artifact(
        kind=ArtifactKind.MASKED_PNG,
        media_type="image/png",
        digest=Digest.of(masked),
        size=len(masked),
        note="personal data hidden",
        derived_from=original.digest,
    )


def _opened(picture: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(picture), formats=("PNG",)) as source:
            if source.width * source.height > MAX_PIXELS:
                raise MaskingFailed("the picture is too big", where=f"{source.width} x {source.height}")
            # Drawing onto a fresh picture leaves text chunks, EXIF and hidden transparent pixels behind.
            clean = Image.new("RGB", source.size, (255, 255, 255))
            clean.paste(source.convert("RGB"))
            return clean
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise MaskingFailed("the picture cannot be read") from error
