"""What tests of whole installations share: stores that are copied, and a house without a printer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from monitor.errors import PrintingFailed
from monitor.outgoing import bundle_documents
from tests.migrated_store import copied_stores


@pytest.fixture(scope="session", autouse=True)
def migrated_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """New stores are copies of one that was migrated."""
    with copied_stores(tmp_path_factory.mktemp("schema")):
        yield


@pytest.fixture
def unprinted(monkeypatch: pytest.MonkeyPatch) -> None:
    """No browser here: papers stay pages, and the bundle says so."""

    def refuse(*_: object) -> bytes:
        raise PrintingFailed("no browser")

    monkeypatch.setattr(bundle_documents, "print_pages", refuse)
