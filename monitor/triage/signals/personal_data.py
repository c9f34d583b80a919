"""Personal data: ways to reach a private person, full names, home addresses, card and document numbers."""

from __future__ import annotations

from monitor.triage.lexicon import Lexicon
from monitor.triage.models import Signal
from monitor.triage.normalise import Prepared
from monitor.triage.signals.building import build_signal
from monitor.triage.signals.contacts import find_contacts
from monitor.triage.signals.names import find_addresses, find_initials, find_names

_LEAST = 0.4


def find_personal_data(prepared: Prepared, lexicon: Lexicon) -> Signal | None:
    """Personal data of a text, or None."""
    found = [(prepared.span(start, end), value) for start, end, value in find_contacts(prepared)]
    found += find_addresses(prepared, lexicon)
    found += find_names(prepared)
    found += find_initials(prepared)
    found = [(span, value) for span, value in found if value >= _LEAST]
    if not found:
        return None
    return build_signal(
        "personal_data", max(value for _, value in found), (span for span, _ in found), ground="personal_data"
    )
