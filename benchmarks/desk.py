"""The desk's whole budget over a full store, in one run and one table.

    python3 run.py bench desk [--reviews 300000] [--appeals 20000] [--entries 1000000] [--waiting 200]
                              [--rounds 40] [--keys 6] [--pairs 5]

The installed command makes a shop on the mock; its store is then filled by copies of real rows. Measured at the desk
that the installed command serves: first byte (median and 95th percentile) and weight of each page; from a key to the
next paint in Chromium, decisions included; and a filing with ten pages open beside it against one without, by turns.
The yardstick is the same filing without pages against itself: what it differs from 1.00 is noise. Processor time of the
desk stands beside each page: on a busy machine it tells more than the clock. About eight minutes.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from benchmarks._browser import open_machine_browser
from benchmarks._desk_beside import MOST_SLOWER, Beside, approved, measure_beside, settle_made_up
from benchmarks._desk_pages import HEAVIEST, MEDIAN, TAIL, PageCost, measure_pages
from benchmarks._desk_paint import MOST, KeyCost, measure_keys
from benchmarks._desk_store import Sizes, make_shop
from mock_site.server import MockSite
from tests.desk_browser import open_desk

VIEWPORT = {"width": 1366, "height": 768}


def main() -> int:
    """Fills a store, measures and compares with the aims."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, count in (("reviews", 300_000), ("appeals", 20_000), ("entries", 1_000_000), ("waiting", 200)):
        parser.add_argument(f"--{name}", type=int, default=count)
    for name, count in (("rounds", 40), ("keys", 6), ("pairs", 5)):
        parser.add_argument(f"--{name}", type=int, default=count)
    asked = parser.parse_args()
    filings = 3 * asked.pairs + 1
    sizes = Sizes(asked.reviews, asked.appeals, asked.entries, asked.waiting, filings + 2)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, MockSite.start() as site, open_machine_browser() as handle:
        shop = make_shop(Path(folder), site, sizes)
        sku = site.world.product_at(0).sku
        _say(began, f"the store is filled: {sizes}")
        with open_desk(shop.home, "--no-watch") as desk:
            pages = measure_pages(desk, sku, sizes, asked.rounds)
            _say(began, "first bytes are measured")
        with open_desk(shop.home, "--no-watch") as desk:
            context = handle.browser.new_context(viewport=VIEWPORT)  # type: ignore[arg-type]
            page = desk.enter(context.new_page())
            presses = {"j": asked.keys, "k": asked.keys, "a": filings + 1, "u": 1, "n": asked.keys, "s": asked.keys}
            keys = measure_keys(page, presses)
            page.close()
            _say(began, "keys are measured")
            _print(pages, keys)
            settle_made_up(shop.home)
            beside = measure_beside(shop, desk, context, approved(desk))
            context.close()
    _say(began, "filings are measured")
    return _conclude(pages, keys, beside)


def _say(began: float, what: str) -> None:
    print(f"{time.monotonic() - began:5.0f} s, load {os.getloadavg()[0]:.1f}: {what}", file=sys.stderr)


def _print(pages: list[PageCost], keys: list[KeyCost]) -> None:
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    print(f"{'page':34} {'median ms':>9} {'p95 ms':>8} {'cpu ms':>7} {'kB':>6}")
    for one in pages:
        print(
            f"{one.name:34} {one.median:9.1f} {one.tail:8.1f} {one.cpu_ms:7.1f} {one.weight / 1000:6.1f}"
            f"  {_word(one.is_met)}"
        )
    print(f"{'aim':34} {MEDIAN:9.0f} {TAIL:8.0f} {'':7} {HEAVIEST / 1000:6.0f}")
    for key in keys:
        print(f"{key.name:34} to the next paint {key.told()}; aim {MOST:.0f}  {_word(key.is_met)}")


def _conclude(pages: list[PageCost], keys: list[KeyCost], beside: Beside) -> int:
    slower, noise = beside.ratio("open"), beside.ratio("again")
    is_met = slower <= MOST_SLOWER
    print(f"{'filing beside ten open pages':34} {slower:.2f} x; aim {MOST_SLOWER}  {_word(is_met)}")
    print(f"{'yardstick: no pages, against itself':34} {noise:.2f} x ({beside.told()})")
    all_met = [*(one.is_met for one in pages), *(key.is_met for key in keys), is_met]
    missed = all_met.count(False)
    print(f"rows {len(all_met)}, missed {missed}")
    return 1 if missed else 0


def _word(is_met: bool) -> str:
    return "met" if is_met else "MISSED"


if __name__ == "__main__":
    sys.exit(main())
