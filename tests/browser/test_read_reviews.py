from __future__ import annotations

from typing import TYPE_CHECKING

from flows.library.read_reviews import ProductPoll, read_reviews
from flows.readings.models import PageHealth

if TYPE_CHECKING:
    from flows.workbench import Workbench
    from mock_site.server import MockSite


def polls(mock: MockSite, **more: object) -> list[ProductPoll]:
    return [
        ProductPoll(sku=product.sku, url=mock.origins["www"] + product.path, **more)  # type: ignore[arg-type]
        for product in mock.world.products()
    ]


def test_poll_by_json_reads_every_review_of_every_product(mock: MockSite, bench: Workbench) -> None:
    results = {result.sku: result for result in read_reviews(bench, polls(mock))}

    for product in mock.world.products():
        read = results[product.sku].read
        assert read.health is PageHealth.HEALTHY, read
        assert read.coverage.is_complete
        assert read.coverage.way == "fetch_json"
        assert {review.review_id for review in read.reviews} == {r.uuid for r in mock.world.reviews(product)}
