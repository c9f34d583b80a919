"""One review of the reviews widget's state: every value is a guess until it was checked.

A value of a wrong type, or one that is not there, costs that value: it is left out and named as unread. A review
without a usable id, or one that names two, costs that review.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import get_args
from urllib.parse import parse_qs, urlsplit

from flows.catalog.models import Site
from flows.readings.dates import read_unix_seconds, read_uuid7_time
from flows.readings.document import JsonTable, as_table
from flows.readings.models import Origin, Photo, Question, ReviewReading, TimeReading, ValueName, Variant
from flows.readings.numbers import read_whole
from flows.readings.text import normalise, plain

MAX_NAME = 500  # characters
_MAX_MEDIA = 50
_MAX_VERSION = 10_000
_REVIEW_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TOLD: tuple[ValueName, ...] = get_args(ValueName)


@dataclass(frozen=True, kw_only=True)
class Listed:
    """What a listing's state says once for all of its rows.

    Attributes:
        products: The items that the listing shows reviews of, by their number.
        is_signed_out: The state says that nobody is signed in; None where it does not say.
    """

    products: JsonTable
    is_signed_out: bool | None = None


@dataclass
class _Values:
    """Collects what was and was not read of one row, without stopping."""

    unread: set[ValueName] = field(default_factory=set)
    flags: list[str] = field(default_factory=list)

    def lose(self, name: ValueName) -> None:
        self.unread.add(name)

    def flag(self, *names: str) -> None:
        for name in names:
            if name not in self.flags:
                self.flags.append(name)

    def text(self, table: JsonTable, key: str, of: ValueName) -> str:
        """Reads a text that the site always writes, possibly empty."""
        value = table.get(key)
        if not isinstance(value, str):
            self.lose(of)
            return ""
        clean = plain(value)
        self.flag(*clean.flags)
        return clean.text

    def count(self, table: JsonTable, key: str, of: ValueName) -> int:
        """Reads a count that the site always writes."""
        read = read_whole(table.get(key))
        if read is None:
            self.lose(of)
        return read or 0

    def truth(self, table: JsonTable, key: str, of: ValueName) -> bool | None:
        """Reads a yes or no that the site always writes."""
        value = table.get(key)
        if not isinstance(value, bool):
            self.lose(of)
            return None
        return value

    def tables(self, table: JsonTable, key: str, of: ValueName) -> list[JsonTable]:
        """Reads a list of objects that the site always writes, possibly empty."""
        value = table.get(key)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value[:_MAX_MEDIA]):
            self.lose(of)
            return []
        return [as_table(item) for item in value[:_MAX_MEDIA]]

    def origins(self) -> dict[ValueName, Origin]:
        return {name: "unread" if name in self.unread else "state" for name in _TOLD}


def read_row(row: JsonTable, listed: Listed, site: Site) -> ReviewReading | None:
    """Reads one review; None when it has no id that can be kept, or names two."""
    review_id, url = read_identifier(row.get("uuid")), _own_url(as_table(row.get("sharing")).get("url"), site)
    named = _id_in_link(url, site) if url else ""
    if not review_id or (named and named != review_id):
        return None
    values = _Values()
    content, usefulness = as_table(row.get("content")), as_table(row.get("usefulness"))
    author_name, author_id, is_anonymous = _author(row, values, site)
    item_id, item_name, variants = _item(row, listed, values)
    rating, rating_raw = _rating(content.get("score"), values)
    is_reportable, is_reported = _marks(row, listed, values)
    published = _moment(row, "publishedAt", "published", values)
    edited = _moment(row, "updatedAt", "edited", values)
    if not url:
        values.lose("marks")
    if published is None:
        values.lose("published")
    return ReviewReading(
        site=site.name,
        review_id=review_id,
        item_id=item_id,
        item_name=item_name,
        version=_version(row, values),
        rating=rating,
        rating_raw=rating_raw,
        text=_review_text(content, values),
        author_name=author_name,
        author_id=author_id,
        is_anonymous=is_anonymous,
        published=published or TimeReading(raw=""),
        created=read_uuid7_time(review_id) or read_unix_seconds(row.get("createdAt")),
        edited=edited,
        is_edited=values.truth(row, "isEdited", "edited") is True,
        is_reportable=is_reportable,
        is_reported=is_reported,
        status=_status(row, values, site),
        variants=variants,
        photos=tuple(_media(content, values)),
        questions=tuple(_questions(content, values)),
        useful=values.count(usefulness, "useful", "votes"),
        not_useful=values.count(usefulness, "unuseful", "votes"),
        comments_count=values.count(as_table(row.get("comments")), "totalCount", "votes"),
        url=url,
        flags=tuple(values.flags),
        origins=values.origins(),
    )


def read_identifier(value: object) -> str:
    """Reads an id: a short plain text, or a number; empty for anything else."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**60:
        value = str(value)
    return value if isinstance(value, str) and _REVIEW_ID.fullmatch(value) else ""


def known_name(shown: str, site: Site) -> str:
    """Returns an author's name, and nothing for what the site prints in place of one."""
    name = normalise(shown).text[:MAX_NAME]
    return "" if name in site.wordings.anonymous_author else name


def read_scalar(value: object) -> str:
    """Reads a text or number as text; empty for anything else."""
    return str(value)[:MAX_NAME] if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _author(row: JsonTable, values: _Values, site: Site) -> tuple[str, str, bool]:
    author = as_table(row.get("author"))
    first, last, full = (values.text(author, key, "author") for key in ("firstName", "lastName", "fio"))
    shown = f"{first} {last}".strip() or full
    if len(shown) > MAX_NAME:
        values.flag("author_cut")
    name = known_name(shown, site)
    is_hidden = values.truth(row, "isAnonymous", "author") is True
    return name, values.text(author, "guid", "author")[:MAX_NAME], is_hidden or not name


def _item(row: JsonTable, listed: Listed, values: _Values) -> tuple[str, str, tuple[Variant, ...]]:
    """Reads what was bought. An item that the listing does not describe is one that nobody can name."""
    own = read_identifier(row.get("itemId"))
    product = as_table(listed.products.get(own))
    if not own or not product or read_identifier(product.get("itemId")) != own:
        values.lose("item")
    name = values.text(product, "name", "variants")[:MAX_NAME]
    told = [
        (values.text(item, "name", "variants")[:MAX_NAME], values.text(item, "value", "variants")[:MAX_NAME])
        for item in values.tables(product, "variants", "variants")
    ]
    variants = tuple(Variant(name=kind, value=value) for kind, value in told if kind or value)
    return own, name, variants


def _rating(value: object, values: _Values) -> tuple[int | None, str]:
    read = int(value) if isinstance(value, float) and value in {1.0, 2.0, 3.0, 4.0, 5.0} else read_whole(value)
    if read is None or not 1 <= read <= 5:
        values.lose("rating")
        read = None
    return read, normalise(read_scalar(value)).text


def _version(row: JsonTable, values: _Values) -> int:
    version = values.count(row, "version", "version")
    if version > _MAX_VERSION:
        values.lose("version")
        return 0
    return version


def _review_text(content: JsonTable, values: _Values) -> str:
    parts = [values.text(content, key, "text") for key in ("comment", "positive", "negative")]
    return "\n".join(part for part in parts if part)


def _moment(row: JsonTable, key: str, name: ValueName, values: _Values) -> TimeReading | None:
    moment = read_unix_seconds(row.get(key))
    if key not in row or (moment is not None and moment.basis == "unparsed"):
        values.lose(name)
    return moment


def _marks(row: JsonTable, listed: Listed, values: _Values) -> tuple[bool | None, bool | None]:
    """Reads what the site offers the reader. Who is signed out is offered nothing and has reported nothing."""
    read = (values.truth(row, "isReportable", "marks"), values.truth(row, "isAbuseReported", "marks"))
    if listed.is_signed_out and True in read:
        values.lose("marks")
        return None, None
    return read


def _status(row: JsonTable, values: _Values, site: Site) -> str:
    for key, flag in (("isDeleted", "deleted"), ("isRejected", "rejected")):
        if values.truth(row, key, "status"):
            values.flag(flag)
    name, number = as_table(row.get("status")).get("name"), read_scalar(row.get("statusId"))
    by_number = site.wordings.review_statuses.get(number, number)
    if not isinstance(name, str) or not name:
        if not by_number:
            values.lose("status")
        return by_number
    if number in site.wordings.review_statuses and name != by_number:
        values.lose("status")
    return normalise(name).text[:MAX_NAME]


def _media(content: JsonTable, values: _Values) -> Iterator[Photo]:
    for key, address in (("photos", "url"), ("videos", "previewUrl")):
        for item in values.tables(content, key, "photos"):
            url = item.get(address)
            if not isinstance(url, str) or not url.startswith(("https://", "http://")) or len(url) > 2_000:
                values.lose("photos")
                continue
            media_id = read_identifier(item.get("UUID"))
            if not media_id:
                values.lose("photos")
            yield Photo(media_id=media_id, url=normalise(url).text, kind="video" if key == "videos" else "photo")


def _questions(content: JsonTable, values: _Values) -> Iterator[Question]:
    for item in values.tables(content, "contextQuestions", "questions"):
        yield Question(
            question=values.text(item, "question", "questions")[:MAX_NAME],
            answer=values.text(item, "answer", "questions")[:MAX_NAME],
        )


def _own_url(value: object, site: Site) -> str:
    is_own = isinstance(value, str) and len(value) <= 2_000 and value.isprintable() and site.owns(value)
    return str(value) if is_own else ""


def _id_in_link(url: str, site: Site) -> str:
    parameter = _id_parameter(site.urls.get("review", ""))
    found = parse_qs(urlsplit(url).query).get(parameter) if parameter else None
    return found[0] if found else ""


@lru_cache(maxsize=64)
def _id_parameter(template: str) -> str:
    """Returns the name under which the address of one review carries its id."""
    query = template.partition("?")[2]
    return next((part.partition("=")[0] for part in query.split("&") if part.endswith("={review_id}")), "")
