"""The named flows as a list for people: what each does, and whether it sends anything. Imports no browser.

Filing on a channel of the site is a flow too, by the channel's name.
"""

from __future__ import annotations

from dataclasses import dataclass

from flows.catalog.models import Site


@dataclass(frozen=True, slots=True)
class FlowCard:
    """One flow.

    Attributes:
        title: What it does, one line.
        is_writing: It sends something that changes the site: on a mock only.
        needs: Who must be signed in.
    """

    title: str
    is_writing: bool = False
    needs: str = "nobody"


FLOW_CARDS: dict[str, FlowCard] = {
    "read_reviews": FlowCard("Read a product's reviews to the end, as polling does."),
    "read_product_card": FlowCard("Read the product card."),
    "read_author": FlowCard("Read the public profile of a review's author."),
    "read_storefront": FlowCard("Read the counters of the first page of the shop window."),
    "read_cabinet_list": FlowCard("Read the cabinet's newest reviews, two pages.", needs="seller_cabinet"),
    "check_public": FlowCard("Look whether the public still sees a review."),
    "capture_review": FlowCard("Capture a review as evidence and say what was made."),
    "read_order": FlowCard("Find the order of a review in «Мои заказы».", needs="site_profile"),
    "follow_appeals": FlowCard("Read the account's own list of appeals to its end.", needs="site_profile"),
    "probe_channels": FlowCard("Look which ways to appeal a review has; sends nothing.", needs="site_profile"),
    "sign_in": FlowCard("Sign in with a one-time code and prove whose session it is.", is_writing=True),
}


def flow_cards(site: Site) -> dict[str, FlowCard]:
    """Returns every flow that can be run on a site: those of the program, then one for each of its channels."""
    return {
        **{
            name: FlowCard(spec.facts.does, is_writing=True, needs=spec.identity)
            for name, spec in site.channels.items()
        },
        **FLOW_CARDS,
    }
