"""Secrets at rest and on their way out: the encrypted store, what is kept in it, and the redactor."""

from monitor.secrets.data_keys import KeyringProbe, probe_keyring
from monitor.secrets.redaction import Redactor, is_secret_name
from monitor.secrets.stores import (
    Sealed,
    SealedFiles,
    SecretStore,
    StoreKind,
    create_store,
    open_store,
    open_store_with_key,
)
from monitor.secrets.vault import API_PLACE, AccountSecrets, SessionVault, has_signing_key, load_or_create_signing_key

__all__ = [
    "API_PLACE",
    "AccountSecrets",
    "KeyringProbe",
    "Redactor",
    "Sealed",
    "SealedFiles",
    "SecretStore",
    "SessionVault",
    "StoreKind",
    "create_store",
    "has_signing_key",
    "is_secret_name",
    "load_or_create_signing_key",
    "open_store",
    "open_store_with_key",
    "probe_keyring",
]
