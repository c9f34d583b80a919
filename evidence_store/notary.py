"""A draft request to a notary for an inspection while the review is still up.

The tool cannot replace a notary's record; it can prepare it. The draft names the page, the way to it and the prints
that are needed, and says that a lawyer should look at it first. The articles named are those the sources name
(Основы законодательства РФ о нотариате, ст. 102 и 103); they were not checked against the law's current text.
"""

from __future__ import annotations

from collections.abc import Sequence

from evidence_store.act import ReviewFacts, page
from evidence_store.markup import bullets, shown


def render_notary_request(review: ReviewFacts, *, applicant: str, steps: Sequence[str], reason: str) -> str:
    """Returns the draft as a page to print.

    Args:
        review: What is to be inspected.
        applicant: Who asks, as it should stand in the request.
        steps: The exact way to the review, one action each.
        reason: Why it may be needed and may vanish.
    """
    numbered = "".join(f"<li>{shown(step)}</li>" for step in steps)
    item = f" Отзыв о: {shown(review.item)}." if review.item else ""
    body = f"""
<p><b>Проект.</b> Проверьте с юристом: программа не знает ваших обстоятельств и не заменяет нотариуса.</p>
<h1>Заявление об обеспечении доказательств</h1>
<p>Нотариусу: _______________________________</p>
<p>Заявитель: {shown(applicant)}</p>
<p>Прошу в порядке ст. 102 и 103 Основ законодательства Российской Федерации о нотариате осмотреть страницу в сети
Интернет и составить протокол осмотра.</p>
<h2>Что осмотреть</h2>
<p>Адрес: {shown(review.public_url)}</p>
<p>Площадка: {shown(review.marketplace)}. Товар: {shown(review.product)}.{item} Отзыв № {shown(review.review_id)},
оценка {shown(review.rating)}, автор, как показано: {shown(review.author)}, дата, как показано:
{shown(review.published)}.
</p>
<p>Текст отзыва: {shown(review.text)}</p>
<h2>Как открыть</h2>
<ol>{numbered}</ol>
<h2>Что просим отпечатать</h2>
{bullets(_PRINTS, "")}
<h2>Почему это нужно сейчас</h2>
<p>{shown(reason)}</p>
<p class=sign>Дата, подпись заявителя</p>
"""
    return page("Заявление нотариусу", body)


_PRINTS = (
    "страницу с отзывом целиком: адрес, дата и время осмотра, текст отзыва, оценка, имя автора, дата публикации",
    "карточку товара, к которой относится отзыв",
    "заголовок страницы и адресную строку",
)
