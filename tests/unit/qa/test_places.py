"""Where a QA tool works, and what it says where it cannot."""

from __future__ import annotations

from typing import cast

import pytest

from flows.catalog import Site, load_site
from flows.workbench import Workbench
from qa.errors import OrderRefused
from qa.named_flows import FLOWS, Run
from qa.orders import Subject
from qa.places import Stand
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
