"""Threats of violence against people or their property.

A court, a complaint or the police is a lawful next step, and what the author will do to the goods he bought is his
own affair.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.triage.models import Signal, Span
from monitor.triage.signals.building import build_signal
from monitor.triage.speech import Speech, Stance

_CLEAR = 0.75
_HINTED = 0.6
_TARGET = (
    r"(?:вас|вам|ваш[а-я]{0,3}|тебя|тебе|тво[а-я]{1,3}|его|ему|её|ее|ей|их|им|всех|всем|кажд(?:ого|ому)|"
    r"того|тому|тех|склад[а-я]{0,3}|офис[а-я]{0,2}|пвз|"
    r"пункт[а-я]{0,2}|магазин[а-я]{0,2}|контор[а-я]{0,2}|лавочк[а-я]|курьер[а-я]{0,3}|продав[а-я]{2,4}|"
    r"менеджер[а-я]{0,2}|оператор[а-я]{0,3}|"
    r"упаковщик[а-я]{0,2}|сборщик[а-я]{0,2}|производител[а-я]{1,2}|директор[а-я]{0,2}|хозя[а-я]{2,4}|"
    r"работник[а-я]{0,2}|сотрудник[а-я]{0,2}|(?:руки|ноги|шею|голову|челюсть|морду|лицо|рожу|ребра|зубы|"
    r"хребет|кости))"
)
_VIOLENCE = re.compile(
    r"(?<!\w)(?:убью|убьем|прибью|прибьем|зарежу|застрелю|придушу|задушу|удавлю|изобью|побью|отлуплю|"
    r"отметел[а-я]{1,3}|покалеч[уи][а-я]{0,2}|искалечу|"
    r"переломаю|сломаю|поломаю|оторву|вырву|выбью|набью|разобью|расшибу|сверну|отрублю|отрежу|сожгу|спалю|"
    r"подожгу|подпалю|взорву|порву|урою|закопаю|"
    r"похороню|уничтожу|растопчу|разнесу|разгромлю|раскурочу|отпизжу|отхуярю|уебу|уработаю|замочу|завалю|"
    r"грохну|порешу|прикончу|прирежу|пристрелю|"
    r"сожжем|спалим|взорвем|разнесем|переломаем|набьем|закопаем|уроем)(?!\w)"
)
_NEAR_TARGET = re.compile(rf"(?<!\w){_TARGET}(?!\w)")
_REVIEWS = re.compile(r"отзыв|единиц|рейтинг|звезд|оценк|жалоб|карточк|негатив|суд|споре")
_HUNT = re.compile(
    r"(?<!\w)(?:(?:я )?(?:вас|тебя|вашу? [а-я]+|ваш [а-я]+|этого|того|продав[а-я]+|курьер[а-я]*|его|"
    r"их) (?:[а-я]{1,10} )?(?:найду|найдем|достану|достанем|отыщу|выслежу|вычислю|подкараулю|встречу|"
    r"поймаю|закопа[а-я]+|убь[а-я]+|урою)|"
    r"(?:найду|найдем|достану|отыщу|выслежу|вычислю|подкараулю|встречу|поймаю) (?:я )?(?:вас|тебя|"
    r"ваш[а-я]{0,3}|того|этого|продав[а-я]+|курьер[а-я]*|его|их|где (?:вы|ты))|"
    r"знаю,? (?:где|адрес[а-я]*,? где) (?:вы |ты |он |она |его |ваш)|вам (?:всем )?не жить|тебе не жить|"
    r"тебе (?:конец|хана|крышка|капут|кранты)|вам (?:конец|хана|крышка|кранты)|"
    r"ход(?:и|ите) (?:и |теперь )?(?:и )?огляды|огляды(?:вай(?:ся|тесь)|ваясь)|пеняйте на себя|"
    r"пожалеете,? что (?:родил|на свет)|мало не покажется|"
    r"приш(?:лю|лем) (?:к вам )?(?:ребят|пацанов|людей|братв|братков)|приед(?:ут|ем) (?:к вам )?(?:ребят|"
    r"пацан|люди|братва|братки|серьезны)|"
    r"при(?:еду|дем|ду) (?:к вам |к тебе |лично |сам[а]? |вечером |ночью )*(?:и |с |на склад|в офис|домой|"
    r"по адресу|разбираться)(?:[^.!?\n]{0,40}(?:бит|топор|ружь|нож|кастет|канистр|бензин|кувалд|ребят|"
    r"поговор|по-другому|по-мужски|ответ|пожале|разнес|мало|пеняй|лиц|морд|переломаю|сожгу|разберусь))|"
    r"(?:испробую|попробую|проверю|опробую) (?:ее |её |его |это |их )?на (?:вас|тебе|тебя|"
    r"продав[а-я]{2,4}|курьер[а-я]{1,2})|"
    r"(?:с битой|с топором|с ружьем|с канистрой|с кувалдой)|кирпич[а-я]{0,3} в (?:окно|витрин)|"
    r"живыми не уйдете|ноги (?:вам|тебе|ему) (?:[а-я]{1,15} )?(?:выдер|вырв|перелом|полом)|руки (?:вам|тебе|"
    r"ему|им) (?:[а-я]{1,15} )?(?:отор|вырв|перелом|полом|отруб)|"
    r"бошк[иу] (?:[а-я]{1,15} )?(?:отор|отруб|провал|пролом)|голов[уы] (?:вам|тебе|ему|им) (?:[а-я]{1,15} )?(?:отор|"
    r"отруб|провал|пролом|свер)|кровью (?:умо|харк))"
)
_WISHED = re.compile(
    r"(?<!\w)(?:убил[аи]? бы|прибил[аи]? бы|расстрел(?:ять|ивать|ял[аи]? бы)|"
    r"поубивал[аи]? бы|(?:к стенке|на кол|повесить|четвертовать) (?:[а-я]{1,15} ){0,2}(?:вас|таких|их|того|"
    r"продав|курьер|надо|мало)|морду (?:бы )?набить|по морде (?:бы )?(?:надавать|дать|настучать)|"
    r"в лицо плюнуть)"
)
_LAWFUL = re.compile(r"суд|прокур|роспотреб|полици|жалоб|заявлени|фас(?!\w)|закон|адвокат|юрист")


def find_threat(speech: Speech) -> Signal | None:
    """A threat of violence, or None."""
    found = [*_find_violence(speech), *_find_hunting(speech)]
    if not found:
        return None
    return build_signal("threat", max(value for _, value in found), (span for span, _ in found), ground="threat")


def _find_violence(speech: Speech) -> Iterator[tuple[Span, float]]:
    """A violent verb in the first person, and a person or a place as its object in the same clause."""
    text = speech.text
    for match in _VIOLENCE.finditer(text):
        index = speech.index_at(match.start())
        if index is None or speech.stance(index) is not Stance.OWN:
            continue
        clause = speech.clause_of(index)
        start, end = speech.words[max(clause.start, index - 6)].start, speech.words[min(clause.stop - 1, index + 6)].end
        near = text[start:end]
        target = _NEAR_TARGET.search(near)
        if target and not _REVIEWS.search(near) and not _is_own_thing(near):
            yield (
                speech.prepared.span(
                    min(match.start(), start + target.start()), max(match.end(), start + target.end())
                ),
                _CLEAR,
            )


_OWN_THING = re.compile(
    r"(?<!\w)(?:эт(?:у|от|о|и)|сво[юйие]+|мо[юйие]+) (?:[а-я]{1,15} )?(?!склад|офис|магазин|контор|пвз|лавоч|"
    r"продав|курьер|морд|рож)[а-я]{4,}"
)


def _is_own_thing(near: str) -> bool:
    return _OWN_THING.search(near) is not None and not re.search(r"(?<!\w)(?:вас|вам|тебя|тебе|ваш|вашу)(?!\w)", near)


def _find_hunting(speech: Speech) -> Iterator[tuple[Span, float]]:
    text = speech.text
    for pattern, strength in ((_HUNT, _CLEAR), (_WISHED, _HINTED)):
        for match in pattern.finditer(text):
            index = speech.index_at(match.start())
            if index is None or speech.stance(index) is not Stance.OWN:
                continue
            sentence = speech.sentence_of(index)
            whole = text[speech.words[sentence.start].start : speech.words[sentence.stop - 1].end]
            if _LAWFUL.search(whole):
                continue
            yield speech.prepared.span(*match.span()), strength
