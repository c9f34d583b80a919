"""What the text is about: delivery, service, the item, or nothing in particular."""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.triage.lexicon import Lexicon
from monitor.triage.models import Signal, Span
from monitor.triage.normalise import Prepared, Word
from monitor.triage.signals.building import build_signal

_NOT_ARRIVED = re.compile(
    r"не (?:пришел|пришол|пришла|пришло|дошел|дошла|получил[аи]?|доставили|отправил[аи]?|выдали|приехал[аио]?)(?!\w)|"
    r"(?:долго|месяц[а-я]{0,2}|недел[а-я]{1,2}) (?:шел|шла|шло|шли|ждал[аи]?|ехал[аио]?)(?!\w)|"
    r"(?:шел|шла|шло|шли|ждал[аи]?|ехал[аио]?) (?:очень )?(?:долго|месяц[а-я]{0,2}|\d{1,3} (?:дн|мес|нед))"
)
_MEASURE = re.compile(
    r"\d ?(?:см|мм|кг|гр?|мл|л|шт|размер|рост|раза?|час|мин|дн|день|дня|недел|месяц|год|градус|%|вт|ват|gb|гб)(?!\w)"
    r"|\d{2,3} ?(?:-?й )?размер"
)
_MOSTLY = 0.7
_PARTLY = 0.5
_FEW_WORDS = 2
"""A text with at most this many words of its own says nothing particular."""


@dataclass(frozen=True, slots=True)
class Topics:
    """The words of a text by what they speak about."""

    delivery: tuple[Word, ...]
    service: tuple[Word, ...]
    concrete: tuple[Word, ...]
    own_words: int
    has_measure: bool
    not_arrived: tuple[int, int] | None


def read_topics(prepared: Prepared, lexicon: Lexicon) -> Topics:
    """Sorts the words of a text by topic."""
    delivery, service, concrete = [], [], []
    own_words = 0
    for word in prepared.words:
        classes = lexicon.classes_of(word.plain)
        if "delivery_strong" in classes:
            delivery.append(word)
        elif "service_strong" in classes:
            service.append(word)
        elif "concrete" in classes:
            concrete.append(word)
        own_words += not classes & {"generic", "negation", "you_or_they"} and len(word.text) > 2
    missed = _NOT_ARRIVED.search(prepared.folded)
    return Topics(
        tuple(delivery),
        tuple(service),
        tuple(concrete),
        own_words,
        _MEASURE.search(prepared.folded) is not None,
        missed.span() if missed else None,
    )


def find_off_topic(prepared: Prepared, topics: Topics) -> tuple[Signal, ...]:
    """Delivery and service; a ground only where the text says nothing of the item."""
    found = []
    alone = not topics.concrete and not topics.has_measure
    if topics.delivery or topics.not_arrived:
        spans = [prepared.span_of(word) for word in topics.delivery]
        if topics.not_arrived:
            spans.append(prepared.span(*topics.not_arrived))
        found.append(_off_topic("off_topic_delivery", spans, alone=alone))
    if topics.service:
        spans = [prepared.span_of(word) for word in topics.service]
        found.append(_off_topic("off_topic_service", spans, alone=alone))
    return tuple(found)


def _off_topic(kind: str, spans: list[Span], *, alone: bool) -> Signal:
    return build_signal(kind, _MOSTLY if alone else _PARTLY, spans, ground="off_topic" if alone else None)


def find_substance(prepared: Prepared, topics: Topics) -> Signal | None:
    """A concrete claim about the item, which speaks against filing, or general words without any fact."""
    if topics.concrete or topics.has_measure:
        confidence = min(0.9, 0.55 + 0.1 * len(topics.concrete) + 0.1 * topics.has_measure)
        return build_signal("factual_defect", confidence, [prepared.span_of(word) for word in topics.concrete])
    if topics.delivery or topics.service or topics.not_arrived:
        return None
    if prepared.words and topics.own_words <= _FEW_WORDS:
        return build_signal("vague", 0.7, [prepared.span_of(*prepared.words)])
    return build_signal("factual_defect", 0.5) if prepared.words else None
