"""Pages that send twice or elsewhere: each kind of behaviour, added to every page of the mock, on every channel.

The truth is the mock's socket: of all that can change something, nothing arrives but uploads and the one request that
was released. ``GET`` that changes something is counted by its address, a socket by its handshake.
"""

from __future__ import annotations

import base64
import socket
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from playwright.sync_api import Error
from starlette.responses import HTMLResponse, Response

from flows import contexts
from flows.contexts import GuardedContext
from flows.errors import FlowError
from flows.gate import SAFE_METHODS, GateState, SubmitGate
from flows.library.filing import open_channel
from mock_site.skins.ozon import SKIN
from tests.browser.channel_table import CHANNELS, HOSTS, order_for
from tests.browser.conftest import signed_in_state
from tests.browser.test_channels import who

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Route
    from starlette.requests import Request

    from flows.workbench import Workbench
    from mock_site.ledger import Entry
    from mock_site.server import MockSite

ACTING = "/quiet/files"
SOCKET = "/quiet/socket"
SECOND = "/quiet/second"
FRAME = "/quiet/frame"
REPORTING = "/quiet/reporting"
_FORM = "<form method=post action={target} target={where}><input name=a value=b></form>"
_SCRIPTS = {
    "/quiet/shared.js": f"onconnect = () => fetch('{SECOND}', {{method: 'POST', body: 'x'}});",
    "/quiet/dedicated.js": f"onmessage = () => fetch('{SECOND}', {{method: 'POST', body: 'x'}});",
    "/quiet/nested.js": "new Worker('/quiet/dedicated.js').postMessage(1);",
    "/quiet/service.js": (
        "oninstall = () => skipWaiting();"
        f"onactivate = event => event.waitUntil(fetch('{SECOND}', {{method: 'POST', body: String(Math.random())}}));"
    ),
    "/quiet/socket.js": f"new WebSocket('ws://' + location.host + '{SOCKET}');",
    "/quiet/transport.js": "new WebTransport('https://127.0.0.1:' + location.search.slice(1)).ready.catch(() => 0);",
    "/quiet/module.js": "import '/quiet/imported.js';",
    "/quiet/imported.js": "new WebTransport('https://127.0.0.1:' + location.search.slice(1)).ready.catch(() => 0);",
    "/quiet/shared_transport.js": (
        "onconnect = () => new WebTransport('https://127.0.0.1:' + location.search.slice(1)).ready.catch(() => 0);"
    ),
}


_LINGER = "setTimeout(() => {{ window.hasLingered = true }}, {milliseconds})"
"""How long a page stays open after its answer here: what workers and timers do must have its chance."""


class Datagrams:
    """Waits for datagrams on a port of its own: what begins to speak QUIC or to look for a peer shows itself here."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0)
        self.port: int = self._socket.getsockname()[1]

    def count(self) -> int:
        """Says how many came, and waits no longer."""
        came = 0
        with self._socket, suppress(BlockingIOError):
            while self._socket.recv(65_536):
                came += 1
        return came


@dataclass(frozen=True)
class Behaviour:
    """One thing a page may do. ``fire`` runs at each click; ``setup`` at once, on every page."""

    name: str
    fire: str = ""
    setup: str = ""
    linger_ms: int = 300

    def script(self, mock: MockSite, submit: str, datagrams: Datagrams) -> str:
        """Gives the source, with the addresses of this mock and of whoever waits for datagrams."""
        linger = _LINGER.format(milliseconds=self.linger_ms)
        source = f"{linger}; {self.setup}; document.addEventListener('click', () => {{ {self.fire} }}, true);"
        other = mock.origins["sso"]
        foreign = mock.origins["www"].replace("www.localhost", "127.0.0.1")
        source = source.replace("$SUBMIT", submit).replace("$OTHER", other).replace("$FOREIGN", foreign)
        inner = base64.b64encode(_TRANSPORT.replace("$UDP", str(datagrams.port)).encode()).decode()
        return source.replace("$INNER", inner).replace("$UDP", str(datagrams.port))


def _post(where: str, more: str = "") -> str:
    return f"fetch('{where}', {{method: 'POST', body: 'x', mode: 'no-cors'{more}}}).catch(() => 0)"


def _at(event: str, what: str) -> str:
    return f"addEventListener('{event}', () => {{ {what} }})"


def _node(tag: str, **attributes: str) -> str:
    sets = "".join(f"node.setAttribute('{name.strip('_')}', `{value}`);" for name, value in attributes.items())
    return f"{{ const node = document.createElement('{tag}'); {sets} document.body.append(node); }}"


def _form(target: str, where: str) -> str:
    body = _FORM.format(target=target, where=where)
    return f"document.body.insertAdjacentHTML('beforeend', '{body}'); document.body.lastChild.submit();"


def _rules(what: str, url: str) -> str:
    return (
        "const rules = document.createElement('script'); rules.type = 'speculationrules';"
        f"rules.textContent = JSON.stringify({{{what}: [{{source: 'list', urls: ['{url}']}}]}});"
        "document.head.append(rules)"
    )


_BLOB = "new Worker(URL.createObjectURL(new Blob([`{source}`])))"
_SOCKET_AT = "new WebSocket('ws://' + location.host + '" + SOCKET + "')"

_TRANSPORT = "new WebTransport('https://127.0.0.1:$UDP').ready.catch(() => 0)"
_PEER = (
    "const peer = new RTCPeerConnection({iceServers: [{urls: 'stun:127.0.0.1:$UDP'}]}); window.kept = peer;"
    "peer.createDataChannel('x'); peer.createOffer().then(offer => peer.setLocalDescription(offer))"
)
_PRESS = "document.body.lastChild.dispatchEvent(new MouseEvent('click'));"
_IN_NEW_FRAME = (
    "{{ const frame = document.createElement('iframe'); document.body.append(frame);"
    "const {{WebTransport, RTCPeerConnection}} = frame.contentWindow; {source} }}"
)

BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour("the same request again, by fetch", _post("$SUBMIT")),
    Behaviour("the same request again, by XMLHttpRequest",
              "const again = new XMLHttpRequest(); again.open('POST', '$SUBMIT'); again.send('x')"),
    Behaviour("a second path", _post(SECOND)),
    Behaviour("a second origin of the site", _post("$OTHER" + SECOND)),
    Behaviour("a foreign origin", _post("$FOREIGN" + SECOND)),
    Behaviour("another method",
              f"fetch('{SECOND}', {{method: 'PUT', body: 'x'}}); fetch('{SECOND}', {{method: 'DELETE'}})"),
    Behaviour("a beacon", f"navigator.sendBeacon('{SECOND}', 'x')"),
    Behaviour("a fetch that outlives its page", _post(SECOND, ", keepalive: true")),
    Behaviour("the request again when the page is hidden",
              setup=_at("pagehide", _post("$SUBMIT", ", keepalive: true"))),
    Behaviour("a beacon when the page is hidden", setup=_at("pagehide", "navigator.sendBeacon('$SUBMIT', 'x')")),
    Behaviour("a beacon when the page is left", setup=_at("unload", f"navigator.sendBeacon('{SECOND}', 'x')")),
    Behaviour("a beacon when the page goes out of sight",
              setup=_at("visibilitychange", f"navigator.sendBeacon('{SECOND}', 'x')")),
    Behaviour("a fetch for later",
              f"window.fetchLater && fetchLater('{SECOND}', {{method: 'POST', body: 'x', activateAfter: 50}})"),
    Behaviour("a shared worker", "new SharedWorker('/quiet/shared.js').port.start()"),
    Behaviour("a dedicated worker", "new Worker('/quiet/dedicated.js').postMessage(1)"),
    Behaviour("a worker of a worker", "new Worker('/quiet/nested.js')"),
    Behaviour("a worker made of a string",
              _BLOB.format(source=_post("${location.origin}" + SECOND))),
    Behaviour("a service worker, and its update",
              "navigator.serviceWorker?.register('/quiet/service.js', {scope: '/quiet/'})"
              ".then(made => made?.update()).catch(() => 0)"),
    Behaviour("a frame", _node("iframe", src=FRAME)),
    Behaviour("a frame of another origin", _node("iframe", src="$OTHER" + FRAME)),
    Behaviour("a form into a frame of another origin",
              _node("iframe", name="quiet") + _form("$OTHER" + SECOND, "quiet")),
    Behaviour("a frame without an address",
              _node("iframe", srcdoc="<script>fetch('" + SECOND + "', {method: 'POST', body: 'x'})<\\/script>")),
    Behaviour("a popup", f"window.open('{FRAME}')"),
    Behaviour("a form into a new window", _form(SECOND, "_blank")),
    Behaviour("prerendering", setup=_rules("prerender", ACTING)),
    Behaviour("a socket of the page", _SOCKET_AT),
    Behaviour("a socket of a worker", "new Worker('/quiet/socket.js')"),
    Behaviour("a socket of a worker made of a string",
              _BLOB.format(source="new WebSocket('ws://${location.host}" + SOCKET + "')")),
    Behaviour("a transport of the page", _TRANSPORT),
    Behaviour("a transport of a frame that was made just now", _IN_NEW_FRAME.format(source=_TRANSPORT)),
    Behaviour("a transport of a frame without an address", _node("iframe", srcdoc=f"<script>{_TRANSPORT}<\\/script>")),
    Behaviour("a transport of a worker", "new Worker('/quiet/transport.js?$UDP')"),
    Behaviour("a transport of a worker made of a string", _BLOB.format(source=_TRANSPORT)),
    Behaviour("a transport of a module", "new Worker('/quiet/transport.js?$UDP', {type: 'module'})"),
    Behaviour("a transport of what a module imports", "new Worker('/quiet/module.js?$UDP', {type: 'module'})"),
    Behaviour("a transport of a worker of a worker made of a string",
              _BLOB.format(source="new Worker(URL.createObjectURL(new Blob([atob('$INNER')])))")),
    Behaviour("a transport of a shared worker", "new SharedWorker('/quiet/shared_transport.js?$UDP').port.start()"),
    Behaviour("a channel to a peer", _PEER),
    Behaviour("a channel to a peer of a frame that was made just now", _IN_NEW_FRAME.format(source=_PEER)),
    Behaviour("timers after success",
              "for (const later of [50, 300, 900]) setTimeout(() => " + _post("$SUBMIT") + ", later)", linger_ms=1_200),
    Behaviour("again whenever it fails",
              "const again = left => left && fetch('$SUBMIT', {method: 'POST', body: 'x'})"
              ".catch(() => again(left - 1)); again(5)"),
    Behaviour("a link that tells where it was clicked",
              "document.body.insertAdjacentHTML('beforeend', '<a ping=" + SECOND + " href=#quiet>x</a>');"
              + _PRESS),
    Behaviour("a report on a broken policy", setup=_at("load", _node("iframe", src=REPORTING)), linger_ms=1_200),
    Behaviour("a read that files", f"fetch('{ACTING}?x=1')"),
    Behaviour("a picture that files", f"new Image().src = '{ACTING}?x=2'"),
    Behaviour("reading ahead what files", setup=_rules("prefetch", ACTING)),
    Behaviour("a stream of events that files", f"new EventSource('{ACTING}')"),
    Behaviour("a link that is fetched ahead and files", _node("link", rel="prefetch", href=ACTING)),
    Behaviour("a download that files, by a link in no document",
              f"Object.assign(document.createElement('a'), {{href: '{ACTING}', download: 'x'}}).click()"),
    Behaviour("a download that files", _node("a", href=ACTING, download="x") + _PRESS),
)  # fmt: skip

WHOLE_ONLY = frozenset(
    {"the same request again, by XMLHttpRequest", "another method", "a fetch that outlives its page"}
    | {"a beacon when the page is left", "a beacon when the page goes out of sight", "again whenever it fails"}
    | {"a worker of a worker", "a socket of a worker", "a frame", "a frame of another origin", "a popup"}
    | {"a picture that files", "a stream of events that files", "a link that is fetched ahead and files"}
    | {"a transport of the page", "a transport of a frame without an address", "a transport of a module"}
    | {"a transport of a worker made of a string", "a transport of a worker of a worker made of a string"}
    | {"a transport of a shared worker", "a channel to a peer of a frame that was made just now"}
    | {"a report on a broken policy", "a download that files", "a foreign origin"}
)
"""What takes the same way out as another one: the proof shows these, ordinary runs the others."""


STOPPED_BEFORE = frozenset(
    {"the same request again, by fetch", "the same request again, by XMLHttpRequest", "timers after success"}
    | {"again whenever it fails", "a service worker, and its update", "a link that tells where it was clicked"}
)
"""Measured in three rounds and a part of a fourth, the channels in turn: the gate of before stopped these as well (they
go to the one address that it knew), or something else takes them away (no service workers, no pings). All others got
out of it: 38 each time, four more, in a race with the end of their page, mostly. With no gate these get out too.
"""
TRIES = 8
"""So often a kind may lose its race before its control says that it is not seen."""


def make_room(mock: MockSite) -> None:
    """Gives the mock the addresses that the behaviours use."""

    def answer(request: Request) -> Response:
        path = request.url.path
        if path in _SCRIPTS:
            return Response(_SCRIPTS[path], media_type="text/javascript")
        if path == REPORTING:
            policy = {"content-security-policy-report-only": f"script-src 'none'; report-uri {SECOND}"}
            return HTMLResponse("<script>1</script>", headers=policy)
        if path == FRAME:
            return HTMLResponse(f"<body><script>fetch('{SECOND}', {{method: 'POST', body: 'x'}})</script>")
        return Response("taken", headers={"access-control-allow-origin": "*"})

    mock.set_route("/quiet/*", answer)


def own_browsers(bench: Workbench, browser: Browser, launch: Mapping[str, Any]) -> Workbench:
    """The same bench, on which each filing starts and kills a browser of its own, as the program does."""

    def start() -> Browser:
        return browser.browser_type.launch(**launch)

    return replace(bench, browser=replace(bench.browser, start_another=start))


def submit_path(channel: str) -> str:
    """The path of the request that files on a channel."""
    number = {"public_report": 0, "order_appeal": 1, "cabinet_complaint": 3, "support_ticket": 4}[channel]
    return SKIN.submits[number]


def misbehave(mock: MockSite, bench: Workbench, channel: str, behaviour: Behaviour) -> list[str]:
    """Files once on a site whose pages behave so; returns what arrived and should not have."""
    make_room(mock)
    submit, datagrams = submit_path(channel), Datagrams()
    script = f"<script>{behaviour.script(mock, submit, datagrams)}</script></body>"
    mock.switches.renames = {"</body>": script}
    site = bench.site.model_copy(update={"acting_urls": ("www:" + ACTING + "*", "seller:" + ACTING + "*")})
    order = order_for(mock, channel)
    with suppress(FlowError, Error):
        state, expected = signed_in_state(mock, site=HOSTS[channel]), who(mock, channel)
        changed = replace(bench, site=site)
        with open_channel(changed, channel, state=state, expected=expected, answer_window_seconds=4) as form:
            form.channel.prepare(order)
            form.gate.arm(lambda _: None)
            form.channel.gesture()
            form.channel.observe()
            if form.gate.state is GateState.RELEASED:
                with suppress(Error):
                    form.tab.page.wait_for_function("() => window.hasLingered", timeout=5_000)
    settle(mock)
    return find_surplus(mock, submit) + ["datagrams"] * bool(datagrams.count())


def settle(mock: MockSite) -> None:
    """Waits until the site has dealt with everything that came before now."""
    port = mock.origins["www"].rpartition(":")[2]
    for _ in range(3):
        with suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/static/", timeout=10).close()


def find_surplus(mock: MockSite, submit: str) -> list[str]:
    """Names what arrived beside the one request and its uploads."""
    entries = mock.ledger.entries
    submits = [entry for entry in entries if entry.method == "POST" and entry.path == submit]
    found = [f"{len(submits)} requests that file"] if len(submits) > 1 else []
    return found + [f"{entry.method} {entry.path}" for entry in entries if _is_surplus(entry, submit)]


def _is_surplus(entry: Entry, submit: str) -> bool:
    if entry.path in {ACTING, SOCKET}:
        return True
    return entry.method not in SAFE_METHODS and entry.path not in {submit, *SKIN.uploads}


@contextmanager
def gate_of_before() -> Iterator[None]:
    """The gate as it stood before: routes on pages, one address, and a context that is closed and not killed."""

    def attach(gate: SubmitGate, context: BrowserContext) -> None:
        gate._context = context
        pattern = gate.rules.globs[0]

        def handle(route: Route) -> None:
            request = route.request
            if request.method in SAFE_METHODS:
                route.fallback()
            elif gate.state is GateState.ARMED:
                gate.state = GateState.RELEASED
                gate.released += 1
                route.continue_()
            else:
                gate.blocked += 1
                route.abort("blockedbyclient")

        context.route(pattern, handle)

    with patch.object(SubmitGate, "attach", attach):
        yield


@contextmanager
def no_gate() -> Iterator[None]:
    """Nothing is stopped; the first request to the address that files counts as the released one. Workers may serve."""

    def attach(gate: SubmitGate, context: BrowserContext) -> None:
        gate._context = context

        def handle(route: Route) -> None:
            if gate.state is GateState.ARMED:
                gate.state = GateState.RELEASED
                gate.released += 1
            route.continue_()

        context.route(gate.rules.globs[0], handle)

    genuine = contexts._open_context

    def allowing_workers(*given: Any, **how: Any) -> AbstractContextManager[GuardedContext]:
        return genuine(*given, **{**how, "block_workers": False})

    with patch.object(SubmitGate, "attach", attach), patch.object(contexts, "_open_context", allowing_workers):
        yield


def pairs(*, whole: bool) -> list[tuple[str, Behaviour]]:
    """Every behaviour on every channel, or a share of them once each, the channels in turn."""
    if whole:
        return [(channel, behaviour) for behaviour in BEHAVIOURS for channel in CHANNELS]
    return once([behaviour for behaviour in BEHAVIOURS if behaviour.name not in WHOLE_ONLY])


def once(behaviours: Sequence[Behaviour]) -> list[tuple[str, Behaviour]]:
    """Each of them on one channel, the channels in turn."""
    return [(CHANNELS[place % len(CHANNELS)], behaviour) for place, behaviour in enumerate(behaviours)]


def name_of(value: object) -> str:
    """The words of a line for a test's id."""
    return value.name.replace(" ", "-") if isinstance(value, Behaviour) else str(value)
