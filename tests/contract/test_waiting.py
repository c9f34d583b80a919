"""What waits for a person, and what they decided, on both stores."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, suppress
from datetime import timedelta
from sqlite3 import connect
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

import pytest
from sqlalchemy.dialects import sqlite

from evidence_store.journal import Actor
from monitor.closed_lists.states import AppealState, Decision, ReviewDecision
from monitor.errors import DecidedElsewhere, ReviewChanged
from monitor.state.waiting import unjudged
from monitor.use_cases import deciding
from monitor.use_cases.deciding import Looked, approve_shown, decide, decided_since, undo
from monitor.use_cases.inbox import Inbox, Wanted
from monitor.watching.recording import record_poll
from tests.appeal_world import ACCOUNT, LIST_TERMS, StoreHome, draft, lease_of, listing, load, review, settle_in

ANNA = Actor(kind="operator", id="desk/inbox:Анна", name="Анна")
REVIEWS = ["r1", "r2", "r3"]


def waiting(inbox: Inbox, words: str = "") -> list[str]:
    page = inbox.page(Wanted((ACCOUNT,), view="old", words=words), ground_title=lambda _, ground: ground)
    return sorted(row.review_id for row in page.rows)


def test_what_was_decided_waits_no_more_until_it_is_taken_back_or_its_time_has_come(home: StoreHome) -> None:
    with home.open() as state:
        settle_in(state, REVIEWS)
        with state.transaction() as tx:
            for name in REVIEWS:
                case = tx.cases.open(ACCOUNT, name)
                tx.verdicts.add(case.id, review_version=1, kind=Decision.DO_NOT_FILE, reasons=[], decided_by="the test")
        inbox = Inbox(state, zone="Europe/Moscow")
        assert waiting(inbox) == REVIEWS
        assert waiting(inbox, "нет таких слов") == []
        one, two, three = (Looked(ACCOUNT, name, 1) for name in REVIEWS)
        tomorrow = state.clock.now() + timedelta(days=1)
        many = decide(state, [one, two], ReviewDecision.LEFT, actor=ANNA)
        decide(state, [three], ReviewDecision.SNOOZED, actor=ANNA, until=tomorrow)
        assert waiting(inbox) == []
        assert len(decided_since(state, [ACCOUNT], state.clock.now() - timedelta(hours=1), zone="UTC")) == 3
        with pytest.raises(DecidedElsewhere, match=r"Оставлен.*Анна"):
            decide(state, [one], ReviewDecision.LEFT, actor=ANNA)
        with pytest.raises(ReviewChanged):
            decide(state, [three, Looked(ACCOUNT, "r1", 2)], ReviewDecision.LEFT, actor=ANNA)
        assert sorted(name for _, name in undo(state, many, actor=ANNA)) == ["r1", "r2"]
        with pytest.raises(DecidedElsewhere):
            undo(state, many, actor=ANNA)
        assert waiting(inbox) == ["r1", "r2"]
        with state.read() as tx:
            assert tx.appeal_pages.counts([ACCOUNT]) == dict.fromkeys(("you", "draft", "going", "site", "done"), 0)
            assert tx.appeal_pages.page([ACCOUNT], "you", before=(tomorrow, "x"), limit=5) == []


def test_the_list_is_right_while_and_after_several_decide(home: StoreHome) -> None:
    names = [f"r{number:02}" for number in range(12)]
    with home.open() as state:
        settle_in(state, names)
        with state.transaction() as tx:
            for name in names:
                case = tx.cases.open(ACCOUNT, name)
                tx.verdicts.add(case.id, review_version=1, kind=Decision.DO_NOT_FILE, reasons=[], decided_by="the test")
        inbox, seen = Inbox(state, zone="UTC"), [len(names)]

        def leave(own: list[str]) -> None:
            for name in own:
                decide(state, [Looked(ACCOUNT, name, 1)], ReviewDecision.LEFT, actor=ANNA)

        writers = [Thread(target=leave, args=(names[at : at + 4],)) for at in (0, 4, 8)]
        for one in writers:
            one.start()
        while any(one.is_alive() for one in writers):
            seen.append(len(waiting(inbox)))
        assert seen == sorted(seen, reverse=True)
        assert waiting(inbox) == waiting(Inbox(state, zone="UTC")) == []


def test_new_reviews_that_nobody_judged_are_counted_by_their_index(home: StoreHome) -> None:
    with home.open() as state:
        settle_in(state, REVIEWS)
        lease = lease_of(state, "second poll")
        record_poll(state, lease, listing([review(name) for name in [*REVIEWS, "n1", "n2"]], state.clock.now()))
        state.release(lease)
        with state.transaction() as tx:
            assert tx.waiting.first_reviews([ACCOUNT], stars_up_to=5) == 2  # the others were there before
            tx.cases.open(ACCOUNT, "n1")
            assert tx.waiting.first_reviews([ACCOUNT], stars_up_to=5) == 1
        if home.url.startswith("sqlite"):
            asked = str(
                unjudged([ACCOUNT], stars_up_to=3).compile(
                    dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}
                )
            )
            with closing(connect(home.url.removeprefix("sqlite:///"))) as store:
                plan = " ".join(row[3] for row in store.execute(f"EXPLAIN QUERY PLAN {asked}"))
            assert "ix_reviews_new" in plan


def at_once(ways: list[Callable[[], object]]) -> list[str]:
    """Decides in several ways at once; returns who was done and who was late."""
    told: list[str] = []

    def do(work: Callable[[], object]) -> None:
        try:
            work()
            told.append("done")
        except DecidedElsewhere:
            told.append("late")

    threads = [Thread(target=do, args=(one,)) for one in ways]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    return sorted(told)


@pytest.fixture
def both_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two who decide go on only when both have looked; who is held back never comes, and the other goes on alone."""
    both, look = Barrier(2), deciding._require_free

    def look_and_wait(*args: Any) -> None:
        look(*args)
        with suppress(BrokenBarrierError):
            both.wait(0.5)

    monkeypatch.setattr(deciding, "_require_free", look_and_wait)


@pytest.mark.usefixtures("both_look")
@pytest.mark.parametrize("is_held", [True, False])
def test_of_two_who_decide_at_once_and_have_both_looked_one_is_late(
    home: StoreHome, is_held: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_held:
        monkeypatch.setattr(deciding, "_hold", lambda *_: None)
    with home.open() as state:
        settle_in(state, REVIEWS)
        appeal, looked = draft(state, "r1"), Looked(ACCOUNT, "r1", 1)
        told = at_once(
            [
                lambda: approve_shown(
                    state, looked, appeal.id, appeal.payload_hash, actor=ANNA, terms=lambda _: LIST_TERMS
                ),
                lambda: decide(state, [looked], ReviewDecision.LEFT, actor=ANNA),
            ]
        )
        with state.read() as tx:
            is_left = tx.decisions.standing(ACCOUNT, "r1") is not None
        decisions = [load(state, appeal.id).state is AppealState.APPROVED, is_left]
    is_one_writer = home.url.startswith("sqlite")  # whose transactions follow each other, held or not
    assert told == (["done", "late"] if is_held or is_one_writer else ["done", "done"])
    assert decisions.count(True) == told.count("done")
