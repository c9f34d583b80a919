"""What people are shown of an appeal: what would be sent, its steps, the looks at the site, what can be done next."""

from __future__ import annotations

from monitor.appeals.machine import AppealState
from monitor.appeals.reconcile import ABSENCE
from monitor.appeals.steps import tell_next_step
from monitor.bootstrap import Installation
from monitor.cases.casework import describe
from monitor.cases.channel_choice import find_reason_off
from monitor.cli import output
from monitor.config.settings import Settings
from monitor.days import tell_second
from monitor.errors import AppealError, UsageError
from monitor.insight.filed import tell_record_of
from monitor.state import State
from monitor.state.appeals import AppealRecord
from monitor.use_cases import appeals


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
    known = [("review's text", version.text)] if version else []
    known += [("verdict", f"{verdict.kind} {verdict.ground}".strip())] if verdict else []
    known += [("earlier ones", record)] if record else []
    output.print_table(("", ""), [*rows[:3], *known, *rows[3:]])


def show_steps(state: State, settings: Settings, appeal: AppealRecord) -> None:
    """Shows every step of an appeal with the site's own words."""
    with state.read() as tx:
        steps = tx.appeals.transitions(appeal.id)
    zone = settings.installation.zone
    rows = ((tell_second(s.at, zone), s.track, f"{s.from_state} → {s.to_state}", s.raw_text[:120]) for s in steps)
    output.print_table((f"at ({zone})", "track", "step", "the site's words"), rows)


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
    output.say(told if problem is None else f"It is not sent yet: {problem}. {problem.hint}\nAfter that: {told}")


def _find_obstacle(installation: Installation, appeal: AppealRecord) -> AppealError | UsageError | None:
    section = next((one for one in installation.settings.account if one.name == appeal.account_id), None)
    if section is None:
        return None  # the commands that it names say so
    try:
        return find_reason_off(installation, section, appeal.review_id, appeal.channel)
    except UsageError as unknown:
        return unknown
