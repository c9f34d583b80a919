"""Sentences that know what they are made of.

The rooms below ``monitor`` speak English: it is what is raised, logged, stored and compared. Whoever shows such a
sentence to a person may say it in another language, for which its pattern and its values are needed, not their sum.
"""

from __future__ import annotations


class Sentence(str):
    """An English sentence.

    Attributes:
        pattern: The sentence with a name in braces for each value.
        values: The values by those names; sentences among them can be said in another language too.
    """

    __slots__ = ("pattern", "values")

    pattern: str
    values: dict[str, object]


def sentence(pattern: str, **values: object) -> Sentence:
    """Makes a sentence from a pattern in the manner of ``str.format``."""
    made = Sentence(pattern.format(**values))
    made.pattern, made.values = pattern, values
    return made
