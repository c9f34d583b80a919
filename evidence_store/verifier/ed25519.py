"""Ed25519 verification (RFC 8032, 5.1.7), written out so that a reader needs no package. Verification only: no secrets.

Strict where readers differ: S and both points must be canonical, neither point may be of small order, and the equation
is checked without the cofactor. What is accepted here is accepted by OpenSSL and libsodium too.
"""

from __future__ import annotations

import hashlib

FIELD = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE_D = -121665 * pow(121666, FIELD - 2, FIELD) % FIELD
ROOT_OF_MINUS_ONE = pow(2, (FIELD - 1) // 4, FIELD)
NEUTRAL = (0, 1, 1, 0)  # points are X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z


def signature_fits(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature (64 bytes) by a key (32 bytes) is over a message."""
    if len(key) != 32 or len(signature) != 64:
        return False
    public, commitment = decode_point(key), decode_point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if public is None or commitment is None or scalar >= ORDER:
        return False
    if has_small_order(public) or has_small_order(commitment):
        return False
    hashed = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    return same_point(multiply(scalar, BASE), add(commitment, multiply(hashed, public)))


def decode_point(data: bytes) -> tuple[int, int, int, int] | None:
    """Returns the point that 32 bytes name, None when they name none or not in the one canonical way."""
    sign, y = data[31] >> 7, int.from_bytes(data, "little") & (2**255 - 1)
    if y >= FIELD:
        return None
    top, bottom = (y * y - 1) % FIELD, (CURVE_D * y * y + 1) % FIELD
    x = top * pow(bottom, 3, FIELD) * pow(top * pow(bottom, 7, FIELD), (FIELD - 5) // 8, FIELD) % FIELD
    if (bottom * x * x + top) % FIELD == 0:
        x = x * ROOT_OF_MINUS_ONE % FIELD
    if (bottom * x * x - top) % FIELD != 0 or (x == 0 and sign == 1):
        return None
    if x & 1 != sign:
        x = FIELD - x
    return (x, y, 1, x * y % FIELD)


def add(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Adds two points; the formula is complete, so it also doubles."""
    a = (one[1] - one[0]) * (other[1] - other[0]) % FIELD
    b = (one[1] + one[0]) * (other[1] + other[0]) % FIELD
    c = 2 * one[3] * other[3] * CURVE_D % FIELD
    d = 2 * one[2] * other[2] % FIELD
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % FIELD, g * h % FIELD, f * g % FIELD, e * h % FIELD)


def multiply(scalar: int, point: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Multiplies a point by a number."""
    result = NEUTRAL
    while scalar > 0:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def same_point(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    """Whether two points are one."""
    return (one[0] * other[2] - other[0] * one[2]) % FIELD == 0 and (one[1] * other[2] - other[1] * one[2]) % FIELD == 0


def has_small_order(point: tuple[int, int, int, int]) -> bool:
    """Whether eight times the point is nothing: with such a key one signature fits many messages."""
    return same_point(multiply(8, point), NEUTRAL)


BASE = decode_point(bytes.fromhex("58" + "66" * 31)) or NEUTRAL
