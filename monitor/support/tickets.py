"""The tickets of cases, by their numbers: which there are, which is the newest, and which one a message follows."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from monitor.closed_lists.contact_kinds import LetterState, Way
from monitor.state import Transaction

FOLLOWS = "Это обращение продолжает обращение №{number}."
"""How the first message of a ticket names the older one."""


def find_tickets(tx: Transaction, account_id: str) -> dict[str, str]:
    """Returns the tickets that the program writes into or opened: the case's id by the ticket's number."""
    return {one.number: one.case_id for one in _heard(tx, account_id)}


def newest_ticket(tx: Transaction, account_id: str, case_id: str) -> str:
    """Returns the number of the ticket of a case that was opened last, "" where it has none.

    One that only a person has typed is none while there is one that the program opened, read or wrote into.
    """
    mine = [one for one in _heard(tx, account_id) if one.case_id == case_id]
    first: dict[str, datetime] = {}
    for one in [one for one in mine if not one.is_typed] or mine:
        first[one.number] = min(one.at, first.get(one.number, one.at))
    return max(first, key=lambda number: (first[number], number), default="")


def known_numbers(tx: Transaction, account_id: str) -> set[str]:
    """Returns every number that a contact, an appeal or a message that was not dropped has."""
    contacts = {one.number for one in tx.contacts.of_account(account_id) if one.struck_at is None}
    appeals = {one.number for one in tx.appeals.of_account(account_id)}
    return {number for number in (*contacts, *appeals, *(one.number for one in _heard(tx, account_id))) if number}


def find_older_ticket(tx: Transaction, case_id: str, number: str, text: str) -> str:
    """Returns the ticket that a message into another one says it follows: one of the same case, named in its text."""
    mine = [one for one in tx.contacts.of_case(case_id) if one.way is Way.CHAT and one.struck_at is None]
    if any(one.number == number and one.earlier_number for one in mine):
        return ""  # it was said already
    start = min((one.happened_at for one in mine if one.number == number), default=None)
    older = [
        (one.happened_at, one.number)
        for one in mine
        if one.number and one.number != number and (start is None or one.happened_at < start) and one.number in text
    ]
    return max(older)[1] if older else ""


_UNSAID = frozenset({LetterState.DRAFT, LetterState.DROPPED})


class _Said(NamedTuple):
    at: datetime
    number: str
    case_id: str
    is_typed: bool


def _heard(tx: Transaction, account_id: str) -> list[_Said]:
    """Returns everything said in the chat; a draft says nothing, and its number may be wrong.

    The first message of a ticket that an appeal opened may be dropped: the ticket is there all the same.
    """
    opened = {(one.case_id, one.number) for one in tx.appeals.of_account(account_id) if one.number}
    letters = [
        _Said(one.created_at, one.to_address, one.case_id, is_typed=False)
        for one in tx.letters.of_account(account_id)
        if one.way is Way.CHAT and (one.state not in _UNSAID or (one.case_id, one.to_address) in opened)
    ]
    contacts = [
        _Said(one.happened_at, one.number, one.case_id, is_typed=one.source == "person")
        for one in tx.contacts.of_account(account_id)
        if one.way is Way.CHAT and one.number and one.struck_at is None
    ]
    return [*contacts, *letters]
