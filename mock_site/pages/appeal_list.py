"""Which of an account's appeals the site lets it see now: the switch ``list_mode``."""

from __future__ import annotations

from datetime import timedelta

from mock_site.pages.stage import Stage
from mock_site.world.models import Appeal

CHANNEL_TEXTS = {
    "order_appeal": "Обжалование отзыва",
    "cabinet_complaint": "Жалоба из кабинета",
    "support_ticket": "Обращение в поддержку",
}


def visible_appeals(stage: Stage, account_guid: str) -> list[Appeal]:
    """The account's appeals, newest first; public reports are never listed."""
    switches = stage.switches
    if switches.list_mode == "none":
        return []
    own = [one for one in stage.world.stored_appeals if one.account == account_guid and one.channel in CHANNEL_TEXTS]
    if switches.list_mode == "delay":
        latest = stage.world.clock.now() - timedelta(seconds=switches.list_delay_s)
        own = [appeal for appeal in own if appeal.submitted_at <= latest]
    return own[::-1]


def listed_rows(stage: Stage, appeals: list[Appeal]) -> list[Appeal]:
    """The rows shown of them: every second one is lost where the switch says so."""
    return appeals[::2] if stage.switches.list_mode == "drops_rows" else appeals


def rows_per_page(stage: Stage) -> int:
    """20 a page, 5 with the switch ``paged``."""
    return 5 if stage.switches.list_mode == "paged" else 20
