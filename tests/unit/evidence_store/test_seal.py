from __future__ import annotations

import pytest
from pydantic import ValidationError

from evidence_store.errors import Malformed, SealBroken
from evidence_store.findings import FindingKind, is_sound
from evidence_store.journal import Checkpoint
from evidence_store.seal import (
    Purpose,
    SigningKey,
    TimeStamp,
    parse_signed_checkpoint,
    sign_checkpoint,
    sign_manifest,
    verify_checkpoint,
    verify_manifest_signature,
    verify_signature,
)
from tests.unit.evidence_store.samples import MOMENT, sample_chain, sample_manifest

K = FindingKind
KEY = SigningKey.load(b"k" * 32)


def sample_checkpoint() -> Checkpoint:
    return Checkpoint(installation="i" * 32, number=1, at=MOMENT, heads=(sample_chain(2)[-1].head,))


def test_a_key_comes_back_from_its_raw_bytes_and_never_prints_them() -> None:
    key = SigningKey.generate()
    assert SigningKey.load(key.raw).public_key == key.public_key
    assert key.raw.hex() not in repr(key) + str(key)


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(SealBroken):
        SigningKey.load(b"short")


def test_a_signed_checkpoint_verifies_with_the_key_known_from_elsewhere() -> None:
    signed = parse_signed_checkpoint(sign_checkpoint(sample_checkpoint(), KEY).to_bytes())
    assert [finding.kind for finding in verify_checkpoint(signed, trusted=[KEY.public_key])] == [K.NO_THIRD_PARTY_TIME]
    assert signed.third_party_time == "none"


def test_a_signature_of_an_unknown_key_is_named() -> None:
    signed = sign_checkpoint(sample_checkpoint(), SigningKey.generate())
    assert K.KEY_UNKNOWN in [finding.kind for finding in verify_checkpoint(signed)]
    assert is_sound(verify_checkpoint(signed))
    assert not is_sound(verify_checkpoint(signed, trusted=[KEY.public_key]))


def test_a_changed_checkpoint_does_not_verify() -> None:
    signed = sign_checkpoint(sample_checkpoint(), KEY)
    changed = signed.model_copy(update={"checkpoint": signed.checkpoint.model_copy(update={"number": 2})})
    assert K.SIGNATURE_WRONG in [finding.kind for finding in verify_checkpoint(changed)]


def test_a_signature_for_one_purpose_is_not_one_for_another() -> None:
    signature = KEY.sign(b"payload", Purpose.MANIFEST)
    assert is_sound(verify_signature(signature, b"payload", Purpose.MANIFEST, trusted=[KEY.public_key]))
    moved = signature.model_copy(update={"purpose": Purpose.BUNDLE})
    assert not is_sound(verify_signature(moved, b"payload", Purpose.BUNDLE, trusted=[KEY.public_key]))
    assert not is_sound(verify_signature(signature, b"payload", Purpose.BUNDLE, trusted=[KEY.public_key]))


def test_a_manifest_signature_covers_every_byte() -> None:
    manifest = sample_manifest()
    signature = sign_manifest(manifest, KEY)
    assert verify_manifest_signature(manifest.to_bytes(), signature, trusted=[KEY.public_key]) == []
    changed = manifest.to_bytes().replace(b"seen=1", b"seen=2")
    assert not is_sound(verify_manifest_signature(changed, signature, trusted=[KEY.public_key]))


def test_a_time_stamp_over_something_else_is_named() -> None:
    signed = sign_checkpoint(sample_checkpoint(), KEY)
    stamp = TimeStamp(authority="https://tsa.test", over=sample_manifest().digest, at=MOMENT, token="AAAA")
    findings = verify_checkpoint(signed.model_copy(update={"time_stamps": (stamp,)}), trusted=[KEY.public_key])
    assert [finding.kind for finding in findings] == [K.TIME_STAMP_WRONG]


def test_a_token_that_is_not_base64_is_refused() -> None:
    with pytest.raises(ValidationError):
        TimeStamp(authority="x", over=sample_manifest().digest, at=MOMENT, token="not base64!")


def test_bytes_that_are_no_signed_checkpoint_are_malformed() -> None:
    with pytest.raises(Malformed):
        parse_signed_checkpoint(b"{}")
