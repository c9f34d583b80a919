"""Edits of the page JSON. Each takes a healthy envelope and returns it spoiled (or oddly healthy)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from mock_site.variants.shapes import coded_state

Envelope = dict[str, Any]
State = dict[str, Any]
_LIST = "webListReviews-"
ENGLISH = {
    "У этого товара пока нет отзывов": "This product has no reviews yet",
    "Все отзывы:": "All reviews:",
    "Пожаловаться": "Report",
    "Скопировать ссылку": "Copy link",
    "Опубликован": "Published",
    "новые и полезные": "new and useful",
    "Отзывы": "Reviews",
    "отзывов": "reviews",
    "Войти": "Sign in",
    "Мои заказы": "My orders",
}
EMPTY_SCORE: State = {"title": "Общий рейтинг", "score": 0.0, "total": 0, "rows": []}


def edit_state(page: Envelope, prefix: str, edit: Callable[[State], State]) -> Envelope:
    """Edits the states whose id begins so."""
    for key, text in page["widgetStates"].items():
        if key.startswith(prefix):
            page["widgetStates"][key] = json.dumps(edit(json.loads(text)), ensure_ascii=False)
    return page


def _list_edit(edit: Callable[[State], State]) -> Callable[[Envelope], Envelope]:
    return lambda page: edit_state(page, _LIST, edit)


def with_total(state: State, total: int) -> State:
    """The list state with another total."""
    return {**state, "paging": {**state["paging"], "total": total, "commonTotal": total}}


def state_empty(state: State) -> State:
    """No rows and a total of zero."""
    return with_total({**state, "reviews": [], "productScore": 0}, 0)


def state_single(state: State) -> State:
    """One row and a total of one."""
    paging = {**state["paging"], "nextButton": "", "links": state["paging"]["links"][:1]}
    return with_total({**state, "reviews": state["reviews"][:1], "paging": paging}, 1)


def state_reordered(state: State) -> State:
    """The same in another order of keys."""
    return dict(reversed(state.items()))


def state_cut(state: State) -> State:
    """Ten rows where thirty are due."""
    return {**state, "reviews": state["reviews"][:10]}


def state_no_rows(state: State) -> State:
    """No rows, but the total stays."""
    return {**state, "reviews": []}


def state_no_witness(state: State) -> State:
    """No rows and nothing that counts them."""
    return {key: value for key, value in state.items() if key not in {"paging", "productScore"}} | {"reviews": []}


def state_zero_total(state: State) -> State:
    """Rows that should not be there."""
    return with_total(state, 0)


def state_renamed(state: State) -> State:
    """The rows under another key."""
    return {("feedbacks" if key == "reviews" else key): value for key, value in state.items()}


def state_null(state: State) -> State:
    """Rows that are null."""
    return {**state, "reviews": None}


def state_no_ids(state: State) -> State:
    """Rows without their id."""
    return {**state, "reviews": [{k: v for k, v in row.items() if k != "uuid"} for row in state["reviews"]]}


def state_same_row(state: State) -> State:
    """One row again and again."""
    return {**state, "reviews": state["reviews"][:1] * max(len(state["reviews"]), 2)}


def state_other_product(state: State) -> State:
    """Rows of something else."""
    rows = [{**row, "itemId": "1999999999"} for row in state["reviews"]]
    products = {
        "1999999999": {
            "itemId": "1999999999",
            "variants": [],
            "name": "Другой товар",
            "uri": "/product/drugoy-1999999999/",
        }
    }
    return {
        **state,
        "itemId": "1999999999",
        "requestedPath": "/product/drugoy-1999999999/reviews/",
        "reviews": rows,
        "products": products,
    }


def _tabs_zero(page: Envelope) -> Envelope:
    def edit(state: State) -> State:
        tabs = [{**tab, "counter": "0"} if "counter" in tab else tab for tab in state["tabs"]]
        return {**state, "tabs": tabs}

    return edit_state(page, "webProductTabs-", edit)


def proven_empty(page: Envelope) -> Envelope:
    """A product without reviews, and everything on the page agrees."""
    page = edit_state(_tabs_zero(page), "webReviewProductScore-", lambda _: EMPTY_SCORE)
    return {**edit_state(page, _LIST, state_empty), "nextPage": ""}


def single_review(page: Envelope) -> Envelope:
    """A product with one review."""

    def tabs(state: State) -> State:
        return {
            **state,
            "tabs": [{**tab, "counter": "1"} if tab["title"] == "Отзывы" else tab for tab in state["tabs"]],
        }

    page = edit_state(page, "webProductTabs-", tabs)
    page = edit_state(page, "webReviewProductScore-", lambda state: {**state, "total": 1})
    return {**edit_state(page, _LIST, state_single), "nextPage": ""}


def other_state_id(page: Envelope) -> Envelope:
    """The list under another number and container."""
    states = {_renumbered(key): value for key, value in page["widgetStates"].items()}
    return {**page, "widgetStates": states}


def _renumbered(key: str) -> str:
    return "webListReviews-7777777-pdpReviews-4" if key.startswith(_LIST) else key


def unknown_widgets(page: Envelope) -> Envelope:
    """Widgets nobody has heard of."""
    extra = {"component": "webBrandNewThing", "stateId": "webBrandNewThing-1-default-1", "params": "{}"}
    states = {"webBrandNewThing-1-default-1": '{"reviews":"not here"}', **page["widgetStates"]}
    return {**page, "layout": [extra, *page["layout"]], "widgetStates": states}


def renamed_widget(page: Envelope) -> Envelope:
    """The list widget under another name."""
    states = {key.replace(_LIST, "webFeedbackFeed-"): value for key, value in page["widgetStates"].items()}
    return {**page, "widgetStates": states}


def no_list(page: Envelope) -> Envelope:
    """A page without the list widget."""
    states = {key: value for key, value in page["widgetStates"].items() if not key.startswith(_LIST)}
    return {**page, "widgetStates": states}


def state_not_json(page: Envelope) -> Envelope:
    """A state cut in the middle."""
    states = {k: v[: len(v) // 2] if k.startswith(_LIST) else v for k, v in page["widgetStates"].items()}
    return {**page, "widgetStates": states}


def english(page: Envelope) -> Envelope:
    """The site in another language."""
    text = json.dumps(page, ensure_ascii=False)
    for russian, other in ENGLISH.items():
        text = text.replace(russian, other)
    translated: Envelope = json.loads(text)
    return edit_state(translated, "selectedCurrencyLanguage-", lambda state: {**state, "language": "EN"})


def page_type_error(page: Envelope) -> Envelope:
    """The site's own mark of a page that is gone, states and all."""
    return {**page, "pageInfo": {**page["pageInfo"], "pageType": "error"}, "widgetStates": {}}


def states_missing(page: Envelope) -> Envelope:
    """An envelope without states."""
    return {key: value for key, value in page.items() if key != "widgetStates"}


def other_page(page: Envelope) -> Envelope:
    """Page 1 asked for, page 3 sent."""
    return edit_state(page, _LIST, lambda state: {**state, "paging": {**state["paging"], "page": 3}})


def total_is_text(page: Envelope) -> Envelope:
    """A total that is no number."""
    return edit_state(page, _LIST, lambda s: {**s, "reviews": [], "paging": {**s["paging"], "total": "много"}})


reordered_keys = _list_edit(state_reordered)
coded_texts = _list_edit(coded_state)
cut_list = _list_edit(state_cut)
no_rows = _list_edit(state_no_rows)
total_zero_but_rows = _list_edit(state_zero_total)
renamed_rows_key = _list_edit(state_renamed)
reviews_null = _list_edit(state_null)
rows_without_ids = _list_edit(state_no_ids)
same_row = _list_edit(state_same_row)
another_product = _list_edit(state_other_product)


def empty_without_witness(page: Envelope) -> Envelope:
    """No rows, and nothing on the page says whether that is true."""
    page = edit_state(page, _LIST, state_no_witness)
    kept = {
        k: v for k, v in page["widgetStates"].items() if not k.startswith(("webProductTabs-", "webReviewProductScore-"))
    }
    return {**page, "widgetStates": kept, "seo": {}}
