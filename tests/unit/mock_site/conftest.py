"""A plain client: Python does not resolve ``*.localhost``, so it names the host itself."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from mock_site.server import MockSite

Get = Callable[..., httpx.Response]


@pytest.fixture
def get(mock_site: MockSite) -> Get:
    """GET of a path on one of the site's hosts, optionally signed in."""

    def fetch(path: str, *, host: str = "www", signed_in: bool = False, **headers: str) -> httpx.Response:
        sent = {"host": f"{host}.localhost:{mock_site.port}", **headers}
        if signed_in:
            sent["cookie"] = f"sid={mock_site.session_cookie(site=host)['value']}"
        return httpx.get(f"http://127.0.0.1:{mock_site.port}{path}", headers=sent)

    return fetch
