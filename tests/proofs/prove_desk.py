"""Many mixed reviews decided at the desk in one sitting, counted at the site's socket: ``run.py prove desk``.

Caps, pause and grace are set for it and printed; a second run keeps the defaults and prints what waits, and why.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mock_site.server import MockSite
from mock_site.world import NewReview
from mock_site.world.models import ReviewKind
from tests.desk_browser import Desk, entries_of, open_desk
from tests.e2e.installed import Installed, install
from tests.e2e.prepared import sign_in, succeed
from tests.e2e.test_desk_first_run import run_from_nothing
from tests.machine_browser import open_machine_browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.timeout(3 * 3600)
REVIEWS = int(os.environ.get("FAIRREVIEW_PROOF_REVIEWS", "50"))
KINDS: tuple[ReviewKind, ...] = ("insult", "fair_negative", "insult", "delivery", "obscene")
FEW = int(os.environ.get("FAIRREVIEW_PROOF_REVIEWS_BY_DEFAULT", "8"))
GENEROUS: dict[str, Any] = {"caps": {"appeals_per_day": 100, "pause": "1s"}}
DEFAULTS: dict[str, Any] = {"caps": {}}
PATIENT = {"FAIRREVIEW_WINDOWS__CAPTURE_DEADLINE": "60m", "FAIRREVIEW_WINDOWS__SUBMIT_DEADLINE": "60m"}
LIMIT = 3600.0  # seconds: one command works on all of them


@dataclass(frozen=True)
class Sitting:
    """What a person decided: review to word; and how long it took, in seconds."""

    decided: dict[str, str]
    seconds: float

    def approved(self) -> list[str]:
        return [review for review, word in self.decided.items() if word == "approve"]


@pytest.fixture(scope="module")
def own_browser() -> Iterator[Browser]:
    with open_machine_browser() as handle:
        yield handle.browser


def meet(folder: Path, site: MockSite, count: int, **account: Any) -> Installed:
    """An installation that has met, captured and judged so many reviews."""
    made = install(folder / "home", site, **account)
    shop = Installed(made.home, site, limit=LIMIT, variables=PATIENT)
    succeed(sign_in(shop))
    succeed(shop.run("poll"))
    reviews = [site.world.add_review(at % 2, NewReview(kind=KINDS[at % len(KINDS)], rating=1)) for at in range(count)]
    succeed(shop.run("poll"))
    succeed(shop.run("capture", *(one.uuid for one in reviews)))
    return shop


def decide_all(desk: Desk, browser: Browser) -> Sitting:
    """Decides what waits, by keys: approves what has a draft, leaves or puts off the rest in turn."""
    page = desk.enter(browser.new_context(viewport={"width": 1366, "height": 768}).new_page())
    decided: dict[str, str] = {}
    began = time.monotonic()
    while page.locator(".row").count():
        form = page.locator(".acts form").first.get_attribute("action") or ""
        review = form.split("/")[3]
        can_approve = page.locator(".acts button[data-key=a]").count() > 0
        word = "approve" if can_approve else ("leave", "later")[len(decided) % 2]
        page.keyboard.press({"approve": "a", "leave": "n", "later": "s"}[word])
        page.locator(".toast").wait_for()
        page.wait_for_function(
            "one => !document.querySelector('.acts form')?.getAttribute('action').includes(one)", arg=review
        )
        assert review not in decided, "one decision leads on to the next review"
        decided[review] = word
    seconds = time.monotonic() - began
    page.context.close()
    return Sitting(decided, seconds)


def logged(desk: Desk) -> Counter[tuple[str, str]]:
    """What the log says was decided at the desk, by action and review."""
    found: Counter[tuple[str, str]] = Counter()
    for row in entries_of(desk.installation(), "shop"):
        body = row.to_entry().read_body()
        if body is not None and body.actor.id.startswith("desk/inbox:"):
            review = next(one.id for one in body.subjects if one.kind == "review")
            found[body.action, review] += 1
    return found


_ACTIONS = {"approve": "appeal.filing.approved", "leave": "review.left", "later": "review.snoozed"}


def test_each_approved_review_is_sent_once_and_each_decision_is_in_the_log(
    tmp_path: Path, own_browser: Browser
) -> None:
    with MockSite.start() as site:
        shop = meet(tmp_path, site, REVIEWS, **GENEROUS)
        with open_desk(shop.home, "--no-watch") as desk:
            sitting = decide_all(desk, own_browser)
            said = logged(desk)
        succeed(shop.run("watch", "--once"))
        before = -1
        while before < len(site.ledger.submits) < len(sitting.approved()):  # the pause between two filings ends a visit
            before = len(site.ledger.submits)
            succeed(shop.run("appeal", "submit"))
        sent = Counter(one.review_uuid for one in site.world.stored_appeals)
        words = Counter(sitting.decided.values())
        sys.stdout.write(
            f"\nset: {GENEROUS}, change_of_mind 1s, {PATIENT}; "
            f"decided {len(sitting.decided)} in {sitting.seconds:.0f} s: "
        )
        sys.stdout.write(f"{dict(words)}; requests {len(site.ledger.submits)}, stored {dict(Counter(sent.values()))}\n")
        assert len(sitting.decided) >= REVIEWS * 0.8
        assert said == Counter({(_ACTIONS[word], review): 1 for review, word in sitting.decided.items()})
        assert sent == Counter(dict.fromkeys(sitting.approved(), 1))
        assert len(site.ledger.submits) == len(sitting.approved())


def what_waits(home: Path, browser: Browser) -> tuple[list[str], str]:
    """The desk's rows of what was approved, and what it says of them."""
    with open_desk(home, "--no-watch") as desk:
        page = desk.enter(browser.new_context().new_page())
        page.goto(f"{desk.origin}/appeals?stage=going")
        return page.locator(".tbl tbody tr").all_inner_texts(), page.locator(".waits").inner_text()


def decide_by_default(shop: Installed, browser: Browser) -> tuple[Sitting, dict[str, str]]:
    """A sitting with the default time to take an approval back; also each review's appeal."""
    config = shop.home / "config.toml"
    told = config.read_text("utf-8")
    assert 'change_of_mind = "1s"' in told
    config.write_text(told.replace('change_of_mind = "1s"', 'change_of_mind = "10m"'), "utf-8")
    with open_desk(shop.home, "--no-watch") as desk:
        sitting = decide_all(desk, browser)
        with desk.installation().state.read() as tx:
            return sitting, {one.review_id: one.id for one in tx.appeals.of_account("shop")}


def test_with_the_defaults_nothing_goes_before_its_time_and_the_desk_says_what_waits_and_why(
    tmp_path: Path, own_browser: Browser
) -> None:
    with MockSite.start() as site:
        shop = meet(tmp_path, site, FEW, **DEFAULTS)
        sitting, appeals = decide_by_default(shop, own_browser)
        approved = sitting.approved()
        assert len(approved) > 1
        succeed(shop.run("watch", "--once"))
        assert site.ledger.submits == [], "the time to take it back is not over"
        first, second = (appeals[name] for name in approved[:2])
        succeed(shop.run("appeal", "submit", first))
        refused = shop.run("appeal", "submit", second)
        assert len(site.ledger.submits) == 1, "the second one comes too soon after the first"
        rows, waits = what_waits(shop.home, own_browser)
        sys.stdout.write(
            f"\ndefaults: decided {len(sitting.decided)} in {sitting.seconds:.0f} s, approved {len(approved)}; "
        )
        sys.stdout.write(
            "sent at once by a person 1; the next one: "
            + " ".join(f"exit {refused.code} {refused.out} {refused.err}".split())
            + "\n"
        )
        sys.stdout.write("\n".join(" ".join(one.split()) for one in [*rows, waits]) + "\n")
        assert len(rows) == len(approved) - 1
        assert all("не раньше" in one for one in rows)


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_an_empty_home_to_a_first_filed_appeal_by_one_means(by: str, tmp_path: Path, own_browser: Browser) -> None:
    with MockSite.start() as site:
        run_from_nothing(by, tmp_path, site, own_browser)
