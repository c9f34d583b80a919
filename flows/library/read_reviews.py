"""Polls the review listings of many products, cheaply, and says which way was used and what was not read.

One parked page per origin asks for the site's own JSON in batches; the page computes what changed and gives back one
string. Changed products are opened for real; where the JSON does not answer, the rendered page is read instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.readings.models import ListingRead
    from flows.workbench import Workbench


@dataclass(frozen=True, slots=True, kw_only=True)
class PollMemory:
    """What to remember of a product's last poll, opaque to the caller.

    Attributes:
        etag: The site's entity tag of the first page, "" when it gave none.
        fingerprint: Digest of ids, versions, marks and counter of the first page.
    """

    etag: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPoll:
    """One product to poll.

    Attributes:
        sku: The product's number.
        url: Its page (any form the site's addresses know).
        memory: From the last complete poll; None reads everything.
        known: Stored review ids with their versions; a page of only these ends the reading where ``depth`` allows.
        depth: ``changes`` may stop at known reviews, ``full`` reads to the end (for proof that a review is gone).
    """

    sku: str
    url: str
    memory: PollMemory | None = None
    known: Mapping[str, int] = field(default_factory=dict)
    is_full: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOptions:
    """Sizes of a poll: products a batch, requests in flight, pages a product at most, and the order asked for."""

    batch: int = 25
    in_flight: int = 4
    page_limit: int = 100
    sort: str = ""
    opens_changed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PollResult:
    """One product's reading and what to remember. ``memory`` is None unless the reading was complete and healthy."""

    sku: str
    read: ListingRead
    memory: PollMemory | None


def read_reviews(
    bench: Workbench, products: Iterable[ProductPoll], *, options: PollOptions | None = None, state: bytes | None = None
) -> Iterator[PollResult]:
    """Polls products and yields one result each, as soon as it is known.

    One product's trouble never stops the others: it comes back with its health and problems.

    Args:
        bench: Browser, site and budget.
        products: What to poll.
        options: Sizes.
        state: A session to read with; None reads as the public does.

    Raises:
        flows.errors.WallMet: the site asks for a person; what was read before has been yielded.
    """
    raise NotImplementedError
