"""What a visit says of its filings: what it sent, what the site had before, and what of it nobody knows. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.appeals.machine import FOLLOWED, AppealState
from monitor.state.appeals import AppealRecord
from monitor.visit_protocol import EndKind, VisitEnd


def tell_filings(filed: Sequence[AppealRecord], *, ordered: int, has_problems: bool) -> VisitEnd:
    """Puts the filings of a visit into its last word.

    Args:
        filed: The appeals as they stand after it.
        ordered: How many a person named; 0 when all approved ones were meant.
        has_problems: Something kept an appeal from being tried.
    """
    unknown = [appeal for appeal in filed if appeal.state == AppealState.UNKNOWN]
    known = [appeal for appeal in filed if appeal.state == AppealState.ALREADY_REPORTED]
    sent = [appeal for appeal in filed if appeal.state in FOLLOWED and appeal not in known]
    problems = tuple(
        f"{appeal.id}: not filed, it is {appeal.state}"
        for appeal in filed
        if appeal not in unknown and appeal not in sent and appeal not in known
    )
    parts = [f"{count_appeals(len(sent))} filed"] if sent or not (known or unknown) else []
    if known:
        parts.append(f"nothing was sent about {len(known)} that the site had before")
    if unknown:
        released = sum(appeal.released_at is not None for appeal in unknown)
        parts += [f"{released} went out and the outcome is not known"] if released else []
        started = len(unknown) - released
        parts += [f"{started} begun and not seen to go out, the outcome is not known"] if started else []
    kind = EndKind.DONE
    if unknown:
        kind = EndKind.UNKNOWN_OUTCOME
    elif max(ordered, len(filed)) > len(sent) or (not sent and has_problems):
        kind = EndKind.FINDINGS
    facts = tuple((appeal.id, appeal.state) for appeal in filed)
    return VisitEnd(kind=kind, message="; ".join(parts), facts=facts, problems=problems)


def count_appeals(count: int) -> str:
    """Returns the number with its noun."""
    return "1 appeal" if count == 1 else f"{count} appeals"
