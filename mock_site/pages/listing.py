"""Reading pages of www: home, storefront, product card, reviews, and their JSON."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mock_site.pages import envelope, states
from mock_site.pages.cards import card_views
from mock_site.pages.stage import Stage
from mock_site.world.models import REPORT_REASONS, Account, Product
from mock_site.world.shelf import PER_PAGE, SORTINGS

_TILES = 50
_PRODUCT_PATH = re.compile(r"^/product/(?:[\w-]*?-)?(\d+)(/reviews)?/?$")
_STORE_PATH = re.compile(r"^/seller/[\w-]+/(?:products/)?$")
_CACHE_SIZE = 1_200  # bodies of about 65 KB
ENTRYPOINTS = ("/api/entrypoint-api.bx/page/json/v2", "/api/composer-api.bx/page/json/v2")


@dataclass(frozen=True, slots=True)
class Asked:
    """A page as a URL asks for it."""

    path: str
    query: dict[str, str]
    url: str

    @classmethod
    def of(cls, url: str) -> Asked:
        """Takes path and query apart."""
        parts = urlsplit(url)
        return cls(parts.path, dict(parse_qsl(parts.query)), url)

    @property
    def page(self) -> int:
        """The page asked for; nonsense is page 1."""
        text = self.query.get("page", "1")
        return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


class ReadingPages:
    """Pages that anybody may read."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._bodies: dict[str, bytes] = {}
        self._key_uses: Counter[str] = Counter()

    def routes(self) -> list[Route]:
        """Routes of www that only read."""
        return [
            Route("/", self.home),
            Route("/seller/{shop}/", self.storefront),
            Route("/seller/{shop}/products/", self.storefront),
            Route("/product/{name}/", self.product),
            Route("/product/{name}/shelf", self.shelf),
            Route("/product/{name}/reviews/", self.reviews),
            Route("/product/{name}", _add_slash),
            Route("/product/{name}/reviews", _add_slash),
            *(Route(path, self.entrypoint) for path in ENTRYPOINTS),
        ]

    async def home(self, request: Request) -> Response:
        """The home page."""
        products = self._stage.world.products(0, 8)
        return self._stage.page(request, "home.html", {"products": products, "store": self._store_path()})

    async def storefront(self, request: Request) -> Response:
        """The shop's products, 50 tiles a page, with their counters."""
        asked = _asked(request)
        items = self._tiles(asked.page)
        context = {
            "items": items,
            "state_id": states.SEARCH_ID,
            "search_state": {"items": items},
            "page": asked.page,
            "pages": self._store_pages(),
            "store": self._store_path(),
        }
        return self._stage.page(request, "storefront.html", context)

    async def product(self, request: Request) -> Response:
        """The product card; its reviews come on scroll."""
        product = self._find(_asked(request).path)
        if product is None:
            return self.gone(request)
        counters = self._stage.world.counters(product)
        context = {"product": product, "counters": counters, "price": envelope.price_state(product), "ids": states}
        return self._stage.page(request, "product.html", context)

    async def shelf(self, request: Request) -> Response:
        """The reviews shelf of the product card, as a fragment (how the site sends it is not verified)."""
        product = self._find(request.url.path.removesuffix("shelf"))
        if product is None:
            return self.gone(request)
        self._stage.world.emit("listing_read", product)
        view = self.view(product, Asked.of("/"), self._stage.account(request))
        return self._stage.page(request, "shelf.html", self._listing_context(view, states.SHELF_ID))

    async def reviews(self, request: Request) -> Response:
        """The reviews page, 30 a page."""
        asked = _asked(request)
        product = self._find(asked.path)
        if product is None:
            return self.gone(request)
        self._stage.world.emit("listing_read", product)
        view = self.view(product, asked, self._stage.account(request))
        return self._stage.page(request, "reviews.html", self._listing_context(view, states.LIST_ID))

    async def entrypoint(self, request: Request) -> Response:
        """Any of these pages as JSON."""
        asked = Asked.of(request.query_params.get("url", "/"))
        account = self._stage.account(request)
        product = self._find(asked.path)
        if product is not None:
            self._stage.world.emit("listing_read", product)
        key = self._cache_key(asked, account, product)
        etag = f'W/"{hashlib.sha256(key.encode()).hexdigest()[:24]}"'
        headers = {"cache-control": "private, no-cache"}
        if self._stage.switches.conditional:
            headers["etag"] = etag
            if request.headers.get("if-none-match") == etag:
                return Response(status_code=304, headers=headers)
        return Response(self._body(key, asked, account, product), headers=headers, media_type="application/json")

    def gone(self, request: Request) -> Response:
        """The page of a product that does not exist."""
        return self._stage.page(request, "gone.html", {}, 404)

    def view(self, product: Product, asked: Asked, account: Account | None) -> states.ListingView:
        """One page of a product's listing, as the URL asks for it."""
        world, switches = self._stage.world, self._stage.switches
        sort = asked.query.get("sort") or "usefulness_desc"
        listing = world.listing(product, sort)
        shown = len(listing) if account or switches.guest_rows is None else min(len(listing), switches.guest_rows)
        pages = min(-(-shown // PER_PAGE), switches.listing_max_pages)
        anchor = asked.query.get("ruuid", "")
        rows = tuple(listing[:shown][(asked.page - 1) * PER_PAGE : asked.page * PER_PAGE])
        if asked.page > pages or self._is_key_void(product, sort, asked):
            rows = ()
        if anchor and asked.page == 1:
            wanted = tuple(review for review in listing if review.uuid == anchor)
            rows = (*wanted, *(review for review in rows if review.uuid != anchor))[:PER_PAGE]
        return states.ListingView(
            product=product,
            rows=rows,
            reported=frozenset(review.uuid for review in rows if world.is_reported(account, review)),
            counters=world.counters(product),
            page=asked.page,
            pages=pages,
            sort=sort if sort in SORTINGS else "usefulness_desc",
            page_key=states.page_key(product, sort),
            account=account,
            origin=self._stage.origin("www"),
            anchor=anchor,
            leads_on=switches.capped_leads_on and asked.page >= pages and pages * PER_PAGE < len(listing),
            has_guest_wall=shown < len(listing) and asked.page >= pages,
        )

    def _is_key_void(self, product: Product, sort: str, asked: Asked) -> bool:
        key, life = asked.query.get("page_key"), self._stage.switches.page_key_life
        if key is None:
            return False
        self._key_uses[key] += 1
        return key != states.page_key(product, sort) or (life is not None and self._key_uses[key] > life)

    def _listing_context(self, view: states.ListingView, state_id: str) -> dict[str, object]:
        return {
            "view": view,
            "product": view.product,
            "counters": view.counters,
            "cards": card_views(view),
            "state_id": state_id,
            "states": envelope.reviews_states(view),
            "ids": states,
            "sortings": SORTINGS,
            "reasons": REPORT_REASONS,
            "guest_wall": states.GUEST_WALL,
        }

    def _find(self, path: str) -> Product | None:
        match = _PRODUCT_PATH.match(path)
        return None if match is None else self._stage.world.product(match.group(1))

    def _cache_key(self, asked: Asked, account: Account | None, product: Product | None) -> str:
        world = self._stage.world
        who = account.guid if account else ""
        reported = len(world.filings.reported) if account else 0
        what = world.revision(product) if product else self._total_revision(asked)
        return repr((id(world), asked.url, who, reported, what, self._stage.switches.fingerprint()))

    def _total_revision(self, asked: Asked) -> tuple[object, ...]:
        # A storefront's JSON changes when one of its counters does.
        start = (asked.page - 1) * _TILES
        products = self._stage.world.products(start, start + _TILES)
        return tuple(self._stage.world.revision(product) for product in products)

    def _body(self, key: str, asked: Asked, account: Account | None, product: Product | None) -> bytes:
        if key not in self._bodies:
            if len(self._bodies) >= _CACHE_SIZE:
                self._bodies.clear()
            text = envelope.dump(self._envelope(asked, account, product))
            self._bodies[key] = self._stage.rename(text).encode()
        return self._bodies[key]

    def _envelope(self, asked: Asked, account: Account | None, product: Product | None) -> dict[str, Any]:
        is_reviews = "/reviews" in asked.path or asked.query.get("layout_container") == "reviewshelfpaginator"
        if product is not None and is_reviews:
            return envelope.reviews_page(self.view(product, asked, account), asked.url)
        if product is not None:
            return _product_envelope(product, self._stage.world.counters(product).total, asked.url, account)
        if _STORE_PATH.match(asked.path):
            return self._store_envelope(asked, account)
        return envelope.gone(asked.url, account)

    def _store_envelope(self, asked: Asked, account: Account | None) -> dict[str, Any]:
        node, head_states = envelope.header(account)
        more: dict[str, Any] = {}
        if asked.page < self._store_pages():
            more["nextPage"] = f"{self._store_path()}?page={asked.page + 1}"
        return envelope.envelope(
            [node, envelope.widget(states.SEARCH_ID, vertical="catalog")],
            {**head_states, states.SEARCH_ID: {"items": self._tiles(asked.page)}},
            {"url": asked.url, "layoutId": 2210, "layoutVersion": 1, "pageType": "seller"},
            **more,
        )

    def _tiles(self, page: int) -> list[dict[str, Any]]:
        world = self._stage.world
        tiles = []
        for product in world.products((page - 1) * _TILES, page * _TILES):
            counters = world.counters(product)
            tiles.append(
                {
                    "sku": product.sku,
                    "title": product.title,
                    "link": product.path,
                    "rating": counters.score,
                    "reviewsCount": counters.total,
                    "price": states.price(product.price),
                }
            )
        return tiles

    def _store_pages(self) -> int:
        return -(-self._stage.world.options.products // _TILES)

    def _store_path(self) -> str:
        return "/seller/primer-1/products/"


def _product_envelope(product: Product, total: int, url: str, account: Account | None) -> dict[str, Any]:
    node, head_states = envelope.header(account)
    main = envelope.widget(
        "webProductMainWidget-1753561-default-1",
        envelope.widget(states.HEADING_ID),
        envelope.widget(states.SINGLE_SCORE_ID),
        envelope.widget("webSale-1753562-default-1", envelope.widget(states.PRICE_ID)),
    )
    widget_states = {
        **head_states,
        states.HEADING_ID: {"id": product.sku, "title": product.title},
        states.SINGLE_SCORE_ID: {"reviewsCount": total},
        states.PRICE_ID: envelope.price_state(product),
    }
    info = {"url": url, "layoutId": 11852, "layoutVersion": 1, "pageType": "pdp", "analyticsInfo": {"sku": product.sku}}
    return envelope.envelope([node, main], widget_states, info)


def _asked(request: Request) -> Asked:
    query = request.url.query
    return Asked.of(request.url.path + (f"?{query}" if query else ""))


async def _add_slash(request: Request) -> Response:
    url = request.url
    return RedirectResponse(f"{url.path}/" + (f"?{url.query}" if url.query else ""), 301)
