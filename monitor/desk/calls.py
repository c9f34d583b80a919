"""Binds the use cases about reviews to one installation. Each call is one use case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from evidence_store.journal import Actor
from monitor.cases.casework import Wishes, compose_payload, open_case_file
from monitor.cases.channel_terms import find_channel
from monitor.cases.judging import NEGATIVE_UP_TO
from monitor.closed_lists.states import ReviewDecision
from monitor.custody.notes import require_case
from monitor.custody.own_files import Supported, take_into_custody
from monitor.desk.roster_calls import RosterCalls
from monitor.errors import ReviewChanged
from monitor.use_cases import deciding, inbox
from monitor.use_cases.deciding import Looked
from monitor.use_cases.inbox_models import Decided, Listed

MOST_OLD = 1_000
"""Old reviews are counted up to this many."""

_OLD_KNOWN_FOR = 600.0  # seconds
_MORNING = 9  # o'clock: when what was put off till tomorrow comes back


class Calls(RosterCalls):
    """What the pages may ask for."""

    def list_waiting(self, wanted: inbox.Wanted) -> Listed:
        """Lists what waits for a decision."""
        return self.waiting.page(wanted, ground_title=lambda account, ground: self._titles(account).ground(ground))

    def count_waiting(self) -> int:
        """How many wait in all."""
        return self.waiting.count(self.accounts)

    def count_old(self) -> dict[str, int]:
        """How many bad reviews from before watching began nobody looked into, by account; counted now and then."""
        state = self._installation.state

        def count() -> dict[str, int]:
            with state.read() as tx:
                return tx.waiting.count_old(self.accounts, stars_up_to=NEGATIVE_UP_TO, most=MOST_OLD)

        ended = [one.id for one in self.work.shown() if one.standing != "running"]  # which may have looked into some
        return self._keep(f"old {ended}", _OLD_KNOWN_FOR, count)

    def news(self) -> str:
        """How far the log has grown and how many wait: a page that knows other numbers offers to show what is new."""
        return f"{self.as_of()} {self.count_waiting()}"

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
            deciding.approve_shown(
                state, looked, appeal_id, shown, actor=by, terms=partial(self._terms_of, looked.account)
            )
        after = self.show(looked.account, looked.review_id)
        return self.planned().get(appeal_id) or (after.standing.until if after and after.standing else None)

    def word(self, looked: Looked, shown: str, wishes: Wishes, *, by: Actor, kept: Sequence[str] = ()) -> None:
        """Rewords the draft, or makes one; ``kept``: digests of the draft's files that stay with it."""
        installation = self._installation
        section = self._section(looked.account)
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
                kept=kept,
                most_files=lambda name: find_channel(installation.site_of(section), name).max_files,
                terms=partial(self._terms_of, looked.account),
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

    def take_files(
        self, looked: Looked, given: Sequence[tuple[str, bytes]], *, note: str, facts: bool, by: Actor
    ) -> int:
        """Takes a person's own files into a review's case: all of them, or none; returns how many."""
        found = self.show(looked.account, looked.review_id)
        if found is None or found.version != looked.version:
            raise ReviewChanged("Отзыв изменился, пока вы смотрели на него. Ничего не записано.")
        case = require_case(self._installation.state, found.case_id)
        with self._writing:
            supports: Supported = "facts" if facts else ""
            taken = take_into_custody(self._installation, case, given, actor=by, note=note, supports=supports)
        return len(taken)
