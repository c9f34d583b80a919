"""Shapes of the reviews page that are as good as the plain one, each with where it comes from.

- ``stars_by_class``, ``review_tabs``, ``portions``, ``variant_links``, ``guest_wall``: code written from a live page of
  August 2026 (filled stars carry a further class; the counter stands in ``webReviewTabs``; each further portion is one
  more ``webListReviews`` below a ``skuGrid``; the variant is a link; after about a hundred reviews guests are asked to
  sign in by a ``buttonWidget``). Whether the page JSON stops for guests too is not known.
- ``cut_texts``, ``texts_stay_cut``: «Читать полностью» is one of the captured texts of the widget (September 2026);
  its markup is a guess.
- ``asked_questions``: ``contextQuestions`` of the captured state; how a card draws them is a guess.
- ``seller_answers``: a guess, after what sellers report of such tools: the answer was taken for the buyer's words.
- ``dates_of_edits``: the words are from sellers' reports; invisible characters are from bug reports of such tools.
- ``coded_texts``: bug reports of such tools show entities in texts; which texts the site codes is not known.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Callable
from typing import Any

from mock_site.pages.states import GUEST_WALL

State = dict[str, Any]
ItemPath = Callable[[str], str]
"""Says of a review's id where the page of its item is."""

SELLER_ANSWER = "Здравствуйте! Нам жаль. Позвоните нам: +7 900 000-00-00"
_FILLED, _EMPTY = 'style="color: var(--graphicRating);"', 'style="color: #E5E5E5;"'
_TEXT = re.compile(r'(<div><span class="[^"]*" data-js-text>)([^<]*)(</span></div>)')
_VOTES = re.compile(r'<div class="[^"]*">Вам помог этот отзыв\?')
_VARIANT = re.compile(r'<div class="[^"]*">((?:Цвет|Размер|Объ[её]м|Вариант|[А-Я][а-я ]{2,20}): [^<]{1,60})</div>')
_CARD = '<div data-review-uuid="'
_SHORT = 25  # characters of a text that is cut


def stars_by_class(html: str) -> str:
    """Stars that are filled by a further class."""
    return html.replace(_FILLED, 'class="s7_31 s7_31_on"').replace(_EMPTY, 'class="s7_31"')


def seller_answers(html: str) -> str:
    """The seller's answer under each review."""
    answer = f"<div><div><b>Ответ продавца</b></div><p>{SELLER_ANSWER}</p></div>"
    return _VOTES.sub(lambda votes: answer + votes[0], html)


def cut_texts(html: str) -> str:
    """Texts of which the beginning is shown."""

    def cut(text: re.Match[str]) -> str:
        if len(text[2]) <= _SHORT:
            return text[0]
        button = f"<button type='button' data-js='more' data-rest='{text[2]}'>Читать полностью</button>"
        return f"{text[1]}{text[2][:_SHORT].rstrip()}…{text[3]}{button}"

    return _TEXT.sub(cut, html)


def texts_stay_cut(html: str) -> str:
    """Texts of which the beginning is shown, with controls that do nothing."""
    return re.sub(r"data-js='more' data-rest='[^']*'", "", cut_texts(html))


def asked_questions(html: str) -> str:
    """What the site asked the author, above the text."""
    asked = "<div><span>Качество звука</span><span>Хорошее</span></div>"
    return re.sub(r'(<div><div><span class="[^"]*" data-js-text>)', rf"{asked}\1", html)


def variant_links(html: str, item_path: ItemPath) -> str:
    """The variant as a link to it, with nothing but buttons behind it."""
    before, *cards = html.split(_CARD)
    linked = [_VARIANT.sub(rf'<a href="{item_path(card.partition(chr(34))[0])}">\1</a>', card) for card in cards]
    return _CARD.join([before, *linked]).replace("Вам помог этот отзыв?", "")


def dates_of_edits(html: str) -> str:
    """«Отредактирован …», and characters that nobody sees."""
    html = re.sub(r"> изменен (\d)", r"> Отредактирован \1", html)
    return re.sub(r"> (\d{1,2}) ([а-я]+) (\d{4})<", "> \u200e\\1\u200b \\2 \\3<", html)


def review_tabs(html: str) -> str:
    """The counter in ``webReviewTabs``, and nowhere else."""
    total = re.search(r">Отзывы <span>(\d+)<", html)
    html = re.sub(r'<div data-widget="webProductTabs".*?</div>', "", html, flags=re.DOTALL)
    html = re.sub(r"<div class=\"[^\"]*\">\d+ отзыв[а-я]*</div>", "", html)
    counter = f"Отзывы о товаре {total[1] if total else 0}"
    tabs = f'<div data-widget="webReviewTabs"><button type="button">{counter}</button></div>'
    return html.replace('<div data-widget="reviewsTitle">', tabs + '<div data-widget="reviewsTitle">', 1)


def portions(html: str) -> str:
    """The listing in two lists, one below the other."""
    places = [match.start() for match in re.finditer(re.escape(_CARD), html)]
    if len(places) < 2:
        return html
    middle = places[len(places) // 2]
    between = '</div></div><div data-widget="skuGrid"></div><div data-widget="webListReviews"><div>'
    return html[:middle] + between + html[middle:]


def guest_wall(html: str) -> str:
    """The site's call to sign in, below the reviews that guests may see."""
    wall = f'<div data-widget="buttonWidget"><button type="button">{GUEST_WALL}</button></div>'
    return html.replace('aria-label="Страницы">', f'aria-label="Страницы">{wall}', 1)


def coded_state(state: State) -> State:
    """Texts in which some characters are coded as entities."""

    def coded(row: State) -> State:
        content = row["content"]
        return {**row, "content": {**content, "comment": entities.escape(f'"{content["comment"]}" — сказал я')}}

    return {**state, "reviews": [coded(row) for row in state["reviews"]]}
