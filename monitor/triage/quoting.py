"""What a public reply may quote of a review: a whole clause about the goods that nobody can be hurt or found by.

A reply is read by everybody, so it is stricter than the verdict: an insult that the buyer only reports, a shop's
address, a hotline or a name may stand in a review, but are not said again. What is doubtful is not quoted.
"""

from __future__ import annotations

import re

from monitor.triage.concealing import Concealer
from monitor.triage.grammar import forms_of, lemmas_of
from monitor.triage.lexicon import Lexicon, load_lexicon
from monitor.triage.models import Span, Verdict
from monitor.triage.normalise import Word
from monitor.triage.speech import Speech

_LONGEST_QUOTE = 160
_UNKIND = frozenset(
    {
        "mat",
        "coarse",
        "rude",
        "mild_obscene",
        "foreign_obscene",
        "foreign_insult",
        "insult",
        "insult_in_context",
        "insult_mild",
        "insult_animal",
        "disguised_only",
        "accusation",
        "latin_obscene",
        "latin_rude",
    }
)
_TOLD = re.compile(
    r"(?<!\w)(?:обоз|обзыв|назва[лн]|назыв|обруга|оскорб|хам(?!он)|нахам|груб(?:ит|ил|о)|матер|обматер|"
    r"послал[аи]? |сказал|говор[ия]т|ответил|написал[аи]? мне|орал|орет|крич)"
)
_NUMBER = re.compile(r"\d")
_MEASURED = re.compile(
    r"(?<!\d)\d{1,3}(?:[.,]\d{1,2})? ?(?:-?[хx] ?\d{1,3} ?)?(?:см|мм|м|мл|л|г|гр|кг|шт|штук[аи]?|вт|дн[яей]{1,2}|день|"
    r"дней|час[аов]{0,2}|мин[а-я]*|сек[а-я]*|раз[а]?|недел[а-яь]{1,2}|месяц[а-я]{0,2}|год[а-я]?|лет|размер[а-я]{0,2}|%|градус[а-я]*)"
    r"(?!\w)"
)
_REACHED = re.compile(
    r"@|://|\w\.(?:ru|com|net|org|рф|su|me|by|kz)(?!\w)|(?<!\w)(?:ул\.?|улиц[аеуы]|проспект[а-я]?|"
    r"просп\.|пер\.|переул[а-я]*|шоссе|"
    r"бульвар[а-я]?|квартир[аеуы]|подъезд[аеу]?|адрес[ау]?|телефон(?:у|ный|а)? [а-я]*\d|номер[ау]? )(?!\w)"
)
_NUMERAL = re.compile(
    r"(?:ноль|один|одна|два|две|три|четыр|пят(?:ь|над)|шест(?:ь|над)|сем(?:ь|над)|восем|девят|десят|двадц|тридц|сорок|"
    r"сто$|двест|трист|плюс$)"
)
_MOST_NUMERALS = 2


def choose_quote(speech: Speech, verdict: Verdict, concealer: Concealer) -> str:
    """A whole sentence, or else a whole clause, that speaks of the goods; nothing when it is too long or not clean."""
    lexicon = load_lexicon()
    claims = next((signal.spans for signal in verdict.signals if signal.kind == "factual_defect"), ())
    for claim in claims:
        index = next((at for at in range(len(speech.words)) if _overlaps(speech, at, claim)), None)
        if index is None or speech.is_quoted(index):
            continue
        for part in (speech.sentence_of(index), speech.clause_of(index)):
            words = speech.words[part.start : part.stop]
            span = speech.prepared.span_of(*words)
            if len(span.text) > _LONGEST_QUOTE or len(part) < 2 or concealer.touches(span):
                continue
            if _is_harmless(span, words, lexicon):
                return " ".join(span.text.split()).replace("«", "„").replace("»", "“")
    return ""


def _is_harmless(span: Span, words: tuple[Word, ...], lexicon: Lexicon) -> bool:
    """No number but a measure, no address, no name, no word that may hurt, nobody's words told."""
    text = span.text.lower().replace("ё", "е")
    if _NUMBER.search(_MEASURED.sub(" ", text)) or _REACHED.search(text) or _TOLD.search(text):
        return False
    if sum(_NUMERAL.match(word.plain) is not None for word in words) > _MOST_NUMERALS:
        return False
    if any(one[:1].isupper() and one[1:2].islower() for one in re.findall(r"[^\W\d_]+", span.text)[1:]):
        return False
    return not any(_is_name(word.plain) or _may_hurt(word.plain, lexicon) for word in words)


def _is_name(word: str) -> bool:
    readings = forms_of(word)
    return bool(readings) and readings[0].is_name


def _may_hurt(word: str, lexicon: Lexicon) -> bool:
    return any(_UNKIND & lexicon.classes_of(form) for form in (word, *lemmas_of(word)))


def _overlaps(speech: Speech, index: int, claim: Span) -> bool:
    span = speech.prepared.span_of(speech.words[index])
    return span.start < claim.end and claim.start < span.end
