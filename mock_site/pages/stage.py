"""What every page works with: the world, the switches, who is asking, and how to answer."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mock_site.pages.rendering import PageStyle, Renderer
from mock_site.switches import Switches
from mock_site.world.models import Account
from mock_site.world.sign_ins import Session

if TYPE_CHECKING:
    from mock_site.skins.skin import SiteSkin
    from mock_site.world import World

COOKIE = "sid"
API_HOST = "localhost"
"""The host without pages: no browser asks it, so it has the one name that every program resolves."""


@dataclass
class Stage:
    """Shared by all pages of one running mock.

    Attributes:
        world: The current world; replaced as a whole by a reset.
        switches: The current switches.
        skin: Which site this is.
        port: The site's port, known once the host listens.
        pages_served: Pages rendered so far; decides the layout ``alternate``.
        submits_hit: POSTs that ``submit_mode``, the mode met last, has hit so far.
        rng: Draws latencies and the banner's moment.
    """

    world: World
    switches: Switches
    skin: SiteSkin
    renderer: Renderer = field(default_factory=Renderer)
    port: int = 0
    pages_served: int = 0
    submits_hit: int = 0
    submit_mode: str = "ok"
    rng: random.Random = field(default_factory=lambda: random.Random(0))

    def allows_host(self, host: str) -> bool:
        """Only the site's own names with the right port."""
        name, _, port = host.partition(":")
        ours = {f"{one}.localhost" for one in self.skin.hosts} | ({API_HOST} if self.skin.has_api else set())
        return port == str(self.port) and name in ours

    def origin(self, site: str) -> str:
        """The origin of one of the site's hosts, or of ``api``."""
        if site == "api":
            return f"http://{API_HOST}:{self.port}"
        return f"http://{site}.localhost:{self.port}"

    def date_header(self) -> bytes:
        """The world's clock as a ``Date`` header."""
        return format_datetime(self.world.clock.now(), usegmt=True).encode("ascii")

    def site_of(self, request: Request) -> str:
        """Which of the hosts a request is for."""
        name = request.headers.get("host", "").partition(":")[0]
        return "api" if name == API_HOST else name.partition(".")[0]

    def session(self, request: Request) -> Session | None:
        """The live session of a request's cookie."""
        sid = request.cookies.get(COOKIE, "")
        return self.world.sign_ins.session(sid, self.site_of(request), self.switches.session_life_s)

    def account(self, request: Request) -> Account | None:
        """Who is signed in, or whom the switch ``serve_as`` shows instead."""
        session = self.session(request)
        if session is None:
            return None
        other = self.switches.serve_as
        return (self.world.sign_ins.account_of(other) if other else None) or session.account

    def page(self, request: Request, template: str, context: dict[str, object], status: int = 200) -> Response:
        """Renders a page in the layout of this visit.

        Args:
            request: The request.
            template: File name under ``templates``.
            context: What the template needs beyond the frame.
            status: HTTP status.
        """
        session = self.session(request)
        account = self.account(request)
        frame: dict[str, object] = {
            "switches": self.switches,
            "kinds": self.switches.kinds,
            "quirks": self._quirks(),
            "account": account,
            "csrf": session.csrf if session else "",
            "origins": {site: self.origin(site) for site in self.skin.hosts},
            "banner_after_ms": self._banner_after(request),
            "here": str(request.url),
            "shop": self.world.options.shop,
        }
        body = self.renderer.render(template, self.next_style(), {**frame, **context})
        return Response(self.rename(body), status, media_type="text/html")

    def next_style(self) -> PageStyle:
        """Layout and class names of the page now served."""
        self.pages_served += 1
        layout = self.switches.layout
        if layout == "alternate":
            layout = "A" if self.pages_served % 2 else "B"
        return PageStyle(layout, self.switches.deploy)

    def rename(self, text: str) -> str:
        """Applies the switches ``renames`` and ``locale``; longest first, so that one cannot break another."""
        renames = (
            {**self.skin.english(), **self.switches.renames} if self.switches.locale == "en" else self.switches.renames
        )
        for old in sorted(renames, key=len, reverse=True):
            text = text.replace(old, renames[old])
        return text

    def sign_in_first(self, request: Request) -> Response:
        """Sends a visitor without a session to the sign-in pages."""
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(self.sign_in_url(self.site_of(request), here), 302)

    def sign_in_url(self, site: str, path: str) -> str:
        """The sign-in page that leads back to a path of a site."""
        return f"{self.origin('sso')}/auth/ozonid?redirect={quote(self.origin(site) + path, safe='')}"

    def framed(self, request: Request, frame_file: str, title: str, context: dict[str, object]) -> Response:
        """A page that shows the same address once more, in a frame, with nothing but the form."""
        inner = f"{request.url.path}?{request.url.query}".rstrip("?")
        src = inner + ("&" if "?" in inner else "?") + "frame=1"
        return self.page(
            request, "framed.html", {"frame_file": frame_file, "frame_title": title, "frame_src": src, **context}
        )

    def _quirks(self) -> str:
        has_worker = {"service_worker", "worker_only"} & set(self.switches.form_kinds.values())
        return " ".join([*self.switches.quirks, *(["worker"] if has_worker else [])])

    def _banner_after(self, request: Request) -> int | None:
        if self.switches.banner == "never" or request.cookies.get("cookie_ok"):
            return None
        return 0 if self.switches.banner == "always" else self.rng.randrange(2_000)
