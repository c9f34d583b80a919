"""What an answer of support may mean: proposed from its words, never decided. Pure but for reading the list."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from flows.plain_toml import read_toml
from monitor.closed_lists.contact_kinds import Direction, Saying
from monitor.language import gettext as _
from monitor.support.contact_words import SAYINGS

_DATA = Path(__file__).parent / "data" / "sayings.toml"
_MOST_BYTES = 100_000


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SayingWords(_Data):
    """Pieces of answers, and what they propose.

    Attributes:
        words: As public programs knew them.
        variants: Other forms and orders of the same words: nobody saw them, they are guesses.
    """

    says: Saying
    words: tuple[str, ...]
    variants: tuple[str, ...] = ()


class Sayings(_Data):
    """All of them, in the order in which they are looked for; ``verified`` tells from where they are known."""

    verified: str
    saying: tuple[SayingWords, ...]


@lru_cache(maxsize=1)
def load_sayings() -> Sayings:
    """Reads the list that comes with the program.

    Raises:
        ValueError: it is not as it has to be.
    """
    try:
        return Sayings.model_validate(read_toml(_DATA, max_bytes=_MOST_BYTES))
    except ValidationError as error:
        raise ValueError(f"{_DATA}: {error}") from error


def propose_saying(text: str, sayings: Sayings) -> tuple[Saying, str]:
    """Returns what an answer may mean and its words that say so; nothing where no word is known.

    In the list a word that ends in ``*`` stands for all its forms, and ``…`` for a few words between. What stands
    behind «не» says the opposite.
    """
    plain = fold(text)
    for one in sayings.saying:
        for words in (*one.words, *one.variants):
            if found := _pattern(words).search(plain):
                return one.says, found[0]
    return Saying.NOTHING, ""


def tell_proposal(contact_id: str, direction: str, text: str) -> str:
    """Returns what an answer of the platform may mean and how a person confirms it; "" where no word is known."""
    saying, words = propose_saying(text, load_sayings()) if direction == Direction.IN else (Saying.NOTHING, "")
    if saying is Saying.NOTHING:
        return ""
    return _("«{words}» may mean: {word}. If it does: `fairreview support judge {id} --says {saying}`.").format(
        words=words, word=SAYINGS[saying].word, id=contact_id, saying=saying.value
    )


@lru_cache(maxsize=256)
def _pattern(words: str) -> re.Pattern[str]:
    first, *rest = (re.escape(one).replace(r"\*", r"\w*") for one in fold(words).split())
    return re.compile(r"(?<!\bне )" + first + "".join(_GAP if one == "…" else f" {one}" for one in rest))


_GAP = r"(?: \w+){0,4}"  # a few words of the same sentence


def fold(text: str) -> str:
    """Returns a text as it is compared: small letters, ё as е, single spaces."""
    return " ".join(text.casefold().replace("ё", "е").split())
