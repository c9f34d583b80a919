"""Keeping secrets out of archives: what is dropped, what is masked, and that it is said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
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


def is_secret_header(name: str) -> bool:
    """Tells whether a header can carry a session or a credential."""
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


def _mask_parameters(text: str) -> str:
    return _PARAMETER.sub(_mask_parameter, text)


def _mask_parameter(match: re.Match[str]) -> str:
    value = MASK if _SECRET_PARAMETER.match(match["name"]) and match["value"] else match["value"]
    return f"{match['lead']}{match['name']}={value}"
