"""What waits for a person, and what they decided, on both stores."""

from __future__ import annotations

from datetime import timedelta

import pytest

from evidence_store.journal import Actor
from monitor.errors import DecidedElsewhere, ReviewChanged
from monitor.states import ReviewDecision
from monitor.use_cases.deciding import Looked, decide, decided_since, undo
from monitor.use_cases.inbox import Inbox, Wanted
from tests.appeal_world import ACCOUNT, StoreHome, settle_in

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
                tx.verdicts.add(case.id, review_version=1, kind="do_not_file", reasons=[], decided_by="the test")
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
