"""Reviews and cases as they are stored: list them, and show one with everything that is kept about it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.cases.reservations import tell_item
from monitor.closed_lists.review_changes import STEPS_OF_A_CASE, Change
from monitor.language.days import tell_published
from monitor.state import State, Transaction
from monitor.state.accounts import ProductRecord
from monitor.state.appeals import AppealRecord
from monitor.state.cases import CaseRecord, VerdictRecord
from monitor.state.reviews import ReviewRecord
from monitor.use_cases import models
from monitor.watching.roster import address_today


def list_reviews(
    state: State,
    accounts: Sequence[str],
    *,
    zone: str,
    stars: Collection[int] = (),
    sku: str | None = None,
    since: datetime | None = None,
    only_news: bool = False,
    limit: int,
) -> models.Listed[models.Review]:
    """Returns stored reviews, for each account the last published first.

    Args:
        state: The store.
        accounts: Whose.
        zone: In which zone moments are told (IANA name).
        stars: Only with so many stars; empty: all.
        sku: Only of this product.
        since: Only first seen from this moment on.
        only_news: Only those that came after watching began.
        limit: How many of each account at most.
    """
    found: list[models.Review] = []
    has_more = False
    for account in accounts:
        with state.read() as tx:
            rows = tx.reviews.find(
                account,
                sku=sku,
                ratings=stars,
                since=since,
                only_news=only_news,
                limit=limit + 1,
                by_publication=True,
            )
            has_more, rows = has_more or len(rows) > limit, rows[:limit]
            texts = tx.reviews.texts_of(account, [row.review_id for row in rows])
            products = {one.sku: one for one in tx.products.all(account)}
        found += [_review(row, texts.get(row.review_id, ""), products.get(row.sku), zone) for row in rows]
    return models.Listed(rows=tuple(found), has_more=has_more)


def show_review(state: State, review: ReviewRecord, *, zone: str) -> models.ReviewStory:
    """Returns a stored review with its versions, verdict, appeals, other sources and evidence."""
    local = ZoneInfo(zone)
    with state.read() as tx:
        versions = tx.reviews.versions(review.account_id, review.review_id)
        case = tx.cases.of_review(review.account_id, review.review_id)
        verdict = tx.verdicts.newest(case.id) if case else None
        appeals = tx.appeals.of_case(case.id) if case else []
        evidence = tx.artifacts.of_review(review.account_id, review.review_id)
        sources = tx.sources.of_review(review.account_id, review.review_id)
        product = tx.products.get(review.account_id, review.sku)
    return models.ReviewStory(
        review=_review(review, versions[-1].text if versions else "", product, zone),
        versions=tuple(
            models.ReviewVersion(
                number=one.version, seen_at=one.seen_at.astimezone(local), stars=one.rating, text=one.text
            )
            for one in versions
        ),
        changes=tuple(
            models.ReviewChange(change=change.value, at=at.astimezone(local))
            for change, at in changes_of(state, review)
        ),
        case_id=case.id if case else None,
        verdict=_verdict(verdict, zone),
        appeals=tuple(_appeal(one) for one in appeals),
        sources=tuple(
            models.Sighting(
                source=one.source,
                first_seen_at=one.first_seen_at.astimezone(local),
                order_status=one.order_status or None,
                is_counted=one.is_counted,
                remarks=tuple(one.remarks.splitlines()),
            )
            for one in sources
        ),
        evidence=tuple(
            models.Evidence(moment=one.moment, media_type=one.media_type, sha256=one.sha256) for one in evidence
        ),
    )


def changes_of(state: State, review: ReviewRecord) -> list[tuple[Change, datetime]]:
    """Returns what pages told of a review after its first reading, and when the log wrote it down, oldest first."""
    named = {f"review.{change.value}": change for change in STEPS_OF_A_CASE}
    with state.read() as tx:
        rows = tx.journal.about(review.account_id, review.review_id)
    return [(named[row.action], row.written_at) for row in rows if row.action in named]


def list_cases(state: State, accounts: Sequence[str], *, zone: str, limit: int) -> models.Listed[models.Case]:
    """Returns of each account so many cases with their newest verdict and appeal, those opened last.

    Args:
        state: The store.
        accounts: Whose.
        zone: In which zone moments are told (IANA name).
        limit: How many of each account at most; of these the oldest comes first.
    """
    rows: list[models.Case] = []
    has_more = False
    for account in accounts:
        with state.read() as tx:
            cases = tx.cases.newest_of_account(account, limit + 1)
            has_more = has_more or len(cases) > limit
            rows += [_case(tx, one, zone) for one in cases[-limit:]]
    return models.Listed(rows=tuple(rows), has_more=has_more)


def _case(tx: Transaction, case: CaseRecord, zone: str) -> models.Case:
    review = tx.reviews.get(case.account_id, case.review_id)
    verdict = tx.verdicts.newest(case.id)
    appeal = next(reversed(tx.appeals.of_case(case.id)), None)
    return models.Case(
        id=case.id,
        account=case.account_id,
        review_id=case.review_id,
        item=tell_item(review) if review else "",
        opened_at=case.opened_at.astimezone(ZoneInfo(zone)),
        verdict=_verdict(verdict, zone),
        appeal_id=appeal.id if appeal else None,
        appeal_state=appeal.state if appeal else None,
        moderation=(appeal.moderation or None) if appeal else None,
        outcome=(appeal.outcome or None) if appeal else None,
    )


def _review(one: ReviewRecord, text: str, product: ProductRecord | None, zone: str) -> models.Review:
    local = ZoneInfo(zone)
    return models.Review(
        id=one.review_id,
        account=one.account_id,
        sku=one.sku,
        item_id=one.item_id or None,
        item_name=one.item_name or None,
        variant=one.item_variant or None,
        item=tell_item(one),
        stars=one.rating,
        author=one.author_name or None,
        url=address_today(one, product) or None,
        published_at=one.published_earliest.astimezone(local) if one.published_earliest else None,
        published_raw=one.published_raw,
        published=tell_published(one.published_earliest, one.published_latest, one.published_raw, zone),
        first_seen_at=one.first_seen_at.astimezone(local),
        presence=one.presence,
        is_baseline=one.is_baseline,
        text=text,
    )


def _verdict(one: VerdictRecord | None, zone: str) -> models.Verdict | None:
    if one is None:
        return None
    return models.Verdict(
        kind=one.kind,
        ground=one.ground or None,
        review_version=one.review_version,
        decided_by=one.decided_by,
        decided_at=one.decided_at.astimezone(ZoneInfo(zone)),
        sentences=tuple(one.sentences),
    )


def _appeal(one: AppealRecord) -> models.AppealOfReview:
    return models.AppealOfReview(
        id=one.id,
        channel=one.channel,
        state=one.state,
        number=one.number,
        moderation=one.moderation or None,
        outcome=one.outcome or None,
    )
