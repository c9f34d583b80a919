"""``law``: rules with their source and mark, last days, fees, and what can still be done about a review."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from flows.catalog.channel_kinds import ChannelKind
from monitor.bootstrap import Installation
from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.law_reading import known_steps, read_day, read_fact, read_roubles, read_words
from monitor.cli.lookup import find_review
from monitor.cli.options import AccountOption, JsonOption, choose_account, chosen_accounts, installation_of
from monitor.custody.notes import person_of
from monitor.errors import SettingsError
from monitor.files.private import write_private
from monitor.files.targets import require_target
from monitor.language import gettext as _
from monitor.state.cases import CaseRecord
from monitor.support.law.calendar import load_calendar
from monitor.support.law.deadlines import Deadline, deadlines_of
from monitor.support.law.fees import Court, Matter, load_fees
from monitor.support.law.known import load_known_law
from monitor.support.law.ladder import FACTS, Advice, Rung
from monitor.support.law.marks import Printing
from monitor.support.law.reminders import calendar_file
from monitor.support.law.rules import BODIES, EVENTS, STAGES, Body, Event, Rule, Term, Unit, load_law
from monitor.use_cases.law import PastedRule, advise, paste_rule, pasted_rules, state_facts, stated_facts
from monitor.use_cases.law_models import LawAdvice, LawDeadline, LawFee, LawRule

law_app = typer.Typer(
    help="The law as far as it was seen: rules, last days, fees, and what can still be done.", no_args_is_help=True
)
app.add_typer(law_app, name="law")

_NO_LAWYER = _("No lawyer has read these rules. What is not established is said to be so.")
_UNITS = {
    Unit.CALENDAR_DAYS: "календарных дней",
    Unit.WORKING_DAYS: "рабочих дней",
    Unit.MONTHS: "мес.",
    Unit.DAYS: "дней (каких, не установлено)",
}
_STATUS = {"offered": "можно", "under_way": "идёт", "later": "позже", "lacking": "не хватает", "done": "пройдено"}

RuleArgument = Annotated[str, typer.Argument(metavar="RULE", help="The rule's id; `law list` shows them.")]
CaseArgument = Annotated[str, typer.Argument(metavar="REVIEW", help="A review's id or its beginning.")]


@law_app.command("list")
def list_rules(
    context: typer.Context,
    *,
    before: Annotated[Body | None, typer.Option("--before", help="Only what counts before this body.")] = None,
    deadlines: Annotated[bool, typer.Option("--deadlines", help="Only rules that set a term.")] = False,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the rules: what each says, where it was seen, and how surely.

    Example: fairreview law list --before arbitrazh --deadlines
    """
    pasted = _pasted(installation_of(context), account)
    rules = [
        rule
        for rule in load_law().rules
        if (before is None or before in rule.applies_to) and (rule.deadline is not None or not deadlines)
    ]
    if as_json:
        output.print_lines(LawRule(rule=rule, pasted=pasted.get(rule.id)) for rule in rules)
        return
    rows = ((rule.id, rule.title, rule.article, _tell_term(rule.deadline), _tell_mark(rule, pasted)) for rule in rules)
    output.print_table(("rule", "about", "article", "term", "known"), rows)
    output.say(_NO_LAWYER)


@law_app.command("show")
def show(
    context: typer.Context, *, rule: RuleArgument, account: AccountOption = None, as_json: JsonOption = False
) -> None:
    """Show a rule whole: its content, source, mark, bounds in time, and the words that you have pasted.

    Example: fairreview law show apk-259
    """
    found = load_law().rule(rule)
    words = _pasted(installation_of(context), account).get(rule)
    if as_json:
        output.print_json(LawRule(rule=found, pasted=words))
        return
    output.print_text(f"{found.title}{f' ({found.article})' if found.article else ''}")
    output.print_text(found.content or f"{found.question}: не установлено")
    for name, value in _details(found):
        output.print_text(f"  {name}: {value}")
    if words is not None:
        output.print_text(words.cite())


@law_app.command("deadline")
def deadline(
    *,
    rule: RuleArgument,
    event: Annotated[str, typer.Option("--from", help="The day the term is counted from: 2026-12-14.")],
    ics: Annotated[Path | None, typer.Option("--ics", help="Also write a calendar file with alarms.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Count the last day of a rule's term, with everything it rests on.

    Example: fairreview law deadline apk-259 --from 2026-12-14 --ics appeal.ics
    """
    book = load_law()
    found = book.rule(rule)
    last_days = deadlines_of(found, read_day(event, "--from"), book, load_calendar())
    if ics is not None:
        require_target(ics, field="ics", endings=(".ics",), may_replace=True)
        write_private(ics, calendar_file(book, last_days, now=datetime.now(tz=ZoneInfo("UTC"))))
        output.say(_("Written: {ics}").format(ics=ics))
    if as_json:
        output.print_lines(LawDeadline(deadline=one) for one in last_days)
        return
    for one in last_days:
        _tell_deadline(found, one)


@law_app.command("fee")
def fee(
    *,
    court: Annotated[Court, typer.Argument(help="The court.")],
    price: Annotated[str | None, typer.Option("--price", help="The price of the claim in roubles.")] = None,
    matter: Annotated[
        Matter, typer.Option("--matter", help="What is asked for, where the claim has no price.")
    ] = Matter.NON_PROPERTY,
    organisation: Annotated[bool, typer.Option("--organisation", help="An organisation pays it.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Count a court's fee, and say from where it is known; a demand for refutation and one for money are paid apart.

    Example: fairreview law fee arbitrazh --price 500000
    """
    fees = load_fees()
    if price is not None:
        counted = fees.for_price(court, read_roubles(price))
    else:
        counted = fees.without_price(court, matter, is_organisation=organisation)
    if as_json:
        output.print_json(LawFee(fee=counted))
        return
    output.print_text(counted.calculation)
    output.print_text(f"{counted.caveat}; источник: {counted.source}; иски с {fees.valid_from:%d.%m.%Y}")


@law_app.command("paste")
def paste(
    context: typer.Context,
    *,
    rule: RuleArgument,
    source: Annotated[str, typer.Option("--source", help="Where you read it: the address and edition.")],
    text: Annotated[str | None, typer.Option("--text", help="The article's own words.")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="A text file with them, UTF-8.")] = None,
    account: AccountOption = None,
) -> None:
    """Keep the words of an article that you have read, as evidence; documents then cite them with your name and day.

    It lifts no doubt for anybody else: the rule keeps its mark.

    Example: fairreview law paste gk-152-5 --file article.txt --source "pravo.gov.ru, редакция от 01.09.2026"
    """
    if (text is None) == (file is None):
        raise SettingsError(_("give the words by --text or by --file"), where="--text", hint=_("One of the two."))
    words = text if text is not None else read_words(file or Path())
    installation = installation_of(context)
    for section in chosen_accounts(installation.settings, account):
        digest = paste_rule(
            installation.state,
            installation.artifacts,
            section.name,
            load_law(),
            rule,
            text=words,
            source=source,
            actor=person_of(installation.settings),
        )
        output.print_text(
            _("{section}: kept for {rule}, {digest}").format(section=section.name, rule=rule, digest=digest)
        )


@law_app.command("facts")
def facts(
    context: typer.Context,
    *,
    review: CaseArgument,
    stated: Annotated[
        list[str] | None, typer.Option("--set", help='FACT="words or exhibits"; empty words take it back; repeatable.')
    ] = None,
    account: AccountOption = None,
) -> None:
    """State what you know of a case, each fact with its words or exhibits, and see what is stated.

    Example: fairreview law facts 01a0e8 --set false_fact="Прислали чужой товар" --set proof_false="акт от 03.12"
    """
    installation = installation_of(context)
    case = find_case(installation, review, account)
    wanted = dict(read_fact(one) for one in stated or ())
    if wanted:
        now = state_facts(
            installation.state, installation.artifacts, case, wanted, actor=person_of(installation.settings)
        )
    else:
        now = stated_facts(installation.state, installation.artifacts, case)
    output.print_table(
        ("fact", "what it is", "stated"), ((fact.value, told, now.get(fact, "-")) for fact, told in FACTS.items())
    )


@law_app.command("ladder")
def ladder(
    context: typer.Context,
    *,
    review: CaseArgument,
    done: Annotated[
        list[str] | None, typer.Option("--done", help="A step that is over without success, by its id; repeatable.")
    ] = None,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what can still be done about a review, what each step needs and lacks, and when to stop.

    Example: fairreview law ladder 01a0e8 --done support
    """
    installation = installation_of(context)
    case = find_case(installation, review, account)
    advice = advise(
        installation.state,
        installation.artifacts,
        case,
        law=load_known_law(),
        letters=letters_of(installation, case),
        done=known_steps(done),
        zone=installation.settings.installation.zone,
    )
    if as_json:
        output.print_json(LawAdvice(review=case.review_id, advice=advice))
        return
    _tell_advice(advice)


def _tell_advice(advice: Advice) -> None:
    output.print_text(advice.sentence)
    for rung in advice.rungs:
        output.print_text(f"\n{_STATUS[rung.status]}: {rung.title} [{rung.id}]")
        for line in _lines(rung):
            output.print_text(f"  {line}")
    output.say(_NO_LAWYER + _(" Nothing is sent to anybody by this program."))


def _lines(rung: Rung) -> list[str]:
    lines = [f"Сначала прочтите: {rung.warning}"] if rung.warning and rung.status == "offered" else []
    lines += [*rung.told, *(f"нет: {one}" for one in rung.lacks)]
    lines += [f"сначала (совет, не требование закона): {one}" for one in rung.first]
    if rung.status == "offered":
        lines += [f"основание: {one}" for one in rung.basis] + list(rung.unknown)
        lines += [f"срок: {rung.time}; исход: {rung.chance}"]
        lines += [f"сведения о шаге: {rung.caveat}"] if rung.caveat else []
        if rung.price != "none":
            lines.append(f"пошлина: fairreview law fee {'arbitrazh' if rung.id == 'arbitrazh' else 'general'}")
        lines += ["нужен юрист"] if rung.needs_lawyer else []
    return lines


def _tell_deadline(rule: Rule, one: Deadline) -> None:
    waits = "в суд не раньше, чем пройдёт" if one.term.counted_from is Event.SENT else "другая сторона отвечает по"
    whose = waits if one.term.is_theirs else "последний день:"
    output.print_text(f"{whose} {one.last_day:%d.%m.%Y} ({one.term.number} {_UNITS[one.term.unit]})")
    output.print_text(f"  отсчёт: {EVENTS[one.term.counted_from]}, {one.event:%d.%m.%Y}")
    if one.counted != one.last_day:
        output.print_text(f"  {one.counted:%d.%m.%Y} нерабочий, перенесено")
    output.print_text(f"  {rule.title}: {rule.article or 'статья не установлена'}; правила: {', '.join(one.rests_on)}")
    for caveat in one.caveats:
        output.print_text(f"  ! {caveat}")


def _details(rule: Rule) -> list[tuple[str, str]]:
    told = [
        ("известно", rule.mark.value + (f", {rule.caveat}" if rule.caveat else "")),
        ("источник", f"{rule.source}, прочитано {rule.seen_on:%d.%m.%Y}" if rule.source else "нет"),
        ("где", ", ".join(BODIES[body] for body in rule.applies_to)),
    ]
    if rule.stage is not None:
        told.append(("стадия", STAGES[rule.stage]))
    if rule.deadline is not None:
        told.append(("срок", _tell_term(rule.deadline)))
    if rule.restored_within is not None:
        told.append(("восстановить можно", _tell_term(rule.restored_within)))
    if rule.valid_from is not None:
        told.append(("действует с", f"{rule.valid_from:%d.%m.%Y}"))
    if rule.needs_lawyer:
        told.append(("юрист", "нужен"))
    return told


def _tell_term(term: Term | None) -> str:
    return f"{term.number} {_UNITS[term.unit]}, {EVENTS[term.counted_from]}" if term else "-"


def _tell_mark(rule: Rule, pasted: dict[str, PastedRule]) -> str:
    own = ", текст внесён вами" if rule.id in pasted else ""
    return f"{'не установлено' if rule.prints is Printing.NEVER else rule.mark.value}{own}"


def _pasted(installation: Installation, account: str | None) -> dict[str, PastedRule]:
    found: dict[str, PastedRule] = {}
    for section in chosen_accounts(installation.settings, account):
        found |= pasted_rules(installation.state, installation.artifacts, section.name)
    return found


def find_case(installation: Installation, review: str, account: str | None) -> CaseRecord:
    """Finds the case of a review.

    Raises:
        SettingsError: no stored review, or several, are named so, or it has no case.
    """
    found = find_review(
        installation.state,
        installation.settings,
        review,
        account and choose_account(installation.settings, installation.home, account).name,
    )
    with installation.state.read() as tx:
        case = tx.cases.of_review(found.account_id, found.review_id)
    if case is None:
        raise SettingsError(
            _("this review has no case yet"),
            where="REVIEW",
            hint=_("`fairreview capture {review_id}` opens one.").format(review_id=found.review_id),
        )
    return case


def letters_of(installation: Installation, case: CaseRecord) -> frozenset[str]:
    """Returns the channels of a case's site by which one writes to support."""
    site = installation.site_of(installation.settings.find_account(case.account_id))
    return frozenset(name for name, one in site.channels.items() if one.kind is ChannelKind.LETTER)
