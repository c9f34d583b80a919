"""Insults without a word of insult: curses, orders to be silent, brains that are missing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.triage.models import Span
from monitor.triage.signals.building import TOLD
from monitor.triage.speech import Speech, Stance

_STRENGTH = 0.8
_CURSE = re.compile(
    r"(?:чтоб(?:ы)?|пусть|пускай|хоть бы) (?:[а-я]{1,15} ){0,4}?(?:вы|ты|вас|вам|тебе|тебя|у вас|им|их|он|они|"
    r"продав[а-я]+|курьер[а-я]*)(?!\w)"
    r"[^.!?\n]{0,40}?(?:сдох|подох|передох|отсох|повылаз|сгн[ио]л|сгнии|разорвал|парализ|подав(?:ил|"
    r"итесь)|сгорел[аио]?(?!\w)|пронесло|скрут|"
    r"провал(?:ил|ит)|прокля|умер|помер|отвал)"
    r"|жела(?:ю|ем) [^.!?\n]{0,40}(?:сдохн|подохн|гореть|сгни|заболе|отравит|провали|разорит|"
    r"всего самого (?:плохого|худшего))"
    r"|(?:гори(?:те)?|гореть) (?:[а-я]{2,5} )?в аду|будьте (?:вы )?прокляты|будь ты проклят|проклинаю|"
    r"(?<!\w)сдохните|(?<!\w)убейтесь"
    r"|чтоб (?:вам|тебе|им) (?:всем )?пусто было|чтоб (?:вам|тебе) так"
)
_SHUT_UP = re.compile(
    r"(?<!\w)(?:заткни(?:те)?(?:сь)?|закро(?:й|йте) (?:свой |свою )?(?:рот|пасть|варежк|хлеборезк|"
    r"хавальн)[а-я]*|заткнись|завали(?:те)? (?:[а-я]{1,15} )?(?:рот|пасть|хлебало|ебало|хавал[а-я]+|жало|"
    r"варежку)|"
    r"(?:ваш[аиу]|тво[юяи]) (?:[а-я]{3,12} )?(?:морд[ауы]|рож[ауи]|хар[яюи]|рыло|"
    r"хлебало|пасть))(?!\w)"
)
_NO_BRAINS = re.compile(
    r"(?:мозг(?:ов|а|и)|ума|извилин) (?:[а-я]{1,10} ){0,3}(?:нет|нету|не хвата|с (?:горошину|орех|ноготь)|"
    r"как у (?:курицы|рыб|мух|хлебушк|амеб|улитк))|"
    r"(?:нет|нету|без|ни) (?:[а-я]{1,10} ){0,2}(?:мозгов|мозга|извилин)(?!\w)|(?:куриные|куриными|куриный|"
    r"птичьи|птичьими|рыбьи) мозг|вместо мозг|вместо голов|"
    r"головой (?:ударен|стукнут|тронут)|на голову (?:больн|отбит|ударен)|больн[а-я]{2} на (?:всю )?голову|"
    r"умственно отсталы|отсталые|из дурдома|"
    r"руки (?:[а-я]{1,8} ){0,3}из (?:ж|зад|попы|одного места|пятой|пяток)|с руками из (?:ж|зад|попы|"
    r"одного места)|безрукие|(?<!\w)безрук[а-я]{2}(?!\w)"
)
_PESTS = re.compile(
    r"комар|крот[ыа]?(?!\w)|тарака|клоп|муравь|мыш[иьей]|крыс|моль|мух[аи]|насеком|слизн|кровосос|"
    r"вредител|сорняк|паразит"
)
_OF_THEM = re.compile(r"(?<!\w)(?:они|он|она|им|их)(?!\w)")
"""A curse on «them» is an insult only where somebody was spoken of: mosquitoes may be meant."""
_THINGS_WITH_BRAINS = re.compile(
    r"робот|пылесос|колонк|алис|программ|приложени|прошивк|автоматик|умн[а-я]{2}|телефон|навигатор|часы|"
    r"процессор|игрушк|кукл|компьютер"
)
_NOT = re.compile(r"(?<!\w)не (?!хвата)")
"""«Чтобы они не сдохли», «руки не из того места»: what is denied is no curse; «мозгов не хватает» is."""
_MYSELF = frozenset({"я", "меня", "мне", "мной", "мы", "нас", "нам", "себя", "себе", "сам", "сама", "мой", "моя"})
_YOU = frozenset({"вы", "ты", "вас", "вам", "вами", "тебя", "тебе", "тобой", "ваш", "ваша", "ваши", "твоя", "твой"})
_SOMEBODY = _YOU | {"они", "кто", "которые", "который", "те", "тот", "тех", "кому"}


def find_phrases(speech: Speech, classes: list[frozenset[str]]) -> Iterator[tuple[Span, float]]:
    """Places and strength of insults without a word of insult: curses, orders to be silent, missing brains."""
    text = speech.text
    for pattern in (_CURSE, _SHUT_UP, _NO_BRAINS):
        for match in pattern.finditer(text):
            index = speech.index_at(match.start())
            if index is None:
                continue
            if _NOT.search(match.group()):
                continue
            own = speech.stance(index) is Stance.OWN
            if _OF_THEM.search(match.group()) and (
                _PESTS.search(text) or not any("person" in classes[at] for at in speech.around(index))
            ):
                continue
            if pattern is _NO_BRAINS and not _is_said_of_people(speech, index, classes):
                continue
            last = speech.index_at(match.end() - 1)
            end = speech.words[last].end if last is not None else match.end()
            yield speech.prepared.span(match.start(), max(end, match.end())), _STRENGTH if own else TOLD


def _is_said_of_people(speech: Speech, index: int, classes: list[frozenset[str]]) -> bool:
    sentence = speech.sentence_of(index)
    if any(_THINGS_WITH_BRAINS.match(speech.words[at].plain) for at in sentence):
        return False
    words = {speech.words[at].plain for at in sentence}
    if words & _MYSELF and not words & _YOU:
        return False
    return bool(words & _SOMEBODY) or any("person" in classes[at] for at in sentence)
