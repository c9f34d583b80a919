"""Gathers the facts of a case for a call sheet or a letter: from the store, the log and the settings, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from evidence_store.exhibits import MOMENT_WORDS
from monitor.appeals.words import words_of
from monitor.cases.casework import open_case_file
from monitor.cases.channel_terms import find_channel
from monitor.cases.clauses import load_clauses
from monitor.closed_lists.contact_kinds import Saying
from monitor.closed_lists.states import Moderation, Track
from monitor.custody.own_files import MOMENT as OWN
from monitor.language.days import tell_published
from monitor.language.plain_text import show
from monitor.outgoing.context import OutgoingContext
from monitor.state.appeals import AppealRecord, TransitionRecord
from monitor.state.cases import ArtifactRecord, CaseRecord
from monitor.state.contacts import ContactRecord
from monitor.support.contact_words import DIRECTIONS, SAYINGS, WAYS
from monitor.support.matter import AppealFact, ContactFact, Matter

_MOMENTS = {str(moment): words for moment, words in MOMENT_WORDS.items()}
_REFUSALS = frozenset({Saying.REFUSED, Saying.INSUFFICIENT})
_LONGEST_SAID = 300  # characters of the site's own words


def gather_matter(installation: OutgoingContext, case: CaseRecord) -> Matter:
    """Returns the facts of a case as papers tell them.

    Raises:
        evidence_store.errors.EvidenceError: what was kept is not what it was; nothing may cite it.
    """
    file = open_case_file(installation.state, installation.artifacts, case.account_id, case.review_id)
    section = installation.settings.find_account(case.account_id)
    zone = installation.settings.installation.zone
    tz, operator, review = ZoneInfo(zone), installation.settings.operator, file.review
    with installation.state.read() as tx:
        appeals, contacts = tx.appeals.of_case(case.id), tx.contacts.of_case(case.id)
        said = {one.id: _said(tx.appeals.transitions(one.id)) for one in appeals}
        artifacts = tx.artifacts.of_review(case.account_id, case.review_id)
        now = tx.now()
    counted = sorted((one for one in contacts if one.struck_at is None), key=lambda one: one.happened_at)
    ground = file.verdict.ground if file.verdict else ""
    rule = installation.rules_of(section).ground(ground)
    clause = next((one for one in load_clauses(installation, section) if one.ground == ground), None)
    site = installation.site_of(section)
    return Matter(
        seller=operator.organisation or operator.name,
        inn=operator.inn,
        caller=operator.name,
        position=operator.position or operator.role,
        reply_to=operator.email,
        review_id=case.review_id,
        product=file.product_title,
        sku=review.item_id or review.sku,  # a card shows several items: what is complained of is about one
        product_url=file.product_url,
        author=review.author_name,
        rating=review.rating,
        published=tell_published(review.published_earliest, review.published_latest, review.published_raw, zone),
        text=file.version.text,
        ground=rule.title if rule else "",
        rule=f"«{clause.text}» ({clause.source}, внесено {clause.date})" if clause else "",
        reasons=tuple(file.verdict.sentences) if file.verdict and ground else (),
        appeals=tuple(
            AppealFact(
                channel=find_channel(site, one.channel).title,
                number=one.number or "",
                stands=_stands(one),
                said=show(said[one.id], limit=_LONGEST_SAID, one_line=True),
                at=one.released_at.astimezone(tz) if one.released_at else None,
            )
            for one in appeals
        ),
        contacts=tuple(_contact(one, tz) for one in counted),
        promises=tuple(_promise(one, tz) for one in counted if one.promised or one.due_at),
        exhibits=tuple(_exhibits(artifacts, tz)),
        is_refused=any(one.moderation == Moderation.REJECTED for one in appeals)
        or any(one.says in _REFUSALS for one in counted),
        case_id=case.id,
        zone=zone,
        now=now.astimezone(tz),
    )


def _said(transitions: Sequence[TransitionRecord]) -> str:
    return next((str(one.raw_text) for one in reversed(transitions) if one.raw_text), "")


def _stands(appeal: AppealRecord) -> str:
    if appeal.outcome:
        return words_of(Track.OUTCOME, appeal.outcome).word
    if appeal.moderation:
        return words_of(Track.MODERATION, appeal.moderation).word
    if appeal.released_at is None:  # "approved" would be heard as the platform's word
        return "подготовлено у нас, площадке не отправлено"
    return words_of(Track.FILING, appeal.state).word


def _contact(one: ContactRecord, zone: ZoneInfo) -> ContactFact:
    says = f", {SAYINGS[one.says].word}" if one.says else ""
    what = f"{WAYS[one.way].word} {DIRECTIONS[one.direction].word}{says}"
    return ContactFact(at=one.happened_at.astimezone(zone), what=what, number=one.number)


def _promise(one: ContactRecord, zone: ZoneInfo) -> str:
    who = f", {one.who}" if one.who else ""
    until = f", до {one.due_at.astimezone(zone):%d.%m.%Y %H:%M}" if one.due_at else ""
    what = one.promised or "ответ"
    return f"{what}{until} ({WAYS[one.way].word} {one.happened_at.astimezone(zone):%d.%m.%Y}{who})"


def _exhibits(rows: list[ArtifactRecord], zone: ZoneInfo) -> list[str]:
    """Names each sealed capture and each own file once, oldest first."""
    named: dict[str, str] = {}
    for row in rows:
        if not row.manifest_sha256 or row.moment not in _MOMENTS:
            continue
        if row.moment == OWN:
            name = str(row.notes.get("name", "")) if isinstance(row.notes, dict) else ""
            named[row.sha256] = f"{show(name or row.id, one_line=True, limit=80)}, SHA-256 {row.sha256}"
        else:
            at = f"{row.captured_at.astimezone(zone):%d.%m.%Y %H:%M}"
            named.setdefault(row.manifest_sha256, f"{_MOMENTS[row.moment]}, {at}, SHA-256 {row.manifest_sha256}")
    return list(named.values())
