"""Looks which ways to appeal one review this account really has. Opens menus and forms, sends nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from flows.session import AccountWitness
    from flows.workbench import Workbench


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelProbe:
    """What one look found: the control, the reasons as shown, and a picture of it."""

    channel: str
    review_id: str
    control: Literal["present", "absent", "already_reported", "cannot_say"]
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
    """Looks for each channel's control for one review, with the gate closed."""
    raise NotImplementedError
