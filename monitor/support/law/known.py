"""All that is known of the law, in one hand."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.support.law.fees import Fees, load_fees
from monitor.support.law.ladder import Ladder, load_ladder
from monitor.support.law.rules import LawBook, load_law


@dataclass(frozen=True)
class KnownLaw:
    """The rules, the steps that rest on them, and the courts' fees."""

    book: LawBook
    ladder: Ladder
    fees: Fees


def load_known_law() -> KnownLaw:
    """Reads what comes with the program."""
    return KnownLaw(load_law(), load_ladder(), load_fees())
