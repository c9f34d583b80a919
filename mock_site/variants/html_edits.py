"""Edits of a reviews page's HTML: the state node and the visible markup alike."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mock_site.variants import json_edits, shapes
from mock_site.variants.json_edits import State

_CARDS = "[data-review-uuid], [data-uuid]"
_LIST = '[data-widget="webListReviews"]'
_COUNTERS = ('[data-widget="webProductTabs"]', '[data-widget="webReviewProductScore"]')
_EMPTY_TEXT = "<p>У этого товара пока нет отзывов</p>"


def _edited(html: str, edit: Callable[[LexborHTMLParser], None]) -> str:
    tree = LexborHTMLParser(html)
    edit(tree)
    return tree.html or ""


def _with_state(html: str, edit: Callable[[State], State], prefix: str = "webListReviews-") -> str:
    def change(tree: LexborHTMLParser) -> None:
        for node in tree.css(f'[id^="state-{prefix}"]'):
            state = edit(json.loads(node.attributes["data-state"] or "{}"))
            node.attrs["data-state"] = json.dumps(state, ensure_ascii=False)

    return _edited(html, change)


def _cards(tree: LexborHTMLParser) -> list[LexborNode]:
    found = tree.css_first(_LIST)
    return [] if found is None else found.css(_CARDS)


def _keep_cards(html: str, count: int) -> str:
    def change(tree: LexborHTMLParser) -> None:
        for card in _cards(tree)[count:]:
            card.decompose()

    return _edited(html, change)


def _drop(html: str, *selectors: str) -> str:
    def change(tree: LexborHTMLParser) -> None:
        for selector in selectors:
            for node in tree.css(selector):
                node.decompose()

    return _edited(html, change)


def _without_counters(html: str) -> str:
    return _drop(html, *_COUNTERS, '[id^="state-webProductTabs-"]', '[id^="state-webReviewProductScore-"]', "title")


def _counted(html: str, total: int) -> str:
    # Every place that counts reviews: tabs, score block, title.
    html = re.sub(r"(>Отзывы <span>)\d+", rf"\g<1>{total}", html)
    html = re.sub(r"\d+ отзыв\w*", f"{total} отзыв" if total == 1 else f"{total} отзывов", html)
    html = re.sub(r'("title":"Отзывы","link":"[^"]*","counter":")\d+', rf"\g<1>{total}", html)
    return re.sub(r'("title":"Общий рейтинг","score":[\d.]+,"total":)\d+', rf"\g<1>{total}", html)


def coded_texts(html: str) -> str:
    """Entities in the state's texts."""
    return _with_state(html, shapes.coded_state)


def proven_empty(html: str) -> str:
    """A product without reviews, and everything on the page agrees."""
    html = _keep_cards(_with_state(_counted(html, 0), json_edits.state_empty), 0)
    html = _drop(
        html,
        '[data-widget="webReviewProductScore"]',
        '[id^="state-webReviewProductScore-"]',
        '[aria-label="Страницы"] a',
    )
    return html.replace("Все отзывы:</span>", f"Все отзывы:</span>{_EMPTY_TEXT}", 1)


def single_review(html: str) -> str:
    """A product with one review."""
    html = _drop(_counted(html, 1), '[data-widget="webReviewProductScore"]', '[id^="state-webReviewProductScore-"]')
    return _keep_cards(_with_state(_drop(html, '[aria-label="Страницы"] a'), json_edits.state_single), 1)


def other_state_id(html: str) -> str:
    """The list under another number and container."""
    return re.sub(r"state-webListReviews-\w+-\w+-\d+", "state-webListReviews-7777777-pdpReviews-4", html)


def unknown_widgets(html: str) -> str:
    """Widgets nobody has heard of."""
    extra = '<div data-widget="webBrandNewThing"><b>Новинка</b></div>'
    return html.replace("<main", f"{extra}<main", 1)


def reordered_keys(html: str) -> str:
    """The same state in another order of keys."""
    return _with_state(html, json_edits.state_reordered)


def cut_list(html: str) -> str:
    """Ten rows where thirty are due."""
    return _keep_cards(_with_state(html, json_edits.state_cut), 10)


def no_rows(html: str) -> str:
    """No rows, but the counters stay and nothing says "empty"."""
    return _keep_cards(_with_state(html, json_edits.state_no_rows), 0)


def empty_without_witness(html: str) -> str:
    """No rows, and nothing on the page says whether that is true."""
    return _without_counters(_keep_cards(_with_state(html, json_edits.state_no_witness), 0))


def total_zero_but_rows(html: str) -> str:
    """Rows that should not be there."""
    return _with_state(html, json_edits.state_zero_total)


def renamed_rows_key(html: str) -> str:
    """The rows under another key, and no cards to fall back to."""
    return _keep_cards(_with_state(html, json_edits.state_renamed), 0)


def renamed_widget(html: str) -> str:
    """The list widget under another name, in markup and state."""
    return html.replace("webListReviews", "webFeedbackFeed")


def no_list(html: str) -> str:
    """A page without the list widget."""
    return _drop(html, _LIST, '[id^="state-webListReviews-"]')


def state_not_json(html: str) -> str:
    """A state cut in the middle, and no cards to fall back to."""

    def change(tree: LexborHTMLParser) -> None:
        for node in tree.css('[id^="state-webListReviews-"]'):
            text = node.attributes["data-state"] or ""
            node.attrs["data-state"] = text[: len(text) // 2]

    return _edited(_keep_cards(html, 0), change)


def reviews_null(html: str) -> str:
    """Rows that are null, and no cards to fall back to."""
    return _keep_cards(_with_state(html, json_edits.state_null), 0)


def rows_without_ids(html: str) -> str:
    """Rows without their id, in state and cards."""
    html = _with_state(html, json_edits.state_no_ids)
    return re.sub(r' data-(review-)?uuid="[^"]*"', "", html)


def same_row(html: str) -> str:
    """One row again and again."""

    def change(tree: LexborHTMLParser) -> None:
        cards = _cards(tree)
        ids = {name: cards[0].attributes.get(name) for name in ("data-review-uuid", "data-uuid")} if cards else {}
        for card in cards:
            for name, value in ids.items():
                if value is not None:
                    card.attrs[name] = value

    return _edited(_with_state(html, json_edits.state_same_row), change)


def another_product(html: str) -> str:
    """Another product's page under this address."""
    html = _with_state(html, json_edits.state_other_product)
    html = re.sub(r"/product/[\w-]+?-\d+/", "/product/drugoy-1999999999/", html)
    return re.sub(r"<h1>Отзывы на [^<]*</h1>", "<h1>Отзывы на Другой товар</h1>", html)


def english(html: str) -> str:
    """The site in another language."""
    html = html.replace('<html lang="ru"', '<html lang="en"', 1)
    for russian, other in json_edits.ENGLISH.items():
        html = html.replace(russian, other)
    return html


def half_rendered(html: str) -> str:
    """The stream ended in the middle of the list, before any state."""
    places = [match.start() for match in re.finditer(r"data-(?:review-)?uuid=", html)]
    return html[: places[min(3, len(places) - 1)]] if places else html[: len(html) // 2]


def skeleton(html: str) -> str:
    """Grey boxes where the reviews will be, no state yet."""
    html = _drop(_keep_cards(html, 0), '[id^="state-"]')
    boxes = '<div aria-busy="true" aria-label="Загрузка"></div>' * 5
    return html.replace("Все отзывы:</span>", f"Все отзывы:</span>{boxes}", 1)


def cards_renamed_no_state(html: str) -> str:
    """No state, and cards with attributes nobody knows."""
    html = _drop(html, '[id^="state-webListReviews-"]')
    html = re.sub(r"data-review-uuid=|data-uuid=", "data-rid=", html)
    return html.replace("<article", "<section").replace("</article>", "</section>")


def empty_text_beside_rows(html: str) -> str:
    """The empty text, though there are rows."""
    return html.replace("Все отзывы:</span>", f"Все отзывы:</span>{_EMPTY_TEXT}", 1)


def cards_and_state_disagree(html: str) -> str:
    """The state has no rows, the page shows them, the total says there are some."""
    return _with_state(html, json_edits.state_no_rows)
