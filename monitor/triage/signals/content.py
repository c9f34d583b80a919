"""What the text is about: delivery, service, the item, or nothing in particular."""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.triage.lexicon import Lexicon
from monitor.triage.models import Signal, Span
from monitor.triage.normalise import Prepared, Word
from monitor.triage.signals.building import build_signal
from monitor.triage.speech import Speech

_NOT_ARRIVED = re.compile(
    r"не (?:пришел|пришол|пришла|пришло|дошел|дошла|получил[аи]?|доставили|отправил[аи]?|выдали|приехал[аио]?)(?!\w)|"
    r"(?:долго|месяц[а-я]{0,2}|недел[а-я]{1,2}) (?:шел|шла|шло|шли|ждал[аи]?|ехал[аио]?)(?!\w)|"
    r"(?:шел|шла|шло|шли|ждал[аи]?|ехал[аио]?) (?:очень )?(?:долго|месяц[а-я]{0,2}|\d{1,3} (?:дн|мес|нед))"
)
_MEASURE = re.compile(
    r"\d ?(?:см|мм|кг|гр?|мл|л|шт|размер|рост|раза?|час|мин|дн|день|дня|недел|месяц|год|градус|%|вт|ват|gb|гб)(?!\w)"
    r"|\d{2,3} ?(?:-?й )?размер"
)
_PRICE = re.compile(
    r"(?:вчера|раньше|неделю назад|на следующий день|через день|потом|сегодня|сейчас|теперь|"
    r"завтра)[^.!?\n]{0,30}\d{3,6}[^.!?\n]{0,30}(?:вчера|сегодня|сейчас|теперь|стало|стал|стоит|"
    r"уже)[^.!?\n]{0,15}\d{3,6}|"
    r"(?:цен[ауы]|подорожал[аои]?|стоимость)[^.!?\n]{0,40}(?:подня|вырос|упал|сниз|скак|завыш|раза|"
    r"на следующий|на \d)|подорожал|подешевел"
)
_ABOUT_ORDER = frozenset({"delivery", "delivery_strong", "service", "service_strong", "person"})
_NO_TOPIC = frozenset(
    {
        "generic",
        "negation",
        "you_or_they",
        "positive",
        "negative",
        "strong_negative",
        "strong_positive",
        "self",
        "condition",
    }
)
_ORDER_WORD = re.compile(
    r"заказ|доставк|достав|пункт|выдач|выда[лвн]|курьер|дн(?:я|ей|и|ям)$|день$|недел|месяц|час[аов]*$|"
    r"срок|статус|отмен|трек|склад|пришл|приш|привез|прив[её]з|привозят|отправ|получ|ожида|жд[аеу]|ждал|"
    r"дожда|ехал|едет|ш[её]л$|шл[аои]$|звон|трубк|адрес|подъезд|этаж|двер|город|деньг|возвр|оплат|списал|"
    r"озон|продав|поддержк|чат|ответ|отвеч|писал|пиш|общен|хам|груб|вежлив|отношен|обслуж|сотрудн|"
    r"оператор|менеджер|опозда|задерж|перенос|перенес|обеща|обещ|быстр|долг|вовремя|скор|потеря|утер|"
    r"постамат|почт|логист|цен[аеуы]$|дорог|дешев|скидк|рубл|руб$|стоит$|акци|карт[аеуы]$|нахам|пвз|"
    r"магазин|сервис|работник|очеред|упаков|короб|пакет|пупыр|скотч|запак|помят|мят|порван|вскрыт|"
    r"транспорт|перевоз|дат[аыу]$|вечер|утр[оа]|звонк|сообщ|позвон|предуп|перепутал|водител|машин[аые]$|"
    r"забра[тл]|забир|возила|везл[аи]|январ|феврал|март|апрел|ма[яй]$|июн|июл|август|сентябр|октябр|ноябр|"
    r"декабр"
)
_FILLER = re.compile(
    r"очень|сильн|слишком|крайне|как-то|чуть|едва|аж$|прям|нормал|никак|даже|день|начал|конец|конц|"
    r"самы[йем]|быстр|плох|хорош|недоволен|довол|разочар|наде[ялю]|рекоменд|совет|благодар|уважаем|"
    r"здравств|добрый|вечер|отвр|жду|жд[еу]т|невозможн|непонятно|понятн|ясн|знаю|знает|видно|виден|считаю|"
    r"думаю|дума|кажется|случай|случа|ситуац|проблем|вопрос|помощ|связ|люд|клиент|покупат|нерв|терпен|"
    r"время|времен|минут|кому|никому|всем$|друзь|так$|такой|такая|такие|это|этот|эта|эти|который|котор|"
    r"просто|вообще|совсем|даже|только|ещ[её]|уже|потом|сначала|сегодня|вчера|завтра|опять|снова|всегда|"
    r"никогда|никто|ничего|нигде|сам[аиo]?$|себя|свой|свою|мой|моя|моё|мне|меня|вам|вас|нам|нас|его|ему|"
    r"ее|её|них|ним|два|две|три|трех|трёх|четыре|пять|шесть|семь|десять|один|одна|одну|раз[а]?$|больш|"
    r"меньш|целую|целый|целых|почти|после|перед|через|вместо|пока|чтобы|чтоб|если|когда|потому|поэтому|"
    r"хотя|зато|либо|или|чем|нет$|есть$|был[аои]?$|быть|будет|буду|будем|стал[аои]?$|может|могут|можно|"
    r"надо|нужно|хотел|хочу|пришлось|зачем|почему|куда|откуда|где|как|какой|какая|какие|сколько|столько|"
    r"весь|вся|все[гмх]?$|кажд|друг[оаи]|итог|итоге|прошл|назад|около|очевидно|видимо|наверно|конечно|"
    r"пожалуйста|спасибо|обидно|жаль|жалко|стыд|позор|ужас|кошмар|безобраз|бардак|отврат|звезд|отзыв|"
    r"оценк|минус|плюс|покуп|купил|брал|взял|решил|пытал|попыт|смог|нормальн|человек|люди"
)
_OF_TIME = re.compile(r"вместо|срок|работа(?:ет|ют)?$|велик|больш|держит|держат|отсутств")
_OTHER_ITEM = re.compile(
    r"(?<!\w)не (?:то|тот|та|те|того|ту|той)(?!\w)|друг(?:ой|ая|ое|ие|ую) (?:товар|размер|цвет|модел|"
    r"артикул|вещ)|пуст(?:ая|ой|ую|ое)|недолож|не (?:оказалось|хватает|хватило|положили|доложили)|"
    r"(?:пришл[оаи]|приш[её]л|доехал[аои]?|привезли) (?:[а-я]{2,10} )?цел|"
    r"перепутал|подмен|вместо [а-я]{4,}[а-я]* (?:прислал|пришл|положил)|прислали (?:[а-я]{1,15} ){0,2}вместо|"
    r"б\s?/\s?у|б/у|бывш|просроч|испорч|треснут|разбит|протек|вытек|пролил|сломан"
)
_STRANGERS = 1
_MANY_STRANGERS = 3
_MOSTLY = 0.7
_PARTLY = 0.5
_MOST_CLAUSES = 3
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
    only_about_order: bool
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
        bool(concrete) and all(_ORDER_WORD.match(word.plain) or _OF_TIME.match(word.plain) for word in concrete),
        missed.span() if missed else None,
    )


def find_off_topic(speech: Speech, topics: Topics, lexicon: Lexicon) -> tuple[Signal, ...]:
    """Delivery, service and price; a ground only where no clause of the text may speak of the item.

    What the word lists do not know counts as speaking of the item: a defect has a thousand names.
    """
    found = []
    prepared = speech.prepared
    price = _PRICE.search(speech.text)
    alone = (
        not _OTHER_ITEM.search(speech.text)
        and not (topics.concrete and not topics.only_about_order)
        and not _may_speak_of_item(speech, lexicon)
    )
    if topics.delivery or topics.not_arrived:
        spans = [prepared.span_of(word) for word in topics.delivery]
        if topics.not_arrived:
            spans.append(prepared.span(*topics.not_arrived))
        found.append(_off_topic("off_topic_delivery", spans, alone=alone))
    if topics.service or price:
        spans = [prepared.span_of(word) for word in topics.service]
        if price:
            spans.append(prepared.span(*price.span()))
        found.append(_off_topic("off_topic_service", spans, alone=alone))
    return tuple(found)


def _may_speak_of_item(speech: Speech, lexicon: Lexicon) -> bool:
    """Whether some clause has two words of its own, none of which belongs to ordering, waiting and paying."""
    strangers: dict[int, int] = {}
    about_order: set[int] = set()
    for index, word in enumerate(speech.words):
        classes = lexicon.classes_of(word.plain)
        clause = speech.clauses[index]
        if classes & _ABOUT_ORDER or _ORDER_WORD.match(word.plain):
            about_order.add(clause)
        elif (
            not classes & _NO_TOPIC and len(word.text) > 2 and not word.text.isdigit() and not _FILLER.match(word.plain)
        ):
            strangers[clause] = strangers.get(clause, 0) + 1
    return any(
        count >= (_MANY_STRANGERS if clause in about_order else _STRANGERS) for clause, count in strangers.items()
    )


def _off_topic(kind: str, spans: list[Span], *, alone: bool) -> Signal:
    return build_signal(kind, _MOSTLY if alone else _PARTLY, spans, ground="off_topic" if alone else None)


def find_substance(speech: Speech, topics: Topics) -> Signal | None:
    """A concrete claim about the item, which speaks against filing, or general words without any fact."""
    if topics.concrete or topics.has_measure:
        confidence = min(0.9, 0.55 + 0.1 * len(topics.concrete) + 0.1 * topics.has_measure)
        return build_signal("factual_defect", confidence, _clauses_with(speech, topics.concrete))
    if topics.delivery or topics.service or topics.not_arrived:
        return None
    prepared = speech.prepared
    if prepared.words and topics.own_words <= _FEW_WORDS:
        return build_signal("vague", 0.7, [prepared.span_of(*prepared.words)])
    return build_signal("factual_defect", 0.5) if prepared.words else None


def _clauses_with(speech: Speech, words: tuple[Word, ...]) -> list[Span]:
    """The whole clauses in which the words stand, so that «не работает» is not quoted as «работает»."""
    wanted = {word.start for word in words}
    found: dict[int, Span] = {}
    for index, word in enumerate(speech.words):
        if word.start in wanted and speech.clauses[index] not in found:
            clause = speech.clause_of(index)
            found[speech.clauses[index]] = speech.prepared.span_of(*speech.words[clause.start : clause.stop])
    return list(found.values())[:_MOST_CLAUSES]
