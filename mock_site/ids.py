"""Identifiers of the mock: deterministic, and shaped like the site's own."""

from __future__ import annotations

import hashlib
import random
import uuid

_LOCATOR_BITS = 32
_LOCATOR_MASK = (1 << _LOCATOR_BITS) - 1


def uuid7(unix_ms: int, rng: random.Random, *, locator: int | None = None) -> str:
    """Makes a UUIDv7 for a moment.

    Args:
        unix_ms: Milliseconds since 1970, kept in the first 48 bits.
        rng: Source of the random bits.
        locator: A number below 2**32 hidden in the last bits, so that a generated review's product is found
            without an index over all reviews.
    """
    tail = rng.getrandbits(62)
    if locator is not None:
        tail = (tail & ~_LOCATOR_MASK) | _mix(locator)
    value = (unix_ms & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76 | rng.getrandbits(12) << 64 | 0b10 << 62 | tail
    return str(uuid.UUID(int=value))


def locator_of(review_uuid: str) -> int | None:
    """Reads the locator back; None when the text is not a UUID."""
    try:
        value = uuid.UUID(review_uuid).int
    except ValueError:
        return None
    return _mix(value & _LOCATOR_MASK)


def _mix(number: int) -> int:
    return number ^ 0x5BD1E995


def guid(*parts: object) -> str:
    """A stable GUID made from any parts, version 4 in shape."""
    digest = hashlib.sha256(repr(parts).encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


def author_guid(review_uuid: str) -> str:
    """The GUID of a review's author; it carries the review's locator, so his reviews are found without an index."""
    return guid("author", review_uuid)[:-8] + review_uuid[-8:]


def token(*parts: object, length: int = 32) -> str:
    """A stable opaque token; fit for a loopback mock only."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:length]
