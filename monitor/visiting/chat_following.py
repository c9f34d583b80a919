"""Reads the support's answers through the API: no browser, nothing sent. What they mean is for a person to say."""

from __future__ import annotations

from flows.errors import AccessRefused, FlowError, WallMet
from flows.library.read_chats_api import ApiTicket, read_support_chats
from flows.library.seller_api_line import ApiAccess, ApiLine
from monitor.endings import message_of
from monitor.language import gettext as _
from monitor.secrets.vault import API_PLACE, AccountSecrets
from monitor.support.chat_answers import match_chat, note_answers
from monitor.support.sayings import tell_proposal
from monitor.support.tickets import find_tickets
from monitor.visit_protocol import EndKind, VisitEnd
from monitor.visiting.browsing import politeness_of
from monitor.visiting.room import VisitRoom

PLANS = _(
    "Chats with support were read with Premium, those with buyers with Premium Plus only: so a "
    "public program wrote down in February 2026; not verified on the live site."
)


def is_followed_by_api(room: VisitRoom) -> bool:
    """Whether there is a key, and a ticket to be followed."""
    with room.installation.state.read() as tx:
        has_tickets = bool(find_tickets(tx, room.account_id))
    return has_tickets and room.site.seller_api is not None and bool(_key(room))


def follow_by_api(room: VisitRoom) -> VisitEnd:
    """Files new answers of support and proposes what they may mean.

    Raises:
        flows.errors.WallMet: a page that asks for a person stands in front of the API.
        LeaseLost, StorageError: this visit may not go on.
    """
    spec, key = room.site.seller_api, _key(room)
    if spec is None or not key:
        return VisitEnd(
            kind=EndKind.SECRETS,
            message=_("There is no key of the Seller API for this account."),
            hint=_(
                '`fairreview source set-key {account_id}` keeps one; write `api_client_id = "…"` under '
                "[account.sources] of the account in config.toml first. {plans}"
            ).format(account_id=room.account_id, plans=PLANS),
        )
    access = ApiAccess(client_id=room.account.sources.api_client_id, key=key)
    politeness = politeness_of(room.site, clock=room.installation.clock)
    line = ApiLine(site=room.site, politeness=politeness, spec=spec, access=access)
    facts: list[tuple[str, str]] = []
    try:
        for ticket in read_support_chats(line):
            facts += _file(room, ticket)
    except WallMet:
        raise
    except FlowError as error:
        plans = f". {PLANS}" if isinstance(error, AccessRefused) else ""
        return VisitEnd(kind=EndKind.FINDINGS, message=f"{message_of(error)}{plans}", facts=tuple(facts))
    kind = EndKind.FINDINGS if room.problems else EndKind.DONE
    return VisitEnd(
        kind=kind, message=_("{count} new messages of support").format(count=len(facts)), facts=tuple(facts)
    )


def _file(room: VisitRoom, ticket: ApiTicket) -> list[tuple[str, str]]:
    state = room.installation.state
    if ticket.bad_rows:
        room.problems.append(
            _("chat {chat_id}: {bad_rows} messages were not understood").format(
                chat_id=ticket.chat.chat_id, bad_rows=ticket.bad_rows
            )
        )
    with state.read() as tx:
        match = match_chat(tx, room.account_id, ticket.messages)
    if match is None:
        return []  # a chat about something else: most of a shop's chats are
    fresh = note_answers(state, ticket.chat.chat_id, match, ticket.messages, lease=room.lease)
    for one in fresh:
        if proposal := tell_proposal(one.id, one.direction, one.text):
            room.report("chat", f"{one.id}: {proposal}")
    return [(one.review_id, one.id) for one in fresh]


def _key(room: VisitRoom) -> str:
    if not room.account.sources.api_client_id:
        return ""
    return AccountSecrets(room.installation.secrets).load(room.account_id, API_PLACE, "api_key") or ""
