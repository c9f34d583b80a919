"""Reads what the cabinet says of one review beside the review, before anybody decides. Nothing is pressed in it.

Opening a review may count as having looked at it in the cabinet, so it is done for reviews that a person named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.errors import FormMismatch, PageNotReady, SelectorBroken
from flows.library.cabinet_form import open_drawer
from flows.readings.cabinet_reviews import DETAIL_PAGE
from flows.readings.models import PageHealth
from flows.workbench import account_tab

if TYPE_CHECKING:
    from flows.catalog import Site
    from flows.readings.cabinet_reviews import CabinetPage
    from flows.session import AccountWitness
    from flows.workbench import Workbench


def has_detail(site: Site) -> bool:
    """Whether the site's catalog describes such an answer."""
    return DETAIL_PAGE in site.pages and site.page(DETAIL_PAGE).reading.detail is not None


def read_cabinet_review(bench: Workbench, review_id: str, *, state: bytes, expected: AccountWitness) -> CabinetPage:
    """Opens a review in the cabinet and reads the answer that its page loads about it.

    Returns:
        The review, as the only row; the note names what of the answer was not understood.

    Raises:
        flows.errors.FormMismatch: the list does not show the review, or another one is open.
        flows.errors.PageNotReady: the page loaded no such answer.
        flows.errors.SelectorBroken: the answer is another than the catalog describes.
        flows.errors.SignInRequired, flows.errors.WrongAccount, flows.errors.WallMet: as their names say.
    """
    identity = bench.site.identity_at("cabinet_reviews") or ""
    with account_tab(bench, state) as tab:
        drawer = open_drawer(tab, review_id, identity=identity, expected=expected)
        if drawer.review_id() != review_id:
            raise FormMismatch("another review is open", where=DETAIL_PAGE, hint="look at the cabinet by hand")
        read = drawer.detail(review_id)
    where = f"{DETAIL_PAGE}.toml: reading.detail"
    if read is None:
        raise PageNotReady("the page loaded no answer about the review", where=where)
    if read.health is not PageHealth.HEALTHY:
        raise SelectorBroken(read.problem, where=where, hint="look at the page by hand")
    return read
