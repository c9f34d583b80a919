"""The kinds of channel: the ways in which something is filed, each driven by a flow of its own.

A channel's name, title, identity, page and list are catalog data; its kind is one of these. Whoever adds a channel of
a kind that is here writes data only. The flow of each kind stands in ``flows.library.filing``, because this module
imports no browser.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

SubmitTransport = Literal["browser", "pinned"]
"""Who sends the one request that files: the browser, or the driver's client, which never repeats it (docs/adr/0028)."""


class ChannelKind(StrEnum):
    """How one files."""

    ORDER_FORM = "order_form"
    CABINET_FORM = "cabinet_form"
    REPORT_DIALOG = "report_dialog"
    SUPPORT_CHAT = "support_chat"
    LETTER = "letter"


@dataclass(frozen=True, slots=True, kw_only=True)
class KindFacts:
    """What follows from the kind alone.

    Attributes:
        does: What its flow does, one line for people.
        rank: Which to choose first where several fit, the smallest: what can prove what became of an appeal comes
            first, a letter last.
        needs_order: It is reached from the order, so the order's number must be known.
        takes_files: Its form can have a place for files.
        names_review_in: ``form`` where the page itself shows which review it is about; ``text`` where only the text
            can say it.
        opens_dialogue: Its gesture opens a ticket and says nothing yet: text and files follow as a first message with
            a gesture of its own.
        pages: Pages on the way to the form that the site's catalog must describe.
        urls: Addresses that its flow opens; ``{page}`` stands for the channel's own page.
    """

    does: str
    rank: int
    needs_order: bool = False
    takes_files: bool = True
    names_review_in: Literal["form", "text"] = "form"
    opens_dialogue: bool = False
    pages: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()


KINDS: Mapping[ChannelKind, KindFacts] = MappingProxyType(
    {
        ChannelKind.ORDER_FORM: KindFacts(
            does="Appeal a review from its order.",
            rank=1,
            needs_order=True,
            pages=("order_details",),
            urls=("orders", "order_details"),
        ),
        ChannelKind.CABINET_FORM: KindFacts(
            does="Complain of a review from the cabinet.",
            rank=2,
            pages=("cabinet_reviews",),
            urls=("cabinet_reviews",),
        ),
        ChannelKind.REPORT_DIALOG: KindFacts(
            does="Report a review through its menu.", rank=3, takes_files=False, pages=("reviews",), urls=("review",)
        ),
        ChannelKind.SUPPORT_CHAT: KindFacts(
            does="Open a ticket in the support's chat.",
            rank=4,
            names_review_in="text",
            opens_dialogue=True,
            pages=("chat",),
            urls=("{page}", "chats", "chat"),
        ),
        ChannelKind.LETTER: KindFacts(
            does="Write to support about a review.", rank=5, names_review_in="text", urls=("{page}",)
        ),
    }
)
