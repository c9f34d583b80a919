"""Reads what the cabinet says of the reviews a person named, before they are judged."""

from __future__ import annotations

from collections.abc import Sequence

from flows.errors import FlowError, WallMet
from flows.library.read_cabinet_detail import has_detail, read_cabinet_review
from flows.workbench import Workbench
from monitor.endings import message_of
from monitor.language import gettext as _
from monitor.visiting.room import VisitRoom
from monitor.visiting.signing_in import SignIns
from monitor.watching.sources import record_detail


def read_details(room: VisitRoom, bench: Workbench, sign_ins: SignIns, review_ids: Sequence[str]) -> None:
    """Opens the reviews in the cabinet where it is a source of this account; what is not read is a problem to hear of.

    Raises:
        flows.errors.WallMet: the site asks for a person.
        LeaseLost, StorageError: this visit may not go on.
    """
    if not room.account.sources.cabinet or not has_detail(room.site):
        return
    identity = room.site.identity_at("cabinet_reviews") or ""
    for review_id in review_ids:
        try:
            signed_in = sign_ins.resume(identity)
            read = read_cabinet_review(bench, review_id, state=signed_in.state, expected=sign_ins.expected(identity))
        except WallMet:
            raise
        except FlowError as error:
            told = _("{review_id}: what the cabinet says of it was not read: {problem}")
            room.problems.append(told.format(review_id=review_id, problem=message_of(error)))
            continue
        doubt = record_detail(room.installation.state, room.lease, read.rows[0])
        if doubt:
            told = _("{review_id}: the cabinet contradicts what is stored of it ({doubt}); its word was left out")
            room.problems.append(told.format(review_id=review_id, doubt=doubt))
        elif read.note:
            room.problems.append(f"{review_id}: {read.note}")
