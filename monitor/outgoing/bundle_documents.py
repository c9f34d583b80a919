"""The documents that go with a case's bundle: the act of inspection and the draft request to a notary."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from evidence_store.act import Act, Maker, ReviewFacts, render_act
from evidence_store.artifacts import ArtifactKind
from evidence_store.bundle import may_be_shared
from evidence_store.digests import Digest
from evidence_store.docx_page import write_docx
from evidence_store.exhibits import KIND_WORDS, MOMENT_WORDS, describe_third_party_time
from evidence_store.export import Document
from evidence_store.journal import Actor
from evidence_store.manifest import CaptureManifest
from evidence_store.notary import render_notary_request
from evidence_store.redaction import mask_url
from evidence_store.seal import SignedCheckpoint, TimeStamp
from evidence_store.store import ArtifactStore
from evidence_store.wacz import find_page, write_wacz
from flows.readings.models import ReviewReading, TimeReading
from monitor.cases.casework import CaseFile
from monitor.custody.notes import operator_of
from monitor.custody.readings import FoundReading
from monitor.errors import PrintingFailed
from monitor.outgoing.bundle_printing import Printed, print_pages
from monitor.outgoing.context import OutgoingContext
from monitor.outgoing.dialogue_paper import NAME, TITLE, write_dialogue
from monitor.software import own_version
from monitor.state.cases import CaseRecord
from monitor.triage.private_words import conceal_private

_SHORT_PRODUCT = re.compile(r"/product/-(\d+)")
_FULL_PRODUCT = re.compile(r"/product/([^/?#]*?[^/?#-])-(\d+)(?=[/?#]|$)")
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
        reading: What was read at capture and sealed: what the papers quote. None where captures are older than that.
        differences: Where rows are not what was sealed, in words.
        shown_as: Under which name the site showed the account, by manifest.
    """

    installation: OutgoingContext
    case: CaseRecord
    file: CaseFile
    captures: tuple[CaptureManifest, ...]
    actor: Actor
    maker: Maker
    masked: Mapping[Digest, bytes] | None = None
    missing: tuple[str, ...] = ()
    time_stamps: tuple[TimeStamp, ...] = ()
    gone: frozenset[Digest] = frozenset()
    reading: FoundReading | None = None
    differences: tuple[str, ...] = ()
    shown_as: Mapping[Digest, str] = field(default_factory=dict)


def write_documents(paper: Paper, checkpoint: SignedCheckpoint) -> tuple[tuple[Document, ...], tuple[str, ...]]:
    """Returns the documents, each as page, .docx and PDF, and what could not be printed.

    The request to a notary names author and text, and the dialogue holds what people wrote, so a shareable bundle has
    neither, and says so.
    """
    pages = [("akt-osmotra", "акт осмотра", _write_act(paper, checkpoint))]
    if paper.masked is None:
        pages.append(("zayavlenie-notariusu", "проект заявления нотариусу", _write_request(paper)))
        dialogue = write_dialogue(paper.installation.state, paper.case, paper.installation.settings.installation.zone)
        pages += [(NAME, TITLE.lower(), dialogue)] if dialogue else []
    try:
        prints: tuple[Printed | None, ...] = print_pages(
            paper.installation.settings.browser, [html for _, _, html in pages]
        )
    except PrintingFailed:
        prints = (None,) * len(pages)
    documents: list[Document] = []
    unprinted: list[str] = []
    for (name, what, html), printed in zip(pages, prints, strict=True):
        data = html.encode("utf-8", "backslashreplace")
        documents.append(Document(f"{name}.html", data, what))
        editable = write_docx(data.decode(), title=what, made_at=paper.installation.clock.now())
        documents.append(Document(f"{name}.docx", editable, f"{what} (DOCX, для правки)"))
        if printed is None:
            unprinted.append(f"{what}: не отпечатан в PDF, есть страница {name}.html")
        else:
            documents.append(Document(f"{name}.pdf", printed.pdf, f"{what} (PDF)"))
    return tuple(documents), tuple(unprinted)


def write_replays(
    artifacts: ArtifactStore, captures: Sequence[CaptureManifest], *, purged: Collection[Digest]
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
            warc = artifacts.read(artifact.digest)
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
    now = paper.installation.clock.now().astimezone(ZoneInfo(paper.installation.settings.installation.zone))
    return render_act(
        Act(
            number=f"{now:%Y%m%d}-{checkpoint.checkpoint.number}",
            case_id=paper.case.id,
            purpose=_PURPOSE,
            made_at=now,
            operator=operator_of(paper.actor),
            maker=paper.maker,
            review=_facts(paper),
            captures=paper.captures,
            pictures=dict(paper.masked) if paper.masked is not None else _pictures(paper),
            third_party_time=describe_third_party_time(paper.time_stamps, checkpoint),
            missing=paper.missing,
            differences=paper.differences,
            source=_source(paper),
            is_sealed=paper.reading is not None,
            shown_as=paper.shown_as,
            left_out=_left_out(paper),
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
    maker = paper.maker
    applicant = ", ".join((maker.organisation, f"ИНН {maker.inn}", f"{maker.position} {operator.name}"))
    return render_notary_request(facts, applicant=applicant, steps=steps, reason=_REASON)


def _facts(paper: Paper) -> ReviewFacts:
    review, quoted = paper.file.review, _quoted(paper)
    section = paper.installation.settings.find_account(paper.case.account_id)
    title, product_url = paper.file.product_title, paper.file.product_url
    if paper.reading is not None:
        title = paper.reading.sealed.product_title or title
        product_url = paper.reading.sealed.product_url or product_url
    text, author = quoted.text, quoted.author_name
    if paper.masked is not None:
        text = conceal_private(text.replace(author, "[имя скрыто]") if author else text)
        author = _HIDDEN
    names = dict.fromkeys(name for name in paper.shown_as.values() if name)
    return ReviewFacts(
        marketplace=paper.installation.site_of(section).title,
        seller=", ".join(names),
        review_id=review.review_id,
        product=f"{title} (артикул {review.sku})" if title.strip() else f"артикул {review.sku}",
        rating=f"{quoted.rating} из 5" if quoted.rating else "",
        author=author,
        text=text,
        published=_published(quoted.published, ZoneInfo(paper.installation.settings.installation.zone)),
        public_url=_full_address(_address(paper, "public") or quoted.url, product_url),
        cabinet_url=_full_address(_address(paper, "account"), product_url),
        item=_item(quoted, review.sku),
    )


def _left_out(paper: Paper) -> dict[Digest, str]:
    """Says why the bundle has no such file; a picture of which a masked copy goes along is not left out silently."""
    words: dict[Digest, str] = {}
    for artifact in (one for capture in paper.captures for one in capture.artifacts):
        if artifact.digest in paper.gone:
            words[artifact.digest] = "удалён по сроку хранения"
        elif paper.masked is not None and not may_be_shared(artifact):
            copy = "; передана копия, где они скрыты" if artifact.digest in paper.masked else ""
            words[artifact.digest] = f"личные данные{copy}"
    return words


def _item(quoted: ReviewReading, card: str) -> str:
    """Names the very item; its number is another one than the card's where a card shows several items."""
    variants = (f"{one.name}: {one.value}" for one in quoted.variants)
    own = "тот же, что у карточки" if quoted.item_id == card else "свой, не тот, что у карточки"
    number = f"артикул {quoted.item_id} ({own})" if quoted.item_id else ""
    return ", ".join(filter(None, (number, quoted.item_name, *variants)))


def _quoted(paper: Paper) -> ReviewReading:
    return paper.reading.sealed.to_review() if paper.reading is not None else paper.file.version.to_reading()


def _source(paper: Paper) -> str:
    if paper.reading is None:
        return (
            "Сведения об отзыве взяты из базы данных программы: записи сделаны прежней её версией, которая не "
            "прикладывала прочитанное к съёмке. Сверьте их с изображениями."
        )
    return f"Сведения об отзыве приведены по прочитанному при съёмке (файл с SHA-256 {paper.reading.digest.hex})."


def _full_address(address: str, product_url: str) -> str:
    """Returns a product's address as people write it: the site's own short form names the product by number alone."""
    found = _SHORT_PRODUCT.search(address)
    product = _FULL_PRODUCT.search(product_url)
    if found is None or product is None or product[2] != found[1]:
        return address
    return address.replace(f"/product/-{found[1]}", f"/product/{product[1]}-{product[2]}")


def _published(read: TimeReading, zone: ZoneInfo) -> str:
    """Returns the date as the site printed it, and how it was understood; a number in a page's data is no print.

    The site prints days without a zone, so the zone in which they are understood is named.
    """
    if read.earliest is None:
        return read.raw
    day, last = read.earliest.astimezone(zone), read.latest.astimezone(zone) if read.latest else None
    understood = f"{day:%d.%m.%Y %H:%M:%S %z}" if last == day else f"{day:%d.%m.%Y}, {day:%z}"
    return f"{understood} (по данным страницы)" if read.raw.isdigit() else f"{read.raw} (понято как {understood})"


def _address(paper: Paper, moment: str) -> str:
    return next((capture.url for capture in paper.captures if capture.moment == moment), "")


def _pictures(paper: Paper) -> dict[Digest, bytes]:
    """The picture of each moment that says most: the review itself, else the whole page."""
    pictures: dict[Digest, bytes] = {}
    for capture in paper.captures:
        by_kind = {artifact.kind: artifact for artifact in capture.artifacts if artifact.media_type == "image/png"}
        for kind in (ArtifactKind.ELEMENT_PNG, ArtifactKind.FULL_PAGE_PNG, ArtifactKind.OWN_EVIDENCE):
            if kind in by_kind and by_kind[kind].digest not in paper.gone:
                pictures[by_kind[kind].digest] = paper.installation.artifacts.read(by_kind[kind].digest)
                break
    return pictures
