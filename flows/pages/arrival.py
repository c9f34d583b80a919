"""What was met on arrival, judged by the same rules as stored pages, and the error it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence_store.sentences import sentence
from flows.errors import ForeignOrigin, PageGone, SelectorBroken, SignInRequired, SiteUnavailable, WallMet
from flows.pages.source import read_source
from flows.politeness import parse_retry_after
from flows.readings.document import Document
from flows.readings.health import Expected, Verdict, judge_page, signs_of_document
from flows.readings.models import PageHealth

if TYPE_CHECKING:
    from playwright.sync_api import Page, Response

    from flows.catalog import Site


def judge_arrival(page: Page, site: Site, response: Response | None, *, has_witness: bool) -> Verdict | None:
    """Judges the page as it is now.

    Args:
        page: The live page.
        site: The site's catalog.
        response: The answer to the navigation; None where the page was reached by a click.
        has_witness: Whether the page's required entries are there.

    Returns:
        None when it may be used; otherwise what it is instead.
    """
    document = Document(read_source(page))
    status = 200 if response is None else response.status
    return judge_page(
        signs_of_document(document, site, url=page.url, status_code=status), site, Expected(), has_witness=has_witness
    )


def raise_for_verdict(verdict: Verdict, *, where: str, retry_after: str | None = None) -> None:
    """Raises the error that says what happens next.

    Raises:
        flows.errors.WallMet: the page asks for a person.
        flows.errors.SignInRequired: the site led to its sign-in page.
        flows.errors.SiteUnavailable: the site does not answer, or is closed.
        flows.errors.PageGone: the site says that there is no such page.
        flows.errors.ForeignOrigin: the page left the site.
        flows.errors.SelectorBroken: another language, another page, an answer that is no page.
    """
    match verdict.health:
        case PageHealth.WALL:
            raise WallMet(
                sentence("the site asks for a person ({problem})", problem=verdict.problem),
                kind=verdict.kind or "challenge",
                where=where,
                hint="open the site in a browser yourself, or run `fairreview login`; nothing is solved or evaded",
                retry_after=parse_retry_after(retry_after),
            )
        case PageHealth.SIGNED_OUT:
            raise SignInRequired(verdict.problem, where=where, hint="run `fairreview login`")
        case PageHealth.OFFLINE:
            raise SiteUnavailable(verdict.problem, where=where, retry_after=parse_retry_after(retry_after))
        case PageHealth.PRODUCT_GONE:
            raise PageGone(sentence("the page does not exist ({problem})", problem=verdict.problem), where=where)
        case _ if "foreign" in verdict.problem:
            raise ForeignOrigin(verdict.problem, where=where)
        case _:
            raise SelectorBroken(verdict.problem, where=where, hint="look at the page by hand")
