"""Secrets at rest and on their way out: the encrypted store, what is kept in it, and the redactor."""

from monitor.secrets.data_keys import KeyringProbe, probe_keyring
from monitor.secrets.kept import CAN_KEEP, KeptFiles, KeptOpen, find_kept, kept_open
from monitor.secrets.redaction import Redactor, is_secret_name
from monitor.secrets.stores import (
    Sealed,
    SealedFiles,
    SecretStore,
    StoreKind,
    create_store,
    is_store,
    kind_of,
    open_store,
    open_store_with_key,
)
from monitor.secrets.unlocking import Keeping, lock
from monitor.secrets.vault import API_PLACE, AccountSecrets, SessionVault, has_signing_key, load_or_create_signing_key

__all__ = [
    "API_PLACE",
    "CAN_KEEP",
    "AccountSecrets",
    "Keeping",
    "KeptFiles",
    "KeptOpen",
    "KeyringProbe",
    "Redactor",
    "Sealed",
    "SealedFiles",
    "SecretStore",
    "SessionVault",
    "StoreKind",
    "create_store",
    "find_kept",
    "has_signing_key",
    "is_secret_name",
    "is_store",
    "kept_open",
    "kind_of",
    "load_or_create_signing_key",
    "lock",
    "open_store",
    "open_store_with_key",
    "probe_keyring",
]
