"""A small shop whose reviews are known, in a real store, and the command line over it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from flows.readings.models import ReviewReading, TimeReading
from monitor.bootstrap import Installation, open_installation
from monitor.config.home import Home
from monitor.config.template import write_config
from monitor.state.reviews import Sighting
from tests.whole_command import run_in_process

ACCOUNT = "main"
TODAY = datetime.now(ZoneInfo("Europe/Moscow")).replace(hour=12, minute=0, second=0, microsecond=0).astimezone(UTC)


@dataclass(frozen=True)
class Written:
    """One review to be stored."""

    review_id: str
    sku: str
    text: str
    rating: int
    days_ago: int
    variant: str = ""
    author: str = "Мария Канареева"


@dataclass(frozen=True)
class Shop:
    """One installation with products."""

    installation: Installation

    def run(self, *arguments: str | Path) -> int:
        """Runs a command as the terminal would."""
        return run_in_process("--home", self.installation.home.root, *arguments)

    def store(self, written: Iterable[Written]) -> None:
        """Stores reviews as a poll would have."""
        by_product: dict[str, list[Sighting]] = {}
        for one in written:
            by_product.setdefault(one.sku, []).append(sighting_of(one))
        with self.installation.state.transaction() as tx:
            known = {product.sku for product in tx.products.all(ACCOUNT)}
            for sku, sightings in by_product.items():
                if sku not in known:
                    tx.products.add(ACCOUNT, sku, url=f"https://example.test/product/{sku}")
                tx.reviews.add(ACCOUNT, sku, sightings, is_baseline=False, poll_id=None)


def make_shop(folder: Path) -> Shop:
    """Makes an installation without products."""
    home = Home(folder / "home")
    home.create()
    origins = {name: f"http://{name}.localhost:1" for name in ("www", "seller", "sso")}
    values = {
        "operator": {"name": "Анна Примерова"},
        "sites": {"ozon": {"origins": origins}},
        "account": [{"name": ACCOUNT, "identities": {"site_profile": {}}}],
    }
    write_config(home.config, values)
    installation = open_installation(home.root)
    with installation.state.transaction() as tx:
        tx.accounts.add(ACCOUNT, site="ozon")
    return Shop(installation)


def many(sku: str, *, bad: int, good: int, days_ago: int, text: str = "Сломалась ручка") -> list[Written]:
    """So many complaints and so many content reviews of one time."""
    texts = [(text, 1)] * bad + [("Всё отлично", 5)] * good
    return [
        Written(f"{sku}-{days_ago}-{number}", sku, words, rating, days_ago)
        for number, (words, rating) in enumerate(texts)
    ]


def sighting_of(one: Written) -> Sighting:
    """The sighting that a poll would have made of it."""
    moment = TODAY - timedelta(days=one.days_ago)
    reading = ReviewReading(
        site="ozon",
        review_id=one.review_id,
        url=f"https://example.test/{one.review_id}",
        item_id=one.sku,
        item_name=f"Товар {one.sku}",
        rating=one.rating,
        author_name=one.author,
        text=one.text,
        published=TimeReading(raw="", earliest=moment, latest=moment, basis="unix_seconds"),
    )
    return Sighting(reading, f"digest-{one.review_id}", moment)
