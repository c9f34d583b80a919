"""What cannot be read: another language, or no language at all. A verdict that nothing is wrong would be worth nothing.

Ukrainian, Belarusian and English are close enough, or known enough, for the words of the lexicon to be found in them.
"""

from __future__ import annotations

import re

from monitor.triage.grammar import is_known
from monitor.triage.models import Signal
from monitor.triage.normalise import Prepared
from monitor.triage.signals.building import build_signal

_LETTER = re.compile(r"[^\W\d_]")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_TURKIC = re.compile(r"[әғқңөұүһҳҷӣӯ]", re.IGNORECASE)
_OTHER_SCRIPT = re.compile(
    r"[\u0530-\u058f\u10a0-\u10ff\u0590-\u06ff\u0900-\u0dff\u0e00-\u0eff\u1100-\u11ff\u3040-\u30ff\u3400-"
    r"\u9fff\uac00-\ud7af]"
)
_UZBEK = re.compile(
    r"(?<!\w)(?:va|bu|juda|yaxshi|yomon|emas|bilan|uchun|lekin|ham|pul|pulim[a-z]*|sotuvchi|mahsulot|"
    r"tovar|sifat[a-z]*|kerak|keldi|qaytar[a-z]*|rahmat|buzilgan|ishlamaydi|olmang|arzon|qimmat|hech|"
    r"kichik|katta|"
    r"kotu|urun|cok|degil|ama|iyi|ve|sehr|deyil|yox|pis|mal|deyil)(?!\w)"
)
_ENGLISH = re.compile(
    r"(?<!\w)(?:the|and|not|is|it|was|very|bad|good|quality|do|don|for|this|with|after|broke|broken|"
    r"product|terrible|seller|money|never|buy|of|to|a|my|in|but|size|small|fake|worst|poor|i|you|on|no|at|"
    r"from|day)(?!\w)"
)
_RUSSIAN_IN_LATIN = re.compile(
    r"(?<!\w)(?:ne|na|ochen|ploho[a-z]*|eto|kak|chto|horosh[a-z]*|kachestv[a-z]*|tovar[a-z]*|"
    r"prishl?[a-z]*|razmer[a-z]*|dengi|prodav[a-z]*|voobshe|nichego|polnoe|polnaya|ya|i|za|po|"
    r"kakoy[a-z-]*|rabotaet|nitki|shov|vse|takoy?|tolko|pokupa[a-z]*)(?!\w)"
)
_ROWS = tuple(
    re.compile(f"[{row}]{{4,}}")
    for row in ("фывапролджэ", "йцукенгшщзхъ", "ячсмитьбю", "asdfghjkl", "qwertyuiop", "zxcvbnm")
)
_VOWELS = frozenset("аеиоуыэюяaeiouy")
_REPEATED = re.compile(r"(.{1,3})\1{3,}")
_SIGNS = re.compile(r"\S{3}")
_PAGE = re.compile(
    r"добавить в корзину|характеристики|скопировать ссылку|показать (?:еще|ещё|все|больше)|читать (?:полностью|далее)|"
    r"в избранное|артикул:|подробнее|поделиться|купить сейчас|вам помог этот отзыв|достоинства недостатки комментарий"
)
_PAGE_WORDS = 3
_TOO_SHORT = 2
_FEW_MASHED = 2
_MOSTLY_MASHED = 0.5
_SHARE = 0.25
_FEW = 6


def find_unread_language(prepared: Prepared) -> Signal | None:
    """A text in a language whose abuse is not in the lexicon, or None."""
    text = prepared.original[: len(prepared.folded)]
    letters = len(_LETTER.findall(text))
    if letters < _FEW:
        return None
    if len(_OTHER_SCRIPT.findall(text)) > letters * _SHARE:
        return build_signal("language_unread", 0.8)
    words = max(1, len(prepared.words))
    foreign = sum(1 for word in prepared.words if _TURKIC.search(text_of(prepared, word.start, word.end)))
    if foreign >= 2 and foreign > words * _SHARE:
        return build_signal("language_unread", 0.8)
    if len(_LATIN.findall(text)) > letters * 0.8 and words >= 3 and not _is_readable_latin(prepared.folded, words):
        return build_signal("language_unread", 0.7)
    return None


def find_noise(prepared: Prepared) -> Signal | None:
    """Letters without words, signs without letters, a copied page; None for anything that says something."""
    words = [word for word in prepared.words if not word.plain.isdigit()]
    if not words:
        return build_signal("noise", 0.8) if _SIGNS.search(prepared.folded) else None
    if len(_PAGE.findall(prepared.plain)) >= _PAGE_WORDS:
        return build_signal("noise", 0.7, [prepared.span_of(*prepared.words)])
    if sum(len(word.plain) for word in words) < _FEW:
        return None
    spoken = [word.plain for word in words if len(word.plain) > _TOO_SHORT]
    if spoken and _is_mashed(spoken):
        return build_signal("noise", 0.8, [prepared.span_of(*prepared.words)])
    return None


def _is_mashed(spoken: list[str]) -> bool:
    """Whether all words, or more than half of them and at least two, are letters without sense."""
    sensible = 0
    for word in spoken:
        sensible += not _is_mash(word)
        if sensible >= len(spoken) * (1 - _MOSTLY_MASHED):
            return False  # the dictionary is slow to ask, and the rest cannot change it any more
    return not sensible or len(spoken) - sensible >= _FEW_MASHED


def text_of(prepared: Prepared, start: int, end: int) -> str:
    """The author's own letters behind a stretch of the folded text."""
    return prepared.span(start, end).text


def _is_readable_latin(folded: str, words: int) -> bool:
    english, russian = len(_ENGLISH.findall(folded)), len(_RUSSIAN_IN_LATIN.findall(folded))
    return max(english, russian) > max(len(_UZBEK.findall(folded)) - 1, words * 0.15)


def _is_mash(word: str) -> bool:
    if len(word) <= 2:
        return True
    if (len(set(word)) <= 2 and len(word) >= 5) or (len(set(word)) == 1 and len(word) >= 3):
        return True
    if _REPEATED.fullmatch(word) or (
        len(word) >= 8 and (found := _REPEATED.search(word)) and len(found.group()) > len(word) * 0.6
    ):
        return True
    if word.isascii():
        return any(row.fullmatch(word) for row in _ROWS)
    if is_known(word):
        return False
    vowels = sum(char in _VOWELS for char in word) / len(word)
    return (
        any(row.fullmatch(word) for row in _ROWS)
        or (len(word) >= 5 and not 0.15 <= vowels <= 0.75)
        or (len(word) == 4 and not vowels)
    )
