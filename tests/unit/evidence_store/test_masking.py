from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from evidence_store.artifacts import ArtifactKind
from evidence_store.digests import Digest
from evidence_store.errors import MaskingFailed
from evidence_store.manifest import Box
from evidence_store.masking import describe_masked, mask_boxes
from tests.unit.evidence_store.samples import sample_artifact


def original() -> bytes:
    image = Image.new("RGBA", (200, 100), (255, 255, 255, 0))
    ImageDraw.Draw(image).text((20, 20), "Maria", fill=(255, 0, 0, 255))
    info = PngInfo()
    info.add_text("Author", "Maria")
    buffer = BytesIO()
    image.save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def box(**changes: Any) -> Box:
    return Box(
        **{"what": "author_name", "picture": Digest.of(b"x"), "x": 18, "y": 18, "width": 60, "height": 20, **changes}
    )


def test_nothing_of_the_hidden_place_is_left() -> None:
    masked = mask_boxes(original(), [box()])
    with Image.open(BytesIO(masked)) as image:
        assert image.crop((18, 18, 78, 38)).getcolors() == [(60 * 20, (0, 0, 0))]
        assert image.mode == "RGB"
        assert image.info == {}
    assert b"Maria" not in masked


def test_the_rest_of_the_picture_stays() -> None:
    with Image.open(BytesIO(mask_boxes(original(), [box()]))) as image:
        assert image.size == (200, 100)
        assert image.getpixel((150, 80)) == (255, 255, 255)


@pytest.mark.parametrize("change", [{"x": -1}, {"y": 90}, {"width": 300}, {"width": 0}])
def test_a_box_that_is_not_on_the_picture_stops_the_masking(change: dict[str, int]) -> None:
    with pytest.raises(MaskingFailed):
        mask_boxes(original(), [box(**change)])


@pytest.mark.parametrize("data", [b"", b"not a picture", original()[:60]])
def test_an_unreadable_picture_stops_the_masking(data: bytes) -> None:
    with pytest.raises(MaskingFailed):
        mask_boxes(data, [box()])


def test_without_boxes_nothing_leaves_as_masked() -> None:
    with pytest.raises(MaskingFailed):
        mask_boxes(original(), [])


def test_a_masked_copy_is_marked_as_derived_from_its_original() -> None:
    source = sample_artifact(original())
    artifact = describe_masked(source, b"masked")
    assert (artifact.kind, artifact.derived_from, artifact.is_derived) == (ArtifactKind.MASKED_PNG, source.digest, True)
