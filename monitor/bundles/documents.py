"""The documents that go with a case's bundle: the act of inspection and the draft request to a notary."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from evidence_store.act import Act, ReviewFacts, render_act
from evidence_store.artifacts import ArtifactKind
from evidence_store.digests import Digest
from evidence_store.exhibits import KIND_WORDS, MOMENT_WORDS, describe_third_party_time
from evidence_store.export import Document
from evidence_store.journal import Actor
from evidence_store.manifest import CaptureManifest
from evidence_store.notary import render_notary_request
from evidence_store.redaction import mask_url
from evidence_store.seal import SignedCheckpoint, TimeStamp
from evidence_store.wacz import find_page, write_wacz
from monitor.bootstrap import Installation
from monitor.bundles.printing import print_page
from monitor.cases.casework import CaseFile
from monitor.errors import PrintingFailed
from monitor.evidence.custody import operator_of
from monitor.software import own_version
from monitor.state.cases import CaseRecord
from monitor.state.reviews import ReviewRecord

_HIDDEN = "скрыто в этой копии"
_PURPOSE = "зафиксировать отзыв и ход обращения на площадку"
_REASON = "Отзыв может быть изменён или удалён автором или площадкой в любой момент."


@dataclass(frozen=True)
class Paper:
    """What the documents are written from.

    Attributes:
        masked: For a shareable bundle: original picture to its masked copy. None: nothing is hidden.
        missing: What should have been captured and was not.
        time_stamps: Third parties' stamps over captures.
        gone: What was purged by rule.
    """

    opened: Installation
    case: CaseRecord
    file: CaseFile
    captures: tuple[CaptureManifest, ...]
    actor: Actor
    masked: Mapping[Digest, bytes] | None = None
    missing: tuple[str, ...] = ()
    time_stamps: tuple[TimeStamp, ...] = ()
    gone: frozenset[Digest] = frozenset()


def write_documents(paper: Paper, checkpoint: SignedCheckpoint) -> tuple[tuple[Document, ...], tuple[str, ...]]:
    """Returns the documents, each as page and PDF, and what could not be printed.

    The request to a notary names author and text, so a shareable bundle has none.
    """
    pages = [("akt-osmotra", "акт осмотра", _write_act(paper, checkpoint))]
    if paper.masked is None:
        pages.append(("zayavlenie-notariusu", "проект заявления нотариусу", _write_request(paper)))
    documents: list[Document] = []
    unprinted: list[str] = []
    for name, what, html in pages:
        documents.append(Document(f"{name}.html", html.encode("utf-8", "backslashreplace"), what))
        try:
            printed = print_page(paper.opened.settings.browser, html)
        except PrintingFailed:
            unprinted.append(f"{what}: не отпечатан в PDF, есть страница {name}.html")
        else:
            documents.append(Document(f"{name}.pdf", printed, f"{what} (PDF)"))
    return tuple(documents), tuple(unprinted)


def write_replays(
    opened: Installation, captures: Sequence[CaptureManifest], *, purged: Collection[Digest]
) -> tuple[Document, ...]:
    """Returns what the browser loaded at each capture as archives that other people's players open.

    They hold whole pages with other buyers' words, so a shareable bundle has none.

    Raises:
        evidence_store.errors.EvidenceError: an archive is not as it was stored.
    """
    replays = []
    for number, capture in enumerate(captures, 1):
        for artifact in capture.artifacts:
            if artifact.kind is not ArtifactKind.WARC or artifact.digest in purged:
                continue
            warc = opened.artifacts.read(artifact.digest)
            title = f"{number}. {MOMENT_WORDS[capture.moment]}"
            page = find_page(warc, mask_url(capture.final_url), title)
            packed = write_wacz(
                warc,
                [page] if page else [],
                title=title,
                created=capture.times.finished,
                software=f"fairreview/{own_version()}",
            )
            name = f"replay-{number:02d}-{capture.moment.replace('_', '-')}.wacz"
            replays.append(Document(name, packed, f"{KIND_WORDS[ArtifactKind.WACZ]}: {MOMENT_WORDS[capture.moment]}"))
    return tuple(replays)


def _write_act(paper: Paper, checkpoint: SignedCheckpoint) -> str:
    now = paper.opened.clock.now()
    return render_act(
        Act(
            number=f"{now:%Y%m%d}-{checkpoint.checkpoint.number}",
            case_id=paper.case.id,
            purpose=_PURPOSE,
            made_at=now.astimezone(ZoneInfo(paper.opened.settings.installation.zone)),
            operator=operator_of(paper.actor),
            review=_facts(paper),
            captures=paper.captures,
            pictures=dict(paper.masked) if paper.masked is not None else _pictures(paper),
            third_party_time=describe_third_party_time(paper.time_stamps, checkpoint),
            missing=paper.missing,
        )
    )


def _write_request(paper: Paper) -> str:
    facts, operator = _facts(paper), operator_of(paper.actor)
    steps = (
        "Открыть браузер, не входя в аккаунт площадки",
        f"Ввести адрес {facts.public_url}",
        f"Найти отзыв № {facts.review_id}: оценка {facts.rating}, дата {facts.published}",
        "Отпечатать страницу с отзывом, затем карточку товара",
    )
    applicant = ", ".join(filter(None, (operator.name, operator.role)))
    return render_notary_request(facts, applicant=applicant, steps=steps, reason=_REASON)


def _facts(paper: Paper) -> ReviewFacts:
    review, version = paper.file.review, paper.file.version
    section = paper.opened.settings.find_account(paper.case.account_id)
    text, author = version.text, review.author_name
    if paper.masked is not None:
        text = text.replace(author, "[имя скрыто]") if author else text
        author = _HIDDEN
    return ReviewFacts(
        marketplace=paper.opened.site(section.site).title,
        seller=", ".join(identity.witness for identity in section.identities.values() if identity.witness),
        review_id=review.review_id,
        product=f"{paper.file.product_title} (артикул {review.sku})".strip(),
        rating=f"{review.rating} из 5" if review.rating else "",
        author=author,
        text=text,
        published=_published(review, ZoneInfo(paper.opened.settings.installation.zone)),
        public_url=_address(paper, "public") or review.url,
        cabinet_url=_address(paper, "account"),
    )


def _published(review: ReviewRecord, zone: ZoneInfo) -> str:
    """Gives the date as the site had it, and how it was understood."""
    earliest, latest = review.published_earliest, review.published_latest
    if earliest is None:
        return review.published_raw
    day, last = earliest.astimezone(zone), latest.astimezone(zone) if latest else None
    understood = f"{day:%d.%m.%Y %H:%M:%S %z}" if last == day else f"{day:%d.%m.%Y}"
    if review.published_raw.isdigit():
        return f"{understood} (в данных страницы число {review.published_raw})"
    return f"{review.published_raw} (понято как {understood})"


def _address(paper: Paper, moment: str) -> str:
    return next((capture.url for capture in paper.captures if capture.moment == moment), "")


def _pictures(paper: Paper) -> dict[Digest, bytes]:
    """The picture of each moment that says most: the review itself, else the whole page."""
    pictures: dict[Digest, bytes] = {}
    for capture in paper.captures:
        by_kind = {artifact.kind: artifact for artifact in capture.artifacts if artifact.media_type == "image/png"}
        for kind in (ArtifactKind.ELEMENT_PNG, ArtifactKind.FULL_PAGE_PNG, ArtifactKind.OWN_EVIDENCE):
            if kind in by_kind and by_kind[kind].digest not in paper.gone:
                pictures[by_kind[kind].digest] = paper.opened.artifacts.read(by_kind[kind].digest)
                break
    return pictures
