"""One call of the site's API for sellers: the key in its headers, refusals told in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from evidence_store.sentences import sentence
from flows.errors import AccessRefused, SiteUnavailable, WallMet
from flows.json_calls import post_json
from flows.politeness import parse_retry_after
from flows.readings.seller_api import find_wall, read_message

if TYPE_CHECKING:
    from flows.catalog.models import Site
    from flows.catalog.seller_api import SellerApi
    from flows.json_calls import JsonAnswer
    from flows.politeness import Politeness


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiAccess:
    """Who asks. The key is not in the ``repr``: a traceback must not carry it."""

    client_id: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiLine:
    """What every call goes through; no browser."""

    site: Site
    politeness: Politeness
    spec: SellerApi
    access: ApiAccess

    def ask(self, name: str, body: object) -> JsonAnswer:
        """Asks one address and returns its answer, status 200.

        Args:
            name: The address's name in the catalog.
            body: What to send, as JSON.

        Raises:
            flows.errors.AccessRefused: the API refuses the key; message and hint say why and what to do.
            flows.errors.SiteUnavailable: no answer, or it was asked too often.
            flows.errors.WallMet: a page that asks for a person stands in front of the API.
        """
        url = self.site.url(name)
        with self.politeness.turn(urlsplit(url).netloc):
            answer = post_json(url, body, {"Client-Id": self.access.client_id, "Api-Key": self.access.key})
            if answer.status != 200:
                _refuse(answer, self.site, self.spec, name)
            return answer


def _refuse(answer: JsonAnswer, site: Site, spec: SellerApi, where: str) -> None:
    message = read_message(answer.body)
    told = f": {message}" if message else ""
    if answer.status == 429:
        wait = parse_retry_after(answer.retry_after)
        raise SiteUnavailable(
            sentence("the API was asked too often{told}", told=told),
            where=where,
            hint="it is left alone for as long as it asks, then read again",
            retry_after=spec.hold_seconds if wait is None else wait,
        )
    if answer.status == 408 or answer.status >= 500:
        wait = parse_retry_after(answer.retry_after)
        raise SiteUnavailable(
            sentence("the API answered {status}{told}", status=answer.status, told=told), where=where, retry_after=wait
        )
    known = next((one for one in spec.refusals if one.fits(answer.status, message)), None)
    if known is not None:
        raise AccessRefused(
            sentence("{meaning} (the API says: {message})", meaning=known.meaning, message=message),
            kind=known.kind,
            where=where,
            hint=known.hint,
        )
    raise_for_wall(answer, site)
    raise AccessRefused(
        sentence("the API refuses with status {status}{told}", status=answer.status, told=told),
        kind="unknown",
        where=where,
        hint="ask the site's support what this means, or look for a newer version of this program",
    )


def raise_for_wall(answer: JsonAnswer, site: Site) -> None:
    """Raises WallMet where a stop page stands in place of the answer."""
    kind = find_wall(answer.body, site)
    if kind is not None:
        raise WallMet(
            sentence("a page that asks for a person stands in front of the API ({kind})", kind=kind),
            kind=kind,
            where="api",
            hint="open the site in a browser yourself; nothing is solved or evaded",
            retry_after=parse_retry_after(answer.retry_after),
        )
