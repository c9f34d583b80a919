"""What must hold after any fault at the boundary, judged by the mock's socket. Each broken rule is a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from monitor.appeals.machine import AppealState
from monitor.state.appeals import AppealRecord
from tests.filing_world import FilingWorld

_S = AppealState
_SENT = frozenset({_S.CONFIRMED, _S.ACKNOWLEDGED, _S.DUPLICATE_SEEN})
_NOT_SENT = frozenset({_S.ABSENT, _S.APPROVED, _S.DRAFT, _S.MOOT})
_IN_FLIGHT = frozenset({_S.INTENT, _S.ARMED, _S.RELEASED})


def find_violations(world: FilingWorld, *, resent: Collection[str] = ()) -> list[str]:
    """Compares what the ledger says with what reached the site.

    Args:
        world: The installation and its site.
        resent: Reviews whose answer was lost: there the browser's network stack sends one request again by itself.
    """
    posts, stored = world.posts(), world.stored()
    found = [f"{review_id}: a request arrived before RELEASED was on disk" for review_id in world.early]
    generations = Counter(appeal.review_id for appeal in world.appeals())
    for appeal in world.appeals():
        most = 2 if appeal.review_id in resent else 1
        if posts[appeal.review_id] > most * generations[appeal.review_id]:
            found.append(f"{appeal.id}: {posts[appeal.review_id]} requests")
        found += [f"{appeal.id}: {broken}" for broken in _judge(appeal, stored[appeal.review_id])]
        found += [f"{appeal.id}: {broken}" for broken in _judge_history(world, appeal)]
    return found


def _judge(appeal: AppealRecord, stored: int) -> list[str]:
    state = AppealState(appeal.state)
    found: list[str] = []
    if state in _IN_FLIGHT:
        found.append(f"left in {state}")
    if state in _SENT and not stored:
        found.append(f"{state} without a stored appeal")
    if state in _NOT_SENT and stored:
        found.append(f"{state} although the site has it")
    if stored > 1 and appeal.channel == "order_appeal" and state is not _S.DUPLICATE_SEEN:
        found.append(f"a duplicate below us is shown as {state}")
    return found


def _judge_history(world: FilingWorld, appeal: AppealRecord) -> list[str]:
    with world.installation.state.read() as tx:
        steps = [step for step in tx.appeals.transitions(appeal.id) if step.track == "filing"]
    found = []
    fences = [step.fence for step in steps if step.fence is not None]
    if fences != sorted(fences):
        found.append("a stale fence wrote")
    if sum(step.to_state == _S.RELEASED for step in steps) > 1:
        found.append("released twice")
    return found
