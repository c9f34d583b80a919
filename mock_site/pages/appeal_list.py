"""Which of an account's appeals the site lets it see now: the switch ``list_mode``."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request

from mock_site.pages.stage import Stage
from mock_site.world.models import Appeal, ChannelName

CHANNEL_TEXTS = {"order_appeal": "Обжалование отзыва"}


def visible_appeals(stage: Stage, account_guid: str, channel: ChannelName = "order_appeal") -> list[Appeal]:
    """The account's appeals of one channel, newest first; public reports and support's tickets have no list."""
    switches = stage.switches
    if switches.list_mode == "none":
        return []
    own = [one for one in stage.world.stored_appeals if one.account == account_guid and one.channel == channel]
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


def page_of(request: Request) -> int:
    """The page asked for; a strange number is the first."""
    text = request.query_params.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1
