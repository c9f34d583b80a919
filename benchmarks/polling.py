"""What a poll of a product costs, against raw httpx and a naive Playwright script, on the mock, in one run.

    python3 run.py bench polling [--products 400] [--reviews 100] [--json] [--check]

Our target: a further unchanged product in a visit (conditional JSON, in batches) costs at most 1.2 times the processor
time that httpx needs to fetch the same page's HTML and take the reviews out of it. ``--check`` fails when it is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from urllib.parse import quote, urlsplit

import httpx
from selectolax.lexbor import LexborHTMLParser

from benchmarks._browser import open_machine_browser
from benchmarks._card import measure_cards, show_cards
from benchmarks._measuring import Cost, Mock, Product, TreeClock, measured, running_mock
from flows.browser import BrowserHandle
from flows.catalog.loader import SiteOverlay, load_site
from flows.library.read_reviews import PollOptions, PollResult, ProductPoll, read_reviews
from flows.politeness import Budget, Politeness
from flows.workbench import Workbench

TARGET = 1.2
"""Most that a further unchanged product may cost, as a multiple of httpx with HTML."""

BASE = "httpx, HTML + state"
ONE = "fairreview, visit of one unchanged"
FEW = "fairreview, a quarter unchanged"
UNCHANGED = "fairreview, unchanged, 304"
SLOW_SAMPLE = 10  # polls of the ways that cost hundreds of milliseconds


@dataclass(frozen=True)
class Bench:
    """What all ways share."""

    mock: Mock
    products: Sequence[Product]
    clock: TreeClock
    costs: list[Cost]

    def measure(self, way: str, work: Callable[[Sequence[Product]], None], *, sample: int | None = None) -> None:
        """Measures one way over all products or a sample."""
        chosen = self.products[:sample]
        with measured(self.clock, self.mock, way, len(chosen), self.costs):
            work(chosen)
        print(f"  {way}: {self.costs[-1].cpu_ms:.1f} ms", file=sys.stderr, flush=True)


def measure_httpx(bench: Bench) -> None:
    """The floor: no browser at all."""
    www = urlsplit(bench.mock.origins["www"])
    tags: dict[str, str] = {}
    with httpx.Client(base_url=f"http://127.0.0.1:{www.port}", headers={"Host": www.netloc}, timeout=60) as client:

        def fetch_html(products: Sequence[Product]) -> None:
            for product in products:
                page = client.get(f"{product.path}reviews/").raise_for_status()
                assert _reviews_in_html(page.text)

        def fetch_json(products: Sequence[Product]) -> None:
            for product in products:
                answer = client.get(_json_path(product)).raise_for_status()
                tags[product.sku] = answer.headers["etag"]
                assert answer.json()["widgetStates"]

        def fetch_conditionally(products: Sequence[Product]) -> None:
            for product in products:
                answer = client.get(_json_path(product), headers={"If-None-Match": tags[product.sku]})
                assert answer.status_code == 304

        bench.measure(BASE, fetch_html)
        bench.measure("httpx, JSON", fetch_json)
        bench.measure("httpx, 304", fetch_conditionally)


def measure_fairreview(bench: Bench, browser: BrowserHandle) -> None:
    """Our own polls: first, unchanged with and without the site's help, changed, and rendered pages."""
    tools = workbench(bench.mock, browser)
    results: dict[str, PollResult] = {}

    def poll(products: Sequence[Product], options: PollOptions | None = None) -> None:
        asked = [ask(product, bench.mock, results) for product in products]
        results.update({result.sku: result for result in read_reviews(tools, asked, options=options)})

    def expect_unchanged(products: Sequence[Product]) -> None:
        poll(products)
        assert all(results[product.sku].read.is_unchanged for product in products)

    bench.measure("fairreview, first poll, all pages", poll)
    bench.measure(ONE, expect_unchanged, sample=1)
    bench.measure(FEW, expect_unchanged, sample=max(len(bench.products) // 4, 1))
    bench.measure(UNCHANGED, expect_unchanged)
    bench.mock.turn(conditional=False)
    bench.measure("fairreview, unchanged, 200", expect_unchanged)
    bench.mock.turn(conditional=True)
    rendered = PollOptions(is_rendered=True, page_limit=1)
    for index in range(SLOW_SAMPLE):
        bench.mock.add_review(index)
    bench.measure("fairreview, changed", poll, sample=SLOW_SAMPLE)
    results.clear()
    bench.measure("fairreview, rendered page", lambda chosen: poll(chosen, rendered), sample=SLOW_SAMPLE)


def measure_naive_script(bench: Bench, browser: BrowserHandle) -> None:
    """What a first script does: open each page, read each review field by field."""
    www = bench.mock.origins["www"]

    def read(products: Sequence[Product]) -> None:
        page = browser.browser.new_page()
        for product in products:
            page.goto(f"{www}{product.path}reviews/")
            cards = page.locator("[data-review-uuid]")
            rows = [
                (card.get_attribute("data-review-uuid"), card.get_attribute("publishedat"), card.inner_text())
                for card in cards.all()
            ]
            assert rows
        page.close()

    bench.measure("naive Playwright, one page kept", read, sample=SLOW_SAMPLE)

    def read_in_new_contexts(products: Sequence[Product]) -> None:
        for product in products:
            context = browser.browser.new_context()
            page = context.new_page()
            page.goto(f"{www}{product.path}reviews/", wait_until="networkidle")
            assert page.locator("[data-review-uuid]").all_inner_texts()
            context.close()

    bench.measure("naive Playwright, new context", read_in_new_contexts, sample=SLOW_SAMPLE)


def run(*, products: int, reviews: int, seed: int) -> list[Cost]:
    """Measures every way on one mock."""
    costs: list[Cost] = []
    with running_mock(products=products, reviews=reviews, seed=seed) as mock:
        clock = TreeClock(not_counted={mock.process.pid})
        bench = Bench(mock, mock.products(products), clock, costs)
        measure_httpx(bench)
        with open_machine_browser() as browser:
            measure_fairreview(bench, browser)
            measure_naive_script(bench, browser)
    return costs


def show(costs: Sequence[Cost]) -> str:
    """Lays the costs out as a table, with ratios to httpx fetching HTML."""
    base = next(cost for cost in costs if cost.way == BASE)
    rows = [f"{'way':38} {'polls':>6} {'CPU ms':>8} {'wall ms':>8} {'requests':>9} {'× httpx HTML':>13}"]
    rows += [
        f"{cost.way:38} {cost.polls:6} {cost.cpu_ms:8.2f} {cost.wall_ms:8.2f} "
        f"{cost.requests / cost.polls:9.2f} {cost.times(base):13.2f}"
        for cost in costs
    ]
    return "\n".join(rows)


def main() -> int:
    """Runs the benchmark and compares it with the target."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, default=400)
    parser.add_argument("--reviews", type=int, default=100, help="reviews a product")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="figures for a program")
    parser.add_argument("--check", action="store_true", help="exit code 1 when the target is missed")
    asked = parser.parse_args()
    costs = run(products=asked.products, reviews=asked.reviews, seed=asked.seed)
    print(json.dumps([asdict(cost) for cost in costs], indent=1) if asked.json else show(costs))
    print(show_cards(measure_cards()), file=sys.stderr)
    ratio = further_product(costs)
    is_reached = ratio <= TARGET
    told = f"a further unchanged product costs {ratio:.2f} × httpx with HTML; target {TARGET}"
    print(f"{told}, {'reached' if is_reached else 'missed'}", file=sys.stderr)
    return 1 if asked.check and not is_reached else 0


def further_product(costs: Sequence[Cost]) -> float:
    """What one more unchanged product adds to a visit, as a multiple of httpx fetching its HTML.

    The slope between two visits that are both long enough for the parked page to have settled.
    """
    by_way = {cost.way: cost for cost in costs}
    few, many = by_way[FEW], by_way[UNCHANGED]
    added = (many.cpu_seconds - few.cpu_seconds) / max(many.polls - few.polls, 1)
    return added * 1000 / by_way[BASE].cpu_ms


def workbench(mock: Mock, browser: BrowserHandle) -> Workbench:
    site = load_site("ozon", overlay=SiteOverlay(origins=mock.origins))
    # Politeness costs time by the clock, not processor time; here it would only hide the ratios.
    unhurried = Politeness(budget=Budget(per_second=1e6, burst=1_000_000), pause=_pause)
    return Workbench(browser=browser, site=site, politeness=unhurried)


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)


def ask(product: Product, mock: Mock, results: dict[str, PollResult]) -> ProductPoll:
    before = results.get(product.sku)
    known = {review.review_id: review.version for review in before.read.reviews} if before else {}
    url = f"{mock.origins['www']}{product.path}"
    return ProductPoll(sku=product.sku, url=url, memory=before.memory if before else None, known=known)


def _json_path(product: Product) -> str:
    return f"/api/entrypoint-api.bx/page/json/v2?url={quote(product.path + 'reviews/', safe='')}"


def _reviews_in_html(text: str) -> int:
    for node in LexborHTMLParser(text).css("[id^='state-webListReviews']"):
        return len(json.loads(node.attributes["data-state"] or "{}")["reviews"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
