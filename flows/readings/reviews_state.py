"""The reviews widget's own state JSON (``webListReviews``): the first and best source of a listing.

Every value is a guess until it was checked: a wrong type costs that value (kept raw, flagged), a review without a
usable id costs that review (counted), and neither ever costs the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from flows.catalog.models import Site
from flows.readings.dates import read_unix_seconds, read_uuid7_time
from flows.readings.document import JsonTable, as_table
from flows.readings.models import Photo, ReviewReading, TimeReading, Variant
from flows.readings.text import normalise

MAX_NAME = 500  # characters
_MAX_COUNT = 10**9
_MAX_MEDIA = 50
_REVIEW_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DIGITS = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, kw_only=True)
class RowsRead:
    """The rows of one page as one source shows them, before anybody judged whether they can be all.

    Attributes:
        is_list: The source holds a list at all (possibly empty).
        has_next: The site offers a further page.
    """

    reviews: tuple[ReviewReading, ...] = ()
    bad_rows: int = 0
    problems: tuple[str, ...] = ()
    is_list: bool = True
    total: int | None = None
    page: int | None = None
    per_page: int | None = None
    next_cursor: str | None = None
    has_next: bool = False
    sort: str = ""
    item_ids: tuple[str, ...] = ()
    title: str = ""
    score: str = ""


@dataclass
class _Flags:
    """Collects what could not be read as it should, without stopping."""

    names: list[str] = field(default_factory=list)

    def add(self, name: str) -> None:
        if name not in self.names:
            self.names.append(name)


def read_state(state: object, site: Site) -> RowsRead:
    """Reads one ``webListReviews`` state."""
    table = as_table(state)
    rows = table.get("reviews")
    if not isinstance(rows, list):
        return RowsRead(is_list=False, problems=("the state holds no list of reviews",))
    products = as_table(table.get("products"))
    paging = as_table(table.get("paging"))
    query = parse_qs(urlsplit(_text(paging.get("nextButton"), _Flags())).query)
    reviews, bad = read_rows((row for row in rows), products, site, page_item=_identifier(table.get("itemId")))
    kept, duplicates = keep_newest(reviews)
    return RowsRead(
        reviews=kept,
        bad_rows=bad,
        problems=(f"duplicate rows: {duplicates}",) if duplicates else (),
        total=count(paging.get("total")),
        page=count(paging.get("page")),
        per_page=count(paging.get("perPage")) or None,
        next_cursor=next(iter(query.get("page_key", [])), None),
        has_next=bool(paging.get("nextButton")),
        sort=_active_sort(table.get("sortings")),
        item_ids=tuple(filter(None, (_identifier(table.get("itemId")), *map(str, products)))),
        title=_product_title(products, _identifier(table.get("itemId"))),
        score=_scalar(table.get("productScore")),
    )


def read_rows(
    rows: Iterable[object], products: JsonTable, site: Site, *, page_item: str
) -> tuple[list[ReviewReading], int]:
    """Reads rows one by one; those without a usable id are counted, not raised."""
    reviews, bad = [], 0
    for row in rows:
        review = read_row(as_table(row), products, site, page_item=page_item)
        if review is None:
            bad += 1
        else:
            reviews.append(review)
    return reviews, bad


def keep_newest(reviews: Iterable[ReviewReading]) -> tuple[tuple[ReviewReading, ...], int]:
    """Keeps the highest version of each review, in first-seen order, and counts the surplus rows."""
    newest: dict[str, ReviewReading] = {}
    rows = 0
    for review in reviews:
        rows += 1
        known = newest.get(review.review_id)
        if known is None or review.version > known.version:
            newest[review.review_id] = review
    return tuple(newest.values()), rows - len(newest)


def read_row(row: JsonTable, products: JsonTable, site: Site, *, page_item: str) -> ReviewReading | None:
    """Reads one review; None when it has no id that can be kept."""
    review_id = _identifier(row.get("uuid"))
    if not review_id:
        return None
    flags = _Flags()
    content, author = as_table(row.get("content")), as_table(row.get("author"))
    item_id = _identifier(row.get("itemId")) or page_item
    if products and item_id not in products:
        flags.add("foreign_item")
    rating, rating_raw = _rating(content.get("score"), flags)
    name = known_name(_name(author, flags), site)
    usefulness = as_table(row.get("usefulness"))
    return ReviewReading(
        site=site.name,
        review_id=review_id,
        item_id=item_id,
        version=_count_or_flag(row.get("version", 0), "version_unparsed", flags),
        rating=rating,
        rating_raw=rating_raw,
        text=_review_text(content, flags),
        author_name=name,
        author_id=_text(author.get("guid"), flags)[:MAX_NAME],
        is_anonymous=row.get("isAnonymous") is True or not name,
        published=_moment(row.get("publishedAt"), "published_unparsed", flags) or TimeReading(raw=""),
        created=read_uuid7_time(review_id) or _moment(row.get("createdAt"), "created_unparsed", flags),
        edited=_moment(row.get("updatedAt"), "edited_unparsed", flags),
        is_edited=row.get("isEdited") is True,
        is_reportable=_boolean(row.get("isReportable")),
        is_reported=_boolean(row.get("isAbuseReported")),
        status=_status(row, flags),
        variants=_variants(as_table(products.get(item_id)), flags),
        photos=tuple(_media(content, flags)),
        useful=_count_or_flag(usefulness.get("useful", 0), "useful_unparsed", flags),
        not_useful=_count_or_flag(usefulness.get("unuseful", 0), "useful_unparsed", flags),
        comments_count=_count_or_flag(as_table(row.get("comments")).get("totalCount", 0), "comments_unparsed", flags),
        url=_own_url(as_table(row.get("sharing")).get("url"), site),
        flags=tuple(flags.names),
    )


def count(value: object) -> int | None:
    """Reads a count: a whole number, or its digits as text; None for anything else (also for true and 1e400)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    return value if isinstance(value, int) and 0 <= value <= _MAX_COUNT else None


def _count_or_flag(value: object, flag: str, flags: _Flags) -> int:
    read = count(value)
    if read is None and value is not None:
        flags.add(flag)
    return read or 0


def _identifier(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**60:
        value = str(value)
    return value if isinstance(value, str) and _REVIEW_ID.fullmatch(value) else ""


def _text(value: object, flags: _Flags) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        flags.add("text_unparsed")
        return ""
    clean = normalise(value)
    for flag in clean.flags:
        flags.add(flag)
    return clean.text


def _scalar(value: object) -> str:
    return str(value)[:MAX_NAME] if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _rating(value: object, flags: _Flags) -> tuple[int | None, str]:
    read = int(value) if isinstance(value, float) and value in {1.0, 2.0, 3.0, 4.0, 5.0} else count(value)
    if read is None or not 1 <= read <= 5:
        flags.add("rating_unparsed")
        read = None
    return read, _text(_scalar(value), flags)


def _review_text(content: JsonTable, flags: _Flags) -> str:
    parts = [_text(content.get(key), flags) for key in ("comment", "positive", "negative")]
    return "\n".join(part for part in parts if part)


def _name(author: JsonTable, flags: _Flags) -> str:
    first, last = _text(author.get("firstName"), flags), _text(author.get("lastName"), flags)
    name = f"{first} {last}".strip() or _text(author.get("fio"), flags)
    if len(name) > MAX_NAME:
        flags.add("author_cut")
    return name[:MAX_NAME]


def known_name(shown: str, site: Site) -> str:
    """Gives an author's name, and nothing for what the site prints in place of one."""
    name = normalise(shown).text[:MAX_NAME]
    return "" if name in site.wordings.anonymous_author else name


def _moment(value: object, flag: str, flags: _Flags) -> TimeReading | None:
    moment = read_unix_seconds(value)
    if moment is not None and moment.basis == "unparsed":
        flags.add(flag)
    return moment


def _boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _status(row: JsonTable, flags: _Flags) -> str:
    for key, flag in (("isDeleted", "deleted"), ("isRejected", "rejected")):
        if row.get(key) is True:
            flags.add(flag)
    status = as_table(row.get("status"))
    return (_text(status.get("name"), flags) or _scalar(row.get("statusId")))[:MAX_NAME]


def _variants(product: JsonTable, flags: _Flags) -> tuple[Variant, ...]:
    found = product.get("variants")
    tables = [as_table(item) for item in found[:_MAX_MEDIA]] if isinstance(found, list) else []
    read = [(_text(item.get("name"), flags)[:MAX_NAME], _text(item.get("value"), flags)[:MAX_NAME]) for item in tables]
    return tuple(Variant(name=name, value=value) for name, value in read if name or value)


def _media(content: JsonTable, flags: _Flags) -> Iterable[Photo]:
    for key, address in (("photos", "url"), ("videos", "previewUrl")):
        found = content.get(key)
        for item in found[:_MAX_MEDIA] if isinstance(found, list) else ():
            url, media_id = as_table(item).get(address), _identifier(as_table(item).get("UUID"))
            if not isinstance(url, str) or not url.startswith(("https://", "http://")) or len(url) > 2_000:
                flags.add("media_unparsed")
                continue
            yield Photo(media_id=media_id, url=_text(url, flags), kind="video" if key == "videos" else "photo")


def _own_url(value: object, site: Site) -> str:
    is_own = isinstance(value, str) and len(value) <= 2_000 and value.isprintable() and site.owns(value)
    return str(value) if is_own else ""


def _active_sort(sortings: object) -> str:
    for item in sortings if isinstance(sortings, list) else ():
        table = as_table(item)
        if table.get("active") is True:
            return _scalar(table.get("value"))
    return ""


def _product_title(products: JsonTable, item_id: str) -> str:
    return _text(as_table(products.get(item_id)).get("name"), _Flags())[:MAX_NAME]
