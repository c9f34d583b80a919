"""Brings one page of the site after the other in front of whoever looks at it, as far as the place allows.

On a mock everything is walked, forms and menus included (nothing is sent). Elsewhere only public pages and the first
step of signing in are opened, and nothing is typed or pressed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flows.catalog.channel_kinds import ChannelKind
from flows.catalog.resolve import locators_of_all
from flows.errors import FlowError
from flows.faults import named_faults
from flows.library.filing import open_channel
from flows.library.probe_channels import ProbeTarget, look_for
from flows.library.sign_in import open_sign_in
from flows.pages.orders import OrderDetailsPage
from flows.pages.pressing import any_of, is_seen
from flows.pages.product import ProductPage
from flows.pages.reviews import ReviewsPage
from flows.pages.sign_in import Stage
from flows.workbench import Tab, account_tab, reading_tab

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from flows.workbench import Workbench
    from qa.places import Stand
    from qa.subjects import Topic

# The pages that a walk over a mock shows. Others are met only right after something was sent.
WALKED = (
    "appeals", "author", "cabinet_review", "complaint", "dialogs", "order_appeal", "order_details", "orders", "product",
    "report_dialog", "reviews", "sign_in", "storefront", "support",
)  # fmt: skip
Visit = Callable[[str, "Page", Mapping[str, str]], None]


@dataclass(slots=True)
class Tour:
    """One walk.

    Attributes:
        bench: Browser, site and budget.
        stand: Where it is walked.
        topic: The product, review, order and author to look at.
        visit: Called with the page's name, the page, and the values of its placeholders.
        pages: Only these pages; empty is all.
        unreached: Steps that could not be made, and why.
    """

    bench: Workbench
    stand: Stand
    topic: Topic
    visit: Visit
    pages: tuple[str, ...] = ()
    unreached: list[str] = field(default_factory=list)
    _shown: set[str] = field(default_factory=set)

    def walk(self) -> None:
        """Walks all that may be walked here."""
        with reading_tab(self.bench) as tab:
            self._public(tab)
        if self.stand.mock is None:
            self._sign_in_pages()
            return
        state, _ = self.stand.session(self._identity)
        with account_tab(self.bench, state) as tab:
            self._account(tab)
            if self._wants("reviews", "report_dialog") and "reviews" in tab.site.pages:
                self._report(tab)
        for name in self.bench.site.channels_by_rank():
            self._form(name)
        if self._wants("sign_in"):
            with reading_tab(self.bench) as tab:
                self._sign_in(tab)
        if self._wants("dialogs"):
            with reading_tab(self.bench) as tab:
                before, self.stand.mock.switches.banner = self.stand.mock.switches.banner, "always"
                self._open(tab, "dialogs", "home")
                self.stand.mock.switches.banner = before

    @property
    def _identity(self) -> str:
        """Who walks the pages of an account: whoever files on the public page, else the first."""
        site = self.bench.site
        reporting = (one.identity for one in site.channels.values() if one.kind is ChannelKind.REPORT_DIALOG)
        return next(reporting, next(iter(site.identities)))

    def _wants(self, *names: str) -> bool:
        return any(name in self.bench.site.pages and (not self.pages or name in self.pages) for name in names)

    def left_out(self) -> list[str]:
        """Names the pages that were wanted and not shown: they stand behind signing in, or behind sending."""
        pages = self.bench.site.pages
        return [name for name in pages if pages[name].entries and self._wants(name) and name not in self._shown]

    def _sign_in_pages(self) -> None:
        """Opens each way to sign in, and types nothing."""
        site = self.bench.site
        for name, identity in site.identities.items() if self._wants("sign_in") else ():
            with self._step(f"sign_in of {name}"), reading_tab(self.bench) as tab:
                self._go(tab, identity.sign_in, redirect=site.url(identity.home))
                self._show(tab, "sign_in")

    def _public(self, tab: Tab) -> None:
        if self._wants("product", "reviews"):
            self._product(tab)
        if self.stand.mock is not None or self.topic.asked.shop:
            self._open(tab, "storefront", "storefront", shop=self.topic.shop(), page="1")
        if self.stand.mock is not None or self.topic.asked.author_id:
            self._open(tab, "author", "author", author_id=self.topic.author_id())

    def _product(self, tab: Tab) -> None:
        product = self.topic.product()
        place = {"sku": product.sku, "slug": product.slug}
        if self._wants("product"):
            with self._step("product"):
                self._go(tab, "product", **place)
                if self.stand.mock is not None and "reviews_shelf" in tab.site.page("product").entries:
                    ProductPage(tab.page, tab.site, **place).show_reviews()
            self._show(tab, "product", **place)
        self._open(tab, "reviews", "reviews", **place)

    def _account(self, tab: Tab) -> None:
        review, number = self.topic.review().review_id, self.topic.order_number() or ""
        self._open(tab, "orders", "orders")
        self._open(tab, "appeals", "appeals")
        self._open(tab, "order_details", "order_details", order_number=number, review_id=review)
        if self._wants("order_appeal"):
            with self._step("order_appeal"):
                OrderDetailsPage(tab.page, tab.site, order_number=number).open().open_appeal(review, "order_appeal")
            self._show(tab, "order_appeal", order_number=number, review_id=review)

    def _report(self, tab: Tab) -> None:
        product, review = self.topic.product(), self.topic.review().review_id
        place = {"sku": product.sku, "slug": product.slug}
        page = ReviewsPage(tab.page, tab.site, **place)
        with self._step("reviews, signed in"):
            page.open_review(review)
        self._show(tab, "reviews", review_id=review)
        if "card_menu" in page.catalog.entries:
            with self._step("reviews, menu open"):
                page.finder.one("card_menu", review_id=review).click()
                page.entry("menu_copy_link").first.wait_for()
            self._show(tab, "reviews", review_id=review)
        with self._step("report_dialog"):
            page.open_review(review).open_report_dialog(review)
        specs = tab.site.channels.values()
        spec = next((one for one in specs if one.kind is ChannelKind.REPORT_DIALOG), None)
        self._show(tab, "report_dialog", review_id=review, reason=spec.reasons[0] if spec else "")

    def _form(self, channel: str) -> None:
        """Opens a channel's form, whatever the catalog calls it, behind a closed gate, and leaves it."""
        spec = self.bench.site.channels[channel]
        inner = ("cabinet_review",) if spec.kind is ChannelKind.CABINET_FORM else ()
        pages = [one for one in (*spec.facts.pages, *inner, spec.page) if one not in self._shown and self._wants(one)]
        if not pages:
            return
        with self._step(spec.page):
            state, expected = self.stand.session(spec.identity)
            product, review = self.topic.product(), self.topic.review().review_id
            address = self.bench.site.url("product", sku=product.sku, slug=product.slug)
            target = ProbeTarget(review_id=review, product_url=address, order_number=self.topic.order_number())
            with open_channel(self.bench, channel, state=state, expected=expected) as opened:
                seen = look_for(opened, channel, target)
                for one in pages:
                    self._show(opened.tab, one, review_id=review, reason=(*seen.form.reasons, *spec.reasons, "")[0])
            if seen.control != "present":
                self.unreached.append(f"{spec.page}: {seen.control}: {seen.detail}")

    def _sign_in(self, tab: Tab) -> None:
        mock = self.stand.mock
        assert mock is not None  # noqa: S101 - only then is this walked
        login = mock.world.accounts[0].email
        values = {"company": mock.world.accounts[0].company}
        for other in (name for name in tab.site.identities if name != self._identity):
            with self._step(f"sign_in of {other}"):
                open_sign_in(tab, other)
                self.visit("sign_in", tab.page, values)
        with self._step("sign_in"):
            page = open_sign_in(tab, self._identity)
            limit = tab.site.timings.hydration_seconds
            page.await_stage(seconds=limit)
            self.visit("sign_in", tab.page, values)
            if page.offers_email():
                page.choose_email()
                page.await_stage(seconds=limit, unlike=Stage.PHONE)
                self.visit("sign_in", tab.page, values)
            page.type_login(login, Stage.EMAIL)
            page.await_stage(seconds=limit, unlike=Stage.EMAIL)
            self.visit("sign_in", tab.page, values)

    def _open(self, tab: Tab, page_name: str, url_name: str, **values: str) -> None:
        if not self._wants(page_name):
            return
        with self._step(page_name):
            self._go(tab, url_name, **values)
            self._show(tab, page_name, **values)

    def _go(self, tab: Tab, url_name: str, **values: str) -> None:
        url = tab.site.url(url_name, **values)
        with tab.turn(url), named_faults(url):
            tab.page.goto(url, wait_until="load")

    def _show(self, tab: Tab, page_name: str, **values: str) -> None:
        """Shows the page as it is, whether or not it is the one that was meant: what is missing is the finding."""
        catalog = tab.site.pages.get(page_name)
        if catalog is None:
            return
        for name in (name for name, entry in catalog.entries.items() if entry.required):
            landmark = any_of(locators_of_all(tab.page, catalog, name, values))
            if not is_seen(landmark, tab.site.timings.hydration_seconds):
                break
        if self._wants(page_name):
            self._shown.add(page_name)
            self.visit(page_name, tab.page, values)

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        try:
            with named_faults(name):
                yield
        except FlowError as error:
            self.unreached.append(f"{name}: {error}")
