"""A second opinion where the rules see nothing: a small statistical model that may only send a text to a person.

Pieces of words, pairs of words, the classes of the lexicon that stand near each other and a few marks of form (money,
digits, a command, a name) are hashed into a table of weights; their sum is the model's opinion. The weights come from
``python3 run.py train``, which reads texts that were written for it and the first-sight sets that are long known.
"""

from __future__ import annotations

import base64
import json
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise
from pathlib import Path
from zlib import crc32

from monitor.triage.lexicon import load_lexicon
from monitor.triage.models import Signal
from monitor.triage.normalise import Prepared, Word
from monitor.triage.signals.building import build_signal

WEIGHTS = Path(__file__).parents[1] / "words" / "second_opinion.json"
FORMAT_VERSION = 2
BUCKETS = 1 << 13
_PIECES = range(3, 6)
_START = 5
_MOST_WORDS = 120
"""Words of a text that are asked about: a long text must not slow the others down."""
_LEAST_WORDS = 5
"""«Плохо работает» has too few pieces to be like anything."""
_NEAR = 5
"""Words after a word whose classes are looked at together with its own."""
_SHOWN = 3
_CONFIDENCE = 0.5
_FORMS = {
    name: re.compile(pattern)
    for name, pattern in {
        "money": r"\d{3,6} ?(?:р|руб|₽)",
        "digits": r"\d{5,}",
        "at": "@",
        "you": r"(?<!\w)(?:вы|вам|вас|ваш|ты|теб|тво)",
        "self": r"(?<!\w)(?:я|мне|меня|мой|моя|у нас|мы)(?!\w)",
        "question": r"\?",
        "shout": "!!",
        "latin": "[a-z]{4}",
        "picture": "♥",
        "domain": r"\.(?:ru|ру|com)",
        "dash": "—|–| - ",
        "command": r"(?:йте|ите)(?!\w)",
        "future": r"(?<!\w)[а-я]+(?:лю|шу|чу|жу|еру|ену|рю|ню)(?!\w)",
    }.items()
}
_NAME = re.compile(r"[а-я,] [А-ЯЁ][а-яё]+")


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of the buckets as small whole numbers, and the sum from which a text is shown to a person."""

    weights: tuple[int, ...]
    scale: float
    bias: float
    threshold: float

    def score(self, buckets: frozenset[int]) -> float:
        """The model's opinion of a text: the higher, the likelier a breach; without bound."""
        if not buckets:
            return self.bias
        total = sum(map(self.weights.__getitem__, buckets))
        return self.bias + self.scale * total / math.sqrt(len(buckets))


def find_second_opinion(prepared: Prepared) -> Signal | None:
    """A hint that a text looks like a breach, with the words that weigh most; never a ground."""
    if len(prepared.words) < _LEAST_WORDS:
        return None
    model = load_model()
    words = prepared.words[:_MOST_WORDS]
    if model.score(buckets_of(prepared)) < model.threshold:
        return None
    weighed = {word: sum(model.weights[bucket] for bucket in _pieces(word.plain)) for word in words}
    shown = sorted(weighed, key=lambda word: -weighed[word])[:_SHOWN]
    spans = [prepared.span_of(word) for word in sorted(shown, key=lambda word: word.start)]
    said = "Больше всего весят слова: " + ", ".join(f"«{span.text}»" for span in spans) + "."
    return build_signal("second_opinion", _CONFIDENCE, spans, facts=(said,))


def buckets_of(prepared: Prepared) -> frozenset[int]:
    """The buckets of a text: pieces of words, starts of two words in a row, classes near each other, marks of form."""
    words = prepared.words[:_MOST_WORDS]
    found: set[int] = set()
    for word in words:
        found |= _pieces(word.plain)
    found |= {_bucket(f"{one.plain[:_START]}_{two.plain[:_START]}") for one, two in pairwise(words)}
    found |= _class_buckets(words)
    marks = [name for name, pattern in _FORMS.items() if pattern.search(prepared.folded)]
    if _NAME.search(prepared.original[: len(prepared.folded)]):
        marks.append("name")
    found |= {_bucket(f"mark {name}") for name in marks}
    found |= {_bucket(f"marks {one} {two}") for one, two in combinations(marks, 2)}
    return frozenset(found)


def _class_buckets(words: tuple[Word, ...]) -> set[int]:
    """Which classes of the lexicon the words belong to, alone and in pairs that stand near each other."""
    lexicon = load_lexicon()
    classes = [sorted(lexicon.classes_of(word.plain)) for word in words]
    found = {_bucket(f"class {name}") for own in classes for name in own}
    for at, own in enumerate(classes):
        near = {name for other in classes[at + 1 : at + 1 + _NEAR] for name in other}
        found |= {_bucket(f"classes {one} {two}") for one in own for two in near}
    return found


@lru_cache(maxsize=20_000)
def _pieces(word: str) -> frozenset[int]:
    framed = f" {word} "
    sizes = ((size, len(framed) - size + 1) for size in _PIECES)
    return frozenset(crc32(framed[at : at + size].encode()) % BUCKETS for size, ends in sizes for at in range(ends))


@lru_cache(maxsize=50_000)
def _bucket(piece: str) -> int:
    return crc32(piece.encode()) % BUCKETS


@lru_cache(maxsize=1)
def load_model() -> Model:
    """The weights that come with the package."""
    stored = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    if stored["format_version"] != FORMAT_VERSION:
        raise ValueError(f"{WEIGHTS.name}: format {stored['format_version']} is not {FORMAT_VERSION}")
    # Weights are kept as bytes round 128, so that eight thousand of them make a small file.
    weights = tuple(byte - 128 for byte in base64.b64decode(stored["weights"]))
    return Model(weights, stored["scale"], stored["bias"], stored["threshold"])
