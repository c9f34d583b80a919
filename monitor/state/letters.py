"""Letters by mail and messages in the support's chat, as rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select, update

from monitor.closed_lists.contact_kinds import LetterState, Way
from monitor.state.repository import Repository, member
from monitor.state.tables import letters
from monitor.state.text import JsonValue

CHAT_MESSAGE, CHAT_CHOICE = "chat-message", "chat-choice"
"""Templates of what goes into the chat: a message of one's own, and the label of one of the bot's quick replies."""


@dataclass(frozen=True)
class LetterRecord:
    """One letter, or one message in the chat.

    Attributes:
        template: What it was worded by; it also tells a message in the chat from a letter by mail.
        to_address: The mail's addressee; of a message the number of its ticket.
        files: Own evidence that goes along: ``[{id, name, sha256, media_type}]``.
        message_id: Its Message-ID, the same however often it is tried.
        letter_hash: What an approval is bound to.
        answer: The mail server's last words.
        released_at: Stamped before its first byte may leave; never cleared but by a person's word.
    """

    id: str
    account_id: str
    case_id: str
    review_id: str
    template: str
    to_address: str
    subject: str
    text: str
    files: JsonValue
    message_id: str
    letter_hash: str
    state: LetterState
    approver: str
    answer: str
    fence: int | None
    created_at: datetime
    approved_at: datetime | None
    released_at: datetime | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "state", member(LetterState, self.state))

    @property
    def way(self) -> Way:
        """How it goes out."""
        return Way.CHAT if self.template in {CHAT_MESSAGE, CHAT_CHOICE} else Way.MAIL


class Letters(Repository):
    """Stores letters; what may follow what is in ``monitor.support.letters``."""

    def add(self, record: LetterRecord) -> None:
        """Stores a letter."""
        self._connection.execute(letters.insert().values(**asdict(record)))

    def change(self, letter: LetterRecord, **values: object) -> bool:
        """Changes a letter if it is still in the state the caller saw; tells whether it was."""
        statement = update(letters).where(
            letters.c.id == letter.id, letters.c.state == letter.state, letters.c.letter_hash == letter.letter_hash
        )
        return self._changed(statement.values(**values)) > 0

    def get(self, letter_id: str) -> LetterRecord | None:
        """Returns one letter."""
        return self._first(LetterRecord, select(letters).where(letters.c.id == letter_id))

    def of_case(self, case_id: str) -> list[LetterRecord]:
        """Returns a case's letters, the oldest first."""
        statement = select(letters).where(letters.c.case_id == case_id)
        return self._all(LetterRecord, statement.order_by(letters.c.created_at, letters.c.id))

    def of_fence(self, account_id: str, fence: int) -> list[LetterRecord]:
        """Returns an account's letters that were last taken under this lease, the oldest first."""
        statement = select(letters).where(letters.c.account_id == account_id, letters.c.fence == fence)
        return self._all(LetterRecord, statement.order_by(letters.c.created_at, letters.c.id))

    def of_account(self, account_id: str) -> list[LetterRecord]:
        """Returns an account's letters, the oldest first."""
        statement = select(letters).where(letters.c.account_id == account_id)
        return self._all(LetterRecord, statement.order_by(letters.c.created_at, letters.c.id))
