"""What can still be done about a review: the steps, what each needs, what the case lacks, and when to stop.

A pure function over facts that a person has stated. Nothing here writes to anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from flows.plain_toml import read_toml
from monitor.support.law.marks import CAVEATS, Mark, Printing
from monitor.support.law.rules import DATA, Body, LawBook

_MOST_BYTES = 64 * 1024
_UNKNOWN = "не установлено"
_SUPPORT = "support"
_Status = Literal["offered", "under_way", "later", "lacking", "done"]


class Fact(StrEnum):
    """What a step may need; a person states each, with the words or exhibits that show it."""

    RULE_BROKEN = "rule_broken"
    REPORT_LEFT = "report_left"
    CONTRACT_PARTY = "contract_party"
    CLAIM_ADDRESS = "claim_address"
    FALSE_FACT = "false_fact"
    PROOF_FALSE = "proof_false"
    DAMAGE = "damage"
    ABOUT_BUSINESS = "about_business"
    ABOUT_PERSON = "about_person"
    AUTHOR_KNEW = "author_knew"
    INSULT = "insult"
    THREAT = "threat"
    EXTORTION = "extortion"
    COMPETITOR_NAMED = "competitor_named"
    COMPETITOR_PROOF = "competitor_proof"
    DATA_OF_APPLICANT = "data_of_applicant"


FACTS: dict[Fact, str] = {
    Fact.RULE_BROKEN: "отзыв нарушает правило площадки",
    Fact.REPORT_LEFT: "жалобу на отзыв ещё можно подать",
    Fact.CONTRACT_PARTY: "вы сторона договора с площадкой",
    Fact.CLAIM_ADDRESS: "адрес для претензий из вашего договора",
    Fact.FALSE_FACT: "утверждение о факте, которое не соответствует действительности (цитата из отзыва)",
    Fact.PROOF_FALSE: "доказательство, что утверждение неверно",
    Fact.DAMAGE: "убытки: сумма и документы",
    Fact.ABOUT_BUSINESS: "утверждение о вашем деле или товаре",
    Fact.ABOUT_PERSON: "утверждение о человеке",
    Fact.AUTHOR_KNEW: "доказательство, что автор знал о неправде",
    Fact.INSULT: "оскорбление человека (цитата из отзыва)",
    Fact.THREAT: "угроза (цитата из отзыва или переписки)",
    Fact.EXTORTION: "вымогательство (цитата из отзыва или переписки)",
    Fact.COMPETITOR_NAMED: "конкурент, который за этим стоит, по имени",
    Fact.COMPETITOR_PROOF: "доказательство, что за отзывом стоит этот конкурент",
    Fact.DATA_OF_APPLICANT: "раскрыты данные самого заявителя",
}


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(_Data):
    """A step as data; the lists are explained at the head of ``data/ladder.toml``."""

    id: str = Field(pattern=r"^[a-z_]+$")
    title: str = Field(min_length=1)
    body: Body
    needs: tuple[Fact, ...] = ()
    any_of: tuple[tuple[Fact, ...], ...] = ()
    after: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    grounds: dict[Fact, tuple[str, ...]] = Field(default_factory=dict)
    urgent: tuple[Fact, ...] = ()
    warns: str = ""
    price: Literal["none", "property", "non_property"] = "none"
    mark: Mark
    time: str = _UNKNOWN
    chance: str = _UNKNOWN
    needs_lawyer: bool = False

    @model_validator(mode="after")
    def _needs_something(self) -> Self:
        if not (self.needs or self.any_of):
            raise ValueError(f"step {self.id} needs nothing: it would be offered for every review")
        return self


class Opinion(_Data):
    """Beginnings of words by which a sentence is an opinion."""

    words: tuple[str, ...]


class Ladder(_Data):
    """All steps, in the order in which they are taken."""

    seen_on: date
    step: tuple[Step, ...]
    opinion: Opinion

    @model_validator(mode="after")
    def _comes_after_what_is_above(self) -> Self:
        above: set[str] = set()
        for one in self.step:
            if one.id in above or not above.issuperset(one.after):
                raise ValueError(f"step {one.id} stands twice, or comes after what does not stand above it")
            above.add(one.id)
        return self


class Standing(StrEnum):
    """How a question to support stands; where there are several, the one named first here counts."""

    UPHELD = "upheld"
    OURS = "ours"
    OVERDUE = "overdue"
    WAITS = "waits"
    REFUSED = "refused"


_STANDINGS: dict[Standing, str] = {
    Standing.UPHELD: "Поддержка согласилась: проверьте, ушёл ли отзыв со страницы.",
    Standing.OURS: "Ход за вами: ответьте поддержке; если это отказ, отметьте его (`support judge`).",
    Standing.OVERDUE: "Поддержка не ответила в срок, который назвала сама: напомните и сошлитесь на номер обращения.",
    Standing.WAITS: "Дождитесь ответа поддержки.",
}


class Asked(_Data):
    """What came of asking support.

    Attributes:
        standing: How it stands; None where nobody asked.
        lines: Each question with its number, days, answer and promise, in words.
    """

    standing: Standing | None = None
    lines: tuple[str, ...] = ()


class Case(_Data):
    """What is known of a case.

    Attributes:
        facts: What a person stated, each with its words or exhibits.
        done: Steps that are over without success.
        review_text: The review's words, in which quotations have to be found.
        asked: What came of asking support; a refusal ends that step.
    """

    facts: Mapping[Fact, str]
    done: frozenset[str] = frozenset()
    review_text: str = ""
    asked: Asked = Asked()

    def is_done(self, step: str) -> bool:
        """Whether a step is over without success."""
        return step in self.done or (step == _SUPPORT and self.asked.standing is Standing.REFUSED)


class Rung(_Data):
    """One step as it stands for a case.

    Attributes:
        status: offered: its facts are there; under_way: support was asked; later: another step comes first; lacking:
            facts are missing; done.
        told: What came of it so far.
        lacks: What is missing, in words.
        first: The steps that come before.
        warning: What is told before anything else.
        basis: The rules it rests on, as they may be printed.
        unknown: What nobody has seen about it.
        caveat: How surely the step itself is known.
    """

    id: str
    title: str
    status: _Status
    told: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    warning: str = ""
    basis: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    price: Literal["none", "property", "non_property"] = "none"
    time: str
    chance: str
    caveat: str
    needs_lawyer: bool


class Advice(_Data):
    """The steps of a case and what to do.

    Attributes:
        rungs: Every step, also those that are not offered.
        next_step: The one to take now; None where the advice is to stop, or to wait for support.
        sentence: The advice in one sentence.
    """

    rungs: tuple[Rung, ...]
    next_step: str | None
    sentence: str


def climb(case: Case, *, ladder: Ladder, book: LawBook, day: date) -> Advice:
    """Says which steps a case has.

    Args:
        case: What is known of it.
        ladder: The steps.
        book: The rules.
        day: The day of the advice; rules that do not count then are not used.

    Returns:
        All steps with what they lack, and the advice: to stop is the default after support.
    """
    rungs = tuple(_rung(step, case, ladder, book, day) for step in ladder.step)
    urgent = {step.id for step in ladder.step if any(fact in case.facts for fact in step.urgent)}
    open_now = sorted((rung for rung in rungs if rung.status == "offered"), key=lambda rung: rung.id not in urgent)
    offered = next(iter(open_now), None)
    asked = next((rung for rung in rungs if rung.status == "under_way"), None)
    if asked is not None and case.asked.standing is not None:
        sentence = _STANDINGS[case.asked.standing]
        if offered is not None:
            return Advice(rungs=rungs, next_step=offered.id, sentence=f"{sentence} Можно и сейчас: {offered.title}.")
        is_ours = case.asked.standing in {Standing.OURS, Standing.OVERDUE}
        return Advice(rungs=rungs, next_step=asked.id if is_ours else None, sentence=sentence)
    if offered is not None:
        return Advice(rungs=rungs, next_step=offered.id, sentence=f"Следующий шаг: {offered.title}.")
    if Fact.INSULT in case.facts and case.is_done(_SUPPORT):
        sentence = "Остановитесь: кто принимает заявление об оскорблении, не установлено, спросите юриста."
    elif not case.facts:
        sentence = "Остановитесь: не названы ни нарушение правила площадки, ни неверное утверждение о факте."
    else:
        sentence = "Остановитесь: для следующего шага не хватает названного ниже."
    return Advice(rungs=rungs, next_step=None, sentence=sentence)


def opinion_in(sentence: str, ladder: Ladder) -> str:
    """Returns the word by which a sentence is an opinion, empty where there is none."""
    plain = f" {' '.join(sentence.lower().replace('ё', 'е').split())}"
    return next((word for word in ladder.opinion.words if f" {word.replace('ё', 'е')}" in plain), "")


def _rung(step: Step, case: Case, ladder: Ladder, book: LawBook, day: date) -> Rung:
    lacks = _lacking(step, case, ladder)
    first = tuple(one.title for one in ladder.step if one.id in step.after and not _is_over(one, case))
    status: _Status = "offered"
    if case.is_done(step.id):
        status = "done"
    elif step.id == _SUPPORT and case.asked.standing is not None:
        status = "under_way"
    elif lacks:
        status = "lacking"
    elif first:
        status = "later"
    grounds = (name for fact, names in step.grounds.items() if holds(fact, case, ladder) for name in names)
    rules = [book.rule(name) for name in (*step.rules, *grounds)]
    return Rung(
        id=step.id,
        title=step.title,
        status=status,
        told=case.asked.lines if step.id == _SUPPORT else (),
        lacks=lacks if status == "lacking" else (),
        first=first if status == "later" else (),
        warning=book.rule(step.warns).cite(day) if step.warns else "",
        basis=tuple(r.cite(day) for r in rules if r.prints is not Printing.NEVER and r.is_valid_on(day)),
        unknown=tuple(f"{r.question}: {_UNKNOWN}" for r in rules if r.prints is Printing.NEVER),
        price=step.price,
        time=step.time,
        chance=step.chance,
        caveat=CAVEATS[step.mark],
        needs_lawyer=step.needs_lawyer,
    )


def _is_over(step: Step, case: Case) -> bool:
    """Whether a step is behind the case: taken, or closed to it for good.

    A report that cannot be sent any more, or that has no ground, does not keep anybody from what comes after.
    """
    return case.is_done(step.id) or (step.id == "report" and Fact.REPORT_LEFT not in case.facts)


def _lacking(step: Step, case: Case, ladder: Ladder) -> tuple[str, ...]:
    missing = [fact for fact in step.needs if not holds(fact, case, ladder)]
    told = [_tell_missing(fact, case, ladder) for fact in missing]
    if step.any_of:
        sets = [[fact for fact in one if not holds(fact, case, ladder)] for one in step.any_of]
        if all(sets):
            nearest = min(sets, key=len)
            told.append("нужно одно из следующего:")
            told += [f"либо {' и '.join(FACTS[fact] for fact in one)}" for one in step.any_of]
            told += [_tell_missing(fact, case, ladder) for fact in nearest if fact in case.facts]
    return tuple(told)


def holds(fact: Fact, case: Case, ladder: Ladder) -> bool:
    """Whether a fact is there; a false statement is one only if it stands in the review and is no opinion."""
    words = case.facts.get(fact, "").strip()
    if fact is not Fact.FALSE_FACT or not words:
        return bool(words)
    return _plain(words) in _plain(case.review_text) and not opinion_in(words, ladder)


def _tell_missing(fact: Fact, case: Case, ladder: Ladder) -> str:
    words = case.facts.get(fact, "").strip()
    if fact is Fact.FALSE_FACT and words:
        if _plain(words) not in _plain(case.review_text):
            return f"«{words}» не стоит в отзыве дословно: приведите цитату"
        return f"«{words}» – мнение (слово «{opinion_in(words, ladder)}»), а проверяют только утверждения о фактах"
    return FACTS[fact]


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("ё", "е").split())


def read_ladder(path: Path) -> Ladder:
    """Reads a file of steps.

    Raises:
        ValueError: it is not plain TOML, or a step is not as it has to be.
    """
    try:
        return Ladder.model_validate(read_toml(path, max_bytes=_MOST_BYTES))
    except ValidationError as error:
        raise ValueError(f"{path}: {error}") from error


@lru_cache(maxsize=1)
def load_ladder() -> Ladder:
    """Reads the steps that come with the program."""
    return read_ladder(DATA / "ladder.toml")
