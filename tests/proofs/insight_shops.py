"""Simulated shops whose truth is known: nothing, a defect, a fix, a season, a mix that moved; is each told right?"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from monitor.insight.charts import chart_share, share_baseline
from monitor.insight.effects import Answer, BeforeAfter, judge_effect
from monitor.insight.findings import Move, compare_mix, find_moves, find_reasons
from monitor.insight.shares import Count, fisher
from tests.proofs.counted import Counted

PRODUCTS = tuple(f"p{number:02}" for number in range(20))
ASPECTS = tuple(f"a{number:02}" for number in range(15))
Cells = dict[tuple[str, str], tuple[Count, Count]]
Finder = Callable[[Cells], list[Move]]


@dataclass(frozen=True)
class Power:
    """What is stated: the share of shops in which the planted thing is told."""

    defect: float = 0.9
    fix: float = 0.75
    season: float = 0.9
    mix: float = 0.9


def find_uncorrected(cells: Cells) -> list[Move]:
    """The control: the same tests, each believed at 5 %."""
    return [
        Move(key[0], key[1], before, after, find_moves({key: (before, after)})[0].fall, chance, None)
        for key, (before, after) in cells.items()
        if (chance := fisher(before, after)) <= 0.05
    ]


class Shop:
    """Twenty products with their own levels, drawn once a shop."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self.usual = {(product, aspect): rng.uniform(0.01, 0.12) for product in PRODUCTS for aspect in ASPECTS}
        self.sizes = {product: rng.choice((12, 30, 60, 120, 250)) for product in PRODUCTS}

    def draw(self, total: int, share: float) -> Count:
        """So many reviews, each a complaint with this chance."""
        return Count(sum(self._rng.random() < share for _ in range(total)), total)

    def cells(self, later: Mapping[tuple[str, str], float]) -> Cells:
        """Before by the usual levels, after by the usual ones but for those named."""
        return {
            key: (self.draw(self.sizes[key[0]], share), self.draw(self.sizes[key[0]], later.get(key, share)))
            for key, share in self.usual.items()
        }


def check_nothing(counted: Counted, *, shops: int, finder: Finder = find_moves) -> None:
    """A report about nothing says nothing in at least 95 % of shops (with the margin of so many draws)."""
    rng = random.Random(counted.seed)
    false = 0
    for _ in range(shops):
        counted.injections += 1
        false += any(move.is_found for move in finder(Shop(rng).cells({})))
    most = 0.05 + 2.6 * math.sqrt(0.05 * 0.95 / shops)
    counted.expect(false / shops <= most, f"{false} of {shops} reports about nothing said something")
    counted.notes.append(f"nothing: {false}/{shops} reports said something")


def check_defect(counted: Counted, *, shops: int, finder: Finder = find_moves) -> None:
    """One complaint of one product rises from 5 % to 30 % of 120 reviews: told, as its own."""
    rng = random.Random(counted.seed + 1)
    told = others = 0
    for _ in range(shops):
        shop, key = Shop(rng), (rng.choice(PRODUCTS), rng.choice(ASPECTS))
        shop.usual[key], shop.sizes[key[0]] = 0.05, 120
        found = [move for move in finder(shop.cells({key: 0.3})) if move.is_found]
        counted.injections += 1
        told += any((move.product, move.aspect) == key and move.is_rise and bool(move.is_own) for move in found)
        others += any(move.product is not None and (move.product, move.aspect) != key for move in found)
    _expect_power(counted, told, shops, Power.defect, "defects told as the product's own")
    counted.notes.append(f"defect: another product named in {others}/{shops}")


def check_reasons_of_nothing(counted: Counted, *, shops: int, finder: Finder = find_moves) -> None:
    """The owner's report, which asks for reasons in two steps, names none where nothing moved in at least 95 %."""
    rng = random.Random(counted.seed + 11)
    false = 0
    for _ in range(shops):
        shop = Shop(rng)
        levels = {product: rng.uniform(0.05, 0.3) for product in PRODUCTS}
        low = {
            one: (shop.draw(shop.sizes[one], share), shop.draw(shop.sizes[one], share)) for one, share in levels.items()
        }
        counted.injections += 1
        said = find_reasons(low, {}) if finder is find_moves else finder({(one, ""): pair for one, pair in low.items()})
        false += any(move.is_found for move in said)
    most = 0.05 + 2.6 * math.sqrt(0.05 * 0.95 / shops)
    counted.expect(false / shops <= most, f"{false} of {shops} owner's reports about nothing named something")
    counted.notes.append(f"owner's report about nothing: {false}/{shops} named something")


def check_reason_of_defect(counted: Counted, *, shops: int) -> None:
    """One complaint of one product rises from 5 % to 30 % of 120 reviews, and its bad reviews with it: told as why."""
    rng = random.Random(counted.seed + 12)
    told = 0
    for _ in range(shops):
        shop, key = Shop(rng), (rng.choice(PRODUCTS), rng.choice(ASPECTS))
        shop.usual[key], shop.sizes[key[0]] = 0.05, 120
        levels = {product: rng.uniform(0.05, 0.2) for product in PRODUCTS}
        low = {
            one: (shop.draw(shop.sizes[one], share), shop.draw(shop.sizes[one], share + 0.25 * (one == key[0])))
            for one, share in levels.items()
        }
        found = find_reasons(low, shop.cells({key: 0.3}))
        counted.injections += 1
        told += any((move.product, move.aspect) == key and move.is_rise for move in found)
    _expect_power(counted, told, shops, Power.defect, "defects named as the reason")


def check_season(counted: Counted, *, shops: int, finder: Finder = find_moves) -> None:
    """One complaint rises half as much again with all products: told of the shop, of no product as its own."""
    rng = random.Random(counted.seed + 2)
    told = own = 0
    for _ in range(shops):
        shop, aspect = Shop(rng), rng.choice(ASPECTS)
        shop.usual |= {(product, aspect): 0.12 for product in PRODUCTS}
        found = [move for move in finder(shop.cells({(p, aspect): 0.18 for p in PRODUCTS})) if move.is_found]
        counted.injections += 1
        told += any(move.product is None and move.aspect == aspect and move.is_rise for move in found)
        own += any(move.aspect == aspect and bool(move.is_own) for move in found)
    _expect_power(counted, told, shops, Power.season, "seasons told of the shop")
    most = 0.05 * shops + 3 * math.sqrt(0.05 * shops) + 1
    counted.expect(own <= most, f"{own} of {shops} seasons were called a product's own")
    counted.notes.append(f"season: a product's own in {own}/{shops}")


def check_mix(counted: Counted, *, shops: int, finder: Finder = find_moves) -> None:
    """A bad product sells twice as much, none changed: the mix is named, and no product or shop-wide move."""
    rng = random.Random(counted.seed + 3)
    told = moved = 0
    for _ in range(shops):
        levels = {product: rng.uniform(0.02, 0.06) for product in PRODUCTS[:6]} | {"bad": 0.35}
        before = {name: Shop(rng).draw(150, share) for name, share in levels.items()}
        after = {name: Shop(rng).draw(600 if name == "bad" else 150, share) for name, share in levels.items()}
        counted.injections += 1
        told += compare_mix(before, after).is_moved
        moved += any(move.is_found for move in finder({(n, "a"): (before[n], after[n]) for n in levels}))
    _expect_power(counted, told, shops, Power.mix, "mixes named")
    counted.expect(
        moved <= 0.05 * shops + 3 * math.sqrt(0.05 * shops) + 1, f"{moved} of {shops} mixes were called moves"
    )
    counted.notes.append(f"mix: called a move in {moved}/{shops}")


def check_fix(counted: Counted, *, shops: int) -> None:
    """A share is halved by a change: after the number of reviews that was named, it is told in 4 of 5 cases.

    And where the change did nothing, an effect is told in about one of twenty, season or not.
    """
    rng = random.Random(counted.seed + 4)
    told = false = unknown = 0
    for _ in range(shops):
        shop = Shop(rng)
        own, others = shop.draw(400, 0.2), BeforeAfter(shop.draw(2000, 0.15), shop.draw(2000, 0.15))
        first = judge_effect(BeforeAfter(own, shop.draw(20, 0.1)), others)
        counted.injections += 1
        if first.more_reviews is None:
            unknown += 1
            continue
        if first.more_reviews > 5_000:
            unknown += 1
            continue
        fixed = judge_effect(BeforeAfter(own, shop.draw(20 + first.more_reviews, 0.1)), others)
        told += fixed.answer is Answer.FELL and fixed.is_compared
        in_season = BeforeAfter(others.before, shop.draw(2000, 0.075))
        false += judge_effect(BeforeAfter(own, shop.draw(400, 0.1)), in_season).answer is not Answer.CANNOT_TELL
    _expect_power(counted, told, shops - unknown, Power.fix, "fixes told after the reviews that were asked for")
    counted.notes.append(f"fix: an effect where the season did it in {false}/{shops}, no number named in {unknown}")


def check_charts(counted: Counted, *, years: int) -> None:
    """States how often a chart of a year's weeks alarms about nothing, and how soon it sees a doubling."""
    rng = random.Random(counted.seed + 5)
    shop = Shop(rng)
    points = alarms = years_with = 0
    delays: list[int] = []
    for _ in range(years):
        usual = share_baseline([shop.draw(30, 0.1) for _ in range(20)])
        weeks = [chart_share(usual, shop.draw(30, 0.1)).is_alarm for _ in range(52)]
        points, alarms, years_with = points + 52, alarms + sum(weeks), years_with + any(weeks)
        risen = (chart_share(usual, shop.draw(30, 0.2)).is_alarm for _ in range(52))
        delays.append(next((week for week, is_alarm in enumerate(risen, start=1) if is_alarm), 53))
        counted.injections += 1
    of_20 = 1 - (1 - years_with / years) ** 20
    counted.expect(alarms / points <= 0.01, f"{alarms} of {points} points alarm about nothing")
    counted.expect(sorted(delays)[len(delays) // 2] <= 12, f"a doubled share is seen after {sorted(delays)} weeks")
    counted.notes.append(
        f"charts: {alarms / points:.4f} a point, {years_with / years:.3f} a product and year, {of_20:.3f} a "
        f"shop of 20; a doubled share seen after {sorted(delays)[len(delays) // 2]} weeks (median)"
    )


def check_delay(counted: Counted, *, shops: int) -> None:
    """How many weeks a corrected report of 20 products needs to see a share tripled, looking at the last four weeks."""
    rng = random.Random(counted.seed + 6)
    delays = []
    for _ in range(shops):
        shop = Shop(rng)
        before = {product: shop.draw(600, 0.1) for product in PRODUCTS}
        weeks: list[dict[str, Count]] = []
        while len(weeks) < 26:
            weeks.append({product: shop.draw(30, 0.3 if product == "p00" else 0.1) for product in PRODUCTS})
            last = {product: sum((one[product] for one in weeks[-4:]), Count(0, 0)) for product in PRODUCTS}
            moves = find_moves({(product, "a"): (before[product], last[product]) for product in PRODUCTS})
            if any(move.is_found and move.product == "p00" for move in moves):
                break
        counted.injections += 1
        delays.append(len(weeks))
    median = sorted(delays)[len(delays) // 2]
    counted.expect(median <= 6, f"a tripled share is reported after {median} weeks")
    counted.notes.append(f"a tripled share in a corrected report of 20 products after {median} weeks (median)")


def _expect_power(counted: Counted, told: int, shops: int, stated: float, what: str) -> None:
    margin = 3 * math.sqrt(stated * (1 - stated) / max(shops, 1))
    counted.expect(told / max(shops, 1) >= stated - margin, f"{told} of {shops} {what}, less than {stated}")
    counted.notes.append(f"{told}/{shops} {what}")
