"""How much one account may file: cap, pace, cool-down, and the stop on the first odd sign. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.appeals.terms import ChannelTerms
from monitor.errors import CapReached
from monitor.language import gettext as _
from monitor.language.days import tell_second

DAY = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Activity:
    """What one sender did lately, by whatever account, from the store: it holds across restarts and workers.

    Attributes:
        gestures_in_day: Gestures of the last 24 hours, and attempts that may still make one.
        last_gesture: The newest gesture.
        rejections: When the site rejected appeals within the cool-down, oldest first.
        unknown: How many outcomes are unknown and not reconciled.
    """

    gestures_in_day: int
    last_gesture: datetime | None
    rejections: Sequence[datetime]
    unknown: int


def require_room(activity: Activity, terms: ChannelTerms, now: datetime) -> None:
    """Lets one more gesture be planned, or says why not and when to look again.

    Raises:
        CapReached: one of the limits holds.
    """
    if terms.stops_on_unknown and activity.unknown:
        raise CapReached(
            _("an earlier appeal's outcome is not known yet"),
            hint=_("Let `fairreview appeal follow` ask the site first."),
        )
    if activity.gestures_in_day >= terms.daily_cap:
        raise _later(
            _("the cap of {daily_cap} appeals in 24 hours is reached").format(daily_cap=terms.daily_cap),
            now + timedelta(hours=1),
            terms,
        )
    if activity.last_gesture is not None and now < activity.last_gesture + terms.pace:
        raise _later(_("appeals of one account keep a distance"), activity.last_gesture + terms.pace, terms)
    recent = [moment for moment in activity.rejections if moment > now - terms.cool_down]
    if len(recent) >= terms.rejections_before_cool_down:
        raise _later(
            _("{count} appeals were rejected lately").format(count=len(recent)), recent[-1] + terms.cool_down, terms
        )


def _later(message: str, moment: datetime, terms: ChannelTerms) -> CapReached:
    hint = _("It can be tried again after {when} ({zone}).").format(
        when=tell_second(moment, terms.zone), zone=terms.zone
    )
    return CapReached(message, hint=hint, not_before=moment.isoformat(timespec="seconds"))
