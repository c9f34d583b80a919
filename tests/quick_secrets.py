"""Secret stores for installations of tests: sealed as always, but a guess of their passphrase costs nothing."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

from monitor.secrets.data_keys import PassphraseCost
from monitor.secrets.stores import create_store

_CHEAP = PassphraseCost(memory_kib=32, iterations=1, lanes=1)


def create_quick_store(folder: Path, passphrase: str) -> None:
    """Makes a secret store that opens at once: a real passphrase's cost is a fifth of a second, at each opening.

    The store's own head says what its passphrase costs, so whatever opens it needs to know nothing of this.
    """
    with patch("monitor.secrets.stores.PassphraseCost", lambda: _CHEAP):
        create_store(folder, "file", passphrase=passphrase)
