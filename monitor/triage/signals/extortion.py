"""Extortion: the author ties his own review to a benefit, or threatens more of them.

Four things are told apart. Who speaks: the seller's offer of a bonus for stars, told by the author, is no deal of
his. What is asked: a present, money, a discount is a benefit; a refund, a repair or an exchange is what the law
gives him, and only a removal put as its price makes a deal of it. What hangs on it: removal or stars, or more bad
reviews. And that it hangs: a condition or a demand in the same breath.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from monitor.triage.grammar import is_request
from monitor.triage.models import Signal
from monitor.triage.signals.building import build_signal
from monitor.triage.speech import Speech

_SURE = 0.85
_REMOVAL_FOR_REFUND = 0.78
_FOR_A_PERSON = 0.6
_REVIEW = (
    r"(?:отзыв[а-я]{0,3}|оценк[а-я]{1,3}|звезд[а-я]{0,4}|звездоч[а-я]{1,4}|единиц[а-я]{0,3}|"
    r"единичк[а-я]{1,3}|двойк[а-я]{1,3}|рейтинг[а-я]{0,2}|пят(?:ь|ерк[а-я]{1,2}|ерочк[а-я]{1,2})|"
    r"негатив[а-я]{0,4}|балл[а-я]{0,3}|кол(?:ы|ов)?|мнени[ея]|пост|коммент[а-я]{0,6}|жалоб[а-я]{1,2}|"
    r"тройк[а-я]{1,2}|текст|[1-5] ?♥|♥{2,5}|что написал[аи]?|написанное|ставлю|поставил[аи]?)"
)
# What the author does to his review: taken away, or made better.
_REMOVE = re.compile(
    r"(?<!\w)(?:удал(?:ю|им|яю)|снимаю (?:отзыв|жалоб|единиц)|убер(?:у|ем)|убираю|сотр(?:у|ем)|сним(?:у|"
    r"ем)(?! (?:одн[ауи] |две |"
    r"полторы |ещё |пару |[0-9] )?(?:звезд|балл))|снесу|отзову|скрою|закро(?:ю|ем)|забуду|забываю|зачищу|подотру|"
    r"(?:готов[аы]? |могу |можем |согласн?[аы]? |смогу |обещаю |обязуюсь )(?:[а-я]{2,10} ){0,2}(?:удалить|"
    r"убрать|снять|стереть|отозвать|скрыть|закрыть))(?!\w)"
)
_AMEND = re.compile(
    r"(?<!\w)(?:исправ(?:лю|им|ляю)|меняю на|буду хвалить|похвалю|меняю (?:отзыв|оценк)|измен(?:ю|им)|помен(?:яю|яем)|"
    r"замен(?:ю|им)|передела(?:ю|ем)|перепи(?:шу|"
    r"шем)|(?:под|с)?корректиру(?:ю|ем)|скорректиру(?:ю|ем)|отредактиру(?:ю|ем)|повы(?:шу|сим)|подним(?:у|"
    r"ем)|поправ(?:лю|им)|улучш(?:у|им)|пересмотр(?:ю|им)|(?:добав(?:лю|им)|накину|верну|дам|"
    r"с меня) (?:[а-я0-9]{1,15} ){0,2}(?:звезд|балл|оценк|пят)[а-я]{0,4}|"
    r"(?:по|про|пере)став(?:лю|им|ить) [^.!?\n]{0,30}(?:5|пять|пятер|хорош|высш|высок|максим|полож|"
    r"все звезд|отличн)[а-я]{0,8}|напишу (?:[а-я]{2,8} )?(?:хорош|положител|отличн|красив|лучш)[а-я]{1,4}|"
    r"(?:готов[аы]? |могу |можем |согласн?[аы]? |смогу |обещаю |можно |"
    r"будет повод )(?:[а-я]{2,10} ){0,3}(?:исправить|изменить|поменять|переписать|скорректировать|"
    r"повысить|поднять|улучшить|поставить|пересмотреть|добавить|отредактировать|заменить|написать))(?!\w)"
)
# The review itself goes, or stays, depending on the other side.
_GOES = re.compile(
    rf"(?<!\w)(?:{_REVIEW}[^.!?\n]{{0,25}}(?:не будет|не станет|исчез|пропад|снимется|снимается|уберется|"
    rf"удалится|будет (?:удален|снят|убран|исправлен|изменен|другой|выше)|поменяется|изменится|исправится|"
    rf"вырастет|станет|превратится|подрастет|останется|остается|висит|повисит|продается|уйдет)|(?:отзыв|"
    rf"звезд|пятерк|единиц|пят)[а-я]{{0,2}} (?:звезд )?сто(?:ит|ят) (?:[а-я]{{1,15}} )?(?:\d|тысяч|руб|две|пять|три|"
    rf"пол)[а-я]{{0,6}}|"
    rf"(?:не будет|не станет|исчезнет|исчезнут|пропадет|появ(?:ится|ятся)|превратится|поменяется|изменится|"
    rf"останется|будет вам|верн(?:ется|утся)|прода(?:ю|м)|зависит|цена) (?:[а-я]{{1,15}} )?{_REVIEW}|(?:отзыва|"
    rf"единицы|оценки|жалобы) (?:как )?не было|его не станет|её не станет|ее не станет|"
    rf"(?:с меня|от меня|я вам)[^.!?\n]{{0,30}}{_REVIEW}|{_REVIEW} (?:с меня|от меня)|(?:хотите|хочешь|"
    rf"нужн[аыо]|нужен|интересует|желаете) (?:[а-я0-9]{{1,15}} ){{0,3}}{_REVIEW}|(?:в обмен на|взамен|"
    rf"за) (?:корректировк|удалени|исправлени|изменени|снятие|правк|"
    rf"повышени)[а-я]{{1,2}} (?:[а-я]{{1,15}} )?{_REVIEW}|за молчание|молчани[ея] стоит|буду молчать|"
    rf"промолчу|(?:увидите|получите|дождетесь|будут вам) (?:[а-я0-9]{{1,15}} ){{0,2}}{_REVIEW}|"
    rf"цена (?:моего |этого )?(?:отзыва|"
    rf"молчания|вопроса)|хотите,? чтобы|хочешь,? чтобы)"
)
_SPREAD = re.compile(
    r"(?<!\w)(?:завал(?:ю|им)|закида(?:ю|ем)|обруш(?:у|им)|утопл?[юи]м?|опущ[уе]м?|опуст(?:им)|накатаю|"
    r"накатаем|разошл(?:ю|ем)|растрезвон[а-я]{1,2}|посыплю[а-я]*|посып(?:я|ем)[а-я]*|зал(?:ью|ьем)|"
    r"засыпл?[юе]м?|засып(?:ем|лю)|копирую(?= )|скопирую|размнож[уи]м?|продублирую|дублирую|влеплю|"
    r"налеплю|наклепаю|настрочу|понаставл[юи][а-я]*|наставлю|похороню|убью|уничтожу|обвал(?:ю|им|ят|ит)|"
    r"сол(?:ью|ьем)|угроб[а-я]{1,2}|испорч[уи]м?|подпорчу|"
    r"(?:напиш(?:у|ем|ет)|напишут|пиш(?:у|ем)|остав(?:лю|им|ят|ит)|постав(?:лю|им|ят|ит)|ставлю|поставлю|"
    r"размещ[уа][а-я]*|разместим|добавлю|буду(?:т|ем)? (?:[а-я]{1,15} )?(?:писать|ставить|оставлять|строчить|"
    r"лепить)|подключу|попрошу|подговорю|позову|приведу|натравлю|подниму)(?= ))"
)
_FLOOD = re.compile(r"завал|закида|обруш|утоп|засып|посып|разошл|растрезвон|обвал|понаставл|залью|зальем")
_MORE_OF_THEM = re.compile(
    r"(?:иначе|не то|или|либо)[^.!?\n]{0,20}(?:таких )?(?:отзыв|единиц)[а-я]{0,3} (?:таких )?(?:будет|"
    r"станет) (?:\d|двадц|десят|сто|много|больше)"
)
_WEIGHTY = re.compile(r"(?<!\w)(?:отзыв|оценк|звезд|единиц|пятерк|рейтинг|негатив)[а-я]{0,3}(?!\w)")
_FROM_YOU = re.compile(
    r"(?<!\w)(?:с вас|от вас|вы мне|мне на|на мо[йюя]|жду|предлага|договор|реш(?:им|айте)|думайте|даю|"
    r"срок|выбор|иначе|а то)"
)
_ONLY_AFTER = re.compile(
    r"только (?:после|когда|если|тогда|как)|пока не|как только|в тот же день|сразу (?:после|как)|вперед|"
    r"сначала|взамен|в обмен"
)
_SPREAD_OBJECT = re.compile(
    r"(?:(?:это|его|такой же|такое же) (?:на|по|во|под) вс|рейтинг|негатив|плох|эту единиц|единиц|единич|"
    r"разгром|гневн|отрицательн|так(?:их|ие|"
    r"ой) (?:же )?(?:отзыв|оценк)|по единиц|отзыв|звезд|кол(?:ы|ов)(?!\w))"
)
_SPREAD_MANY = re.compile(
    r"со всех|все(?:х|ми|м)? (?:ваш|карточ|товар|знаком|друз|родн|акк|сайт|площадк|чат|групп|семь|подруг|"
    r"коллег)|на все|под все|везде|каждый (?:ваш|день|товар)|кажд(?:ую|ой) (?:ваш|карточ)|друз|знаком|"
    r"родн(?:я|и|ых|ствен)|блогер|подписчик|аккаунт|сотн|десят|на каждом|весь магазин|во все|по всем|"
    r"по всему|вся семья|всей семь|одногрупп|коллег|соседей|соседи|подруг"
)
_BENEFIT = re.compile(
    r"(?<!\w)(?:подар(?:ок|к[а-я]{1,3}|очек|ите|ишь|ком)|бонус[а-я]{0,3}|скид(?:к|оч)[а-я]{1,3}|"
    r"купон[а-я]{0,2}|промокод[а-я]{0,2}|к[еэ]шб[еэ]к[а-я]{0,2}|компенс[а-я]{2,9}|\d{2,5} (?:балл|"
    r"бонус)[а-я]{0,3}|бесплатн[а-я]{1,4}|"
    r"сертификат[а-я]{0,2}|приз[а-я]{0,2}|вознагражд[а-я]{1,5}|"
    r"рубл[а-я]{1,3}|руб|тысяч[а-я]{0,2}|втор(?:ую|ой|ая|ое) (?!раз|день|месяц|недел|размер|звезд|балл|"
    r"отзыв)[а-я]{3,12}|тысч[а-я]{1,2}|тыщ[а-я]{0,2}|т\.? ?р|косар[а-я]{1,2}|\d{3,6} ?(?:р|₽|руб)|"
    r"перевод[а-я]{0,2}|перевед(?:ете|ите|ешь|и)|перевест[иь]|перечисл[а-я]{2,7}|на (?:карту|телефон|счет|"
    r"мой)|доплат[а-я]{1,4}|"
    r"оплат(?:ите|ишь|и|у)|заплат(?:ите|ишь|и)|платите|проплат[а-я]{1,3}|деньжат|денежк[а-я]|"
    r"бабл[а-я]{1,3}|мзд[а-я]{1,2}|договор(?:имся|иться|енност[а-я])|сумм[а-я]{1,2}|моральн[а-я]{2,3}|"
    r"половин[а-я]|отблагодар[а-я]{1,4}|договоримся|взамен|задобр[а-я]{2,5}|"
    r"(?:втор|ещ[её] од|друг|нов)[а-я]{2,3} (?:[а-я]{3,10} )?(?:комплект|пар[уы]|набор|штук|экземпляр|"
    r"товар|баночк|флакон|упаковк)[а-я]{0,3}|в подарок|пришлите (?:мне )?(?:ещ[её]|втор|нов)[а-я]{1,3}|"
    r"стоимость (?:двойн|вдвойне)|(?:двойн|тройн)[а-я]{2,3} (?:размер|сумм|стоим)[а-я]{0,4})(?!\w)"
)
_REMEDY = re.compile(
    r"(?<!\w)(?:возврат[а-я]{0,2}|возвращ[а-я]{3,8}|верн(?:ите|ете|ешь|и|ут|ет|утся|ется|ули|уть|ули)|"
    r"возмест[а-я]{2,4}|возмещ[а-я]{2,5}|деньг(?:и|ами)|денег|средств[а-я]{1,2}|полную стоимость|"
    r"стоимость|обмен[а-я]{0,5}|замен[а-я]{1,5}|ремонт[а-я]{0,4}|почин[а-я]{1,4}|"
    r"(?:при|вы|до)шл(?:ите|ете|ешь|и|ют)|(?:при|вы|до)сыла[а-я]{2,4}|дослать|довез[а-я]{1,4}|доложите|"
    r"решите|решим|разбер[а-я]{2,5}|уладим|примите)(?!\w)"
)
_CONDITION = re.compile(
    r"(?<!\w)(?:если|коли|как только|когда|после|пока|только|взамен|в обмен|за(?= )|тогда|иначе|или|либо|"
    r"ежели|при условии|в случае|и(?= )|потом|до тех пор|вперед|сначала|зависит|выбор|выбирайте|жду|даю|"
    r"а не|а то|иль|а нет|нет)(?!\w)|[—–:]|не [а-я]+(?:ете|ите|ешь)|с вас|от вас|хотите|\?"
)
_THEIR_OFFER = re.compile(
    r"(?<!\w)(?:предлага(?:л[аи]?|ет|ют)|предложил[аи]?|(?<!как )обеща(?:л[аи]?|ет|ют)|"
    r"уговарива[а-я]{1,3}|прос(?:ил[аи]?|ят|ит)|попросил[аи]?|требовал[аи]?|требу(?:ют|ет)|"
    r"шантажиру[а-я]{1,2}|звон(?:ил[аи]?|ят)|(?<!что )написал[аи]?|пис(?:ал[аи]?)|дают|давал[аи]?|дарят|сул(?:ил|"
    r"ит|ят)|подкуп[а-я]{2,5}|откупиться|чтобы я|чтоб я|(?:вложил[аи]?|вложена|лежал[аи]?|в коробке|"
    r"внутри|с)[^.!?\n]{0,20}(?:карточк|визитк|листовк|бумажк|открытк|флаер|записк|вкладыш)[а-я]{0,3}|"
    r"карточк[ауе](?= [«\"с])|мне (?:пишут|звонят)|умоля[а-я]{1,3}|настаива[а-я]{1,3}|купили? отзыв|"
    r"накру[а-я]{3,6}|покупа(?:ют|ете|ет) отзыв|за бонусы|за баллы|за отзывы|обещанн[а-я]{2,3})(?!\w)"
)
_REFUSES = re.compile(
    r"не (?:буду|стану|собираюсь|хочу|намерен[а]?|планирую|соглас[а-я]+|удалю|измен[юи]|сниму|исправлю|"
    r"уберу|прошу|нужн[а-я]+|надо|за) ?(?:[а-я]{1,15} ){0,2}(?:удал|убир|мен|испр|сним|пере|скры|денег|деньг|"
    r"бонус|компенс|скид|удаля|меня|вознагр|отзыв|за)|"
    r"ни за какие|не прода(?:ю|м|ется|етс)|удалять (?:[а-я]{1,15} )?не|менять (?:[а-я]{1,15} )?не|отзыв не (?:удал|"
    r"измен|сним)[а-я]+|не соглаша|никаких (?:денег|бонус)|не ради|не за (?:деньги|бонус)|ничего не прошу|"
    r"ничего (?:мне )?не (?:надо|нужно)"
)
_LAWFUL_ONLY = re.compile(r"суд[а-я]{0,2}(?!\w)|роспотреб|прокур|полици|претензи|экспертиз|закон|досудеб|иск(?!\w)")


@dataclass(frozen=True, slots=True)
class _Passage:
    """One or two sentences in a row, and what stands in them."""

    text: str
    start: int
    end: int
    asks: bool


def find_extortion(speech: Speech) -> Signal | None:
    """A deal over the review, or None."""
    text = speech.text
    if not speech.words or not (
        _REMOVE.search(text)
        or _AMEND.search(text)
        or _GOES.search(text)
        or _SPREAD.search(text)
        or _MORE_OF_THEM.search(text)
        or _WEIGHTY.search(text)
    ):
        return None
    best: tuple[float, _Passage] | None = None
    for passage in _passages(speech):
        confidence = _weigh(passage)
        if confidence and (best is None or confidence > best[0]):
            best = (confidence, passage)
    if best is None:
        return None
    confidence, passage = best
    return build_signal("extortion", confidence, [speech.prepared.span(passage.start, passage.end)], ground="extortion")


def _passages(speech: Speech) -> list[_Passage]:
    """Each sentence, and each with the next, short enough to be one thought."""
    bounds: list[tuple[int, int]] = []
    index = 0
    while index < len(speech.words):
        sentence = speech.sentence_of(index)
        bounds.append((sentence.start, sentence.stop - 1))
        index = sentence.stop
    spans = bounds + [(one[0], two[1]) for one, two in pairwise(bounds)]
    return [_read(speech, first, last) for first, last in spans if last - first <= 45]


def _read(speech: Speech, first: int, last: int) -> _Passage:
    words = [word for at, word in enumerate(speech.words[first : last + 1], first) if not speech.is_quoted(at)]
    start, end = speech.words[first].start, speech.words[last].end
    text = speech.text[start : end + 1]
    for left, right in speech.quotes:
        if start <= left and right <= end + 1:
            text = text.replace(speech.text[left:right], " ")
    return _Passage(text, start, end, any(is_request(word.plain) for word in words if len(word.plain) > 2))


def _weigh(passage: _Passage) -> float:
    text = passage.text
    if _THEIR_OFFER.search(text) or _REFUSES.search(text):
        return 0.0
    condition = _CONDITION.search(text) is not None
    benefit, remedy = _BENEFIT.search(text) is not None, _REMEDY.search(text) is not None
    if not (benefit or remedy):
        return 0.0
    if _is_spreading(text):
        if not condition or _LAWFUL_ONLY.search(text):
            return 0.0
        return _SURE if passage.asks or benefit else _FOR_A_PERSON
    return _weigh_deal(passage, benefit=benefit, remedy=remedy, condition=condition)


def _weigh_deal(passage: _Passage, *, benefit: bool, remedy: bool, condition: bool) -> float:
    """The author's review is to go or to get better, and something hangs on it."""
    text = passage.text
    removes, amends, goes = _is_own(_REMOVE, text), _is_own(_AMEND, text), _GOES.search(text) is not None
    if not (removes or amends or goes):
        return _FOR_A_PERSON if benefit and _may_bargain(passage) else 0.0
    if benefit and (condition or passage.asks):
        return _SURE
    if removes and remedy and _ONLY_AFTER.search(text):
        return _REMOVAL_FOR_REFUND
    if not (remedy and passage.asks):
        return 0.0
    return _REMOVAL_FOR_REFUND if removes or goes else _FOR_A_PERSON


def _may_bargain(passage: _Passage) -> bool:
    """A benefit is asked of the seller beside the review, in words of which no list knows what becomes of it."""
    return passage.asks and _WEIGHTY.search(passage.text) is not None and _FROM_YOU.search(passage.text) is not None


def _is_spreading(text: str) -> bool:
    """More bad reviews are announced: many, or everywhere."""
    if _MORE_OF_THEM.search(text):
        return True
    verb = _SPREAD.search(text)
    if verb is None or _SPREAD_OBJECT.search(text) is None:
        return False
    return _FLOOD.search(verb.group()) is not None or _SPREAD_MANY.search(text) is not None


def _is_own(pattern: re.Pattern[str], text: str) -> bool:
    """The author's act, and on his review: «исправлю» of an instruction is something else."""
    return any(
        re.search(_REVIEW, text[max(0, match.start() - 60) : match.end() + 45]) for match in pattern.finditer(text)
    )
