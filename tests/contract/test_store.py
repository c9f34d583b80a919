"""What both stores keep alike: text, moments, transactions, locks, the action log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from evidence_store.journal import Actor, build_entry
from flows.readings.models import TimeReading
from monitor.clock import ManualClock
from monitor.errors import AccountBusy, LeaseLost, StorageRule
from monitor.language.short_names import shorten
from monitor.state import Action, State, subject
from monitor.visit_protocol import TaskKind
from monitor.watching.recording import record_poll
from tests.appeal_world import ACCOUNT, SITE, SKU, StoreHome, lease_of, listing, review, settle_in


@pytest.fixture
def account(state: State) -> str:
    with state.transaction() as tx:
        tx.accounts.add(ACCOUNT, site=SITE)
    return ACCOUNT


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a\x00b", "a\ufffdb"),
        ("a\ud800b", "a\ufffdb"),
        ("a\ufffeb", "a\ufffdb"),
        ("👩\u200d👩\u200d👧 ё\u0308 \u202eобратно", "👩\u200d👩\u200d👧 ё\u0308 \u202eобратно"),
        ("x" * 1_000_000, "x" * 1_000_000),
    ],
    ids=["nul", "surrogate", "nonchar", "emoji and bidi", "a million"],
)
def test_both_stores_keep_the_same_text(state: State, given: str, kept: str) -> None:
    settle_in(state, [])
    lease = lease_of(state)
    record_poll(state, lease, listing([review("r1", text=given), review("r2")], state.clock.now()))
    with state.read() as tx:
        version = tx.reviews.newest_version(ACCOUNT, "r1")
        assert version is not None
        assert version.text == kept
        assert version.to_reading().text == kept
        assert version.was_cleaned == (given != kept)
        assert tx.reviews.get(ACCOUNT, "r2") is not None


def test_moments_come_back_aware_and_in_utc(state: State, account: str) -> None:
    local = datetime(2026, 3, 29, 2, 30, tzinfo=timezone(timedelta(hours=3)))
    with state.transaction() as tx:
        tx.schedule.set_due(account, TaskKind.POLL, local)
    with state.read() as tx:
        assert tx.schedule.all()[0].next_at == local
        assert tx.schedule.all()[0].next_at.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(state: State, account: str) -> None:
    with pytest.raises(Exception, match="time zone"), state.transaction() as tx:
        tx.schedule.set_due(account, TaskKind.POLL, datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake under test


def test_a_failed_transaction_leaves_neither_the_change_nor_its_log_entry(state: State, account: str) -> None:
    def change_and_fail() -> None:
        with state.transaction() as tx:
            tx.products.add(account, SKU, url="u")
            tx.journal.record(account, Action("product.add"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()
    with state.read() as tx:
        assert tx.products.watched(account) == []
        assert account not in tx.journal.heads()


def test_a_broken_rule_of_the_tables_has_its_own_type(state: State) -> None:
    with pytest.raises(StorageRule), state.transaction() as tx:
        tx.products.add("nobody", SKU, url="u")


def test_the_log_is_one_chain_for_each_account(state: State, account: str) -> None:
    with state.transaction() as tx:
        tx.accounts.add("other", site=SITE)
        first = tx.journal.record(account, Action("visit.start", subjects=(subject("visit", "v1"),)))
        tx.journal.record("other", Action("visit.start"))
        second = tx.journal.record(account, Action("visit.end", actor=Actor(kind="schedule", id="hourly")))
    assert second.header.prev == first.digest
    assert second.header.seq == 2
    with state.read() as tx:
        entries = [row.to_entry() for row in tx.journal.rows(first.header.chain)]
    body = entries[1].read_body()
    assert body is not None
    assert build_entry(entries[0].head, body) == entries[1]


def test_a_purged_body_leaves_a_chain_that_still_holds(state: State, account: str) -> None:
    with state.transaction() as tx:
        first = tx.journal.record(account, Action("poll", outputs={"text": "личное"}))
    with state.transaction() as tx:
        tx.journal.purge(account, [1], actor=Actor(kind="operator", id="anna"))
    with state.read() as tx:
        rows = tx.journal.rows(first.header.chain)
    assert rows[0].body is None
    assert rows[0].to_entry().digest == first.digest
    assert rows[1].prev == str(first.digest)


def test_checkpoints_follow_each_other(state: State, account: str) -> None:
    with state.transaction() as tx:
        tx.journal.record(account, Action("poll"))
        one = tx.journal.checkpoint("0" * 32, epoch=0)
    with state.transaction() as tx:
        tx.journal.record(account, Action("poll"))
        two = tx.journal.checkpoint("0" * 32, epoch=0)
    assert (one.number, two.number) == (1, 2)
    assert two.previous == one.digest
    assert two.heads[0].seq == one.heads[0].seq + 1


def test_only_one_owner_at_a_time_and_the_fence_grows(state: State, account: str, clock: ManualClock) -> None:
    first = state.acquire(account, "w1", timedelta(seconds=60))
    with pytest.raises(AccountBusy, match=account):
        state.acquire(account, "w2", timedelta(seconds=60))
    clock.advance(timedelta(seconds=61))
    second = state.acquire(account, "w2", timedelta(seconds=60))
    assert second.fence > first.fence
    with pytest.raises(LeaseLost):
        state.heartbeat(first)


def test_a_worker_that_lost_its_lease_writes_nothing(state: State, account: str, clock: ManualClock) -> None:
    old = state.acquire(account, "w1", timedelta(seconds=60))
    clock.advance(timedelta(seconds=61))
    state.acquire(account, "w2", timedelta(seconds=60))
    with pytest.raises(LeaseLost), state.transaction(old) as tx:
        tx.products.add(account, SKU, url="u")
    with state.read() as tx:
        assert tx.products.watched(account) == []


def test_a_heartbeat_keeps_the_lock_past_its_first_end(state: State, account: str, clock: ManualClock) -> None:
    lease = state.acquire(account, "w1", timedelta(seconds=60))
    clock.advance(timedelta(seconds=50))
    state.heartbeat(lease)
    clock.advance(timedelta(seconds=50))
    with pytest.raises(AccountBusy):
        state.acquire(account, "w2", timedelta(seconds=60))
    assert lease.is_sure(clock.boottime())


def test_a_clock_set_back_does_not_keep_a_dead_owner_for_ever(state: State, account: str, clock: ManualClock) -> None:
    state.acquire(account, "dead", timedelta(seconds=60))
    clock.jump(timedelta(days=-730))
    assert state.acquire(account, "w2", timedelta(seconds=60)).owner == "w2"


def test_a_lock_given_back_is_free_and_keeps_its_fence(state: State, account: str) -> None:
    first = state.acquire(account, "w1", timedelta(seconds=60))
    state.release(first)
    second = state.acquire(account, "w2", timedelta(seconds=60))
    assert second.fence == first.fence + 1


@pytest.mark.postgres
def test_a_shared_store_s_clock_decides_about_leases(postgres_home: StoreHome) -> None:
    postgres_home.uses_own_clock = False
    assert isinstance(postgres_home.clock, ManualClock)
    postgres_home.clock.jump(timedelta(days=400))
    with postgres_home.open() as skewed:
        with skewed.transaction() as tx:
            tx.accounts.add(ACCOUNT, site=SITE)
        skewed.acquire(ACCOUNT, "w1", timedelta(seconds=60))
        with skewed.read() as tx:
            record = tx.locks.get(ACCOUNT)
    assert record is not None
    assert record.heartbeat_at is not None
    assert abs(record.heartbeat_at - postgres_home.clock.now()) > timedelta(days=10)


def test_a_message_is_stored_once_whatever_happens_twice(state: State, account: str) -> None:
    for _ in range(2):
        with state.transaction() as tx:
            tx.outbox.put(account, "review.new", {"review": "r1"}, dedup_key="review:r1:new")
    with state.read() as tx:
        assert len(tx.outbox.pending([account])) == 1


def test_a_slot_runs_once_and_a_skipped_one_says_why(state: State, account: str) -> None:
    slot = state.clock.now()
    with state.transaction() as tx:
        assert tx.schedule.claim_slot(account, TaskKind.POLL, slot, visit_id="v1")
        assert not tx.schedule.claim_slot(account, TaskKind.POLL, slot, visit_id="v2")
        tx.schedule.skip_slots(account, TaskKind.POLL, {slot: "too late"})
        tx.schedule.finish_slot(account, TaskKind.POLL, slot)
        tx.schedule.skip_slots(account, TaskKind.POLL, {slot - timedelta(hours=1): "machine slept"})
    with state.read() as tx:
        rows = tx.schedule.slots(account)
    assert [(row.state, row.reason) for row in rows] == [("ran", ""), ("skipped", "machine slept")]


def test_old_slots_are_forgotten_but_the_newest_stay_in_any_case(state: State, account: str) -> None:
    days = [datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 9)]
    with state.transaction() as tx:
        tx.accounts.add("other", site="ozon")
        for name in (account, "other"):
            tx.schedule.skip_slots(name, TaskKind.POLL, dict.fromkeys(days, "nothing"))

        assert tx.schedule.forget_slots(account, before=days[3], keep=2) == 3
        assert tx.schedule.forget_slots(account, before=datetime(2028, 1, 1, tzinfo=UTC), keep=2) == 3

        assert [one.slot_at for one in tx.schedule.slots(account)] == [days[7], days[6]]
        assert len(tx.schedule.slots("other")) == len(days)


def test_a_stretch_of_missed_slots_is_kept_although_its_first_slot_ran(state: State, account: str) -> None:
    slot = state.clock.now()
    with state.transaction() as tx:
        tx.schedule.claim_slot(account, TaskKind.POLL, slot)
        for days in (3, 9, 5):
            tx.schedule.skip_stretch(account, TaskKind.POLL, (slot, slot + timedelta(days=days)), "not running")
    with state.read() as tx:
        rows = tx.schedule.slots(account)
    assert [(row.state, row.until_at) for row in rows] == [("skipped", slot + timedelta(days=9)), ("running", None)]


def test_a_skipped_slot_may_still_run_but_one_that_ran_may_not(state: State, account: str) -> None:
    slot = state.clock.now()
    with state.transaction() as tx:
        tx.schedule.skip_slots(account, TaskKind.POLL, {slot: "a clock that was wrong"})
        assert tx.schedule.claim_slot(account, TaskKind.POLL, slot)
        tx.schedule.interrupt_slots(account)
        assert not tx.schedule.claim_slot(account, TaskKind.POLL, slot)
    with state.read() as tx:
        assert [row.state for row in tx.schedule.slots(account)] == ["interrupted"]


def test_what_was_acknowledged_is_there_after_reopening(home: StoreHome) -> None:
    with home.open() as state:
        settle_in(state, ["r1", "r2"])
    with home.open() as state, state.read() as tx:
        assert {head.review_id for head in tx.reviews.heads(ACCOUNT, SKU)} == {"r1", "r2"}


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("r1", {"r1", "r10", "r1_x"}),
        ("r1_", {"r1_x"}),
        ("r1%", set()),
        ("r2", {"r2"}),
        ("", {"r1", "r10", "r1_x", "r2"}),
    ],
)
def test_reviews_are_found_by_the_beginning_of_their_id(state: State, prefix: str, found: set[str]) -> None:
    settle_in(state, [])
    record_poll(
        state, lease_of(state), listing([review(one) for one in ("r1", "r10", "r1_x", "r2")], state.clock.now())
    )
    with state.read() as tx:
        assert {record.review_id for record in tx.reviews.starting_with(ACCOUNT, prefix, limit=9)} == found
        assert len(tx.reviews.starting_with(ACCOUNT, "r1", limit=2)) == 2


def test_reviews_are_listed_by_when_they_were_published_and_no_more_than_asked_for(state: State) -> None:
    settle_in(state, [])
    now = state.clock.now()
    unread = review("none").model_copy(update={"published": TimeReading(raw="")})
    read = [review(f"{age}", at=now - timedelta(days=age)) for age in (2, 3, 1)]
    record_poll(state, lease_of(state), listing([unread, *read], now))

    with state.read() as tx:
        found = tx.reviews.find(ACCOUNT, limit=3, by_publication=True)

    assert [one.review_id for one in found] == ["none", "1", "2"]


def test_a_date_that_is_understood_later_is_noted_and_is_no_version(state: State) -> None:
    settle_in(state, [])
    now = state.clock.now()
    odd = review("r1").model_copy(update={"published": TimeReading(raw="edited 22 Jun 2026")})
    lease = lease_of(state)
    record_poll(state, lease, listing([odd, review("r2")], now))

    found = record_poll(state, lease, listing([review("r1", at=now), review("r2")], now))

    with state.read() as tx:
        heads = tx.reviews.get_many(ACCOUNT, ["r1", "r2"])
        assert [len(tx.reviews.versions(ACCOUNT, one)) for one in ("r1", "r2")] == [1, 1]
    assert found.events == ()
    assert (heads["r1"].published_earliest, heads["r1"].published_raw) == (now, "1 октября 2026")


@pytest.mark.parametrize("most", [500, 0], ids=["by-endings", "all"])
def test_ids_that_a_short_name_could_be_taken_for_are_found(
    state: State, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.state.names._MOST_ENDINGS", most)
    ids = ("r1", "x-r1", "01a2-99aabbcc", "01a3-00aabbcc", "0-other00")
    settle_in(state, [])
    record_poll(state, lease_of(state), listing([review(one) for one in ids], state.clock.now()))
    with state.read() as tx:
        found = {like: set(tx.names.reviews([like])) for like in ("r1", "01a2-99aabbcc", "nobody")}
    if most:
        assert found == {"r1": {"r1"}, "01a2-99aabbcc": {"01a2-99aabbcc", "01a3-00aabbcc"}, "nobody": set()}
    both = found["r1"] | found["01a2-99aabbcc"]
    assert shorten(["r1", "01a2-99aabbcc"], both) == {"r1": "r1", "01a2-99aabbcc": "9aabbcc"}
