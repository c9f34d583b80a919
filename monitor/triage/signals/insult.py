"""Insults of people: who is called a name, by whom, and whether it is a person at all.

An adjective belongs to the noun it agrees with, so «идиотская застёжка» insults nobody. A noun needs somebody it is
said of: a worker named beside it, «вы», «эти», or the unnamed «they» of «дебилы упаковывали». What is quoted, told
of somebody else or denied is not the author's own insult.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from monitor.triage.grammar import agree, forms_of, is_adjective, is_command, is_noun, is_they_did, noun_forms, tags_of
from monitor.triage.homonyms import Surroundings
from monitor.triage.lexicon import Lexicon
from monitor.triage.models import Signal, Span
from monitor.triage.signals.building import TOLD, build_signal
from monitor.triage.signals.insulting_phrases import PESTS, find_phrases
from monitor.triage.signals.masking import MaskedWord
from monitor.triage.speech import Speech, Stance

_SURE = 0.85
_AIMED = 0.8
_FOR_A_PERSON = 0.6
"""What only a person can weigh: quoted, told, said of nobody in particular, or merely unkind."""
_SEVERAL = 0.76
"""Two different rough words of one's own in one review are no slip, unless pests are meant."""
_KINDS = frozenset({"insult", "insult_in_context", "insult_animal", "insult_mild"})
_YOU = frozenset(
    {"слышь", "эй", "вы", "ты", "вас", "вам", "вами", "тебя", "тебе", "тобой", "ваш", "ваша", "ваши", "твоя", "твой",
     "вашему", "вашего", "вашей", "вашу", "вашим", "ваших", "твоему", "твоего", "твоей"}
)  # fmt: skip
_THEY = frozenset(
    {"они", "он", "она", "их", "им", "ими", "кто", "которые", "который", "те", "тот", "того", "тех", "там", "кому"}
)
_POINTING = frozenset(
    {"эти", "этот", "эта", "этих", "этим", "этими", "этому", "этого", "этой", "такие", "какие", "какой", "сами", "одни"}
)
_MYSELF = frozenset({"я", "меня", "мне", "мной", "мы", "нас", "нам", "себя", "себе", "сам", "сама"})
_LIKE = frozenset({"как", "будто", "словно", "типа", "вроде", "чем"})
_PROVERB = re.compile(r"(?<!\w)(?:даже|люб(?:ой|ому|ые)|каждый|каждому|последн[а-я]{2,3}) $")
_PROVERB_AFTER = re.compile(r" (?:пойм|поним|понятн|соберет|разбер|справ|догада|знает|ясно|видно|догон)")
_HELD_FOR = re.compile(
    r"(?<!\w)(?:за|для|от|против|ищу|ищете|нашли|ищут|держат|делают из|из (?:нас|меня|людей|"
    r"покупателей)) (?:[а-я]{3,14} ){0,2}$"
)
_FOR_READERS = re.compile(r"(?:^|[.!?\n] *)для (?:[а-я]{3,12} )?$")
_BE_ONE = re.compile(
    r"(?<!\w)(?:быть|был[аи]?|будьте|будь|надо|оказал(?:ся|ась|ись)|стать|чувств[а-я]{2,8} себя|"
    r"выгляд[а-я]{2,6}|остал(?:ся|ась|ись)|считаю себя|обозвал[аи] себя) (?:[а-я]{2,14} ){0,2}$"
)
_OF_MYSELF = re.compile(r"(?<!\w)(?:это )?я (?:это )?(?:про|о) себ[яе](?!\w)")
_AT_WORK = frozenset(
    {"пвз", "выдачи", "выдаче", "складе", "поддержке", "чате", "доставки", "пункте", "стойкой", "прилавком", "приемке"}
)
"""Where the people of a shop sit: «на выдаче сидит хамка»."""
_INSTEAD = re.compile(r",? (?:а|вместо) (?:не )?(?:магазин|контор|лавк|сервис|поддержк|организаци|торгов)[а-я]{0,3}")
"""«Козлина, а не магазин»: what is no shop is its people."""
_RELATIVE = re.compile(
    r"(?:муж|жен[аыу]|сын|доч|брат|сестр|мам|пап|отец|отц|мать|дед|бабушк|свекр|тещ|тест|зят|невестк|сноха|сосед|"
    r"друг|подруг|"
    r"коллег|начальник|шеф|внук|внучк|кум|дяд|племянни|бывш|парень|девушка|ребен|дет[иь]|препод|учител|врач)[а-я]{0,4}$"
)
"""People of the author's own, who have no part in the sale: what he calls them is for a person."""
_HERD = re.compile(r"стад[оа]|кучк|сборищ|шайк|банд[аы]|толп|свор|сброд|полн")
_PETS = re.compile(r"кот(?:$|а$|ик|ё|ен)|кошк|собак|пес$|щен|попуга|хомяк|сын|доч|реб[её]н|внук|внуч|муж$|мужа$")
_HUMAN_ACT = re.compile(
    r"присла|пожале|набрал|понабра|собрал|присыла|положил|клад[уе]т|упаков|отправ|собира|обман|прода(?:ют|ли|вал)|"
    r"подсун|"
    r"впари|впарив|кинул|"
    r"кида(?:ют|ли)|нажива|хам(?:ят|или|ит)|грубят|нагруби|отвеча|ответи|вер(?:нули|нут)|возвраща|отказ|шил|шьют|"
    r"дела(?:ют|ли)|"
    r"работа(?:ют|ли)|пиш(?:ут|ет)|писали|став(?:ят|ит|или)|хвал|торгу|привез|привоз|достав|броса|броси|швыр|вскры|"
    r"перепута|пересорт|забыл|вруть?|врали|соврал|навр|пиздя|пизди|спизд|украл|воруют|зажал|развод|разве(?:ли|дут)|"
    r"клеил|клеят|звон|читаю|думаю|проверя|провери|смотр|стоит|сидят|сидит|нет совести"
)
_BARE = 3
"""In so short a text a word of insult is all that is said, and it is said to the seller."""
_STATE = re.compile(r"стар|больн|жирн|глуп|слеп|глух|недалек|отстал|убог|пьян")
"""True of many people without malice: «бабка старая, ей тяжело»."""
_NEAR = 3


def find_insult(
    speech: Speech, masked: list[MaskedWord], lexicon: Lexicon, surroundings: Surroundings
) -> Signal | None:
    """Words by which the author insults people, or None."""
    prepared = speech.prepared
    classes = [lexicon.classes_of(word.plain) for word in prepared.words]
    found = [*_find_masked(speech, masked, classes), *find_phrases(speech, classes)]
    for index, own in enumerate(classes):
        if "foreign_insult" in own:
            found.append((prepared.span_of(speech.words[index]), _FOR_A_PERSON))
        if own & _KINDS and (confidence := _confidence(speech, index, classes, surroundings)):
            found.append((prepared.span_of(prepared.words[index]), confidence))
    if not found:
        return None
    best = max(value for _, value in found)
    rough = {span.text.lower() for span, value in found if value == _FOR_A_PERSON}
    if best == _FOR_A_PERSON and len(rough) > 1 and not PESTS.search(speech.text):
        best = _SEVERAL
    told = best == TOLD
    return build_signal("insult", best, (span for span, _ in found), ground="insult", doubt="told" if told else "")


def find_accusation(speech: Speech, lexicon: Lexicon) -> Signal | None:
    """«Мошенники», «обманщик»: a claim about honesty. Whether it is an insult is open, so it is only a hint."""
    found = []
    for index, word in enumerate(speech.words):
        if "accusation" not in lexicon.classes_of(word.plain) or is_adjective(word.plain):
            continue
        if any(form.is_animate for form in noun_forms(word.plain)) and speech.stance(index) is Stance.OWN:
            found.append(word)
    return build_signal("accusation", 0.5, map(speech.prepared.span_of, found)) if found else None


def _find_masked(
    speech: Speech, masked: list[MaskedWord], classes: list[frozenset[str]]
) -> Iterator[tuple[Span, float]]:
    for word in masked:
        index = speech.index_at(word.start)
        if word.kind == "insult":
            own = index is not None and speech.stance(index) is Stance.OWN
            yield speech.prepared.span(word.start, word.end), word.confidence if own else TOLD
        elif index is not None and any("person" in classes[at] for at in range(max(0, index - 2), index)):
            yield (
                speech.prepared.span(word.start, word.end),
                word.confidence,
            )  # whatever was masked, it is said of a person


def _confidence(speech: Speech, index: int, classes: list[frozenset[str]], surroundings: Surroundings) -> float:
    word = speech.words[index].plain
    if (surroundings.excuse(word) and not _is_beside_person(speech, index, classes)) or _is_surname(speech, index):
        return 0.0
    stance = speech.stance(index)
    if stance is Stance.DENIED:
        return 0.0
    strength = _strength(speech, index, classes)
    if strength and stance is not Stance.OWN:
        return TOLD if strength > _FOR_A_PERSON else 0.0
    return strength


def _is_surname(speech: Speech, index: int) -> bool:
    """«Андрей Козлов»: both with a capital, and the first is a name."""
    if not index or "Name" not in tags_of(speech.words[index - 1].plain):
        return False
    return all(speech.prepared.span_of(speech.words[at]).text.istitle() for at in (index - 1, index))


def _strength(speech: Speech, index: int, classes: list[frozenset[str]]) -> float:
    word, own = speech.words[index].plain, classes[index]
    if word.endswith(("изм", "изма", "изме", "измом", "изму")) or _is_adverb(word):
        return 0.0
    if is_command(word) and "insult" in own and not is_noun(word):  # «сдохни»
        return _SURE
    if is_adjective(word) and not noun_forms(word):
        return _of_adjective(speech, index, classes)
    if _is_said_of_nobody(speech, index, classes):
        return 0.0
    aimed = _is_addressed(speech, index, classes)
    strength = _of_noun(speech, index, classes, aimed=aimed)
    return min(strength, _FOR_A_PERSON) if aimed and _is_said_of_relative(speech, index) else strength


def _of_noun(speech: Speech, index: int, classes: list[frozenset[str]], *, aimed: bool) -> float:
    own = classes[index]
    if "insult" in own:
        return _SURE if aimed or len(speech.words) <= _BARE else _FOR_A_PERSON
    if "insult_mild" in own:
        return _FOR_A_PERSON if aimed else 0.0
    if "insult_animal" in own:
        return _AIMED if aimed and _is_called(speech, index, classes) else 0.0
    return _AIMED if aimed else 0.0


def _is_said_of_nobody(speech: Speech, index: int, classes: list[frozenset[str]]) -> bool:
    return (
        _is_said_of_self(speech, index, classes)
        or _is_figure_of_speech(speech, index)
        or _is_said_of_thing(speech, index, classes)
    )


def _is_said_of_relative(speech: Speech, index: int) -> bool:
    """«Муж дурак, заказал не тот», «сосед-идиот»: a relative beside the word, nobody of the shop spoken to."""
    sentence = speech.sentence_of(index)
    near = [speech.words[at].plain for at in range(max(sentence.start, index - 3), min(sentence.stop, index + 3))]
    near = [word for word in near if any(form.case == "nomn" for form in noun_forms(word))]
    around = {speech.words[at].plain for at in speech.around(index, sentences=0)}
    return any(map(_RELATIVE.match, near)) and not around & _YOU


def _is_adverb(word: str) -> bool:
    readings = forms_of(word)
    return bool(readings) and readings[0].part in {"ADVB", "CONJ", "PREP", "COMP", "GRND"}


def _of_adjective(speech: Speech, index: int, classes: list[frozenset[str]]) -> float:
    """An adjective insults when the noun it agrees with is a person, or when it stands for one."""
    word, own = speech.words[index].plain, classes[index]
    sure = _AIMED if own & {"insult", "insult_in_context"} else _FOR_A_PERSON
    noun = _noun_of(speech, index)
    if noun is not None:
        return _of_adjective_with(speech, index, noun, classes, sure=sure)
    if _FOR_READERS.search(speech.text[: speech.words[index].start]):
        return _AIMED
    if _is_said_of_self(speech, index, classes) or _is_figure_of_speech(speech, index):
        return 0.0
    clause = speech.clause_of(index)
    near = range(max(clause.start, index - _NEAR), min(clause.stop, index + _NEAR + 1))
    around = {speech.words[at].plain for at in near}
    if around & {"вы", "ты", "они"} or any("person" in classes[at] for at in near if at != index):
        return sure
    if any("person" in classes[at] and _is_subject_of(speech, at, index) for at in speech.sentence_of(index)):
        return sure
    is_short = any(form.part in {"ADJS", "PRTS"} for form in forms_of(word))
    if (
        "insult" in own
        and not is_short
        and any(form.number == "plur" and form.case == "nomn" for form in forms_of(word))
    ):
        return sure if _is_addressed(speech, index, classes) else _FOR_A_PERSON
    return 0.0


def _of_adjective_with(speech: Speech, index: int, noun: int, classes: list[frozenset[str]], *, sure: float) -> float:
    """What an adjective says of the noun it agrees with; true of many people without malice are old and ill."""
    if "person" in classes[noun]:
        sentence = {speech.words[at].plain for at in speech.sentence_of(index)}
        is_state = _STATE.match(speech.words[index].plain) is not None or bool(sentence & _MYSELF)
        return min(sure, _FOR_A_PERSON) if is_state else sure
    if classes[noun] & {"insult", "insult_animal", "insult_mild"}:
        return sure if _is_addressed(speech, noun, classes) else _FOR_A_PERSON
    animate = any(form.is_animate and form.case == "nomn" for form in noun_forms(speech.words[noun].plain))
    return sure if animate and "insult" in classes[index] else 0.0


def _is_subject_of(speech: Speech, noun: int, adjective: int) -> bool:
    """«Люди, которые это хвалят, просто тупые»: a person in the nominative, of the same number, before it."""
    numbers = {form.number for form in forms_of(speech.words[adjective].plain)}
    return noun < adjective and any(
        form.case == "nomn" and form.number in numbers for form in noun_forms(speech.words[noun].plain)
    )


def _noun_of(speech: Speech, index: int) -> int | None:
    """Index of the noun an adjective belongs to: after it, else right before it, in the same clause."""
    clause = speech.clause_of(index)
    word = speech.words[index].plain
    after, before = (
        range(index + 1, min(clause.stop, index + 4)),
        range(index - 1, max(clause.start, index - 3) - 1, -1),
    )
    for at in chain(after, before):
        other = speech.words[at].plain
        if agree(word, other):
            return at
    return None


def _is_said_of_self(speech: Speech, index: int, classes: list[frozenset[str]]) -> bool:
    """«Я как дурак», «чувствую себя идиотом», «я, дура, поверила»: no other person between the author and the word."""
    sentence = speech.sentence_of(index)
    before = range(max(sentence.start, index - 5), index)
    words = [speech.words[at].plain for at in before]
    if (words[-1:] and words[-1] in _LIKE) or (words[-2:-1] and words[-2] in _LIKE):
        return not any("person" in classes[at] or speech.words[at].plain in _YOU for at in before)
    if not set(words) & _MYSELF:
        after = [speech.words[at].plain for at in range(index + 1, min(sentence.stop, index + 3))]
        return after[:1] in (["я"], ["мы"]) and not set(words) & _YOU
    last_self = max(at for at in before if speech.words[at].plain in _MYSELF)
    between = range(last_self + 1, index)
    nominative = speech.words[last_self].plain in {"я", "мы", "себя", "сам", "сама"}
    others = any(
        "person" in classes[at] or speech.words[at].plain in (_YOU | _POINTING | {"они", "он", "она"}) for at in between
    )
    return (
        nominative
        and not others
        and len(between) <= 4
        and not any(is_they_did(speech.words[at].plain) for at in between)
    )


def _is_figure_of_speech(speech: Speech, index: int) -> bool:
    """«Защита от дурака», «держат за идиотов», «даже дебил поймёт», «надо быть идиотом, чтобы…»."""
    text, word = speech.text, speech.words[index]
    before = text[max(0, word.start - 40) : word.start]
    if _FOR_READERS.search(text[: word.start]):
        return False
    if _OF_MYSELF.search(text):
        return True
    if _HELD_FOR.search(before) or _BE_ONE.search(before):
        return True
    return bool(_PROVERB.search(before)) or bool(_PROVERB_AFTER.match(text[word.end : word.end + 14]))


def _is_said_of_thing(speech: Speech, index: int, classes: list[frozenset[str]]) -> bool:
    """«Не чехол, а урод», «эта молния — сволочь»: the subject is a thing."""
    sentence = speech.sentence_of(index)
    for at in range(index - 1, max(sentence.start, index - 5) - 1, -1):
        word = speech.words[at].plain
        if _HERD.match(word):
            continue
        if _PETS.match(word):
            return True
        if "person" in classes[at] or word in _YOU | _THEY or is_they_did(word):
            return False
        nouns = [form for form in forms_of(word) if form.part == "NOUN"]
        if nouns and nouns[0].case == "nomn" and not nouns[0].is_animate and not nouns[0].is_name:
            gap = speech.text[speech.words[at].end : speech.words[at + 1].start]
            linked = any(mark in gap for mark in "—–-") or speech.words[at + 1].plain in {
                "это",
                "просто",
                "такой",
                "такая",
                "еще",
            }
            contrast = gap.startswith(",") and speech.words[at + 1].plain == "а"
            return linked or contrast or at == index - 1
    return False


def _is_addressed(speech: Speech, index: int, classes: list[frozenset[str]]) -> bool:
    """Somebody is there whom the word is said of: named, «вы», pointed at, or the unnamed «they» of a plural."""
    sentence = speech.sentence_of(index)
    far = len(sentence) if "insult" in classes[index] else 6
    near = range(max(sentence.start, index - far), min(sentence.stop, index + far))
    words = {speech.words[at].plain for at in near if at != index}
    if words & _YOU or any("person" in classes[at] for at in near if at != index):
        return True
    if words & ({"кто", "тот", "те", "того", "тому"} | _AT_WORK) or _INSTEAD.match(
        speech.text, speech.words[index].end
    ):
        return True
    if any(speech.words[at].plain.endswith(("те", "тесь")) and is_command(speech.words[at].plain) for at in near):
        return True
    plural = any(form.number == "plur" for form in noun_forms(speech.words[index].plain))
    around = [speech.words[at].plain for at in speech.around(index)]
    pointed = index and speech.words[index - 1].plain in _POINTING
    return (plural and (bool(words & {"они", "которые", "там"}) or any(map(_is_human_act, around)))) or bool(
        pointed and any(map(_HUMAN_ACT.match, around))
    )


def _is_human_act(word: str) -> bool:
    """What only the people of a shop do, so that «скоты, прислали вскрытый корм» is said of people, not of mice."""
    return _HUMAN_ACT.match(word) is not None and is_they_did(word)


def _is_called(speech: Speech, index: int, classes: list[frozenset[str]]) -> bool:
    """An animal's name is thrown at somebody only right beside him: «курьер — баран», «эти козлы», «вы свиньи»."""
    if _is_beside_person(speech, index, classes):
        return True
    sentence = speech.sentence_of(index)
    first = index == sentence.start or all(is_adjective(speech.words[at].plain) for at in range(sentence.start, index))
    plural = any(form.number == "plur" and form.case == "nomn" for form in noun_forms(speech.words[index].plain))
    return first and plural and any(_is_human_act(speech.words[at].plain) for at in sentence)


def _is_beside_person(speech: Speech, index: int, classes: list[frozenset[str]]) -> bool:
    sentence = speech.sentence_of(index)
    near = (*range(max(sentence.start, index - 3), index), *range(index + 1, min(sentence.stop, index + 2)))
    if any("person" in classes[at] or speech.words[at].plain in _YOU for at in near):
        return True
    if index > sentence.start and speech.words[index - 1].plain in _POINTING:
        return any(_HUMAN_ACT.match(speech.words[at].plain) for at in sentence)
    return index == sentence.start and any(_HUMAN_ACT.match(speech.words[at].plain) for at in sentence)
