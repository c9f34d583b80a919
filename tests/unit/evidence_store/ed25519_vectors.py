"""Signatures that must be taken and that must be refused; both verifiers of bundles get all of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence_store.verifier.ed25519 import (
    BASE,
    FIELD,
    NEUTRAL,
    ORDER,
    add,
    decode_point,
    multiply,
    same_point,
)

Point = tuple[int, int, int, int]


@dataclass(frozen=True)
class Vector:
    name: str
    key: bytes
    message: bytes
    signature: bytes
    is_good: bool


# RFC 8032, 7.1: public key, message, signature.
_RFC = (
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe"
            "24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302a"
            "eeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed2"
            "8dc027beceea1ec40a"
        ),
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        hashlib.sha512(b"abc").hexdigest(),
        (
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac1"
            "7ad9bef1177331a704"
        ),
    ),
)


def encode(point: Point, *, sign: int | None = None) -> bytes:
    """Returns the 32 bytes of a point; another sign makes an encoding that names it wrongly."""
    inverse = pow(point[2], FIELD - 2, FIELD)
    x, y = point[0] * inverse % FIELD, point[1] * inverse % FIELD
    return (y | ((x & 1 if sign is None else sign) << 255)).to_bytes(32, "little")


def small_points() -> list[Point]:
    """Returns the eight points of small order."""
    for y in range(2, 100):
        point = decode_point(y.to_bytes(32, "little"))
        torsion = multiply(ORDER, point) if point else NEUTRAL
        if not same_point(multiply(4, torsion), NEUTRAL):
            return [multiply(times, torsion) for times in range(8)]
    raise AssertionError("no point of order eight")


def hashed(commitment: bytes, key: bytes, message: bytes) -> int:
    return int.from_bytes(hashlib.sha512(commitment + key + message).digest(), "little") % ORDER


def fitting(key: bytes, public: Point, commitment: bytes, point: Point, scalar: int) -> bytes:
    """Finds a message for which a signature satisfies the bare equation, as careless verifiers check it."""
    for number in range(4000):
        message = b"%d" % number
        right = add(point, multiply(hashed(commitment, key, message), public))
        if same_point(multiply(scalar, BASE), right):
            return message
    raise AssertionError("no message fits")


def vectors() -> Iterator[Vector]:
    """Yields all of them."""
    for number, (key, message, signature) in enumerate(_RFC, 1):
        taken = bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signature)
        yield Vector(f"RFC 8032 no {number}", *taken, is_good=True)
        yield Vector(f"RFC 8032 no {number}, other message", taken[0], taken[1] + b"x", taken[2], is_good=False)
    yield from _malformed()
    yield from _of_small_order()


def _malformed() -> Iterator[Vector]:
    private = Ed25519PrivateKey.from_private_bytes(b"v" * 32)
    key, message = private.public_key().public_bytes_raw(), b"message"
    good = private.sign(message)
    scalar = int.from_bytes(good[32:], "little")
    for times in (1, 2, 3, 7, 14):
        if scalar + times * ORDER < 2**256:
            yield Vector(f"S + {times}L", key, message, _with_scalar(good, scalar + times * ORDER), is_good=False)
    for value in (ORDER, 2**255 - 1, 2**256 - 1):
        yield Vector(f"S = {value:x}", key, message, _with_scalar(good, value), is_good=False)
    for length in (0, 31, 33, 63):
        yield Vector(f"key of {length}", (key * 2)[:length], message, good, is_good=False)
        yield Vector(f"signature of {length}", key, message, good[:length], is_good=False)
    yield Vector("signature of 65", key, message, good + b"\0", is_good=False)
    yield Vector("zeros", b"\0" * 32, message, b"\0" * 64, is_good=False)
    for place in (0, 20, 31, 32, 50, 63):
        bent = bytes(byte ^ (1 if number == place else 0) for number, byte in enumerate(good))
        yield Vector(f"bit of byte {place}", key, message, bent, is_good=False)
    off_curve = next(y for y in range(2, 99) if decode_point(y.to_bytes(32, "little")) is None)
    for name, bad in (("not on the curve", off_curve), ("y = p + 1", FIELD + 1), ("y = 2^255 - 1", 2**255 - 1)):
        yield Vector(f"key {name}", bad.to_bytes(32, "little"), message, good, is_good=False)
        yield Vector(f"R {name}", key, message, bad.to_bytes(32, "little") + good[32:], is_good=False)


def _of_small_order() -> Iterator[Vector]:
    key = Ed25519PrivateKey.from_private_bytes(b"w" * 32).public_key().public_bytes_raw()
    for number, point in enumerate(small_points()):
        public = encode(point)
        commitment = encode(multiply(5, BASE))
        message = fitting(public, point, commitment, multiply(5, BASE), 5)
        signature = commitment + (5).to_bytes(32, "little")
        yield Vector(f"key of small order {number}", public, message, signature, is_good=False)
        nothing = public + bytes(32)
        both = fitting(public, point, public, point, 0)
        yield Vector(f"key and R of small order {number}", public, both, nothing, is_good=False)
        yield Vector(f"R of small order {number}", key, b"message", nothing, is_good=False)
    for name, encoded in (("1", 1), ("-1", FIELD - 1), ("1 + p", FIELD + 1)):
        for sign in (0, 1):
            public = (encoded | sign << 255).to_bytes(32, "little")
            yield Vector(f"key y = {name}, sign {sign}", public, b"message", public + bytes(32), is_good=False)


def _with_scalar(signature: bytes, scalar: int) -> bytes:
    return signature[:32] + scalar.to_bytes(32, "little")
