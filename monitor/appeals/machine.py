"""The states of an appeal, what may follow what, and who may take each arrow. Pure.

An arrow belongs to whoever takes it: a person by one command, a visit that files, a look at the site, or the rules for
a restored store. Nobody comes through another one's door: what `release` may do, `approve` may not.

Three tracks are kept apart because they know different things: *filing* is what we did and can prove, *moderation* is
what the site says of it, *outcome* is what anybody can see on the public page.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monitor.closed_lists.states import AppealState, Moderation, Outcome, Track
from monitor.errors import IllegalTransition
from monitor.language import gettext as _

__all__ = ["ARROWS", "AppealState", "Moderation", "Outcome", "Taker", "Track"]


class Taker(StrEnum):
    """Who takes an arrow; a person's are the commands they type."""

    DRAFT = "appeal draft"
    APPROVE = "appeal approve"
    REVOKE = "appeal revoke"
    DROP = "appeal drop"
    RELEASE = "appeal release"
    RESOLVE = "appeal resolve"
    FILING = "a visit that files"
    RECONCILE = "a look at the site"
    RESTORE = "the rules for a restored store"


_S = AppealState
_T = Taker


@dataclass(frozen=True)
class Arrows:
    """Arrows of one taker, from each state ``before`` to each one ``after``.

    Attributes:
        why: What has to be true for them; the code that takes them makes sure of it.
    """

    by: Taker
    before: frozenset[AppealState]
    after: frozenset[AppealState]
    why: str


def _arrows(by: Taker, before: set[AppealState], after: set[AppealState], why: str) -> Arrows:
    return Arrows(by, frozenset(before), frozenset(after), why)


ARROWS = (
    _arrows(_T.APPROVE, {_S.DRAFT}, {_S.APPROVED}, "human approval of what was shown; no draft has left this machine"),
    _arrows(_T.RELEASE, {_S.DRAFT}, {_S.APPROVED}, "a new generation, born after the one before it was proven absent"),
    _arrows(_T.REVOKE, {_S.APPROVED}, {_S.DRAFT}, "human approval taken back before anything was tried"),
    _arrows(_T.DRAFT, {_S.APPROVED, _S.NEEDS_HUMAN}, {_S.DRAFT}, "another wording; never of what may have gone out"),
    _arrows(_T.DROP, {_S.DRAFT, _S.APPROVED, _S.ABSENT}, {_S.MOOT}, "the site provably does not have it"),
    _arrows(
        _T.RESOLVE,
        {_S.UNKNOWN, _S.NEEDS_HUMAN},
        {_S.CONFIRMED, _S.ACKNOWLEDGED, _S.DUPLICATE_SEEN, _S.ABSENT, _S.ALREADY_REPORTED, _S.MOOT},
        "a person looked at the site; after MOOT nothing is ever sent about this review again",
    ),
    _arrows(_T.RESOLVE, {_S.DUPLICATE_SEEN}, {_S.MOOT}, "a person leaves both there; nothing more is ever sent"),
    _arrows(_T.RESOLVE, {_S.NEEDS_HUMAN}, {_S.DRAFT}, "a person's word that nothing was sent; no gesture was made"),
    _arrows(_T.FILING, {_S.APPROVED}, {_S.INTENT}, "a valid approval, room for one more gesture, the account's lock"),
    _arrows(_T.FILING, {_S.APPROVED}, {_S.DRAFT, _S.MOOT}, "the review was edited, or is gone: nothing is tried"),
    _arrows(_T.FILING, {_S.INTENT}, {_S.ARMED}, "the form is filled, read back right, and its picture on disk"),
    _arrows(
        _T.FILING,
        {_S.INTENT, _S.ARMED},
        {_S.APPROVED, _S.UNKNOWN, _S.ALREADY_REPORTED, _S.NEEDS_HUMAN},
        "ended before the request: given back where the gate vouches for it, unknown where it does not",
    ),
    _arrows(_T.FILING, {_S.ARMED}, {_S.RELEASED}, "the one request waits at the gate"),
    _arrows(_T.FILING, {_S.ARMED}, {_S.REJECTED_BY_FORM}, "the form refused it itself; no request was let go"),
    _arrows(
        _T.FILING,
        {_S.RELEASED},
        {_S.CONFIRMED, _S.ACKNOWLEDGED, _S.REJECTED_BY_FORM, _S.UNKNOWN},
        "what the site's answer proves; anything else is unknown",
    ),
    _arrows(
        _T.RECONCILE,
        {_S.UNKNOWN},
        {_S.CONFIRMED, _S.ACKNOWLEDGED, _S.DUPLICATE_SEEN, _S.ABSENT, _S.NEEDS_HUMAN, _S.ALREADY_REPORTED},
        "the site was asked in a fresh context, after whatever filled the form was gone",
    ),
    _arrows(_T.RECONCILE, {_S.UNKNOWN}, {_S.APPROVED}, "no gesture was made, and the gate vouches for no request"),
    _arrows(_T.RECONCILE, {_S.CONFIRMED}, {_S.DUPLICATE_SEEN, _S.NEEDS_HUMAN}, "the site's list shows two, or none"),
    _arrows(
        _T.RECONCILE,
        {_S.REJECTED_BY_FORM, _S.ABSENT},
        {_S.CONFIRMED, _S.DUPLICATE_SEEN},
        "the list has the last word: a re-sent request may be refused while the first one was stored",
    ),
    _arrows(
        _T.RESTORE, {_S.APPROVED}, {_S.CONFIRMED, _S.DUPLICATE_SEEN, _S.NEEDS_HUMAN}, "it may have been sent since"
    ),
    _arrows(_T.RESTORE, {_S.DRAFT}, {_S.ALREADY_REPORTED}, "the site has one that the store does not know"),
)
"""Every arrow there is. What is not here does not exist."""

MAY_FOLLOW: dict[AppealState, frozenset[AppealState]] = {
    state: frozenset[AppealState]().union(*(row.after for row in ARROWS if state in row.before))
    for state in AppealState
}
"""What may follow a state, whoever takes it there."""

NOT_SENT = frozenset({_S.DRAFT, _S.APPROVED})
"""Nothing of it has left this machine: there is nothing to ask the site about."""

IN_FLIGHT = frozenset({_S.INTENT, _S.ARMED, _S.RELEASED})
"""A process works on it, or died while it did."""

FOLLOWED = frozenset({_S.CONFIRMED, _S.ACKNOWLEDGED, _S.DUPLICATE_SEEN, _S.ALREADY_REPORTED})
"""The site has it; what becomes of it is followed."""

DECIDED = frozenset({Moderation.ACCEPTED, Moderation.REJECTED})
"""What the moderator may have said last."""

TO_RECONCILE = frozenset({_S.UNKNOWN})
"""Nothing may be done about it before the site was asked."""


def may_take(by: Taker, current: AppealState, wanted: AppealState) -> bool:
    """Whether this arrow is this taker's."""
    return any(row.by is by and current in row.before and wanted in row.after for row in ARROWS)


def require_may_take(by: Taker, current: AppealState, wanted: AppealState, *, where: str = "", hint: str = "") -> None:
    """Refuses an arrow that is not in the table, or is somebody else's.

    Args:
        by: Who wants to take it.
        current: Where the appeal stands.
        wanted: Where it shall go.
        where: The appeal's id.
        hint: The next step from where it stands.

    Raises:
        IllegalTransition: ``by`` may not take it from ``current`` to ``wanted``.
    """
    if not may_take(by, current, wanted):
        raise IllegalTransition(
            _("the appeal is {current}: {by} cannot make it {wanted}").format(
                current=current.value, by=by.value, wanted=wanted.value
            ),
            where=where,
            hint=hint,
        )
