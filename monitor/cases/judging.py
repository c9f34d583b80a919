"""Judges a stored review with everything known about it, and keeps the verdict with its reasons in the case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from evidence_store.journal import Actor
from monitor.cases.channel_choice import count_attempts
from monitor.cases.context import CaseContext
from monitor.cases.facts import CaseFacts, load_facts
from monitor.cases.reservations import find_reservations, hold_back, name_variant
from monitor.config.sections import AccountSection
from monitor.custody.own_files import files_behind_facts
from monitor.custody.rows.verdicts import seal_of_reasons
from monitor.language import gettext as _
from monitor.language.days import in_site_zone, reading_in_site_zone
from monitor.state import Action, Lease, Transaction, subject
from monitor.state.cases import CaseRecord
from monitor.state.reviews import ReviewRecord, ReviewVersion
from monitor.state.text import JsonValue
from monitor.triage.models import Evidence, Neighbour, TriageInput, Verdict

NEGATIVE_UP_TO = 3  # stars: what sellers and the marketplace's own filter call negative
_NEIGHBOURS = 300  # other reviews of the product that a comparison looks at
_STORED_AT_ONCE = 100  # verdicts of one transaction, where many are judged
_ELSEWHERE = 200  # the newest reviews of the account's other products, for texts copied from product to product


@dataclass(frozen=True)
class Considered:
    """A review, the question put to triage, and its answer."""

    review: ReviewRecord
    question: TriageInput
    verdict: Verdict


@dataclass(frozen=True)
class Judged:
    """A verdict and the case that keeps it."""

    case: CaseRecord
    verdict: Verdict
    question: TriageInput


def is_negative(rating: int | None) -> bool:
    """Whether a review has few stars. One whose stars were not read is not called negative."""
    return rating is not None and rating <= NEGATIVE_UP_TO


class Neighbourhood:
    """What stands beside the reviews of an account: read from the store once for each product.

    For judging several reviews one after the other; what is stored meanwhile is not seen.
    """

    def __init__(self, account_id: str, zone: str) -> None:
        self._account_id, self._zone = account_id, zone
        self._elsewhere: dict[str, Neighbour] | None = None
        self._of: dict[str, tuple[Neighbour, ...]] = {}

    def of(self, tx: Transaction, review: ReviewRecord) -> tuple[Neighbour, ...]:
        """Other reviews of the product, for its own rate and for copies; and the newest of others, for copies."""
        if review.sku not in self._of:
            if self._elsewhere is None:
                self._elsewhere = self._read(tx, tx.reviews.find(self._account_id, limit=_ELSEWHERE))
            same = self._read(tx, tx.reviews.find(self._account_id, sku=review.sku, limit=_NEIGHBOURS))
            self._of[review.sku] = tuple((same | self._elsewhere).values())
        return tuple(one for one in self._of[review.sku] if one.review_id != review.review_id)

    def _read(self, tx: Transaction, found: list[ReviewRecord]) -> dict[str, Neighbour]:
        texts = tx.reviews.texts_of(self._account_id, [one.review_id for one in found])
        return {
            one.review_id: Neighbour(
                review_id=one.review_id,
                text=texts.get(one.review_id, ""),
                rating=one.rating,
                published=in_site_zone(one.published_earliest, self._zone) if one.published_earliest else None,
                author_id=one.author_id,
                product_id=one.sku,
            )
            for one in found
        }


def consider(
    installation: CaseContext, account: AccountSection, review_id: str, *, around: Neighbourhood | None = None
) -> Considered:
    """Judges one stored review with everything known about it; stores nothing.

    Args:
        installation: The installation.
        account: The review's account.
        review_id: A stored review.
        around: What stands beside it, where several are judged one after the other.

    Raises:
        LookupError: the review is not stored.
    """
    facts = load_facts(installation.state, installation.artifacts, account_id=account.name, review_id=review_id)
    attempts = count_attempts(installation, account, review_id)
    with installation.state.read() as tx:
        review, version = _load(tx, account.name, review_id)
        beside = (around or Neighbourhood(account.name, installation.site_of(account).zone)).of(tx, review)
        question = _ask(tx, installation, account, (review, version), facts)
        question = replace(question, attempts_left=attempts, neighbours=beside)
        reservations = find_reservations(tx, review)
    # The patterns of all signals take as long to load as the state store, and most commands only show verdicts.
    from monitor.triage.triage import triage  # noqa: PLC0415

    verdict = triage(question, installation.rules_of(account), now=installation.clock.now())
    return Considered(review, question, hold_back(verdict, reservations))


def judge_review(
    installation: CaseContext, account: AccountSection, review_id: str, *, actor: Actor, lease: Lease | None = None
) -> Judged:
    """Judges one stored review and stores the verdict.

    Args:
        installation: The installation.
        account: The review's account.
        review_id: A stored review.
        actor: Who asked for the verdict.
        lease: The visit's lease, when a visit asks.

    Raises:
        LookupError: the review is not stored.
    """
    considered = consider(installation, account, review_id)
    with installation.state.transaction(lease) as tx:
        return _store(tx, considered, actor=actor, fence=lease.fence if lease else None)


def judge_reviews(
    installation: CaseContext, account: AccountSection, review_ids: Iterable[str], *, actor: Actor
) -> Iterator[Judged]:
    """Judges many stored reviews of an account, each as ``judge_review`` does, and stores their verdicts.

    What they share is read once, and a hundred verdicts are stored at once: the time grows with their number alone.

    Raises:
        LookupError: one is not stored.
    """
    around = Neighbourhood(account.name, installation.site_of(account).zone)
    for chunk in _in_chunks(review_ids):
        considered = [consider(installation, account, one, around=around) for one in chunk]
        with installation.state.transaction() as tx:
            stored = [_store(tx, one, actor=actor, fence=None) for one in considered]
        yield from stored


def _in_chunks(review_ids: Iterable[str]) -> Iterator[list[str]]:
    left = iter(review_ids)
    while chunk := list(islice(left, _STORED_AT_ONCE)):
        yield chunk


def _store(tx: Transaction, considered: Considered, *, actor: Actor, fence: int | None) -> Judged:
    review, verdict = considered.review, considered.verdict
    case = tx.cases.open(review.account_id, review.review_id)
    reasons: list[JsonValue] = [_reason(verdict)]
    tx.verdicts.add(
        case.id,
        review_version=review.version,
        kind=verdict.decision,
        ground=verdict.ground or "",
        reasons=reasons,
        decided_by=f"triage {verdict.policy_version}",
    )
    action = Action(
        "case.verdict",
        actor=actor,
        subjects=[subject("review", review.review_id), subject("case", case.id)],
        inputs={"review_version": review.version, "policy": verdict.policy_version},
        outputs={
            "decision": verdict.decision.value,
            "ground": verdict.ground or "",
            "reasons": [reason.code for reason in verdict.reasons],
            "reasons_digest": seal_of_reasons(reasons),
        },
        fence=fence,
    )
    tx.journal.record(review.account_id, action)
    return Judged(case, verdict, considered.question)


def _load(tx: Transaction, account_id: str, review_id: str) -> tuple[ReviewRecord, ReviewVersion]:
    review = tx.reviews.get(account_id, review_id)
    version = tx.reviews.newest_version(account_id, review_id)
    if review is None or version is None:
        raise LookupError(_("review {review_id} is not stored").format(review_id=review_id))
    return review, version


def _ask(
    tx: Transaction,
    installation: CaseContext,
    account: AccountSection,
    stored: tuple[ReviewRecord, ReviewVersion],
    facts: CaseFacts,
) -> TriageInput:
    review, version = stored
    product = tx.products.get(account.name, review.sku)
    case = tx.cases.of_review(account.name, review.review_id)
    earlier = tx.appeals.of_case(case.id) if case is not None else []
    zone = installation.site_of(account).zone  # what triage words goes to the site: its days are the site's
    return TriageInput.from_review(
        reading_in_site_zone(version.to_reading(), zone),
        text=version.text,
        product_id=review.sku,
        product_title=review.item_name or (product.title if product else ""),
        product_url=product.url if product else "",
        item=name_variant(review),
        author=reading_in_site_zone(facts.author, zone) if facts.author else None,
        order=reading_in_site_zone(facts.order, zone) if facts.order else None,
        product_card=facts.product_card,
        already_reported=bool(review.is_reported) or any(appeal.gesture_at for appeal in earlier),
        window_closes_at=_window_closes_at(installation, account, review, zone),
        evidence=_evidence(facts),
        own_facts=tuple(
            Evidence(kind="own_file", reference=row.id, note=row.sha256)
            for row in files_behind_facts(tx, account.name, review.review_id)
        ),
    )


def _evidence(facts: CaseFacts) -> tuple[Evidence, ...]:
    if facts.order is None:
        return ()
    return (Evidence(kind="order", reference=facts.order.order_number, note=facts.order.status_raw),)


def _window_closes_at(
    installation: CaseContext, account: AccountSection, review: ReviewRecord, zone: str
) -> datetime | None:
    """When the last of the site's channels stops taking complaints; None while one may be open without an end."""
    windows = [spec.filing_window_days for spec in installation.site_of(account).channels.values()]
    known = [days for days in windows if days is not None]
    published = review.published_latest or review.published_earliest
    if published is None or not known or len(known) < len(windows):
        return None
    return in_site_zone(published + timedelta(days=max(known)), zone)


def _reason(verdict: Verdict) -> dict[str, JsonValue]:
    """The verdict as people and later programs read it: codes and sentences, spans and checks."""
    return {
        "confidence_percent": round(verdict.confidence * 100),
        "reasons": [{"code": reason.code, "text": reason.text} for reason in verdict.reasons],
        "what_would_change": [{"code": reason.code, "text": reason.text} for reason in verdict.what_would_change],
        "spans": [{"start": span.start, "end": span.end, "text": span.text} for span in verdict.spans],
        "facts": list(verdict.facts),
        "checks": [
            {"title": check.title, "outcome": check.outcome.value, "text": check.text} for check in verdict.checks
        ],
        "routing": verdict.routing.department if verdict.routing else "",
    }
