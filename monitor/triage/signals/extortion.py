"""Extortion: the review is promised to change, or more of them are threatened, in exchange for something.

Three things must stand close together: what is wanted, what happens to the review, and that one hangs on the other.
"""

from __future__ import annotations

from itertools import pairwise

from monitor.triage.lexicon import Lexicon
from monitor.triage.models import Signal
from monitor.triage.normalise import Prepared
from monitor.triage.signals.building import build_signal

_NEAR = 14
_BESIDE = 5
_SURE = 0.85
_THEREUPON = frozenset({"и", "тогда", "сразу", "обязательно"})
_OFFERED = ("предлагал", "предложил", "предлагают", "уговарив", "просил", "просят")
"""Whoever reports such an offer by the seller does not make one."""
_WILL = frozenset({"буду", "будем", "начну", "начнем", "продолжу"})
_SPREADING = ("пис", "став", "оставл", "размещ", "рассказ")
_WILLING = ("могу", "можем", "готов", "соглас", "сможе", "смогу")
_UNDOING = (
    "измен",
    "удал",
    "убра",
    "исправ",
    "помен",
    "переписа",
    "скоррект",
    "снять",
    "отредакт",
    "пересмотр",
    "поднять",
    "повысить",
    "добавить",
    "улучш",
    "закрыть",
    "скрыть",
)
_NO_MORE = (["не", "будет"], ["как", "не"], ["больше", "нет"], ["не", "станет"], ["не", "увидите"])
_EXCHANGES = ((("с", "вас"), ("с", "меня")), (("вы", "мне"), ("я", "вам")), (("от", "вас"), ("от", "меня")))
_IN_RETURN = frozenset({"за", "после", "взамен", "только"})
_LIKELY = 0.6


def find_extortion(prepared: Prepared, lexicon: Lexicon) -> Signal | None:
    """A deal over the review, or None."""
    classes = [lexicon.classes_of(word.plain) for word in prepared.words]
    if not any(own & {"review_word", "threat"} for own in classes):
        return None
    exchange = _find_exchange(prepared, classes)
    best: tuple[float, int] | None = (_SURE, exchange) if exchange is not None else None
    for index in range(len(classes)):
        confidence = _confidence(index, classes, prepared)
        if confidence and (best is None or confidence > best[0]):
            best = (confidence, index)
    if best is None:
        return None
    confidence, index = best
    words = prepared.words[max(0, index - _BESIDE) : index + _BESIDE + 1]
    return build_signal("extortion", confidence, [prepared.span_of(*words)], ground="extortion")


def _confidence(index: int, classes: list[frozenset[str]], prepared: Prepared) -> float:
    change = (
        "review_change" in classes[index]
        or _will_not_be(index, classes, prepared)
        or _is_ready(index, prepared)
        or _will_be_five(index, prepared)
    )
    threat = "threat" in classes[index] or _is_going_to(index, prepared)
    offer = "хотите" in prepared.words[index].plain
    if not (change or threat or offer):
        return 0.0
    beside = classes[max(0, index - _BESIDE) : index + _BESIDE + 1]
    near = classes[max(0, index - _NEAR) : index + _NEAR + 1]
    if not any("review_word" in own for own in beside) and not _will_be_five(index, prepared):
        return 0.0
    if any(word.plain.startswith(_OFFERED) for word in prepared.words[max(0, index - _NEAR) : index]):
        return 0.0
    wanted = any("money" in own for own in near)
    demanded = any("demand" in own for own in near)
    conditional = any("condition" in own for own in near) or (
        index > 0 and prepared.words[index - 1].plain in _THEREUPON
    )
    conditional = conditional or _is_in_return(index, classes, prepared)
    if change:
        return _deal_confidence(wanted=wanted, demanded=demanded, conditional=conditional)
    if demanded and conditional:
        return _SURE
    return 0.0


def _deal_confidence(*, wanted: bool, demanded: bool, conditional: bool) -> float:
    if demanded or (wanted and conditional):
        return _SURE if wanted or conditional else _LIKELY
    return 0.0


def _find_exchange(prepared: Prepared, classes: list[frozenset[str]]) -> int | None:
    """Index of «с вас» in «с вас подарок, с меня удаление отзыва»: each side gives something."""
    pairs = [(one.plain, two.plain) for one, two in pairwise(prepared.words)]
    for yours, mine in _EXCHANGES:
        if yours not in pairs or mine not in pairs:
            continue
        first = pairs.index(yours)
        near = classes[max(0, first - _BESIDE) : first + _NEAR]
        if all(any(name in own for own in near) for name in ("money", "review_word")):
            return first
    return None


def _will_not_be(index: int, classes: list[frozenset[str]], prepared: Prepared) -> bool:
    """Says that a rating will not be: «отзыва не будет»."""
    following = [word.plain for word in prepared.words[index + 1 : index + 3]]
    return "review_word" in classes[index] and (following in _NO_MORE or following[:1] == ["останется"])


def _is_ready(index: int, prepared: Prepared) -> bool:
    """Says that the author would change it: «готова изменить»."""
    before = [word.plain for word in prepared.words[max(0, index - 2) : index]]
    return prepared.words[index].plain.startswith(_UNDOING) and any(word.startswith(_WILLING) for word in before)


def _will_be_five(index: int, prepared: Prepared) -> bool:
    """Says that a good rating would follow: «поставлю 5»."""
    after = [word.plain for word in prepared.words[index + 1 : index + 4]]
    return prepared.words[index].plain in {"поставлю", "поставим", "ставлю"} and bool(
        {"5", "пять", "пятерку"} & set(after)
    )


def _is_going_to(index: int, prepared: Prepared) -> bool:
    """Says what the author will keep doing: «буду писать»."""
    words = prepared.words
    return index > 0 and words[index - 1].plain in _WILL and words[index].plain.startswith(_SPREADING)


def _is_in_return(index: int, classes: list[frozenset[str]], prepared: Prepared) -> bool:
    """«за компенсацию», «только после возврата», «не вернёте — …»."""
    for at in range(max(1, index - _NEAR), index):
        if "demand" in classes[at] and prepared.words[at - 1].plain == "не":
            return True
    return any(
        "money" in classes[at] and _IN_RETURN & {word.plain for word in prepared.words[max(0, at - 2) : at]}
        for at in range(max(1, index - _NEAR), min(len(classes), index + _NEAR + 1))
    )
