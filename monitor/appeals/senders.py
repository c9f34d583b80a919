"""Whether two appeals may come from one sender: the same login, or one that was renamed or never named. Pure."""

from __future__ import annotations

from typing import Protocol

from monitor.appeals.machine import NOT_SENT
from monitor.appeals.steps import tell_next_step
from monitor.errors import AlreadyOpen
from monitor.language import gettext as _
from monitor.state import Transaction
from monitor.state.appeals import AppealRecord
from monitor.state.login_locks import one_spelling

_UNNAMED = "/"  # between account and identity, where the settings name no login


class Sent(Protocol):
    """What is asked of an appeal, drafted or not."""

    @property
    def identity(self) -> str:
        """The identity's name in the ledger."""

    @property
    def channel(self) -> str:
        """The channel."""


def is_same_identity(one: str, other: str) -> bool:
    """Whether two names in the ledger are one identity, however its login is spelled."""
    return one_spelling(one) == one_spelling(other)


def may_be_one_sender(one: Sent, other: Sent, *, is_one_account: bool) -> bool:
    """Whether the site may take two appeals for one person's.

    On one channel an account has one identity: another login in the settings says that it was changed, not that there
    are two people. Of an identity without a login nobody can say whose it is.
    """
    if is_same_identity(one.identity, other.identity):
        return True
    is_named = _UNNAMED not in one.identity and _UNNAMED not in other.identity
    return one.channel == other.channel and (is_one_account or not is_named)


def require_no_other(
    tx: Transaction, review_id: str, sent: Sent, *, account_id: str, own_id: str = "", only_sent: bool
) -> None:
    """Refuses a second appeal about a review beside one that may be the same sender's.

    Args:
        tx: A transaction.
        review_id: The review.
        sent: Who would send it through which channel.
        account_id: The account it belongs to.
        own_id: The appeal itself, once it is stored.
        only_sent: Drafts and approvals of others do no harm yet.

    Raises:
        AlreadyOpen: there is one.
    """
    for other in tx.appeals.about(review_id):
        if other.id == own_id or not other.is_open or (only_sent and other.state in NOT_SENT):
            continue
        if not may_be_one_sender(sent, other, is_one_account=other.account_id == account_id):
            continue
        raise AlreadyOpen(
            _("this review has an open appeal ({state}) as {identity}").format(
                state=other.state, identity=other.identity
            ),
            where=other.id,
            hint=_way_out(tx, other),
        )


def _way_out(tx: Transaction, other: AppealRecord) -> str:
    if other.state in NOT_SENT:
        return _("`fairreview appeal drop {id}` ends that one; then draft this one again.").format(id=other.id)
    return tell_next_step(tx, other)
