"""Review cards in stored HTML: the fallback when the page carries no state, and a cross-check when it does.

Attributes first (the catalog's hooks, one set per layout), then visible text by its place: the first date in a card,
the name before it, the words after it. Hashed class names are never used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from flows.catalog.entries import ReadingHooks
from flows.catalog.models import Site
from flows.readings.dates import DateReader, read_unix_seconds, read_uuid7_time
from flows.readings.document import Document, raw_texts, read_all, read_field
from flows.readings.models import Origin, ReviewReading, TimeReading, Variant
from flows.readings.numbers import read_count, read_whole
from flows.readings.paging import cursor_of, page_of
from flows.readings.review_row import MAX_NAME, known_name
from flows.readings.reviews_state import RowsRead, keep_newest
from flows.readings.text import normalise, one_line

_REVIEW_ID = "review_id"
_VARIANT = re.compile(r"[^:\n]{1,40}: [^\n]{1,60}")


def read_cards(
    document: Document, site: Site, hooks: ReadingHooks, dates: DateReader, *, item_id: str, page: int
) -> RowsRead:
    """Reads the cards of a listing page.

    Args:
        document: The stored page.
        site: The site's catalog.
        hooks: The listing's hooks.
        dates: Reads the site's date texts.
        item_id: The product asked for, where a card does not name its own.
        page: The number of this page, to tell the link to the next one.
    """
    nodes = document.rows(hooks.rows)
    read = [_read_card(node, site, hooks, dates, item_id=item_id) for node in nodes]
    reviews, duplicates = keep_newest(review for review in read if review is not None)
    total = read_count(document.field(hooks.page_fields.get("total", ())))
    following = _next_address(document.fields(hooks.page_fields.get("page_links", ())), site, page)
    return RowsRead(
        reviews=reviews,
        bad_rows=sum(review is None for review in read),
        problems=(f"duplicate rows: {duplicates}",) if duplicates else (),
        is_list=bool(nodes) or document.has_any(hooks.witness),
        total=total.value if total and total.is_exact else None,
        next_cursor=cursor_of(following, site),
        has_next=bool(following),
        title=document.field(hooks.page_fields.get("title", ())),
    )


def card_ids(document: Document, hooks: ReadingHooks) -> frozenset[str]:
    """Gives the ids of the cards that the page shows, without reading them."""
    fields = hooks.fields.get(_REVIEW_ID, ())
    return frozenset(filter(None, (read_field(node, fields) for node in document.rows(hooks.rows))))


def _next_address(addresses: Iterable[str], site: Site, page: int) -> str:
    return next((address for address in addresses if page_of(address, site) == page + 1), "")


def _read_card(
    node: LexborNode, site: Site, hooks: ReadingHooks, dates: DateReader, *, item_id: str
) -> ReviewReading | None:
    values = {name: read_field(node, fields) for name, fields in hooks.fields.items()}
    review_id = values.get(_REVIEW_ID, "")
    if not review_id or len(review_id) > 64 or not review_id.replace("-", "").replace("_", "").isalnum():
        return None
    if not review_id.isascii():
        return None
    texts = _CardTexts(node, hooks, dates)
    published, is_from_attribute = _published(values, texts, dates)
    rating, rating_raw = _rating(node, values, hooks)
    clean = normalise(values.get("text") or texts.text)
    name = known_name(values.get("author") or texts.author, site)
    return ReviewReading(
        site=site.name,
        review_id=review_id,
        item_id=values.get("item_id") or item_id,
        version=1 if texts.is_edited else 0,
        rating=rating,
        rating_raw=rating_raw,
        text=clean.text,
        author_name=name,
        author_id=_author_id(values, site),
        is_anonymous=not name,
        published=published,
        created=read_uuid7_time(review_id),
        is_edited=texts.is_edited,
        status=site.wordings.review_statuses.get(values.get("status", ""), values.get("status", ""))[:MAX_NAME],
        variants=_variant(values.get("variant") or texts.variant),
        source="dom_attributes" if is_from_attribute else "dom_text",
        flags=clean.flags,
        origins={
            "rating": "unread" if rating is None else "attribute",
            "text": "text",
            "author": "text",
            "published": _origin(published, is_from_attribute=is_from_attribute),
            "edited": "text",
            "status": "attribute",
        },
    )


def _origin(published: TimeReading, *, is_from_attribute: bool) -> Origin:
    return "unread" if published.basis == "unparsed" else "attribute" if is_from_attribute else "text"


def _published(values: Mapping[str, str], texts: _CardTexts, dates: DateReader) -> tuple[TimeReading, bool]:
    exact = read_unix_seconds(values.get("published_unix"))
    if exact is not None and exact.basis != "unparsed":
        return exact, True
    stated = dates.read(values["published_iso"]) if values.get("published_iso") else None
    if stated is not None and stated.basis != "unparsed":
        return stated, True
    return texts.published, False


def _rating(node: LexborNode, values: Mapping[str, str], hooks: ReadingHooks) -> tuple[int | None, str]:
    raw = values.get("rating", "")
    read = read_whole(raw)
    if read is None and hooks.filled_star:
        styles = [style.replace(" ", "") for style in read_all(node, hooks.fields.get("star", ()))]
        read = sum(any(mark.replace(" ", "") in style for mark in hooks.filled_star) for style in styles)
        raw = raw or (f"{read} of {len(styles)} stars" if styles else "")
    return (read, raw) if read is not None and 1 <= read <= 5 else (None, raw)


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


class _CardTexts:
    """The visible texts of one card, told apart by their place around the date."""

    def __init__(self, node: LexborNode, hooks: ReadingHooks, dates: DateReader) -> None:
        skip = frozenset(part.mem_id for css in hooks.skip for part in node.css(css))
        texts = [raw for raw in raw_texts(node, skip) if raw.strip()]
        readings = [dates.read(one_line(raw)) for raw in texts]
        at = next((i for i, reading in enumerate(readings) if reading.basis != "unparsed"), None)
        self.published = TimeReading(raw="") if at is None else readings[at]
        self.is_edited = self.published.raw.lower().startswith(tuple(dates.words.edited))
        self._before = texts[:at] if at is not None else []
        self._parts = self._told_apart(texts if at is None else texts[at + 1 :], hooks)

    @property
    def author(self) -> str:
        """The last text before the date that is more than an avatar's letter."""
        names = [one_line(raw) for raw in self._before]
        return next((name for name in reversed(names) if len(name) > 1), "")

    @property
    def text(self) -> str:
        """What the author wrote, in the order of the state: comment, advantages, disadvantages."""
        return "\n".join(raw for part in ("comment", "positive", "negative") for raw in self._parts.get(part, ()))

    @property
    def variant(self) -> str:
        """«Цвет: синий» in the site's own line under the text."""
        return next(iter(self._parts.get("variant", ())), "")

    @staticmethod
    def _told_apart(texts: list[str], hooks: ReadingHooks) -> dict[str, list[str]]:
        labels = {label: part for part, label in hooks.part_labels.items()}
        ends = {one_line(text) for text in hooks.ignore_texts}
        parts: dict[str, list[str]] = {}
        part = "comment"
        last: tuple[str, str] | None = None
        for raw in texts:
            shown = one_line(raw)
            if shown in labels:
                part = labels[shown]
            elif shown in ends:
                # The site's own words end the author's; the line just before them names the variant.
                _move_variant(parts, last)
                part, last = "rest", None
            else:
                parts.setdefault(part, []).append(normalise(raw).text)
                last = (part, parts[part][-1])
        return parts


def _move_variant(parts: dict[str, list[str]], last: tuple[str, str] | None) -> None:
    if last is None or last[0] == "rest" or _VARIANT.fullmatch(last[1]) is None or sum(map(len, parts.values())) < 2:
        return
    parts[last[0]].pop()
    parts["variant"] = [last[1]]
