"""A signed-in session of the mock as a browser's storage state, without the sign-in pages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_site.server import MockSite

# Which of the mock's hosts carries the session of an identity.
HOSTS = {"site_profile": "www", "seller_cabinet": "seller"}


def session_state(mock: MockSite, login: str | None = None, *, identity: str = "site_profile") -> bytes:
    """Builds the storage state of an account that is signed in.

    Args:
        mock: The running mock.
        login: Phone or e-mail; None takes the first account.
        identity: On which side of the site.
    """
    host = HOSTS[identity]
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
