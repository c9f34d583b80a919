"""«Я бы назвал продавца …»: the author calls one of the shop's people a name, and does so himself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.triage.models import Span
from monitor.triage.speech import Speech

_CALLING = re.compile(r"(?:назва(?:л[аи]?|ть)|назов(?:у|ешь)|называ(?:ю|ть))$")
_OTHERS = frozenset({"он", "она", "они", "вы", "меня", "мне", "нас", "нам", "мой", "моего", "мою", "мужа", "жену"})
_MINE = frozenset({"я", "бы", "называю", "назову", "хочется", "хочу", "можно", "иначе", "только", "остается", "прям"})
_DENIED = frozenset({"не", "нельзя", "никогда", "ни"})
_NAMES = frozenset({"insult", "insult_in_context", "insult_animal"})
_STRENGTH = 0.8
_REACH = 5


def find_calling(speech: Speech, classes: list[frozenset[str]]) -> Iterator[tuple[Span, float]]:
    """Places where a person is called a name in the author's own voice, with their strength."""
    for index, word in enumerate(speech.words):
        if not _CALLING.match(word.plain) or speech.is_quoted(index):
            continue
        clause = speech.clause_of(index)
        near = {speech.words[at].plain for at in range(max(clause.start, index - _REACH), min(clause.stop, index + 3))}
        if near & _OTHERS or not near & _MINE or (near & _DENIED and "иначе" not in near):
            continue
        called = [at for at in clause if "person" in classes[at]]
        names = [at for at in range(index + 1, min(clause.stop, index + 1 + _REACH)) if classes[at] & _NAMES]
        names += [at for at in range(max(clause.start, index - 3), index) if classes[at] & _NAMES]
        if called and names:
            yield (
                speech.prepared.span_of(*(speech.words[at] for at in sorted({called[0], index, names[-1]}))),
                _STRENGTH,
            )
