"""The named flows as a list for people: what each does, and whether it sends anything. Imports no browser.

Filing on a channel of the site is a flow too, by the channel's name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flows.catalog.models import Site


@dataclass(frozen=True, slots=True)
class FlowCard:
    """One flow.

    Attributes:
        title: What it does, one line.
        is_writing: It sends something that changes the site: on a mock only.
        needs: Who must be signed in.
        page: The page that the site's catalog must describe for it; "" for none.
        asks_who_at: The address at which somebody must be signed in; it says who.
    """

    title: str
    is_writing: bool = False
    needs: str = "nobody"
    page: str = ""
    asks_who_at: str = ""


FLOW_CARDS: dict[str, FlowCard] = {
    "read_reviews": FlowCard("Read a product's reviews to the end, as polling does.", page="reviews"),
    "read_product_card": FlowCard("Read the product card.", page="product"),
    "read_author": FlowCard("Read the public profile of a review's author.", page="author"),
    "read_storefront": FlowCard("Read the counters of the first page of the shop window.", page="storefront"),
    "read_cabinet_list": FlowCard(
        "Read the cabinet's newest reviews, two pages.", page="cabinet_reviews", asks_who_at="cabinet_reviews"
    ),
    "check_public": FlowCard("Look whether the public still sees a review.", page="reviews"),
    "capture_review": FlowCard("Capture a review as evidence and say what was made.", page="reviews"),
    "read_order": FlowCard("Find the order of a review in «Мои заказы».", page="order_details", asks_who_at="orders"),
    "follow_appeals": FlowCard(
        "Read the account's own list of appeals to its end.", page="appeals", asks_who_at="appeals"
    ),
    "probe_channels": FlowCard("Look which ways to appeal a review has; sends nothing.", asks_who_at="home"),
    "sign_in": FlowCard("Sign in with a one-time code and prove whose session it is.", is_writing=True, page="sign_in"),
}


def flow_cards(site: Site) -> dict[str, FlowCard]:
    """Returns every flow that can be run on a site: one for each channel, and those whose page and address it has."""
    return {
        **{
            name: FlowCard(spec.facts.does, is_writing=True, needs=spec.identity)
            for name, spec in site.channels.items()
        },
        **{
            name: replace(card, needs=site.identity_at(card.asks_who_at) or "nobody") if card.asks_who_at else card
            for name, card in FLOW_CARDS.items()
            if (not card.page or card.page in site.pages) and (not card.asks_who_at or card.asks_who_at in site.urls)
        },
    }
