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
from monitor.days import tell_moment
from monitor.errors import AppealError, DeadlinePassed, MustReconcile, NotApproved
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
        _require_filing_open(tx, appeal, terms)
        require_room(_activity(tx, appeal.account_id, terms), terms, tx.now())
    except AppealError as refusal:
        return refusal
    return None


def take_note_of_refusal(tx: Transaction, appeal: AppealRecord, refusal: AppealError) -> None:
    """Closes an appeal whose review is gone; sends one whose review was edited back to be approved again."""
    if isinstance(refusal, _ReviewGone) and appeal.state == AppealState.APPROVED and appeal.is_open:
        why = StepContext(facts={"why": "the review is gone"})
        move(tx, appeal, AppealState.MOOT, Taker.FILING, why, closed_at=tx.now(), closed_why="the review is gone")
    elif isinstance(refusal, _ReviewChanged) and appeal.state == AppealState.APPROVED and appeal.is_open:
        tx.approvals.revoke(appeal.id, "the review was edited")
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
        raise AppealError("the account is not in use", where=appeal.account_id)
    if account.must_reconcile_since is not None:
        raise MustReconcile(
            f"{why_asked_first(tx)}: nothing is sent before the site was asked",
            where=appeal.account_id,
            hint="Run `fairreview appeal follow` for this account.",
        )
    if account.stopped_at is not None and (account.stopped_until is None or account.stopped_until > tx.now()):
        raise AppealError(f"the account is stopped: {account.stopped_why}", where=appeal.account_id)


def require_review_unchanged(tx: Transaction, appeal: AppealRecord) -> None:
    """Refuses when the review is gone or was edited since the approval.

    Raises:
        AppealError: nothing is left to appeal.
        NotApproved: the approval speaks of another version.
    """
    review = tx.reviews.get(appeal.account_id, appeal.review_id)
    if review is None or review.presence == "gone":
        raise _ReviewGone("the review is not there any more", where=appeal.review_id)
    if review.version != appeal.review_version:
        raise _ReviewChanged(
            f"approved for version {appeal.review_version} of the review, it has version {review.version} now",
            where=appeal.id,
            hint="Look at the edited review and approve again.",
        )


def _require_state_and_channel(tx: Transaction, appeal: AppealRecord, terms: ChannelTerms) -> None:
    if appeal.state != AppealState.APPROVED or not appeal.is_open:
        raise NotApproved(f"the appeal is {appeal.state}", where=appeal.id, hint=tell_next_step(tx, appeal))
    if appeal.channel != terms.channel:
        raise AppealError(f"approved for {appeal.channel}, not for {terms.channel}", where=appeal.id)


def require_same_identity(appeal: AppealRecord, terms: ChannelTerms) -> None:
    """Refuses to work on an appeal as somebody else than who it was drafted for.

    Raises:
        AppealError: the settings name another login by now.
    """
    if terms.identity and not is_same_identity(appeal.identity, terms.identity):
        raise AppealError(
            f"it is {appeal.identity}'s appeal, and the settings name {terms.identity} now",
            where=appeal.id,
            hint=f"Name the login again in config.toml, or end it: `fairreview appeal drop {appeal.id}`.",
        )


def _require_approval(tx: Transaction, appeal: AppealRecord) -> None:
    payload = payload_of(appeal, tx.appeals.files(appeal.id))
    if tx.approvals.valid(appeal.id, payload.compute_hash()) is None:
        raise NotApproved(
            "nobody has approved exactly this",
            where=appeal.id,
            hint=f"`fairreview appeal revoke {appeal.id}` makes it a draft again; look at it and approve it.",
        )


def _require_filing_open(tx: Transaction, appeal: AppealRecord, terms: ChannelTerms) -> None:
    review = tx.reviews.get(appeal.account_id, appeal.review_id)
    closes = None if review is None else filing_closes(review, terms)
    if closes is not None and closes <= tx.now():
        until = f"{tell_moment(closes, terms.zone)} ({terms.zone})"
        raise DeadlinePassed(f"the site took appeals until {until}", where=appeal.id)


def require_before_deadline(tx: Transaction, appeal: AppealRecord) -> None:
    """Refuses when the time for the gesture is over by the store's clock.

    Raises:
        DeadlinePassed: it is.
    """
    if appeal.deadline_at is None or appeal.deadline_at <= tx.now():
        raise DeadlinePassed("the time for the gesture is over", where=appeal.id)


def _activity(tx: Transaction, account_id: str, terms: ChannelTerms) -> Activity:
    now = tx.now()
    return Activity(
        gestures_in_day=tx.appeals.gestures_since(account_id, now - DAY),
        last_gesture=tx.appeals.last_gesture(account_id),
        rejections=tx.appeals.rejections(account_id, now - terms.cool_down),
        unknown=len(tx.appeals.of_account(account_id, states=[AppealState.UNKNOWN.value], only_open=True)),
    )
