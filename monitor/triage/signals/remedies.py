"""What a buyer may ask back although he speaks of his review: money for a named fault, a part that was missing.

The law gives him both, so hanging a better mark on them sells nothing. It is a remedy only where the fault, the
shortage or the very payment is named, and nothing is wanted on top.
"""

from __future__ import annotations

import re
from enum import Enum

_ASKED = re.compile(
    r"(?<!\w)(?:верн(?:ите|ете|ешь|и|ут|ет|уть)|возвра(?:т[а-я]{0,2}|тите|тят|тит|щайте)|возмест[а-я]{2,4}|"
    r"возмещ[а-я]{2,5}|компенсир[а-я]{2,5}|отда(?:йте|дите|дут|ст)|"
    r"(?:при|вы|до)шл(?:ите|ете|ешь|ют|ет|и)|дослать|дослали|довез(?:ите|ете|ут|ет)|привез(?:ите|ете|ут|ет)|"
    r"долож(?:ите|ат|ит)|замен(?:ите|ят|ит|у)|обменя(?:йте|ете|ют)|почин(?:ите|ят|ит)|отремонтиру[а-я]{2,4})(?!\w)"
)
_COMPENSATED = re.compile(r"(?<!\w)(?:компенсир[а-я]{2,5}|отда(?:йте|дите|дут|ст))(?!\w)")
_FOR_IT = re.compile(r"(?<!\w)(?:за|стоимость|расход[а-я]{0,2}|котор(?:ые|ую|ый))(?!\w)[^.!?\n]{3,60}")
"""What a compensation is for; a sum beside a fault may be any sum."""
_FAULT = re.compile(
    r"(?<!\w)(?<!не )(?<!без )(?:брак|слома|неработ|нерабоч|неисправ|дефект|поврежд|разби[тл]|трес[кн]|трещин|порва|"
    r"рван|разорва|протек|потек|подтек|теч[её]т|испорч|испорт|просроч|поломк|ремонт|отвали|отлет|(?:от|рас)кле|"
    r"отпал|отломи|лопну|облез|скол(?!ько)|полин|линя[елю]|выцв|хлам|барахл|негодн|воня|плесен|гнил|"
    r"царап|пятн|грязн|дыр[аыуоя]|дымит|маломер|вмят|сгоре|перегоре|"
    r"не (?:работа|включ|гор[ия]|заряж|гре[ею]|держ|подош|подход|нажима|открыва|закрыва))"
)
_OWED = re.compile(
    r"(?<!\w)(?:недоста(?:ющ|ч|л)|недовл|разниц|химчистк|"
    r"мо[июе](?:х|ми)? (?:день|денег|средств|кровн|\d|две|три|пять|тысяч|рубл)|"
    r"вместо (?:[а-я]{3,12} )?(?:заказанн|пары|двух|тр[её]х|четыр[её]х|пяти|комплект|набора)|"
    r"потеря(?:н|л)|перепута|уплачен|переплач|"
    r"не (?:было|хвата|хвати|полож|долож|оказал|дошл|доехал|доставил|приш[её]?л|получил|выдал)|"
    r"(?:был[аои]?|пришл[аои]|приш[её]л|положил[аи]?|оказал(?:ся|ась|ось)|лежал[аои]?|прислал[аи]?|есть|только|всего)"
    r" (?:только |всего |лишь )?(?:один|одна|одно|одну)(?!\w)|"
    r"котор(?:ые|ую|ый)[^.!?\n]{0,25}(?:заплатил|отдал|списал|удержал|перев[её]л|перечислил)|"
    r"списал[аи]? (?:дважды|два раза|лишн))"
)
_SETTLED = re.compile(
    r"(?<!\w)(?:вернул[аи]?|перев[её]л[аи]?|перевели|перечислил[аи]?|возместил[аи]?|компенсировал[аи]?)(?!\w)"
)
_WANTED = re.compile(
    r"(?<!\w)(?:если|пока|иначе|с вас|от вас|за (?:\d|тысяч|пят|сто)|тогда|только|хотите|жду|когда|как только|готов)"
)
_ON_TOP = re.compile(
    r"(?<!\w)(?:сверху|сверх|подар|бонус|моральн|двойн|вдвойне|тройн|втрое|промокод|купон|скидк|скидоч|к[еэ]шб[еэ]к|"
    r"сертификат|приз|вознагр|отблагодар|плюс|себе остав|остав(?:лю|ьте|им)[^.!?\n]{0,15}(?:себе|мне)|за молчани|"
    r"за (?:мои |мой |моё |мое )?(?:нерв|врем|беспокой|неудобств|удалени|снятие|отзыв|звезд|пят[её]рк|тишин|хорош)|"
    r"(?:и |да )?ещ[её] (?:\d|тысяч|тыщ|сотн|пар[уы] (?:сот|тысяч)|пят|десят|бесплатн)|взамен|в обмен|аккаунт)|\+"
)
_MARK = re.compile(r"(?<!\w)(?:отзыв|оценк|звезд|единиц|двойк|тройк|пят[её]рк|рейтинг)")


class Standing(Enum):
    """What a demand is, as far as the text tells."""

    OPEN = "open"
    PERHAPS_LAWFUL = "perhaps_lawful"
    LAWFUL = "lawful"


def weigh_remedy(passage: str, text: str) -> Standing:
    """Whether what is asked in a passage is owed: its cause stands there, or at least somewhere in the text."""
    if _SETTLED.search(passage) and not _WANTED.search(passage) and not _ASKED.search(passage):
        return Standing.OPEN if _ON_TOP.search(passage) else Standing.LAWFUL
    if not _ASKED.search(passage) or _ON_TOP.search(passage):
        return Standing.OPEN
    if _names_cause(passage):
        return Standing.LAWFUL if _is_for_it(passage) else Standing.PERHAPS_LAWFUL
    return Standing.PERHAPS_LAWFUL if _names_cause(text) and not _ON_TOP.search(text) else Standing.OPEN


def _names_cause(text: str) -> bool:
    return names_fault(text) or _OWED.search(text) is not None


def _is_for_it(passage: str) -> bool:
    """Whether the money goes back, or is said to be for the fault: «компенсируйте 1200 за ремонт»."""
    if _ASKED.search(_COMPENSATED.sub(" ", passage)):
        return True
    return any(_names_cause(match.group()) for match in _FOR_IT.finditer(passage))


def names_fault(text: str) -> bool:
    """Whether a folded text says that the goods are broken, spoilt or do not work."""
    return _FAULT.search(text) is not None


def asks_what_is_owed(text: str) -> bool:
    """Whether a text hangs its mark on a remedy with its cause: understood, so nobody else's opinion is needed."""
    return _MARK.search(text) is not None and weigh_remedy(text, text) is Standing.LAWFUL
