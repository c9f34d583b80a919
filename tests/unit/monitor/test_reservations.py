"""What speaks against an appeal besides the text: another item, a review the site does not count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from flows.readings.models import Origin, ReviewReading, ValueName, Variant
from monitor.cases.reservations import find_reservations, hold_back, name_variant, tell_item
from monitor.clock import ManualClock
from monitor.closed_lists.states import Decision
from monitor.language.days import as_iso, in_site_zone, tell_published
from monitor.state import State
from monitor.state.sources import SourceSighting
from monitor.triage.models import Reason, Verdict
from monitor.watching.recording import record_poll
from tests.appeal_world import ACCOUNT, SKU, START, fast_folder, lease_of, listing, review, settle_in, sqlite_home

VERDICT = Verdict(
    review_id="r", decision=Decision.FILE, ground="insult", confidence=0.9, reasons=(Reason("ground_shown", "…"),)
)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with fast_folder(tmp_path) as folder, sqlite_home(folder, ManualClock(START)).open() as state:
        settle_in(state, ["r1"])
        yield state


def about(review_id: str, item_id: str, name: str, colour: str = "синий") -> ReviewReading:
    variants = (Variant(name="Цвет товара", value=colour),)
    return review(review_id, item_id=item_id).model_copy(update={"item_name": name, "variants": variants})


def read(state: State, *reviews: ReviewReading) -> None:
    assert isinstance(state.clock, ManualClock)
    state.clock.advance(timedelta(hours=1))
    lease = lease_of(state)
    record_poll(state, lease, listing([review("r1"), *reviews], state.clock.now()))
    state.release(lease)


def codes(state: State, review_id: str) -> list[str]:
    with state.read() as tx:
        found = tx.reviews.get(ACCOUNT, review_id)
        assert found is not None
        return [one.reason.code for one in find_reservations(tx, found)]


def test_a_review_about_another_product_of_the_card_needs_a_person_and_has_no_ground(state: State) -> None:
    read(state, about("own", SKU, "Наушники"), about("other", "999", "Чехол"))
    assert codes(state, "own") == []
    assert codes(state, "other") == ["other_item"]
    with state.read() as tx:
        found = tx.reviews.get(ACCOUNT, "other")
        assert found is not None
        assert (found.item_id, found.item_name, found.item_variant) == ("999", "Чехол", "Цвет товара: синий")
        held = hold_back(VERDICT, find_reservations(tx, found))
    assert (held.decision, held.ground) == (Decision.NEEDS_PERSON, None)
    assert "Это отзыв о другом товаре карточки: 999 (Чехол, Цвет товара: синий)" in held.reasons[0].text


def test_a_variant_that_the_page_calls_alike_is_the_account_s_own(state: State) -> None:
    read(state, about("own", SKU, "Наушники"), about("red", "1009", "Наушники", "красный"))
    assert codes(state, "red") == []


def test_an_item_that_the_seller_s_own_list_shows_is_the_account_s_own(state: State) -> None:
    read(state, about("own", SKU, "Наушники"), about("mine", "555", "Провод"))
    assert codes(state, "mine") == ["other_item"]
    sight(state, "mine", "555")
    assert codes(state, "mine") == []


def test_a_review_of_which_only_the_beginning_was_read_is_for_a_person_until_it_is_read_whole(state: State) -> None:
    told: dict[ValueName, Origin] = dict.fromkeys(("rating", "published", "item", "version"), "attribute")
    begun = review("cut").model_copy(update={"text": "Ужас, а не…", "origins": {**told, "text": "cut"}})
    read(state, begun)
    assert codes(state, "cut") == ["text_cut"]
    read(state, begun.model_copy(update={"text": "Ужас, а не наушники", "origins": {**told, "text": "text"}}))
    assert codes(state, "cut") == []


def test_a_review_that_the_site_does_not_count_is_not_one_to_file(state: State) -> None:
    sight(state, "r1", SKU, is_counted=False)
    assert codes(state, "r1") == ["not_counted"]
    with state.read() as tx:
        found = tx.reviews.get(ACCOUNT, "r1")
        assert found is not None
        held = hold_back(VERDICT, find_reservations(tx, found))
    assert (held.decision, held.ground) == (Decision.DO_NOT_FILE, None)


def test_a_cancelled_order_is_for_a_person(state: State) -> None:
    sight(state, "r1", SKU, order_status="cancelled")
    assert codes(state, "r1") == ["order_cancelled"]


def test_what_the_cabinet_remarks_is_for_a_person_word_by_word(state: State) -> None:
    sight(state, "r1", SKU, remarks="Отзыв помечен как отзыв о доставке\nПубликация отзыва отложена")
    assert codes(state, "r1") == ["cabinet_remark", "cabinet_remark"]
    with state.read() as tx:
        found = tx.reviews.get(ACCOUNT, "r1")
        assert found is not None
        held = hold_back(VERDICT, find_reservations(tx, found))
    assert (held.decision, held.ground) == (Decision.NEEDS_PERSON, None)
    assert held.reasons[0].text.startswith("Отзыв помечен как отзыв о доставке. ")


def sight(
    state: State,
    review_id: str,
    item_id: str,
    *,
    is_counted: bool | None = None,
    order_status: str = "",
    remarks: str = "",
) -> None:
    with state.transaction() as tx:
        tx.sources.put(
            [
                SourceSighting(
                    account_id=ACCOUNT,
                    review_id=review_id,
                    source="api",
                    sku=SKU,
                    item_id=item_id,
                    digest="d",
                    published_at=START,
                    order_status=order_status,
                    remarks=remarks,
                    is_counted=is_counted,
                    has_text=True,
                    first_seen_at=START,
                    last_seen_at=START,
                )
            ]
        )


def test_a_day_is_the_site_s_in_its_words_and_ours_in_what_people_read() -> None:
    night = START.replace(hour=22, minute=30)  # 01:30 of the next day in Moscow
    assert f"{in_site_zone(night, 'Europe/Moscow'):%d.%m.%Y}" == "02.10.2026"
    assert tell_published(night, night, "1790893800", "Europe/Moscow") == "2026-10-02 01:30"
    assert tell_published(None, None, "полгода назад", "Europe/Moscow") == "полгода назад"
    assert tell_published(night, night + timedelta(days=1), "", "Europe/Moscow") == "2026-10-02 to 2026-10-03"
    assert as_iso(night, "Europe/Moscow") == "2026-10-02T01:30:00+03:00"


def test_an_item_that_nobody_told_is_asked_after_and_not_named_to_the_site(tmp_path: Path) -> None:
    silent = review("r1", item_id="").model_copy(update={"variants": (Variant(name="Цвет", value="синий"),)})
    with sqlite_home(tmp_path).open() as state:
        settle_in(state, ["r0"])
        record_poll(state, lease_of(state), listing([silent], START))
        with state.read() as tx:
            stored = tx.reviews.get(ACCOUNT, "r1")

    assert stored is not None
    assert (tell_item(stored), name_variant(stored)) == (f"{SKU}? (Цвет: синий)", "Цвет: синий")
