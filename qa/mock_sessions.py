"""A signed-in session of the mock as a browser's storage state, without the sign-in pages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_site.server import MockSite


def session_state(mock: MockSite, login: str | None = None, *, identity: str) -> bytes:
    """Builds the storage state of an account that is signed in.

    Args:
        mock: The running mock.
        login: Phone or e-mail; None takes the first account.
        identity: One of the skin's.
    """
    host = mock.skin.identities[identity].host
    cookie = mock.session_cookie(login, host)
    held = {
        "name": cookie["name"],
        "value": cookie["value"],
        "domain": mock.origins[host].removeprefix("http://").partition(":")[0],
        "path": "/",
        "expires": -1,
        "httpOnly": True,
        "secure": False,
        "sameSite": "Lax",
    }
    return json.dumps({"cookies": [held], "origins": []}).encode()
