"""What reviews tell, kept on both stores."""

from __future__ import annotations

from monitor.state import State
from tests.appeal_world import ACCOUNT, settle_in


def test_a_review_is_due_until_it_was_read_and_again_by_other_words(state: State) -> None:
    settle_in(state, ["r1", "r2"])
    with state.transaction() as tx:
        due = tx.told_aspects.due(ACCOUNT, limit=10)
        assert [(row.review_id, row.kept) for row in due] == [("r1", None), ("r2", None)]
        assert not tx.told_aspects.is_whole(ACCOUNT, "one")
        tx.told_aspects.put(ACCOUNT, "one", [(row, "2026-10-01", "defect smell", "") for row in due])
        assert tx.told_aspects.due(ACCOUNT, limit=10) == []
        assert tx.told_aspects.is_whole(ACCOUNT, "one")
        assert not tx.told_aspects.is_whole(ACCOUNT, "two")
        tx.told_aspects.make_due(ACCOUNT, "one")
        assert tx.told_aspects.due(ACCOUNT, limit=10) == []
        tx.told_aspects.make_due(ACCOUNT, "two")
        tx.told_aspects.make_due(ACCOUNT, "two")
        again = tx.told_aspects.due(ACCOUNT, limit=10)
        assert [(row.review_id, row.kept, row.complaints) for row in again] == [
            ("r1", 1, "defect smell"),
            ("r2", 1, "defect smell"),
        ]
        tx.told_aspects.put(ACCOUNT, "two", [(again[0], "", "", "size")])
    with state.read() as tx:
        rows = {row.review_id: row for row in tx.told_aspects.all_of(ACCOUNT, with_text=True)}
        assert (rows["r1"].praises, rows["r1"].day, rows["r1"].text) == ("size", "", "плохо")
        assert [row.review_id for row in tx.told_aspects.due(ACCOUNT, limit=1)] == ["r2"]
        assert list(tx.told_aspects.all_of(ACCOUNT, sku="none")) == []
