"""The text of an appeal, for a person to edit and approve.

What it complains of is quoted half hidden: an appeal must not spread it. A claim that points to no evidence is not
made, and a rule of the site is cited only where a person has pasted it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.closed_lists.states import Decision
from monitor.language import gettext as _
from monitor.triage.concealing import HIDDEN_KINDS, Concealer
from monitor.triage.errors import ClaimWithoutEvidence, DraftImpossible
from monitor.triage.models import Signal, Span, TriageInput, Verdict
from monitor.triage.rules import ChannelRule, Ground, Rules
from monitor.triage.texts import shorten
from monitor.triage.wordings import choose, load_wordings

_MOST_QUOTES = 3
_QUOTE_CHARS = 120
_VARIANTS = 16
_TOO_ALIKE = 0.9
_CARD_DIGITS = 15
_PHONE_DIGITS = 10
_SNILS = re.compile(r"\d{3}-\d{3}-\d{3}[ -]\d{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A statement of fact for an appeal, and the reference of the evidence that shows it."""

    text: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A rule of the site as a person pasted it: the words, where they stand, and the day (``DD.MM.YYYY``)."""

    ground: str
    text: str
    source: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text to file, with the option to choose on the site and the evidence it rests on."""

    channel: str
    ground: str
    reason_label: str
    text: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Matter:
    """What one appeal is about: the review, the channel, and the breaches the chosen reason covers."""

    review: TriageInput
    ground: Ground
    limits: ChannelRule
    breaches: tuple[Signal, ...]
    facts: tuple[str, ...]
    clauses: tuple[Clause, ...]
    concealer: Concealer


def write_appeal(
    review: TriageInput,
    verdict: Verdict,
    rules: Rules,
    *,
    channel: str,
    claims: Sequence[Claim] = (),
    clauses: Sequence[Clause] = (),
    earlier: Sequence[str] = (),
) -> Draft:
    """Writes the appeal text for a verdict that proposes filing, or that a person decided to file.

    Args:
        review: The review; quotes, dates and order facts come from it.
        verdict: Its verdict, with a ground.
        rules: The site's rules: labels and limits.
        channel: The channel the text is for.
        claims: Further statements, each pointing to evidence of the review.
        clauses: Rules of the site that a person pasted; those of the ground are cited.
        earlier: Texts filed before; the wording least like them is taken.

    Raises:
        DraftImpossible: the verdict is against filing, or the channel cannot take this ground or any text.
        ClaimWithoutEvidence: a claim points to nothing that is at hand.
    """
    ground, limits = _check_fileable(verdict, rules, channel)
    _check_claims(review, claims)
    matter = _Matter(
        review,
        ground,
        limits,
        _covered_breaches(verdict, ground, rules, limits),
        (*verdict.facts, *(claim.text for claim in claims)),
        tuple(clause for clause in clauses if clause.ground == ground.id),
        Concealer(review.text, verdict),
    )
    versions = [matter.concealer.apply(_compose(matter, number)) for number in range(_VARIANTS)]
    return Draft(
        channel=channel,
        ground=ground.id,
        reason_label=ground.reasons.get(channel, ""),
        text=_least_alike(versions, earlier),
        evidence=tuple(dict.fromkeys(claim.evidence for claim in claims)),
    )


def describe_breach(signal: Signal, concealer: Concealer, *seed: object) -> str:
    """What is wrong, in one sentence with masked quotes."""
    wordings = load_wordings()["breach"][signal.ground or signal.kind]
    return choose(wordings, *seed, "breach", signal.ground).format(quote=_quote(signal, concealer))


def one_level(title: str) -> str:
    """A title that may stand in quotation marks itself."""
    return title.replace("«", "„").replace("»", "“")


def _covered_breaches(verdict: Verdict, ground: Ground, rules: Rules, limits: ChannelRule) -> tuple[Signal, ...]:
    """The signal of the ground, and of every other ground that the same option of the channel covers."""
    label = ground.reasons.get(limits.id)
    covered = [
        other
        for name in verdict.grounds
        if (other := rules.ground(name))
        and (other.id == ground.id or (label and other.reasons.get(limits.id) == label))
    ]
    by_ground = {signal.ground: signal for signal in verdict.signals if signal.ground}
    found = [by_ground[other.id] for other in covered if other.id in by_ground]
    return tuple(sorted(found, key=lambda signal: signal.ground != ground.id))


def _check_fileable(verdict: Verdict, rules: Rules, channel: str) -> tuple[Ground, ChannelRule]:
    if verdict.decision is Decision.DO_NOT_FILE or verdict.ground is None:
        why = verdict.reasons[0].text if verdict.reasons else ""
        raise DraftImpossible(
            _("the verdict is not to file: {why}").format(why=why),
            hint=_("Read the reasons and what would change them."),
        )
    ground, limits = rules.ground(verdict.ground), rules.channel(channel)
    if ground is None or limits is None:
        raise DraftImpossible(
            _("{channel} does not know {ground}").format(channel=channel, ground=verdict.ground),
            hint=_("Choose another channel or ground."),
        )
    if channel not in ground.reasons and not limits.free_form:
        raise DraftImpossible(
            _("{channel} has no reason for {id}").format(channel=channel, id=ground.id),
            hint=_("Choose another channel."),
        )
    return ground, limits


def _check_claims(review: TriageInput, claims: Sequence[Claim]) -> None:
    at_hand = {evidence.reference for evidence in review.evidence}
    if review.order is not None:
        at_hand.add(review.order.order_number)
    for claim in claims:
        if claim.evidence not in at_hand:
            raise ClaimWithoutEvidence(
                _("no evidence {evidence!r} for the claim: {claim}").format(evidence=claim.evidence, claim=claim.text),
                hint=_("Add the evidence to the review, or leave the claim out."),
            )


def _compose(matter: _Matter, number: int) -> str:
    """One version of the text. What does not fit is left out whole: first the facts, then the opening."""
    words = load_wordings()
    seed = (matter.review.review_id, matter.review.text, number)
    first, *others = [describe_breach(signal, matter.concealer, *seed) for signal in matter.breaches] or [
        choose(words["breach"][matter.ground.id], *seed, "breach").format(quote="см. текст")
    ]
    request = _request(matter, seed)
    rule = " ".join(_cite(clause) for clause in matter.clauses)
    opening = _opening(matter.review, seed)
    facts = (
        choose(words["facts"]["sentence"], *seed, "facts").format(facts=" ".join(matter.facts)) if matter.facts else ""
    )
    more = " ".join(others)
    shorter: Iterable[tuple[str, ...]] = (
        (opening, first, more, facts, rule, request),
        (opening, first, more, rule, request),
        (opening, first, request),
        (first, request),
        (first,),
    )
    for parts in shorter:
        text = " ".join(part for part in parts if part)
        if len(text) <= matter.limits.max_chars:
            return text
    raise DraftImpossible(
        _("nothing fits into the {max_chars} characters of {id}").format(
            max_chars=matter.limits.max_chars, id=matter.limits.id
        ),
        hint=_("Write a shorter text by hand."),
    )


def _request(matter: _Matter, seed: tuple[object, ...]) -> str:
    """The site's own option is cited; where there is none to choose, nothing is called a rule."""
    words = load_wordings()["request"]
    label = matter.ground.reasons.get(matter.limits.id)
    if label is None or matter.limits.free_form:
        return choose(words["bare"], *seed, "request")
    return choose(words["sentence"], *seed, "request").format(reason=label)


def _cite(clause: Clause) -> str:
    template: str = load_wordings()["request"]["clause"]
    return template.format(clause=clause.text, source=clause.source, date=clause.date)


def _opening(review: TriageInput, seed: tuple[object, ...]) -> str:
    words = load_wordings()["opening"]
    product = f"«{shorten(one_level(review.product_title) or review.product_id or review.review_id, 80)}»"
    if review.item:
        product = f"{product} ({shorten(one_level(review.item), 80)})"
    if review.published is None:
        return choose(words["undated"], *seed, "opening").format(product=product)
    return choose(words["dated"], *seed, "opening").format(product=product, date=f"{review.published:%d.%m.%Y}")


def _privacy(span: Span) -> int:
    """The most private first: a card, a document, a telephone, an address; last a name."""
    digits = sum(char.isdigit() for char in span.text)
    if digits >= _CARD_DIGITS:
        return 0
    if "паспорт" in span.text.casefold() or _SNILS.search(span.text):
        return 1
    return 2 if digits >= _PHONE_DIGITS else 3 if digits or "@" in span.text else 4


def _quote(signal: Signal, concealer: Concealer) -> str:
    quoted = concealer.quote if signal.kind in HIDDEN_KINDS else concealer.quote_whole
    spans = sorted(signal.spans, key=_privacy) if signal.kind == "personal_data" else signal.spans
    shown = [shorten(" ".join(quoted(span).split()), _QUOTE_CHARS) for span in spans[:_MOST_QUOTES]]
    whole = [quote for quote in dict.fromkeys(shown) if not any(quote != other and quote in other for other in shown)]
    return ", ".join(f"«{quote}»" for quote in whole) or "см. текст"


def _least_alike(versions: list[str], earlier: Sequence[str]) -> str:
    if not earlier:
        return versions[0]
    from rapidfuzz import fuzz  # noqa: PLC0415  # only comparisons need it; importing triage stays cheap

    def likeness(text: str) -> float:
        return max(fuzz.ratio(text, other) for other in earlier) / 100

    best = min(versions, key=likeness)
    if likeness(best) >= _TOO_ALIKE and best in earlier:
        raise DraftImpossible(_("every wording was already filed"), hint=_("Write this one by hand."))
    return best
