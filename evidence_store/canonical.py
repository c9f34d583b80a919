"""The one canonical form of everything that is hashed or signed.

The form is a subset of RFC 8785 (JSON Canonicalization Scheme), so any implementation of that can check it:
UTF-8 without BOM, no white space, object keys in code point order, the shortest escapes, no Unicode normalisation.
It is narrower in two places where implementations differ: numbers are integers within ±(2^53 - 1), and keys are
printable ASCII (there the UTF-16 order of RFC 8785 and code point order agree). Floats, NaN and lone surrogates have
no canonical form.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, NoReturn

from pydantic import AwareDatetime, BaseModel, JsonValue
from pydantic.functional_serializers import PlainSerializer
from pydantic.functional_validators import AfterValidator

from evidence_store.errors import Malformed, NotCanonicalizable

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 40


def format_utc(moment: datetime) -> str:
    """Formats an aware moment as UTC with microseconds, always the same length."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


UtcTime = Annotated[
    AwareDatetime,
    AfterValidator(lambda moment: moment.astimezone(UTC)),
    PlainSerializer(format_utc, return_type=str, when_used="json"),
]
"""An aware moment, kept in UTC and written with microseconds and ``Z``."""


def canonical_bytes(value: object) -> bytes:
    """Returns the canonical bytes of a JSON value or of a frozen model.

    Args:
        value: None, bool, int, str, lists, tuples and dicts of those, or a pydantic model.

    Raises:
        NotCanonicalizable: the value holds something that has no canonical form; ``where`` is the path to it.
    """
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    _require_plain(plain, "$", 0)
    return dump_plain(plain)


def dump_plain(value: object) -> bytes:
    """Writes a value that is known to have a canonical form; ``canonical_bytes`` looks first.

    Raises:
        UnicodeEncodeError: text with a lone surrogate.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def parse_strict(data: bytes) -> JsonValue:
    """Parses JSON, refusing what two readers could understand differently.

    Raises:
        Malformed: not UTF-8, not JSON, duplicate keys, NaN, floats, huge integers, lone surrogates or deep nesting.
    """
    value = _load(data)
    _refuse_unplain(value)
    return value


def parse_canonical(data: bytes) -> JsonValue:
    """Parses JSON and requires that the bytes are exactly its canonical form.

    Raises:
        Malformed: as ``parse_strict``, or the same content written in another way.
    """
    value = _load(data)
    # Loading refused all that has no canonical form but depth and surrogates; logs have millions of small entries.
    if data.count(b"[") + data.count(b"{") > MAX_DEPTH:
        _refuse_unplain(value)
    try:
        written = dump_plain(value)
    except UnicodeEncodeError as error:
        raise Malformed("text with a lone surrogate") from error
    if written != data:
        raise Malformed("the bytes are not in canonical form")
    return value


def _load(data: bytes) -> JsonValue:
    try:
        value: JsonValue = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_unique_keys,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
            parse_int=_parse_integer,
        )
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not readable as JSON: {error}") from error
    return value


def _refuse_unplain(value: object) -> None:
    try:
        _require_plain(value, "$", 0)
    except NotCanonicalizable as error:
        raise Malformed(str(error), where=error.where) from error


def _require_plain(value: object, path: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise NotCanonicalizable("nested too deeply", where=path)
    if isinstance(value, str):
        _require_text(value, path)
    elif isinstance(value, dict):
        for key, item in value.items():
            _require_key(key, path)
            _require_plain(item, f"{path}.{key}", depth + 1)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _require_plain(item, f"{path}[{index}]", depth + 1)
    elif isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise NotCanonicalizable("integer beyond 2^53 - 1", where=path)
    elif value is not None:
        raise NotCanonicalizable(f"{type(value).__name__} has no canonical form", where=path)


def _require_text(value: str, path: str) -> None:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonicalizable("text with a lone surrogate", where=path) from error


def _require_key(key: object, path: str) -> None:
    if not isinstance(key, str) or not _is_key(key):
        raise NotCanonicalizable("a key must be printable ASCII", where=path)


def _is_key(key: str) -> bool:
    return key.isascii() and key.isprintable() and key != ""


def _unique_keys(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise Malformed("duplicate keys")
    if not all(map(_is_key, result)):
        raise Malformed("a key must be printable ASCII")
    return result


def _refuse_number(text: str) -> NoReturn:
    raise Malformed(f"number without canonical form: {text[:40]}")


def _parse_integer(text: str) -> int:
    if len(text) > 17 or text == "-0" or abs(value := int(text)) > MAX_INTEGER:
        _refuse_number(text)
    return value
