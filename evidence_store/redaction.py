"""Keeping secrets out of archives: what is dropped, what is masked, and that it is said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import unescape
from urllib.parse import quote, quote_plus, urlsplit, urlunsplit

MASK = "masked"

_SECRET_HEADERS = frozenset(
    {
        "cookie",
        "cookie2",
        "set-cookie",
        "set-cookie2",
        "authorization",
        "proxy-authorization",
        "authentication-info",
        "www-authenticate",
    }
)
_SECRET_HEADER_PARTS = re.compile(r"^x-o3-|csrf|xsrf|token|secret|api-?key|session", re.IGNORECASE)
_SECRET_PARAMETER = re.compile(
    r"^(.*(token|csrf|xsrf|secret|ticket|password|session|signature)|code|otp|sid|state|login_hint)$", re.IGNORECASE
)
_PARAMETER = re.compile(r"(?P<lead>^|[&;])(?P<name>[^=&;]*)=(?P<value>[^&;]*)")

_OF_FORMS = r"(?:csrf|xsrf|authenticity_?token|request_?verification_?token)"
_RANDOM = r"[\w.+/=~:%-]{8,4096}"
_FIELD = re.compile(r"<(?:meta|input)\b[^>]{0,4096}>", re.IGNORECASE)
_NAMES_TOKEN = re.compile(rf"""\b(?:name|id)\s*=\s*["']?[\w-]{{0,40}}{_OF_FORMS}""", re.IGNORECASE)
_FIELD_VALUE = re.compile(rf"""\b(?:value|content)\s*=\s*["']?({_RANDOM})""", re.IGNORECASE)
_ASSIGNED = re.compile(rf"""{_OF_FORMS}[\w-]{{0,40}}\\*["']?\s*[:=]\s*\\*["']({_RANDOM})""", re.IGNORECASE)
_SENT = re.compile(rf"(?:^|&){_OF_FORMS}[\w-]{{0,40}}=({_RANDOM})(?=&|$)", re.IGNORECASE | re.MULTILINE)
_NAMED = rf"""name\\*"\s*:\s*\\*"[\w-]{{0,40}}{_OF_FORMS}[\w-]{{0,40}}\\*\""""
_VALUED = rf"""value\\*"\s*:\s*\\*"({_RANDOM})\\*\""""
_LISTED = (
    re.compile(rf"""{_NAMED}\s*,\s*\\*"{_VALUED}""", re.IGNORECASE),
    re.compile(rf"""{_VALUED}\s*,\s*\\*"{_NAMED}""", re.IGNORECASE),
)
_SURE_LENGTH = 16  # characters; a shorter value without a digit may be a word
_SOFT_BREAK = rb"=\r?\n"


def is_secret_header(name: str) -> bool:
    """Whether a header can carry a session or a credential."""
    return name.lower() in _SECRET_HEADERS or _SECRET_HEADER_PARTS.search(name) is not None


def public_headers(headers: Iterable[tuple[str, str]], secrets: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Returns the headers without secret ones, and with known secrets and secret URL parameters masked."""
    return [(name, mask_text(mask_url(value), secrets)) for name, value in headers if not is_secret_header(name)]


def mask_url(url: str) -> str:
    """Masks user info and the values of parameters that carry secrets; leaves everything else as it is."""
    if "?" not in url and "#" not in url and "@" not in url:
        return url
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    query, fragment = _mask_parameters(parts.query), _mask_parameters(parts.fragment)
    place = parts.netloc.rpartition("@")[2] if parts.scheme else parts.netloc
    if (query, fragment, place) == (parts.query, parts.fragment, parts.netloc):
        return url
    return urlunsplit((parts.scheme, place, parts.path, query, fragment))


def mask_text(text: str, secrets: Sequence[str]) -> str:
    """Masks known secret values, also where they are URL-encoded."""
    for secret in filter(None, secrets):
        for form in {secret, quote(secret, safe=""), quote_plus(secret)}:
            text = text.replace(form, "*" * len(form))
    return text


def mask_bytes(data: bytes, secrets: Sequence[str]) -> tuple[bytes, int]:
    """Masks known secret values in a body, byte for byte, so that its length stays.

    Returns:
        The masked bytes and how many places were masked.
    """
    count = 0
    for secret in filter(None, secrets):
        for form in {secret.encode(), quote(secret, safe="").encode(), secret.encode("utf-16-le")}:
            count += data.count(form)
            data = data.replace(form, b"*" * len(form))
    return data, count


def mask_quoted_printable(data: bytes, secrets: Sequence[str]) -> tuple[bytes, int]:
    """Masks known secret values in an MHTML file, also where a line break or an escape of its encoding cuts them.

    Returns:
        The masked bytes, whose lines break where they did, and how many places were masked.
    """
    count = 0
    for secret in filter(None, secrets):
        for form in {secret.encode(), quote(secret, safe="").encode()}:
            marks = (rb"(?:%s|=%02X|=%02x)" % (re.escape(bytes([mark])), mark, mark) for mark in form)
            pattern = re.compile((rb"(?:%s)?" % _SOFT_BREAK).join(marks))
            data, found = pattern.subn(_mask_between_breaks, data)
            count += found
    return data, count


def form_tokens(data: bytes) -> frozenset[str]:
    """Returns the tokens that a page's own forms send to prove they are of this session, told by their names.

    Looks at hidden fields, meta elements, attributes and JSON, also JSON within an attribute, at fields in a list
    (``"name": …, "value": …``), and at what a form sends. A token of another name is not found.

    Args:
        data: A page, script, JSON, sent form or trace in an encoding that extends ASCII.
    """
    text = data.decode("latin-1")
    texts = {text, unescape(text)} if "&" in text else {text}
    patterns = (_ASSIGNED, _SENT, *_LISTED)
    found = {match[1] for each in texts for pattern in patterns for match in pattern.finditer(each)}
    for field in (match[0] for each in texts for match in _FIELD.finditer(each)):
        value = _FIELD_VALUE.search(field)
        if value is not None and _NAMES_TOKEN.search(field):
            found.add(value[1])
    return frozenset(value for value in found if _looks_random(value))


def _looks_random(value: str) -> bool:
    if any(mark.isdigit() for mark in value):
        return True
    return len(value) >= _SURE_LENGTH and re.search(_OF_FORMS, value, re.IGNORECASE) is None


def _mask_between_breaks(match: re.Match[bytes]) -> bytes:
    parts = re.split(rb"(%s)" % _SOFT_BREAK, match[0])
    return b"".join(part if number % 2 else b"*" * len(part) for number, part in enumerate(parts))


def _mask_parameters(text: str) -> str:
    return _PARAMETER.sub(_mask_parameter, text)


def _mask_parameter(match: re.Match[str]) -> str:
    value = MASK if _SECRET_PARAMETER.match(match["name"]) and match["value"] else match["value"]
    return f"{match['lead']}{match['name']}={value}"
