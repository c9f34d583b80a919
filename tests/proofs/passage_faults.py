"""What a way to the site may do to the one request and its answer, on every channel, over HTTP/1.1 and over HTTP/2.

``network_faults`` has what the site itself does. Here somebody stands between: a proxy, a balancer, the end of a TLS
connection. Requests are counted where they leave the browser, filings where the site keeps them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from h2.errors import ErrorCodes

from tests.browser.channel_table import CHANNELS, order_for
from tests.own_certificate import OwnCertificate
from tests.proofs.gate_behaviours import own_browsers, submit_path
from tests.proofs.network_faults import NetworkFault, broken_rules, file_once
from tests.proofs.passage import Crossing, Fault, Passage
from tests.proofs.passage_lines import Reply

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from flows.workbench import Workbench
    from mock_site.server import MockSite

_BAD_GATEWAY = Reply(status=502, headers=(("content-type", "text/html"),), body=b"<h1>502 Bad Gateway</h1>")


@dataclass(frozen=True, kw_only=True)
class PassageFault:
    """One row.

    Attributes:
        do: What happens to the request and its answer.
        is_secure: By TLS and HTTP/2.
        is_resent: The browser's network stack may send the request a second time by itself.
        is_race: Every kept connection is closed at the moment in which the request may leave.
    """

    name: str
    do: Fault
    is_secure: bool = False
    is_resent: bool = False
    is_race: bool = False


async def _carry(crossing: Crossing) -> None:
    await crossing.line.answer(await crossing.pass_on())


def _later(seconds: float) -> Fault:
    async def do(crossing: Crossing) -> None:
        await crossing.pause(seconds)
        await _carry(crossing)

    return do


async def _twice(crossing: Crossing) -> None:
    await crossing.pass_on()
    await _carry(crossing)


async def _again_later(crossing: Crossing) -> None:
    await _carry(crossing)
    await crossing.pause(6.0)
    await crossing.pass_on()


async def _in_part(crossing: Crossing) -> None:
    await crossing.pass_on(0.5)
    crossing.line.cut()


async def _in_part_and_told(crossing: Crossing) -> None:
    await crossing.pass_on(0.5)
    await crossing.line.answer(_BAD_GATEWAY)


async def _passed_on_and_denied(crossing: Crossing) -> None:
    await crossing.pass_on()
    await crossing.line.answer(_BAD_GATEWAY)


async def _cut_answer(crossing: Crossing) -> None:
    await crossing.line.answer(await crossing.pass_on(), share=0.5)
    crossing.line.cut()


def _slowly(every_seconds: float) -> Fault:
    async def do(crossing: Crossing) -> None:
        await crossing.line.answer(await crossing.pass_on(), every_seconds=every_seconds)

    return do


async def _of_another(crossing: Crossing) -> None:
    own, other = crossing.passage.reviews
    body = crossing.carried.body.replace(own.encode(), other.encode())
    words_for_another = await crossing.passage.pass_on(replace(crossing.carried, body=body))
    await crossing.pass_on()
    await crossing.line.answer(words_for_another)


def _refused(*, is_passed_on: bool, code: ErrorCodes = ErrorCodes.REFUSED_STREAM) -> Fault:
    async def do(crossing: Crossing) -> None:
        if is_passed_on:
            await crossing.pass_on()
        crossing.line.refuse(code)

    return do


def _gone(*, is_passed_on: bool, was_seen: bool) -> Fault:
    async def do(crossing: Crossing) -> None:
        if is_passed_on:
            await crossing.pass_on()
        crossing.line.go_away(was_seen=was_seen)

    return do


async def _lost(crossing: Crossing) -> None:
    await crossing.pass_on()
    crossing.line.cut()


async def _reset(crossing: Crossing) -> None:
    await crossing.pass_on()
    crossing.line.reset()


async def _cut_stream(crossing: Crossing) -> None:
    await crossing.line.answer(await crossing.pass_on(), share=0.5)
    crossing.line.refuse(ErrorCodes.INTERNAL_ERROR)


async def _unanswered(crossing: Crossing) -> None:
    await crossing.pass_on()


def _row(name: str, do: Fault, **more: bool) -> PassageFault:
    return PassageFault(name=name, do=do, **more)


def _stream(name: str, do: Fault, **more: bool) -> PassageFault:
    return PassageFault(name=f"HTTP/2: {name}", do=do, is_secure=True, **more)


FAULTS: tuple[PassageFault, ...] = (
    _row("only carried", _carry),
    _row("passed on 5 s later", _later(5.0)),
    _row("passed on 60 s later", _later(60.0)),
    _row("passed on twice", _twice),
    _row("passed on again 6 s after its answer", _again_later),
    _row("passed on in part, then FIN", _in_part, is_resent=True),
    _row("passed on in part, then 502", _in_part_and_told),
    _row("passed on, then 502", _passed_on_and_denied),
    _row("half of the answer, then FIN", _cut_answer),
    _row("FIN on every kept connection as the request leaves", _carry, is_race=True, is_resent=True),
    _row("an answer in drops, whole within the window", _slowly(0.1)),
    _row("an answer in drops, past the window", _slowly(0.5)),
    _row("another review's word of success", _of_another),
    _stream("only carried", _carry),
    _stream("passed on 5 s later", _later(5.0)),
    _stream("no answer", _unanswered),
    _stream("REFUSED_STREAM, as it should be", _refused(is_passed_on=False), is_resent=True),
    _stream("REFUSED_STREAM, though it was passed on", _refused(is_passed_on=True), is_resent=True),
    _stream("INTERNAL_ERROR after it was passed on", _refused(is_passed_on=True, code=ErrorCodes.INTERNAL_ERROR)),
    _stream("asked for HTTP/1.1", _refused(is_passed_on=False, code=ErrorCodes.HTTP_1_1_REQUIRED), is_resent=True),
    _stream("GOAWAY before it", _gone(is_passed_on=False, was_seen=False), is_resent=True),
    _stream("GOAWAY before it, though it was passed on", _gone(is_passed_on=True, was_seen=False), is_resent=True),
    _stream("GOAWAY after it", _gone(is_passed_on=True, was_seen=True), is_resent=True),
    _stream("FIN instead of an answer", _lost, is_resent=True),
    _stream("RST instead of an answer", _reset, is_resent=True),
    _stream("half of the answer, then INTERNAL_ERROR", _cut_stream),
    _stream("half of the answer, then FIN", _cut_answer),
    _stream("an answer in drops, past the window", _slowly(0.5)),
)
SHARE = ("FIN on every kept connection as the request leaves", "another review's word of success",
         "HTTP/2: only carried", "HTTP/2: REFUSED_STREAM, though it was passed on")  # fmt: skip


def pairs(*, whole: bool) -> list[tuple[str, PassageFault]]:
    """Every fault on every channel, or a share of them, the channels in turn."""
    if whole:
        return [(channel, fault) for fault in FAULTS for channel in CHANNELS]
    chosen = [fault for fault in FAULTS if fault.name in SHARE]
    return [(CHANNELS[place % len(CHANNELS)], fault) for place, fault in enumerate(chosen)]


@dataclass
class Suffered:
    """What became of one filing.

    Attributes:
        requests: How often the browser sent the request.
        broken: The rules that were broken.
    """

    requests: int
    broken: list[str]


def suffer(
    mock: MockSite, bench: Workbench, browser: Browser, launch: Mapping[str, Any], case: tuple[str, PassageFault]
) -> Suffered:
    """Files once over a passage with the fault; says what came of it."""
    channel, fault = case
    order = order_for(mock, channel)
    port = int(mock.origins["www"].rpartition(":")[2])
    others = (one.uuid for product in mock.world.products() for one in mock.world.reviews(product))
    other = next(uuid for uuid in others if uuid != order.review_id)
    with tempfile.TemporaryDirectory() as folder:
        own = OwnCertificate(Path(folder), "passage") if fault.is_secure else None
        passage = Passage(port, submit_path(channel), fault.do, own)
        passage.reviews = (order.review_id, other)
        with passage.open() as arguments:
            given = {**launch, "args": [*launch.get("args", ()), *arguments]}
            site = bench.site
            if fault.is_secure:
                origins = {name: url.replace("http:", "https:") for name, url in site.origins.items()}
                site = site.model_copy(update={"origins": origins})
                order = order.model_copy(update={"product_url": order.product_url.replace("http:", "https:")})
            changed = own_browsers(replace(bench, site=site), browser, given)
            filed = file_once(mock, changed, order, on_release=passage.close_idle if fault.is_race else nullcontext)
            passage.finish()
    stored = sum(one.review_uuid == order.review_id for one in mock.world.stored_appeals)
    rule = NetworkFault(name=fault.name, is_resent=fault.is_resent)
    broken = broken_rules(filed, rule, posts=passage.filings, stored=stored)
    return Suffered(passage.filings, broken + [repr(error) for error in passage.errors])
