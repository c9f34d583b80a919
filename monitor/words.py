"""What a member of a closed list is called for people: one Russian word for each state, everywhere the same."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How a state feels; pages colour by it."""

    PLAIN = "plain"
    GO = "go"
    WAIT = "wait"
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True)
class Words:
    """One member in words.

    Attributes:
        word: What a list or a pill shows. Its gender tells the track: an appeal is neuter, a review masculine.
        title: The same as a sentence for messages and timelines; it holds the word, never a synonym.
    """

    word: str
    title: str
    tone: Tone = Tone.PLAIN
