"""Which flows can be run on a site follows from its catalog."""

from __future__ import annotations

from flows.catalog import load_site
from qa.flow_cards import flow_cards


def test_a_flow_whose_address_the_site_does_not_have_is_left_out_and_the_others_stay() -> None:
    site = load_site("ozon")
    urls = {name: url for name, url in site.urls.items() if name not in {"home", "cabinet_reviews"}}
    left = flow_cards(site).keys() - flow_cards(site.model_copy(update={"urls": urls})).keys()
    assert left == {"probe_channels", "read_cabinet_list"}
