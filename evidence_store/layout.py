"""How a store lies on disk: the only names there are, and its limits."""

from __future__ import annotations

import re
from typing import Final

from evidence_store.digests import Digest

ALGORITHM: Final = "sha256"
MAX_ITEM_BYTES = 512 * 1024 * 1024  # bytes; one capture is some MB, a sparse terabyte must not stall a check

_ITEM_NAME = re.compile(r"[0-9a-f]{64}")
_SHARD_NAME = re.compile(r"[0-9a-f]{2}")


def shard_name(digest: Digest) -> str:
    """Returns the name of the directory that holds an item."""
    return digest.hex[:2]


def item_path(digest: Digest) -> str:
    """Returns the path of an item inside the store."""
    return f"{ALGORITHM}/{shard_name(digest)}/{digest.hex}"


def is_shard_name(name: str) -> bool:
    """Whether a directory of items can have this name."""
    return _SHARD_NAME.fullmatch(name) is not None


def is_item_name(name: str, shard: str) -> bool:
    """Whether an item in this shard can have this name."""
    return _ITEM_NAME.fullmatch(name) is not None and name.startswith(shard)
