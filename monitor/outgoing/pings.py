"""Pings an address elsewhere after every visit, so that silence is noticed where this machine cannot be.

The address is one of a service that raises an alarm when no ping comes (healthchecks and its like): a plain request
says "fine", one to ``<address>/fail`` says "not fine". It is a secret: whoever knows it can keep the alarm silent.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from loguru import logger

from flows.http_post import Bounds, post
from monitor.config.values import is_loopback
from monitor.errors import SettingsError
from monitor.language import gettext as _
from monitor.secrets.stores import SecretStore

_BOUNDS = Bounds(silence_seconds=10.0, longest_seconds=20.0, most_bytes=1024 * 1024)


def save_ping(store: SecretStore, account_id: str | None, address: str) -> None:
    """Keeps the address to ping, for one account or for all that have none of their own.

    Raises:
        SettingsError: it is not an https address.
    """
    parts = urlsplit(address.strip())
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(address.strip()))
    if not is_safe or not parts.hostname:
        raise SettingsError(_("a ping address begins with https://"), where="health ping")
    store.save(_name(account_id), address.strip().encode())


def ping(secrets: SecretStore, account_id: str, *, is_fine: bool) -> bool:
    """Tells the address how the visit went; trouble with it is only noted. Returns whether a ping was taken."""
    found = secrets.load(_name(account_id)) or secrets.load(_name(None))
    if found is None:
        return False
    address = found.value.decode().rstrip("/") + ("" if is_fine else "/fail")
    try:
        return 200 <= post(address, b"", {}, _BOUNDS).status < 300
    except OSError as error:
        logger.warning("the ping was not taken", account=account_id, error=str(error))
        return False


def _name(account_id: str | None) -> str:
    return "ping/all" if account_id is None else f"ping/account/{account_id}"
