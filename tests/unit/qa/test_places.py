"""Where a QA tool works, and what it says where it cannot."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import cast

import pytest

from flows.catalog import Site, load_site
from flows.workbench import Workbench
from mock_site.skins import CATALOGS
from qa.errors import OrderRefused
from qa.named_flows import FLOWS, Run
from qa.orders import Place, Subject
from qa.places import Stand, open_stand
from qa.subjects import Topic

OZON = load_site("ozon")
OWN = OZON.model_copy(update={"name": "mysite"})


@pytest.mark.parametrize(
    ("site", "has_mock"),
    [(OZON, True), (OWN, False)],
    ids=["shown", "not shown"],
)
def test_signing_in_where_no_code_is_known_names_a_way_that_is_there(site: Site, has_mock: bool) -> None:
    stand = Stand(site=site, mock=None, is_live=False)
    run = Run(bench=cast("Workbench", None), stand=stand, topic=Topic(asked=Subject(), stand=stand), tell=print)

    with pytest.raises(OrderRefused) as refused:
        FLOWS["sign_in"](run)

    assert "`fairreview login`" in refused.value.hint
    assert ("--against mock" in refused.value.hint) is has_mock


def test_the_mock_says_which_site_it_does_not_show(tmp_path: Path) -> None:
    mine = tmp_path / "stall"
    shutil.copytree(CATALOGS / "shopette", mine)
    (mine / "site.toml").write_text((mine / "site.toml").read_text().replace('name = "shopette"', 'name = "stall"'))

    with (
        pytest.raises(OrderRefused, match="does not show Shopette") as refused,
        open_stand(Place(site="stall", catalogs=tmp_path)),
    ):
        pass

    assert refused.value.where == "--against"
