"""The running mock: a thread with its own event loop, the site on one port, its control on another."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from mock_site.control import ControlApp
from mock_site.host import Host
from mock_site.ledger import Entry, Ledger
from mock_site.pages.app import Handler, SiteApp
from mock_site.pages.stage import Stage
from mock_site.skins import OZON, find_skin
from mock_site.skins.skin import SiteSkin
from mock_site.switches import Switches
from mock_site.world import Change, World, WorldOptions
from mock_site.world.models import Product

_COUNTED_SUBMITS = frozenset({"submit", "submit_times"})


@dataclass
class Expected:
    """The request that ``expect_request`` waited for; set when the block is left."""

    value: Entry | None = None


class MockSite:
    """One mock site. Make it with ``start``, end it with ``stop`` or a ``with`` block.

    Attributes:
        skin: Which site it is.
        ledger: Every request at the socket.
        stage: World and switches as the pages see them.
    """

    def __init__(
        self, options: WorldOptions | None = None, switches: Switches | None = None, skin: SiteSkin | None = None
    ) -> None:
        self.skin = skin or find_skin(OZON)
        self.options = options or WorldOptions()
        self._first_switches = (switches or Switches()).model_copy(deep=True)
        self._schedule: tuple[Change, ...] = ()
        self.ledger = Ledger(submits=self.skin.submits, uploads=self.skin.uploads)
        self.stage = Stage(self._new_world(), self._first_switches.model_copy(deep=True), self.skin)
        self._app = SiteApp(self.stage)
        self._host = Host(self._app, self.stage, self.ledger)
        self._control: Host | None = None
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None

    # Life -----------------------------------------------------------------------------------------------------

    @classmethod
    def start(
        cls,
        options: WorldOptions | None = None,
        switches: Switches | None = None,
        *,
        skin: SiteSkin | None = None,
        schedule: tuple[Change, ...] = (),
        port: int = 0,
        control_port: int = 0,
    ) -> Self:
        """Starts a mock in a background thread and returns when it listens.

        Args:
            options: Size and seed of the world.
            switches: How the site behaves at first and after each reset.
            skin: Which site it is; None is Ozon.
            schedule: Changes of the world, taken in again at each reset.
            port: The site's port; 0 picks a free one.
            control_port: The control API's port; 0 picks a free one.

        Raises:
            OSError: a port is taken.
        """
        site = cls(options, switches, skin)
        site.load_schedule(schedule)
        site._launch(port, control_port)
        return site

    def stop(self) -> None:
        """Ends every connection and the thread. May be called twice."""
        if self._thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()
        self._thread = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # What it is -----------------------------------------------------------------------------------------------

    @property
    def world(self) -> World:
        """The current world; another one after a reset."""
        return self.stage.world

    @property
    def switches(self) -> Switches:
        """The current switches: assign to their fields."""
        return self.stage.switches

    @switches.setter
    def switches(self, switches: Switches) -> None:
        self.stage.switches = switches

    @property
    def port(self) -> int:
        """The site's port."""
        return self._host.port

    @property
    def origins(self) -> dict[str, str]:
        """Its origins by name. Chromium resolves these names, Python only that of ``api``."""
        return {site: self.stage.origin(site) for site in self.skin.origins}

    @property
    def control_url(self) -> str:
        """Base URL of the control API."""
        return f"http://127.0.0.1:{self._control.port}" if self._control else ""

    @property
    def errors(self) -> list[BaseException]:
        """Mistakes of the mock itself; empty unless it is broken."""
        return [*self._host.errors, *(self._control.errors if self._control else ())]

    def code_for(self, login: str) -> str:
        """The code that opens the door for a login now.

        Raises:
            LookupError: nobody has this login.
        """
        return self.world.sign_ins.code_for(login)

    def session_cookie(self, login: str | None = None, site: str | None = None) -> dict[str, Any]:
        """A signed-in session as a Playwright cookie, for tests that start behind the sign-in.

        Args:
            login: Whose; None is the first account.
            site: For which host; None is the first one.
        """
        account = self.world.sign_ins.account_of(login) if login else self.world.accounts[0]
        if account is None:
            raise LookupError(f"no account has the login {login!r}")
        host = site or self.skin.hosts[0]
        session = self.world.sign_ins.open_session(account, host)
        session.company_chosen = True
        return {"name": "sid", "value": session.sid, "url": self.origins[host], "httpOnly": True, "sameSite": "Lax"}

    def product_url(self, product: Product) -> str:
        """The whole address of a product's page."""
        return self.origins[self.skin.hosts[0]] + self.skin.product_path(product)

    # Programming it -------------------------------------------------------------------------------------------

    def set_route(self, path: str, handler: Handler) -> None:
        """Lets a handler answer a path (a glob) on every host, until the reset."""
        self._app.programmed[path] = handler

    @contextmanager
    def expect_request(self, predicate: str | Callable[[Entry], bool], *, timeout: float = 10.0) -> Iterator[Expected]:
        """Waits, when the block is left, for a request made since it was entered.

        Args:
            predicate: A path glob or a function of the ledger's entry.
            timeout: Seconds.

        Raises:
            TimeoutError: none came in time.
        """
        fits = (lambda entry: entry.matches(predicate)) if isinstance(predicate, str) else predicate
        before, expected = self.ledger.last_seq, Expected()
        yield expected
        expected.value = self.ledger.wait_for(fits, after=before, timeout=timeout)

    def turn(self, switches: Switches, named: Collection[str]) -> None:
        """Takes a set of switches, and lets those that count what they hit count anew.

        Args:
            switches: The whole set.
            named: Which fields somebody turned just now, to another value or to the same once more.
        """
        self.stage.switches = switches
        if not _COUNTED_SUBMITS.isdisjoint(named):
            self.stage.submits_hit = 0
        if "walls" in named:
            self._app.forget_walls()

    def load_schedule(self, schedule: tuple[Change, ...]) -> None:
        """Takes changes in, now and at each reset."""
        self._schedule = schedule
        self.world.schedule(*schedule)

    def reset(self, switches: Switches | None = None) -> None:
        """Makes a new world from the same options, with the first switches, an empty ledger and no routes.

        Args:
            switches: Other switches to start from, this time.
        """
        self._app.forget()
        self._host.errors.clear()
        self.stage.switches = (switches or self._first_switches).model_copy(deep=True)
        self.stage.pages_served = self.stage.submits_hit = 0
        self.stage.submit_mode = "ok"
        self.stage.rng = random.Random(self.options.seed)
        self.stage.world = self._new_world()
        self.world.schedule(*self._schedule)
        self.ledger.clear()

    # Inside ---------------------------------------------------------------------------------------------------

    def _new_world(self) -> World:
        return World(self.options)

    def _launch(self, port: int, control_port: int) -> None:
        self._thread = threading.Thread(target=self._loop.run_forever, name="mock_site", daemon=True)
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._open(port, control_port), self._loop).result(timeout=10)
        except OSError:
            self.stop()
            raise

    async def _open(self, port: int, control_port: int) -> None:
        await self._host.start(port)
        self.stage.port = self._host.port
        control = ControlApp(self)
        self._control = Host(control, control)
        await self._control.start(control_port)
        control.port = self._control.port

    async def _close(self) -> None:
        await self._host.stop()
        if self._control is not None:
            await self._control.stop()
        await self._loop.shutdown_asyncgens()


def serve_forever(
    options: WorldOptions | None = None,
    switches: Switches | None = None,
    *,
    skin: SiteSkin | None = None,
    schedule: tuple[Change, ...] = (),
    port: int = 0,
    control_port: int = 0,
    on_ready: Callable[[MockSite], None] | None = None,
) -> None:
    """Serves until Ctrl-C.

    Args:
        options: Size and seed of the world.
        switches: How the site behaves.
        skin: Which site it is; None is Ozon.
        schedule: Changes of the world.
        port: The site's port; 0 picks a free one.
        control_port: The control API's port.
        on_ready: Called once with the running mock, for example to print its origins.

    Raises:
        OSError: a port is taken.
    """
    with MockSite.start(options, switches, skin=skin, schedule=schedule, port=port, control_port=control_port) as site:
        if on_ready is not None:
            on_ready(site)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return
