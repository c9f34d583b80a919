"""What stands beside a review in its story: that it has no words, what the site hides, pictures that did not load."""

from __future__ import annotations

from collections.abc import Iterator

from evidence_store.errors import EvidenceError
from evidence_store.exhibits import MOMENT_WORDS
from evidence_store.store import ArtifactStore
from monitor.cases.casework import CaseFile
from monitor.custody.readings import manifests_of
from monitor.state import State
from monitor.watching.cuts import tell_cut_in_russian


def tell_notes(state: State, artifacts: ArtifactStore, file: CaseFile) -> tuple[str, ...]:
    """Returns what a person should know besides the review's text, in Russian; empty where all is as it should be."""
    return (*_tell_pictures_only(file), *_tell_cuts(state, file), *_tell_pictures_missing(state, artifacts, file))


def _tell_pictures_only(file: CaseFile) -> Iterator[str]:
    photos = len(file.version.to_reading().photos)
    if photos and not file.version.text.strip():
        yield f"Текста нет: отзыв состоит из оценки и {photos} фото или видео. Посмотрите их сами."


def _tell_cuts(state: State, file: CaseFile) -> Iterator[str]:
    account_id, review_id = file.review.account_id, file.review.review_id
    with state.read() as tx:
        for standing in tx.listings.of_review(account_id, review_id):
            for product in tx.listings.products(account_id, standing.listing)[:1]:
                cut = tell_cut_in_russian(product.cut, product.reviews_shown, product.reviews_total)
                if cut:
                    yield f"Отзывы товара {product.sku} площадка показывает не все: {cut}."


def _tell_pictures_missing(state: State, artifacts: ArtifactStore, file: CaseFile) -> Iterator[str]:
    try:
        manifests = manifests_of(state, artifacts, file.review.account_id, file.review.review_id)
    except EvidenceError:
        return  # `evidence verify` names it
    for manifest in manifests:
        missing, total = manifest.completeness.images_unloaded, manifest.completeness.images_total
        if missing:
            yield f"На снимке нет картинок: не загрузились {missing} из {total} ({MOMENT_WORDS[manifest.moment]})."
