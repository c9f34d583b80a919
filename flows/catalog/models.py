"""A site as data: origins, addresses, identities, channels, stop pages, witnesses, wordings and timings.

One ``Site`` serves production and mock alike; an overlay changes origins and times, never what a page looks like.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, model_validator

from evidence_store.sentences import sentence
from flows.catalog.addresses import ProductAddress, read_product_address, without_slug
from flows.catalog.channel_kinds import SubmitTransport
from flows.catalog.channel_spec import ChannelSpec
from flows.catalog.entries import PageCatalog
from flows.catalog.given import GIVEN_TO_ADDRESSES, NEEDED_BY_ADDRESSES, strangers
from flows.catalog.origins import origin_of
from flows.catalog.seller_api import SellerApi
from flows.catalog.vocabulary import (
    Address,
    CatalogValue,
    Component,
    Host,
    KeyProblem,
    Name,
    OriginUrl,
    Phrase,
    PlainCss,
    Seconds,
    Verified,
    check_plain_css,
    not_in,
    placeholders_in,
)
from flows.catalog.wording import DateWords, Wordings
from flows.errors import CatalogError


class Identity(CatalogValue):
    """One way to be signed in: which origin, how, and what must be seen for it to count."""

    title: Phrase
    origin: Name
    sign_in: Name
    home: Name
    signed_out_url_parts: tuple[Phrase, ...] = ()
    verified: Verified


class NeededByPage(CatalogValue):
    """A request that can change something and that pages of the site need to work, such as a renewal of the session."""

    method: Literal["POST", "PUT", "PATCH", "DELETE", "GET"] = "POST"
    url: Address
    verified: Verified
    source: Phrase


class StopMarker(CatalogValue):
    """A sign of a page that is not the one asked for.

    ``text`` counts only when the page's own witness is missing: a review may quote any text. The others cannot be
    produced by a reviewer.
    """

    kind: Literal["challenge", "captcha", "blocked", "rate_limited", "code", "adult_gate", "maintenance", "gone"]
    where: Literal["title", "text", "element", "json_key", "url", "status"]
    any: Annotated[tuple[Phrase, ...], Field(min_length=1)]
    verified: Verified

    @model_validator(mode="after")
    def _check_status(self) -> StopMarker:
        if self.where == "status" and not all(text.isdecimal() for text in self.any):
            raise ValueError("a status marker holds HTTP status codes")
        for selector in self.any if self.where == "element" else ():
            check_plain_css(selector)
        return self


class AccountWitness(CatalogValue):
    """Where a page says who is signed in; ``anonymous_verified`` is the mark of its signs that nobody is."""

    states: tuple[Component, ...] = ()
    name_key: Name = "name"
    id_key: Name = "guid"
    css: Annotated[tuple[PlainCss, ...], Field(min_length=1)]
    anonymous_states: tuple[Component, ...] = ()
    anonymous_css: Annotated[tuple[PlainCss, ...], Field(min_length=1)]
    verified: Verified
    anonymous_verified: Verified | None = None


class LocaleWitness(CatalogValue):
    """What shows that the page speaks the language and currency that the readings expect."""

    html_lang: Phrase
    language_states: tuple[Component, ...] = ()
    language_key: Name = "language"
    language: Phrase
    currency: Phrase
    price_states: tuple[Component, ...] = ()
    price_key: Name = "price"
    verified: Verified


class EmptinessWitness(CatalogValue):
    """What the site itself shows when a product has no reviews. Without one, zero is never believed."""

    texts: Annotated[tuple[Phrase, ...], Field(min_length=1)]
    verified: Verified


class GuestWall(CatalogValue):
    """What ends a listing for people who are not signed in, with the site's words for it."""

    css: Annotated[tuple[PlainCss, ...], Field(min_length=1)]
    states: tuple[Component, ...] = ()
    texts: Annotated[tuple[Phrase, ...], Field(min_length=1)]
    verified: Verified


class Witnesses(CatalogValue):
    """What must be seen for a page to count; ``account`` by the identity's name, ``sign_in_css`` of a sign-in form."""

    account: Annotated[Mapping[Name, AccountWitness], Field(min_length=1)]
    locale: LocaleWitness
    emptiness: EmptinessWitness
    sign_in_css: tuple[PlainCss, ...] = ()
    guest_wall: GuestWall | None = None


class Listing(CatalogValue):
    """How the site pages its reviews.

    The addresses ``reviews_page`` and ``reviews_cursor_page`` say how a page is asked for: by ``{page}``, counted from
    ``first_page``, or by ``{offset}``, the rows before it; in the path or in the query. ``further_sorts`` are read
    besides where the site shows only a part of a listing in one order.
    """

    per_page: Annotated[int, Field(ge=1, le=500)]
    first_page: Annotated[int, Field(ge=0, le=1)] = 1
    sorts: Annotated[tuple[Phrase, ...], Field(min_length=1)]
    default_sort: Phrase
    newest_sort: Phrase | None = None
    further_sorts: tuple[Phrase, ...] = ()
    reachable_rows: Annotated[int, Field(ge=1)] | None = None
    verified: Verified


class Timings(CatalogValue):
    """Upper bounds for waiting, and the pace towards the site."""

    action_seconds: Seconds = 10
    navigation_seconds: Seconds = 30
    hydration_seconds: Seconds = 10
    upload_seconds: Seconds = 60
    requests_per_minute: Annotated[float, Field(gt=0, le=60_000)] = 30
    fetch_batch: Annotated[int, Field(ge=1, le=100)] = 25
    fetch_in_flight: Annotated[int, Field(ge=1, le=16)] = 4


class Site(CatalogValue):
    """One marketplace, complete.

    Attributes:
        twins: Hosts, without ``www.`` and ``m.``, on which a product has the same number: the site's own and those of
            other countries.
        product_forms: Further addresses of a product, beside ``urls.product``.
        short_links: Beginnings of paths that do not say where they lead.
        skus: What a product's number is made of.
        acting_urls: Reads that change something all the same: a link that files or signs out. Guarded like a POST.
        needed: What the gate of a filing lets pass without releasing it.
        is_own: A whole site of this installation's own: every channel is off on a live origin until a look and a person
            say that it is there.
    """

    schema_version: Annotated[int, Field(alias="schema")]
    name: Name
    title: Phrase
    language: Phrase
    zone: Phrase
    origins: Annotated[Mapping[Name, OriginUrl], Field(min_length=1, max_length=12)]
    urls: Annotated[Mapping[Name, Address], Field(min_length=1, max_length=60)]
    twins: tuple[Host, ...] = ()
    product_forms: tuple[Address, ...] = ()
    short_links: tuple[Phrase, ...] = ()
    skus: Literal["digits", "letters_and_digits"] = "letters_and_digits"
    identities: Annotated[Mapping[Name, Identity], Field(min_length=1)]
    channels: Mapping[Name, ChannelSpec]
    stop: Annotated[tuple[StopMarker, ...], Field(min_length=1)]
    witnesses: Witnesses
    listing: Listing
    dates: DateWords
    wordings: Wordings
    timings: Timings = Timings()
    seller_api: SellerApi | None = None
    submit_transport: SubmitTransport = "browser"
    acting_urls: Annotated[tuple[Address, ...], Field(max_length=20)] = ()
    needed: Annotated[tuple[NeededByPage, ...], Field(max_length=20)] = ()
    pages: Mapping[Name, PageCatalog] = {}
    is_overlaid: bool = False
    is_own: bool = False

    @model_validator(mode="after")
    def _check_references(self) -> Site:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise KeyProblem(
                "zone", sentence("{zone!r} is no time zone of the IANA database", zone=self.zone)
            ) from None
        for key, address in self.urls.items():
            self._check_origin(f"urls.{key}", address.partition(":")[0])
        for key, identity in self.identities.items():
            self._check_origin(f"identities.{key}.origin", identity.origin)
            for field, name in (("sign_in", identity.sign_in), ("home", identity.home)):
                if name not in self.urls:
                    raise not_in("urls", f"identities.{key}.{field}", name, self.urls)
            if key not in self.witnesses.account:
                raise KeyProblem("witnesses.account", sentence("the account witness of {name} is missing", name=key))
        self._check_channels()
        self._check_api()
        self._check_values()
        self._check_further_addresses()
        if self.listing.default_sort not in self.listing.sorts:
            raise KeyProblem("listing.default_sort", "not one of listing.sorts")
        return self

    def _check_further_addresses(self) -> None:
        for address in (*self.acting_urls, *(one.url for one in self.needed)):
            self._check_origin("acting_urls", address.partition(":")[0])
        for name, page in self.pages.items():
            for key, url in page.reading.own_answers.items():
                self._check_origin(f"pages.{name}.reading.{key}", url.partition(":")[0])

    def _check_channels(self) -> None:
        for channel, spec in self.channels.items():
            for field in ("submit_url", "reply_url", "upload_url"):
                address = getattr(spec, field)
                if address is not None:
                    self._check_origin(f"channels.{channel}.{field}", address.partition(":")[0])
            if spec.identity not in self.identities:
                raise not_in("identities", f"channels.{channel}.identity", spec.identity, self.identities)
            for field, url in _addresses_of(spec):
                if url not in self.urls:
                    raise KeyProblem(
                        f"channels.{channel}.{field}",
                        sentence("the address {name!r}, which it opens, is missing in urls", name=url),
                    )

    def _check_api(self) -> None:
        for key, name in self.seller_api.addresses.items() if self.seller_api is not None else ():
            if name not in self.urls:
                raise not_in("urls", f"seller_api.{key}", name, self.urls)

    def _check_values(self) -> None:
        """A placeholder that no flow gives a value would crash the flow; one that is missing would lose its way."""
        given = dict(GIVEN_TO_ADDRESSES)
        for identity in self.identities.values():
            given |= {identity.sign_in: frozenset({"redirect"}), identity.home: frozenset()}
        for spec in self.channels.values():
            given |= (
                {spec.list_page: frozenset(), f"{spec.list_page}_page": frozenset({"page"})} if spec.list_page else {}
            )
            given |= {spec.details_page: frozenset({"appeal_number"})} if spec.details_page else {}
        if self.seller_api is not None:
            given |= dict.fromkeys(self.seller_api.addresses.values(), frozenset())
        for key, address in self.urls.items():
            if key in given and (unknown := strangers(address, given[key])):
                raise KeyProblem(
                    f"urls.{key}",
                    sentence(
                        "{name} has no value here; known: {known}",
                        name=f"{{{unknown[0]}}}",
                        known=", ".join(sorted(given[key])) or "-",
                    ),
                )
            if missing := NEEDED_BY_ADDRESSES.get(key, frozenset()) - placeholders_in(address):
                raise KeyProblem(
                    f"urls.{key}",
                    sentence("{name} is missing: it would always lead to one place", name=f"{{{min(missing)}}}"),
                )
        for form in self.product_forms:
            if "sku" not in placeholders_in(form):
                raise KeyProblem("product_forms", "an address of a product holds {sku}")

    @model_validator(mode="after")
    def _check_pinned(self) -> Site:
        for name, origin in self.origins.items() if self.submit_transport == "pinned" else ():
            if origin.startswith("https:") and (urlsplit(origin).hostname or "").endswith(".localhost"):
                raise KeyProblem(f"origins.{name}", "a pinned request reaches names of this machine by plain http only")
        return self

    def _check_origin(self, key: str, origin: str) -> None:
        if origin not in self.origins:
            raise not_in("origins", key, origin, self.origins)

    def page(self, name: str) -> PageCatalog:
        """Returns the catalog of one page.

        Raises:
            flows.errors.CatalogError: the site has no such page.
        """
        if name not in self.pages:
            raise CatalogError(
                f"the site's catalog has no page {name!r}",
                where=f"{self.name}/{name}.toml",
                hint="Describe the page in such a file; `selectors/ozon` shows how.",
            )
        return self.pages[name]

    @property
    def reader_identity(self) -> str | None:
        """The identity that sees a review's page as its account does."""
        return self.identity_at("review")

    def identity_at(self, address: str) -> str | None:
        """Returns the identity that sees an address as its account does: the first of the address's own origin.

        Raises:
            flows.errors.CatalogError: the site has no such address.
        """
        origin = self.address(address).partition(":")[0]
        return next((name for name, identity in self.identities.items() if identity.origin == origin), None)

    def channels_by_rank(self) -> tuple[str, ...]:
        """Names the channels, best first: by the rank of their kind, then in the catalog's order."""
        return tuple(sorted(self.channels, key=lambda name: self.channels[name].facts.rank))

    def path(self, name: str, **values: str | int) -> str:
        """Builds path and query of an address; every value is percent-encoded, and a slug may be empty.

        Raises:
            flows.errors.CatalogError: the site has no such address.
            KeyError: one of its placeholders is not given.
        """
        template = self.address(name).partition(":")[2]
        if values.get("slug") == "":
            template = without_slug(template)
        return template.format_map({key: quote(str(value), safe="") for key, value in values.items()})

    def whole(self, address: str) -> str:
        """Returns an address of the catalog with its origin in full; wildcards stay."""
        return self.origins[address.partition(":")[0]] + address.partition(":")[2]

    def url(self, name: str, **values: str | int) -> str:
        """Builds a whole address."""
        return self.origins[self.address(name).partition(":")[0]] + self.path(name, **values)

    def address(self, name: str) -> str:
        """Returns an address as the catalog writes it (``ORIGIN:/path``); ``CatalogError`` where it has none."""
        if name not in self.urls:
            raise CatalogError(
                f"the site's catalog has no address {name!r}",
                where=f"{self.name}/site.toml: urls.{name}",
                hint="Write the address there; `selectors/ozon/site.toml` shows how.",
            )
        return self.urls[name]

    def owns(self, url: str) -> bool:
        """Whether a URL lies on one of the site's own origins (scheme, host and port)."""
        return origin_of(url) in self.origins.values()

    def product_from_url(self, url: str) -> ProductAddress:
        """Reads a product's address in whatever form people copy it.

        Raises:
            ValueError: another site, or not a product; the message goes on after «<what was given> is».
        """
        return read_product_address(self, url)

    def product_url(self, sku: str, slug: str = "") -> str:
        """Builds the canonical address of a product, also without its slug."""
        return self.url("product", sku=sku, slug=slug)


def _addresses_of(spec: ChannelSpec) -> Iterator[tuple[str, str]]:
    """Yields the addresses that a channel's flow opens, each with the key that says so."""
    yield from (("kind", url.format(page=spec.page)) for url in spec.facts.urls)
    if spec.list_page is not None:
        yield from (("list_page", url) for url in (spec.list_page, f"{spec.list_page}_page"))
