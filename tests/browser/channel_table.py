"""Every channel, every way a form may be sent, every layout; and a small part of the table that meets every pair."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from mock_site.switches import FormKind, Layout
from mock_site.world.models import ChannelName
from tests.browser.orders import appeal_order, negative_review, report_order

if TYPE_CHECKING:
    from pathlib import Path

    from flows.channels import FilingOrder
    from mock_site.server import MockSite

# What only a worker sends is never sent where workers are blocked: a case of its own.
KINDS: tuple[FormKind, ...] = tuple(kind for kind in get_args(FormKind) if kind != "worker_only")
LAYOUTS: tuple[Layout, ...] = get_args(Layout)
# A chat is opened by a press without a form: tests of its own (tests/browser/test_support_chat.py).
CHANNELS: tuple[ChannelName, ...] = tuple(name for name in get_args(ChannelName) if name != "support_chat")
HOSTS = {"public_report": "www", "order_appeal": "www", "cabinet_complaint": "seller", "support_ticket": "seller"}


@dataclass(frozen=True)
class Way:
    """One line of the table."""

    channel: ChannelName
    kind: FormKind
    layout: Layout

    def __str__(self) -> str:
        return f"{self.channel}-{self.kind}-{self.layout}"


ALL = [Way(*line) for line in itertools.product(CHANNELS, KINDS, LAYOUTS)]
# Latin: each channel with each kind once, and every layout with every channel and with every kind.
PAIRWISE = [
    Way(channel, kind, LAYOUTS[(place + turn) % len(LAYOUTS)])
    for turn, channel in enumerate(CHANNELS)
    for place, kind in enumerate(KINDS)
]


def order_for(mock: MockSite, channel: str, *files: Path) -> FilingOrder:
    """An order for a channel about one review, as a person would have approved it."""
    review = negative_review(mock)
    if channel == "public_report":
        return report_order(mock, review)
    order = appeal_order(mock, review, *files)
    if channel == "cabinet_complaint":
        return order.model_copy(update={"channel": channel, "reason_label": "Нарушены правила публикации"})
    if channel == "support_ticket":
        letter = {"text": f"Отзыв {review.uuid}.\nПросим проверить.", "reason_label": ""}
        sender = {"sender_name": "Анна Примерова", "sender_email": "anna@example.com"}
        return order.model_copy(update={"channel": channel, **letter, **sender})
    return order
