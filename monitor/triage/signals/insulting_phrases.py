"""Insults without a word of insult: curses, orders to be silent, brains that are missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from monitor.triage.grammar import forms_of, is_they_did, noun_forms
from monitor.triage.models import Span
from monitor.triage.signals.belittling import HARSH, SENT_AWAY, UNKIND
from monitor.triage.signals.building import TOLD
from monitor.triage.signals.calling import find_calling
from monitor.triage.speech import Speech, Stance

_STRENGTH = 0.8
_CURSE = re.compile(
    r"(?:чтоб(?:ы)?|пусть|пускай|хоть бы) (?:[а-я]{1,15} ){0,4}?(?:вы|ты|вас|вам|тебе|тебя|у вас|им|их|он|они|"
    r"продав[а-я]+|курьер[а-я]*)(?!\w)"
    r"[^.!?\n]{0,40}?(?:сдох|подох|передох|отсох|повылаз|сгн[ио]л|сгнии|разорвал|парализ|подав(?:ил|"
    r"итесь)|сгорел[аио]?(?!\w)|пронесло|скрут|"
    r"провал(?:ил|ит)|прокля|умер|помер|отвал|икал|кость|поперек горла|боком|кровью)"
    r"|жела(?:ю|ем) [^.!?\n]{0,40}(?:сдохн|подохн|гореть|сгни|заболе|отравит|провали|разорит|"
    r"всего самого (?:плохого|худшего))"
    r"|(?:гори(?:те)?|гореть) (?:[а-я]{2,6} )?(?:в аду|синим пламенем)|будьте (?:вы )?прокляты|будь ты проклят|"
    r"проклинаю|"
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
PESTS = re.compile(
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
_YOU = frozenset(
    {"вы", "ты", "вас", "вам", "вами", "тебя", "тебе", "тобой", "ваш", "ваша", "ваши", "твоя", "твой", "вашему",
     "вашего", "вашей", "вашу", "вашим", "ваших", "твоему", "твоего", "твоей"}
)  # fmt: skip
_AT_THE_SHOP = re.compile(
    r"(?:склад[еау]?|пвз|выдач[еи]|чат[еа]|поддержк[еи]|доставк[еи]|магазин[ае]?|отдел[ае]?|сборк[еи]|отзыв[ыах]{0,2})$"
)
_DID = re.compile(
    r"собира|упаков|паков|положил|прислал|отправ|торгу|продава|шил|шьют|делал|дела(?:ют|ли)|хвал|пиш|писал|отвеча|хам"
)
_UNKIND_STRENGTH = 0.6
_SOMEBODY = _YOU | {"они", "кто", "которые", "который", "те", "тот", "тех", "кому"}


def find_phrases(speech: Speech, classes: list[frozenset[str]]) -> Iterator[tuple[Span, float]]:
    """Places and strength of insults without a word of insult: curses, orders to be silent, missing brains."""
    text = speech.text
    yield from _find_twins(speech, classes)
    yield from _find_no_people(speech)
    yield from _find_said_to_be(speech, classes)
    yield from find_calling(speech, classes)
    for pattern in (_CURSE, _SHUT_UP, _NO_BRAINS, HARSH, UNKIND):
        for match in pattern.finditer(text):
            index = speech.index_at(match.start())
            if index is None:
                continue
            if _NOT.search(match.group()):
                continue
            own = speech.stance(index) is Stance.OWN
            if _OF_THEM.search(match.group()) and (
                PESTS.search(text) or not any("person" in classes[at] for at in speech.around(index))
            ):
                continue
            told_off = SENT_AWAY.match(match.group()) is not None
            if (
                pattern in (_NO_BRAINS, HARSH, UNKIND)
                and not told_off
                and not _is_said_of_people(speech, index, classes)
            ):
                continue
            last = speech.index_at(match.end() - 1)
            end = speech.words[last].end if last is not None else match.end()
            strength = _UNKIND_STRENGTH if pattern is UNKIND else _STRENGTH
            yield speech.prepared.span(match.start(), max(end, match.end())), strength if own else TOLD


_NO_PEOPLE = re.compile(
    r"(?<!\w)(?P<what>[а-я]{3,}),? а не (?P<who>люди|продав[а-я]{2,3}|курьер[а-я]?|оператор[а-я]?|менеджер[а-я]?|"
    r"сотрудни[а-я]{1,2}|специалист[а-я]?|упаковщи[а-я]{1,2}|"
    r"сборщи[а-я]{1,2}|человек|мастер[а]?)(?!\w)|"
    r"это не (?:люди|продав[а-я]{2,3}|курьер[а-я]?|оператор[а-я]?|менеджер[а-я]?|сотрудни[а-я]{1,2}|"
    r"специалист[а-я]?|упаковщи[а-я]{1,2}|сборщи[а-я]{1,2}),? "
    r"(?:это|а|вы) (?:[а-я]{3,14} )?(?P<instead>[а-я]{3,})"
)
_FINE = re.compile(
    r"золот|сказк|мечт|молод|умниц|профи|професс|чудо|волшебн|ангел|прелест|супер|красав|маст|звезд|герой|герои|"
    r"лучш|добр|мил|друз|"
    r"душ|помощ|робот|автомат|человек|люди|мужчин|женщин|девушк|парен|парни|ребят|чат-?бот|бот|студент|школьник|"
    r"стажер|нович|перекуп|посредник|любител|реселлер"
)
_WHO = frozenset(
    {
        "продавец",
        "продавщица",
        "менеджер",
        "оператор",
        "курьер",
        "хозяин",
        "хозяйка",
        "директор",
        "кладовщик",
        "упаковщик",
        "сборщик",
        "руководитель",
        "администратор",
        "владелец",
        "владелица",
        "тетка",
        "сотрудница",
        "сотрудник",
        "консультант",
        "доставщик",
        "приемщица",
        "кассирша",
    }
)
_LINKED = 3
"""Words between the person and the dash: «хозяйка этой лавки — …»."""


def _find_no_people(speech: Speech) -> Iterator[tuple[Span, float]]:
    """«Шакалы, а не люди», «это не упаковщик, это …»: whatever they are instead, it is no praise."""
    for match in _NO_PEOPLE.finditer(speech.text):
        said = match["what"] or match["instead"]
        index = speech.index_at(match.start())
        if index is None or speech.stance(index) is not Stance.OWN or _FINE.match(said):
            continue
        if any(form.part == "NOUN" for form in forms_of(said)):
            yield speech.prepared.span(*match.span()), _NO_PEOPLE_STRENGTH


_NO_PEOPLE_STRENGTH = 0.76


def _find_said_to_be(speech: Speech, classes: list[frozenset[str]]) -> Iterator[tuple[Span, float]]:
    """«Хозяйка лавки — старая вешалка»: one of the shop's people, a dash, and a noun that is no work and no praise."""
    for index, word in enumerate(speech.words):
        if word.plain not in _WHO:
            continue
        sentence = speech.sentence_of(index)
        for at in range(index + 1, min(sentence.stop, index + 2 + _LINKED)):
            gap = speech.text[speech.words[at - 1].end : speech.words[at].start]
            if not any(mark in gap for mark in "—–") and " - " not in gap:
                continue
            for said in range(at, min(sentence.stop, at + 3)):
                plain = speech.words[said].plain
                nouns = [form for form in noun_forms(plain) if form.case == "nomn" and not form.is_name]
                if nouns and forms_of(plain)[0].part == "NOUN":
                    if not _FINE.match(plain) and "person" not in classes[said] and speech.stance(said) is Stance.OWN:
                        yield speech.prepared.span_of(word, speech.words[said]), _UNKIND_STRENGTH
                    break
            break


def _find_twins(speech: Speech, classes: list[frozenset[str]]) -> Iterator[tuple[Span, float]]:
    """«Жаба жабой»: a living being twice, said of a person."""
    for index, (one, two) in enumerate(pairwise(speech.words)):
        if one.plain[:3] != two.plain[:3] or one.plain == two.plain or "person" in classes[index]:
            continue
        first = {form.lemma for form in noun_forms(one.plain) if form.case == "nomn" and form.is_animate}
        second = {form.lemma for form in forms_of(two.plain) if form.case == "ablt"}
        if first & second and speech.stance(index) is Stance.OWN and _is_said_of_people(speech, index, classes):
            yield speech.prepared.span_of(one, two), _STRENGTH


def _is_said_of_people(speech: Speech, index: int, classes: list[frozenset[str]]) -> bool:
    sentence = speech.sentence_of(index)
    if any(_THINGS_WITH_BRAINS.match(speech.words[at].plain) for at in sentence):
        return False
    words = {speech.words[at].plain for at in sentence}
    if words & _MYSELF and not words & _YOU:
        return False
    if words & _SOMEBODY or any("person" in classes[at] for at in sentence):
        return True
    return any(_AT_THE_SHOP.match(word) for word in words) or any(
        _DID.match(speech.words[at].plain) and is_they_did(speech.words[at].plain) for at in sentence
    )
