"""Words written so that a filter misses them: «х*йня», «п****ц», «г....», «х у й», «3.14дор»."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise, product

from monitor.triage.families import Families, load_families
from monitor.triage.grammar import is_known
from monitor.triage.lexicon import Lexicon
from monitor.triage.normalise import Prepared, Word, read_as_cyrillic

_MASKS = "♥*∗@#%$&^+_…•·×€£¥§№.-!?/|~=,'`()[]{}\"\\0123456789"
_MASK = re.escape(_MASKS)
# A quick look whether a text can hold a masked word at all.
_HINT = re.compile(
    r"[а-яa-z][♥*∗@#%$&^_…•·×€£¥§!?/|~=0-9'`()\[\]{}\"\\][а-я]|[а-я][*@#%$&^_…•·×]|[♥*@#%$&^_•·×0-9][а-я]|"
    r"[а-яa-z]\.\.|[а-я][.,+-][а-я]|(?<!\w)[.…-][а-я]{4}"
    r"|3[.,]14|\w[ ._*/|~+,•♥-]{1,3}\w[ ._*/|~+,•♥-]{1,3}\w"
)
_CHUNK = re.compile(rf"(?<![\w{_MASK}])[а-яa-z0-9{_MASK}]{{2,24}}")
_RUN = re.compile(rf"[{_MASK}]+")
_SPACED = re.compile(r"(?<!\w)[а-яa-z0-9](?:[ ._*/|~+,•♥-]{1,3}[а-яa-z0-9]){2,15}(?!\w)")
_HEADLESS = re.compile(r"(?<![\w.…*♥_-])(?:[.…*♥_-]{1,3})([а-я]{4,12})(?!\w)")
_MOST_LETTERS_BEFORE = 3
"""Words of one letter that may stand before a word written apart: «и п и з д…»."""
_SENTENCE_END = re.compile(r"[!?,]+[а-я]")
_SENTENCE = re.compile(r"[^!?,]{2,24}")
_STARS = re.compile(r"[а-я]+[*@#%$][а-я*@#%$]*[а-я]+")
_LONE_LETTER = re.compile(
    r"(?<!\w)(?:полн[а-я]{2,5}|редкостн[а-я]{2}|редко[ей]|сплошн[а-я]{2}|такое|откровенн[а-я]{2}|дешев[а-я]{2}|"
    r"настоящ[а-я]{2}|конкретн[а-я]{2}|жутк[а-я]{2}|качество|ужасн[а-я]{2}|какого|какой|ни|на) ([гх])(?![\w./-])"
)
_PI = re.compile(r"3[.,]14(?=[а-я])")
_PUNCTUATION = frozenset(".,-/!?+'`=()[]{}\"\\~")
"""Marks that also stand between ordinary words; one of them alone hides no letter, it only splits a word."""
_NEVER_FIRST = _PUNCTUATION | {"…"}
_PLAIN_MASKS = frozenset("♥*∗@#%$&^_•×0123456789")
"""Marks that have no business inside a word."""
_CUT_STARS = frozenset("*@#%$")
_CUT_MARKS = _CUT_STARS | frozenset(".…")
_NUMBER = re.compile(r"\d\d|^\d|\d$")
"""Digits that are a number rather than letters in disguise."""
_SINGLE_LETTER_MARKS = 3
_MAX_RUNS = 4
_MOST_CHUNKS = 200
"""Chunks looked at in one text, so that a megabyte of masks takes bounded time."""
_LETTER_SIGNS = frozenset("0134689@$|!")
_LETTERS_WITH_DOTS = 5
_LETTERS_WITH_STARS = 3
_SHORT_PART = 4
_TWO_PARTS = 2
_SPLIT_LENGTH = 5
_STANDS_ALONE = frozenset({"за", "у", "с", "на", "не", "по", "до", "о", "а", "и", "ни", "про", "под", "при", "вы", "в"})
"""Beginnings that are words of their own: with what follows they make an ordinary phrase more often than a disguise."""
_INSULTS = frozenset({"insult", "insult_in_context", "insult_animal"})
_ONE_LETTER_WORDS = frozenset("аиоувкся")
_SPLIT_IN_TWO = frozenset(
    {
        ("ху", "ли"),
        ("ху", "ле"),
        ("ху", "й"),
        ("на", "хуй"),
        ("по", "хуй"),
        ("е", "бать"),
        ("пи", "здец"),
        ("бл", "ядь"),
    }
)
"""Words split where both parts are too short, or too ordinary, for the general rule."""
_LETTERS = "уиеоаяюыэзбвдлйхнтсркгмпжцщчшьъф"


_SURE = 0.85
_MISSPELT = 0.8
_STARRED_OUT = 0.75
_MAYBE_A_TYPO = 0.6


@dataclass(frozen=True, slots=True)
class MaskedWord:
    """Where a masked word stands in the folded text, and what it may stand for: ``obscene`` or ``insult``."""

    start: int
    end: int
    kind: str
    confidence: float


def find_masked_words(prepared: Prepared, lexicon: Lexicon) -> list[MaskedWord]:
    """All masked obscenities and insults of a text."""
    text = prepared.folded
    families = load_families()
    found = [
        *_find_hidden_words(prepared, families),
        *_find_split_words(prepared, families),
        *_find_syllables(prepared, families),
    ]
    if not _HINT.search(text):
        return found
    for match in islice(_CHUNK.finditer(text), _MOST_CHUNKS):
        for start, chunk in _readings_of(match):
            if kind := _chunk_kind(chunk, lexicon):
                found.append(MaskedWord(start, start + len(chunk), kind, _SURE))
                break
        else:
            if _is_starred_out(match, prepared):
                marks = sum(mark in _CUT_STARS for mark in match.group())
                confidence = _STARRED_OUT if marks > 1 else _MAYBE_A_TYPO
                found.append(MaskedWord(match.start(), match.end(), "obscene", confidence))
    found += [
        MaskedWord(match.start(1), match.end(1), "obscene", _STARRED_OUT) for match in _LONE_LETTER.finditer(text)
    ]
    for match in islice(_SPACED.finditer(text), _MOST_CHUNKS):
        if place := _find_apart(match, lexicon, families):
            found.append(place)
    found += _find_headless(text, families)
    return found


def _find_apart(match: re.Match[str], lexicon: Lexicon, families: Families) -> MaskedWord | None:
    """A word written letter by letter, words of one letter before it forgiven: «и п и з д е ц»."""
    letters = [(at, char) for at, char in enumerate(match.group(), match.start()) if char.isalnum()]
    for first in range(min(_MOST_LETTERS_BEFORE, len(letters) - 2)):
        if first and letters[first - 1][1] not in _ONE_LETTER_WORDS:
            return None
        joined = "".join(char for _, char in letters[first:])
        if joined.isdigit():
            return None
        if joined.isascii() or not joined.isalpha():
            hidden = families.reveal(joined)
            kind = hidden.kind if hidden else None
        else:
            joined = read_as_cyrillic(joined)
            kind = "obscene" if lexicon.is_swearing(joined) else _spaced_kind(joined, families)
            if kind is None and lexicon.classes_of(joined) & _INSULTS:
                kind = "insult"
        if kind:
            return MaskedWord(letters[first][0], match.end(), kind, _SURE)
    return None


def _find_headless(text: str, families: Families) -> Iterator[MaskedWord]:
    """«..издец», «_уйня»: the first letter is left out, and what is left is no word."""
    for match in islice(_HEADLESS.finditer(text), _MOST_CHUNKS):
        if (kind := families.headless.get(match.group(1))) and not is_known(match.group(1)):
            yield MaskedWord(match.start(), match.end(), kind, _SURE)


def _find_hidden_words(prepared: Prepared, families: Families) -> Iterator[MaskedWord]:
    """Words of letters and digits that stand for a form of a family: transliterated, misspelt, without vowels."""
    for word in prepared.words:
        hidden = families.reveal(word.text)
        # «Хулио», «Педро»: a word of the dictionary is no misspelling of another.
        if hidden and not (hidden.confidence <= _MISSPELT and word.text == word.plain and is_known(word.plain)):
            yield MaskedWord(word.start, word.end, hidden.kind, hidden.confidence)


def _find_split_words(prepared: Prepared, families: Families) -> Iterator[MaskedWord]:
    """«пиз дец»: a form with a space in it, of which neither part is a word one would write alone."""
    words = prepared.words
    for one, two in pairwise(words):
        if (
            two.start - one.end != 1
            or not ((one.plain, two.plain) in _SPLIT_IN_TWO or _may_be_split(one, two))
            or one.plain in families.forms
            or prepared.folded[one.end] != " "
        ):
            continue
        if (one.plain, two.plain) in _SPLIT_IN_TWO:
            yield MaskedWord(one.start, two.end, "obscene", _SURE)
        if kind := families.forms.get(one.plain + two.plain):
            yield MaskedWord(one.start, two.end, kind, _STARRED_OUT)


def _find_syllables(prepared: Prepared, families: Families) -> Iterator[MaskedWord]:
    """«По ху ю»: a form in three pieces, each too short to say anything."""
    words = prepared.words
    for one, two, three in zip(words, words[1:], words[2:], strict=False):
        pieces = (one.plain, two.plain, three.plain)
        if max(map(len, pieces)) >= _SHORT_PART or three.end - one.start != len("".join(pieces)) + 2:
            continue
        if kind := families.forms.get("".join(pieces)):
            yield MaskedWord(one.start, three.end, kind, _STARRED_OUT)


def _may_be_split(one: Word, two: Word) -> bool:
    shorter = min(len(one.plain), len(two.plain))
    return (
        shorter <= _SHORT_PART
        and not (len(two.plain) == 1 and two.plain in _ONE_LETTER_WORDS)
        and not (len(one.plain) == 1 and one.plain in _ONE_LETTER_WORDS)
        and len(one.plain) + len(two.plain) >= _SPLIT_LENGTH
        and one.plain not in _STANDS_ALONE
    )


def _spaced_kind(joined: str, families: Families) -> str | None:
    """A form at the beginning of letters written apart; a word of one letter may follow it."""
    ends = range(len(joined), max(3, len(joined) - 2), -1)
    return next((kind for end in ends if (kind := families.find(joined[:end]))), None)


def _readings_of(match: re.Match[str]) -> Iterator[tuple[int, str]]:
    """The stretch as a whole, and what lies between its exclamation marks and commas: «г...!Я»."""
    yield match.start(), match.group()
    if _SENTENCE_END.search(match.group()):
        for part in _SENTENCE.finditer(match.group()):
            yield match.start() + part.start(), part.group()


def _is_starred_out(match: re.Match[str], prepared: Prepared) -> bool:
    """A lower-case word with a mask in its middle; people mask little else, and brands have capitals."""
    return (
        _STARS.fullmatch(match.group()) is not None
        and sum(char.isalpha() for char in match.group()) >= 3
        and prepared.span(match.start(), match.start() + 1).text.islower()
    )


@lru_cache(maxsize=10_000)
def _chunk_kind(chunk: str, lexicon: Lexicon) -> str | None:
    """``obscene``, ``insult`` or None for a stretch of letters and marks without spaces."""
    core = read_as_cyrillic(_PI.sub("пи", chunk)).strip("-+_,'`=/|~()[]{}\"\\").rstrip("!?,")
    runs = _RUN.findall(core)
    letters = _RUN.sub("", core)
    if kind := _signs_kind(core, letters):
        return kind
    if not letters or not _is_cyrillic(letters) or _NUMBER.search(core):
        return None
    if core != chunk and not runs:
        return "obscene" if lexicon.is_swearing(core) else None
    return _runs_kind(core, letters, runs, lexicon)


def _runs_kind(core: str, letters: str, runs: list[str], lexicon: Lexicon) -> str | None:
    """The kind of a stretch by its runs of marks: the rest left out, a word split, or letters hidden."""
    if not runs or len(runs) > _MAX_RUNS:
        return None
    start = core.rstrip(_MASKS)
    if start == letters:
        return _cut_kind(start, core[len(start) :], lexicon)
    if _is_split_swearing(core, letters, lexicon):
        return "obscene"
    if not {*".,!?-/"} & set("".join(runs)) and (kind := load_families().forms.get(letters)):
        return kind
    if all(len(run) == 1 and run in _PUNCTUATION for run in runs) and not {"!", "/"} & set(runs):
        return None
    return _guessed_kind(core, lexicon) or _spelled_kind(core, letters, lexicon)


def _signs_kind(core: str, letters: str) -> str | None:
    """Digits and signs that stand for letters, most of the word being letters: «с@к@», «1диот»."""
    signs = sum(char in _LETTER_SIGNS for char in core)
    if not signs or signs > len(letters) + 1 or len(core) != len(letters) + signs:
        return None
    hidden = load_families().reveal(core)
    return hidden.kind if hidden else None


def _is_split_swearing(core: str, letters: str, lexicon: Lexicon) -> bool:
    """«бл.ять», «ху-й»: the marks only split the word, none of its parts being a word with that meaning."""
    parts = [part for part in _RUN.split(core) if part]
    if len(parts) == _TWO_PARTS and "-" in core:  # «е-бук», «муда-шим» are none
        ordinary = len(parts[-1]) >= _LETTERS_WITH_STARS and is_known(parts[-1])
        return not ordinary and load_families().find(letters) is not None
    return len(letters) <= 12 and min(map(len, parts)) <= 3 and lexicon.is_swearing(letters)


def _guessed_kind(core: str, lexicon: Lexicon) -> str | None:
    """Tries letters in the place of one or two single marks: «х*йня», «п!зд*ц», «з@ебали»."""
    body = core.rstrip(".…,!?")
    places = [at for at, char in enumerate(body) if char in _MASKS]
    visible = len(body) - len(places)
    if not 1 <= len(places) <= 2 or visible < 2 or (visible < 3 and len(places) > 1) or body[0] in _NEVER_FIRST:
        return None
    if len(places) == 2 and not all(body[at] in _PLAIN_MASKS for at in places):
        return None
    for guess in product(_LETTERS, repeat=len(places)):
        letters = list(body)
        for at, letter in zip(places, guess, strict=True):
            letters[at] = letter
        if lexicon.is_swearing("".join(letters)):
            return "obscene"
    return None


def _cut_kind(start: str, mask: str, lexicon: Lexicon) -> str | None:
    """A beginning with the rest left out. Dots also end sentences, so a single letter needs several."""
    if not set(mask) <= _CUT_MARKS:
        return None
    if start not in lexicon.masked.cut:
        return _starred_kind(start, mask, lexicon)
    marks = 3 if "…" in mask and len(mask) == 1 else len(mask)
    needed = _SINGLE_LETTER_MARKS if len(start) <= 2 and set(mask) <= {".", "…"} and len(start) == 1 else 2
    return "obscene" if marks >= needed else None


def _starred_kind(start: str, mask: str, lexicon: Lexicon) -> str | None:
    """«му***», «прое***»: two letters of some words are enough, three of any, when stars and not dots follow."""
    stars = sum(mark in _CUT_STARS for mark in mask)
    if stars < 2 or (len(start) == 1 and stars < 3):
        return None
    if start in lexicon.masked.cut_starred or start.endswith(lexicon.masked.cut_ends):
        return "obscene"
    begins = len(start) >= 3 and any(form.startswith(start) for form in lexicon.masked.obscene)
    return "obscene" if begins else None


def _spelled_kind(core: str, letters: str, lexicon: Lexicon) -> str | None:
    """A word with masked letters inside or in front, compared with the words it may stand for."""
    if len(letters) < 2 or (core[0] in _MASKS and (len(core) < 5 or core[0] not in _PLAIN_MASKS)):
        return None
    pattern = _wildcard(core.rstrip(".…"))
    for kind, forms in (("obscene", lexicon.masked.obscene), ("insult", lexicon.masked.insults)):
        if any(pattern.fullmatch(form) for form in forms):
            return kind
    return _family_kind(core, letters, pattern)


def _family_kind(core: str, letters: str, pattern: re.Pattern[str]) -> str | None:
    """Dots stand between ordinary words too, so with them more of the word must be in sight."""
    dotted = bool(set(core) & {".", "…"})
    if core[0] in _MASKS or len(letters) < (_LETTERS_WITH_DOTS if dotted else _LETTERS_WITH_STARS):
        return None
    return next((kind for form, kind in load_families().by_start.get(core[0], ()) if pattern.fullmatch(form)), None)


def _wildcard(core: str) -> re.Pattern[str]:
    """A run of mask characters stands for at most one letter more than it is long."""
    parts: list[str] = []
    position = 0
    for run in _RUN.finditer(core):
        parts.append(re.escape(core[position : run.start()]))
        length = run.end() - run.start()
        marks = length + 2 * run.group().count("…")
        parts.append(f"[а-я]{{1,{marks + 1 if marks > 1 else 1}}}")
        position = run.end()
    parts.append(re.escape(core[position:]))
    return re.compile("".join(parts))


def _is_cyrillic(letters: str) -> bool:
    return all("а" <= char <= "я" for char in letters)
