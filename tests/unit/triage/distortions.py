"""Disguises words the way people do to slip past a filter: every kind is a function of a word and a seeded choice."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping

OBSCENE = (
    "хуйня", "хуево", "хуета", "хуйло", "нахуй", "похуй", "дохуя", "охуенно", "охуели", "хуярить", "хуесос", "пизда",
    "пиздец", "пиздатый", "пиздабол", "спиздили", "пиздюли", "распиздяй", "блядь", "блять", "бляди", "блядский",
    "ебать", "ебаный", "ебанутый", "ебучий", "ебало", "наебали", "заебали", "долбоеб", "уебище", "уебок",
    "выебываться", "мудак", "мудила", "мудозвон", "пидор", "пидорас", "пидорасы", "гондон", "залупа", "говно",
    "говняный", "дерьмо", "сука", "сраный", "засранцы", "насрать", "обосрался", "херня", "нахер",
    "шлюха", "шлюхи", "проститутка", "шалава", "дрочить",
)  # fmt: skip
INSULTS = (
    "дебил", "дебилы", "идиот", "идиоты", "кретин", "придурок", "придурки", "ублюдок", "ублюдки", "мразь", "мрази",
    "тварь", "сволочь", "сволочи", "имбецил", "дегенерат", "подонок", "выродок", "гнида", "падла", "скотина",
    "быдло", "чмошник", "мерзавец", "тупица", "недоумок",
)  # fmt: skip
CLEAN = (
    "хлеб", "рубль", "страхуют", "колебание", "подстрахуй", "мандарин", "художник", "потребляет", "сукно", "дебют",
    "команда", "бляха", "небо", "себе", "учеба", "скипидар", "херсонский", "мебель", "хлебный", "отсос", "вебинар",
    "ребята", "хлеба", "оскорблять", "употреблять", "рублях", "кораблях", "сукровица", "скучный", "ручка", "штучка",
    "судак", "гляди", "помидор", "помидоры", "панда", "веранда", "гвоздик", "звезда", "звездец", "езда", "поезда",
    "узда", "говорить", "говоря", "уговор", "дерево", "держать", "дебаты", "идиллия", "тварог", "творог", "твердый",
    "сволакивать", "морозь", "кредит", "педаль", "педагог", "пикник", "пижама", "пицца", "пихта", "шпинат", "липа",
    "ебонит", "хутор", "хурма", "худой", "хулиган", "похудел", "психует", "шлюз", "шлюпка", "долбежка", "долото",
    "гондола", "гонка", "залипать", "залить", "заливка", "мудрый", "мудреный", "скоба", "скотч", "подол",
    "подоконник", "быдто", "было", "тупик", "тупиковый", "чешуя", "ступица", "яблоко", "ебей", "требовать",
    "погребать", "грести", "стебель", "стебли", "амеба", "жалоба",
)  # fmt: skip

_LATIN = dict(zip("аеорсхукмтвни", "aeopcxykmtbhu", strict=True)) | {"з": "3", "б": "6", "г": "r", "п": "n"}
_SURE_LATIN = dict(zip("аеорсху", "aeopcxy", strict=True))
_DIGITS = {"о": "0", "з": "3", "б": "6", "ч": "4", "а": "@", "и": "1"}
_SOUNDS = dict(zip("здлнгрмихб", "zdlngrmihb", strict=True)) | {"ш": "sh"}
_TRANSLIT = dict(zip("абвгдезийклмнопрстуфхыэ", "abvgdeziyklmnoprstufhye", strict=True)) | {
    "ж": "zh", "ц": "c", "ч": "ch", "ш": "sh", "щ": "sch", "ь": "", "ъ": "", "ю": "yu", "я": "ya",
}  # fmt: skip
_VOWELS = "аеиоуыэюя"
_SPELT = {"о": "а", "е": "и", "ы": "и", "з": "с"}
_NEXT_KEY = dict(zip("йцукенгшщзхфывапролджэячсмитьбю", "цукенгшщзхъывапролджэячсмитьбюй", strict=True))


def _inner(word: str, choice: random.Random, most: int) -> tuple[int, int]:
    """A stretch of 1..most letters that leaves the first and the last letter in sight."""
    length = choice.randint(1, min(most, len(word) - 2))
    start = choice.randint(1, len(word) - 1 - length)
    return start, start + length


def star_one(word: str, choice: random.Random) -> str:
    at, _ = _inner(word, choice, 1)
    return word[:at] + choice.choice("*@#%$") + word[at + 1 :]


def star_several(word: str, choice: random.Random) -> str:
    start, end = _inner(word, choice, max(1, min(3, len(word) - 3)))
    return word[:start] + "*" * (end - start) + word[end:]


def dot_out(word: str, choice: random.Random) -> str:
    start, end = _inner(word, choice, max(1, min(2, len(word) - 3)))
    return word[:start] + choice.choice(("..", "...", "…")) + word[end:]


def separate(word: str, choice: random.Random) -> str:
    return choice.choice(" .-*_").join(word)


def insert_mark(word: str, choice: random.Random) -> str:
    at = choice.randint(1, len(word) - 1)
    return word[:at] + choice.choice("*.)('_~") + word[at:]


def split_in_two(word: str, choice: random.Random) -> str:
    at = choice.randint(1, len(word) - 1)
    return word[:at] + " " + word[at:]


def _replace(word: str, table: Mapping[str, str], choice: random.Random) -> str:
    places = [at for at, char in enumerate(word) if char in table]
    taken = set(choice.sample(places, choice.randint(1, len(places)))) if places else set()
    return "".join(table[char] if at in taken else char for at, char in enumerate(word))


def look_alike(word: str, choice: random.Random) -> str:
    return _replace(word, _SURE_LATIN, choice)


def look_alike_wide(word: str, choice: random.Random) -> str:
    return _replace(word, _LATIN, choice)


def digits(word: str, choice: random.Random) -> str:
    return _replace(word, _DIGITS, choice)


def latin_sound(word: str, choice: random.Random) -> str:
    at = choice.choice([at for at, char in enumerate(word) if char in _SOUNDS] or [0])
    return word[:at] + _SOUNDS.get(word[at], word[at]) + word[at + 1 :]


def transliterate(word: str, _choice: random.Random) -> str:
    return "".join(_TRANSLIT[char] for char in word)


def stretch(word: str, choice: random.Random) -> str:
    return "".join(char * choice.choice((1, 1, 2, 4)) for char in word)


def drop_vowels(word: str, _choice: random.Random) -> str:
    return word[0] + "".join(char for char in word[1:-1] if char not in _VOWELS) + word[-1]


def mix_case(word: str, choice: random.Random) -> str:
    return "".join(choice.choice((char, char.upper())) for char in word)


def misspell(word: str, choice: random.Random) -> str:
    return _replace(word, _SPELT, choice)


def swap(word: str, choice: random.Random) -> str:
    at = choice.randint(1, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def slip(word: str, choice: random.Random) -> str:
    at = choice.randint(1, len(word) - 1)
    return word[:at] + _NEXT_KEY.get(word[at], "ъ") + word[at + 1 :]


def lose_letter(word: str, choice: random.Random) -> str:
    at, _ = _inner(word, choice, 1)
    return word[:at] + word[at + 1 :]


KINDS: Mapping[str, Callable[[str, random.Random], str]] = {
    kind.__name__: kind
    for kind in (
        star_one, star_several, dot_out, separate, insert_mark, split_in_two, look_alike, look_alike_wide, digits,
        latin_sound, transliterate, stretch, drop_vowels, mix_case, misspell, swap, slip, lose_letter,
    )
}  # fmt: skip


def disguise(kind: str, words: Iterable[str], *, seed: int = 7, each: int = 3) -> list[str]:
    """Each word disguised a few times; the same seed gives the same disguises."""
    choice = random.Random(f"{seed}{kind}")  # a repeatable choice, no secret
    return [KINDS[kind](word, choice) for word in words for _ in range(each)]
