"""What tests of the monitor share."""

from __future__ import annotations

import pytest

from monitor.errors import PrintingFailed
from monitor.outgoing import bundle_documents


@pytest.fixture
def unprinted(monkeypatch: pytest.MonkeyPatch) -> None:
    """No browser here: papers stay pages, and the bundle says so."""

    def refuse(*_: object) -> bytes:
        raise PrintingFailed("no browser")

    monkeypatch.setattr(bundle_documents, "print_page", refuse)
