"""What can be done with an appeal from where it stands, as commands that work. The one place where hints are made."""

from __future__ import annotations

from monitor.appeals.machine import DECIDED, FOLLOWED, AppealState
from monitor.language import gettext as _
from monitor.state.appeals import AppealRecord

_S = AppealState

_AT_WORK = _("A visit works on it, or died while it did: {follow} settles what a dead one left.")
_THERE = _("The site has it; {follow} reads what it says.")

_STEPS: dict[AppealState, str] = {
    _S.DRAFT: (
        _(
            "`{appeal} preview {id}` shows it, `{appeal} approve {id} --hash {hash}` approves exactly "
            "that, `{appeal} drop {id}` ends it."
        )
    ),
    _S.APPROVED: _("`{appeal} submit {id}` sends it now; `{appeal} revoke {id}` takes the approval back."),
    _S.INTENT: _AT_WORK,
    _S.ARMED: _AT_WORK,
    _S.RELEASED: _AT_WORK,
    _S.UNKNOWN: (
        _(
            "It is never sent again by itself. {follow} asks the site. If you looked yourself: `{appeal} "
            "resolve {id} there`, or `{appeal} resolve {id} not-there --note 'what you saw'`."
        )
    ),
    _S.ABSENT: _("`{appeal} release {id}` approves one more attempt; `{appeal} drop {id}` ends it."),
    _S.REJECTED_BY_FORM: _("The form refused it; {follow} makes sure that the site's list does not have it."),
    _S.CONFIRMED: _THERE,
    _S.ACKNOWLEDGED: _THERE,
    _S.DUPLICATE_SEEN: _THERE,
    _S.ALREADY_REPORTED: _THERE,
    _S.MOOT: _("Nothing is left to do."),
}

_UNTRIED = _(
    "Nothing was sent. `{appeal} resolve {id} draft` makes it a draft again, to be worded anew; "
    "`{appeal} resolve {id} over` ends it."
)

_DOUBTFUL = _(
    "Look at the site yourself, then `{appeal} resolve {id} there`, `{appeal} resolve {id} "
    "not-there --note 'what you saw'` or `{appeal} resolve {id} over`: after the last one "
    "nothing is ever sent about this review."
)

_DECIDED = _(
    "The site has decided ({moderation}). It is open until the review's public page was looked at since: "
    "{follow} looks when it is time."
)

_OVER = _("It is over ({why}); `{appeal} status {id}` tells its story.")


def next_step(appeal: AppealRecord, *, is_doubtful: bool) -> str:
    """Returns the next step, with every command between backticks and ready to be typed. Pure.

    Args:
        appeal: The appeal as stored.
        is_doubtful: It may have gone out (``monitor.appeals.steps.may_have_gone_out``).
    """
    if not appeal.is_open:
        told = _OVER
    elif appeal.state in FOLLOWED and appeal.moderation in DECIDED:
        told = _DECIDED
    elif appeal.state == _S.NEEDS_HUMAN:
        told = _DOUBTFUL if is_doubtful else _UNTRIED
    else:
        told = _STEPS[appeal.state]
    return told.format(
        appeal="fairreview appeal",
        id=appeal.id,
        hash=appeal.payload_hash,
        follow=f"`fairreview appeal follow --account {appeal.account_id}`",
        why=appeal.closed_why or appeal.state,
        moderation=appeal.moderation,
    )
