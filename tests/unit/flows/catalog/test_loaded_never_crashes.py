"""A catalog that loads cannot crash a reading or the building of an address: it works, or it is refused by name."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from flows.catalog import Site, load_site
from flows.catalog.given import GIVEN_TO_ADDRESSES
from flows.catalog.loader import catalog_folder
from flows.catalog.reference import tell_steps
from flows.catalog.vocabulary import PLACEHOLDERS
from flows.errors import CatalogError, FlowError
from flows.readings.cabinet_answers import read_cabinet_answer
from qa.errors import OrderRefused
from qa.recorded import READINGS, Case, find_cases
from tests.proofs.catalog_changes import read_written
from tests.unit.flows.readings.test_cabinet_answers import answer

WRITTEN = read_written(catalog_folder() / "ozon")
CASES: dict[str, Case] = {}
for one in find_cases(Path(__file__).parents[3] / "recorded"):
    CASES.setdefault(one.page, one)


def exercise(site: Site, name: str) -> None:
    """Reads what the file is about, and builds every address that flows build."""
    values = dict.fromkeys(PLACEHOLDERS, "1")
    for address, given in GIVEN_TO_ADDRESSES.items():
        if address in site.urls:
            site.url(address, **{key: values[key] for key in given})
    for page in CASES if name == "site" else {name} & CASES.keys():
        READINGS[page](CASES[page], site)
    if name in {"site", "cabinet_reviews"} and site.page("cabinet_reviews").reading.answers is not None:
        read_cabinet_answer(answer(), site)
    list(tell_steps(site))


@pytest.mark.parametrize("name", ["site", *WRITTEN.pages])
def test_what_loads_reads(name: str) -> None:
    seed = random.randrange(2**32)
    rng = random.Random(seed)
    loaded = 0
    for number in range(1000):
        if number >= 40 and loaded:  # of a small file it can take more until one change loads
            break
        site = WRITTEN.changed(name, rng)
        if site is None:
            continue
        loaded += 1
        try:
            exercise(site, name)
        except (FlowError, OrderRefused):
            continue
        except Exception as error:
            raise AssertionError(f"{name}, seed {seed}, change {number}: {error!r}") from error
    assert loaded, "no change loads at all: then nothing was tried"


def test_a_site_without_the_address_of_a_product_says_so() -> None:
    site = load_site("ozon")
    without = site.model_copy(update={"urls": {key: url for key, url in site.urls.items() if key != "product"}})
    with pytest.raises(CatalogError, match="product"):
        without.product_from_url("https://www.ozon.ru/product/chaynik-1600000001/")
