"""What a filing takes, from opening the page to the site's answer, against the shortest Playwright script that does it.

    python3 run.py bench filing [--rounds 10] [--check]

Our target: at most 1.5 times the script's time, on a mock without latency; both start a browser for it. What we do
more: the account is proven, two facts of the review are compared, every field is read back, pictures are taken, every
request of the browser is looked at, and the gate records the release first. ``shared`` is the same filing in a browser
that runs already, and ``routes`` is that with the gate as it stood before docs/adr/0030: their ratio is what it costs.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from unittest.mock import patch

from benchmarks._browser import open_machine_browser
from flows.browser import BrowserHandle
from flows.catalog.loader import SiteOverlay, load_site
from flows.channels import FilingOrder
from flows.gate import GateState, SubmitGate, SubmitRequest
from flows.library.filing import open_channel
from flows.politeness import Budget, Politeness
from flows.session import AccountWitness
from flows.workbench import Workbench
from mock_site.server import MockSite
from mock_site.world.models import Review

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Route

TARGET = 1.5
"""Most that a filing may take, as a multiple of the script's time."""

REASON = "Неприемлемое содержание"
COMMENT = "Отзыв содержит оскорбления."


def main() -> int:
    """Files by turns, ours and the script's, and compares the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--check", action="store_true", help="exit code 1 when the target is missed")
    asked = parser.parse_args()
    with MockSite.start() as mock, open_machine_browser() as browser:
        state = signed_in_state(mock)
        reviews = reportable(mock, 4 * (asked.rounds + 1))
        ways: list[tuple[str, Callable[[Review], None]]] = [
            ("script", lambda review: file_by_script(mock, browser, state, review)),
            ("fairreview", lambda review: file_by_flow(mock, browser, state, review)),
            ("shared", lambda review: file_by_flow(mock, replace(browser, start_another=None), state, review)),
            ("routes", lambda review: file_by_routes(mock, browser, state, review)),
        ]
        taken: dict[str, list[float]] = {name: [] for name, _ in ways}
        for number, review in enumerate(reviews):
            name, work = ways[number % len(ways)]
            started = time.perf_counter()
            work(review)
            taken[name].append(time.perf_counter() - started)
        assert len(mock.ledger.submits) == len(reviews), "each filing must have gone out once"
    return tell({name: seconds[1:] for name, seconds in taken.items()}, check=asked.check)


def tell(taken: dict[str, Sequence[float]], *, check: bool) -> int:
    """Prints both medians and the ratio; the first round of each is not counted, it warms up."""
    medians = {name: statistics.median(seconds) for name, seconds in taken.items()}
    for name, median in medians.items():
        print(f"{name:12} {median * 1000:7.0f} ms (median of {len(taken[name])})")
    print(f"the gate round everything costs {medians['shared'] / medians['routes']:.2f} × routes on one address")
    print(f"a browser of its own costs {medians['fairreview'] / medians['shared']:.2f} × one that runs already")
    ratio = medians["fairreview"] / medians["script"]
    is_reached = ratio <= TARGET
    print(f"a filing takes {ratio:.2f} × the shortest script; target {TARGET}, {'reached' if is_reached else 'missed'}")
    return 1 if check and not is_reached else 0


def file_by_script(mock: MockSite, browser: BrowserHandle, state: bytes, review: Review) -> None:
    """The shortest thing that works on this mock."""
    assert browser.start_another is not None
    own = browser.start_another()
    context = own.new_context(storage_state=json.loads(state))
    page = context.new_page()
    page.goto(f"{product_url(mock, review)}reviews/?ruuid={review.uuid}")
    card = page.locator(f"[data-review-uuid='{review.uuid}']")
    card.get_by_role("button", name="Ещё").click()
    page.get_by_role("menuitem", name="Пожаловаться").click()
    page.get_by_label(REASON).check()
    page.get_by_placeholder("Опишите причину подробнее").fill(COMMENT)
    page.get_by_role("button", name="Отправить жалобу").click()
    page.get_by_text("Жалоба успешно отправлена").wait_for()
    own.close()


def file_by_flow(mock: MockSite, browser: BrowserHandle, state: bytes, review: Review) -> None:
    """The product's own four steps."""
    site = load_site("ozon", overlay=SiteOverlay(origins=dict(mock.origins)))
    unhurried = Politeness(budget=Budget(per_second=1e6, burst=1_000_000), pause=pause)
    bench = Workbench(browser=browser, site=site, politeness=unhurried)
    account = mock.world.options.accounts[0]
    with open_channel(bench, "public_report", state=state, expected=AccountWitness(name=account.name)) as form:
        form.channel.prepare(order_for(mock, review))
        assert form.channel.inspect().problems == ()
        form.gate.arm(ignore)
        form.channel.gesture()
        assert form.channel.observe().released == 1


def file_by_routes(mock: MockSite, browser: BrowserHandle, state: bytes, review: Review) -> None:
    """The same steps with the gate as it stood before: a route on one address of the context's pages."""

    def attach(gate: SubmitGate, context: BrowserContext) -> None:
        gate._context = context  # noqa: SLF001 -- stands in for the gate's own attach

        def handle(route: Route) -> None:
            gate.state, gate.released = GateState.RELEASED, gate.released + 1
            route.continue_()

        context.route(gate.rules.globs[0], handle)

    with patch.object(SubmitGate, "attach", attach):
        file_by_flow(mock, replace(browser, start_another=None), state, review)


def order_for(mock: MockSite, review: Review) -> FilingOrder:
    """What a person would have approved."""
    return FilingOrder(
        appeal_id="appeal-1",
        generation=1,
        site="ozon",
        identity="site_profile",
        channel="public_report",
        review_id=review.uuid,
        review_text=review.text,
        product_url=product_url(mock, review),
        order_number=None,
        ground="obscene",
        reason_label=REASON,
        text=COMMENT,
    )


def reportable(mock: MockSite, count: int) -> list[Review]:
    """Negative reviews of the mock, each to be reported once."""
    reviews = (review for product in mock.world.products() for review in mock.world.reviews(product))
    return [review for review in reviews if review.rating <= 2][:count]


def product_url(mock: MockSite, review: Review) -> str:
    """The product's address."""
    product = mock.world.product(review.sku)
    assert product is not None
    return mock.origins["www"] + product.path


def signed_in_state(mock: MockSite) -> bytes:
    """A session of the mock's first account, as a browser stores it."""
    cookie = mock.session_cookie()
    host = mock.origins["www"].removeprefix("http://").partition(":")[0]
    kept = {"name": cookie["name"], "value": cookie["value"], "domain": host, "path": "/", "expires": -1}
    return json.dumps(
        {"cookies": [{**kept, "httpOnly": True, "secure": False, "sameSite": "Lax"}], "origins": []}
    ).encode()


def ignore(_: SubmitRequest) -> None:
    """Stands in for the record of the release."""


def pause(seconds: float) -> None:
    """Politeness waits like this."""
    threading.Event().wait(seconds)


if __name__ == "__main__":
    sys.exit(main())
