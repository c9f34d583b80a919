"""Walks every page that the site's catalog describes and keeps what was found by which entry. Sends nothing.

Pages are read as a poll reads them; forms are opened with the gate closed and left. What a page sends to work is noted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING

from flows.catalog.loader import load_site
from flows.catalog.resolve import locators_of_all
from flows.catalog.seen import digest_of_entry
from flows.catalog.vocabulary import placeholders_in
from flows.errors import CatalogError, FlowError, SignInRequired, WallMet, WrongAccount
from flows.faults import named_faults
from flows.library.answers import require_signed_in
from flows.library.filing import open_channel
from flows.library.probe_channels import ProbeTarget, look_for
from flows.pages.arrival import judge_arrival, raise_for_verdict
from flows.pages.cabinet import CabinetReviewsPage
from flows.pages.pressing import any_of, is_seen
from flows.pages.source import read_source
from flows.readings.appeals import read_appeal_list
from flows.readings.orders import read_order_list
from flows.workbench import Tab, Workbench, account_tab, reading_tab
from monitor.cases.casework import open_case_file
from monitor.closed_lists.states import Presence
from monitor.endings import message_of
from monitor.files.private import make_private_directory, write_private
from monitor.language import gettext
from monitor.state import subject
from monitor.state.text import JsonValue
from monitor.use_cases import surveys
from monitor.visit_protocol import EndKind, VisitEnd
from monitor.visiting.looks import needed_requests, sent_by_itself
from monitor.visiting.room import VisitRoom
from monitor.visiting.signing_in import SignIns
from qa.cases import save_case
from qa.elements import CANDIDATES, Look, look_at
from qa.recorded import READINGS
from qa.selector_check import EntryCheck, check_page

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page, Request

    from flows.catalog import Site

_STATES: Mapping[str, surveys.EntryState] = {
    "primary": "found",
    "fallback": "found_by_a_later_way",
    "ambiguous": "ambiguous",
    "missing": "not_seen",
    "not_asked": "no_value",
}
_BEST_FIRST = tuple(_STATES)
_MOST_OUTLINED = 250
_MOST_REQUESTS = 50
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OF_ROWS = frozenset({"order_number", "appeal_number"})
# Pages with an address of their own name, and those that stand on another page.
_ON = (("header", "home"), ("dialogs", "home"))


@dataclass
class Surveying:
    """One survey: what is known to ask for, and what was seen so far."""

    room: VisitRoom
    bench: Workbench
    sign_ins: SignIns
    values: dict[str, str] = field(default_factory=dict)
    _best: dict[tuple[str, str], EntryCheck] = field(default_factory=dict)
    _pages: dict[str, surveys.SurveyedPage] = field(default_factory=dict)
    _target: ProbeTarget | None = None

    def run(self) -> VisitEnd:
        """Walks, writes the record, and marks what was found.

        Raises:
            flows.errors.WallMet, flows.errors.SignInRequired, flows.errors.WrongAccount: as their names say.
        """
        self._find_target()
        folder = self._folder()
        for identity in self.room.account.identities:
            self._walk_as(identity, folder)
        self._walk_as_anybody(folder)
        self._look_at_forms(folder)
        self._look_at_sign_in()
        survey = self._survey()
        write_private(folder / surveys.RESULT, survey.model_dump_json(indent=1).encode())
        marks = surveys.marks_of(survey)
        self._record(survey, len(marks))
        surveys.keep_marks(self.room.layers, self.site, marks)
        found = sum(one.state == "found" for one in survey.entries)
        message = gettext("{found} of {count} entries were found as the catalog says; nothing was sent.").format(
            found=found, count=len(survey.entries)
        )
        return VisitEnd(kind=EndKind.DONE, message=message)

    @cached_property
    def allow(self) -> surveys.AllowList:
        """What may be told of the pages."""
        return surveys.AllowList(self.site)

    @property
    def site(self) -> Site:
        """The catalog that is surveyed."""
        return self.room.site

    def _find_target(self) -> None:
        """Takes the review that was ordered, else the newest that is on its page, for pages that are about one."""
        with self.room.installation.state.read() as tx:
            ordered = self.room.order.review_ids
            review_id = ordered[0] if ordered else None
            if review_id is None:
                newest = tx.reviews.find(self.room.account_id, presence=Presence.PRESENT, limit=1)
                review_id = newest[0].review_id if newest else None
            products = tx.products.watched(self.room.account_id)
        if review_id is not None:
            case = open_case_file(
                self.room.installation.state, self.room.installation.artifacts, self.room.account_id, review_id
            )
            order = case.facts.order
            number = order.order_number if order else None
            self._target = ProbeTarget(review_id=review_id, product_url=case.product_url, order_number=number)
            self.values |= {"review_id": review_id, "author_id": case.review.author_id, "order_number": number or ""}
        address = case.product_url if review_id is not None else products[0].url if products else ""
        if address:
            product = self.site.product_from_url(address)
            self.values |= {"sku": product.sku, "slug": product.slug}
        self.values = {name: value for name, value in {**self.values, **self.room.order.values}.items() if value}

    def _walk_as(self, identity: str, folder: Path) -> None:
        signed_in = self.sign_ins.require(identity)
        origin = self.site.identities[identity].origin
        with account_tab(self.bench, signed_in.state) as tab, self._listening(tab.page) as sent:
            pages = pages_on(self.site, origin)
            for name, url in sorted(pages.items(), key=lambda page: self._is_about_a_row(page[0])):
                with self._step(name, sent):
                    self._open(tab, identity, url)
                    self._keep(tab, name, folder)
                    self._learn(tab, name)
                    if name == "reviews" and "review_id" in self.values and "review" in self.site.urls:
                        self._open(tab, identity, "review")  # of a long list the first page need not have it
                        self._see(tab.page, name, self.values)
                if name == "cabinet_reviews" and "cabinet_review" in self.site.pages:
                    with self._step("cabinet_review", sent):
                        self._open_drawer(tab)
                        self._keep(tab, "cabinet_review", folder)

    def _walk_as_anybody(self, folder: Path) -> None:
        """Opens what lies on an origin to which the account does not sign in."""
        known = {self.site.identities[name].origin for name in self.room.account.identities}
        elsewhere = [name for name in self.site.pages if name in self.site.urls and name not in self._pages]
        for name in sorted(elsewhere, key=self._is_about_a_row):
            if self.site.urls[name].partition(":")[0] in known or name in ways_in(self.site):
                continue
            with reading_tab(self.bench) as tab, self._listening(tab.page) as sent, self._step(name, sent):
                self._open(tab, None, name)
                self._keep(tab, name, folder)

    def _is_about_a_row(self, name: str) -> bool:
        """Lists come first: they tell the numbers of the pages that are about one of their rows."""
        return not _OF_ROWS.isdisjoint(placeholders_in(self.site.urls.get(name, "")))

    def _look_at_forms(self, folder: Path) -> None:
        for channel in self.site.channels_by_rank():
            spec = self.site.channels[channel]
            if spec.identity not in self.room.account.identities:
                self._miss(spec.page, f"no {spec.identity}: the account does not sign in there")
                continue
            if self._target is None or (spec.facts.needs_order and self._target.order_number is None):
                self._miss(spec.page, "no review, or no order of it, is known to look at it for")
                continue
            self.room.report("survey", gettext("Looking at the form of {channel}").format(channel=channel))
            with self._step(spec.page, []) as sent:
                self._look_at_form(channel, self._target, folder, sent)

    def _look_at_form(self, channel: str, target: ProbeTarget, folder: Path, sent: list[str]) -> None:
        spec = self.site.channels[channel]
        signed_in, expected = self.sign_ins.require(spec.identity), self.sign_ins.expected(spec.identity)
        needed = needed_requests(self.room, channel)
        with open_channel(self.bench, channel, state=signed_in.state, expected=expected, needed=needed) as opened:
            seen = look_for(opened, channel, target)
            reason = {"reason": (*seen.form.reasons, *spec.reasons, "")[0]}
            for name in (spec.page, *spec.facts.pages):
                if name in self.site.pages:
                    self._keep(opened.tab, name, folder, values=reason if name == spec.page else {})
            for line in sent_by_itself(opened.gate):
                method, _, url = line.partition(" ")
                sent.append(self.allow.request(method, url))
            if seen.control != "present":
                self._miss(spec.page, f"{seen.control}: {seen.detail}")

    def _look_at_sign_in(self) -> None:
        if "sign_in" not in self.site.pages:
            return
        for identity in self.site.identities.values():
            with reading_tab(self.bench) as tab, self._listening(tab.page) as sent, self._step("sign_in", sent):
                url = self.site.url(identity.sign_in, redirect=self.site.url(identity.home))
                with tab.turn(url), named_faults(url):
                    tab.page.goto(url, wait_until="load")
                self._see(tab.page, "sign_in", {})

    def _open(self, tab: Tab, identity: str | None, url_name: str) -> None:
        try:
            url = self.site.url(url_name, **self.values)
        except KeyError as error:
            wanted = error.args[0]
            raise CatalogError(
                f"no {wanted} is known to ask for; give one: `fairreview survey run --with {wanted}=…`", where=url_name
            ) from error
        self.room.report("survey", gettext("Looking at {url_name}").format(url_name=url_name))
        with tab.turn(url), named_faults(url):
            response = tab.page.goto(url, wait_until="load")
        if verdict := judge_arrival(tab.page, self.site, response, has_witness=False):
            raise_for_verdict(verdict, where=url_name)
        if identity is not None:
            require_signed_in(tab, identity, self.sign_ins.expected(identity))

    def _open_drawer(self, tab: Tab) -> None:
        page = CabinetReviewsPage(tab.page, self.site)
        rows = page.read(seen_at=self.bench.now()).rows
        if not rows:
            raise CatalogError("no review is listed there", where="cabinet_reviews")
        page.open_review(rows[0].review.review_id)

    def _learn(self, tab: Tab, name: str) -> None:
        """Takes numbers from lists, for the pages that are about one of their rows."""
        if name == "orders" and "order_number" not in self.values:
            orders = read_order_list(read_source(tab.page), self.site, seen_at=self.bench.now()).rows
            self.values.update({"order_number": orders[0].order_number} if orders else {})
        if any(spec.list_page == name for spec in self.site.channels.values()):
            rows = read_appeal_list(read_source(tab.page), self.site, url=tab.page.url, list_page=name).rows
            self.values.update({"appeal_number": rows[0].number} if rows and rows[0].number else {})

    def _keep(self, tab: Tab, name: str, folder: Path, *, values: Mapping[str, str] | None = None) -> None:
        self._see(tab.page, name, {**self.values, **(values or {})})
        path = folder / "cases" / name / f"seen-{self.bench.now():%Y-%m-%d}"
        if name not in READINGS or path.exists():
            return
        make_private_directory(folder / "cases")
        meta = {"url": tab.page.url, "status_code": "200", "seen_at": self.bench.now().isoformat(timespec="seconds")}
        catalog = load_site(self.site.name, layers=self.room.layers)  # a case means the same everywhere
        own = partial(_in_own_origins, self.site, catalog)
        save_case(tab, read_source(tab.page), meta, folder=path, site=catalog, own=own)

    def _see(self, page: Page, name: str, values: Mapping[str, str]) -> None:
        catalog = self.site.page(name)
        for key in (key for key, entry in catalog.entries.items() if entry.required):
            if not is_seen(any_of(locators_of_all(page, catalog, key, values)), self.site.timings.hydration_seconds):
                break
        for check in check_page(page, catalog, values, {}):
            best = self._best.get((name, check.entry))
            if best is None or _BEST_FIRST.index(check.state) < _BEST_FIRST.index(best.state):
                self._best[name, check.entry] = check
        looks = look_at(page.locator(CANDIDATES))[:_MOST_OUTLINED]
        outlined = [self._outlined(look) for look in looks]
        known = self._pages.get(name, surveys.SurveyedPage(page=name))
        outline = tuple(dict.fromkeys([*known.outline, *outlined]))[:_MOST_OUTLINED]
        self._pages[name] = known.model_copy(update={"outline": outline})

    @contextmanager
    def _step(self, name: str, sent: list[str]) -> Iterator[list[str]]:
        """One page: trouble with it is told and does not stop the others, a wall or another account does."""
        sent.clear()
        try:
            with named_faults(name):
                yield sent
        except (WallMet, SignInRequired, WrongAccount):
            raise
        except FlowError as error:
            self._miss(name, message_of(error))
        if name in self._pages and sent:
            requests = tuple(dict.fromkeys(sent))[:_MOST_REQUESTS]
            self._pages[name] = self._pages[name].model_copy(update={"requests": requests})

    def _miss(self, name: str, why: str) -> None:
        known = self._pages.get(name)
        self._pages[name] = (known or surveys.SurveyedPage(page=name)).model_copy(update={"why": why[:300]})

    @contextmanager
    def _listening(self, page: Page) -> Iterator[list[str]]:
        sent: list[str] = []

        def note(request: Request) -> None:
            if request.method not in _SAFE:
                sent.append(self.allow.request(request.method, request.url))

        page.on("request", note)
        yield sent

    def _survey(self) -> surveys.Survey:
        entries = []
        for name, catalog in self.site.pages.items():
            if name not in self._pages:
                self._miss(name, self._why_not(name))
            for key, entry in catalog.entries.items():
                entries.append(self._entry(name, key, digest_of_entry(entry)))
        return surveys.Survey(
            site=self.site.name,
            account=self.room.account_id,
            at=self.bench.now(),
            origins=", ".join(self.site.origins.values()),
            pages=tuple(self._pages[name] for name in self.site.pages),
            entries=tuple(entries),
        )

    def _why_not(self, name: str) -> str:
        """Says why a page was not met at all."""
        if name in self.site.urls:
            return "the account does not sign in on the origin where it lies"
        return "no address leads there without sending something"

    def _entry(self, page: str, entry: str, base: str) -> surveys.SurveyedEntry:
        check = self._best.get((page, entry))
        if check is None:
            return surveys.SurveyedEntry(page=page, entry=entry, state="not_reached", base=base)
        first = next((i for i, count in enumerate(check.counts) if count), None)
        look = check.look
        return surveys.SurveyedEntry(
            page=page,
            entry=entry,
            state=_STATES[check.state],
            way=self.site.pages[page].entries[entry].candidates[first].by if first is not None else "",
            look=None if look is None else self._outlined(look),
            base=base,
        )

    def _outlined(self, look: Look) -> surveys.Outlined:
        return self.allow.outline(
            tag=look.tag,
            role=look.role,
            attributes=look.attributes,
            component=look.attributes.get("data-widget", ""),
            texts=(look.name, look.text),
        )

    def _folder(self) -> Path:
        reports = self.room.installation.home.reports
        folder = surveys.folder_of(reports, self.room.account_id)
        stamp = f"{self.bench.now():%Y-%m-%dT%H%M%S}-{self.room.order.visit_id[-6:]}"
        for path in (reports, folder.parent, folder, folder / stamp):
            make_private_directory(path)
        return folder / stamp

    def _record(self, survey: surveys.Survey, marks: int) -> None:
        counts: dict[str, JsonValue] = {
            state: sum(one.state == state for one in survey.entries) for state in surveys.STATE_WORDS
        }
        sent: list[JsonValue] = [*sorted({line for page in survey.pages for line in page.requests})]
        with self.room.installation.state.transaction(self.room.lease) as tx:
            action = self.room.action(
                "survey.run",
                subjects=[subject("other", f"{survey.site}.seen")],
                outputs={**counts, "marks": marks, "requests": sent},
            )
            tx.journal.record(self.room.account_id, action)


def ways_in(site: Site) -> set[str]:
    """The addresses at which somebody signs in: looked at as a guest, whom they do not send away."""
    return {"sign_in", *(identity.sign_in for identity in site.identities.values())}


def pages_on(site: Site, origin: str) -> dict[str, str]:
    """The pages that a signed-in account is shown on an origin, each with the name of its address."""
    found = {name: next((home for page, home in _ON if page == name), name) for name in site.pages}
    lying = {name for name, url in site.urls.items() if url.partition(":")[0] == origin}
    return {name: url for name, url in found.items() if url in lying - ways_in(site)}


def _in_own_origins(site: Site, own: Site, text: str) -> str:
    """Writes the site's own origins in place of a mock's."""
    for name, origin in site.origins.items():
        text = text.replace(origin, own.origins[name])
    return text
