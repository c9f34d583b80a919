"""Full names of private persons and home addresses.

A book review names its author and a brand may be a surname, so two capitalised words are a person's name only beside a
word that makes them one («курьер», «зовут», «живёт»).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.triage.grammar import forms_of, tags_of
from monitor.triage.lexicon import Lexicon
from monitor.triage.models import Span
from monitor.triage.normalise import Prepared

_SURNAME = re.compile(
    r"(?:[оеё]в|[иы]н|ск(?:ий|ая|ого|ому|ой|ую|им)|цк(?:ий|ая|ого|ому|ой|ую|им)|[оеё]в(?:а|у|ым|ой|е|ы)|"
    r"[иы]н(?:а|у|ым|ой|е|ы)|енко|"
    r"[ую]к|[ая]н|дзе|швили|[иы]х|ович|евич|айте|ко)$"
)
_CAPITALISED = re.compile(r"[А-ЯЁ][а-яё]{1,20}")
_INITIALS = re.compile(r"[А-ЯЁ][а-яё]{2,20} [А-ЯЁ]\. ?[А-ЯЁ]\.")
_PATRONYMIC = re.compile(r"(?:ович|евич|ьич|ович|овн|евн|ичн)(?:$|а$|у$|ем$|ом$|е$|ой$|ы$)")
_BOOK = re.compile(
    r"книг|автор|роман|писател|издани|издат|стих|рассказ|сказк|перевод|булгаков|пушкин|толст(?:ой|ого)|"
    r"достоевск|чехов|гогол|лермонтов|есенин|маяковск|тургенев|шолохов|менделеев|ломоносов|гагарин|"
    r"одобрил|переложени|повест|поэ[тм]|художник"
)
_CONTEXT = re.compile(
    r"курьер|менеджер|оператор|сотрудни|продав|директор|администратор|водител|зовут|фамили|владел|хозя|консультант|"
    r"торгу|хами|живет|прожива|паспорт|г\.р|ответил|ответственн|мастер|специалист|запомните|звонил|"
    r"кладовщик|поддержк|кассир|грузчик|сборщик|начальник|управляющ|бухгалтер|упаковщ|зовут|имя|звали|"
    r"продавщиц|мошенни|обманщи|ворюг|аферист|сосед(?:к|у|а|и)|учительниц|воспитательниц|начальниц|одноклассник|"
    r"вконтакте|ищите (?:ее|его)|(?<!\w)тел(?!\w)"
)
_STREET = re.compile(
    r"(?<!\w)(?:ул\.?|улиц[аеуы]|просп\.?|проспект[а-я]?|пр-т|переул[а-я]{0,5}|пер\.|шоссе|бульвар[а-я]?|"
    r"проезд[а-я]?|наб\.)"
    r" ?[а-я-]{3,25}(?: [а-я-]{3,25})?,? ?(?:д(?:ом|\.)? ?)?\d{1,4}"
)
_FLAT = re.compile(r"\d{1,4}[а-я]?,? ?(?:кв\.?|квартир[аеы]) ?\d{1,4}(?! ?м)")
_UNIT = (
    r"(?:один|одна|два|две|три|четыре|пять|шесть|семь|восемь|девять|десять|"
    r"(?:один|две|три|четыр|пят|шест|сем|восем|девят)надцать)"
)
_NUMERAL = (
    rf"(?:\d{{1,4}}|(?:(?:сто|двести|двадцать|тридцать|сорок|[а-я]{{2,6}}десят|девяносто) ?){{1,2}}{_UNIT}?|{_UNIT})"
)
_FLAT_IN_WORDS = re.compile(
    rf"(?<!\w)(?:жив[её]т|прожива[а-я]{{2}}|живут)[^.!?\n]{{0,50}}(?:дом|квартир)[а-я]{{0,3}} (?:{_NUMERAL}|"
    rf"[а-я]{{3,12}}(?:ой|ом))(?!\w)|"
    rf"{_NUMERAL},? ?(?:кв\.?|квартир[аеу])(?!\w) ?{_NUMERAL}(?!\w)|"
    r"(?:\d{1,4}|[а-я]{2,12}(?:ой|ей|ую))(?:-?[а-я]{1,2})? (?:кв\.?|квартир[ыеу])(?!\w)[^.!?\n]{0,25}"
    r"(?<!\w)(?:на|по|в) [а-я]{4,20} \d{1,3}(?!\w| ?(?:мин|час|дн|лет|год|мм|см|м(?!\w)))|"
    r"(?<!\w)(?:снт|днп|деревн[яе]|поселок|хутор)[^.!?\n]{0,30}(?:участок|уч\.?|дом) ?\d{1,4}"
)
_LIVES = re.compile(r"(?:живет|живут|проживает|прописан[а-я]?) (?:\w{1,15} )?(?:на|по|в|в доме) [а-я. -]{3,40}\d{1,4}")
_HOME_WORDS = re.compile(
    r"жив(?:ет|у|ут|ем)(?!\w)|прожива|прописан|прописк|(?:мой|его|ее|их|домашний|"
    r"личный) (?:[а-я]{1,15} )?адрес|адрес (?:продав|курьер|хозя|владел|директор)|дом(?:а|ой)? (?:продав|"
    r"курьер|хозя)|домой"
)
_PUBLIC_PLACE = re.compile(r"пвз|пункт|магазин|склад|постамат|выдач|отделени|офис|юридическ|салон|сервис")
_PLATE = re.compile(r"(?<![\wа-я])[авекмнорстух] ?\d{3} ?[авекмнорстух]{2} ?\d{2,3}(?!\w)")
_CAR = re.compile(r"машин|(?<!\w)авто(?!\w)|(?:гос)?номер|курьер|водител|ездит|приехал|газел")
_DIGIT = re.compile(r"\d")
_SENTENCE_END = re.compile(r"[.!?\n] ")
_STREET_BEFORE = re.compile(
    r"(?<!\w)(?:(?:г\.|город|москва|спб)[^.!?\n]{0,20} ?)?(?:ул\.?|улиц[аеуы]|просп[а-я.]{0,7}|пр-т|"
    r"пер[а-я.]{0,8}|на|по|адрес[а-я]?:?) ?"
    r"[а-я -]{3,30},? ?(?:д(?:ом|\.)? ?)?$"
)
_LONGEST_STREET = 70
_ROLE = re.compile(
    r"(?:(?<!\w)(?:менеджер|оператор|консультант|администратор|специалист|кассир|мастер|сборщи[кц]|"
    r"сотрудни[кц]|управляющ|кладовщи[кц]|при[её]мщи[кц]|упаковщи[кц]|диспетчер|инженер|продавщиц|"
    r"начальни[кц]|оператор)[а-я]{0,4}|(?<!\w)продавец)"
    r"(?:[ -](?:[а-я]{3,15}(?<!зовут)(?<!звать)))?[ ,]{1,2}$"
)
"""His work, then his name: told as staff are told of."""
_HUNTED = re.compile(
    r"жив[её]т|прожива|адрес|телефон|(?<!\w)тел(?!\w)|\d{3}[- )]|мошенн|обманщи|(?<!\w)вор(?!от)|ворюг|аферист|жулик|"
    r"запомните|ищите|найд(?:ите|у|ем|[её]м)|вконтакте|страниц|(?<!\w)(?:вк|инст|телег)|фото|фамили|паспорт|"
    r"хам(?!он)|нахам|идиот|дур[аы]|тупо|твар|урод|мраз|козел|козл|сволоч|подонок|гад|позор|пусть все|знайте"
)
"""Words that show him to others: an abuse, a place to find him, an appeal to remember."""
_ON_PAPER = re.compile(
    r"чек|упаковк|этикетк|короб|накладн|производит|изготовит|бирк|ценник|карточк|реквизит|указан|документ"
)
"""Where the law makes a trader give his name."""
_OF_A_PERSON = re.compile(
    r"телефон|номер|адрес|паспорт|имя|имени|фамили|карт[аыуе]|дом(?!к)|квартир|дач|страниц|аккаунт|профил|счет|почт|фото|"
    r"жена|семь|машин|телег|отчеств|данн|магазин|смен|работ|вин[аыуе]|хамств|ошибк"
)
_THANKS = re.compile(r"спасибо|благодар")
_FOR_A_PERSON = 0.6
"""A public register, a maker's name, a thanked courier, a name of three parts that stands for itself."""
_HOME = re.compile(r"(?<!\w)(?:кв\.?|квартир[аеы]) ?\d{1,4}")


def find_names(prepared: Prepared) -> Iterator[tuple[Span, float]]:
    """Full names of private persons, with confidence."""
    text = prepared.original[: len(prepared.folded)]
    for found in _capitalised_runs(text):
        # «Курьер Тимур Примеров»: the first word is his work, not his name.
        run = found[1:] if len(found) > 2 and _CONTEXT.match(found[0].group().lower()) else found
        confidence = _name_confidence([match.group() for match in run], prepared.folded, text, run)
        if confidence:
            start, end = run[0].start(), run[-1].end()
            yield Span(start, end, text[start:end]), confidence


def find_initials(prepared: Prepared) -> Iterator[tuple[Span, float]]:
    """A surname with initials beside a word that makes it a person's."""
    text = prepared.original[: len(prepared.folded)]
    for match in _INITIALS.finditer(text):
        near = prepared.folded[max(0, match.start() - 50) : match.end() + 50]
        if _CONTEXT.search(near) and not _BOOK.search(prepared.folded):
            yield Span(match.start(), match.end(), match.group()), 0.8


def find_addresses(prepared: Prepared, lexicon: Lexicon) -> Iterator[tuple[Span, float]]:
    """Home addresses. A street with a house may be a shop's; a flat, or a word of living there, makes it a home."""
    text = prepared.folded
    if not (_DIGIT.search(text) or "квартир" in text):
        return
    for pattern in (_FLAT, _LIVES, _FLAT_IN_WORDS):
        for match in pattern.finditer(text):
            street = _STREET_BEFORE.search(text[max(0, match.start() - _LONGEST_STREET) : match.start()])
            start = match.start() - len(street.group()) if street else match.start()
            yield prepared.span(start, match.end()), 0.9
    home = _HOME.search(text) is not None
    blamed = any("insult" in lexicon.classes_of(word.plain) for word in prepared.words)
    for match in _STREET.finditer(text):
        near = text[max(0, match.start() - 70) : match.end() + 50]
        lived = _HOME_WORDS.search(near) is not None and not _PUBLIC_PLACE.search(near)
        yield prepared.span(*match.span()), 0.9 if home else 0.8 if lived else 0.6 if blamed else 0.4
    for match in _PLATE.finditer(text):
        on_a_car = _CAR.search(text[max(0, match.start() - 40) : match.end() + 40])
        yield prepared.span(*match.span()), 0.8 if on_a_car else 0.4


def _capitalised_runs(text: str) -> Iterator[list[re.Match[str]]]:
    """Two or three capitalised words in a row, separated by one space."""
    run: list[re.Match[str]] = []
    for match in _CAPITALISED.finditer(text):
        if run and text[run[-1].end() : match.start()] != " ":
            if len(run) in {2, 3, 4}:
                yield run
            run = []
        run.append(match)
    if len(run) in {2, 3, 4}:
        yield run


def _name_confidence(words: list[str], folded: str, text: str, run: list[re.Match[str]]) -> float:
    lowered = [word.lower() for word in words]
    patronymic = any(_PATRONYMIC.search(word) for word in lowered[1:])
    if _BOOK.search(folded):
        return 0.0
    before = _SENTENCE_END.split(folded[max(0, run[0].start() - 50) : run[0].start()])[-1]
    after = _SENTENCE_END.split(folded[run[-1].end() : run[-1].end() + 50])[0]
    in_context = _CONTEXT.search(before) is not None or _CONTEXT.search(after) is not None
    registered = text[max(0, run[0].start() - 3) : run[0].start()] == "ИП "
    if (registered and _ON_PAPER.search(before + " " + after)) or (patronymic and _is_goods(lowered, before)):
        return 0.0
    if patronymic and len(words) >= 3:
        return 0.9 if in_context and not registered else _FOR_A_PERSON
    if not (in_context or registered) or not _is_name_and_surname(lowered):
        return 0.0
    named_after = len(run) > 2 and not tags_of(lowered[0]) and forms_of(lowered[0])[0].part == "NOUN"
    at_work = _ROLE.search(before) is not None and not _HUNTED.search(
        folded[: run[0].start()] + folded[run[-1].end() :]
    )
    return _FOR_A_PERSON if registered or named_after or at_work or _THANKS.search(before) else 0.8


def _is_goods(words: list[str], before: str) -> bool:
    """«Настойка Лебедева Ивана Петровича»: the goods, then in the genitive whom they are called after."""
    head, name = (words[0], words[1:]) if not tags_of(words[0]) else (before.split()[-1:], words)
    noun = head if isinstance(head, str) else (head[0] if head else "")
    things = [form for form in forms_of(noun) if form.part == "NOUN"] if noun.isalpha() else []
    if not things or any(form.is_animate for form in things) or _OF_A_PERSON.match(noun):
        return False
    return len(name) > 1 and all(any(form.case == "gent" for form in forms_of(word)) for word in name)


def _is_name_and_surname(words: list[str]) -> bool:
    """A first name beside a surname; a surname the dictionary does not know is told by its ending."""
    names = ["Name" in tags_of(word) for word in words]
    surnames = ["Surn" in tags_of(word) or _SURNAME.search(word) is not None for word in words]
    return any((names[at] and surnames[at + 1]) or (surnames[at] and names[at + 1]) for at in range(len(words) - 1))
