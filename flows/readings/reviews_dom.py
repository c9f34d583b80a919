"""Review cards in stored HTML: the fallback when the page carries no state, and a cross-check when it does.

Attributes first (the catalog's hooks, one set per layout), then visible text by its place: the first date in a card,
the name before it, the words after it. Hashed class names are never used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborNode

from flows.catalog.entries import ReadingHooks
from flows.catalog.models import Site
from flows.readings.card_texts import CardTexts
from flows.readings.dates import DateReader, read_unix_seconds, read_uuid7_time, touch
from flows.readings.document import Document, read_field
from flows.readings.models import Origin, ReviewReading, TimeReading, ValueName, Variant
from flows.readings.numbers import read_count, read_whole
from flows.readings.paging import cursor_of, page_of
from flows.readings.review_row import MAX_NAME, known_name, read_identifier
from flows.readings.reviews_state import RowsRead, keep_newest
from flows.readings.stars import STARS, StarKinds, learn_kinds, read_stars
from flows.readings.text import plain

_REVIEW_ID = "review_id"


def read_cards(document: Document, site: Site, hooks: ReadingHooks, dates: DateReader, *, page: int) -> RowsRead:
    """Reads the cards of a listing page.

    Args:
        document: The stored page.
        site: The site's catalog.
        hooks: The listing's hooks.
        dates: Reads the site's date texts.
        page: The number of this page, to tell the link to the next one.
    """
    nodes = document.rows(hooks.rows)
    kinds = learn_kinds(nodes, hooks.fields.get("star", ()))
    cards = _Cards(site, hooks, dates, kinds)
    read = [cards.read(node) for node in nodes]
    reviews, duplicates = keep_newest(review for review in read if review is not None)
    total = read_count(document.field(hooks.page_fields.get("total", ())))
    portions = _count_portions(document, nodes, hooks)
    last = page + portions - 1
    following = _next_address(document.fields(hooks.page_fields.get("page_links", ())), site, last)
    promised = total.value if total and total.is_exact else 0
    is_last = bool(document.field(hooks.page_fields.get("last_page", ())))
    return RowsRead(
        reviews=reviews,
        bad_rows=sum(review is None for review in read),
        problems=(f"duplicate rows: {duplicates}",) if duplicates else (),
        is_list=bool(nodes) or document.has_any(hooks.witness),
        total=total.value if total and total.is_exact else None,
        portions=portions,
        next_cursor=cursor_of(following, site),
        # A pager may show the first pages only: what the counter promises is asked for.
        has_next=bool(following) or (bool(nodes) and not is_last and promised > last * site.listing.per_page),
        title=document.field(hooks.page_fields.get("title", ())),
    )


def _count_portions(document: Document, rows: Iterable[LexborNode], hooks: ReadingHooks) -> int:
    """Counts the lists that hold the rows: each further portion of a listing may be a list of its own."""
    lists = {node.mem_id for css in hooks.witness for node in document.root.css(css)}
    holders: set[int] = set()
    for row in rows:
        place: LexborNode | None = row
        while place is not None and place.mem_id not in lists:
            place = place.parent
        if place is not None:
            holders.add(place.mem_id)
    return max(1, len(holders))


def card_ids(document: Document, hooks: ReadingHooks) -> frozenset[str]:
    """Returns the ids of the cards that the page shows, without reading them."""
    fields = hooks.fields.get(_REVIEW_ID, ())
    return frozenset(filter(None, (read_field(node, fields) for node in document.rows(hooks.rows))))


def _next_address(addresses: Iterable[str], site: Site, page: int) -> str:
    return next((address for address in addresses if page_of(address, site) == page + 1), "")


@dataclass(frozen=True)
class _Cards:
    """Reads the cards of one page.

    Attributes:
        kinds: How the page draws its stars.
    """

    site: Site
    hooks: ReadingHooks
    dates: DateReader
    kinds: StarKinds

    def read(self, node: LexborNode) -> ReviewReading | None:
        """Reads one card; None where it has no id that can be kept."""
        values = {name: read_field(node, fields) for name, fields in self.hooks.fields.items()}
        review_id = read_identifier(values.get(_REVIEW_ID))
        if not review_id:
            return None
        texts = CardTexts(node, self.hooks, self.dates)
        published, published_in = self._published(values, texts)
        rating, rating_raw = self._rating(node, values)
        clean = plain(values.get("text") or texts.text)
        shown_name = values.get("author") or texts.author
        name = known_name(shown_name, self.site)
        item_id, item_origin = self._item(values)
        origins: dict[ValueName, Origin] = {
            "rating": "unread" if rating is None else "attribute",
            "text": "cut" if texts.is_cut else "text",
            "author": "text" if shown_name else "unread",
            "published": published_in,
            **({} if texts.published.basis == "unparsed" else {"edited": "text"}),  # the mark stands with the date
            **({"status": "attribute"} if values.get("status") else {}),
            **({"item": item_origin} if item_origin else {}),
        }
        return ReviewReading(
            site=self.site.name,
            review_id=review_id,
            item_id=item_id,
            version=1 if texts.is_edited else 0,
            rating=rating,
            rating_raw=rating_raw,
            text=clean.text,
            author_name=name,
            author_id=_author_id(values, self.site),
            is_anonymous=not name,
            published=published,
            created=read_uuid7_time(review_id),
            is_edited=texts.is_edited,
            status=self.site.wordings.review_statuses.get(values.get("status", ""), values.get("status", ""))[
                :MAX_NAME
            ],
            variants=_variant(values.get("variant") or texts.variant),
            questions=tuple(texts.questions),
            source="dom_attributes" if published_in == "attribute" else "dom_text",
            flags=(*clean.flags, *self._disagreements(published, texts)),
            origins=origins,
        )

    def _published(self, values: Mapping[str, str], texts: CardTexts) -> tuple[TimeReading, Origin]:
        exact = read_unix_seconds(values.get("published_unix"))
        if exact is not None and exact.basis != "unparsed":
            return exact, "attribute"
        stated = self.dates.read(values["published_iso"]) if values.get("published_iso") else None
        if stated is not None and stated.basis != "unparsed":
            return stated, "attribute"
        if values.get("published"):
            told = self.dates.read(values["published"])
            return told, "unread" if told.basis == "unparsed" else "text"
        return texts.published, "unread" if texts.published.basis == "unparsed" else "text"

    def _rating(self, node: LexborNode, values: Mapping[str, str]) -> tuple[int | None, str]:
        raw = values.get("rating", "")
        told = read_whole(raw)
        drawn, in_words = read_stars(node, self.hooks.fields.get("star", ()), self.hooks.filled_star, self.kinds)
        read = drawn if told is None else told
        if read is None or not 1 <= read <= STARS or drawn not in {None, read}:
            return None, raw or in_words
        return read, raw or in_words

    def _item(self, values: Mapping[str, str]) -> tuple[str, Origin | None]:
        """Reads which item was bought from the link of the variant, where a card has one.

        A card that names none says nothing of it: the product asked for is one of several that share the pool.
        """
        shown = values.get("variant_url", "")
        if values.get("item_id") or not shown:
            return values.get("item_id", ""), "attribute" if values.get("item_id") else None
        try:
            return self.site.product_from_url(urljoin(self.site.url("home"), shown)).sku, "attribute"
        except ValueError:
            return "", "unread"

    def _disagreements(self, published: TimeReading, texts: CardTexts) -> tuple[str, ...]:
        return () if touch(published, texts.published) else ("dates_disagree",)


def _author_id(values: Mapping[str, str], site: Site) -> str:
    """Takes the author's id from a stated attribute, or from the address of the profile."""
    if values.get("author_id"):
        return values["author_id"][:MAX_NAME]
    before, _, after = site.urls.get("author", "").partition(":")[2].partition("{author_id}")
    path = urlsplit(values.get("author_url", "")).path
    is_profile = bool(before) and path.startswith(before) and path.endswith(after)
    return path[len(before) : len(path) - len(after)][:MAX_NAME] if is_profile else ""


def _variant(shown: str) -> tuple[Variant, ...]:
    name, _, value = shown.partition(":")
    return (Variant(name=name.strip()[:MAX_NAME], value=value.strip()[:MAX_NAME]),) if value.strip() else ()
