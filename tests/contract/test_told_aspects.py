"""What reviews tell, kept on both stores."""

from __future__ import annotations

from monitor.state import State
from monitor.state.told_aspects import Telling
from monitor.state.told_sums import AspectSum, GroupSum
from tests.appeal_world import ACCOUNT, settle_in


def telling(review_id: str, day: str = "", complaints: str = "", praises: str = "") -> Telling:
    return Telling(review_id, 1, "1001", "синий", 1, day, complaints, praises)


def test_a_review_is_due_until_it_was_read_and_again_by_other_words(state: State) -> None:
    settle_in(state, ["r1", "r2"])
    first = [telling("r1", "2026-10-01", "defect smell"), telling("r2", "2026-10-01", "defect smell")]
    with state.transaction() as tx:
        due = tx.told_aspects.due(ACCOUNT, limit=10)
        assert [(row.review_id, row.kept) for row in due] == [("r1", None), ("r2", None)]
        assert not tx.told_aspects.is_whole(ACCOUNT, "one")
        tx.told_aspects.put(ACCOUNT, "one", first)
        tx.told_aspects.done_until(ACCOUNT, "r2")
        assert tx.told_aspects.due(ACCOUNT, limit=10) == []
        assert tx.told_aspects.is_whole(ACCOUNT, "one")
        assert not tx.told_aspects.is_whole(ACCOUNT, "two")
        tx.told_aspects.make_due(ACCOUNT, "one")
        assert tx.told_aspects.due(ACCOUNT, limit=10) == []
        tx.told_aspects.make_due(ACCOUNT, "two")
        tx.told_aspects.make_due(ACCOUNT, "two")
        again = tx.told_aspects.due(ACCOUNT, limit=10)
        assert [row.kept for row in again] == first
        assert all(row.is_summed for row in again)
        tx.told_aspects.put(ACCOUNT, "two", [telling("r1", praises="size")])
        tx.told_aspects.done_until(ACCOUNT, "r1")
    with state.read() as tx:
        rows = {row.review_id: row for row in tx.told_aspects.all_of(ACCOUNT, with_text=True)}
        assert (rows["r1"].praises, rows["r1"].day, rows["r1"].text) == ("size", "", "плохо")
        assert rows["r2"].text == ""  # it complains, and all of it is kept
        assert [row.review_id for row in tx.told_aspects.due(ACCOUNT, limit=1)] == ["r2"]
        assert list(tx.told_aspects.all_of(ACCOUNT, sku="none")) == []


def test_the_newest_complaints_of_a_group_are_found(state: State) -> None:
    settle_in(state, ["r1", "r2"])
    told = [telling("r1", "2026-10-01", "defect smell"), telling("r2", "2026-10-01", "defect smell")]
    with state.transaction() as tx:
        tx.told_aspects.put(ACCOUNT, "one", told)
    with state.read() as tx:
        newest = tx.told_aspects.newest_of
        assert newest(ACCOUNT, "defect", limit=1, day=("2026-10-01", "2026-10-31")) == told[1:]
        assert newest(ACCOUNT, "defect", limit=2, stars=1) == newest(ACCOUNT, "defect", limit=2, product="1001")
        assert newest(ACCOUNT, "def", limit=1, stars=1) == newest(ACCOUNT, "defect", limit=1, stars=None) == []


def test_sums_are_kept_by_kind_and_name(state: State) -> None:
    settle_in(state, ["r1"])
    groups = [GroupSum("product", "1001", 3, 2, 1), GroupSum("stars", "1", 3, 3, 0)]
    aspects = [AspectSum("product", "1001", "defect", 2, 0, "2026-10-01/r1")]
    with state.transaction() as tx:
        tx.told_sums.put(ACCOUNT, groups, aspects)
        tx.told_sums.put(ACCOUNT, [groups[0]._replace(total=4)], [aspects[0]._replace(praises=1)])
    with state.read() as tx:
        assert list(tx.told_sums.groups(ACCOUNT, "product")) == [groups[0]._replace(total=4)]
        assert list(tx.told_sums.groups(ACCOUNT, "stars", ["2"])) == []
        assert list(tx.told_sums.aspects(ACCOUNT, "product", ["1001"])) == [aspects[0]._replace(praises=1)]
