"""The verifier's own Ed25519: the standard's vectors, known bad input, and OpenSSL's answer to whatever comes."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_store.verifier.ed25519 import BASE, NEUTRAL, ORDER, decode_point, multiply, same_point, signature_fits
from tests.unit.evidence_store.ed25519_vectors import Vector, encode, small_points, vectors

VECTORS = list(vectors())


@pytest.mark.parametrize("vector", VECTORS, ids=[vector.name for vector in VECTORS])
def test_good_signatures_are_taken_and_bad_ones_refused(vector: Vector) -> None:
    assert signature_fits(vector.key, vector.message, vector.signature) is vector.is_good


def test_the_points_are_those_of_the_standard() -> None:
    assert same_point(multiply(ORDER, BASE), NEUTRAL)
    assert not same_point(multiply(8, BASE), NEUTRAL)
    assert len({encode(point) for point in small_points()}) == 8
    assert decode_point(encode(multiply(123456789, BASE))) is not None


@settings(deadline=None, max_examples=60)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=300), st.integers(0, 95), st.integers(0, 255))
def test_openssl_says_the_same(seed: bytes, message: bytes, place: int, bits: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    both = bytearray(private.public_key().public_bytes_raw() + private.sign(message))
    both[place] ^= bits
    key, signature = bytes(both[:32]), bytes(both[32:])
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        expected = True
    except (InvalidSignature, ValueError):
        expected = False
    assert signature_fits(key, message, signature) is expected
    assert expected is (bits == 0)
