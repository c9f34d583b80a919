"""Binds the use cases to one installation: the only module of the desk that knows it. Each call is one use case."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar, cast
from zoneinfo import ZoneInfo

from evidence_store.journal import Actor
from monitor.bootstrap import Installation
from monitor.cases.casework import Wishes, compose_payload, open_case_file
from monitor.cases.channel_terms import find_channel, terms_of
from monitor.config.sections import AccountSection
from monitor.custody.notes import person_of
from monitor.desk.entering import Person
from monitor.engine.health import examine_health
from monitor.engine.watch_lock import is_watched
from monitor.states import ReviewDecision
from monitor.use_cases import appeal_table, appeals, condition, deciding, inbox, pane, pictures, timeline
from monitor.use_cases.deciding import Looked
from monitor.use_cases.findings import Finding
from monitor.use_cases.inbox_models import Decided, Listed, Pane

if TYPE_CHECKING:
    from monitor.appeals.terms import ChannelTerms

_SENDING_KNOWN_FOR = 10.0  # seconds
_HEALTH_KNOWN_FOR = 30.0
KeptT = TypeVar("KeptT")
_MORNING = 9  # o'clock: when what was put off till tomorrow comes back


@dataclass(frozen=True)
class Sending:
    """Whether anything that is approved goes out by itself: per account, who watches it."""

    watched: tuple[str, ...]
    unwatched: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """How much of what is watched was read: ``full`` of ``total`` products lately, the oldest success at ``since``."""

    full: int
    total: int
    since: datetime | None


class Calls:
    """What the pages may ask for.

    Args:
        installation: The installation whose desk this is.
    """

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._writing = threading.Lock()  # one decision after the other: the log's mirror is written in order
        self._kept: dict[str, tuple[float, object]] = {}

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

    @cached_property
    def waiting(self) -> inbox.Inbox:
        """The list of what waits."""
        return inbox.Inbox(self._installation.state, zone=self.zone)

    def now(self) -> datetime:
        """The moment, in the installation's zone."""
        return self._installation.clock.now().astimezone(ZoneInfo(self.zone))

    def list_waiting(self, wanted: inbox.Wanted) -> Listed:
        """Lists what waits for a decision."""
        return self.waiting.page(wanted, ground_title=lambda account, ground: self._titles(account).ground(ground))

    def count_waiting(self) -> int:
        """How many wait in all."""
        return self.waiting.count(self.accounts)

    def show(self, account: str, review_id: str) -> Pane | None:
        """Shows one review with everything a decision needs."""
        if account not in self.accounts:
            return None
        return pane.show_pane(
            self._installation.state, account, review_id, titles=self._titles(account), zone=self.zone
        )

    def grounds(self, account: str) -> dict[str, str]:
        """The site's grounds, by id."""
        return dict(self._titles(account).grounds)

    def channels(self, account: str) -> dict[str, str]:
        """The site's channels that this account has an identity for, by name."""
        section = self._section(account)
        site = self._installation.site_of(section)
        return {
            name: spec.title
            for name, spec in site.channels.items()
            if spec.identity in (section.identities or site.identities)
        }

    def approve(self, looked: Looked, appeal_id: str, shown: str, *, by: Actor) -> datetime | None:
        """Approves exactly what was shown; returns from when on it may go out."""
        state = self._installation.state
        with self._writing:
            found = self.show(looked.account, looked.review_id)
            wait = timedelta(seconds=found.draft.wait) if found and found.draft else timedelta(minutes=10)
            deciding.approve_shown(state, looked, appeal_id, shown, actor=by, wait=wait)
        after = self.show(looked.account, looked.review_id)
        return after.standing.until if after and after.standing else None

    def word(self, looked: Looked, shown: str, wishes: Wishes, *, by: Actor) -> None:
        """Rewords the draft, or makes one."""
        section, installation = self._section(looked.account), self._installation
        with self._writing:
            deciding.word_draft(
                installation.state,
                looked,
                shown,
                compose=lambda: compose_payload(
                    installation,
                    section,
                    open_case_file(installation.state, installation.artifacts, looked.account, looked.review_id),
                    wishes,
                ),
                terms=lambda name: terms_of(
                    installation.site_of(section), name, settings=installation.settings, account=section
                ),
                actor=by,
            )

    def proposed(self, account: str, review_id: str, wishes: Wishes) -> str:
        """Returns the text that the program would write by itself; nothing is stored."""
        installation = self._installation
        file = open_case_file(installation.state, installation.artifacts, account, review_id)
        return compose_payload(installation, self._section(account), file, replace(wishes, text=None)).text

    def leave(self, reviews: Sequence[Looked], *, by: Actor) -> str:
        """Decides that nothing is sent about these reviews."""
        with self._writing:
            return deciding.decide(self._installation.state, reviews, ReviewDecision.LEFT, actor=by)

    def put_off(self, reviews: Sequence[Looked], days: int, *, by: Actor) -> tuple[str, datetime]:
        """Puts reviews off until nine in the morning, so many days from now; returns how to take it back, and when."""
        moment = self.now().replace(hour=_MORNING, minute=0, second=0, microsecond=0) + timedelta(days=days)
        with self._writing:
            state = self._installation.state
            kind = ReviewDecision.SNOOZED
            return deciding.decide(state, reviews, kind, actor=by, until=moment), moment

    def ask(self, looked: Looked, note: str, *, by: Actor) -> str:
        """Keeps a question to a colleague; the review waits for the answer."""
        with self._writing:
            kind = ReviewDecision.ASKED
            return deciding.decide(self._installation.state, [looked], kind, actor=by, note=note)

    def undo(self, what: str, *, by: Actor) -> list[tuple[str, str]]:
        """Takes a decision back."""
        with self._writing:
            return deciding.undo(self._installation.state, what, actor=by)

    def decided(self) -> list[Decided]:
        """What was decided in the last days and not taken back."""
        since = self._installation.clock.now() - timedelta(days=7)
        return deciding.decided_since(self._installation.state, list(self.accounts), since, zone=self.zone)

    def picture(self, artifact_id: str, *, width: int) -> bytes:
        """A copy of a picture of the evidence."""
        return pictures.show_picture(self._installation.state, self._installation.artifacts, artifact_id, width=width)

    def sending(self) -> Sending:
        """Whether anything goes out by itself now."""
        return self._keep("sending", _SENDING_KNOWN_FOR, self._look_who_watches)

    def reading(self) -> Reading:
        """How much of what is watched was read."""
        return self._keep("reading", _HEALTH_KNOWN_FOR, self._look_at_health)

    def actor(self, person: Person | None, page: str) -> Actor:
        """The person as the log names them, with the page on which they decided.

        Raises:
            SettingsError: the settings name nobody.
        """
        if person is None:
            person = Person(person_of(self._installation.settings).name)
        return Actor(kind="operator", id=f"desk/{page}:{person.name}", name=person.name, role=person.role)

    def all_titles(self) -> dict[str, pane.Titles]:
        """What each account's site calls things."""
        return {account: self._titles(account) for account in self.accounts}

    def list_appeals(self, stage: str, after: str) -> appeal_table.AppealPage:
        """A page of appeals."""
        state, titles = self._installation.state, self.all_titles()
        return appeal_table.list_page(state, self.accounts, stage, after=after, titles=titles, zone=self.zone)

    def show_appeal(self, appeal_id: str) -> appeal_table.AppealShown | None:
        """One appeal with its steps and the safe choices."""
        return appeal_table.show_one(self._installation.state, appeal_id, titles=self.all_titles(), zone=self.zone)

    def say_found(
        self, shown: appeal_table.AppealShown, finding: Finding, note: str, number: str, *, by: Actor
    ) -> None:
        """Stores what a person found on the site about an appeal."""
        has_list = self._terms(shown).has_list
        with self._writing:
            state = self._installation.state
            appeal_table.say_found(state, shown.row.id, finding, actor=by, note=note, number=number, has_list=has_list)

    def drop(self, shown: appeal_table.AppealShown, *, by: Actor) -> None:
        """Ends an appeal that the site does not have."""
        with self._writing:
            appeals.drop(self._installation.state, shown.row.id, actor=by, why="dropped at the desk")

    def release(self, shown: appeal_table.AppealShown, digest: str, note: str, *, by: Actor) -> None:
        """Approves one more attempt of an appeal that the site provably does not have."""
        wait = self._terms(shown).change_of_mind
        with self._writing:
            appeals.release(self._installation.state, shown.row.id, digest, actor=by, note=note, wait=wait)

    def steps(self, account: str, review_id: str) -> tuple[timeline.LogRow, ...]:
        """The steps of a case."""
        if account not in self.accounts:
            return ()
        return timeline.show_steps(self._installation.state, account, review_id, zone=self.zone)

    def log(self, account: str, before: int, about: str) -> timeline.LogPage:
        """A page of a log; an empty name is the installation's own."""
        name = account if account in self.accounts else ""
        return timeline.show_log(self._installation.state, name, before=before, about=about, zone=self.zone)

    def condition(self) -> condition.Condition:
        """How everything stands."""
        return condition.show_condition(self._installation.state, self.accounts, zone=self.zone)

    def _terms(self, shown: appeal_table.AppealShown) -> ChannelTerms:
        section = self._section(shown.row.account)
        site = self._installation.site_of(section)
        return terms_of(site, shown.channel_name, settings=self._installation.settings, account=section)

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
                window=terms.filing_window,
                attempts=None if spec.reappeals is None else 1 + spec.reappeals,
                daily_cap=terms.daily_cap,
                wait=terms.change_of_mind,
            )
        grounds = {one.id: one.title for one in self._installation.rules_of(section).grounds}
        return pane.Titles(channels, grounds)

    def _look_who_watches(self) -> Sending:
        runs = self._installation.home.runs
        watched = tuple(name for name in self.accounts if is_watched(runs, name))
        return Sending(watched, tuple(name for name in self.accounts if name not in watched))

    def _look_at_health(self) -> Reading:
        found = [
            one
            for section in self._installation.settings.account
            for one in examine_health(self._installation, section)
        ]
        good = [one for one in found if not one.is_late and not one.is_troubled]
        moments = [one.last_full_at for one in good if one.last_full_at]
        since = min(moments).astimezone(ZoneInfo(self.zone)) if moments else None
        return Reading(len(good), len(found), since)

    def _keep(self, name: str, lives: float, make: Callable[[], KeptT]) -> KeptT:
        known = self._kept.get(name)
        if known is None or time.monotonic() - known[0] > lives:
            known = (time.monotonic(), make())
            self._kept[name] = known
        return cast("KeptT", known[1])
