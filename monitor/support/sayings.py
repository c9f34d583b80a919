"""What an answer of support may mean: proposed from its words, never decided. Pure but for reading the list."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from flows.plain_toml import read_toml
from monitor.contact_kinds import Saying

_DATA = Path(__file__).parent / "data" / "sayings.toml"
_MOST_BYTES = 100_000


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SayingWords(_Data):
    """Beginnings or pieces of answers, and what they propose."""

    says: Saying
    words: tuple[str, ...]


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
    """Returns what an answer may mean and the words that say so; nothing where no word is known."""
    plain = fold(text)
    for one in sayings.saying:
        for words in one.words:
            if fold(words) in plain:
                return one.says, words
    return Saying.NOTHING, ""


def fold(text: str) -> str:
    """Returns a text as it is compared: small letters, ё as е, single spaces."""
    return " ".join(text.casefold().replace("ё", "е").split())
