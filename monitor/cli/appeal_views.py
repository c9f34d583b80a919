"""What people are shown of an appeal: what would be sent, its steps, the looks at the site, what can be done next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from monitor.appeals.deadlines import filing_closes
from monitor.appeals.machine import AppealState
from monitor.appeals.reconcile import ABSENCE
from monitor.appeals.steps import tell_next_step
from monitor.appeals.terms import ChannelTerms
from monitor.appeals.words import FILING, MODERATION, OUTCOMES, words_on
from monitor.bootstrap import Installation
from monitor.cases.casework import describe
from monitor.cases.channel_choice import find_reason_off
from monitor.cases.channel_terms import terms_of
from monitor.cli import output
from monitor.cli.lookup import short_appeals, short_reviews
from monitor.closed_lists.states import Track
from monitor.config.settings import Settings
from monitor.errors import AppealError, UsageError
from monitor.insight.filed import tell_record_of
from monitor.language import gettext as _
from monitor.language.days import tell_moment, tell_second
from monitor.language.words import Words, in_a_cell, named
from monitor.state import State
from monitor.state.appeals import AppealRecord, TransitionRecord
from monitor.triage.titles import VERDICTS
from monitor.use_cases import appeals
from monitor.use_cases.models import Appeal

_WORDS: dict[str, Mapping[Any, Words]] = {"state": FILING, "moderation": MODERATION, "outcome": OUTCOMES}


def print_appeals(state: State, rows: Sequence[Appeal], *, as_json: bool) -> None:
    """Prints where appeals stand: a table for people, a line of JSON each for programs."""
    if as_json:
        output.print_lines(rows)
        return
    columns = ("channel", "ground", "state", "number", "moderation", "outcome", "closed_why")
    names = short_appeals(state, (row.id for row in rows))
    reviews = short_reviews(state, (row.review_id for row in rows))
    cells = ([in_a_cell(str(getattr(row, column) or ""), _WORDS.get(column, {})) for column in columns] for row in rows)
    lines = ((names[row.id], reviews[row.review_id], *rest) for row, rest in zip(rows, cells, strict=True))
    output.print_table(("appeal", "review", *columns), lines)


def show_appeal(state: State, settings: Settings, appeal: AppealRecord, *, as_json: bool) -> None:
    """Shows exactly what would be sent, or was."""
    with state.read() as tx:
        version = tx.reviews.newest_version(appeal.account_id, appeal.review_id)
        verdict = tx.verdicts.newest(appeal.case_id)
        rows = describe(tx, appeal)
        record = tell_record_of(tx, appeal.account_id, appeal.ground)
    if as_json:
        shown = appeals.show_appeal(state, appeal.id, zone=settings.installation.zone)
        assert shown is not None  # noqa: S101 - it was found a moment ago, and appeals are never removed
        output.print_json(shown)
        return
    known = [(_("review's text"), version.text)] if version else []
    known += [(_("verdict"), f"{in_a_cell(verdict.kind, VERDICTS)} {verdict.ground}".strip())] if verdict else []
    known += [(_("earlier ones"), record)] if record else []
    output.print_table(("", ""), [*rows[:3], *known, *rows[3:]])


def show_steps(state: State, settings: Settings, appeal: AppealRecord) -> None:
    """Shows every step of an appeal with the site's own words."""
    with state.read() as tx:
        steps = tx.appeals.transitions(appeal.id)
    zone = settings.installation.zone
    rows = ((tell_second(s.at, zone), named(s.track), _step(s), s.raw_text[:120]) for s in steps)
    output.print_table((f"at ({zone})", "track", "step", "the site's words"), rows)


def _step(step: TransitionRecord) -> str:
    words = words_on(Track(step.track))
    return f"{in_a_cell(step.from_state, words)} → {in_a_cell(step.to_state, words)}"


def show_looks(state: State, settings: Settings, appeal: AppealRecord) -> None:
    """Shows what each look at the site found."""
    with state.read() as tx:
        looks = tx.looks.of(appeal.id, ABSENCE)
    zone = settings.installation.zone
    noted = ((look, look.facts if isinstance(look.facts, dict) else {}) for look in looks)
    rows = ((tell_second(look.read_at, zone), look.result, str(facts.get("note", ""))) for look, facts in noted)
    output.print_table((f"looked at ({zone})", "found", "because"), rows)


def say_next_step(installation: Installation, appeal: AppealRecord) -> None:
    """Says what can be done with an appeal from where it stands, and before that why its channel would refuse it."""
    problem = _find_obstacle(installation, appeal) if appeal.is_open and appeal.state == AppealState.APPROVED else None
    with installation.state.read() as tx:
        told = tell_next_step(tx, appeal)
    output.say(
        told
        if problem is None
        else _("It is not sent yet: {problem}. {hint}\nAfter that: {told}").format(
            problem=problem, hint=problem.hint, told=told
        )
    )


def _find_obstacle(installation: Installation, appeal: AppealRecord) -> AppealError | UsageError | None:
    section = next((one for one in installation.settings.account if one.name == appeal.account_id), None)
    if section is None:
        return None  # the commands that it names say so
    try:
        return find_reason_off(installation, section, appeal.review_id, appeal.channel)
    except UsageError as unknown:
        return unknown


def own_terms(installation: Installation, appeal: AppealRecord) -> ChannelTerms:
    """Returns the terms of an appeal's channel, by the account's settings and the catalog as it is now."""
    section = installation.settings.find_account(appeal.account_id)
    site = installation.site_of(section)
    return terms_of(site, appeal.channel, settings=installation.settings, account=section)


def say_until(installation: Installation, appeal: AppealRecord) -> None:
    """Says until when the site takes an appeal that was not sent yet, where that is known."""
    if appeal.state not in {AppealState.DRAFT, AppealState.APPROVED}:
        return
    with installation.state.read() as tx:
        review = tx.reviews.get(appeal.account_id, appeal.review_id)
        closes = filing_closes(review, own_terms(installation, appeal)) if review is not None else None
        is_over = closes is not None and closes <= tx.now()
    if closes is None:
        return
    zone = installation.settings.installation.zone
    until = f"{tell_moment(closes, zone)} ({zone})"
    if is_over:
        output.say(
            _("The site took appeals about this review until {until}: this one cannot be sent any more.").format(
                until=until
            ),
            style="yellow",
        )
    else:
        output.say(_("The site takes appeals about this review until {until}.").format(until=until))


def say_when(installation: Installation, appeal: AppealRecord) -> None:
    """Says from when on a schedule may send an approved appeal."""
    with installation.state.read() as tx:
        approval = tx.approvals.valid(appeal.id, appeal.payload_hash)
    if approval is not None and approval.send_from is not None:
        zone = installation.settings.installation.zone
        moment = f"{tell_moment(approval.send_from, zone)} ({zone})"
        output.say(_("A running `watch` sends it from {moment} on, not before.").format(moment=moment))
    say_next_step(installation, appeal)
