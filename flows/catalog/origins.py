"""The origin of an address: its scheme, host and port."""

from __future__ import annotations

from urllib.parse import urlsplit


def origin_of(url: str) -> str:
    """Returns scheme, host and port of a URL in canonical form, or an empty string where there is none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if not host or "@" in parts.netloc:
        return ""
    is_default = port is None or (parts.scheme, port) in {("https", 443), ("http", 80)}
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + ("" if is_default else f":{port}")
