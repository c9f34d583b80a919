"""One transaction: all repositories on one connection, and one moment for everything it writes."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from sqlalchemy import Connection, text

from monitor.clock import Clock
from monitor.state.even_clock import EvenClock

if TYPE_CHECKING:
    from monitor.state.accounts import Accounts, Products, Sessions
    from monitor.state.appeal_pages import AppealPages
    from monitor.state.appeals import Appeals, Approvals
    from monitor.state.cases import Artifacts, Cases, Verdicts
    from monitor.state.changes import Changes
    from monitor.state.contacts import Contacts
    from monitor.state.counters import Counters
    from monitor.state.decisions import Decisions
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

RepositoryT = TypeVar("RepositoryT")

_EVER = datetime.min.replace(tzinfo=UTC)


class _OnDemand(Generic[RepositoryT]):
    """One repository of a transaction: its module is loaded, and it is made, when it is asked for first."""

    def __init__(self, place: str) -> None:
        self._module, self._class = place.split(".")
        self._name = ""

    def __set_name__(self, _: type[Transaction], name: str) -> None:
        self._name = name

    def __get__(self, tx: Transaction, _: type[Transaction]) -> RepositoryT:
        made = getattr(import_module(f"monitor.state.{self._module}"), self._class)(tx.connection, tx.now)
        tx.__dict__[self._name] = made  # found there from now on, before this
        return cast("RepositoryT", made)


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

    accounts: _OnDemand[Accounts] = _OnDemand("accounts.Accounts")
    """Accounts and their stops."""

    products: _OnDemand[Products] = _OnDemand("accounts.Products")
    """Watched products."""

    sessions: _OnDemand[Sessions] = _OnDemand("accounts.Sessions")
    """Facts about sessions."""

    locks: _OnDemand[Locks] = _OnDemand("locks.Locks")
    """Who may act for an account."""

    reviews: _OnDemand[Reviews] = _OnDemand("reviews.Reviews")
    """Reviews and their versions."""

    review_stream: _OnDemand[ReviewStream] = _OnDemand("read_reviews.ReviewStream")
    """All reviews one after the other, for counting."""

    told_aspects: _OnDemand[ToldAspects] = _OnDemand("told_aspects.ToldAspects")
    """What reviews were found to tell."""

    told_sums: _OnDemand[ToldSums] = _OnDemand("told_sums.ToldSums")
    """How many reviews of a group tell what."""

    appeal_stream: _OnDemand[AppealStream] = _OnDemand("read_appeals.AppealStream")
    """Sent appeals one after the other, for counting."""

    changes: _OnDemand[Changes] = _OnDemand("changes.Changes")
    """What the seller changed."""

    listings: _OnDemand[Listings] = _OnDemand("listings.Listings")
    """Where each review stands, and which products share a listing."""

    review_rows: _OnDemand[ReviewRows] = _OnDemand("version_seals.ReviewRows")
    """All rows of reviews, for checks."""

    sources: _OnDemand[Sources] = _OnDemand("sources.Sources")
    """What the cabinet and the API for sellers showed."""

    visits: _OnDemand[Visits] = _OnDemand("visits.Visits")
    """Visits."""

    polls: _OnDemand[Polls] = _OnDemand("visits.Polls")
    """What each poll proved."""

    cases: _OnDemand[Cases] = _OnDemand("cases.Cases")
    """Cases."""

    verdicts: _OnDemand[Verdicts] = _OnDemand("cases.Verdicts")
    """Verdicts."""

    artifacts: _OnDemand[Artifacts] = _OnDemand("cases.Artifacts")
    """The index of the evidence."""

    personal: _OnDemand[Personal] = _OnDemand("personal.Personal")
    """What people wrote, for removing it."""

    appeals: _OnDemand[Appeals] = _OnDemand("appeals.Appeals")
    """Appeals and their transitions; change them through ``monitor.appeals.ledger``."""

    appeal_pages: _OnDemand[AppealPages] = _OnDemand("appeal_pages.AppealPages")
    """Appeals a page at a time."""

    approvals: _OnDemand[Approvals] = _OnDemand("appeals.Approvals")
    """Approvals."""

    looks: _OnDemand[Looks] = _OnDemand("looks.Looks")
    """What was seen when the site was looked at."""

    decisions: _OnDemand[Decisions] = _OnDemand("decisions.Decisions")
    """What people decided about reviews without sending anything."""

    waiting: _OnDemand[Waiting] = _OnDemand("waiting.Waiting")
    """Which reviews wait for a decision."""

    names: _OnDemand[Names] = _OnDemand("names.Names")
    """Ids that people see."""

    probes: _OnDemand[Probes] = _OnDemand("probes.Probes")
    """What was found when channels were looked for."""

    questions: _OnDemand[Questions] = _OnDemand("questions.Questions")
    """The site's questions and our answers."""

    contacts: _OnDemand[Contacts] = _OnDemand("contacts.Contacts")
    """The dialogue of each case with the platform."""

    letters: _OnDemand[Letters] = _OnDemand("letters.Letters")
    """Letters by mail; change them through ``monitor.support.letters``."""

    schedule: _OnDemand[Schedule] = _OnDemand("schedule.Schedule")
    """Due times and slots."""

    counters: _OnDemand[Counters] = _OnDemand("counters.Counters")
    """Counters of the shop window."""

    homes: _OnDemand[Homes] = _OnDemand("homes.Homes")
    """Machines, and which account is at home where."""

    incidents: _OnDemand[Incidents] = _OnDemand("incidents.Incidents")
    """Incidents."""

    outbox: _OnDemand[Outbox] = _OnDemand("outbox.Outbox")
    """What people are to be told."""

    journal: _OnDemand[Journal] = _OnDemand("journal.Journal")
    """The action log."""

    installation: _OnDemand[Installation] = _OnDemand("installation.Installation")
    """The installation's own row."""
