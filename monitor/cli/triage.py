"""``triage``: does a review break a rule? An explained verdict; and the score of the verdicts on a labelled file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from evidence_store.journal import Actor
from monitor.bootstrap import Installation
from monitor.cases.judging import is_negative, judge_review, judge_reviews
from monitor.cases.reservations import tell_item
from monitor.cli import machine_output_triage as data
from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.exits import ExitCode
from monitor.cli.global_options import Globals
from monitor.cli.lookup import find_review, short_reviews
from monitor.cli.options import AccountOption, JsonOption, chosen_accounts, installation_of
from monitor.clock import SystemClock
from monitor.closed_lists.states import Decision, Presence
from monitor.config.finding import find_home
from monitor.errors import SettingsError
from monitor.insight.filed import filed_of
from monitor.insight.worth import FiledAppeal, record_of, tell_record
from monitor.language import gettext as _
from monitor.language.words import in_a_cell
from monitor.state.reviews import ReviewRecord
from monitor.triage.case_scores import CaseScores
from monitor.triage.errors import DraftImpossible, EvaluationInvalid
from monitor.triage.evaluate import Evaluation, evaluate, render
from monitor.triage.letters import Reply, write_letter, write_reply
from monitor.triage.models import TYPED, TriageInput, Verdict
from monitor.triage.rules import Rules, known_sites, load_rules
from monitor.triage.titles import VERDICTS
from monitor.triage.triage import triage as judge

_FIRST = (Decision.FILE, Decision.NEEDS_PERSON, Decision.DO_NOT_FILE)
_NO_REPLY = {
    Decision.FILE: _(
        "the verdict is to file. An appeal is its answer; a public reply is written for reviews that stay."
    ),
    Decision.NEEDS_PERSON: _(
        "the verdict needs a person. Decide first; a public reply is written for reviews that stay."
    ),
}


@dataclass(frozen=True, slots=True)
class _Answer:
    """A verdict with the drafts that were asked for; the refusals say why there is none."""

    verdict: Verdict
    item_id: str | None = None
    reply: Reply | None = None
    reply_refusal: str | None = None
    letter: str | None = None
    letter_refusal: str | None = None
    record: str = ""


@app.command("triage")
def triage(
    context: typer.Context,
    *,
    target: Annotated[
        list[str] | None,
        typer.Argument(metavar="REVIEW | eval FILE...", help="A review, or `eval` and labelled files."),
    ] = None,
    account: AccountOption = None,
    everything: Annotated[bool, typer.Option("--all", help="Judge every stored negative review.")] = False,
    past: Annotated[
        bool, typer.Option("--past", help="Judge the negative ones that were there before watching began; pick some.")
    ] = False,
    text: Annotated[str | None, typer.Option("--text", help="Judge this text; nothing is stored.")] = None,
    stars: Annotated[int | None, typer.Option("--stars", min=1, max=5, help="Stars that go with --text.")] = None,
    reply: Annotated[
        bool, typer.Option("--reply", help="For a fair review: a public reply to edit, and the cause to remove.")
    ] = False,
    letter: Annotated[bool, typer.Option("--letter", help="The letter to support, to edit and send by hand.")] = False,
    first_sight: Annotated[
        bool, typer.Option("--first-sight", help="With eval: texts that nobody has tuned on, and their bars.")
    ] = False,
    site: Annotated[str, typer.Option("--site", help="Whose rules, for --text and eval.")] = "ozon",
    as_json: JsonOption = False,
) -> None:
    """Judge a review: file, do not file, or needs a person; with reasons and the words it rests on.

    With `eval FILE...`: score labelled files; exit code 1 when a bar does not hold.

    Example: fairreview triage --text "Продавец дурак" --stars 1

    Example: fairreview triage --past

    Example: fairreview triage 018f2b --reply

    Example: fairreview triage 018f2b --letter --json
    """
    words = target or []
    _refuse_contradictions(context, words)
    own = _own_catalogs(context)
    _check_site(site, own)
    if words[:1] == ["eval"]:
        _evaluate(words[1:], site, own, first_sight=first_sight, as_json=as_json)
    elif text is not None:
        question = TriageInput(review_id=TYPED, text=text, rating=stars)
        rules = load_rules(site=site, own=own)
        verdict = judge(question, rules, now=SystemClock().now())
        _print([_answer(question, verdict, rules, reply=reply, letter=letter)], as_json=as_json)
    elif past:
        _judge_past(installation_of(context), account, as_json=as_json)
    elif everything or words:
        installation = installation_of(context)
        judged = _judge_stored(installation, words, account, everything=everything)
        _print([_answer(*one, reply=reply, letter=letter) for one in judged], as_json=as_json)
    else:
        raise SettingsError(
            _("nothing to judge"), where="triage", hint=_("Name a review, or use --all, --past, --text or eval FILE.")
        )


def _refuse_contradictions(context: typer.Context, words: list[str]) -> None:
    """What is to be judged is said once, and every option given has something to act on."""
    given = [one for one in context.command.params if one.name in _given_names(context)]
    chosen = {max(one.opts, key=len) for one in given} - {"--json", "target"}
    if words[:1] == ["eval"]:
        mode, fitting = "eval", {"--first-sight", "--site"}
    elif "--text" in chosen:
        mode, fitting = "--text", {"--text", "--stars", "--site", "--reply", "--letter"}
    elif "--past" in chosen:
        mode, fitting = "--past", {"--past", "--account"}
    elif "--all" in chosen:
        mode, fitting = "--all", {"--all", "--account", "--reply", "--letter"}
    else:
        mode, fitting = _("a stored review"), {"--account", "--reply", "--letter"}
    strange = sorted(chosen - fitting)
    if words and mode.startswith("--"):
        strange.append(words[0])
    if strange:
        raise SettingsError(
            _("{strange} cannot go with {mode}").format(strange=", ".join(strange), mode=mode),
            where="triage",
            hint=_("Say once what to judge: REVIEW, --all, --past, --text TEXT, or eval FILE; leave out the rest."),
        )


def _given_names(context: typer.Context) -> set[str]:
    """The parameters that stand on the command line."""
    sources = {name: context.get_parameter_source(name) for name in context.params}
    return {name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"}


def _own_catalogs(context: typer.Context) -> Path | None:
    """The folder of an installation's own sites, where there is an installation."""
    chosen: Globals = context.obj
    home = find_home(chosen.home)
    return home.catalogs if home.config.exists() else None


def _check_site(site: str, own: Path | None) -> None:
    sites = known_sites(own)
    if site not in sites:
        raise SettingsError(
            _("no rules are known for the site {site!r}").format(site=site),
            where="--site",
            hint=_("Known sites: {sites}.").format(sites=", ".join(sites)),
        )


def _judge_stored(
    installation: Installation, reviews: list[str], account: str | None, *, everything: bool
) -> list[tuple[TriageInput, Verdict, Rules, str, str]]:
    name = installation.settings.operator.name or "operator"
    actor = Actor(kind="operator", id=name, name=name)
    wanted = [find_review(installation.state, installation.settings, one, account) for one in reviews]
    if everything:
        for section in chosen_accounts(installation.settings, account):
            with installation.state.read() as tx:
                wanted += [
                    one for one in tx.reviews.find(section.name, presence=Presence.PRESENT) if is_negative(one.rating)
                ]
    judged = []
    filed: dict[str, list[FiledAppeal]] = {}
    for review in wanted:
        section = installation.settings.find_account(review.account_id)
        one = judge_review(installation, section, review.review_id, actor=actor)
        if section.name not in filed:
            with installation.state.read() as tx:
                filed[section.name] = list(filed_of(tx, section.name))
        record = tell_record(record_of(filed[section.name], ground=one.verdict.ground or ""))
        judged.append((one.question, one.verdict, installation.rules_of(section), record, review.item_id))
    return judged


def _judge_past(installation: Installation, account: str | None, *, as_json: bool) -> None:
    """Judges what was there before watching began, without a browser, and says how to capture what a person picks."""
    name = installation.settings.operator.name or "operator"
    actor = Actor(kind="operator", id=name, name=name)
    judged: list[tuple[ReviewRecord, Verdict]] = []
    for section in chosen_accounts(installation.settings, account):
        with installation.state.read() as tx:
            stored = tx.reviews.find(section.name, presence=Presence.PRESENT)
        past = [one for one in stored if one.is_baseline and is_negative(one.rating)]
        output.say(
            _("Judging {count} reviews of {section} by the rules; nothing is asked of the site.").format(
                count=len(past), section=section.name
            )
        )
        verdicts = judge_reviews(installation, section, [one.review_id for one in past], actor=actor)
        judged += [(one, found.verdict) for one, found in zip(past, verdicts, strict=True)]
    judged.sort(key=lambda one: (_FIRST.index(one[1].decision), one[0].review_id))
    if as_json:
        output.print_lines(_as_data(_Answer(verdict, item_id=review.item_id)) for review, verdict in judged)
        return
    names = short_reviews(installation.state, (one.review_id for one, _ in judged))
    rows = (
        (
            names[one.review_id],
            str(one.rating),
            tell_item(one),
            in_a_cell(verdict.decision, VERDICTS),
            verdict.reasons[0].text,
        )
        for one, verdict in judged
    )
    output.print_table(("review", "stars", "item", "verdict", "why"), rows)
    picked = [one.review_id[:13] for one, verdict in judged if verdict.decision is Decision.FILE]
    if picked:
        output.say(
            _("Nothing was captured. Pick: fairreview capture {picked}{value}").format(
                picked=" ".join(picked[:5]), value=" …" if picked[5:] else ""
            )
        )
    else:
        output.say(
            _("None of them is one to file by its text. `fairreview capture REVIEW` takes any of them all the same.")
        )


def _answer(
    question: TriageInput,
    verdict: Verdict,
    rules: Rules,
    record: str = "",
    item_id: str | None = None,
    *,
    reply: bool,
    letter: bool,
) -> _Answer:
    """Adds the drafts; a reply only to a review that is not to be filed, for the others an appeal is the answer."""
    answered = _Answer(verdict, record=record, item_id=item_id)
    if reply and verdict.decision is Decision.DO_NOT_FILE:
        try:
            answered = replace(answered, reply=write_reply(question, verdict))
        except DraftImpossible as refused:
            answered = replace(answered, reply_refusal=f"{refused}. {refused.hint}")
    elif reply:
        answered = replace(answered, reply_refusal=_NO_REPLY[verdict.decision])
    if letter:
        try:
            answered = replace(answered, letter=write_letter(question, verdict, rules))
        except DraftImpossible as refused:
            answered = replace(answered, letter_refusal=f"{refused}. {refused.hint}")
    return answered


def _print(answers: list[_Answer], *, as_json: bool) -> None:
    if as_json:
        output.print_lines(_as_data(answer) for answer in answers)
        return
    for answer in answers:
        verdict = answer.verdict
        name = _("(text)") if verdict.review_id == TYPED else verdict.review_id
        output.print_prose(f"{name}: {in_a_cell(verdict.decision, VERDICTS)} {verdict.ground or ''}".rstrip())
        for reason in verdict.reasons:
            output.print_prose(f"  - {reason.text}")
        if answer.record:
            output.print_prose(f"  {answer.record}")
        for span in verdict.spans:
            output.print_prose(f"    «{span.text}»")
        for reason in verdict.what_would_change:
            output.print_prose(f"  ? {reason.text}")
        for check in verdict.checks:
            output.print_prose(f"  {check.title}: {check.text}")
        _print_drafts(answer)


def _print_drafts(answer: _Answer) -> None:
    if answer.reply:
        department = f" ({answer.reply.department})" if answer.reply.department else ""
        output.print_prose(f"  Причина: {answer.reply.cause_title}{department}")
        output.print_prose(f"  Ответ: {answer.reply.text}")
    elif answer.reply_refusal:
        output.print_prose(_("  no reply: {reply_refusal}").format(reply_refusal=answer.reply_refusal))
    if answer.letter:
        output.print_text(answer.letter)
    elif answer.letter_refusal:
        output.print_prose(_("  no letter: {letter_refusal}").format(letter_refusal=answer.letter_refusal))


def _as_data(answer: _Answer) -> data.Judgement:
    verdict, reply = answer.verdict, answer.reply
    return data.Judgement(
        review_id=None if verdict.review_id == TYPED else verdict.review_id,
        item_id=answer.item_id or None,
        decision=verdict.decision.value,
        ground=verdict.ground,
        grounds=verdict.grounds,
        confidence=round(verdict.confidence, 3),
        reasons=tuple(data.Reason(code=one.code, text=one.text) for one in verdict.reasons),
        what_would_change=tuple(data.Reason(code=one.code, text=one.text) for one in verdict.what_would_change),
        spans=tuple(data.Span(start=span.start, end=span.end, text=span.text) for span in verdict.spans),
        facts=verdict.facts,
        checks=tuple(data.Check(name=one.name, outcome=one.outcome.value, text=one.text) for one in verdict.checks),
        routing=verdict.routing.department if verdict.routing else None,
        policy=verdict.policy_version,
        reply=data.Reply(text=reply.text, cause=reply.cause, department=reply.department or None) if reply else None,
        reply_refusal=answer.reply_refusal,
        letter=answer.letter,
        letter_refusal=answer.letter_refusal,
    )


def _score_as_data(found: Evaluation | CaseScores) -> data.Score:
    bars = tuple(
        data.Bar(name=bar.name, needed=bar.needed, holds=bar.holds, **bar.measured._asdict()) for bar in found.bars
    )
    if isinstance(found, Evaluation):
        labels = tuple(
            data.LabelScore(
                part=part,
                label=label,
                n=counts.positives,
                precision=counts.precision.value,
                recall=counts.recall.value,
            )
            for (part, label), counts in sorted(found.by_part.items())
        )
        return data.Score(kind="rows", total=found.rows, holds=found.holds, bars=bars, labels=labels)
    cases = data.CaseCounts(
        right=found.right,
        fair=found.fair,
        fair_filed=found.fair_filed,
        breaches=found.breaches,
        breaches_filed=found.breaches_filed,
        breaches_seen=found.breaches_seen,
        filed=found.filed,
    )
    wrong = tuple(line.strip() for line in found.wrong)
    return data.Score(kind="cases", total=found.total, holds=found.holds, bars=bars, cases=cases, wrong=wrong)


def _evaluate(files: list[str], site: str, own: Path | None, *, first_sight: bool, as_json: bool) -> None:
    if not files:
        raise SettingsError(
            _("eval needs a file"), where="triage eval", hint=_("fairreview triage eval labelled.jsonl")
        )
    try:
        paths = [Path(name) for name in files]
        results = evaluate(paths, load_rules(site=site, own=own), now=SystemClock().now(), first_sight=first_sight)
    except EvaluationInvalid as error:
        raise SettingsError(str(error), hint=error.hint) from error
    if not results:
        raise SettingsError(_("there is no row to score"), where=files[0], hint=_("Give a file of JSON lines."))
    if as_json:
        output.print_lines(_score_as_data(result) for result in results)
    else:
        output.print_text(render(results))
    if not any(bar.holds is not None for result in results for bar in result.bars):
        raise SettingsError(
            _("no bar could be measured on these rows"),
            where=files[0],
            hint=_("Rows need labels of grounds, or parts that the bars are about: see docs/triage.md."),
        )
    if not all(result.holds for result in results):
        raise typer.Exit(ExitCode.FINDINGS)
