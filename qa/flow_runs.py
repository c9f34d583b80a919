"""Carries out the order to run one named flow."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from qa.errors import OrderRefused
from qa.flow_cards import flow_cards
from qa.named_flows import Run, require_harmless, run_flow
from qa.orders import Done, FlowOrder
from qa.places import open_bench, open_stand, site_of_place
from qa.subjects import Topic
from qa.watching import FlowWatch


def run_flow_order(order: FlowOrder, tell: Callable[[str], None]) -> Done:
    """Opens the place and the browser, and runs the flow there.

    Raises:
        OrderRefused: no such flow, or not here.
        flows.errors.FlowError: as the flow says.
    """
    site = site_of_place(order.place)
    known = flow_cards(site)
    if order.name not in known:
        raise OrderRefused(
            f"there is no flow {order.name[:80]!r} for {site.title}",
            where="NAME",
            hint=f"There are: {', '.join(known)}",
        )
    watch = FlowWatch(tell, order.trace)
    with ExitStack() as opened:
        stand = opened.enter_context(open_stand(order.place))
        require_harmless(order.name, stand)
        bench = opened.enter_context(open_bench(stand, order.browser, watch))
        return run_flow(
            order.name, Run(bench=bench, stand=stand, topic=Topic(asked=order.subject, stand=stand), tell=tell)
        )
