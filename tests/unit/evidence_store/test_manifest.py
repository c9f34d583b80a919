from __future__ import annotations

import pytest
from pydantic import ValidationError

from evidence_store.artifacts import ArtifactKind
from evidence_store.digests import Digest
from evidence_store.errors import ArtifactMissing, Malformed, VersionUnknown
from evidence_store.findings import FindingKind, is_sound
from evidence_store.manifest import Completeness, parse_manifest
from evidence_store.verify import expected_digests, verify_capture, verify_manifest_chain
from tests.unit.evidence_store.samples import sample_artifact, sample_manifest


def reader(*contents: bytes) -> dict[Digest, bytes]:
    return {Digest.of(data): data for data in contents}


def read_from(items: dict[Digest, bytes], digest: Digest) -> bytes:
    try:
        return items[digest]
    except KeyError:
        raise ArtifactMissing("gone", where=str(digest)) from None


def test_a_manifest_comes_back_from_its_bytes() -> None:
    manifest = sample_manifest()
    assert parse_manifest(manifest.to_bytes()) == manifest


@pytest.mark.parametrize(
    "incomplete",
    [
        {"missing": ("mhtml: the browser did not answer",)},
        {"completeness": Completeness()},
        {"completeness": sample_manifest().completeness.model_copy(update={"images_decoded": 1})},
        {"completeness": sample_manifest().completeness.model_copy(update={"is_text_in_shot": False})},
        {"completeness": sample_manifest().completeness.model_copy(update={"dom_after": Digest.of(b"other")})},
    ],
)
def test_a_partial_capture_cannot_be_called_complete(incomplete: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="must be marked partial"):
        sample_manifest(**incomplete)
    assert sample_manifest(**incomplete, is_partial=True).partial_reasons()


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        (b"fairreview-capture/1", b"fairreview-capture/2", VersionUnknown),
        (b'"moment":"public"', b'"moment":"public","moment":"public"', Malformed),
        (b'"moment":"public"', b'"moment": "public"', Malformed),
        (b'"moment":"public"', b'"moment":"never"', Malformed),
        (b'"utc_offset_minutes":180', b'"utc_offset_minutes":NaN', Malformed),
        (b'"rung":"full_page"', b'"rang":"full_page"', Malformed),
    ],
)
def test_a_manifest_that_cannot_be_trusted_as_read_is_refused(old: bytes, new: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse_manifest(sample_manifest().to_bytes().replace(old, new))


def test_an_intact_capture_gives_no_finding() -> None:
    items = reader(b"picture")
    assert verify_capture(sample_manifest().to_bytes(), lambda digest: read_from(items, digest)) == []


def test_a_missing_and_a_changed_artifact_are_named() -> None:
    manifest = sample_manifest(artifacts=(sample_artifact(), sample_artifact(b"text", ArtifactKind.VISIBLE_TEXT)))
    items = {Digest.of(b"text"): b"tent"}
    found = verify_capture(manifest.to_bytes(), lambda digest: read_from(items, digest))
    assert [(finding.kind, finding.item) for finding in found] == [
        (FindingKind.MISSING, str(Digest.of(b"picture"))),
        (FindingKind.CHANGED, str(Digest.of(b"text"))),
    ]


def test_a_partial_capture_says_why_and_is_no_damage() -> None:
    manifest = sample_manifest(missing=("mhtml: no answer",), is_partial=True)
    (finding,) = verify_capture(manifest.to_bytes(), lambda _digest: b"picture")
    assert (finding.kind, finding.detail) == (FindingKind.PARTIAL, "mhtml: no answer")
    assert is_sound([finding])


def test_a_manifest_left_out_breaks_the_order_of_a_case() -> None:
    first = sample_manifest()
    second = sample_manifest(previous=first.digest, moment="account")
    third = sample_manifest(previous=second.digest, moment="confirmation")
    assert verify_manifest_chain([first, second, third]) == []
    (finding,) = verify_manifest_chain([first, third])
    assert (finding.kind, finding.item) == (FindingKind.CHAIN_BROKEN, str(third.digest))


def test_the_store_must_hold_manifests_and_what_they_name() -> None:
    manifest = sample_manifest()
    assert expected_digests([manifest]) == {manifest.digest, Digest.of(b"picture")}
