"""How signals become a verdict: a short list of questions, asked in order, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.closed_lists.states import Decision
from monitor.triage.models import Reason, Signal, TriageInput
from monitor.triage.rules import Ground, Rules
from monitor.triage.texts import EVIDENCE, change, reason, shorten

Candidate = tuple[Ground, Signal]
_LAST = frozenset({"off_topic", "copied", "untrue"})
"""Grounds that lead only where there is no other."""
_LONGEST_DETAIL = 60
_HINTS = (
    ("accusation", "accusation_made", "person_confirms"),
    ("language_unread", "language_unread", "read_translation"),
    ("noise", "text_is_noise", "person_confirms"),
    ("rating_mismatch", "text_against_rating", "ask_author"),
    ("second_opinion", "second_opinion", "person_confirms"),
    ("burst", "burst_seen", "read_author"),
)
"""Signals without a ground that a person is asked about, the weightiest first."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The decision with its ground and reasons, before checks and routing are added."""

    decision: Decision
    reasons: tuple[Reason, ...]
    changes: tuple[Reason, ...] = ()
    ground: str | None = None
    grounds: tuple[str, ...] = ()
    confidence: float = 0.0
    signals: tuple[Signal, ...] = ()


def judge(review: TriageInput, signals: tuple[Signal, ...], rules: Rules, *, now: datetime) -> Judgement:
    """Asks, in this order: may anything be filed at all? which ground is strongest? is it strong enough?

    Args:
        review: The review and what is known about it.
        signals: Everything the signals found.
        rules: The site's rules.
        now: The moment of judging, with a time zone.
    """
    if barred := _bar(review, now):
        return barred
    if review.asserted_ground and (refused := _check_asserted(review, rules)):
        return refused
    candidates = _candidates(signals, rules)
    favourable = review.rating is not None and review.rating >= rules.favourable_from
    suspected = not candidates and any(signal.kind == "second_opinion" for signal in signals)
    if favourable and not suspected and not any(_harms(ground) for ground, _ in candidates):
        return _refusal(reason("review_is_favourable", rating=review.rating), change("review_edited"))
    if not candidates:
        return _without_ground(review, signals)
    return _with_ground(review, candidates, favourable=favourable)


def tell_pictures(review: TriageInput) -> Reason:
    """Returns the reason that says of a review without a text what it consists of."""
    return reason("only_pictures", stars=f" {review.rating}" if review.rating else "", photos=review.media_count)


def _bar(review: TriageInput, now: datetime) -> Judgement | None:
    """Reasons against any filing, whatever the text says."""
    if review.already_reported:
        return _refusal(reason("already_reported"), change("follow_appeal"))
    if review.window_closes_at is not None and now > review.window_closes_at:
        return _refusal(
            reason("window_closed", closed=review.window_closes_at.strftime("%d.%m.%Y")), change("review_edited")
        )
    if review.attempts_left is not None and review.attempts_left <= 0:
        return _refusal(reason("no_attempts_left"), change("review_edited"))
    return None


def _check_asserted(review: TriageInput, rules: Rules) -> Judgement | None:
    """A ground that only a person asserts stands or falls with the evidence for it."""
    ground = rules.ground(review.asserted_ground or "")
    if ground is None:
        return _refusal(reason("ground_unknown", title=review.asserted_ground), change("another_ground"))
    missing = _missing_evidence(review, ground, has_quote=False)
    if missing:
        return _refusal(
            reason("evidence_thin", title=ground.title, missing=missing), change("add_evidence", missing=missing)
        )
    return None


def _candidates(signals: tuple[Signal, ...], rules: Rules) -> list[Candidate]:
    """Grounds that signals support: those that may be filed first, off topic last, then the surest."""
    found = [(ground, signal) for signal in signals if (ground := rules.supported_by(signal))]
    found.sort(key=lambda pair: (not _is_fileable(*pair), pair[0].id in _LAST, -pair[1].confidence))
    if found and found[0][0].id not in _LAST:
        found = [pair for pair in found if pair[0].id not in _LAST]
    seen: set[str] = set()
    return [pair for pair in found if not (pair[0].id in seen or seen.add(pair[0].id))]  # type: ignore[func-returns-value]


def _is_fileable(ground: Ground, signal: Signal) -> bool:
    return ground.decision == "file" and signal.confidence >= ground.file_at and not signal.doubt


def _harms(ground: Ground) -> bool:
    """Whether a breach is worth a look whatever the stars say: all that may be filed, threats and hate."""
    return ground.decision == "file" or ground.id in {"threat", "hate"}


def _with_ground(review: TriageInput, candidates: list[Candidate], *, favourable: bool) -> Judgement:
    """The verdict on the strongest ground; the others are named beside it."""
    ground, signal = candidates[0]
    decision, reasons, changes = _decide(review, ground, signal)
    if favourable and decision is Decision.FILE and not ground.despite_stars:
        decision, changes = Decision.NEEDS_PERSON, (change("person_confirms"),)
        reasons = (reason("favourable_breach", rating=review.rating, title=ground.title, detail=_detail(signal)),)
    others = candidates[1:]
    if others:
        titles = ", ".join(f"«{other.title}»" for other, _ in others)
        reasons = (*reasons, reason("also_shown", titles=titles))
    return Judgement(
        decision,
        reasons,
        changes,
        ground=ground.id,
        grounds=tuple(each.id for each, _ in candidates),
        confidence=signal.confidence,
        signals=tuple(each for _, each in candidates),
    )


def _decide(
    review: TriageInput, ground: Ground, signal: Signal
) -> tuple[Decision, tuple[Reason, ...], tuple[Reason, ...]]:
    missing = _missing_evidence(review, ground, has_quote=bool(signal.spans))
    if missing:
        why = reason("evidence_thin", title=ground.title, missing=missing)
        return Decision.DO_NOT_FILE, (why,), (change("add_evidence", missing=missing),)
    if ground.decision != "file":
        return Decision.NEEDS_PERSON, (_unproven(ground, signal),), (change("probe_channel"),)
    if signal.doubt:
        why = reason(f"ground_{signal.doubt}", title=ground.title, detail=_detail(signal))
        return Decision.NEEDS_PERSON, (why,), (change("person_confirms"),)
    if signal.confidence < ground.file_at:
        why = reason("ground_unclear", title=ground.title)
        return Decision.NEEDS_PERSON, (why,), (change("person_confirms"),)
    if review.attempts_left == 1 and signal.confidence < ground.strong_at:
        why = reason("one_chance_weak_ground", title=ground.title)
        return Decision.NEEDS_PERSON, (why,), (change("stronger_quote"), change("person_confirms"))
    return Decision.FILE, (reason("ground_shown", title=ground.title, detail=_detail(signal)),), ()


def _unproven(ground: Ground, signal: Signal) -> Reason:
    if ground.id == "off_topic":
        return reason("off_topic_unverified")
    if ground.id == "copied":
        return reason("looks_copied")
    if signal.doubt:
        return reason(f"ground_{signal.doubt}", title=ground.title, detail=_detail(signal))
    if signal.kind == "order_contradicts":
        return reason("order_contradicts", detail=" ".join(signal.facts))
    return reason("ground_unproven", title=ground.title, detail=_detail(signal))


def _without_ground(review: TriageInput, signals: tuple[Signal, ...]) -> Judgement:
    """Nothing to file: either a hint that only a person can weigh, or a refusal."""
    by_kind = {signal.kind: signal for signal in signals}
    for kind, code, next_step in _HINTS:
        if kind in by_kind and not (kind == "burst" and "factual_defect" in by_kind):
            facts = " ".join(by_kind[kind].facts)
            return _for_person(by_kind[kind], reason(code, detail=facts), change(next_step))
    if review.media_count and not review.text.strip():
        return Judgement(Decision.NEEDS_PERSON, (tell_pictures(review),), (change("look_at_pictures"),))
    reasons = [reason("no_rule_broken")]
    claim = by_kind.get("factual_defect")
    if claim is not None and claim.spans:
        reasons.append(reason("fair_claim", claim=_detail(claim)))
    changes = (
        (change("another_ground"), change("answer_publicly")) if review.text.strip() else (change("review_edited"),)
    )
    return Judgement(Decision.DO_NOT_FILE, tuple(reasons), changes, signals=signals)


def _for_person(signal: Signal, why: Reason, changes: Reason) -> Judgement:
    return Judgement(Decision.NEEDS_PERSON, (why,), (changes,), confidence=signal.confidence, signals=(signal,))


def _refusal(why: Reason, *changes: Reason) -> Judgement:
    return Judgement(Decision.DO_NOT_FILE, (why,), changes)


def _missing_evidence(review: TriageInput, ground: Ground, *, has_quote: bool) -> str:
    """Names of the kinds of evidence that the ground needs and that are not at hand."""
    at_hand = {evidence.kind for evidence in review.evidence}
    if has_quote:
        at_hand.add("quote")
    if review.order is not None:
        at_hand.add("order")
    if review.author is not None:
        at_hand.add("author")
    if review.neighbours:
        at_hand.add("neighbours")
    if review.media_count:
        at_hand.add("media")
    return ", ".join(EVIDENCE[kind] for kind in ground.evidence if kind not in at_hand)


def _detail(signal: Signal) -> str:
    quotes = "; ".join(f"«{shorten(span.text, _LONGEST_DETAIL)}»" for span in signal.spans[:3])
    return f"В тексте: {quotes}." if quotes else " ".join(signal.facts)
