"""The pack for a lawyer: what is known of a case, drawn as papers; the log names what was handed out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from evidence_store.digests import Digest
from evidence_store.exhibits import MOMENT_WORDS
from evidence_store.journal import Actor
from evidence_store.store import ArtifactStore
from monitor.custody.readings import manifests_of
from monitor.outgoing.story import CaseStory
from monitor.outgoing.wording import ACTIONS
from monitor.state import Action, State, subject
from monitor.state.cases import ArtifactRecord, CaseRecord
from monitor.support.law.documents import draw
from monitor.support.law.fees import Court
from monitor.support.law.known import KnownLaw
from monitor.support.law.ladder import Case, Fact, holds
from monitor.support.law.material import Exhibit, Happening, Material, Paper
from monitor.support.law.parties import Party
from monitor.use_cases.acknowledging import acknowledged
from monitor.use_cases.law import advise, pasted_rules, stated_facts

_PROOFS = (
    Fact.PROOF_FALSE,
    Fact.DAMAGE,
    Fact.CONTRACT_PARTY,
    Fact.AUTHOR_KNEW,
    Fact.COMPETITOR_PROOF,
)
"""Facts whose words name a paper that a person adds; a threat is quoted from the review, which is an exhibit itself."""
_OUR_OWN_WORK = frozenset(ACTIONS[one].title for one in ("law.facts", "law.pack", "law.paste"))
"""What the seller's side did for the papers themselves: nothing of it happened to the review."""
_SHOWING: frozenset[str] = frozenset({"public", "account"})
"""Moments whose captures show the review (``evidence_store.manifest.CaptureMoment``)."""
_WORDS = {str(moment): words for moment, words in MOMENT_WORDS.items()}


@dataclass(frozen=True)
class PackOrder:
    """What a person asks for.

    Attributes:
        plaintiff: Who complains.
        court: Before which court it may go.
        price: The price of the claim in roubles; None where nobody named one.
        letters: The site's channels by which one writes to support.
        done: Steps that are over without success.
        zone: In whose time the papers are written.
        has_bundle: Whether the evidence is put beside the papers.
    """

    plaintiff: Party
    court: Court
    price: Decimal | None
    letters: frozenset[str]
    done: frozenset[str]
    zone: str
    has_bundle: bool = True


def prepare_pack(
    state: State, artifacts: ArtifactStore, case: CaseRecord, story: CaseStory, order: PackOrder, *, law: KnownLaw
) -> tuple[Paper, ...]:
    """Draws the papers of a case.

    Args:
        state: The store.
        artifacts: The evidence store.
        case: The case.
        story: What happened, from the log.
        order: What is asked for.
        law: What is known of the law.

    Returns:
        The papers; the first one lists the others with their blanks.
    """
    now = state.clock.now().astimezone(ZoneInfo(order.zone))
    stands = Case(facts=stated_facts(state, artifacts, case), review_text=story.review_text)
    facts = {fact: words for fact, words in stands.facts.items() if holds(fact, stands, law.ladder)}
    with state.read() as tx:
        rows = [row for row in tx.artifacts.of_review(case.account_id, case.review_id) if not row.is_purged]
        review = tx.reviews.get(case.account_id, case.review_id)
    advice = advise(state, artifacts, case, law=law, letters=order.letters, done=order.done, zone=order.zone)
    material = Material(
        review_id=case.review_id,
        product=story.product_title,
        product_url=_address(state, artifacts, case) or story.product_url,
        author=review.author_name if review else "",
        rating=story.rating,
        published=story.published_raw,
        text=story.review_text,
        happenings=tuple(
            Happening(at=step.at.astimezone(now.tzinfo), what=step.title, entry=step.journal_seq)
            for step in story.steps
            if step.title not in _OUR_OWN_WORK
        ),
        exhibits=(*_captures(rows, order.zone), *(Exhibit(what=facts[fact]) for fact in _PROOFS if fact in facts)),
        facts=facts,
        plaintiff=order.plaintiff,
        court=order.court,
        price=order.price,
        day=now.date(),
        zone=order.zone,
        has_bundle=order.has_bundle,
        asked=next(rung.told for rung in advice.rungs if rung.id == "support"),
        pasted={rule: words.cite() for rule, words in pasted_rules(state, artifacts, case.account_id).items()},
    )
    return draw(material, law=law, advice=advice)


@acknowledged
def note_pack(state: State, case: CaseRecord, papers: Sequence[tuple[str, bytes]], *, actor: Actor) -> None:
    """Notes which papers leave the store, before anybody has them.

    Args:
        state: The store.
        case: The case.
        papers: Names and contents of the files.
        actor: Who takes them.
    """
    action = Action(
        "law.pack",
        actor=actor,
        subjects=[subject("case", case.id), subject("review", case.review_id)],
        outputs={name: str(Digest.of(data)) for name, data in papers},
    )
    with state.transaction() as tx:
        tx.journal.record(case.account_id, action)


def _address(state: State, artifacts: ArtifactStore, case: CaseRecord) -> str:
    """Returns the address of the oldest capture that shows the review, as the act of inspection names it too."""
    manifests = manifests_of(state, artifacts, case.account_id, case.review_id)
    return next((one.url for one in manifests if one.moment in _SHOWING), "")


def _captures(rows: Sequence[ArtifactRecord], zone: str) -> list[Exhibit]:
    """Returns one exhibit a sealed capture, oldest first."""
    first: dict[str, ArtifactRecord] = {}
    for row in rows:
        if row.manifest_sha256:
            first.setdefault(row.manifest_sha256, row)
    return [
        Exhibit(
            what=_WORDS[row.moment],
            at=row.captured_at.astimezone(ZoneInfo(zone)),
            digest=digest,
            shows_review=row.moment in _SHOWING,
        )
        for digest, row in first.items()
    ]
