"""The law: what a person read and keeps, what they state about a case, and the steps that follow from it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from evidence_store.digests import Digest
from evidence_store.journal import Actor
from evidence_store.store import ArtifactStore
from monitor.appeals.machine import AppealState, Moderation
from monitor.closed_lists.states import Decision
from monitor.custody.kept_words import Kept, index_words
from monitor.errors import SettingsError
from monitor.language import gettext as _
from monitor.state import Action, State, Transaction, subject
from monitor.state.cases import ArtifactRecord, CaseRecord
from monitor.support.asked import asked_support
from monitor.support.law.known import KnownLaw
from monitor.support.law.ladder import Advice, Case, Fact, climb
from monitor.support.law.rules import LawBook
from monitor.support.standing import dialogue_of
from monitor.use_cases.acknowledging import acknowledged

_NOT_SENT = frozenset({AppealState.DRAFT, AppealState.APPROVED})
_LONGEST = 20_000  # characters of a pasted article
_LONGEST_SOURCE = 300
_LONGEST_FACT = 2_000


class PastedRule(BaseModel):
    """An article's own words as a person pasted them; they lift no doubt for anybody else.

    Attributes:
        rule: The rule it belongs to.
        text: The words.
        source: Where they stood.
        by: Who pasted them.
        at: When.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str
    text: str
    source: str
    by: str
    at: datetime

    def cite(self) -> str:
        """Returns how a document prints it."""
        return f"{self.text} (текст внесён: {self.by}, {self.at:%d.%m.%Y}; источник: {self.source})"


@acknowledged
def paste_rule(
    state: State,
    artifacts: ArtifactStore,
    account_id: str,
    book: LawBook,
    rule_id: str,
    *,
    text: str,
    source: str,
    actor: Actor,
) -> Digest:
    """Keeps the words of an article that a person read, as evidence of an account.

    Args:
        state: The store.
        artifacts: The evidence store.
        account_id: The account whose documents may cite it.
        book: The rules.
        rule_id: The rule it belongs to.
        text: The article's own words.
        source: Where they stand.
        actor: Who read them.

    Returns:
        The digest of what was kept.

    Raises:
        LawUnknown: no rule has this id.
        SettingsError: the text or source is empty or too long.
    """
    book.rule(rule_id)
    at = state.clock.now()
    kept = PastedRule(
        rule=rule_id,
        text=_checked(text, "text", _LONGEST),
        source=_checked(source, "source", _LONGEST_SOURCE),
        by=actor.name or actor.id,
        at=at,
    )
    data = kept.model_dump_json().encode()
    digest = artifacts.put(data)
    with state.transaction() as tx:
        index_words(tx, Kept.LAW, digest, len(data), account_id=account_id, at=at)
        noted = {"rule": rule_id, "source": kept.source}
        tx.journal.record(account_id, Action("law.paste", actor=actor, inputs=dict(noted), artifacts=[str(digest)]))
    return digest


def pasted_rules(state: State, artifacts: ArtifactStore, account_id: str) -> dict[str, PastedRule]:
    """Reads the newest words of each rule that somebody pasted.

    Raises:
        evidence_store.errors.ArtifactDamaged: one is not what was stored.
    """
    with state.read() as tx:
        rows = tx.artifacts.of_moment(account_id, Kept.LAW)
    kept = (PastedRule.model_validate_json(artifacts.read(_digest(row))) for row in rows)
    return {one.rule: one for one in kept}


@acknowledged
def state_facts(
    state: State, artifacts: ArtifactStore, case: CaseRecord, facts: Mapping[Fact, str], *, actor: Actor
) -> dict[Fact, str]:
    """Keeps what a person states about a case; an empty statement takes an earlier one back.

    Args:
        state: The store.
        artifacts: The evidence store.
        case: The case.
        facts: What is stated, each with its words or exhibits.
        actor: Who states it.

    Returns:
        All that is stated now.

    Raises:
        SettingsError: a statement is too long.
    """
    before = stated_facts(state, artifacts, case)
    for fact, words in facts.items():
        if len(words) > _LONGEST_FACT:
            raise SettingsError(
                _("{count} characters, at most {longest_fact} are kept").format(
                    count=len(words), longest_fact=_LONGEST_FACT
                ),
                where=fact.value,
            )
    after = {fact: words for fact, words in {**before, **facts}.items() if words.strip()}
    at = state.clock.now()
    data = json.dumps(
        {
            "facts": {fact.value: words for fact, words in after.items()},
            "by": actor.name or actor.id,
            "at": at.isoformat(),
        },
        ensure_ascii=False,
        sort_keys=True,
    ).encode()
    digest = artifacts.put(data)
    with state.transaction() as tx:
        index_words(tx, Kept.STATEMENT, digest, len(data), account_id=case.account_id, at=at, case=case)
        action = Action(
            "law.facts",
            actor=actor,
            subjects=[subject("case", case.id), subject("review", case.review_id)],
            inputs={"facts": ", ".join(sorted(fact.value for fact in facts))},
            artifacts=[str(digest)],
        )
        tx.journal.record(case.account_id, action)
    return after


def stated_facts(state: State, artifacts: ArtifactStore, case: CaseRecord) -> dict[Fact, str]:
    """Reads what is stated about a case.

    Raises:
        evidence_store.errors.ArtifactDamaged: it is not what was stored.
    """
    with state.read() as tx:
        rows = tx.artifacts.of_review(case.account_id, case.review_id)
    stated = [row for row in rows if row.moment == Kept.STATEMENT and not row.is_purged]
    if not stated:
        return {}
    kept = json.loads(artifacts.read(_digest(stated[-1])))["facts"]
    return {Fact(name): words for name, words in kept.items()}


def advise(
    state: State,
    artifacts: ArtifactStore,
    case: CaseRecord,
    *,
    law: KnownLaw,
    letters: Collection[str],
    done: frozenset[str],
    zone: str,
) -> Advice:
    """Says what can still be done about a case.

    What the store knows by itself is not asked: the verdict says whether a rule is broken, the appeals whether a
    report can still be sent and whether one was refused, the dialogue how support was asked and what it answered.

    Args:
        state: The store.
        artifacts: The evidence store.
        case: The case.
        law: What is known of the law.
        letters: The site's channels by which one writes to support.
        done: Steps that a person says are over.
        zone: The installation's; its day is that of the advice.
    """
    now = state.clock.now().astimezone(ZoneInfo(zone))
    facts = stated_facts(state, artifacts, case)
    with state.read() as tx:
        text = tx.reviews.texts_of(case.account_id, [case.review_id]).get(case.review_id, "")
        known, over = _known(tx, case, letters)
        asked = asked_support(dialogue_of(tx, case), now=now, zone=zone)
    stands = Case(facts={**known, **facts}, done=done | over, review_text=text, asked=asked)
    return climb(stands, ladder=law.ladder, book=law.book, day=now.date())


def _known(tx: Transaction, case: CaseRecord, letters: Collection[str]) -> tuple[dict[Fact, str], frozenset[str]]:
    """What the store knows of a case: facts, and steps that are over without success."""
    facts: dict[Fact, str] = {}
    verdict = tx.verdicts.newest(case.id)
    if verdict is not None and verdict.kind is Decision.FILE:
        facts[Fact.RULE_BROKEN] = verdict.ground
    appeals = tx.appeals.of_case(case.id)
    if all(one.state in _NOT_SENT for one in appeals):
        facts[Fact.REPORT_LEFT] = "ещё не отправлялась"
    refused = {one.channel for one in appeals if one.moderation == Moderation.REJECTED}
    over = {"support" if channel in letters else "report" for channel in refused}
    return facts, frozenset(over)


def _checked(text: str, field: str, most: int) -> str:
    plain = text.strip()
    if not plain:
        raise SettingsError(
            _("there is nothing to keep"), where=field, hint=_("Paste the words as they stand in the law.")
        )
    if len(plain) > most:
        raise SettingsError(
            _("{count} characters, at most {most} are kept").format(count=len(plain), most=most),
            where=field,
            hint=_("Paste one article."),
        )
    return plain


def _digest(row: ArtifactRecord) -> Digest:
    return Digest(algorithm="sha256", hex=row.sha256)
