"""What the seller changed, from planned to kept or taken back, and what may be said of it.

The day of the change and the day of the look are set when it is added, before anybody looks; where one had passed, that
is said. Before the day of the look no verdict is given, only how many reviews there are; on it and after it the same
days are counted, and each further look is kept, so that looking again and again can be seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from monitor.errors import UsageError
from monitor.insight.aspects import Lexicon
from monitor.insight.effects import Answer, BeforeAfter, Effect, judge_effect
from monitor.insight.looks import Look, days_set, looks_of, tell_afterwards
from monitor.insight.periods import Period, day_of_moment
from monitor.insight.reading import periods_of
from monitor.insight.shares import FEWEST
from monitor.language import gettext as _
from monitor.state.changes import ChangeRecord, ChangeState, ChangeStep
from monitor.state.text import JsonValue
from monitor.state.transaction import Transaction

LONGEST_DAYS = 3_650
_ON_SALE = {"begun", "checked", "kept"}
_NEXT: dict[ChangeState, tuple[ChangeState, ...]] = {
    "planned": ("begun", "taken_back"),
    "begun": ("checked", "kept", "taken_back"),
    "checked": ("checked", "kept", "taken_back"),
    "kept": ("taken_back",),
    "taken_back": (),
}


def look(
    tx: Transaction, change: ChangeRecord, lexicon: Lexicon, *, now: datetime, zone: str, until: date | None = None
) -> Look:
    """Looks at a change.

    The days end with the one before the day of the look, so that the answer does not depend on when one asks.

    Args:
        tx: The store.
        change: Which one.
        lexicon: The words.
        now: The moment.
        zone: In which days begin and end (IANA name).
        until: The day of a further look; else that which was set, and today where none was.

    Raises:
        UsageError: it has not begun, or the day of the look cannot be.
    """
    steps = tx.changes.steps(change.id)
    if change.begins_at is None or not has_begun(change, steps, now):
        raise UsageError(
            _("the change has not begun"),
            where=change.id,
            hint=_("`fairreview change step ID begun --begins DAY` sets it."),
        )
    began, today = day_of_moment(change.begins_at, zone), day_of_moment(now, zone)
    set_for = None if change.look_at is None else day_of_moment(change.look_at, zone)
    end = _end_of(until, set_for, began + timedelta(days=change.lag_days), today)
    is_early = set_for is not None and today < set_for
    before = Period(began - timedelta(days=change.before_days), began - timedelta(days=1))
    after = Period(began + timedelta(days=change.lag_days), (today if is_early else end) - timedelta(days=1))
    periods = periods_of(
        tx,
        [change.account_id],
        zone,
        lexicon,
        before=(before.first, began),
        after=(after.first, after.last + timedelta(days=1)),
    )
    others = _others(tx, change, set(periods.before) | set(periods.after), now)
    own = BeforeAfter(*(periods.negatives(change.products, change.aspect, is_after=side) for side in (False, True)))
    afterwards = tell_afterwards(change, steps, zone)
    if is_early:
        return Look(change, None, others, before, after, own.after.total, 0, set_for, afterwards)
    against = BeforeAfter(*(periods.negatives(others, change.aspect, is_after=side) for side in (False, True)))
    effect = judge_effect(own, against if others else None)
    looks, again_on = _how_manyth(looks_of(steps), after.last), _again_on(effect, today, after)
    return Look(change, effect, others, before, after, own.after.total, looks, again_on, afterwards)


def check(
    tx: Transaction, change: ChangeRecord, lexicon: Lexicon, *, by: str, zone: str, until: date | None = None
) -> Look:
    """Looks, and keeps the look as a step where it gave a verdict that is not kept yet."""
    found = look(tx, change, lexicon, now=tx.now(), zone=zone, until=until)
    if found.effect is not None:
        kept, result = looks_of(tx.changes.steps(change.id)), found.data()
        if not kept or _told(kept[-1]) != _told(result):
            state: ChangeState = change.state if change.state in {"kept", "taken_back"} else "checked"
            tx.changes.step(change.id, state, by=by, result=result)
    return found


def move(
    tx: Transaction,
    change: ChangeRecord,
    state: ChangeState,
    *,
    by: str,
    note: str = "",
    begins_at: datetime | None = None,
    look_at: datetime | None = None,
) -> ChangeStep:
    """Moves a change on.

    Raises:
        UsageError: from where it stands it cannot go there, or its beginning is not known.
    """
    if state not in _NEXT[change.state]:
        steps = ", ".join(_NEXT[change.state]) or _("nothing: it is at its end")
        raise UsageError(
            _("it is {state}").format(state=change.state),
            where=change.id,
            hint=_("From there it can become: {steps}.").format(steps=steps),
        )
    if state == "begun":
        start = begins_at or change.begins_at
        if start is None:
            raise UsageError(_("its first day is not known"), field="begins", hint=_("Write it as 2026-03-31."))
        changed = replace(change, begins_at=start, look_at=look_at or change.look_at)
        refuse_odd_days(changed)
        tx.changes.begin(change.id, at=start, look_at=changed.look_at)
        if (start, changed.look_at) != (change.begins_at, change.look_at):
            return tx.changes.step(change.id, state, by=by, note=note, result=days_set(changed))
    return tx.changes.step(change.id, state, by=by, note=note)


def has_begun(change: ChangeRecord, steps: Sequence[ChangeStep], now: datetime) -> bool:
    """Whether a change was ever on sale: what is only planned, or was taken back before it began, was not."""
    return change.begins_at is not None and change.begins_at <= now and any(step.state in _ON_SALE for step in steps)


def note_change(tx: Transaction, change: ChangeRecord, zone: str) -> str:
    """Stores a change; returns which of its days were set afterwards, in words.

    Raises:
        UsageError: its days cannot be meant, or it is noted already.
    """
    refuse_odd_days(change)
    refuse_twice(tx, change)
    tx.changes.add(change)
    return tell_afterwards(change, tx.changes.steps(change.id), zone)


def refuse_twice(tx: Transaction, change: ChangeRecord) -> None:
    """Refuses a change that is noted already and not over.

    Raises:
        UsageError: one of the same words stands for the same products and complaint.
    """
    for one in tx.changes.of_account(change.account_id):
        is_same = (one.what.casefold(), set(one.products), one.aspect) == (
            change.what.casefold(), set(change.products), change.aspect,
        )  # fmt: skip
        if is_same and one.state in {"planned", "begun", "checked"}:
            raise UsageError(
                _("this change is noted already as {id} ({state})").format(id=one.id, state=one.state),
                field="what",
                hint=_("Move that one on with `fairreview change step CHANGE STATE`, or word the new one otherwise."),
            )


def refuse_odd_days(change: ChangeRecord) -> None:
    """Refuses days that cannot be meant.

    Raises:
        UsageError: a number of days is out of range, or the look comes before there can be a review.
    """
    for name, days, least in (("lag", change.lag_days, 0), ("before", change.before_days, 1)):
        if not least <= days <= LONGEST_DAYS:
            raise UsageError(
                _("{days} days cannot be meant").format(days=days),
                field=name,
                hint=_("From {least} to {longest_days}.").format(least=least, longest_days=LONGEST_DAYS),
            )
    if change.begins_at and change.look_at and change.look_at <= change.begins_at + timedelta(days=change.lag_days):
        raise UsageError(
            _("the look would come before the first review that counts"),
            field="look_on",
            hint=_("Name a day more than {lag_days} days after the beginning, or a shorter lag.").format(
                lag_days=change.lag_days
            ),
        )


def _end_of(until: date | None, set_for: date | None, first: date, today: date) -> date:
    """The day of the look: reviews of it are not counted."""
    if until is None:
        return max(set_for or today, first + timedelta(days=1))
    if set_for is not None and until < set_for:
        raise UsageError(
            _("the day of the verdict is {set_for}").format(set_for=set_for),
            field="until",
            hint=_("A further look comes after it."),
        )
    if until > today:
        raise UsageError(
            _("{until} has not come").format(until=until),
            field="until",
            hint=_("Name a day up to today, {today}.").format(today=today),
        )
    if until <= first:
        raise UsageError(
            _("the first review that counts is of {first}").format(first=first),
            field="until",
            hint=_("Name a later day."),
        )
    return until


def _how_manyth(kept: Sequence[Mapping[str, JsonValue]], last: date) -> int:
    """Looks at the same days are one look; those of an older program told no days, and each was its own."""
    ends: list[object] = []
    for one in kept:
        days = one.get("after")
        end = days[-1] if isinstance(days, list) else len(ends)
        if end not in ends:
            ends.append(end)
    return ends.index(last.isoformat()) + 1 if last.isoformat() in ends else len(ends) + 1


def _told(result: Mapping[str, JsonValue]) -> tuple[JsonValue, ...]:
    return tuple(result.get(name) for name in ("after", "own", "compared_with", "answer"))


def _others(tx: Transaction, change: ChangeRecord, seen: set[str], now: datetime) -> tuple[str, ...]:
    if change.comparable:
        return change.comparable
    changed = {
        product
        for other in tx.changes.of_account(change.account_id)
        if other.id == change.id or has_begun(other, tx.changes.steps(other.id), now)
        for product in other.products
    }
    return tuple(sorted(seen - changed))


def _again_on(effect: Effect, today: date, after: Period) -> date | None:
    if effect.answer not in {Answer.TOO_FEW, Answer.CANNOT_TELL} or not effect.own.after.total:
        return None
    wanted = effect.more_reviews or (FEWEST - effect.own.after.total)
    if effect.more_reviews is None or wanted <= 0:
        return None
    ahead = wanted * after.days // effect.own.after.total + 2
    return max(today, after.last + timedelta(days=ahead)) if ahead <= LONGEST_DAYS else None
