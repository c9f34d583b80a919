"""The certificates of a time stamp in the order that DER asks of a set.

Authorities that run plain ``openssl ts -reply`` answer with their certificates in the order of their own files.
OpenSSL reads that, stricter readers do not. The set is not covered by the signature, so a copy with the set in order is
the same stamp; the answer itself is kept as it came.
"""

from __future__ import annotations

from collections.abc import Iterator

_CONTEXT_0 = 0xA0


def in_der_order(answer: bytes) -> bytes:
    """Returns an RFC 3161 answer with its certificates in order; what is no such answer comes back as it is."""
    try:
        found = find_certificates(answer)
    except (IndexError, ValueError, StopIteration):
        return answer
    if found is None:
        return answer
    start, end = found
    try:
        parts = [answer[at:after] for _tag, at, _body, after in _elements(answer, start, end)]
    except (IndexError, ValueError):
        return answer
    return answer[:start] + b"".join(sorted(parts)) + answer[end:]


def find_certificates(answer: bytes) -> tuple[int, int] | None:
    """Finds answer → content → signed data → [0] certificates; returns where the set's elements begin and end.

    Raises:
        IndexError, ValueError, StopIteration: it is no answer in DER.
    """
    _tag, _at, body, end = next(_elements(answer, 0, len(answer)))
    parts = list(_elements(answer, body, end))
    if len(parts) < 2:
        return None  # refused: there is no stamp in it
    wrapped = list(_elements(answer, parts[1][2], parts[1][3]))
    if len(wrapped) < 2 or wrapped[1][0] != _CONTEXT_0:
        return None
    _tag, _at, body, end = next(_elements(answer, wrapped[1][2], wrapped[1][3]))
    for tag, _at, inner, after in _elements(answer, body, end):
        if tag == _CONTEXT_0:
            return inner, after
    return None


def _elements(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Yields tag, begin, begin of the content, and end of each element.

    Raises:
        ValueError, IndexError: the bytes are not DER.
    """
    while start < end:
        tag, length, body = data[start], data[start + 1], start + 2
        if length & 0x80:
            count = length & 0x7F
            if not 1 <= count <= 4:
                raise ValueError("a length that DER does not have")
            length = int.from_bytes(data[body : body + count], "big")
            body += count
        if body + length > end:
            raise ValueError("an element that is longer than what holds it")
        yield tag, start, body, body + length
        start = body + length
