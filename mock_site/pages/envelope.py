"""The page JSON of ``/api/entrypoint-api.bx/page/json/v2``: layout tree, widget states as strings, page info."""

from __future__ import annotations

import json
from typing import Any

from mock_site.pages import states
from mock_site.world.models import Account, Product

_CONTAINERS = {"row", "column", "container", "wallpaper", "header", "webProductMainWidget", "webSale"}


def widget(state_id: str, *children: dict[str, Any], **extra: Any) -> dict[str, Any]:
    """One node of the layout tree.

    Args:
        state_id: ``<component>-<id>-<container>-<pageIndex>``.
        children: Nodes placed inside.
        extra: Further keys, for example ``asyncType``.
    """
    component, number, _, _ = state_id.split("-")
    node: dict[str, Any] = {
        "component": component,
        "params": "{}",
        "stateId": state_id,
        "version": 1,
        "vertical": "rpProduct",
        "widgetTrackingInfo": "{}",
        "id": int(number),
        **extra,
    }
    if children:
        node["placeholders"] = [{"name": "default", "widgets": list(children)}]
    return node


def header(account: Account | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header's node and the states in it; the profile menu is the witness of who is signed in."""
    profile = states.ANONYMOUS_ID if account is None else states.PROFILE_ID
    node = widget(
        "header-7278143-default-1",
        widget("catalogMenu-7278490-default-1"),
        widget("searchBarDesktop-3414131-default-1"),
        widget(profile),
        widget("orderInfo-7278501-default-1", params='{"url":"/my/orderlist"}'),
        widget("favoriteCounter-7278502-default-1"),
        widget("addressBookBarWeb-7278510-default-1"),
        widget("selectedCurrencyLanguage-7278511-default-1"),
    )
    content: dict[str, Any] = {} if account is None else {"name": account.name, "guid": account.guid}
    return node, {
        profile: content,
        "addressBookBarWeb-7278510-default-1": {"addressBookBarRedesign": True, "city": "Новосибирск"},
        "selectedCurrencyLanguage-7278511-default-1": {"language": "RU"},
    }


def envelope(
    layout: list[dict[str, Any]], widget_states: dict[str, Any], page_info: dict[str, Any], **more: Any
) -> dict[str, Any]:
    """Puts a page's JSON together.

    Args:
        layout: Nodes in page order.
        widget_states: States by id; they go out as JSON strings.
        page_info: ``url``, ``layoutId``, ``pageType`` and the rest.
        more: Further top-level keys: ``seo``, ``nextPage``.
    """
    return {
        "layout": layout,
        "widgetStates": {key: dump(value) for key, value in widget_states.items()},
        "client": {"platform": "desktop", "marketplaceDomain": "ozon.ru"},
        "location": {"current": {"areaId": 4, "city": "Новосибирск"}},
        "pageInfo": page_info,
        "isPrefetched": False,
        **more,
    }


def dump(value: object) -> str:
    """Compact JSON, as the site sends it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def gone(url: str, account: Account | None) -> dict[str, Any]:
    """The envelope of a page that does not exist."""
    node, head_states = header(account)
    return envelope(
        [node, widget("error-1203-default-1")],
        {**head_states, "error-1203-default-1": {"title": "Такой страницы не существует"}},
        {"url": url, "layoutId": 1203, "layoutVersion": 1, "pageType": "error"},
    )


def reviews_page(view: states.ListingView, url: str) -> dict[str, Any]:
    """The envelope of a reviews page."""
    node, head_states = header(view.account)
    product = view.product
    more: dict[str, Any] = {
        "seo": {"title": f"{view.total} отзывов на {product.title}", "h1": f"Отзывы на {product.title}"}
    }
    if view.next_query:
        more["nextPage"] = f"{product.path}reviews/{view.next_query}&layout_container=default&layout_page_index=2"
    layout = [
        node,
        widget("breadCrumbs-1753560-default-1"),
        widget("webProductMini-903460-default-1", widget(states.PRICE_ID)),
        widget(states.TABS_ID),
        widget("reviewsTitle-2445818-default-1"),
        widget("webListPhotos-5616002-default-1", asyncType="onPageLoad"),
        widget(states.LIST_ID, version=3, params='{"paramPageSize":30,"paginationType":"custom"}'),
        widget(states.SCORE_ID, version=2),
        widget("createReviewButton-3216620-default-1"),
    ]
    widget_states = {
        **head_states,
        **reviews_states(view),
        "webProductMini-903460-default-1": {"id": product.sku, "name": product.title},
        states.PRICE_ID: price_state(product),
    }
    info = {
        "url": url,
        "layoutId": 13219,
        "layoutVersion": 230,
        "pageType": "pdp_reviews",
        "analyticsInfo": {"sku": product.sku},
    }
    return envelope(layout, widget_states, info, **more)


def reviews_states(view: states.ListingView) -> dict[str, Any]:
    """The states a reviews page carries in its HTML too."""
    wall = {states.WALL_ID: {"button": {"text": states.GUEST_WALL}}} if view.has_guest_wall else {}
    return {
        **wall,
        states.LIST_ID: states.list_reviews(view),
        states.TABS_ID: states.product_tabs(view.product, view.counters),
        states.SCORE_ID: states.product_score(view.counters),
    }


def price_state(product: Product) -> dict[str, Any]:
    """State of ``webPrice``."""
    return {
        "isAvailable": True,
        "cardPrice": states.price(product.price * 9 // 10),
        "price": states.price(product.price),
        "originalPrice": states.price(product.price * 2),
    }
