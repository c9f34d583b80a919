"""How surely a rule is known, and what may be printed of it."""

from __future__ import annotations

from enum import StrEnum


class Mark(StrEnum):
    """Where a rule was seen."""

    DATED = "V"
    UNDATED = "V-"
    PRACTICE = "C"
    SECONDARY = "S"
    UNSEEN = "?"
    PASTED = "P"
    """A person pasted the words; they answer for them and lift no doubt for anybody else."""


class Printing(StrEnum):
    """What a document may do with a rule."""

    FACT = "fact"
    SECONDARY = "secondary"
    NEVER = "never"


PRINTED: dict[Mark, Printing] = {
    Mark.DATED: Printing.FACT,
    Mark.UNDATED: Printing.FACT,
    Mark.PASTED: Printing.FACT,
    Mark.PRACTICE: Printing.SECONDARY,
    Mark.SECONDARY: Printing.SECONDARY,
    Mark.UNSEEN: Printing.NEVER,
}

CAVEATS: dict[Mark, str] = {
    Mark.DATED: "",
    Mark.UNDATED: "проверьте редакцию",
    Mark.PASTED: "",
    Mark.PRACTICE: "по вторичному источнику, проверьте",
    Mark.SECONDARY: "по вторичному источнику, проверьте",
    Mark.UNSEEN: "не установлено",
}

_FROM_SURE_TO_UNSURE = (Mark.DATED, Mark.PASTED, Mark.UNDATED, Mark.PRACTICE, Mark.SECONDARY, Mark.UNSEEN)


def least_sure(*marks: Mark) -> Mark:
    """Returns the mark of what rests on several: that of its weakest support."""
    return max(marks, key=_FROM_SURE_TO_UNSURE.index)
