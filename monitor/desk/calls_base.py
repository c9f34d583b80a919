"""What all pages may ask of one installation: the only modules of the desk that know it are these calls."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeVar, cast
from zoneinfo import ZoneInfo

from evidence_store.journal import Actor
from monitor.bootstrap import Installation
from monitor.cases.channel_terms import find_channel, terms_of
from monitor.config.sections import AccountSection
from monitor.custody.notes import person_of
from monitor.desk.engine import Engine
from monitor.desk.entering import Person
from monitor.desk.orders import Ask, Orders, no_terminal
from monitor.desk.work import Work
from monitor.doctor.checking import examine
from monitor.doctor.findings import Finding, Level
from monitor.engine.health import examine_health
from monitor.engine.planning import PlannedRun, plan_runs
from monitor.engine.watch_lock import is_watched
from monitor.errors import SecretsUnavailable, StorageDamaged
from monitor.language import gettext
from monitor.language.words import Tone
from monitor.use_cases import condition, inbox, log_sound, needs_person, pane, pictures, timeline
from monitor.use_cases.inbox_models import Pane

if TYPE_CHECKING:
    pass

_SENDING_KNOWN_FOR = 10.0  # seconds
_HEALTH_KNOWN_FOR = 30.0
_LOG_KNOWN_FOR = 30.0
_MACHINE_KNOWN_FOR = 600.0
_RUNS_KNOWN_FOR = 20.0
_MOST_KEPT = 200
KeptT = TypeVar("KeptT")


@dataclass(frozen=True)
class Sending:
    """Whether anything that is approved goes out by itself.

    Attributes:
        watched: Accounts that a process of this machine visits by itself; ``unwatched``: the others, resting ones too.
        locked: Why the secrets cannot be used here; empty: they can.
        trouble: What keeps the desk's own engine from watching, in the program's words.
    """

    watched: tuple[str, ...]
    unwatched: tuple[str, ...]
    locked: str = ""
    trouble: str = ""


@dataclass(frozen=True)
class Reading:
    """How much of what is watched was read: ``full`` of ``total`` products lately, the oldest success at ``since``."""

    full: int
    total: int
    since: datetime | None


@dataclass(frozen=True)
class Trouble:
    """Something that keeps reading or sending from going on, as it is said above the list."""

    tone: Literal["bad", "wait"]
    title: str
    text: str


class BaseCalls:
    """What every page needs.

    Args:
        installation: The installation whose desk this is.
        ask: How a visit asks a person for a code: at the terminal alone.
        ask_hidden: How something that nobody may read is asked for there.
        locked: Why the secrets cannot be used; empty: they can.
        work: What runs already; None: nothing.
    """

    def __init__(
        self,
        installation: Installation,
        *,
        ask: Ask = no_terminal,
        ask_hidden: Callable[[str], str | None] = lambda _: None,
        locked: str = "",
        work: Work | None = None,
    ) -> None:
        self._installation, self._locked, self._ask_hidden = installation, locked, ask_hidden
        self.work = work or Work(self.now)
        self.orders = Orders(installation, self.work, ask, self.begin_watching)
        self.engine: Engine | None = None
        self._writing = threading.Lock()  # one decision after the other: the log's mirror is written in order
        self._kept: dict[str, tuple[float, object]] = {}

    def begin_watching(self) -> None:
        """Lets the desk's own engine begin, where there is one and it has not begun yet."""
        if self.engine is not None:
            self.engine.start()

    @property
    def zone(self) -> str:
        """The installation's zone."""
        return self._installation.settings.installation.zone

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts of the settings."""
        return tuple(one.name for one in self._installation.settings.account)

    @property
    def people(self) -> tuple[Person, ...]:
        """Who may decide: the operator, and those whom ``[operators]`` names."""
        settings = self._installation.settings
        named = {settings.operator.name: settings.operator.role} if settings.operator.name else {}
        return tuple(Person(name, role) for name, role in {**named, **settings.operators}.items())

    @property
    def idle(self) -> float:
        """After how many seconds without input the pages are locked."""
        return self._installation.settings.desk.idle.total_seconds()

    @cached_property
    def waiting(self) -> inbox.Inbox:
        """The list of what waits."""
        return inbox.Inbox(self._installation.state, zone=self.zone)

    def now(self) -> datetime:
        """The moment, in the installation's zone."""
        return self._installation.clock.now().astimezone(ZoneInfo(self.zone))

    def show(self, account: str, review_id: str) -> Pane | None:
        """Shows one review with everything a decision needs."""
        if account not in self.accounts:
            return None
        return pane.show_pane(
            self._installation.state, account, review_id, titles=self._titles(account), zone=self.zone
        )

    def why_needed(self, appeal_id: str) -> str:
        """Why an appeal waits for a person, and what to do; empty: it does not."""
        with self._installation.state.read() as tx:
            found = tx.appeals.get(appeal_id)
            return needs_person.why_needed(found, tx.appeals.transitions(appeal_id)) if found else ""

    def picture(self, artifact_id: str, *, width: int) -> bytes:
        """A copy of a picture of the evidence."""
        return pictures.show_picture(self._installation.state, self._installation.artifacts, artifact_id, width=width)

    def sending(self) -> Sending:
        """Whether anything goes out by itself now."""
        return self._keep("sending", _SENDING_KNOWN_FOR, self._look_who_watches)

    def reading(self) -> Reading:
        """How much of what is watched was read."""
        return self._keep("reading", _HEALTH_KNOWN_FOR, self._look_at_health)

    def troubles(self) -> tuple[Trouble, ...]:
        """What stands still or is broken: walls and stops first, then sign-ins that ended."""
        return self._keep("troubles", _SENDING_KNOWN_FOR, self._look_for_troubles)

    def actor(self, person: Person | None, page: str) -> Actor:
        """The person as the log names them, with the page on which they decided.

        Raises:
            SettingsError: the settings name nobody.
            StorageDamaged: the log does not hold together: nothing is decided on top of it.
        """
        self.require_sound()
        person = person or self._operator()
        return Actor(kind="operator", id=f"desk/{page}:{person.name}", name=person.name, role=person.role)

    def damage(self) -> str:
        """Where the log does not hold together; empty: nowhere in its newest part. Sending from here ends then."""
        found = self._keep("damage", _LOG_KNOWN_FOR, lambda: log_sound.find_break(self._installation.state))
        if found and self.engine is not None:
            self.engine.halt()
        return found

    def require_sound(self) -> None:
        """Lets nothing be decided or ordered over a damaged log.

        Raises:
            StorageDamaged: it is.
        """
        if found := self.damage():
            raise StorageDamaged(found)

    def all_titles(self) -> dict[str, pane.Titles]:
        """What each account's site calls things."""
        return {account: self._titles(account) for account in self.accounts}

    def steps(self, account: str, review_id: str) -> tuple[timeline.LogRow, ...]:
        """The steps of a case."""
        if account not in self.accounts:
            return ()
        return timeline.show_steps(self._installation.state, account, review_id, zone=self.zone)

    def log(self, account: str, before: int, about: str, kind: str = "") -> timeline.LogPage:
        """A page of a log; an empty name is the installation's own."""
        name = account if account in self.accounts else ""
        return timeline.show_log(self._installation.state, name, before=before, about=about, zone=self.zone, kind=kind)

    def as_of(self) -> str:
        """A word that changes whenever anything was written down; looked at once a second, whoever asks."""
        return self._keep("as of", 1.0, self.waiting.as_of)

    def keeping(self) -> condition.Keeping:
        """Backups, and what became of messages."""
        return condition.show_keeping(self._installation.state, self.accounts, zone=self.zone)

    def condition(self) -> condition.Condition:
        """How everything stands."""
        return condition.show_condition(self._installation.state, self.accounts, zone=self.zone)

    def machine(self) -> tuple[Finding, ...]:
        """What is not as it should be with this machine and the store; a browser is not tried."""
        return self._keep("machine", _MACHINE_KNOWN_FOR, self._examine_machine)

    def store(self) -> str:
        """Where the store lies, without what opens it."""
        return self._installation.state.where

    def next_runs(self) -> tuple[PlannedRun, ...]:
        """The next run of every task of every account, and the rule it comes from."""
        installation = self._installation
        return self._keep(
            "runs",
            _RUNS_KNOWN_FOR,
            lambda: tuple(
                run
                for section in installation.settings.account
                for run in plan_runs(installation.state, installation.settings, section, 1)
            ),
        )

    def next_read(self) -> datetime | None:
        """When reviews are read next; None where nothing reads by itself."""
        watched = self.sending().watched
        planned = [one.at for one in self.next_runs() if one.task == "poll" and one.account in watched]
        return min(planned).astimezone(ZoneInfo(self.zone)) if planned else None

    def _examine_machine(self) -> tuple[Finding, ...]:
        found = examine(self._installation.home, self._installation.settings, tries_browser=False)
        return tuple(one for one in found if one.level in {Level.WARNING, Level.FAULT})

    def _operator(self) -> Person:
        return Person(person_of(self._installation.settings).name)

    def _require_unlocked(self) -> None:
        if self._locked:
            raise SecretsUnavailable(self._locked, hint=gettext("Open the desk anew at a terminal."))

    def _section(self, account: str) -> AccountSection:
        return self._installation.settings.find_account(account)

    def _titles(self, account: str) -> pane.Titles:
        return self._keep(f"titles {account}", 600.0, lambda: self._read_titles(account))

    def _read_titles(self, account: str) -> pane.Titles:
        section, settings = self._section(account), self._installation.settings
        site = self._installation.site_of(section)
        channels = {}
        for name in site.channels:
            spec = find_channel(site, name)
            terms = terms_of(site, name, settings=settings, account=section)
            channels[name] = pane.ChannelFacts(
                title=spec.title,
                longest=spec.text_max,
                most_files=spec.max_files,
                window=terms.filing_window,
                attempts=None if spec.reappeals is None else 1 + spec.reappeals,
                daily_cap=terms.daily_cap,
                wait=terms.change_of_mind,
            )
        grounds = {one.id: one.title for one in self._installation.rules_of(section).grounds}
        return pane.Titles(channels, grounds)

    def _look_who_watches(self) -> Sending:
        runs = self._installation.home.runs
        resting = {one.name for one in self._installation.settings.account if one.paused}
        watched = tuple(name for name in self.accounts if name not in resting and is_watched(runs, name))
        trouble = self.engine.why if self.engine else ""
        return Sending(watched, tuple(name for name in self.accounts if name not in watched), self._locked, trouble)

    def _look_for_troubles(self) -> tuple[Trouble, ...]:
        found = self.condition()
        others = " Другие аккаунты работают." if any(not one.stopped for one in found.accounts) else ""
        stopped = [
            Trouble("bad", f"Остановлен: {one.name}", f"{one.stopped.rstrip('.')}.{others}")
            for one in found.accounts
            if one.stopped
        ]
        broken = [
            Trouble(
                "bad", one.title, f"{one.account}{f', {one.about}' if one.about else ''}, с {one.since:%d.%m %H:%M}."
            )
            for one in found.incidents
        ]
        over = [
            Trouble("wait", f"{one.word}: вход {one.account}", "Отправка ждёт входа. Одобренное не пропадёт.")
            for one in found.sessions
            if one.tone is not Tone.GOOD
        ]
        return (*stopped, *broken, *over)

    def _look_at_health(self) -> Reading:
        found = [
            one
            for section in self._installation.settings.account
            for one in examine_health(self._installation, section)
        ]
        good = [one for one in found if one.last_full_at and not one.is_late and not one.is_troubled]
        moments = [one.last_full_at for one in good if one.last_full_at]
        since = min(moments).astimezone(ZoneInfo(self.zone)) if moments else None
        return Reading(len(good), len(found), since)

    def _keep(self, name: str, lives: float, make: Callable[[], KeptT]) -> KeptT:
        known = self._kept.get(name)
        if len(self._kept) > _MOST_KEPT:
            self._kept.clear()
        if known is None or time.monotonic() - known[0] > lives:
            known = (time.monotonic(), make())
            self._kept[name] = known
        return cast("KeptT", known[1])
