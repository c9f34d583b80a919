"""The one sanitizer for text on its way into a store.

SQLite keeps a NUL and PostgreSQL refuses it; a lone surrogate raises in both drivers. What one store could not keep is
replaced here for both, so that a store can be changed without changing what is stored.
"""

from __future__ import annotations

import json
import re
from typing import cast

_UNSTORABLE = re.compile("[\x00\ud800-\udfff\ufffe\uffff]")
REPLACEMENT = "\ufffd"

JsonValue = str | int | float | bool | None | list["JsonValue"] | dict[str, "JsonValue"]


def clean_text(text: str) -> str:
    """Returns text that both stores keep unchanged: NUL, lone surrogates and U+FFFE/U+FFFF become U+FFFD."""
    return _UNSTORABLE.sub(REPLACEMENT, text)


def was_cleaned(text: str) -> bool:
    """Whether ``clean_text`` would change this text; the raw bytes then belong in the evidence store."""
    return _UNSTORABLE.search(text) is not None


def dump_json(value: JsonValue) -> str:
    """Returns one line of JSON with sorted keys and cleaned text; NaN and infinities are refused.

    Raises:
        ValueError: a number is not finite.
    """
    return json.dumps(clean_json(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def load_json(text: str) -> JsonValue:
    """Returns the value that ``dump_json`` wrote."""
    return cast("JsonValue", json.loads(text))


def clean_json(value: JsonValue) -> JsonValue:
    """Returns the same value with every text and key cleaned."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [clean_json(item) for item in value]
    if isinstance(value, dict):
        return {clean_text(key): clean_json(item) for key, item in value.items()}
    return value
