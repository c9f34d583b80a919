"""A rating that contradicts its text: praise with one star, disgust with five."""

from __future__ import annotations

import re

from monitor.triage.lexicon import Lexicon
from monitor.triage.models import Signal
from monitor.triage.normalise import Prepared, Word
from monitor.triage.signals.building import build_signal
from monitor.triage.signals.remedies import names_fault

_LOW = 2
"""Three stars go with praise and blame alike."""
_HIGH = 4
_SHORT = 30
"""Longer texts that praise with one star are mostly irony or a story."""
_DEFECT = re.compile(
    r"дыряв|вытянул|дырк|треснут|трещин|порва|рван|просроч|скол(?:ы|ом|от|от|а)?(?!\w)|разбит|отпа[лд]|отвал|"
    r"стира(?:ет|ют|л)|уста(?:ет|ют|ли)|пуст(?:ая|ой|ое|ую)|"
    r"желает лучш|желать лучш|единственн|вместо|врагам|через (?:день|час|недел|месяц)|за недел|слома|"
    r"лопнул|а внутри|помят|дороговат|одн(?:а|у|и) (?:левая|правая)|"
    r"разош[ле]|линя|сел[аио]? |но(?!\w)|однако|только|жаль|хотя|если бы|могл[иоа]? бы|лев(?:ые|ых) (?:перчат|нос|бот)"
)
_BY_MISTAKE = re.compile(
    r"(?:случайно|по ошибке|ошиблась|ошибся|промахнул[а-я]{2}|нечаянно)[^.!?\n]{0,40}(?:звезд|оценк|нажал|"
    r"ткнул|постав)|(?:звезд|оценк)[^.!?\n]{0,30}(?:случайно|по ошибке)|"
    r"хотел[аи]? (?:поставить )?(?:пять|5)(?!\w)"
)
_TAKEN_BACK = re.compile(r"(?<!\w)(?:но|однако|жаль|хотя|только|зато|увы)(?!\w)")
_NEGATED_WITHIN = 2
_PRAISING_AFTER_NOT = (
    "вперв",
    "перв",
    "пожал",
    "дефект",
    "продува",
    "линя",
    "пятен",
    "запах",
    "скольз",
    "рвет",
    "рвут",
    "жалею",
)


def find_rating_mismatch(prepared: Prepared, lexicon: Lexicon, rating: int | None) -> Signal | None:
    """Text against stars, or None. Any doubt («но», «не», a defect) counts as agreement with a low rating."""
    if rating is None:
        return None
    if rating <= _LOW and (slip := _BY_MISTAKE.search(prepared.plain)):
        return build_signal("rating_mismatch", 0.8, [prepared.span(*slip.span())])
    if rating <= _LOW and _DEFECT.search(prepared.plain):
        return None
    praise, blame, doubts = _weigh(prepared, lexicon)
    if rating <= _LOW and praise and not blame and not doubts and len(prepared.words) <= _SHORT:
        confidence = 0.8 if rating < _LOW or len(praise) > 1 else 0.4
        return build_signal("rating_mismatch", confidence, [prepared.span_of(word) for word in praise])
    if rating >= _HIGH and blame and not praise:
        confidence = 0.75 if rating > _HIGH or len(blame) > 1 else 0.4
        return build_signal("rating_mismatch", confidence, [prepared.span_of(word) for word in blame])
    return None


def is_only_praise(prepared: Prepared, lexicon: Lexicon) -> bool:
    """Whether a text praises and takes nothing of it back; «не шумит» beside two words of praise does not."""
    classes = [lexicon.classes_of(word.plain) for word in prepared.words]
    negated = [at and prepared.words[at - 1].plain in {"не", "ни", "без"} for at in range(len(classes))]
    praise = sum("strong_positive" in one and not denied for one, denied in zip(classes, negated, strict=True))
    blame = any("strong_negative" in one and not denied for one, denied in zip(classes, negated, strict=True))
    if not praise or blame or _TAKEN_BACK.search(prepared.plain) or names_fault(prepared.plain):
        return False
    return praise > 1 or not any("negation" in one for one in classes)


def _weigh(prepared: Prepared, lexicon: Lexicon) -> tuple[list[Word], list[Word], int]:
    """Words of strong praise, words of strong blame, and the number of words that express a doubt."""
    praise: list[Word] = []
    blame: list[Word] = []
    doubts = 0
    classes = [lexicon.classes_of(word.plain) for word in prepared.words]
    for index, word in enumerate(prepared.words):
        before = {other.plain for other in prepared.words[max(0, index - _NEGATED_WITHIN) : index]}
        negated = bool(before & {"не", "ни", "без", "нет"})
        if classes[index] & {"strong_positive", "positive"} and not negated:
            praise.append(word)
        elif classes[index] & {"strong_positive", "positive"} or ("strong_negative" in classes[index] and not negated):
            blame.append(word)
        elif classes[index] & {"negative", "negation"} and not _is_harmless(index, classes, prepared.words):
            doubts += 1
    return praise, blame, doubts


def _is_harmless(index: int, classes: list[frozenset[str]], words: tuple[Word, ...]) -> bool:
    """«не впервые», «не пожалела», «без дефектов»: a negation that praises, and the word it takes back."""
    pair = range(max(0, index - 1), min(len(words), index + 2))
    for at in pair:
        if words[at].plain.startswith(("недостатк", "минус")) and {"нет", "не"} & {
            w.plain for w in words[at + 1 : at + 5]
        }:
            return True
        if words[at].plain in {"не", "без"} and at + 1 < len(words):
            after = words[at + 1].plain
            if after.startswith(_PRAISING_AFTER_NOT) or classes[at + 1] & {"strong_negative"}:
                return True
    return False
