"""The kinds of message: what each is called, who hears of it, and whether it may wait for a digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from monitor.appeals.machine import AppealState, Moderation, Outcome
from monitor.appeals.words import FILING, MODERATION, OUTCOMES
from monitor.closed_lists.review_changes import Change
from monitor.watching.words import CHANGES


class Subject(StrEnum):
    """What a message is about; its card is made accordingly."""

    REVIEW = "review"
    APPEAL = "appeal"
    CONTACT = "contact"
    """An answer of the platform, or a time that somebody named in the dialogue with it and that has come."""
    COURT = "court"
    """A last day in court is near, and our paper is not out."""
    INCIDENT = "incident"
    DIGEST = "digest"
    """What buyers say, for one team; its channels are the team's own."""


@dataclass(frozen=True)
class MessageKind:
    """One kind of message.

    Attributes:
        about: What it is about.
        title: How its title begins, in Russian.
        may_wait: It may go into a digest; what concerns the program's own work never does.
    """

    about: Subject
    title: str
    may_wait: bool = True


MESSAGES: Mapping[str, MessageKind] = MappingProxyType(
    {f"review.{change.value}": MessageKind(Subject.REVIEW, CHANGES[change].title) for change in Change}
    | {f"appeal.filing.{state.value}": MessageKind(Subject.APPEAL, FILING[state].title) for state in AppealState}
    | {f"appeal.moderation.{one.value}": MessageKind(Subject.APPEAL, MODERATION[one].title) for one in Moderation}
    | {f"appeal.outcome.{one.value}": MessageKind(Subject.APPEAL, OUTCOMES[one].title) for one in Outcome}
    | {
        "contact.answer": MessageKind(Subject.CONTACT, "Поддержка ответила", may_wait=False),
        "contact.due": MessageKind(Subject.CONTACT, "Срок ответа прошёл", may_wait=False),
        "court.last_day": MessageKind(Subject.COURT, "Скоро последний день в суде", may_wait=False),
        "insight.digest": MessageKind(Subject.DIGEST, "Что говорят покупатели", may_wait=False),
        "incident.open": MessageKind(Subject.INCIDENT, "Сбой", may_wait=False),
        "incident.remind": MessageKind(Subject.INCIDENT, "Сбой продолжается", may_wait=False),
        "incident.close": MessageKind(Subject.INCIDENT, "Сбой устранён", may_wait=False),
    }
)
"""Every kind by the name of its event in the outbox."""

CHANGE_OF_MIND = "По расписанию уйдёт не раньше {moment}; передумать: fairreview appeal revoke {appeal}"

LOGGED = "В журнале: {detail}"
"""What the program wrote down about an incident, in the words of its log: a quotation, whatever its language."""

NEXT_IN_DIALOGUE = "Подробнее: fairreview support show {review}"

NEXT_IN_COURT = "Подано? fairreview law court note {review} --filed … Подробнее: fairreview law court show {review}"

SUPERSEDED = "До этого: {before}"

UNLISTED = "Виден продавцу, на странице товара его пока нет"

DIGEST_TITLE = "Сводка по отзывам"
TEST_TITLE = "Проверка канала"
TEST_BODY = "Это пробное сообщение fairreview. Если вы его видите, канал «{name}» работает."
