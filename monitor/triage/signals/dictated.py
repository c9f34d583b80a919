"""Numbers told so that no filter reads them: in words, digit by digit, with letters for digits, in pieces.

Words and signs that stand for digits are strung together across «потом», «дальше» and the like; what the digits are is
told by their number and their beginning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from monitor.triage.normalise import Prepared, Word

Place = tuple[int, int, float]
"""Start and end in the folded text, and confidence."""

_UNITS = {
    "один": 1, "одна": 1, "раз": 1, "единица": 1, "единичка": 1, "два": 2, "две": 2, "двойка": 2, "три": 3, "тройка": 3,
    "четыре": 4, "четверка": 4, "пять": 5, "пятерка": 5, "шесть": 6, "шестерка": 6, "семь": 7, "семерка": 7,
    "восемь": 8, "восьмерка": 8, "девять": 9, "девятка": 9,
}  # fmt: skip
_TEENS = {
    "десять": 10, "одиннадцать": 11, "двенадцать": 12, "тринадцать": 13, "четырнадцать": 14, "пятнадцать": 15,
    "шестнадцать": 16, "семнадцать": 17, "восемнадцать": 18, "девятнадцать": 19,
}  # fmt: skip
_TENS = {
    "двадцать": 20, "тридцать": 30, "сорок": 40, "пятьдесят": 50, "шестьдесят": 60, "семьдесят": 70, "восемьдесят": 80,
    "девяносто": 90,
}  # fmt: skip
_HUNDREDS = {
    "сто": 100, "двести": 200, "триста": 300, "четыреста": 400, "пятьсот": 500, "шестьсот": 600, "семьсот": 700,
    "восемьсот": 800, "девятьсот": 900,
}  # fmt: skip
_ZERO = re.compile(r"(?:нол|нул)(?:ь|я|и|ю|ей|ик|ика|иков)$")
_MANY = re.compile(
    r"(?:(?:нол|нул)(?:я|и|ей|ика|иков)|"
    r"(?P<digit>дво|тро|четвер|пятер|шестер|семер|восьмер|девят)[а-я]{0,2}к(?:и|а)?)$"
)
_OF_MANY = {"дво": 2, "тро": 3, "четвер": 4, "пятер": 5, "шестер": 6, "семер": 7, "восьмер": 8, "девят": 9}
_TIMES = {"дважды": 2, "трижды": 3}
_BETWEEN = frozenset(
    {"потом", "дальше", "далее", "затем", "и", "а", "в", "на", "конце", "конец", "тире", "пробел", "плюс", "еще",
     "снова", "опять", "там", "после", "последние", "первые", "цифры", "сначала"}
)  # fmt: skip
_TELLING = frozenset({"потом", "дальше", "далее", "затем", "конце", "тире", "пробел", "после"})
_DIGITS = str.maketrans(
    {"b": "6", "о": "0", "o": "0", "з": "3", "б": "6", "ч": "4", "i": "1", "l": "1", "|": "1", "в": "8"}
)
_DIGIT_LIKE = re.compile(r"[0-9оoзбчilвb]+$")
_ZEROS = re.compile(r"[оo]{2,4}$")
# A quick look whether a text holds a digit or a numeral at all.
_HINT = re.compile(
    r"\d|сто(?!\w)|сот|дцать|десят|(?:пя|шес)ть|семь|восемь|девя|дво|тро|тр[иё]|нол|нул|двести|сорок|один|одна"
)
_LONGEST_PIECE = 11
_PHONE = re.compile(r"[78]?9\d{9}$|[78]\d{10}$")
_ALMOST_A_PHONE = re.compile(r"[78]?9\d{6,10}$")
_CARD = range(15, 20)
_PASSPORT_LENGTH = 10
_SPELLED_OUT = 3
_SINGLES = 9
_TOLD = 0.85
_MAYBE = 0.7
_NEAR = 50
_CARD_NEAR = re.compile(r"карт|сбер|тиньк|т-банк|банк|перев|возврат|реквизит|скин|кинь|кида")
_OTHER_NUMBER = re.compile(r"артикул|штрих|код товара|серийн|парти|заказ|трек|sku|размер|чек")


@dataclass(slots=True)
class _Run:
    """Digits strung together so far, and how openly they are hidden."""

    first: Word
    last: Word
    digits: str = ""
    spelled: int = 0
    lettered: int = 0
    telling: int = 0
    pieces: list[str] = field(default_factory=list)
    open_place: str = ""

    def is_hidden(self) -> bool:
        """Whether somebody took the trouble to hide the number."""
        singles = len(self.pieces) >= _SINGLES and all(len(piece) == 1 for piece in self.pieces)
        in_parts = self.telling > 0 and len(self.pieces) > 1
        return self.spelled > 0 or self.lettered > 0 or singles or in_parts


def find_dictated(prepared: Prepared) -> Iterator[Place]:
    """Phones, cards and passports that are dictated or disguised."""
    for run in _runs(prepared) if _HINT.search(prepared.folded) else ():
        before = prepared.folded[max(0, run.first.start - _NEAR) : run.first.start]
        around = before + prepared.folded[run.last.end : run.last.end + _NEAR]
        if run.is_hidden() and not _OTHER_NUMBER.search(before) and (confidence := _weigh(run, before, around)):
            yield run.first.start, run.last.end, confidence


def _weigh(run: _Run, before: str, around: str) -> float:
    if len(run.digits) in _CARD:
        return _TOLD if _CARD_NEAR.search(around) else _MAYBE
    if len(run.digits) == _PASSPORT_LENGTH and "паспорт" in before:
        return _TOLD
    if _PHONE.match(run.digits):
        return _TOLD
    return _TOLD if run.spelled >= _SPELLED_OUT and _ALMOST_A_PHONE.match(run.digits) else 0.0


def _runs(prepared: Prepared) -> Iterator[_Run]:
    run: _Run | None = None
    for word in prepared.words:
        gap = prepared.folded[run.last.end : word.start] if run else ""
        if run and len(gap.strip()) <= 3 and len(gap) <= 5 and "\n\n" not in gap and _take(run, word, gap):
            continue
        if run and word.plain in _BETWEEN and len(gap) <= 4:
            run.telling += word.plain in _TELLING
            run.last = word
            continue
        if run and len(run.digits) > _SPELLED_OUT:
            yield run
        run = _Run(word, word)
        if not _take(run, word, ""):
            run = None
    if run and len(run.digits) > _SPELLED_OUT:
        yield run


def _take(run: _Run, word: Word, gap: str) -> bool:
    """Adds a word to the digits; False when it stands for none."""
    if gap.strip():
        run.open_place = ""
    plain = word.plain
    if plain.isdecimal() and len(plain) <= _LONGEST_PIECE:
        _add(run, plain, "")
    elif run.digits and _MANY.match(plain) and run.pieces[-1] in {"2", "3", "4", "5", "6", "7"}:
        _repeat(run, plain)
    elif (value := _value(plain)) is not None:
        run.spelled += 1
        _add_value(run, plain, value)
    elif _is_lettered(run, word.text):
        run.lettered += 1
        _add(run, word.text.translate(_DIGITS), "")
    else:
        return False
    run.last = word
    return True


def _is_lettered(run: _Run, text: str) -> bool:
    if _ZEROS.match(text):
        return bool(run.digits)
    return len(text) <= _LONGEST_PIECE and _DIGIT_LIKE.match(text) is not None and any(map(str.isdecimal, text))


def _value(plain: str) -> int | None:
    if _ZERO.match(plain):
        return 0
    for table in (_UNITS, _TEENS, _TENS, _HUNDREDS, _TIMES):
        if plain in table:
            return table[plain]
    return None


def _add_value(run: _Run, plain: str, value: int) -> None:
    """«Девятьсот» «двадцать» «три» are one number of three digits; a comma begins the next."""
    shown = str(value)
    if plain in _HUNDREDS:
        _add(run, shown, "hundreds")
    elif run.open_place == "hundreds" and (plain in _TENS or plain in _TEENS):
        _replace(run, shown, "tens" if plain in _TENS else "")
    elif run.open_place and plain in _UNITS:
        _replace(run, shown, "")
    else:
        _add(run, shown, "tens" if plain in _TENS else "")


def _add(run: _Run, digits: str, place: str) -> None:
    run.digits += digits
    run.pieces.append(digits)
    run.open_place = place


def _replace(run: _Run, digits: str, place: str) -> None:
    run.digits = run.digits[: -len(digits)] + digits
    run.pieces[-1] = run.pieces[-1][: -len(digits)] + digits
    run.open_place = place


def _repeat(run: _Run, plain: str) -> None:
    """«Три нуля», «две семёрки»: the numeral before says how often."""
    found = _MANY.match(plain)
    digit = _OF_MANY[found["digit"]] if found and found["digit"] else 0
    times = int(run.pieces[-1])
    run.digits = run.digits[:-1] + str(digit) * times
    run.pieces[-1] = str(digit) * times
    run.open_place = ""
    run.spelled += 1
