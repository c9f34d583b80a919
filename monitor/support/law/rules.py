"""The rules of law as data: read, checked, and asked by id and day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from flows.plain_toml import read_toml
from monitor.errors import LawUnknown
from monitor.language import gettext as _
from monitor.support.law.marks import CAVEATS, PRINTED, Mark, Printing

DATA = Path(__file__).with_name("data")
_MOST_BYTES = 256 * 1024


class Body(StrEnum):
    """Before whom a rule counts."""

    PLATFORM = "platform"
    ARBITRAZH = "arbitrazh"
    GENERAL = "general"
    COMPETITION = "competition"
    REGULATOR = "regulator"
    POLICE = "police"
    AUTHORITY = "authority"


BODIES: dict[Body, str] = {
    Body.PLATFORM: "площадка",
    Body.ARBITRAZH: "арбитражный суд",
    Body.GENERAL: "суд общей юрисдикции",
    Body.COMPETITION: "антимонопольный орган",
    Body.REGULATOR: "Роскомнадзор",
    Body.POLICE: "полиция, мировой судья",
    Body.AUTHORITY: "орган власти",
}


class Stage(StrEnum):
    """The five stages of a case in court."""

    CLAIM = "claim"
    APPEAL = "appeal"
    CASSATION = "cassation"
    COLLEGIUM = "collegium"
    SUPERVISION = "supervision"


STAGES: dict[Stage, str] = {
    Stage.CLAIM: "иск, первая инстанция",
    Stage.APPEAL: "апелляция",
    Stage.CASSATION: "кассация",
    Stage.COLLEGIUM: "коллегия Верховного Суда",
    Stage.SUPERVISION: "надзор",
}


class Unit(StrEnum):
    """In what a term is counted."""

    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"
    DAYS = "days"
    """The sources do not say which days: both counts are told, and neither is chosen."""


class Event(StrEnum):
    """From what a term is counted."""

    RECEIVED = "received"
    SENT = "sent"
    REGISTERED = "registered"
    ADOPTED = "adopted"
    FINAL_FORM = "final_form"
    REASONED = "reasoned"
    IN_FORCE = "in_force"
    CASSATION_ON_MERITS = "cassation_on_merits"


EVENTS: dict[Event, str] = {
    Event.RECEIVED: "день получения",
    Event.SENT: "день отправки",
    Event.REGISTERED: "день регистрации",
    Event.ADOPTED: "день принятия решения",
    Event.FINAL_FORM: "день, когда решение принято в окончательной форме",
    Event.REASONED: "день, когда изготовлено мотивированное апелляционное определение",
    Event.IN_FORCE: "день вступления акта в законную силу",
    Event.CASSATION_ON_MERITS: "день определения кассационного суда по существу",
}


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Term(_Data):
    """A term of a rule: so many units from an event.

    Attributes:
        number: How many.
        unit: Of what.
        counted_from: The event; the first day that counts is the next one.
        is_theirs: The other side has to answer within it, and ours is to wait until it is over.
    """

    number: int = Field(ge=1, le=366)
    unit: Unit
    counted_from: Event
    is_theirs: bool = False


class Rule(_Data):
    """One rule.

    Attributes:
        id: Its name here.
        title: What it is about.
        article: Where it stands; empty where no article was seen.
        content: What it says, shortly and in our words; empty where nobody has seen it.
        question: What is not known; only with the mark ``?``.
        applies_to: Before whom it counts.
        stage: The stage of a case in court it belongs to.
        mark: How surely it is known.
        prints: What documents may do with it; the mark decides unless the rule says otherwise.
        source: Where it was seen.
        seen_on: When.
        valid_from: First day on which it counts; None where that is not known.
        valid_until: Last day; None where no end is known.
        doubt: What is not established about it; told wherever the rule is used.
        needs_lawyer: What follows from it is a lawyer's question.
        deadline: The term it sets.
        restored_within: Within what a missed term can be restored.
    """

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str = Field(min_length=1)
    article: str = ""
    content: str = ""
    question: str = ""
    applies_to: tuple[Body, ...] = Field(min_length=1)
    stage: Stage | None = None
    mark: Mark
    prints: Printing
    source: str = ""
    seen_on: date
    valid_from: date | None = None
    valid_until: date | None = None
    doubt: str = ""
    needs_lawyer: bool = False
    deadline: Term | None = None
    restored_within: Term | None = None

    @model_validator(mode="before")
    @classmethod
    def _printed_by_its_mark(cls, data: object) -> object:
        if isinstance(data, Mapping) and "prints" not in data and data.get("mark") in set(Mark):
            return {**data, "prints": PRINTED[Mark(data["mark"])]}
        return data

    @model_validator(mode="after")
    def _says_no_more_than_was_seen(self) -> Self:
        if self.mark is Mark.UNSEEN:
            if self.content or self.deadline or self.prints is not Printing.NEVER or not self.question:
                raise ValueError(f"rule {self.id}: what nobody has seen has a question, and neither content nor term")
        elif not (self.content and self.source) or self.question:
            raise ValueError(f"rule {self.id}: a rule that was seen has content and source, and no question")
        elif not self.content.endswith("."):
            raise ValueError(f"rule {self.id}: its content is a sentence")
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError(f"rule {self.id}: it ends before it begins")
        return self

    @property
    def caveat(self) -> str:
        """What is printed beside it, empty where nothing has to be."""
        return "; ".join(filter(None, (CAVEATS[self.mark], self.doubt)))

    def is_valid_on(self, day: date) -> bool:
        """Whether it counts on a day, as far as its bounds are known."""
        return (self.valid_from or day) <= day <= (self.valid_until or day)

    def cite(self, day: date) -> str:
        """Returns the rule as one sentence of a document, with its article and caveat.

        Args:
            day: The document's day.

        Raises:
            LawUnknown: nobody has seen what it says, or it does not count on that day.
        """
        if self.prints is Printing.NEVER:
            raise LawUnknown(
                _("rule {id} cannot be cited: {question} (не установлено)").format(
                    id=self.id, question=self.question or _("it is not printed")
                ),
                where=self.id,
                hint=_(
                    "Ask a lawyer; what you read yourself is kept by `fairreview law paste {id} --source ADDRESS`."
                ).format(id=self.id),
            )
        if not self.is_valid_on(day):
            raise LawUnknown(
                _("rule {id} does not count on {day}").format(id=self.id, day=day),
                where=self.id,
                hint=_("`fairreview law show {id}` says when it does.").format(id=self.id),
            )
        beside = ", ".join(filter(None, (self.article, self.caveat)))
        return f"{self.content[:-1]} ({beside})." if beside else self.content


class LawBook(_Data):
    """All rules, each once."""

    rules: tuple[Rule, ...]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if twice := [name for name, count in Counter(rule.id for rule in self.rules).items() if count > 1]:
            raise ValueError(f"rules that stand twice: {', '.join(twice)}")
        return self

    def rule(self, rule_id: str) -> Rule:
        """Returns a rule by its id.

        Raises:
            LawUnknown: there is none.
        """
        found = next((rule for rule in self.rules if rule.id == rule_id), None)
        if found is None:
            raise LawUnknown(
                _("no rule is called {rule_id!r}").format(rule_id=rule_id),
                where=rule_id,
                hint=_("`fairreview law list` shows what there is."),
            )
        return found


def read_law(path: Path) -> LawBook:
    """Reads a file of rules.

    Raises:
        ValueError: it is not plain TOML, or a rule says more than was seen.
    """
    data = read_toml(path, max_bytes=_MOST_BYTES)
    seen_on, rows = data.get("seen_on"), data.get("rule")
    if not isinstance(rows, list):
        raise ValueError(f"{path}: no [[rule]]")  # noqa: TRY004 - one kind of error for whoever reads a file
    try:
        return LawBook.model_validate({"rules": [{"seen_on": seen_on, **row} for row in rows]})
    except ValidationError as error:
        raise ValueError(f"{path}: {error}") from error


@lru_cache(maxsize=1)
def load_law() -> LawBook:
    """Reads the rules that come with the program."""
    return read_law(DATA / "rules.toml")
