"""The queue of several machines: Procrastinate on the PostgreSQL that holds the state.

A job says no more than "look at this account": the stored due times decide, the fenced lock guards, so a job that is
lost, doubled or run by a worker that was thought dead is harmless. Each home has a queue of its own; ``lock`` keeps two
jobs of an account apart, ``queueing_lock`` keeps them from piling up.

Traps of the library that are met here: a job of a dead worker stays ``doing`` until somebody asks for it; a waiting
job blocks later ones of its lock even in a queue nobody reads any more; a worker that was frozen and struck from the
list cannot fetch again and must start anew.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

import procrastinate
import psycopg
from procrastinate import exceptions
from procrastinate.jobs import Job, Status
from procrastinate.schema import SchemaManager
from psycopg import sql

from monitor.closed_lists.incident_kinds import IncidentKind
from monitor.engine.homes import HomeTurns
from monitor.errors import StorageError, StorageUnavailable
from monitor.incidents import IncidentStep, report_bad, report_good
from monitor.language import gettext as _
from monitor.state import Action, State, Transaction, subject

TICK_SECONDS = 5.0
"""How often a worker looks for due accounts, dead workers and jobs in the wrong queue."""

_VISIT = "visit"
_TROUBLE = (exceptions.ProcrastinateException, psycopg.Error, StorageError, OSError)
_SCHEMA_LOCK = 7_313_004


@dataclass(frozen=True)
class QueuePlace:
    """Where the queue lies: the state's database, in a schema of its own for each version of the library.

    Workers of different versions each have their own queue, and the accounts' locks keep them apart all the same.
    """

    url: str

    @property
    def conninfo(self) -> str:
        """The database, as its driver takes it."""
        return self.url.replace("postgresql+psycopg://", "postgresql://", 1)

    @property
    def schema(self) -> str:
        """The schema's name."""
        major, minor = version("procrastinate").split(".")[:2]
        return f"queue_{major}_{minor}"


@dataclass
class QueueEngine:
    """Runs this home's visits from the queue, and looks after the queue for everybody.

    Attributes:
        turns: The turns of this home's accounts.
        stop: Ends the engine.
        say: Tells the worker's log.
        tick_seconds: How often it looks round.
    """

    turns: HomeTurns
    place: QueuePlace
    stop: threading.Event
    say: Callable[[str], None]
    tick_seconds: float = TICK_SECONDS

    def run(self, *, only_once: bool = False) -> None:
        """Runs until ``stop`` is set (or once, for what is due now). A cut connection is only a pause.

        Raises:
            SettingsError: another home folder uses this worker's name.
            StorageError: the store cannot be used at the start.
        """
        self.turns.enrol()
        while not self.stop.is_set():
            try:
                asyncio.run(self._work(only_once=only_once))
            except _TROUBLE as error:
                self.say(
                    _("The queue was lost and is joined again: {name}: {error}")
                    .format(name=type(error).__name__, error=error)
                    .splitlines()[0]
                )
                self.stop.wait(self.tick_seconds)
                continue
            if only_once:
                return

    async def _work(self, *, only_once: bool) -> None:
        async with open_queue(self.place) as app:
            app.task(name=_VISIT)(self._visit)
            await self._tick(app)
            settings = self.turns.installation.settings
            dead_after = settings.cluster.dead_after.total_seconds()
            worker = asyncio.create_task(
                app.run_worker_async(
                    queues=[queue_of(self.turns.worker)],
                    name=self.turns.worker,
                    concurrency=settings.installation.visits_at_once,
                    wait=not only_once,
                    install_signal_handlers=False,
                    delete_jobs="always",
                    update_heartbeat_interval=dead_after / 3,
                    stalled_worker_timeout=dead_after,
                )
            )
            ticking = asyncio.create_task(self._tick_until_stopped(app))
            done, rest = await asyncio.wait({worker, ticking}, return_when=asyncio.FIRST_COMPLETED)
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)
            for task in done:
                task.result()

    async def _tick_until_stopped(self, app: procrastinate.App) -> None:
        while not await asyncio.to_thread(self.stop.wait, self.tick_seconds):
            await self._tick(app)

    async def _tick(self, app: procrastinate.App) -> None:
        await asyncio.to_thread(self.turns.note_alive)
        await self._take_from_the_dead(app)
        await self._clear_strange_queues(app)
        suspects = await asyncio.to_thread(_read_suspects, self.turns.installation.state)
        for account in await asyncio.to_thread(self.turns.due):
            await put(app, account.name, self.turns.worker, is_suspect=account.name in suspects)

    def _visit(self, account: str) -> None:
        installation = self.turns.installation
        self.turns.take(installation.settings.find_account(account))
        with installation.state.transaction() as tx:
            report_good(tx, account, IncidentKind.WORKER_DIED)

    async def _take_from_the_dead(self, app: procrastinate.App) -> None:
        """Ends the jobs of dead workers and makes their accounts due again, at home, wherever that is by then."""
        seconds = self.turns.installation.settings.cluster.dead_after.total_seconds()
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=seconds):
            if await _drop(app, job):
                await asyncio.to_thread(note_death, self.turns.installation.state, str(job.task_kwargs["account"]))

    async def _clear_strange_queues(self, app: procrastinate.App) -> None:
        homes = await asyncio.to_thread(_read_homes, self.turns.installation.state)
        for job in await app.job_manager.list_jobs_async(task=_VISIT, status=Status.TODO.value):
            if job.queue != queue_of(homes.get(str(job.task_kwargs["account"]), "")):
                await app.job_manager.cancel_job_by_id_async(job.id or 0, delete_job=True)


def queue_of(worker: str) -> str:
    """Returns the name of a home's queue."""
    return f"home-{worker}"


@asynccontextmanager
async def open_queue(place: QueuePlace) -> AsyncIterator[procrastinate.App]:
    """Opens the queue; makes it where it is not there yet.

    Raises:
        StorageUnavailable: the database does not answer.
    """
    await _make_schema(place)
    options = f"-c search_path={place.schema}"
    connector = procrastinate.PsycopgConnector(
        conninfo=place.conninfo, kwargs={"options": options}, min_size=1, max_size=4
    )
    app = procrastinate.App(connector=connector)
    async with app.open_async():
        yield app


async def put(app: procrastinate.App, account: str, worker: str, *, is_suspect: bool = False) -> bool:
    """Puts an account into its home's queue; false when it waits there already.

    Whoever was under way when a worker died is a suspect: suspects are visited one after the other, so that the one
    that kills its worker takes the same innocent with it once at most.
    """
    lock = f"suspects of {worker}" if is_suspect else account
    job = app.configure_task(_VISIT, queue=queue_of(worker), lock=lock, queueing_lock=account, allow_unknown=True)
    try:
        await job.defer_async(account=account)
    except exceptions.AlreadyEnqueued:
        return False
    return True


def note_death(state: State, account: str) -> None:
    """Makes an account due again whose visit died with its worker; the third time in a row a person has to look."""
    with state.transaction() as tx:
        if (
            report_bad(tx, account, IncidentKind.WORKER_DIED, detail="its visit ended with its worker")
            is IncidentStep.OPEN
        ):
            _stop(tx, account)
        tx.schedule.make_all_due(account)


def _stop(tx: Transaction, account: str) -> None:
    tx.accounts.stop(account, "its visits ended with the death of their worker, several times in a row")
    action = Action(
        "account.stopped", subjects=[subject("account", account)], outputs={"why": IncidentKind.WORKER_DIED.value}
    )
    tx.journal.record(account, action)


async def _drop(app: procrastinate.App, job: Job) -> bool:
    """Deletes a job; false when another worker was quicker."""
    try:
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
    except exceptions.ConnectorException as error:
        if "not found" in str(error.__cause__ or error):
            return False
        raise
    return True


def _read_suspects(state: State) -> frozenset[str]:
    with state.read() as tx:
        unclosed = tx.incidents.unclosed(only_open=False)
    return frozenset(one.account_id for one in unclosed if one.kind is IncidentKind.WORKER_DIED)


def _read_homes(state: State) -> dict[str, str]:
    with state.read() as tx:
        return tx.homes.all()


async def _make_schema(place: QueuePlace) -> None:
    try:
        connection = await psycopg.AsyncConnection.connect(place.conninfo)
    except psycopg.OperationalError as error:
        raise StorageUnavailable(
            _("the queue's database does not answer: {error}").format(error=error).splitlines()[0]
        ) from error
    name = sql.Identifier(place.schema)
    async with connection:
        run = partial(connection.execute, prepare=False)
        await run(sql.SQL("SELECT pg_advisory_xact_lock({})").format(_SCHEMA_LOCK))
        found = await (await run("SELECT to_regclass(%s)", [f"{place.schema}.procrastinate_jobs"])).fetchone()
        if found is None or found[0] is None:
            await run(sql.SQL("CREATE SCHEMA {}").format(name))
            await run(sql.SQL("SET LOCAL search_path TO {}").format(name))
            await run(sql.SQL(SchemaManager.get_schema()))
