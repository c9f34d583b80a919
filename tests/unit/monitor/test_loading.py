"""The collector rests while modules are loaded, and works again afterwards."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from monitor.loading import loading


@pytest.fixture(autouse=True)
def unfrozen() -> Iterator[None]:
    """Gives back to the collector what was set aside here, for the tests that follow."""
    yield
    gc.unfreeze()


def test_the_collector_rests_only_while_modules_are_loaded() -> None:
    with loading():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_module_that_cannot_be_loaded_leaves_the_collector_at_work() -> None:
    with pytest.raises(ImportError), loading():
        raise ImportError
    assert gc.isenabled()
