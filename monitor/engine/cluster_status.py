"""The cluster at a glance: workers, homes, what waits and runs, who holds which lock."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from monitor.config.settings import state_url
from monitor.engine.context import EngineContext
from monitor.engine.queue import QueuePlace, open_queue, queue_of
from monitor.state.locks import LockRecord


@dataclass(frozen=True)
class WorkerStatus:
    """One worker: when it was last heard of, what is at home with it, and its queue."""

    name: str
    seen_at: datetime | None
    is_alive: bool
    accounts: int
    waiting: int
    running: int


@dataclass(frozen=True)
class ClusterStatus:
    """All workers, and the locks that are held now."""

    workers: tuple[WorkerStatus, ...]
    locks: tuple[LockRecord, ...]

    @property
    def homeless(self) -> tuple[WorkerStatus, ...]:
        """Dead workers that still have accounts: nobody visits these."""
        return tuple(worker for worker in self.workers if not worker.is_alive and worker.accounts)


def read_status(installation: EngineContext) -> ClusterStatus:
    """Reads the cluster's state.

    Raises:
        StorageError: the store or the queue does not answer.
    """
    with installation.state.read() as tx:
        now, homes, seen, held = tx.now(), Counter(tx.homes.all().values()), tx.homes.workers(), tx.locks.held()
    jobs = asyncio.run(_count_jobs(QueuePlace(state_url(installation.settings, installation.home))))
    dead_after = installation.settings.cluster.dead_after
    last = {worker.name: worker.seen_at for worker in seen}
    workers = [
        WorkerStatus(
            name,
            last.get(name),
            name in last and now - last[name] <= dead_after,
            homes[name],
            jobs[queue_of(name), "todo"],
            jobs[queue_of(name), "doing"],
        )
        for name in sorted(set(last) | set(homes))
    ]
    return ClusterStatus(tuple(workers), tuple(held))


async def _count_jobs(place: QueuePlace) -> Counter[tuple[str, str]]:
    async with open_queue(place) as app:
        jobs = await app.job_manager.list_jobs_async()
        return Counter((job.queue, str(job.status)) for job in jobs)
