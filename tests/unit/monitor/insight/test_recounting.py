"""Reviews are read once each, by the words that hold; what a purged one told still counts."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from sqlalchemy import event, text

from evidence_store.journal import Actor
from monitor.custody.purging import purge_case
from monitor.engine.turns import AccountTurns
from monitor.insight.aspects import Lexicon, load_lexicon
from monitor.insight.counting import Group, Tally, count, split
from monitor.insight.reading import periods_of, rows_of
from monitor.insight.recounting import recount
from monitor.insight.summing import low_by_day, tally_of_sums
from monitor.secrets.stores import create_store
from monitor.state.reviews import Sighting
from monitor.state.tables import review_sightings
from monitor.visit_protocol import EndKind, VisitEnd
from tests.unit.monitor.insight.shop import ACCOUNT, TODAY, Shop, Written, make_shop, many, sighting_of

if TYPE_CHECKING:
    from monitor.engine.visits import VisitRunner

Capture = pytest.CaptureFixture[str]
ZONE = "Europe/Moscow"
TEXTS = (
    "Сломалась ручка", "Коробка мятая, крышка протекла", "Всё отлично", "Запах приятный", "Не сломался", "Ужас",
    "Маломерит, но материал хороший", "", "Доставка долгая. Не хватает детали!",
)  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    found = make_shop(tmp_path)
    found.store(
        Written(f"r{number:03}", f"{1001 + number % 3}", TEXTS[number % len(TEXTS)], 1 + number % 5, number % 90)
        for number in range(180)
    )
    return found


Counted = dict[str, tuple[int, int, dict[str, tuple[int, int, list[str]]]]]


def tally(shop: Shop, by: Lexicon | None, group: Group = Group.PRODUCT, since: date | None = None) -> Counted:
    """By group: reviews, low ones, and of each aspect complaints, praises and examples; by the readings or texts."""
    with shop.installation.state.read() as tx:
        rows = rows_of(tx, ACCOUNT, ZONE, by=by, since=since, with_text=by is None)
        chosen = (row for row in rows if since is None or (row.day or date.min) >= since)
        return as_counted(count(chosen, load_lexicon(), group))


def summed(shop: Shop, group: Group = Group.PRODUCT) -> Counted:
    """The same by the kept sums."""
    with shop.installation.state.read() as tx:
        return as_counted(tally_of_sums(tx, ACCOUNT, group))


def as_counted(found: Tally) -> Counted:
    return {
        name: (one.total, one.low, {code: (a.complaints, a.praises, a.examples) for code, a in one.aspects.items()})
        for name, one in found.groups.items()
    }


def defects(counted: Counted, product: str) -> int:
    """How many complain of a defect."""
    return counted[product][2]["defect"][0]


def read_again(shop: Shop) -> int:
    return recount(shop.installation.state, ACCOUNT, load_lexicon(), ZONE)


@pytest.mark.parametrize("group", Group)
def test_kept_readings_count_the_same_as_the_texts(shop: Shop, group: Group) -> None:
    since = TODAY.date() - timedelta(days=30)
    assert read_again(shop) == 180

    assert tally(shop, load_lexicon(), group) == tally(shop, None, group)
    assert tally(shop, load_lexicon(), group, since) == tally(shop, None, group, since)


@pytest.mark.parametrize("seed", range(3))
def test_sums_are_what_counting_every_review_finds(shop: Shop, seed: int) -> None:
    rng = random.Random(seed)
    uncounted: set[str] = set()
    for number in range(1, 13):
        edit(shop, rng, number)
        shop.store(many(f"{1001 + number % 3}", bad=rng.randrange(4), good=rng.randrange(3), days_ago=number))
        if number % 3 == 0:
            uncounted |= leave_out(shop, rng)
        read_again(shop)

    for group in Group:
        assert summed(shop, group) == tally(shop, load_lexicon(), group) == tally(shop, None, group)
    assert uncounted
    with shop.installation.state.transaction() as tx:  # the control: a review that is counted twice
        row = next(iter(tx.told_sums.groups(ACCOUNT, "product", ["1001"])))
        tx.told_sums.put(ACCOUNT, [row._replace(total=row.total + 1)], [])
    assert summed(shop) != tally(shop, None)


def edit(shop: Shop, rng: random.Random, number: int) -> None:
    """Buyers change text and stars of some reviews, and the site calls a variant otherwise."""
    with shop.installation.state.transaction() as tx:
        for review_id in sorted({f"r{rng.randrange(180):03}" for _ in range(9)}):
            written = Written(review_id, "", rng.choice(TEXTS), rng.choice((1, 3, 5)), 4)
            edited = sighting_of(written)
            tx.reviews.add_version(ACCOUNT, Sighting(edited.reading, f"digest {number}", edited.seen_at), poll_id=None)
        known = sighting_of(Written(f"r{number:03}", "1001", "", 1, 4)).reading
        tx.reviews.name_items(ACCOUNT, [known.model_copy(update={"item_name": f"Набор {number % 2}"})])


def leave_out(shop: Shop, rng: random.Random) -> set[str]:
    """The seller's list says of some that they do not count in the rating."""
    ids = {f"r{rng.randrange(180):03}" for _ in range(6)}
    with shop.installation.state.transaction() as tx:
        rows = [
            {"account_id": ACCOUNT, "review_id": one, "source": f"list {rng.random()}", "sku": "", "item_id": "",
             "digest": "", "is_counted": False, "has_text": True, "first_seen_at": TODAY, "last_seen_at": TODAY}
            for one in sorted(ids)
        ]  # fmt: skip
        tx.connection.execute(review_sightings.insert(), rows)
    return ids


def test_after_a_poll_only_new_and_edited_reviews_are_read(shop: Shop) -> None:
    read_again(shop)
    assert read_again(shop) == 0
    shop.store(many("1001", bad=3, good=2, days_ago=1))
    edited = sighting_of(Written("r002", "1003", "Сломалась ручка", 1, 5))
    with shop.installation.state.transaction() as tx:
        tx.reviews.add_version(ACCOUNT, Sighting(edited.reading, "another", edited.seen_at), poll_id=None)
    assert not_whole(shop)

    assert read_again(shop) == 6
    assert tally(shop, load_lexicon()) == tally(shop, None)
    assert defects(tally(shop, load_lexicon()), "1003") > 0


def not_whole(shop: Shop) -> bool:
    with shop.installation.state.read() as tx:
        return not tx.told_aspects.is_whole(ACCOUNT, load_lexicon().digest)


def test_kept_readings_are_asked_without_a_single_text(shop: Shop) -> None:
    read_again(shop)
    asked: list[str] = []
    with shop.installation.state.read() as tx:
        event.listen(tx.connection, "before_cursor_execute", lambda *given: asked.append(given[2]))
        assert len(list(rows_of(tx, ACCOUNT, ZONE, by=load_lexicon(), with_text=False))) == 180

    assert asked
    assert not [statement for statement in asked if "review_versions" in statement]


def test_while_a_review_waits_to_be_read_the_texts_are_counted(shop: Shop) -> None:
    read_again(shop)
    shop.store(many("1001", bad=30, good=0, days_ago=1))

    assert defects(tally(shop, load_lexicon()), "1001") >= 30


def test_what_a_purged_review_told_still_counts(shop: Shop) -> None:
    read_again(shop)
    shop.store([Written("late", "1001", "Сломалась ручка", 1, 3)])
    before = tally(shop, None)
    shop.run("insight", "shown", "--team", "packing", "--to", "A")  # the account's log begins
    for review_id in ("r000", "late"):  # one read before, and one that still waited to be read
        with shop.installation.state.transaction() as tx:
            case = tx.cases.open(ACCOUNT, review_id)
        purge_case(shop.installation, case, rule="test", actor=Actor(kind="operator", id="anna"))
    read_again(shop)

    assert tally(shop, load_lexicon()) == before
    assert tally(shop, None) != before  # the control: the texts are gone
    # And it goes on to count after all was read again by other words.
    with shop.installation.state.transaction() as tx:
        tx.connection.execute(text("UPDATE told_aspects SET lexicon = 'older'"))
    assert read_again(shop) == 181
    assert tally(shop, load_lexicon()) == before


def test_words_of_the_settings_read_all_again_and_words_of_one_command_nothing(
    shop: Shop, capsys: Capture, tmp_path: Path
) -> None:
    words = tmp_path / "own.toml"
    words.write_text('[aspects.awful]\ntitle = "Ужас"\ncomplaints = ["ужас"]\n', "utf-8")
    shop.run("insight", "show")
    shop.run("insight", "show", "--words", words)
    with shop.installation.state.read() as tx:
        assert tx.told_aspects.is_whole(ACCOUNT, load_lexicon().digest)
    config = shop.installation.home.config
    config.write_text(config.read_text("utf-8").replace("# words =", f"words = {json.dumps(str(words))}"), "utf-8")
    capsys.readouterr()
    shop.run("insight", "show", "--json")

    assert '"awful"' in capsys.readouterr().out
    with shop.installation.state.read() as tx:
        assert tx.told_aspects.is_whole(ACCOUNT, load_lexicon(words).digest)


@dataclass
class Poll:
    """A visit that meets new reviews, with the shop's store in place of a browser."""

    shop: Shop

    def run(self, *_: object) -> VisitEnd:
        self.shop.store(many("1001", bad=10, good=10, days_ago=0))
        return VisitEnd(kind=EndKind.DONE)


def test_watching_reads_the_new_reviews_after_a_poll(shop: Shop) -> None:
    installation = shop.installation
    installation.secrets = create_store(installation.home.secrets, "ephemeral")
    accounts = installation.settings.account
    turns = AccountTurns(installation, cast("VisitRunner", Poll(shop)), accounts, say=lambda _: None)
    turns.enrol()
    turns.take(accounts[0])

    assert not not_whole(shop)
    assert read_again(shop) == 0
    assert tally(shop, load_lexicon())["1001"][0] == 80


@pytest.mark.parametrize("has_uncounted", [False, True])
def test_two_periods_are_added_up_by_the_store_as_counting_each_review_does(shop: Shop, has_uncounted: bool) -> None:
    lexicon = load_lexicon()
    shop.store(Written(f"w{number}", "1001", "Грустно, бубенец", 1, 8 * number) for number in range(9))
    recount(shop.installation.state, ACCOUNT, lexicon, ZONE)
    if has_uncounted:
        leave_out(shop, random.Random(4))
    days = [TODAY.date() - timedelta(days=back) for back in (80, 40, 3)]
    before, after = (days[0], days[1]), (days[1], days[2])
    with shop.installation.state.read() as tx:
        added = periods_of(tx, [ACCOUNT], ZONE, lexicon, before=before, after=after, with_words=True)
        counted = split(rows_of(tx, ACCOUNT, ZONE, since=days[0], by=lexicon), lexicon, before, after)
        by_day = low_by_day(tx, ACCOUNT, days[0])
        rows = [row for row in rows_of(tx, ACCOUNT, ZONE, by=lexicon) if row.day is not None and row.day >= days[0]]

    plain = {name: +value if isinstance(value, Counter) else value for name, value in vars(counted).items()}
    assert {name: +value if isinstance(value, Counter) else value for name, value in vars(added).items()} == plain
    assert counted.silent_after
    assert counted.words_after
    assert {day: count.total for day, count in by_day.items() if count.total} == Counter(row.day for row in rows)
    assert sum(count.hits for count in by_day.values()) == sum(
        row.rating is not None and row.rating <= 3 for row in rows
    )
