"""What a visit says of its filings: what it sent, what the site had before, and what of it nobody knows. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.appeals.machine import FOLLOWED, AppealState
from monitor.appeals.words import FILING
from monitor.language import gettext as _
from monitor.language import ngettext
from monitor.language.words import in_a_cell
from monitor.state.appeals import AppealRecord
from monitor.visit_protocol import EndKind, VisitEnd


def tell_filings(
    filed: Sequence[AppealRecord], *, ordered: int, has_problems: bool, is_left_unsaid: bool = False
) -> VisitEnd:
    """Puts the filings of a visit into its last word.

    Args:
        filed: The appeals as they stand after it.
        ordered: How many a person named; 0 when all approved ones were meant.
        has_problems: Something kept an appeal from being tried.
        is_left_unsaid: A ticket was opened and its first message did not go out.
    """
    unknown = [appeal for appeal in filed if appeal.state == AppealState.UNKNOWN]
    known = [appeal for appeal in filed if appeal.state == AppealState.ALREADY_REPORTED]
    sent = [appeal for appeal in filed if appeal.state in FOLLOWED and appeal not in known]
    problems = tuple(
        _("{id}: not filed, it is {state}").format(id=appeal.id, state=in_a_cell(appeal.state, FILING))
        for appeal in filed
        if appeal not in unknown and appeal not in sent and appeal not in known
    )
    parts = (
        [_("{count_appeals} filed").format(count_appeals=count_appeals(len(sent)))]
        if sent or not (known or unknown)
        else []
    )
    if known:
        parts.append(_("nothing was sent about {count} that the site had before").format(count=len(known)))
    if unknown:
        released = sum(appeal.released_at is not None for appeal in unknown)
        parts += [_("{released} went out and the outcome is not known").format(released=released)] if released else []
        started = len(unknown) - released
        parts += (
            [_("{started} begun and not seen to go out, the outcome is not known").format(started=started)]
            if started
            else []
        )
    kind = EndKind.DONE
    if unknown:
        kind = EndKind.UNKNOWN_OUTCOME
    elif max(ordered, len(filed)) > len(sent) or (not sent and has_problems) or is_left_unsaid:
        kind = EndKind.FINDINGS
    facts = tuple((appeal.id, appeal.state) for appeal in filed)
    return VisitEnd(kind=kind, message="; ".join(parts), facts=facts, problems=problems)


def count_appeals(count: int) -> str:
    """Returns the number with its noun."""
    return ngettext("{count} appeal", "{count} appeals", count).format(count=count)


def tell_filed(appeal: AppealRecord) -> str:
    """Says what became of one filing, with the site's number where it gave one."""
    state = in_a_cell(appeal.state, FILING)
    if not appeal.number:
        return f"{appeal.id}: {state}"
    return _("{id}: {state}, number {number}").format(id=appeal.id, state=state, number=appeal.number)
