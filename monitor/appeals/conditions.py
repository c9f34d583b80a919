"""What must hold before an intent is taken, and again just before the gesture."""

from __future__ import annotations

from monitor.appeals.caps import DAY, Activity, require_room
from monitor.appeals.deadlines import filing_closes
from monitor.appeals.epochs import why_asked_first
from monitor.appeals.machine import AppealState, Taker
from monitor.appeals.payload import payload_of
from monitor.appeals.senders import is_same_identity, require_no_other
from monitor.appeals.steps import StepContext, move, tell_next_step
from monitor.appeals.terms import ChannelTerms
from monitor.closed_lists.states import Presence
from monitor.errors import AppealError, DeadlinePassed, MustReconcile, NotApproved
from monitor.language import gettext as _
from monitor.language.days import tell_moment
from monitor.state import Transaction
from monitor.state.appeals import AppealRecord


def find_refusal(tx: Transaction, appeal: AppealRecord, terms: ChannelTerms) -> AppealError | None:
    """Returns why no intent may be taken now, None when one may."""
    try:
        _require_account_free(tx, appeal)
        _require_state_and_channel(tx, appeal, terms)
        require_same_identity(appeal, terms)
        require_no_other(tx, appeal.review_id, appeal, account_id=appeal.account_id, own_id=appeal.id, only_sent=True)
        require_review_unchanged(tx, appeal)
        _require_approval(tx, appeal)
        require_filing_open(tx, appeal, terms)
        require_room(_activity(tx, appeal, terms), terms, tx.now())
    except AppealError as refusal:
        return refusal
    return None


def take_note_of_refusal(tx: Transaction, appeal: AppealRecord, refusal: AppealError) -> None:
    """Closes an appeal whose review is gone; sends one whose review was edited back to be approved again."""
    if isinstance(refusal, _ReviewGone) and appeal.state == AppealState.APPROVED and appeal.is_open:
        why = StepContext(facts={"why": "the review is gone"})
        move(tx, appeal, AppealState.MOOT, Taker.FILING, why, closed_at=tx.now(), closed_why="the review is gone")
    elif isinstance(refusal, _ReviewChanged) and appeal.state == AppealState.APPROVED and appeal.is_open:
        move(tx, appeal, AppealState.DRAFT, Taker.FILING, StepContext(facts={"why": "the review was edited"}))


def is_ripe(tx: Transaction, appeal: AppealRecord) -> bool:
    """Whether a schedule may send an approved appeal now: the time to take the approval back is over."""
    approval = tx.approvals.valid(appeal.id, appeal.payload_hash)
    if approval is None or approval.send_from is None:
        return approval is not None
    wait = approval.send_from - approval.approved_at
    # A clock that was set forward has not given anybody time.
    begun = max(approval.approved_at, tx.even_since()) if tx.is_ours() else approval.approved_at
    return begun + wait <= tx.now()


class _ReviewGone(AppealError):
    """Nothing is left to appeal."""


class _ReviewChanged(NotApproved):
    """The approval speaks of another version of the review."""


def _require_account_free(tx: Transaction, appeal: AppealRecord) -> None:
    account = tx.accounts.get(appeal.account_id)
    if account is None or account.disabled_at is not None:
        raise AppealError(_("the account is not in use"), where=appeal.account_id)
    if account.must_reconcile_since is not None:
        raise MustReconcile(
            _("{why_asked_first}: nothing is sent before the site was asked").format(
                why_asked_first=why_asked_first(tx)
            ),
            where=appeal.account_id,
            hint=_("Run `fairreview appeal follow` for this account."),
        )
    if account.stopped_at is not None and (account.stopped_until is None or account.stopped_until > tx.now()):
        raise AppealError(
            _("the account is stopped: {stopped_why}").format(stopped_why=account.stopped_why),
            where=appeal.account_id,
            hint=tell_release(appeal.account_id),
        )


def tell_release(account_id: str) -> str:
    """Names what takes the stop of an account away."""
    return _("Look at the site yourself, then `fairreview login --account {account_id} --headed` releases it.").format(
        account_id=account_id
    )


def require_review_unchanged(tx: Transaction, appeal: AppealRecord) -> None:
    """Refuses when the review is gone or was edited since the approval.

    Raises:
        AppealError: nothing is left to appeal.
        NotApproved: the approval speaks of another version.
    """
    review = tx.reviews.get(appeal.account_id, appeal.review_id)
    if review is None or review.presence == Presence.GONE:
        raise _ReviewGone(_("the review is not there any more"), where=appeal.review_id)
    if review.version != appeal.review_version:
        raise _ReviewChanged(
            _("approved for version {review_version} of the review, it has version {version} now").format(
                review_version=appeal.review_version, version=review.version
            ),
            where=appeal.id,
            hint=_("Look at the edited review and approve again."),
        )


def _require_state_and_channel(tx: Transaction, appeal: AppealRecord, terms: ChannelTerms) -> None:
    if appeal.state != AppealState.APPROVED or not appeal.is_open:
        raise NotApproved(
            _("the appeal is {state}").format(state=appeal.state), where=appeal.id, hint=tell_next_step(tx, appeal)
        )
    if appeal.channel != terms.channel:
        raise AppealError(
            _("approved for {channel}, not for {channel_2}").format(channel=appeal.channel, channel_2=terms.channel),
            where=appeal.id,
        )
    if appeal.channel_kind and terms.kind is not None and appeal.channel_kind is not terms.kind:
        raise AppealError(
            _("approved while {channel} was of kind {kind}, and the catalog describes it as {now} now").format(
                channel=appeal.channel, kind=appeal.channel_kind, now=terms.kind
            ),
            where=appeal.id,
            hint=_(
                "`fairreview catalog show` tells whose catalog that is. "
                "To go on with it: `fairreview appeal revoke {id}`, then draft it anew."
            ).format(id=appeal.id),
        )


def require_same_identity(appeal: AppealRecord, terms: ChannelTerms) -> None:
    """Refuses to work on an appeal as somebody else than who it was drafted for.

    Raises:
        AppealError: the settings name another login by now.
    """
    if terms.identity and not is_same_identity(appeal.identity, terms.identity):
        raise AppealError(
            _("it is {identity}'s appeal, and the settings name {identity_2} now").format(
                identity=appeal.identity, identity_2=terms.identity
            ),
            where=appeal.id,
            hint=_("Name the login again in config.toml, or end it: `fairreview appeal drop {id}`.").format(
                id=appeal.id
            ),
        )


def _require_approval(tx: Transaction, appeal: AppealRecord) -> None:
    payload = payload_of(appeal, tx.appeals.files(appeal.id))
    if tx.approvals.valid(appeal.id, payload.compute_hash()) is None:
        raise NotApproved(
            _("nobody has approved exactly this"),
            where=appeal.id,
            hint=_("`fairreview appeal revoke {id}` makes it a draft again; look at it and approve it.").format(
                id=appeal.id
            ),
        )


def require_filing_open(tx: Transaction, appeal: AppealRecord, terms: ChannelTerms) -> None:
    """Refuses when the site takes no appeal about the review any more.

    Raises:
        DeadlinePassed: the filing window of the channel is over.
    """
    review = tx.reviews.get(appeal.account_id, appeal.review_id)
    closes = None if review is None else filing_closes(review, terms)
    if closes is not None and closes <= tx.now():
        until = f"{tell_moment(closes, terms.zone)} ({terms.zone})"
        raise DeadlinePassed(
            _("the site took appeals until {until}").format(until=until),
            where=appeal.id,
            hint=_("`fairreview appeal drop {id}` ends it; `fairreview support routes` names other ways.").format(
                id=appeal.id
            ),
        )


def require_before_deadline(tx: Transaction, appeal: AppealRecord) -> None:
    """Refuses when the time for the gesture is over by the store's clock.

    Raises:
        DeadlinePassed: it is.
    """
    if appeal.deadline_at is None or appeal.deadline_at <= tx.now():
        raise DeadlinePassed(_("the time for the gesture is over"), where=appeal.id)


def _activity(tx: Transaction, appeal: AppealRecord, terms: ChannelTerms) -> Activity:
    """Counts what the site saw of one person: other accounts of the same login are the same to it."""
    now, accounts = tx.now(), tx.appeals.accounts_as(appeal.identity, appeal.account_id)
    unknown = [AppealState.UNKNOWN.value]
    return Activity(
        gestures_in_day=tx.appeals.gestures_since(accounts, now - DAY),
        last_gesture=tx.appeals.last_gesture(accounts),
        rejections=tx.appeals.rejections(accounts, now - terms.cool_down),
        unknown=sum(len(tx.appeals.of_account(one, states=unknown, only_open=True)) for one in accounts),
    )
