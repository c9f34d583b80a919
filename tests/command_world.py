"""Every command of the installed program in one process, on a site in memory that counts what reaches it.

The commands, the visits, the ledger and the store are the product's own; simulated are the browser (a channel that
fills nothing) and the child process (the visit runs in the caller's, and dies by an exception that nothing survives).
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

from pydantic import SecretStr
from sqlalchemy import Engine

from flows.readings.models import ReviewReading, TimeReading
from monitor.bootstrap import Installation
from monitor.clock import ManualClock
from monitor.closed_lists.states import Decision
from monitor.config.finding import find_home
from monitor.config.home import Home
from monitor.config.settings import load_settings
from monitor.config.sites import load_configured_site
from monitor.config.template import write_config
from monitor.engine.supervisor import Listener
from monitor.engine.visits import VisitDetails, VisitRunner
from monitor.errors import StorageBusy, StorageFull
from monitor.state import State, Transaction
from monitor.state.appeals import AppealRecord
from monitor.state.engine import open_engine
from monitor.state.questions import QuestionRecord
from monitor.visit_protocol import EndKind, Progress, TaskKind, VisitEnd, VisitKind, VisitOrder
from monitor.visiting import entry
from monitor.watching.recording import record_poll
from tests.appeal_world import listing
from tests.reply_in_memory import ReplyInMemory
from tests.site_in_memory import FormInMemory, Killed, SiteInMemory
from tests.whole_command import whole_tree

ACCOUNT = "shop"
LOGIN = "shop@example.test"
SKU = "1001"
TEXT = "Продавец — дебил и мошенник, телефон 8 900 123 45 67."
PRODUCT = "http://127.0.0.1:9/product/mug-1001/"
ORDER = ("--channel", "order_appeal", "--ground", "insult", "--order", "77-1", "--text", "Отзыв оскорбляет.")
REPORT = ("--channel", "public_report", "--ground", "insult", "--text", "")


class MortalState(State):
    """The store as a process that can die sees it."""

    is_dead: Callable[[], bool] = staticmethod(lambda: False)
    is_full: Callable[[], bool] = staticmethod(lambda: False)
    is_shut: Callable[[], bool] = staticmethod(lambda: False)

    @contextmanager
    def transaction(self, lease: Any = None) -> Iterator[Any]:
        if self.is_dead():
            raise Killed
        if self.is_full():
            raise StorageFull("the store answered: database or disk is full", hint="Free space.")
        with super().transaction(lease) as tx:
            yield tx

    @contextmanager
    def read(self) -> Iterator[Any]:
        if self.is_shut():
            raise StorageBusy("the store answered: database is locked", hint="Try again.")
        with super().read() as tx:
            yield tx


@dataclass(frozen=True)
class Said:
    """What a command left behind; ``code`` is None when it was killed."""

    code: int | None
    out: str
    err: str


@dataclass
class CommandWorld:
    """One home and its commands. Use it inside ``patched``."""

    home: Path
    site: SiteInMemory

    def run(self, *arguments: str, says: str = "y", encoding: str = "utf-8", is_terminal: bool = True) -> Said:
        """Types one command; ``says`` answers what it asks, ``encoding`` is that of the files it writes to."""
        from monitor.cli import main  # noqa: PLC0415 - the patches stand by now

        out, err = (io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True) for _ in range(2))
        self.site.is_dead = self.site.is_parent_dead = False
        code: int | None = 0
        with (
            patch("sys.argv", ["fairreview", *arguments]),
            patch.object(sys.modules["__main__"], "__package__", None),  # the program's name, under `-m pytest` as well
            patch.dict("os.environ", {"FAIRREVIEW_HOME": str(self.home)}),
            patch("monitor.cli.application.app", whole_tree()),
            patch("monitor.cli.application.command_tree", lambda _: whole_tree()),
            patch("monitor.cli.reporting.command_tree", lambda _: whole_tree()),
            patch("sys.stdin", SimpleNamespace(isatty=lambda: is_terminal)),
            patch("monitor.cli.asking.agrees", lambda *_, **__: says == "y"),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            try:
                main()
            except SystemExit as left:
                code = int(left.code or 0)
            except Killed:
                code = None
        return Said(code, _written(out), _written(err))

    def draft(self, review: str = "r1", how: tuple[str, ...] = ORDER) -> Said:
        return self.run("appeal", "draft", review, *how)

    def installation(self) -> Installation:
        self.site.is_dead = self.site.is_parent_dead = False  # whoever looks now is another process
        return open_home(self.home, self.site.clock)

    def appeals(self, account: str = ACCOUNT) -> list[AppealRecord]:
        with self._seeing() as tx:
            return tx.appeals.of_account(account)

    def question(self, appeal: AppealRecord) -> QuestionRecord | None:
        with self._seeing() as tx:
            return tx.questions.open_of(appeal.id)

    @contextmanager
    def _seeing(self) -> Iterator[Transaction]:
        """Reads the store: a test sees what no command can."""
        was_shut, self.site.is_store_shut = self.site.is_store_shut, False
        try:
            with self.installation().state.read() as tx:
                yield tx
        finally:
            self.site.is_store_shut = was_shut

    def newest(self, review: str = "r1") -> AppealRecord:
        return max((one for one in self.appeals() if one.review_id == review), key=lambda one: one.generation)

    def copy(self, home: Path) -> CommandWorld:
        """Copies the home as a person copies a folder, without what lies beside it."""
        home.parent.mkdir(exist_ok=True)
        shutil.copytree(self.home, home)
        return CommandWorld(home, self.site)

    def twin(self, home: Path) -> CommandWorld:
        """Returns a home that is as this one and was never anywhere else: for what a test tries twice."""
        made = self.copy(home)
        forget_life(home)
        if (mark := Home(self.home).watermark).exists():
            unsealed = {name: value for name, value in json.loads(mark.read_bytes()).items() if name != "sealed"}
            Home(home).watermark.write_text(json.dumps(unsealed), "utf-8")
        return made

    def take_over(self, account: str, *, site: str = "ozon") -> None:
        """Lets an account of another name read the same reviews, on a site of this name."""
        _watch(self.installation().state, account, self.site.clock, reviews=2, site=site)

    def visit(self, kind: VisitKind, *tasks: TaskKind) -> VisitEnd:
        """Makes a visit as a schedule orders it."""
        self.site.is_dead = self.site.is_parent_dead = False
        installation = _parent(self.home, self.site)
        listener = Listener(report=lambda _: None, ask=lambda _: None)
        details = VisitDetails(tasks=tasks or tuple(TaskKind))
        return VisitRunner(installation, listener, "schedule:watch").run(
            installation.settings.find_account(ACCOUNT), kind, details
        )


def _written(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


_OPENED: dict[Path, Installation] = {}


def open_home(home: Path, clock: ManualClock) -> Installation:
    """Opens a home once, as a long-lived process does; ``forget_home`` lets go of it."""
    if home not in _OPENED:
        installation = Installation(Home(home), load_settings(Home(home)), clock, data_key="unused")
        installation.__dict__["secrets"] = SimpleNamespace(data_key=lambda: "unused")
        _OPENED[home] = installation
    return _OPENED[home]


def forget_home(home: Path) -> None:
    """Closes the home's store."""
    installation = _OPENED.pop(home, None)
    if installation is not None and "state" in installation.__dict__:
        installation.state.close()


def make_home(home: Path, clock: ManualClock, *, reviews: int = 2, state_url: str = "") -> None:
    """Makes a home that knows a few bad reviews, with a verdict each; ``state_url`` is a store elsewhere."""
    Home(home).create()
    values: dict[str, Any] = {
        "operator": {"name": "Анна", "role": "владелец"},
        "state": {"url": state_url},
        "windows": {"settle": "10m", "between_reads": "10m", "submit_deadline": "5m"},
        "sites": {"ozon": {"origins": dict.fromkeys(("www", "seller", "api"), "http://127.0.0.1:9")}},
        "account": [
            {
                "name": ACCOUNT,
                "products": [SKU],
                "identities": {"site_profile": {"login": LOGIN, "sign_in": "code", "witness": "Анна"}},
                "caps": {"appeals_per_day": 100, "pause": "1ms"},
            }
        ],
    }
    write_config(home / "config.toml", values)
    _watch(open_home(home, clock).state, ACCOUNT, clock, reviews)
    forget_home(home)


def _watch(state: State, account: str, clock: ManualClock, reviews: int, *, site: str = "ozon") -> None:
    """Stores a few bad reviews under an account, with a verdict each."""
    with state.transaction() as tx:
        tx.accounts.add(account, site=site)
        tx.products.add(account, SKU, url=PRODUCT)
    found = [_review(f"r{number}").model_copy(update={"site": site}) for number in range(1, reviews + 1)]
    lease = state.acquire(account, "poll", timedelta(minutes=5))
    record_poll(state, lease, listing(found, clock.now(), sku=SKU))
    state.release(lease)
    with state.transaction() as tx:
        for review in found:
            case = tx.cases.open(account, review.review_id)
            tx.verdicts.add(
                case.id, review_version=1, kind=Decision.FILE, ground="insult", reasons=[], decided_by="the test"
            )


@contextmanager
def patched(site: SiteInMemory) -> Iterator[None]:
    """Puts the site in memory where the browser is, and runs visits in this process."""
    with ExitStack() as stack:
        for name, value in {
            "monitor.cli.options.open_installation": lambda home=None, **_: _parent(home, site),
            "monitor.visiting.entry.open_installation": lambda home, **_: _child(home, site),
            "monitor.visiting.entry.start_logging": lambda *_, **__: lambda: None,
            "monitor.visiting.entry.beating": lambda *_: contextlib.nullcontext(),
            "monitor.config.sites.load_configured_site": _load_once,
            "monitor.state.store.open_engine": _open_engine,
            "monitor.engine.visits.run_visit": lambda order, *, listener, **_: _visit(order, site, listener),
            "monitor.visiting.visit.open_workbench": lambda *_, **__: contextlib.nullcontext(SimpleNamespace()),
            "monitor.visiting.visit.checkpoint_after_visit": lambda _: (),
            "monitor.visiting.filing.open_channel": lambda _, name, **__: contextlib.nullcontext(
                FormInMemory(site, has_list=name == "order_appeal")
            ),
            "monitor.visiting.answering.open_reply": lambda *_, **__: contextlib.nullcontext(ReplyInMemory(site)),
            "monitor.visiting.answering.AnswerSender._seal": lambda *_: None,
            "monitor.visiting.signing_in.SignIns.require": lambda *_: SimpleNamespace(state=b"", witness=None),
            "monitor.visiting.filing._FormPictures.seal": lambda *_: "ab" * 32,
            "monitor.visiting.following.FollowUp._read_list": lambda _, __, channels: (
                site.list_now() if any(terms.has_list for terms in channels.values()) else None
            ),
            "monitor.visiting.following.FollowUp._reported_mark": lambda _, appeal: (
                None if appeal.channel == "order_appeal" else site.has(appeal.review_id)
            ),
            "monitor.visiting.following.FollowUp._look_at_public": lambda _: (),
        }.items():
            stack.enter_context(patch(name, value))
        yield


_CATALOGS: dict[str, Any] = {}


def _load_once(settings: Any, name: str, **layers: Any) -> Any:
    """Reads the catalog once: the origins are the same in all of these homes."""
    if name not in _CATALOGS:
        _CATALOGS[name] = load_configured_site(settings, name, **layers)
    return _CATALOGS[name]


_ENGINES: list[Engine] = []


def _open_engine(url: str, **how: Any) -> Engine:
    """Opens a store that shares what was compiled for the first one: a third of a short sequence's time."""
    engine = open_engine(url, **how)
    if not _ENGINES:
        _ENGINES.append(engine)
    elif engine.dialect.name == _ENGINES[0].dialect.name:
        engine.dialect, engine._compiled_cache = _ENGINES[0].dialect, _ENGINES[0]._compiled_cache
    return engine


def forget_life(home: Path) -> None:
    """Lets a home take the place where it lies for the one where it always lived."""
    Home(home).seal.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(Home(home).database)) as store, store:
        store.execute("UPDATE installation SET life = NULL")


def _parent(home: Path | None, site: SiteInMemory) -> Installation:
    installation = open_home(find_home(home).root, site.clock)
    installation.__dict__["state"] = _mortal(installation, site, lambda: site.is_parent_dead)
    return installation


def _child(home: Path, site: SiteInMemory) -> Installation:
    parent = open_home(home, site.clock)
    child = Installation(parent.home, parent.settings, site.clock, data_key="unused")
    child.__dict__["secrets"] = parent.secrets
    child.__dict__["state"] = _mortal(parent, site, lambda: site.is_dead)
    return child


def _mortal(installation: Installation, site: SiteInMemory, is_dead: Callable[[], bool]) -> MortalState:
    whole = installation.state
    mortal = MortalState(whole._engine, whole._places, whole.clock)
    mortal.moves = whole.moves
    mortal.is_dead = is_dead
    mortal.is_full = lambda: site.is_store_full
    mortal.is_shut = lambda: site.is_store_shut
    return mortal


def _visit(order: VisitOrder, site: SiteInMemory, listener: Listener) -> VisitEnd:
    site.visits.append(order.kind.value)

    def report(step: str, text: str, **_: object) -> None:
        listener.report(Progress(step=step, text=text))

    link = SimpleNamespace(report=report, ask=lambda _: None)
    try:
        with contextlib.redirect_stderr(io.StringIO()):  # a child's goes to visits.log
            return entry.run(order.model_copy(update={"data_key": SecretStr("unused")}), cast("Any", link))
    except Killed:
        if site.is_parent_dead:
            # What a record of the visit is for: the next command sees that its parent is dead.
            (order.home / "runs").mkdir(exist_ok=True)
            (order.home / "runs" / f"{order.visit_id}.unsettled").touch()
            raise
        if site.is_interrupted:
            raise KeyboardInterrupt from None
        return VisitEnd(kind=EndKind.KILLED, message="The visit's process died without a last word.")


def _review(review_id: str) -> ReviewReading:
    return ReviewReading(
        site="ozon", review_id=review_id, item_id=SKU, rating=1, text=TEXT, version=0,
        published=TimeReading(raw=""), url=f"{PRODUCT}reviews?ruuid={review_id}",
    )  # fmt: skip
