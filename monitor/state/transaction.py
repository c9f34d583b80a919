"""One transaction: all repositories on one connection, and one moment for everything it writes."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property

from sqlalchemy import Connection, text

from monitor.clock import Clock
from monitor.state.accounts import Accounts, Products, Sessions
from monitor.state.appeal_pages import AppealPages
from monitor.state.appeals import Appeals, Approvals
from monitor.state.cases import Artifacts, Cases, Verdicts
from monitor.state.changes import Changes
from monitor.state.contacts import Contacts
from monitor.state.counters import Counters
from monitor.state.decisions import Decisions
from monitor.state.even_clock import EvenClock
from monitor.state.homes import Homes
from monitor.state.incidents import Incidents
from monitor.state.installation import Installation
from monitor.state.journal import Journal
from monitor.state.letters import Letters
from monitor.state.listings import Listings
from monitor.state.locks import Locks
from monitor.state.looks import Looks
from monitor.state.names import Names
from monitor.state.outbox import Outbox
from monitor.state.personal import Personal
from monitor.state.probes import Probes
from monitor.state.questions import Questions
from monitor.state.read_appeals import AppealStream
from monitor.state.read_reviews import ReviewStream
from monitor.state.reviews import Reviews
from monitor.state.schedule import Schedule
from monitor.state.sources import Sources
from monitor.state.told_aspects import ToldAspects
from monitor.state.told_sums import ToldSums
from monitor.state.version_seals import ReviewRows
from monitor.state.visits import Polls, Visits
from monitor.state.waiting import Waiting

_EVER = datetime.min.replace(tzinfo=UTC)


class Transaction:
    """The repositories of one transaction.

    Args:
        connection: Inside a transaction already.
        clock: The program's clock.
        asks_store: Take the moment from the store: machines that share one do not share a clock.
        even_clock: Knows since when the machine's clock has gone evenly; None takes it for even.
    """

    def __init__(
        self, connection: Connection, clock: Clock, *, asks_store: bool, even_clock: EvenClock | None = None
    ) -> None:
        self.connection = connection
        self._clock = clock
        self._asks_store = asks_store
        self._even_clock = even_clock
        self._moment: datetime | None = None

    def now(self) -> datetime:
        """Returns the transaction's one moment."""
        if self._moment is None:
            self._moment = self._read_moment()
        return self._moment

    def even_since(self) -> datetime:
        """Returns since when this machine's clock has gone evenly: what is older is no measure of time passed."""
        return _EVER if self._even_clock is None else self._even_clock.observe()

    def is_ours(self) -> bool:
        """Whether moments come from this machine's clock, not from the store's."""
        return not self._asks_store

    def _read_moment(self) -> datetime:
        if not self._asks_store:
            return self._clock.now()
        found: datetime = self.connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return found.astimezone(UTC)

    @cached_property
    def accounts(self) -> Accounts:
        """Accounts and their stops."""
        return Accounts(self.connection, self.now)

    @cached_property
    def products(self) -> Products:
        """Watched products."""
        return Products(self.connection, self.now)

    @cached_property
    def sessions(self) -> Sessions:
        """Facts about sessions."""
        return Sessions(self.connection, self.now)

    @cached_property
    def locks(self) -> Locks:
        """Who may act for an account."""
        return Locks(self.connection, self.now)

    @cached_property
    def reviews(self) -> Reviews:
        """Reviews and their versions."""
        return Reviews(self.connection, self.now)

    @cached_property
    def review_stream(self) -> ReviewStream:
        """All reviews one after the other, for counting."""
        return ReviewStream(self.connection, self.now)

    @cached_property
    def told_aspects(self) -> ToldAspects:
        """What reviews were found to tell."""
        return ToldAspects(self.connection, self.now)

    @cached_property
    def told_sums(self) -> ToldSums:
        """How many reviews of a group tell what."""
        return ToldSums(self.connection, self.now)

    @cached_property
    def appeal_stream(self) -> AppealStream:
        """Sent appeals one after the other, for counting."""
        return AppealStream(self.connection, self.now)

    @cached_property
    def changes(self) -> Changes:
        """What the seller changed."""
        return Changes(self.connection, self.now)

    @cached_property
    def listings(self) -> Listings:
        """Where each review stands, and which products share a listing."""
        return Listings(self.connection, self.now)

    @cached_property
    def review_rows(self) -> ReviewRows:
        """All rows of reviews, for checks."""
        return ReviewRows(self.connection, self.now)

    @cached_property
    def sources(self) -> Sources:
        """What the cabinet and the API for sellers showed."""
        return Sources(self.connection, self.now)

    @cached_property
    def visits(self) -> Visits:
        """Visits."""
        return Visits(self.connection, self.now)

    @cached_property
    def polls(self) -> Polls:
        """What each poll proved."""
        return Polls(self.connection, self.now)

    @cached_property
    def cases(self) -> Cases:
        """Cases."""
        return Cases(self.connection, self.now)

    @cached_property
    def verdicts(self) -> Verdicts:
        """Verdicts."""
        return Verdicts(self.connection, self.now)

    @cached_property
    def artifacts(self) -> Artifacts:
        """The index of the evidence."""
        return Artifacts(self.connection, self.now)

    @cached_property
    def personal(self) -> Personal:
        """What people wrote, for removing it."""
        return Personal(self.connection, self.now)

    @cached_property
    def appeals(self) -> Appeals:
        """Appeals and their transitions; change them through ``monitor.appeals.ledger``."""
        return Appeals(self.connection, self.now)

    @cached_property
    def appeal_pages(self) -> AppealPages:
        """Appeals a page at a time."""
        return AppealPages(self.connection, self.now)

    @cached_property
    def approvals(self) -> Approvals:
        """Approvals."""
        return Approvals(self.connection, self.now)

    @cached_property
    def looks(self) -> Looks:
        """What was seen when the site was looked at."""
        return Looks(self.connection, self.now)

    @cached_property
    def decisions(self) -> Decisions:
        """What people decided about reviews without sending anything."""
        return Decisions(self.connection, self.now)

    @cached_property
    def waiting(self) -> Waiting:
        """Which reviews wait for a decision."""
        return Waiting(self.connection, self.now)

    @cached_property
    def names(self) -> Names:
        """Ids that people see."""
        return Names(self.connection, self.now)

    @cached_property
    def probes(self) -> Probes:
        """What was found when channels were looked for."""
        return Probes(self.connection, self.now)

    @cached_property
    def questions(self) -> Questions:
        """The site's questions and our answers."""
        return Questions(self.connection, self.now)

    @cached_property
    def contacts(self) -> Contacts:
        """The dialogue of each case with the platform."""
        return Contacts(self.connection, self.now)

    @cached_property
    def letters(self) -> Letters:
        """Letters by mail; change them through ``monitor.support.letters``."""
        return Letters(self.connection, self.now)

    @cached_property
    def schedule(self) -> Schedule:
        """Due times and slots."""
        return Schedule(self.connection, self.now)

    @cached_property
    def counters(self) -> Counters:
        """Counters of the shop window."""
        return Counters(self.connection, self.now)

    @cached_property
    def homes(self) -> Homes:
        """Machines, and which account is at home where."""
        return Homes(self.connection, self.now)

    @cached_property
    def incidents(self) -> Incidents:
        """Incidents."""
        return Incidents(self.connection, self.now)

    @cached_property
    def outbox(self) -> Outbox:
        """What people are to be told."""
        return Outbox(self.connection, self.now)

    @cached_property
    def journal(self) -> Journal:
        """The action log."""
        return Journal(self.connection, self.now)

    @cached_property
    def installation(self) -> Installation:
        """The installation's own row."""
        return Installation(self.connection, self.now)
