"""Takes the chat of a review with its buyer into the case: a picture made behind a closed gate; nothing is written."""

from __future__ import annotations

from flows.capture.values import CaptureOrder
from flows.errors import FlowError, SignInRequired, WallMet, WrongAccount
from flows.library.buyer_chat import ChatLink, capture_buyer_chat, find_chat_link
from flows.workbench import Workbench
from monitor.cases.channel_choice import require_channel_on
from monitor.cases.channel_terms import find_channel
from monitor.endings import message_of
from monitor.language import gettext as _
from monitor.software import own_version
from monitor.visit_protocol import EndKind, VisitEnd
from monitor.visiting.chatting import chat_channel
from monitor.visiting.looks import needed_requests
from monitor.visiting.room import VisitRoom
from monitor.visiting.sealing import About, seal_capture
from monitor.visiting.signing_in import SignIns


def take_buyer_chats(room: VisitRoom, bench: Workbench, sign_ins: SignIns) -> VisitEnd:
    """Captures the chats of the ordered reviews; where the site does not lead to one, that is said.

    Raises:
        ChannelOff: nobody has confirmed the cabinet's chats for this account on a live site.
        flows.errors.WallMet, flows.errors.SignInRequired, flows.errors.WrongAccount: a person is needed.
    """
    channel = chat_channel(room.site)
    spec = find_channel(room.site, channel)
    facts: list[tuple[str, str]] = []
    for review_id in room.order.review_ids:
        require_channel_on(room.installation, room.account, review_id, channel)
        signed_in, expected = sign_ins.require(spec.identity), sign_ins.expected(spec.identity)
        room.report("chat", _("Looking for the buyer's chat of review {review_id}").format(review_id=review_id))
        try:
            link = find_chat_link(bench, review_id, identity=spec.identity, state=signed_in.state, expected=expected)
            if link is None:
                facts.append((review_id, "no_link"))
                continue
            order = _order(room, review_id, link)
            capture = capture_buyer_chat(
                bench,
                link,
                order,
                spec=spec,
                state=signed_in.state,
                expected=expected,
                needed=needed_requests(room, channel),
            )
        except (WallMet, SignInRequired, WrongAccount):
            raise
        except FlowError as error:
            room.problems.append(f"{review_id}: {message_of(error)}")
            continue
        with room.installation.state.transaction(room.lease) as tx:
            case_id = tx.cases.open(room.account_id, review_id).id
        seal_capture(room, bench, capture, About(review_id=review_id, case_id=case_id, identity=spec.identity))
        facts.append((review_id, f"chat, by the {link.source}"))
    return _tell(room, facts)


def _order(room: VisitRoom, review_id: str, link: ChatLink) -> CaptureOrder:
    with room.installation.state.read() as tx:
        review = tx.reviews.get(room.account_id, review_id)
    return CaptureOrder(
        moment="buyer_chat",
        url=link.url,
        page_name="chat",
        author_name=review.author_name if review is not None else "",
        made_by=room.actor.name or room.actor.id,
        account_label=room.account_id,
        software=f"fairreview {own_version()}",
    )


def _tell(room: VisitRoom, facts: list[tuple[str, str]]) -> VisitEnd:
    taken = sum(how != "no_link" for _review, how in facts)
    if taken and taken == len(room.order.review_ids):
        message = _("The chat with the buyer is in the case; a copy to hand on shows your own messages alone.")
        return VisitEnd(kind=EndKind.DONE, message=message, facts=tuple(facts))
    hint = ""
    message = _("No chat was captured.")
    if any(how == "no_link" for _review, how in facts):
        message = _("The site does not say where the chat of this review with its buyer is: nothing was captured.")
        hint = _(
            "If you know the chat: make a picture of it, and "
            "`fairreview evidence add CASE FILE` takes it into the case."
        )
    return VisitEnd(kind=EndKind.FINDINGS, message=message, hint=hint, facts=tuple(facts))
