"""Keeps secrets out of everything that is written: by value in every usual spelling, and by the name they stand under.

By value is the strong half: whatever was read from the secret store is known here, so it is found wherever it turns
up, also base64, percent-encoded, JSON-escaped, hexadecimal or UTF-16. By name catches what was never in the store,
such as a cookie in an error message.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from urllib.parse import quote, quote_plus

SHORTEST_SECRET = 4
"""Shorter values are not hidden by value: they would blank ordinary text."""
_SHORTEST_COOKIE = 10
_SHORTEST_ENCODED = 8

_NAMES = (
    r"pass(?:word|wd|phrase)?|secret|token|api[_-]?key|totp|(?<![a-z])otp|one[_-]?time[_-]?code|csrf|set-cookie|cookie|"
    r"authorization|session[_-]?id|(?<![a-z])sid|ticket|storage_state"
)
_SECRET_NAME = re.compile(rf"(?:^|[_\-. ])(?:{_NAMES})s?$", re.IGNORECASE)
_NAMED_VALUE = re.compile(
    rf"""(?P<name>(?:{_NAMES})["']?\s{{0,3}}[:=]\s{{0,3}})(?P<value>"[^"\n]*"|'[^'\n]*'|(?:(?:Bearer|Basic)\s+)?[^\s"'&;,]+)""",
    re.IGNORECASE,
)


class Redactor:
    """Knows the secret values of this process and takes them out of text and bytes."""

    def __init__(self) -> None:
        self._labels: dict[str, str] = {}
        self._text_pattern: re.Pattern[str] | None = None
        self._byte_forms: dict[bytes, str] = {}

    def __repr__(self) -> str:
        return f"Redactor(<{len(self._labels)} forms>)"

    def add(self, value: str, label: str = "secret") -> None:
        """Learns a secret. Values shorter than four characters are ignored."""
        if len(value) < SHORTEST_SECRET:
            return
        for form in _spellings(value):
            self._labels.setdefault(form, label)
        for encoding in ("utf-16-le", "utf-16-be"):
            self._byte_forms.setdefault(value.encode(encoding, "surrogatepass"), label)
        self._text_pattern = None

    def learn(self, name: str, value: bytes) -> None:
        """Learns a value of the secret store by its name there: each cookie of a session, else the value itself."""
        label = name.rpartition("/")[2] if name.startswith("account/") else name.partition("/")[0]
        if name.startswith("session/"):
            for part in _session_values(value):
                self.add(part, label)
            return
        try:
            self.add(value.decode(), label)
        except UnicodeDecodeError:
            self.add(value.hex(), label)
            self.add(base64.b64encode(value).decode(), label)

    def redact(self, text: str) -> str:
        """Returns the text with every known secret, and every value under a secret's name, replaced by its label."""
        if self._labels:
            text = self._pattern().sub(lambda found: f"[{self._labels[found[0]]} hidden]", text)
        return _NAMED_VALUE.sub(lambda found: f"{found['name']}[hidden]", text)

    def redact_fields(self, fields: Mapping[str, object]) -> dict[str, object]:
        """Returns the fields with secrets replaced: whole values under a secret's name, known values anywhere else."""
        return {key: "[hidden]" if is_secret_name(key) else self._redact_value(item) for key, item in fields.items()}

    def find(self, content: bytes) -> tuple[str, ...]:
        """Names the labels of the known secrets that occur in the bytes, for a check before something leaves."""
        forms = [(form.encode("utf-8", "surrogatepass"), label) for form, label in self._labels.items()]
        return tuple(sorted({label for form, label in (*forms, *self._byte_forms.items()) if form in content}))

    def _pattern(self) -> re.Pattern[str]:
        if self._text_pattern is None:
            # Longest first: a secret that begins with another one must go as a whole.
            forms = sorted(self._labels, key=len, reverse=True)
            self._text_pattern = re.compile("|".join(map(re.escape, forms)))
        return self._text_pattern

    def _redact_value(self, value: object) -> object:
        if isinstance(value, str):
            return self.redact(value)
        if isinstance(value, Mapping):
            return self.redact_fields({str(key): item for key, item in value.items()})
        if isinstance(value, list | tuple):
            return [self._redact_value(item) for item in value]
        return value if isinstance(value, int | float | bool | None) else self.redact(str(value))


def is_secret_name(name: str) -> bool:
    """Whether a field of this name holds a secret, whatever its value is."""
    return bool(_SECRET_NAME.search(name))


def _spellings(value: str) -> Iterator[str]:
    yield value
    yield quote(value, safe="", errors="replace")
    yield quote_plus(value, errors="replace")
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield escape(value)
    raw = value.encode("utf-8", "surrogatepass")
    yield raw.hex()
    if len(raw) >= _SHORTEST_ENCODED:
        yield from _base64_cores(raw)


def _base64_cores(raw: bytes) -> Iterator[str]:
    """Yields what base64 makes of the value wherever it starts within a longer text ("login:password")."""
    for shift in range(3):
        for alphabet in (base64.b64encode, base64.urlsafe_b64encode):
            encoded = alphabet(b"\0" * shift + raw).decode()
            first = 0 if shift == 0 else 4
            # The last group depends on what follows; the groups before it do not.
            yield encoded[first : len(encoded) - 4]
        if shift == 0:
            yield base64.b64encode(raw).decode().rstrip("=")


def _session_values(state: bytes) -> Iterator[str]:
    try:
        parsed = json.loads(state)
    except (ValueError, RecursionError):
        yield state.decode("utf-8", "replace")
        return
    cookies = parsed.get("cookies", []) if isinstance(parsed, dict) else []
    for cookie in cookies if isinstance(cookies, list) else []:
        value = cookie.get("value") if isinstance(cookie, dict) else None
        if isinstance(value, str) and (len(value) >= _SHORTEST_COOKIE):
            yield value
