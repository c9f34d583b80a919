"""The whole of README by the installed command, in twelve manners: ``run.py prove walk``.

What was printed lies in ``build/walk`` afterwards, to be read by a person. ``-k ru-utf-8-80`` takes one manner.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from mock_site.server import MockSite
from tests.e2e.installed import Installed, install
from tests.e2e.prepared import succeed, write_insult
from tests.proofs.readme_walk import Heard, Manner, Walker, manners, readme_commands

pytestmark = pytest.mark.timeout(14400)
PRINTED = Path("build", "walk")
SHOWN_ONLY = {"service install": ("service", "install", "--print")}
"""What would change the machine of whoever runs this proof is shown and not done."""
LINK = "https://www.ozon.ru/product/…/reviews?ruuid=…"


class Names:
    """What stands for the placeholders of README: found when its command comes."""

    def __init__(self, shop: Installed, folder: Path) -> None:
        self.shop, self.folder, self.review, self.reported = shop, folder, "", ""

    def write_reviews(self) -> None:
        """Lets two strangers write, once the shop has learnt what was there before."""
        self.review, self.reported = write_insult(self.shop), write_insult(self.shop, 1, with_order=False)
        self.shop.run("poll")

    def of(self, typed: str) -> tuple[str, ...]:
        """Returns the words of a command of README with names in their places."""
        if typed in SHOWN_ONLY:
            return SHOWN_ONLY[typed]
        known: Mapping[str, Callable[[], str]] = {
            "REVIEW": lambda: self.review,
            "APPEAL": lambda: str(self.appeal()["id"]),
            "CASE": lambda: str(self.appeal()["case_id"]),
            "FILE": lambda: str(self.folder / "backup"),
            LINK: self.link,
        }
        return tuple(known[word]() if word in known else word for word in shlex.split(typed))

    def appeal(self) -> dict[str, object]:
        """Returns the newest appeal about the review."""
        lines: list[dict[str, object]] = succeed(self.shop.run("appeal", "status", "--json")).rows()
        return next(line for line in reversed(lines) if line["review_id"] == self.review)

    def link(self) -> str:
        """Returns the address of the review that is reported by its link."""
        product = self.shop.site.world.product_at(1)
        where = f"{self.shop.site.origins['www']}/product/{product.slug}-{product.sku}"
        return f"{where}/reviews?ruuid={self.reported}"

    def approve(self) -> None:
        """Approves by its hash what a command without a terminal could not ask about."""
        if self.appeal()["state"] == "draft":
            shown = succeed(self.shop.run("appeal", "preview", str(self.appeal()["id"]), "--json")).data()
            succeed(self.shop.run("appeal", "approve", str(self.appeal()["id"]), "--hash", shown["payload_hash"]))


def walk(shop: Installed, manner: Manner, folder: Path) -> list[Heard]:
    """Types README from its first command to its last."""
    login = shop.site.world.options.accounts[0].email
    answers = {"login": lambda: shop.site.code_for(login), "appeal": lambda: "y", "backup": lambda: "y"}
    (folder / "bin").mkdir()
    names, heard = Names(shop, folder), []
    first = Walker(Installed(folder / "new", shop.site), manner, folder, answers)
    walker = Walker(shop, manner, folder, answers)
    for typed in readme_commands("README.ru.md" if manner.language == "ru" else "README.md"):
        if typed == "login" and manner.place == "none":
            succeed(shop.type("login", prompt="Code for", answer=answers["login"]))
        heard.append((first if typed == "init" else walker).type(typed, *names.of(typed)))
        if typed == "poll":
            names.write_reviews()
        if typed.startswith("appeal approve"):
            names.approve()
    return heard


def keep(heard: list[Heard], manner: Manner) -> None:
    """Writes what was printed to a file for a person."""
    PRINTED.mkdir(parents=True, exist_ok=True)
    told = "".join(f"\n$ fairreview {one.typed}   [{one.code}]\n{one.text}" for one in heard)
    name = f"{manner.language}-{manner.encoding}-{manner.width}-{manner.place}.txt"
    (PRINTED / name).write_text(told, "utf-8")


@pytest.mark.parametrize("manner", manners(), ids=lambda one: f"{one.language}-{one.encoding}-{one.width}-{one.place}")
def test_whatever_readme_says_can_be_typed_and_read(manner: Manner, tmp_path: Path) -> None:
    with MockSite.start() as site:
        site.switches.moderator.delay_s = 0.5
        heard = walk(install(tmp_path / "home", site), manner, tmp_path)
    keep(heard, manner)
    faults = [f"{one.typed}: {fault}" for one in heard for fault in one.faults()]
    sys.stdout.write(f"{manner}: {len(heard)} commands / {len(faults)} violations\n")
    assert faults == []
