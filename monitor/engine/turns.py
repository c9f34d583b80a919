"""An account's turn: is something due, are its slots ours, run the visit, write down what became of it.

Whatever brings accounts here (the loop of one machine, the queue of several) may come twice, late or never: the stored
due times and the claims of slots decide, so a doubled or lost call is harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from monitor.config.sections import AccountSection
from monitor.config.settings import Settings
from monitor.engine.context import EngineContext
from monitor.engine.dead_visits import clean_up
from monitor.engine.slots import SlotBook, Taken
from monitor.engine.trouble import note_end
from monitor.engine.visits import VisitDetails, VisitRunner
from monitor.errors import MonitorError
from monitor.insight.aspects import load_lexicon
from monitor.insight.recounting import recount
from monitor.language import gettext as _
from monitor.language import ngettext
from monitor.language.days import tell_moment
from monitor.outgoing.anchoring import Anchoring
from monitor.outgoing.pings import ping
from monitor.outgoing.sending import Messenger
from monitor.visit_protocol import EndKind, VisitEnd, VisitKind


@dataclass
class AccountTurns:
    """The turns of some accounts of one installation.

    Attributes:
        say: Tells the person at the terminal, or the worker's log.
        only: The one account that was asked for; empty for all.
        unknown: Appeals that an account's last visit may have sent and of which nobody knows what became.
    """

    installation: EngineContext
    runner: VisitRunner
    accounts: Sequence[AccountSection]
    say: Callable[[str], None]
    is_headed: bool = False
    only: str = ""
    _said_wait: str = ""
    unknown: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def book(self) -> SlotBook:
        """The stored due times and slots."""
        return SlotBook(self.installation)

    @cached_property
    def anchoring(self) -> Anchoring:
        """Sends checkpoints to where this machine's holder cannot take them back."""
        return Anchoring(self.installation)

    def enrol(self) -> None:
        """Brings rosters and due times in line with the settings; what a dead watcher left is cleaned up.

        Raises:
            SecretsUnavailable, StorageError: nothing can be done here; the message says why.
        """
        for left in clean_up(self.installation.state, self.installation.home):
            self.say(_("Cleaned up after {left}, whose parent had died.").format(left=left))
        for account in self.accounts:
            self.book.enrol(account)

    def take_up(self, settings: Settings) -> None:
        """Goes on with changed settings; what was decided at the start (where state and secrets lie) is named.

        Raises:
            SettingsError: the account that was asked for is not in them any more.
        """
        old = self.installation.settings
        fixed = [name for name in ("state", "vault", "cluster") if getattr(old, name) != getattr(settings, name)]
        accounts = (settings.find_account(self.only),) if self.only else settings.account
        self.installation.take_up(settings)
        self.accounts = accounts
        count = len(accounts)
        told = ngettext(
            "The settings were changed: {count} account from now on.",
            "The settings were changed: {count} accounts from now on.",
            count,
        ).format(count=count)
        names = ", ".join(f"[{name}]" for name in fixed)
        stays = _(" A new start is needed for {names}.").format(names=names) if fixed else ""
        self.say(told + stays)

    def say_wait(self, *, without: Collection[str] = ()) -> None:
        """Says until when nothing is due, once for each such moment."""
        names = frozenset(account.name for account in self.accounts if not account.paused) - frozenset(without)
        nearest = self.book.next_due(names)
        zone = self.installation.settings.installation.zone
        told = (
            _("Nothing is due before {when} ({zone}). Ctrl-C ends.").format(when=tell_moment(nearest, zone), zone=zone)
            if nearest
            else ""
        )
        if told and told != self._said_wait:
            self.say(told)
        self._said_wait = told

    def take(self, account: AccountSection) -> None:
        """Visits the account if something is due for it, and tells people; its trouble never reaches the others."""
        taken = self.book.take(account)
        if taken is not None:
            self.carry_out(taken)
            self.tell_people([account.name])

    def carry_out(self, taken: Taken) -> None:
        """Runs the visit for slots that were taken."""
        name = taken.account.name
        self.say(_("Visiting {name}: {slots}").format(name=name, slots=", ".join(task.value for task in taken.slots)))
        end: VisitEnd | None = None
        try:
            details = VisitDetails(visit_id=taken.visit_id, tasks=tuple(taken.slots), is_headed=self.is_headed)
            end = self.runner.run(taken.account, VisitKind.DUE, details)
            self.unknown[name] = end.unknown
            self.say(f"{name}: {end.message}" + (f" ({end.hint})" if end.hint else ""))
            for problem in end.problems:
                self.say(f"  {name}: {problem}")
        except (MonitorError, OSError) as error:
            self.say(f"{name}: {error} {getattr(error, 'hint', '')}".rstrip())
        finally:
            self.book.finish(taken, end)
            self.book.forget_old(taken.account)
            self._recount(name)
            note_end(self.installation.state, self.installation.redactor, name, end)
            ping(self.installation.secrets, name, is_fine=end is not None and end.kind is EndKind.DONE)

    def _recount(self, name: str) -> None:
        """Reads what the new reviews complain of, so that whoever asks later need not wait."""
        settings = self.installation.settings
        try:
            recount(self.installation.state, name, load_lexicon(settings.insight.words), settings.installation.zone)
        except MonitorError as error:
            self.say(_("{name}: what reviews complain of was not counted: {error}").format(name=name, error=error))

    def tell_people(self, names: Collection[str] | None = None) -> None:
        """Sends the messages that are due, of some accounts or of all; trouble with a channel is kept in its state."""
        done = Messenger(self.installation, names or [account.name for account in self.accounts]).send_due()
        if done.sent or done.failed:
            self.say(
                _("Messages: {sent} sent, {failed} failed (`fairreview notify status`)").format(
                    sent=done.sent, failed=done.failed
                )
            )
        for problem in self.anchoring.send_due():
            self.say(problem)

    def due(self) -> list[AccountSection]:
        """Returns the accounts for which something is due, the longest overdue first."""
        return self.book.due(self.accounts)

    def seconds_to_next(self, *, without: Collection[str] = ()) -> float:
        """Returns how long it is until something is due, for accounts that are not left out; 0 when it is due now."""
        names = frozenset(account.name for account in self.accounts if not account.paused) - frozenset(without)
        nearest = self.book.next_due(names)
        if nearest is None:
            return float("inf")
        with self.installation.state.read() as tx:
            return max((nearest - tx.now()).total_seconds(), 0.0)
