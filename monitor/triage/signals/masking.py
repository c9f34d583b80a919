"""Words written so that a filter misses them: «х*йня», «п****ц», «г....», «х у й», «3.14дор»."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from monitor.triage.lexicon import Lexicon
from monitor.triage.normalise import Prepared, other_readings, read_as_cyrillic

_MASKS = "*@#%$&^+_…•·×.-"
_MASK = re.escape(_MASKS)
# A quick look whether a text can hold a masked word at all.
_HINT = re.compile(
    r"[а-яa-z][*@#%$&^+_…•·×]|[*@#%$&^_…•·×][а-яa-z]|[а-яa-z]\.\.|3[.,]14|\w[ .\-_*]\w[ .\-_*]\w[ .\-_*]?\b"
)
_CHUNK = re.compile(rf"(?<![\w{_MASK}])[а-яa-z0-9{_MASK}]{{2,24}}")
_RUN = re.compile(rf"[{_MASK}]+")
_SPACED = re.compile(r"(?<!\w)[а-яa-z](?:[ .\-_*][а-яa-z]){2,11}(?!\w)")
_PI = re.compile(r"3[.,]14(?=[а-я])")
_SINGLE_LETTER_MARKS = 3
_MAX_RUNS = 3


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
    if not _HINT.search(text):
        return []
    found = [word for match in _CHUNK.finditer(text) if (word := _read_chunk(match, lexicon))]
    for match in _SPACED.finditer(text):
        joined = read_as_cyrillic("".join(char for char in match.group() if char.isalpha()))
        if lexicon.classes_of(joined) & {"mat", "coarse"}:
            found.append(MaskedWord(match.start(), match.end(), "obscene", 0.85))
    return found


def _read_chunk(match: re.Match[str], lexicon: Lexicon) -> MaskedWord | None:
    chunk = match.group()
    pi_read = _PI.sub("пи", chunk)
    if pi_read != chunk and "mat" in lexicon.classes_of(pi_read):
        return MaskedWord(match.start(), match.end(), "obscene", 0.95)
    runs = _RUN.findall(chunk)
    if not runs or len(runs) > _MAX_RUNS or all(run in {".", "-", "+", "_"} for run in runs):
        return None
    kind = _masked_kind(chunk, lexicon)
    return MaskedWord(match.start(), match.end(), kind, 0.85) if kind else None


@lru_cache(maxsize=5_000)
def _masked_kind(chunk: str, lexicon: Lexicon) -> str | None:
    """``obscene``, ``insult`` or None for a chunk of letters and mask characters."""
    core = chunk.strip("-+_")
    letters = _RUN.sub("", core)
    if not letters or not _is_cyrillic(letters):
        return None
    trailing = _RUN.search(core, len(core.rstrip(_MASKS)))
    if trailing and trailing.end() == len(core) and _RUN.sub("", core[: trailing.start()]) == core[: trailing.start()]:
        return _cut_kind(core[: trailing.start()], trailing.group(), lexicon)
    return _spelled_kind(core, letters, lexicon)


def _cut_kind(start: str, mask: str, lexicon: Lexicon) -> str | None:
    """A beginning with the rest left out. Dots also end sentences, so a single letter needs several."""
    if start not in lexicon.masked.cut:
        return None
    marks = 3 if "…" in mask and len(mask) == 1 else len(mask)
    needed = _SINGLE_LETTER_MARKS if len(start) <= 2 and set(mask) <= {".", "…"} and len(start) == 1 else 2
    return "obscene" if marks >= needed else None


def _spelled_kind(core: str, letters: str, lexicon: Lexicon) -> str | None:
    """A word with masked letters inside or in front, compared with the words it may stand for."""
    if len(letters) < 2 or (core[0] in _MASKS and len(core) < 5):
        return None
    pattern = _wildcard(core.rstrip(".…"))
    for kind, forms in (("obscene", lexicon.masked.obscene), ("insult", lexicon.masked.insults)):
        if any(pattern.fullmatch(form) for form in forms):
            return kind
    return None


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


def read_every_way(word: str) -> tuple[str, ...]:
    """The word as written, and every other way it can be read."""
    return (word, *other_readings(word))
