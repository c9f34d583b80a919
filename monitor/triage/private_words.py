"""What in a buyer's words tells who somebody is: hidden in every copy that is handed on, in its text and its pictures.

More is hidden than the rule about personal data asks for: every address, link, name of a messenger and number of seven
digits or more. In a copy a stretch too much costs nothing.
"""

from __future__ import annotations

import re

from monitor.triage.concealing import hide
from monitor.triage.lexicon import load_lexicon
from monitor.triage.normalise import prepare
from monitor.triage.signals.personal_data import find_personal_data

_PEOPLE = re.compile(r"[\w.+-]+@[\w.-]+\.\w{2,}|(?:https?://|www\.|t\.me/|wa\.me/)\S+|(?<![\w@])@[A-Za-z]\w{2,}")
_NUMBER = re.compile(r"\+?\d[\d\s().-]{5,28}\d")
_FEWEST_DIGITS = 7
_DATE = re.compile(
    r"(?:(?:0?[1-9]|[12]\d|3[01])[./](?:0?[1-9]|1[0-2])[./](?:19|20)\d{2}|(?:19|20)\d{2}-\d{2}-\d{2})(?:,? \d{1,2})?"
)


def find_private(text: str) -> tuple[str, ...]:
    """Returns the stretches of a text that tell who somebody is, each once, as they stand there, the longest first."""
    signal = find_personal_data(prepare(text), load_lexicon())
    found = {span.text for span in signal.spans} if signal else set[str]()
    found |= {match[0] for match in _PEOPLE.finditer(text)}
    numbers = (match[0] for match in _NUMBER.finditer(text))
    found |= {
        number
        for number in numbers
        if sum(map(str.isdigit, number)) >= _FEWEST_DIGITS and not _DATE.fullmatch(number.strip(" ().-"))
    }
    return tuple(sorted((one for one in found if one.strip()), key=lambda one: (-len(one), one)))


def conceal_private(text: str) -> str:
    """Returns the text with these stretches half hidden: «+7 900 000-11-22» as «+7 *** ***-**-22»."""
    for one in find_private(text):
        text = text.replace(one, hide(one))
    return text
