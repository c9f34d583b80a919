"""The world of these tests. Everything in it follows from the seed."""

import pytest

from mock_site.world import WorldOptions


@pytest.fixture(scope="session")
def mock_options() -> WorldOptions:
    return WorldOptions(seed=11, products=3, reviews_per_product=35)
