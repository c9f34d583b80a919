"""The mock's world: what is sold, what was written about it, who may come in, and what was filed."""

from mock_site.world.changes import Change, Event
from mock_site.world.filings import Filing
from mock_site.world.models import Account, Appeal, Author, Order, Product, Review
from mock_site.world.moderation import Moderation
from mock_site.world.new_review import NewReview
from mock_site.world.options import AccountOptions, WorldOptions
from mock_site.world.shelf import Counters
from mock_site.world.world import World

__all__ = [
    "Account",
    "AccountOptions",
    "Appeal",
    "Author",
    "Change",
    "Counters",
    "Event",
    "Filing",
    "Moderation",
    "NewReview",
    "Order",
    "Product",
    "Review",
    "World",
    "WorldOptions",
]
