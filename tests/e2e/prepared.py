"""One shop that has met its bad reviews by the installed command; each test takes a copy of it and a review of its own.

Signing in, polling and capturing take a third of a minute. What comes after is what these tests are about.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from mock_site.server import MockSite
from mock_site.switches import Switches
from mock_site.world import NewReview
from mock_site.world.models import Appeal
from tests.command_world import forget_life
from tests.e2e.installed import LIMIT, Done, Installed, install

INSULTS = (
    "Продавец — дебил и мошенник, чтоб вы провалились со своим товаром!",
    "Идиоты пришли в торговлю, продавец тупой и жадный урод.",
    "Хозяин этой лавки — скотина и ворьё, таких сажать надо.",
    "Вы там все кретины, а продавец конченый подонок.",
    "Продавец — тупая скотина и хам, руки бы ему оторвать.",
)
"""As many as there are tests that take one; each its own words, or they would be copies of one another."""


@dataclass(frozen=True)
class Prepared:
    """A copy of the shop, with one captured review and its drafted appeal for one test."""

    shop: Installed
    review: str
    appeal: str

    def approve(self) -> None:
        """Looks at what would go out and approves exactly that."""
        shown = succeed(self.shop.run("appeal", "preview", self.appeal, "--json")).data()
        succeed(self.shop.run("appeal", "approve", self.appeal, "--hash", shown["payload_hash"]))

    def status(self, shop: Installed | None = None) -> dict[str, str]:
        """Returns the appeal's line, of this copy or of another one."""
        lines = succeed((shop or self.shop).run("appeal", "status", "--json")).rows()
        (line,) = (line for line in lines if line["id"] == self.appeal)
        return {str(name): value for name, value in line.items()}

    def follow_to_the_end(self) -> dict[str, str]:
        """Follows until the outcome is there; returns the appeal's line."""
        for _ in range(8):
            succeed(self.shop.run("appeal", "follow"))
            if (status := self.status())["outcome"]:
                break
        return status

    def stored(self) -> list[Appeal]:
        """Returns what the site has about this review."""
        return [one for one in self.shop.site.world.stored_appeals if one.review_uuid == self.review]


@dataclass
class PreparedShop:
    """The shop itself; nobody works in it."""

    shop: Installed
    waiting: Iterator[tuple[str, str]]

    def copy(self, folder: Path) -> Prepared:
        """Copies it as it is, for the next of its reviews; the site's counts begin anew."""
        site = self.shop.site
        site.switches = _switches()
        site.ledger.clear()
        shutil.copytree(self.shop.home, folder / "home")
        forget_life(folder / "home")
        taken = next(self.waiting, None)
        assert taken is not None, "one more test takes a review: write one more text into INSULTS"
        review, appeal = taken
        return Prepared(Installed(folder / "home", site), review, appeal)


def prepare(folder: Path, site: MockSite, *, limit: float = LIMIT) -> PreparedShop:
    """Signs in, learns what is there, meets new reviews and captures them; a command may take so many seconds."""
    shop = replace(install(folder / "home", site), limit=limit)
    site.switches = _switches()
    succeed(sign_in(shop))
    assert shop.run("session", "status", "--json").rows()[0]["state"] == "live"
    assert succeed(shop.run("poll", "--json")).data()["facts"]["baseline_reviews"] > 0
    reviews = [write_insult(shop, number) for number in range(len(INSULTS))]
    assert succeed(shop.run("poll", "--json")).data()["facts"]["new"] == len(reviews)
    succeed(shop.run("capture", *reviews))
    return PreparedShop(shop, iter([(review, _drafted(shop, review)) for review in reviews]))


def succeed(done: Done) -> Done:
    assert done.code == 0, f"{done.out}\n{done.err}"
    return done


def sign_in(shop: Installed) -> Done:
    login = shop.site.world.options.accounts[0].email
    return shop.type("login", prompt="Code for", answer=lambda: shop.site.code_for(login))


def write_insult(shop: Installed, number: int = 0, *, with_order: bool = True) -> str:
    """Lets a stranger write a review that breaks the rules, under one product or the other; returns its id."""
    written = NewReview(kind="insult", rating=1, text=INSULTS[number], with_order=with_order)
    return shop.site.world.add_review(number % 2, written).uuid


def _drafted(shop: Installed, review: str) -> str:
    shown = succeed(shop.run("reviews", "show", review, "--json")).data()
    assert shown["verdict"]["kind"] == "file", shown
    return str(shown["appeals"][0]["id"])


def _switches() -> Switches:
    switches = Switches()
    switches.moderator.delay_s = 0.5
    return switches
