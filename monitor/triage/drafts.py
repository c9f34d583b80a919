"""Drafts for a person to edit: the appeal, the letter to support, and for fair reviews a public reply with its cause.

Obscene words and personal data are quoted half hidden: an appeal must not spread what it complains of. A claim that
points to no evidence is not made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.triage.errors import ClaimWithoutEvidence, DraftImpossible
from monitor.triage.models import Decision, Span, TriageInput, Verdict
from monitor.triage.rules import ChannelRule, Ground, Rules
from monitor.triage.wordings import choose, load_wordings

_HIDDEN = frozenset({"obscene", "personal_data"})
_MOST_QUOTES = 3
_QUOTE_CHARS = 120
_REPLY_CHARS = 1000
"""Longest public reply (operators' notes say 1,000; not verified)."""
_VARIANTS = 16
_TOO_ALIKE = 0.9
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A statement of fact for an appeal, and the reference of the evidence that shows it."""

    text: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text to file, with the option to choose on the site and the evidence it rests on."""

    channel: str
    ground: str
    reason_label: str
    text: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A suggested public answer to a fair review, and the cause to remove."""

    text: str
    cause: str
    department: str


def write_appeal(
    review: TriageInput,
    verdict: Verdict,
    rules: Rules,
    *,
    channel: str,
    claims: Sequence[Claim] = (),
    earlier: Sequence[str] = (),
) -> Draft:
    """Writes the appeal text for a verdict that proposes filing, or that a person decided to file.

    Args:
        review: The review; quotes, dates and order facts come from it.
        verdict: Its verdict, with a ground.
        rules: The site's rules: labels and limits.
        channel: The channel the text is for.
        claims: Further statements, each pointing to evidence of the review.
        earlier: Texts filed before; the wording least like them is taken.

    Raises:
        DraftImpossible: the verdict is against filing, or the channel cannot take this ground or any text.
        ClaimWithoutEvidence: a claim points to nothing that is at hand.
    """
    ground, limits = _check_fileable(verdict, rules, channel)
    _check_claims(review, claims)
    facts = [*verdict.facts, *(claim.text for claim in claims)]
    versions = [_compose(review, verdict, ground, limits, (facts, number)) for number in range(_VARIANTS)]
    text = _least_alike(versions, earlier)
    return Draft(
        channel=channel,
        ground=ground.id,
        reason_label=ground.reasons.get(channel, ""),
        text=text,
        evidence=tuple(dict.fromkeys(claim.evidence for claim in claims)),
    )


def write_letter(review: TriageInput, verdict: Verdict, *, what_happened: str = "", wish: str = "") -> str:
    """The letter to support: what happened, what shows it, what is asked, what should not recur.

    Raises:
        DraftImpossible: the review breaks no rule and nobody said what happened. A breach that was appealed before, or
            whose window is over, is what a letter is for.
    """
    breaches = tuple(signal for signal in verdict.signals if signal.ground is not None)
    if verdict.decision is Decision.DO_NOT_FILE and not breaches and not what_happened:
        raise DraftImpossible("a letter about a fair review says nothing", hint="Say in your own words what happened.")
    words = load_wordings()["letter"]
    told = (f"{signal.meaning.rstrip('.')}." for signal in breaches if verdict.decision is Decision.DO_NOT_FILE)
    what = what_happened or " ".join((*told, *(reason.text for reason in verdict.reasons)))
    quotes = _quote(verdict)
    evidence = [f"Цитаты: {quotes}." if quotes else "", *verdict.facts, *(item.note for item in review.evidence)]
    shown = " ".join(part for part in evidence if part) or words["no_evidence"]
    return "\n\n".join(
        (
            words["subject"].format(review=review.review_id),
            words["greeting"],
            words["happened"].format(what=what),
            words["evidence"].format(evidence=shown),
            words["asked"],
            words["never_again"].format(wish=wish or words["wish_default"]),
            words["closing"],
        )
    )


def write_reply(review: TriageInput, verdict: Verdict) -> Reply:
    """A public answer to a review that is not appealed. It promises checks, never money."""
    words = load_wordings()["reply"]
    cause = verdict.routing.complaint_class if verdict.routing else "unknown"
    substance = next((signal.spans for signal in verdict.signals if signal.kind == "factual_defect"), ())
    seed = (review.review_id, review.text)
    parts = [choose(words["thanks"], *seed, "thanks")]
    if substance:
        named = ", ".join(f"«{span.text}»" for span in substance[:_MOST_QUOTES])
        parts.append(choose(words["quote"], *seed, "quote").format(quote=named))
    parts.append(choose(words["closing"], *seed, "closing"))
    parts.append(choose(words.get(cause, words["unknown"]), *seed, cause))
    department = verdict.routing.department if verdict.routing else ""
    return Reply(text=" ".join(parts)[:_REPLY_CHARS], cause=cause, department=department)


def hide_words(text: str) -> str:
    """Every word with its inside starred out: «слово» as «с***о», a number keeps its first two and last two digits."""
    return _WORD.sub(lambda match: _hide(match.group()), text)


def _hide(word: str) -> str:
    if word.isdigit():
        return word[:1] + "*" * (len(word) - 1) if len(word) < 6 else word[:2] + "*" * (len(word) - 4) + word[-2:]
    if len(word) <= 2:
        return word[:1] + "*" * (len(word) - 1)
    return word[0] + "*" * (len(word) - 2) + word[-1]


def _check_fileable(verdict: Verdict, rules: Rules, channel: str) -> tuple[Ground, ChannelRule]:
    if verdict.decision is Decision.DO_NOT_FILE or verdict.ground is None:
        why = verdict.reasons[0].text if verdict.reasons else ""
        raise DraftImpossible(f"the verdict is not to file: {why}", hint="Read the reasons and what would change them.")
    ground, limits = rules.ground(verdict.ground), rules.channel(channel)
    if ground is None or limits is None:
        raise DraftImpossible(f"{channel} does not know {verdict.ground}", hint="Choose another channel or ground.")
    if channel not in ground.reasons and not limits.free_form:
        raise DraftImpossible(f"{channel} has no reason for {ground.id}", hint="Choose another channel.")
    return ground, limits


def _check_claims(review: TriageInput, claims: Sequence[Claim]) -> None:
    at_hand = {evidence.reference for evidence in review.evidence}
    if review.order is not None:
        at_hand.add(review.order.order_number)
    for claim in claims:
        if claim.evidence not in at_hand:
            raise ClaimWithoutEvidence(
                f"no evidence {claim.evidence!r} for the claim: {claim.text}",
                hint="Add the evidence to the review, or leave the claim out.",
            )


def _compose(
    review: TriageInput, verdict: Verdict, ground: Ground, limits: ChannelRule, content: tuple[list[str], int]
) -> str:
    """One version of the text. What does not fit is left out whole: first the facts, then the opening."""
    facts, number = content
    words = load_wordings()
    seed = (review.review_id, review.text, number)
    quote = _quote(verdict) or "см. текст"
    breach = choose(words["breach"][ground.id], *seed, "breach").format(quote=quote)
    request = choose(words["request"]["sentence"], *seed, "request").format(rule=ground.title)
    opening = _opening(review, seed)
    fact = choose(words["facts"]["sentence"], *seed, "facts").format(facts=" ".join(facts)) if facts else ""
    for parts in ((opening, breach, fact, request), (opening, breach, request), (breach, request), (breach,)):
        text = " ".join(part for part in parts if part)
        if len(text) <= limits.max_chars:
            return text
    raise DraftImpossible(
        f"nothing fits into the {limits.max_chars} characters of {limits.id}", hint="Write a shorter text by hand."
    )


def _opening(review: TriageInput, seed: tuple[object, ...]) -> str:
    words = load_wordings()["opening"]
    product = _shorten(review.product_title or review.product_id or review.review_id, 80)
    if review.published is None:
        return choose(words["undated"], *seed, "opening").format(product=product)
    return choose(words["dated"], *seed, "opening").format(product=product, date=f"{review.published:%d.%m.%Y}")


def _quote(verdict: Verdict) -> str:
    return ", ".join(f"«{_shown(span, verdict.ground)}»" for span in verdict.spans[:_MOST_QUOTES])


def _shown(span: Span, ground: str | None) -> str:
    text = _shorten(" ".join(span.text.split()), _QUOTE_CHARS)
    return hide_words(text) if ground in _HIDDEN else text


def _shorten(text: str, most: int) -> str:
    """Cut at a word, with an ellipsis that says so."""
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0] + "…"


def _least_alike(versions: list[str], earlier: Sequence[str]) -> str:
    if not earlier:
        return versions[0]
    from rapidfuzz import fuzz  # noqa: PLC0415  # only comparisons need it; importing triage stays cheap

    def likeness(text: str) -> float:
        return max(fuzz.ratio(text, other) for other in earlier) / 100

    best = min(versions, key=likeness)
    if likeness(best) >= _TOO_ALIKE and best in earlier:
        raise DraftImpossible("every wording was already filed", hint="Write this one by hand.")
    return best
