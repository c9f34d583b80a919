"""From a review to an explained verdict. Pure: no clock, no network, no files but the lexicon."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from monitor.triage.checks import run_checks
from monitor.triage.homonyms import Surroundings
from monitor.triage.lexicon import Lexicon, load_lexicon
from monitor.triage.models import Reason, Signal, TriageInput, Verdict
from monitor.triage.normalise import Prepared, prepare
from monitor.triage.policy import judge, tell_pictures
from monitor.triage.routing import route
from monitor.triage.rules import Rules
from monitor.triage.signals.advertising import find_advertising
from monitor.triage.signals.circumstances import find_circumstances
from monitor.triage.signals.content import Topics, find_off_topic, find_substance, read_topics
from monitor.triage.signals.extortion import find_extortion
from monitor.triage.signals.insult import find_accusation, find_insult
from monitor.triage.signals.language import find_noise, find_unread_language
from monitor.triage.signals.masking import find_masked_words
from monitor.triage.signals.obscenity import find_obscenity
from monitor.triage.signals.personal_data import find_personal_data
from monitor.triage.signals.rating import find_rating_mismatch
from monitor.triage.signals.remedies import asks_what_is_owed
from monitor.triage.signals.second_opinion import find_second_opinion
from monitor.triage.signals.society import find_hate, find_politics
from monitor.triage.signals.threat import find_threat
from monitor.triage.speech import read_speech
from monitor.triage.texts import reason

_SURE = 0.75


def triage(review: TriageInput, rules: Rules, *, now: datetime) -> Verdict:
    """Judges one review.

    Args:
        review: The review and everything known about it.
        rules: The site's rules, from ``load_rules``.
        now: The moment of judging, with a time zone; decides whether the window is closed.

    Returns:
        A proposal with its reasons. Nothing is ever filed without a person's approval.
    """
    lexicon = load_lexicon()
    prepared = prepare(review.text)
    topics = read_topics(prepared, lexicon)
    signals = find_signals(prepared, review, topics, rules=rules, lexicon=lexicon)
    judgement = judge(review, signals, rules, now=now)
    return Verdict(
        review_id=review.review_id,
        decision=judgement.decision,
        ground=judgement.ground,
        grounds=judgement.grounds,
        confidence=judgement.confidence,
        reasons=judgement.reasons + _notes(prepared, review, judgement.reasons),
        spans=tuple(span for signal in judgement.signals for span in signal.spans),
        facts=tuple(fact for signal in judgement.signals for fact in signal.facts),
        what_would_change=judgement.changes,
        checks=run_checks(review, signals, topics),
        routing=route(prepared, topics, lexicon),
        signals=signals,
        policy_version=rules.policy_version,
    )


def triage_many(reviews: Iterable[TriageInput], rules: Rules, *, now: datetime) -> Iterator[Verdict]:
    """Judges reviews one after the other, in their order, keeping none of them."""
    for review in reviews:
        yield triage(review, rules, now=now)


def find_signals(
    prepared: Prepared, review: TriageInput, topics: Topics, *, rules: Rules, lexicon: Lexicon
) -> tuple[Signal, ...]:
    """Everything the signals see in a text and the facts around it."""
    masked = find_masked_words(prepared, lexicon)
    speech = read_speech(prepared)
    surroundings = Surroundings(tuple(word.plain for word in prepared.words), review.product_title)
    found = (
        find_obscenity(speech, masked, lexicon, surroundings),
        find_insult(speech, masked, lexicon, surroundings),
        find_threat(speech),
        find_hate(speech),
        find_politics(speech),
        find_accusation(speech, lexicon),
        find_personal_data(prepared, lexicon),
        find_advertising(speech, lexicon, rules),
        find_extortion(speech),
        find_noise(prepared),
        find_unread_language(prepared),
        find_substance(speech, topics),
        find_rating_mismatch(prepared, lexicon, review.rating),
        *find_off_topic(speech, topics, lexicon),
        *find_circumstances(review, topics),
    )
    seen = _without_own_contacts(tuple(signal for signal in found if signal is not None))
    if any(rules.supported_by(signal) for signal in seen) or asks_what_is_owed(speech.text):
        return seen
    opinion = find_second_opinion(prepared)
    return (*seen, opinion) if opinion else seen


def _without_own_contacts(signals: tuple[Signal, ...]) -> tuple[Signal, ...]:
    """An advertiser's own handle is part of the advertisement, not somebody's private data."""
    advertises = any(signal.kind == "advertising" and signal.confidence >= _SURE for signal in signals)
    return tuple(
        signal
        for signal in signals
        if not (advertises and signal.kind == "personal_data" and all("@" in span.text for span in signal.spans))
    )


def _notes(prepared: Prepared, review: TriageInput, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    if prepared.is_cut:
        return (reason("text_not_fully_read"),)
    if prepared.words or any(one.code == "only_pictures" for one in reasons):
        return ()
    return (tell_pictures(review) if review.media_count else reason("text_empty"),)
