"""What is kept of what waits is what a plain count says, whatever happened in between; on both stores."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from evidence_store.journal import Actor
from monitor.appeals.drafting import Drafting
from monitor.cases.judging import NEGATIVE_UP_TO
from monitor.clock import ManualClock
from monitor.closed_lists.states import Decision, ReviewDecision
from monitor.state import Action, State, subject
from monitor.state.waiting import Waiting, WaitingReview
from monitor.use_cases import waiting_list
from monitor.use_cases.deciding import Looked, decide, undo
from monitor.use_cases.waiting_list import GROUPS, WaitingList
from monitor.watching.recording import record_poll
from tests.appeal_world import ACCOUNT, StoreHome, draft, lease_of, listing, review, settle_in

ANNA = Actor(kind="operator", id="desk/inbox:Анна", name="Анна")
NAMES = [f"r{number}" for number in range(8)]
KINDS = (Decision.FILE, Decision.NEEDS_PERSON, Decision.DO_NOT_FILE)


class History:
    """Whatever may happen to reviews, one thing at a time and at random, by the program's own ways."""

    def __init__(self, state: State, clock: ManualClock, chance: random.Random) -> None:
        self.state, self.clock, self.chance = state, clock, chance
        self.texts = dict.fromkeys(NAMES, 0)
        self.read = list(NAMES)
        self.made: list[str] = []

    def step(self) -> str:
        """Does one thing that is possible now."""
        ways: list[Callable[[], None]] = [self.judge, self.leave, self.put_off, self.take_back, self.approve]
        ways += [self.revoke, self.edit, self.hide, self.arrive, self.wait, self.note, self.replace_all]
        way = self.chance.choice(ways)
        way()
        return way.__name__

    def judge(self) -> None:
        name = self.chance.choice(self.read)
        with self.state.transaction() as tx:
            case = tx.cases.open(ACCOUNT, name)
            head = tx.reviews.get(ACCOUNT, name)
            assert head is not None
            kind = self.chance.choice(KINDS)
            tx.verdicts.add(case.id, review_version=head.version, kind=kind, reasons=[], decided_by="the test")
            tx.journal.record(ACCOUNT, Action("case.verdict", subjects=[subject("review", name)]))

    def _decide(self, kind: ReviewDecision) -> None:
        with self.state.read() as tx:
            free = tx.waiting.all([ACCOUNT], stars_up_to=NEGATIVE_UP_TO, now=tx.now())
        if free:
            picked = self.chance.sample(free, min(len(free), self.chance.choice((1, 1, 3))))
            looked = [Looked(ACCOUNT, one.review_id, one.version) for one in picked]
            until = self.clock.now() + timedelta(minutes=self.chance.choice((2, 30)))
            until_it = until if kind is ReviewDecision.SNOOZED else None
            self.made.append(decide(self.state, looked, kind, actor=ANNA, until=until_it))

    def leave(self) -> None:
        self._decide(ReviewDecision.LEFT)

    def put_off(self) -> None:
        self._decide(ReviewDecision.SNOOZED)

    def take_back(self) -> None:
        if self.made:
            undo(self.state, self.made.pop(self.chance.randrange(len(self.made))), actor=ANNA)

    def approve(self) -> None:
        with self.state.read() as tx:
            free = tx.waiting.all([ACCOUNT], stars_up_to=NEGATIVE_UP_TO, now=tx.now())
        fresh = [one for one in free if one.version == 1 and not one.draft]
        if fresh:
            appeal = draft(self.state, self.chance.choice(fresh).review_id)
            if self.chance.random() < 0.7:
                Drafting(self.state).approve(appeal.id, appeal.payload_hash, actor=ANNA)

    def revoke(self) -> None:
        with self.state.read() as tx:
            found = tx.appeal_pages.approved([ACCOUNT], limit=20)
        if found:
            Drafting(self.state).revoke(self.chance.choice(found).id, actor=ANNA, why="the test")

    def _poll(self, names: list[str]) -> None:
        lease = lease_of(self.state, "poll")
        rows = [review(name, text=f"плохо {self.texts[name]}", version=self.texts[name] + 1) for name in names]
        record_poll(self.state, lease, listing(rows, self.clock.now()), between_reads=timedelta(seconds=1))
        self.state.release(lease)

    def edit(self) -> None:
        self.texts[self.chance.choice(self.read)] += 1
        self._poll(self.read)

    def hide(self) -> None:
        kept = [name for name in self.read if self.chance.random() < 0.7]
        for _ in range(self.chance.choice((1, 2, 2))):
            self.clock.advance(timedelta(seconds=5))
            self._poll(kept or self.read[:1])

    def arrive(self) -> None:
        name = f"n{len(self.read)}"
        self.texts[name], self.read = 0, [*self.read, name]
        self._poll(self.read)

    def wait(self) -> None:
        self.clock.advance(timedelta(seconds=self.chance.choice((20, 90, 2400))))

    def note(self) -> None:
        with self.state.transaction() as tx:
            tx.journal.record(ACCOUNT, Action(self.chance.choice(("visit.start", "session.proven", "notify.sent"))))

    def replace_all(self) -> None:
        if self.chance.random() < 0.1:
            with self.state.transaction() as tx:
                tx.journal.record(ACCOUNT, Action("store.reconciled"))


def plain(state: State) -> tuple[list[WaitingReview], int]:
    """What waits, asked for as a whole."""
    with state.read() as tx:
        rows = tx.waiting.all([ACCOUNT], stars_up_to=NEGATIVE_UP_TO, now=tx.now())
        return sorted(rows, key=lambda one: GROUPS[one.kind]), tx.waiting.first_reviews([ACCOUNT], stars_up_to=3)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_kept_is_what_a_plain_count_says(
    home: StoreHome, clock: ManualClock, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting_list, "_WHOLE_AFTER", timedelta(days=30))
    monkeypatch.setattr(waiting_list, "_PUT_OFF_AFTER", timedelta(0))
    with home.open() as state:
        settle_in(state, NAMES)
        history, kept, done = History(state, clock, random.Random(seed)), WaitingList(), list[str]()
        for _ in range(60):
            done.append(history.step())
            with state.read() as tx:
                known = kept.look(tx, (ACCOUNT,))
            assert (known.rows, known.unseen) == plain(state), done


def test_only_what_the_log_names_is_asked_for_again(
    home: StoreHome, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    ask = Waiting.all

    def note(self: Waiting, *args: object, **named: object) -> object:
        asked.append(named.get("only"))
        return ask(self, *args, **named)  # type: ignore[arg-type]

    with home.open() as state:
        settle_in(state, NAMES)
        history, kept = History(state, clock, random.Random(0)), WaitingList()
        monkeypatch.setattr(Waiting, "all", note)
        for act in (history.note, history.judge, history.replace_all):
            with state.read() as tx:
                kept.look(tx, (ACCOUNT,))
            act()
        with state.transaction() as tx:
            tx.journal.record(ACCOUNT, Action("source.read"))
        with state.read() as tx:
            known = kept.look(tx, (ACCOUNT,))
        assert [one if one is None else len(one) for one in asked] == [None, 1, None]  # type: ignore[arg-type]
        clock.advance(timedelta(minutes=11))
        with state.read() as tx:
            assert kept.look(tx, (ACCOUNT,)).rows == known.rows
        assert asked[-1] is None
        assert len(asked) == 4
        assert waiting_list.stamp_of(known.heads) == known.stamp
