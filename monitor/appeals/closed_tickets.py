"""An appeal whose gesture opens a ticket is over when its ticket is: a closed one takes no answers (programs of 2026).

That a ticket is closed is a person's word in the case's dialogue; a text alone only proposes it.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.appeals.machine import AppealState
from monitor.appeals.steps import tell_next_step
from monitor.closed_lists.contact_kinds import Direction, Saying, Way
from monitor.language import gettext as _
from monitor.state import Transaction
from monitor.state.appeals import AppealRecord

OPENED = frozenset({AppealState.CONFIRMED, AppealState.ACKNOWLEDGED, AppealState.DUPLICATE_SEEN})
"""With a number: the ticket is there, by the site's word or a person's, who names one where two were opened."""


def is_ticket_closed(tx: Transaction, appeal: AppealRecord) -> bool:
    """Whether a person said that the ticket of an appeal is closed, and the platform said nothing in it since."""
    if appeal.state not in OPENED or not appeal.number:
        return False
    heard = [
        (one.happened_at, one.noted_at, one.says)
        for one in tx.contacts.of_case(appeal.case_id)
        if one.way is Way.CHAT
        and one.direction is Direction.IN
        and one.number == appeal.number
        and one.struck_at is None
    ]
    return bool(heard) and max(heard)[2] is Saying.CLOSED


def find_closed(tx: Transaction, appeals: Iterable[AppealRecord], channel: str) -> list[AppealRecord]:
    """Returns the open appeals of a channel whose tickets are closed: another ticket may follow them."""
    return [one for one in appeals if one.is_open and one.channel == channel and is_ticket_closed(tx, one)]


def tell_way_on(tx: Transaction, appeal: AppealRecord) -> str:
    """Returns what can be done while the ticket of an appeal is not known to be closed."""
    if appeal.state not in OPENED or not appeal.number:
        return tell_next_step(tx, appeal)
    return _(
        "Ticket {number} is open as far as anybody said: `fairreview support chat draft {review} --number {number} "
        '--text "…"` writes into it. If you see that it is closed: `fairreview support note {review} --way chat '
        "--direction in --number {number} --says closed`, then draft again."
    ).format(number=appeal.number, review=appeal.review_id)
