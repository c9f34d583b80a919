"""Looks which ways to appeal one review this account really has. Opens menus and forms, sends nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from flows.errors import AlreadyReported, FlowError, FormMismatch, SignInRequired, WallMet, WrongAccount
from flows.library.answers import require_signed_in, take_picture
from flows.library.filing import open_channel
from flows.pages.orders import OrderDetailsPage
from flows.pages.reviews import ReviewsPage

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.session import AccountWitness
    from flows.workbench import Tab, Workbench

Control = Literal["present", "absent", "already_reported", "cannot_say"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelProbe:
    """What one look found: the control, the reasons as shown, and a picture of it."""

    channel: str
    review_id: str
    control: Control
    reasons: tuple[str, ...] = ()
    detail: str = ""
    screenshot: bytes = b""


def probe_channels(
    bench: Workbench,
    *,
    state: bytes,
    expected: AccountWitness,
    review_id: str,
    product_url: str,
    order_number: str | None = None,
) -> tuple[ChannelProbe, ...]:
    """Looks for each channel's control for one review, in submit contexts whose gate stays closed.

    Args:
        bench: Browser, site and budget.
        state: The session of the site profile.
        expected: The account that must be signed in.
        review_id: The review.
        product_url: Any address of its product.
        order_number: Its order, when known; without it ``order_appeal`` is not looked for.

    Raises:
        flows.errors.WallMet, flows.errors.SignInRequired, flows.errors.WrongAccount: as their names say.
    """

    def look_at_report(tab: Tab) -> tuple[str, ...]:
        product = tab.site.product_from_url(product_url)
        page = ReviewsPage(tab.page, tab.site, sku=product.sku, slug=product.slug)
        with tab.turn(product.url):
            page.open_review(review_id)
        require_signed_in(tab, "site_profile", expected)
        return page.open_report_dialog(review_id).read().reasons

    def look_at_order(tab: Tab) -> tuple[str, ...]:
        details = OrderDetailsPage(tab.page, tab.site, order_number=order_number or "")
        with tab.turn(tab.site.url("orders")):
            details.open()
        require_signed_in(tab, "site_profile", expected)
        return details.open_appeal(review_id).read().reasons

    looks: list[tuple[str, Callable[[Tab], tuple[str, ...]]]] = [("public_report", look_at_report)]
    if order_number is not None:
        looks.append(("order_appeal", look_at_order))
    probes = []
    for channel, look in looks:
        with open_channel(bench, channel, state=state, expected=expected) as opened:
            probes.append(_probe(opened.tab, channel, review_id, look))
    return tuple(probes)


def _probe(tab: Tab, channel: str, review_id: str, look: Callable[[Tab], tuple[str, ...]]) -> ChannelProbe:
    control: Control = "present"
    reasons: tuple[str, ...] = ()
    detail = ""
    try:
        reasons = look(tab)
    except (WallMet, SignInRequired, WrongAccount):
        raise
    except AlreadyReported as error:
        control, detail = "already_reported", str(error)
    except FlowError as error:
        control, detail = _control_of(error), str(error)
    return ChannelProbe(
        channel=channel,
        review_id=review_id,
        control=control,
        reasons=reasons,
        detail=detail,
        screenshot=take_picture(tab),
    )


def _control_of(error: FlowError) -> Control:
    """A page that was there and did not offer the control says "absent"; any other trouble says nothing."""
    return "absent" if isinstance(error, FormMismatch) else "cannot_say"
