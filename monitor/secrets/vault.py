"""The secrets by what they are for: sessions, sign-in secrets of an account, the signing key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from monitor.secrets.stores import Sealed, SecretStore, sealed_file

AccountSecret = Literal["totp", "password", "api_key"]

API_PLACE = "seller_api"
"""Where the key of the site's API for sellers is kept, in place of an identity."""

_SIGNING_KEY = "signing/ed25519"


@dataclass(frozen=True)
class SessionVault:
    """Browser sessions (storage state), one an identity. A session is as good as a password."""

    store: SecretStore

    def save(self, account: str, identity: str, state: bytes) -> None:
        """Stores the session; the one before stays available."""
        self.store.save(_session(account, identity), state)

    def load(self, account: str, identity: str) -> Sealed | None:
        """Reads the session and when it was saved, or None."""
        return self.store.load(_session(account, identity))

    def saved_at(self, account: str, identity: str) -> datetime | None:
        """Tells when the session was saved, or None where there is none."""
        return self.store.saved_at(_session(account, identity))

    def load_previous(self, account: str, identity: str) -> Sealed | None:
        """Reads the session before the last, or None."""
        return self.store.load_previous(_session(account, identity))

    def forget(self, account: str, identity: str) -> bool:
        """Deletes the session and the one before; tells whether there was one."""
        return self.store.forget(_session(account, identity))


@dataclass(frozen=True)
class AccountSecrets:
    """What an account signs in with, where it is not a code that a person types; and its API key."""

    store: SecretStore

    def save(self, account: str, identity: str, kind: AccountSecret, value: str) -> None:
        """Stores a code secret or a password."""
        self.store.save(_account(account, identity, kind), value.encode())

    def load(self, account: str, identity: str, kind: AccountSecret) -> str | None:
        """Reads a code secret or a password, or None."""
        found = self.store.load(_account(account, identity, kind))
        return found.value.decode() if found else None

    def forget(self, account: str, identity: str, kind: AccountSecret) -> bool:
        """Deletes a code secret or a password; tells whether there was one."""
        return self.store.forget(_account(account, identity, kind))


def load_or_create_signing_key(store: SecretStore) -> bytes:
    """Reads the installation's Ed25519 private key (32 raw bytes), making it at the first call.

    Raises:
        SecretDamaged: there is one and it cannot be read. It is never replaced by itself: old evidence is signed by it.
    """
    found = store.load(_SIGNING_KEY)
    if found is not None:
        return found.value
    key = Ed25519PrivateKey.generate().private_bytes_raw()
    store.save(_SIGNING_KEY, key)
    return key


def has_signing_key(directory: Path) -> bool:
    """Tells without opening the store in this folder whether a signing key lies there."""
    return sealed_file(directory, _SIGNING_KEY).is_file()


def _session(account: str, identity: str) -> str:
    return f"session/{account}/{identity}"


def _account(account: str, identity: str, kind: AccountSecret) -> str:
    return f"account/{account}/{identity}/{kind}"
