"""Sent appeals of the small shop, stored as the ledger would have left them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from monitor.closed_lists.states import AppealState, Moderation, Outcome
from monitor.state.appeals import AppealFile, AppealRecord
from tests.unit.monitor.insight.shop import ACCOUNT, TODAY, Shop

_NUMBERS = count(1)


@dataclass(frozen=True)
class Sent:
    """One appeal to be stored."""

    review_id: str
    moderation: str = ""
    outcome: str = ""
    state: str = "confirmed"
    ground: str = "obscene"
    channel: str = "public_report"
    text: str = "Это не отзыв."
    days: int = 3
    pictures: int = 0
    order: str | None = None
    is_released: bool = True
    id: str = field(default_factory=lambda: f"appeal_{next(_NUMBERS):04}")


def send(shop: Shop, *appeals: Sent) -> None:
    """Stores appeals, each in a case of its review."""
    sent_at = TODAY - timedelta(days=40)
    with shop.installation.state.transaction() as tx:
        for one in appeals:
            case = tx.cases.open(ACCOUNT, one.review_id)
            is_decided = one.moderation in {"accepted", "rejected"}
            record = AppealRecord(
                id=one.id, case_id=case.id, account_id=ACCOUNT, site="ozon", identity="site_profile:1",
                review_id=one.review_id, generation=1, review_version=1, channel=one.channel, ground=one.ground,
                reason_label="Неприемлемое содержание", text=one.text, product_url="", order_number=one.order,
                payload_hash="sha256:1", state=AppealState(one.state), number=None,
                moderation=Moderation(one.moderation) if one.moderation else "",
                outcome=Outcome(one.outcome) if one.outcome else "",
                fence=None, deadline_at=None, intent_at=None, gesture_at=None,
                released_at=sent_at if one.is_released else None, settled_at=None, counted_at=None,
                decided_at=sent_at + timedelta(days=one.days) if is_decided else None, returns=0, created_at=sent_at,
                updated_at=sent_at, closed_at=None, closed_why="",
            )  # fmt: skip
            files = [
                AppealFile(one.id, position, f"{position}.png", "00" * 32, "image/png", "")
                for position in range(one.pictures)
            ]
            tx.appeals.add(record, files)
