"""By the installed command: another seller's item in the pool is never drafted unasked; pictures that fail are told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mock_site.server import MockSite
from mock_site.world import NewReview, WorldOptions
from tests.e2e.installed import Installed, install

pytestmark = pytest.mark.timeout(600)
OPTIONS = WorldOptions(products=1, reviews_per_product=6, orders=0, strangers=1)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Installed]:
    with MockSite.start(OPTIONS) as site:
        yield install(tmp_path / "home", site, products=1)


def test_a_stranger_s_item_and_pictures_that_do_not_load_need_a_person(shop: Installed) -> None:
    world = shop.site.world
    (stranger,) = world.product_at(0).strangers
    assert shop.run("poll").code == 0
    own_item = world.product_at(0).items[1].item_id
    rude = NewReview(kind="insult", rating=1, text="Продавец — дебил!", item_id=stranger.item_id, with_order=False)
    wordless = NewReview(rating=1, text="", photos=2, item_id=own_item, with_order=False)
    foreign, pictures = world.add_review(0, rude).uuid, world.add_review(0, wordless).uuid
    polled = shop.run("poll")
    assert "2 new" in polled.err, polled.err

    judged = shop.run("capture", foreign)
    assert judged.code == 0, judged.err
    assert "Это отзыв о другом товаре карточки" in shop.run("case", "show", foreign).out
    assert shop.run("appeal", "status", "--json").rows() == []
    refused = shop.run("appeal", "draft", foreign, "--ground", "insult")
    assert refused.code == 2
    assert stranger.title in refused.err
    assert "--other-item" in refused.err

    shop.site.switches.photo_hold = True
    captured = shop.run("capture", pictures)
    assert captured.code == 0, captured.err
    assert "pictures did not load (public)" in captured.err
    told = shop.run("case", "show", pictures).out
    assert "отзыв состоит из оценки и 2 фото" in told
    assert "не загрузились" in told
    assert "не загрузились" in told
    assert "оценивать нечего" not in told
