"""An installation with approved appeals on the mock site, filed by whole visits: real desk, ledger, SQLite, Chromium.

What reached the site is counted at the mock's socket; whether RELEASED was on disk by then is asked of the store's file
at the moment the request arrives.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast
from unittest.mock import patch

from starlette.requests import Request

from evidence_store.journal import Actor
from flows.browser import BrowserHandle
from flows.channels import Attachment
from flows.politeness import Budget, Politeness
from flows.readings.models import ReviewReading, TimeReading
from flows.retrying import RetryPolicy
from flows.workbench import Workbench
from mock_site.ledger import Entry
from mock_site.pages.app import Handler
from mock_site.server import MockSite
from mock_site.world import WorldOptions
from mock_site.world.models import Review
from monitor.appeals.drafting import Drafting
from monitor.appeals.payload import Payload
from monitor.appeals.reconcile import Reconciler
from monitor.bootstrap import Installation, open_installation
from monitor.cases.channel_terms import identity_key, terms_of
from monitor.config.home import Home
from monitor.config.sections import AccountSection
from monitor.config.settings import environment_for_children
from monitor.config.template import write_config
from monitor.engine.supervisor import VISIT_COMMAND, Listener, run_visit
from monitor.engine.visits import VisitRunner
from monitor.secrets.vault import SessionVault
from monitor.state.appeals import AppealRecord
from monitor.state.repository import new_id
from monitor.visit_protocol import EndKind, Progress, Question, VisitEnd, VisitKind, VisitOrder
from monitor.visiting.entry import run
from monitor.visiting.link import ParentLink
from monitor.watching.recording import record_poll
from tests.appeal_world import listing
from tests.browser.conftest import signed_in_state
from tests.quick_secrets import create_quick_store

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ACCOUNT = "shop"
IDENTITY = "site_profile"
PASSPHRASE = "correct horse battery staple"
OPERATOR = Actor(kind="operator", id="anna")
OPTIONS = WorldOptions(seed=11, products=4, reviews_per_product=60, orders=120)
REASONS = {"order_appeal": "Персональные данные", "public_report": "Неприемлемое содержание"}
CREATE = "/my/appeals/create"
REPORT = "/api/composer-api.bx/_action/v2/rpReportAbuseV2"
_MOST_QUESTIONS = 8
_TIMINGS = {"action_seconds": "4s", "navigation_seconds": "8s", "hydration_seconds": "4s", "upload_seconds": "5s"}


@dataclass
class FilingWorld:
    """One installation on one mock.

    Attributes:
        early: Reviews whose request reached the site before RELEASED was on disk.
        on_arrival: Called in the site's thread with each filing request that has arrived, before the site works on it.
    """

    site: MockSite
    installation: Installation
    early: list[str] = field(default_factory=list)
    on_arrival: Callable[[], object] | None = None

    @property
    def account(self) -> AccountSection:
        return self.installation.settings.find_account(ACCOUNT)

    def approve(self, *, number: int = 0, channel: str = "order_appeal", files: Sequence[Attachment] = ()) -> str:
        """Approves an appeal about the ``number``-th bad review that came with an order; returns its id."""
        review = self.reviews()[number]
        terms = terms_of(
            self.installation.site("ozon"), channel, settings=self.installation.settings, account=self.account
        )
        with self.installation.state.transaction() as tx:
            case = tx.cases.open(ACCOUNT, review.uuid)
        drafting = Drafting(self.installation.state)
        made = drafting.draft(case.id, self._payload(review, channel, files), actor=OPERATOR, terms=terms)
        return drafting.approve(made.id, made.payload_hash, actor=OPERATOR).id

    def reviews(self) -> list[Review]:
        """The bad reviews that came with an order."""
        return [
            review
            for product in self.site.world.products()
            for review in self.site.world.reviews(product)
            if review.rating <= 2 and self.site.world.order_of(review.uuid) is not None
        ]

    def take_note(self) -> None:
        """Stores the bad reviews as a poll would: the first time they were there before, later ones are news."""
        state, found = self.installation.state, self.reviews()
        with state.read() as tx:
            known = {record.review_id for record in tx.reviews.find(ACCOUNT)}
        came = {review.uuid for review in found} - known if known else set()
        lease = state.acquire(ACCOUNT, "poll", timedelta(minutes=5))
        for sku in {review.sku for review in found}:
            now = state.clock.now()  # the mock's own clock, which ids follow, runs elsewhere
            readings = [_reading(review, now if review.uuid in came else None) for review in found if review.sku == sku]
            record_poll(state, lease, listing(readings, state.clock.now(), sku=sku))
        state.release(lease)

    def visit(self, kind: VisitKind, browser: Browser, **details: object) -> VisitEnd:
        """Makes a whole visit in this process, in a browser that is warm already; ``details`` change its order."""
        bench = self._bench(browser)

        @contextmanager
        def opened(*_: object, **__: object) -> Iterator[Workbench]:
            yield bench

        with patch("monitor.visiting.visit.open_workbench", opened):
            return run(self.order(kind).model_copy(update=details), cast("ParentLink", _Answering(self)))

    def ask_site(
        self,
        browser: Browser,
        *,
        after_first: Callable[[FilingWorld], None] | None = None,
        is_about: Callable[[AppealRecord], bool] = lambda _: True,
    ) -> None:
        """Lets the program ask the site until nothing is left to ask; a visit that is refused ends it.

        Args:
            browser: A browser that is warm already.
            after_first: Called after the first question.
            is_about: Which appeals have to be settled; the others are asked about as long as those are not.
        """
        for number in range(_MOST_QUESTIONS):
            is_settled = not any(map(is_about, self._waiting()))
            if is_settled or self.visit(VisitKind.FOLLOW, browser).kind is EndKind.WALL:
                return
            if number == 0 and after_first is not None:
                after_first(self)
        raise AssertionError(f"not settled: {[appeal.state for appeal in self._waiting()]}")

    def _waiting(self) -> list[AppealRecord]:
        channels = ("order_appeal", "public_report")
        site, settings = self.installation.site("ozon"), self.installation.settings
        terms = [terms_of(site, channel, settings=settings, account=self.account) for channel in channels]
        return Reconciler(self.installation.state).waiting(ACCOUNT, terms)

    def run_process(self, kind: VisitKind) -> VisitEnd:
        """Makes a visit as the command line does: a child process with a browser of its own, supervised from here."""
        return VisitRunner(self.installation, self.listener(), "simulated:test").run(self.account, kind)

    def run_command(self, kind: VisitKind, *before: str) -> VisitEnd:
        """Makes a visit in a child process that is started through another command."""
        return run_visit(
            self.order(kind),
            clock=self.installation.clock,
            listener=self.listener(),
            environment=environment_for_children(),
            command=(*before, *VISIT_COMMAND),
        )

    def order(self, kind: VisitKind) -> VisitOrder:
        return VisitOrder(
            visit_id=new_id("visit"),
            account=ACCOUNT,
            kind=kind,
            home=self.installation.home.root,
            data_key=self.installation.secrets.data_key(),
            deadline_seconds=120.0,
            operator="simulated:test",
        )

    def listener(self) -> Listener:
        return Listener(report=_ignore, ask=lambda _: self.code())

    def code(self) -> str:
        return self.site.code_for(self.site.world.options.accounts[0].email)

    def load(self, appeal_id: str) -> AppealRecord:
        with self.installation.state.read() as tx:
            found = tx.appeals.get(appeal_id)
        assert found is not None
        return found

    def appeals(self) -> list[AppealRecord]:
        with self.installation.state.read() as tx:
            return tx.appeals.of_account(ACCOUNT)

    def posts(self) -> Counter[str]:
        """How many filing requests each review had, counted at the socket."""
        known = [appeal.review_id for appeal in self.appeals()]
        return Counter(review for entry in self.site.ledger.submits for review in known if _names(entry, review))

    def stored(self) -> Counter[str]:
        """How many filings of each review the site has."""
        return Counter(one.review_uuid for one in self.site.world.stored_appeals)

    def uploads(self) -> Counter[str]:
        """How often the site got each file."""
        return Counter(stored.sha256 for stored in self.site.world.filings.uploads.values())

    def watch_arrivals(self) -> None:
        """Looks into the store's file whenever a filing request arrives."""
        for path in (CREATE, REPORT):
            self.site.set_route(path, cast("Handler", self._note_arrival))

    def _note_arrival(self, _: Request) -> None:
        newest = self.site.ledger.submits[-1]
        for review_id in unreleased_on_disk(self.installation.home.root / "state.sqlite3"):
            if _names(newest, review_id):
                self.early.append(review_id)
        if self.on_arrival is not None:
            self.on_arrival()

    def _payload(self, review: Review, channel: str, files: Sequence[Attachment]) -> Payload:
        product = self.site.world.product(review.sku)
        order = self.site.world.order_of(review.uuid)
        assert product is not None
        assert order is not None
        return Payload(
            site="ozon",
            identity=identity_key(self.account, IDENTITY),
            channel=channel,
            review_id=review.uuid,
            review_version=1,
            ground="personal_data",
            reason_label=REASONS[channel],
            text="В отзыве указан номер телефона. Просим удалить.",
            product_url=self.site.origins["www"] + product.path,
            order_number=order.number if channel == "order_appeal" else None,
            files=tuple(files),
        )

    def _bench(self, browser: Browser) -> Workbench:
        return Workbench(
            browser=BrowserHandle.adopt(browser),
            site=self.installation.site("ozon"),
            politeness=Politeness(budget=Budget(per_second=1_000, burst=1_000), pause=lambda _: None),
            retries=RetryPolicy.without_backoff(),
        )


def make_filing_world(
    folder: Path,
    site: MockSite,
    *,
    browser: dict[str, str] | None = None,
    transport: str = "browser",
    timings: dict[str, str] | None = None,
    answer_window: str = "2s",
) -> FilingWorld:
    """Makes an installation that knows the mock's bad reviews and is signed in.

    Args:
        folder: Where its home lies.
        site: The mock.
        browser: The configuration's section of that name.
        transport: How filing requests go out.
        timings: Other waits than the usual ones, by the catalog's names.
        answer_window: How long a visit waits for the site's answer: short where there is none, long where the test
            needs it on a busy machine.
    """
    person = site.world.options.accounts[0]
    passphrase = folder / "passphrase"
    passphrase.write_text(PASSPHRASE)
    passphrase.chmod(0o600)
    home = Home(folder / "home")
    home.create()
    identity = {"login": person.email, "sign_in": "code", "witness": person.name}
    values = {
        "operator": {"name": "Тест Тестов", "role": "владелец"},
        "vault": {"passphrase_file": str(passphrase)},
        "windows": {"settle": "600ms", "between_reads": "1s", "submit_deadline": "2m"},
        "browser": browser or {},
        "sites": {
            "ozon": {
                "origins": dict(site.origins),
                "requests_per_minute": 6000.0,
                "submit_transport": transport,
                "timings": {**_TIMINGS, **(timings or {})},
                "windows": {"answer_window_seconds": answer_window},
            }
        },
        "account": [
            {
                "name": ACCOUNT,
                "identities": {IDENTITY: identity},
                "caps": {"appeals_per_day": 100, "pause": "1ms"},
            }
        ],
    }
    write_config(home.config, values)
    create_quick_store(home.secrets, PASSPHRASE)
    world = FilingWorld(site, open_installation(home.root))
    SessionVault(world.installation.secrets).save(ACCOUNT, IDENTITY, signed_in_state(site))
    site.switches.moderator.rule = "never"  # what the moderator decides is another story
    _settle_in(world)
    world.watch_arrivals()
    return world


def unreleased_on_disk(path: Path) -> list[str]:
    """Returns the reviews whose open appeal has no RELEASED in the store's file."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        found = connection.execute("SELECT review_id FROM appeals WHERE released_at IS NULL AND closed_at IS NULL")
        return [str(row[0]) for row in found]
    finally:
        connection.close()


def _settle_in(world: FilingWorld) -> None:
    state = world.installation.state
    found = world.reviews()
    with state.transaction() as tx:
        tx.accounts.add(ACCOUNT, site="ozon")
        for sku in {review.sku for review in found}:
            product = world.site.world.product(sku)
            assert product is not None
            tx.products.add(ACCOUNT, sku, url=world.site.origins["www"] + product.path)
    world.take_note()


def _reading(review: Review, published: datetime | None) -> ReviewReading:
    # Without a moment there is no filing window: these worlds are about the boundary, not about being late.
    return ReviewReading(
        site="ozon",
        review_id=review.uuid,
        item_id=review.sku,
        rating=review.rating,
        text=review.text,
        version=0,
        published=TimeReading(
            raw="", earliest=published, latest=published, basis="unix_seconds" if published else "unparsed"
        ),
    )


def _names(entry: Entry, review_id: str) -> bool:
    return review_id.encode() in entry.body


def _ignore(_: Progress) -> None:
    """Nobody listens."""


@dataclass
class _Answering:
    """The child's end of the pipe, with a person who types codes."""

    world: FilingWorld

    def report(self, step: str, text: str, *, done: int | None = None, total: int | None = None) -> None:
        """Nobody listens."""

    def ask(self, _: Question) -> str | None:
        return self.world.code()
