"""Answers of support as the API tells them: to which case they belong, and what of them is new.

A chat of the API has an id of its own and no ticket's number. It is matched by the number that the platform names in
it, or by a message of ours in the same words at the same time; what fits two cases, or none, is left alone and told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.readings.chat import numbers_in
from flows.readings.chat_api import ApiMessage
from monitor.closed_lists.contact_kinds import Direction, LetterState, Speaker, Way
from monitor.state import Lease, State, Transaction
from monitor.state.contacts import ContactRecord
from monitor.state.journal import SYSTEM
from monitor.support.chat import tell_answer
from monitor.support.letters import files_of, settle_letter
from monitor.support.noting import NewContact, add_contact
from monitor.support.sayings import fold
from monitor.support.tickets import find_tickets

SOURCE = "api"
_SAME_TIME = timedelta(minutes=15)
"""How far the site's clock and ours may differ over one message."""


@dataclass(frozen=True)
class Match:
    """To which ticket and case a chat belongs, and by what: ``number`` or ``text``."""

    number: str
    case_id: str
    by: str


def match_chat(tx: Transaction, account_id: str, messages: Sequence[ApiMessage]) -> Match | None:
    """Returns the one ticket that a chat is; None where none fits, or more than one."""
    tickets = find_tickets(tx, account_id)
    named = {number for one in messages if not one.is_mine for number in numbers_in(one.text)} & tickets.keys()
    mine = {fold(one.text) for one in messages if one.is_mine}
    named -= {one.earlier_number for one in tx.contacts.of_account(account_id) if fold(one.text) in mine}
    if len(named) == 1:
        number = named.pop()
        return Match(number, tickets[number], "number")
    letters = [one for one in tx.letters.of_account(account_id) if one.way is Way.CHAT and one.released_at is not None]
    fitting = {
        letter.to_address
        for letter in letters
        for one in messages
        if one.is_mine and fold(one.text) == fold(letter.text) and _is_same_time(one.at, letter.released_at)
    }
    if len(fitting) != 1:
        return None
    number = fitting.pop()
    return Match(number, tickets[number], "text")


def note_answers(
    state: State, chat_id: str, match: Match, messages: Sequence[ApiMessage], *, lease: Lease
) -> list[ContactRecord]:
    """Files what the platform said and the dialogue does not have; calls a message of ours sent that the chat has.

    What the cabinet's own page showed before, in the same words, is not filed a second time.
    """
    _settle(state, match.number, messages, lease=lease)
    fresh: list[ContactRecord] = []
    with state.transaction(lease) as tx:
        case = tx.cases.get(match.case_id)
        known = tx.contacts.sources(lease.account_id, SOURCE)
        told = [one for one in tx.contacts.of_case(match.case_id) if one.number == match.number]
        elsewhere = Counter(fold(one.text) for one in told if one.direction is Direction.IN and one.source != SOURCE)
        ahead = timedelta(0)  # of the site's clock; an answer within a second must not stand before its question
        for one in messages if case is not None else ():
            ahead = max(ahead, _ahead(one, told))
            source_id, words = f"{chat_id}:{one.message_id}", fold(one.text)
            if one.is_mine or source_id in known or not one.text:
                continue
            if elsewhere[words]:
                elsewhere[words] -= 1
                continue
            new = NewContact(
                way=Way.CHAT,
                direction=Direction.IN,
                happened_at=min(one.at + ahead, tx.now()),
                text=one.text,
                speaker=Speaker.BOT if one.is_bot else Speaker.PERSON if one.who == "support" else Speaker.UNKNOWN,
                number=match.number,
                source=SOURCE,
                source_id=source_id,
            )
            assert case is not None  # noqa: S101 - the loop is empty without one
            fresh.append(add_contact(tx, case, new, actor=SYSTEM))
            if not one.is_bot:
                tell_answer(tx, fresh[-1])
    return fresh


def _settle(state: State, number: str, messages: Sequence[ApiMessage], *, lease: Lease) -> None:
    with state.read() as tx:
        rows = [one for one in tx.letters.of_account(lease.account_id) if one.to_address == number]
    for row in rows:
        sent = sum(one.state is LetterState.SENT and one.text == row.text for one in rows)
        mine = [one for one in messages if one.is_mine and fold(one.text) == fold(row.text)]
        if (
            row.way is Way.CHAT
            and row.state is LetterState.UNKNOWN
            and len(mine) == sent + 1
            and mine[-1].files >= len(files_of(row))
        ):
            settle_letter(state, row, lease, was_taken=True, answer="the chat's history has it")


def _ahead(message: ApiMessage, told: Sequence[ContactRecord]) -> timedelta:
    """How far our clock is ahead of the site's by one message of ours that both have; zero where they cannot tell."""
    if not message.is_mine:
        return timedelta(0)
    ours = (one for one in told if one.direction is Direction.OUT and fold(one.text) == fold(message.text))
    return max(
        (one.happened_at - message.at for one in ours if _is_same_time(message.at, one.happened_at)),
        default=timedelta(0),
    )


def _is_same_time(at: datetime, released: datetime | None) -> bool:
    return released is not None and abs(at - released) <= _SAME_TIME
