"""The letter to support and the public reply, for a person to edit.

A letter tells what a moderator can check, asks one question and leaves our own doubts at home. A reply quotes a
whole harmless clause or nothing, promises nothing, and is not written where health, a child or danger is at stake: that
answer is a person's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.closed_lists.states import Decision
from monitor.language import gettext as _
from monitor.triage.concealing import Concealer
from monitor.triage.drafts import Clause, describe_breach, one_level
from monitor.triage.errors import DraftImpossible
from monitor.triage.lexicon import load_lexicon
from monitor.triage.models import Signal, TriageInput, Verdict
from monitor.triage.normalise import prepare
from monitor.triage.quoting import choose_quote
from monitor.triage.rules import Rules
from monitor.triage.signals.rating import is_only_praise
from monitor.triage.speech import read_speech
from monitor.triage.texts import shorten
from monitor.triage.wordings import choose, load_wordings

_NO_CAUSE = "Не нужна: отзыв хвалит товар"
_BEST = 5
_FOR_A_PERSON = (
    (
        "здоровье",
        re.compile(
            r"аллерги|сып[ьи](?!\w)|ожог|обж[её]г|отрав|тошн|рвот|удуш|задых|опух|отек[а-я]*|отёк|волдыр|"
            r"зуд(?!\w)|чеш[еу]т|покрасне|воспал|болит|болезн|больниц|врач|скор(?:ая|ую) помощь|астм|давлени|"
            r"травм|порез|кров[ьи]|поноc|понос|температур"
        ),
    ),
    (
        "ребёнок",
        re.compile(
            r"реб[её]н|дет(?:и|ей|ям|ск)|малыш|младен|дочк|дочер|дочь|сын(?!т)|внук|внучк|груднич|школьник|годовал"
        ),
    ),
    (
        "опасность",
        re.compile(
            r"загор|возгор|пожар|искр|дым(?!ч)|взорв|взрыв|вздул|ударил[аои]? ток|бьет током|замкнул|коротнул|"
            r"оплав|плав[ия]т|сгорел|газ(?:ом|а)?(?!\w)|осколк|упал[аои]? на|придавил"
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A suggested public answer to a fair review, and the cause to remove; ``none`` where the review is praise."""

    text: str
    cause: str
    cause_title: str
    department: str = ""


def write_letter(
    review: TriageInput,
    verdict: Verdict,
    rules: Rules,
    *,
    what_happened: str = "",
    wish: str = "",
    clauses: Sequence[Clause] = (),
    files: Sequence[str] = (),
) -> str:
    """The letter to support: which review, what is in it, which rule, one question, what is attached.

    Args:
        review: The review.
        verdict: Its verdict.
        rules: The site's rules.
        what_happened: The person's own words.
        wish: What the person asks for.
        clauses: The rules' own words, where a person kept them.
        files: Names of the files that go with it.

    Raises:
        DraftImpossible: no breach was found and nobody said what happened. A breach that was appealed before, or whose
            window is over, is what a letter is for.
    """
    breaches = _breaches(verdict, rules)
    if not breaches and not what_happened:
        raise DraftImpossible(
            _("a letter about a fair review says nothing"), hint=_("Say in your own words what happened.")
        )
    words = load_wordings()["letter"]
    concealer = Concealer(review.text, verdict)
    told = [describe_breach(signal, concealer, review.review_id, review.text) for signal in breaches]
    what = " ".join(part for part in (what_happened, *told) if part)
    product = f" на товар «{shorten(one_level(review.product_title), 80)}»" if review.product_title else ""
    parts = [
        words["subject"].format(review="" if review.is_unstored else f" {review.review_id}", product=product),
        words["greeting"],
        words["head"].format(facts=facts) if (facts := "; ".join(_head_facts(review))) else "",
        words["found"].format(what=what),
        _rule(breaches, rules, clauses),
        words["question"],
        _attached(review, files),
        words["wish"].format(wish=wish) if wish else "",
    ]
    return concealer.apply("\n\n".join(part for part in parts if part))


def write_reply(review: TriageInput, verdict: Verdict) -> Reply:
    """A public answer to a review that is not appealed.

    Raises:
        DraftImpossible: there is no text to answer, or a person has to answer: health, a child, danger.
    """
    if not review.text.strip():
        raise DraftImpossible(_("the review has no text to answer"), hint=_("Answer by hand, or not at all."))
    speech = read_speech(prepare(review.text))
    for subject, pattern in _FOR_A_PERSON:
        if pattern.search(speech.text):
            raise DraftImpossible(
                _("a person answers this one: {subject}").format(subject=subject),
                hint=_("Read the review and write it by hand."),
            )
    words = load_wordings()["reply"]
    if _is_praise(review, verdict):
        return Reply(text=choose(words["praise"], review.review_id, review.text), cause="none", cause_title=_NO_CAUSE)
    cause = verdict.routing.complaint_class if verdict.routing else "unknown"
    seed = (review.review_id, review.text)
    concealer = Concealer(review.text, verdict)
    parts = [choose(words["thanks"], *seed, "thanks"), choose(words["closing"], *seed, "closing")]
    if clause := choose_quote(speech, verdict, concealer):
        parts.append(choose(words["quote"], *seed, "quote").format(quote=clause))
    parts.append(choose(words.get(cause, words["unknown"]), *seed, cause))
    return Reply(
        text=concealer.apply(" ".join(parts)),
        cause=cause,
        cause_title=verdict.routing.class_title if verdict.routing else "Причина не названа",
        department=verdict.routing.department if verdict.routing else "",
    )


def _is_praise(review: TriageInput, verdict: Verdict) -> bool:
    """Five stars that the text does not contradict, or a text without stars that only praises."""
    if review.rating is not None:
        return review.rating == _BEST and all(signal.kind != "rating_mismatch" for signal in verdict.signals)
    return is_only_praise(prepare(review.text), load_lexicon())


def _breaches(verdict: Verdict, rules: Rules) -> tuple[Signal, ...]:
    """What a moderator is shown, the strongest first, also behind a refusal to file."""
    by_ground = {signal.ground: signal for signal in verdict.signals if signal.ground and signal.spans}
    sure = [
        name
        for name, signal in by_ground.items()
        if (ground := rules.ground(name or "")) and signal.confidence >= ground.person_at
    ]
    names = verdict.grounds or (sure if verdict.decision is Decision.DO_NOT_FILE else ())
    return tuple(by_ground[name] for name in names if name in by_ground)


def _head_facts(review: TriageInput) -> list[str]:
    facts = [] if review.is_unstored else [f"№ {review.review_id}"]
    if review.product_title:
        item = one_level(review.item) or (f"SKU {review.product_id}" if review.product_id else "")
        facts.append(f"товар «{one_level(review.product_title)}»" + (f" ({item})" if item else ""))
    elif review.product_id:
        facts.append(f"товар {one_level(review.item) or review.product_id}")
    if review.published:
        facts.append(f"опубликован {review.published:%d.%m.%Y}")
    if review.rating:
        facts.append(f"оценка {review.rating}")
    if review.product_url:
        facts.append(f"ссылка на товар {review.product_url}")
    if review.order:
        facts.append(f"заказ {review.order.order_number}, статус «{review.order.status_raw}»")
    return facts


def _rule(breaches: tuple[Signal, ...], rules: Rules, clauses: Sequence[Clause]) -> str:
    words = load_wordings()
    grounds = {signal.ground for signal in breaches}
    cited = [clause for clause in clauses if clause.ground in grounds]
    if cited:
        template: str = words["request"]["clause"]
        return " ".join(template.format(clause=one.text, source=one.source, date=one.date) for one in cited)
    titles = [f"«{ground.title}»" for name in grounds if name and (ground := rules.ground(name))]
    unknown: str = words["letter"]["rule_unknown"]
    return unknown.format(titles=", ".join(sorted(titles))) if titles else ""


def _attached(review: TriageInput, files: Sequence[str]) -> str:
    words = load_wordings()["letter"]
    shown = [*files, *(item.note or item.reference for item in review.evidence if item.kind != "order")]
    nothing: str = words["nothing_attached"]
    return str(words["attached"]).format(what="; ".join(shown)) if shown else nothing
