"""What unit tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.migrated_store import copied_stores


@pytest.fixture(scope="session", autouse=True)
def migrated_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """New stores are copies of one that was migrated."""
    with copied_stores(tmp_path_factory.mktemp("schema")):
        yield
