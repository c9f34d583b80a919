"""What people are told: once an event, through every channel it concerns, with a picture, and never with a token."""

from __future__ import annotations

import base64
import io
from datetime import timedelta
from pathlib import Path

import pytest
from apprise.plugins.telegram import NotifyTelegram
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from monitor.closed_lists.incident_kinds import IncidentKind
from monitor.errors import DeliveryFailed, SettingsError
from monitor.incidents import report_bad, report_good
from monitor.outgoing import message_words as wording
from monitor.outgoing.cards import Card
from monitor.outgoing.message_words import MESSAGES
from monitor.outgoing.messengers import Channel, load_channel, pause_of, split_text
from monitor.outgoing.pictures import MOST_BYTES, TALLEST, WIDEST, shrink
from monitor.outgoing.sending import Sent
from monitor.outgoing.together import MOST_AT_ONCE
from monitor.visit_protocol import VisitKind
from tests.appeal_world import ACCOUNT, SKU, START
from tests.source_world import SourceWorld
from tests.unit.monitor.notify_world import Sink, TellingWorld, http_sink, mailbox, noise_png, telling_world

TOKEN = "123456789:AbCdEfGhIjKlMnOpQrStUvWxYz0123456"


def json_address(sink: Sink, name: str = "hook") -> str:
    return f"json://127.0.0.1:{sink.port}/{name}"


def test_a_new_negative_review_becomes_one_card_with_its_picture(tmp_path: Path) -> None:
    world = telling_world(tmp_path, seller=["hook"])
    with http_sink() as sink:
        world.channel("hook", json_address(sink))
        world.meet_reviews("r1", text="Сломался за день")
        world.add_picture("r1", noise_png(200, 100))
        assert world.send().sent == 1
        assert world.send().sent == 0
    (message,) = sink.messages()
    assert message["title"].startswith("Новый отзыв")
    assert "★☆☆☆☆" in message["message"]
    assert "«Сломался за день»" in message["message"]
    picture = Image.open(io.BytesIO(base64.b64decode(message["attachments"][0]["base64"])))
    assert picture.size == (200, 100)


def test_a_review_that_only_the_seller_sees_says_so(tmp_path: Path) -> None:
    world = telling_world(tmp_path, seller=["hook"])
    sources = SourceWorld(world.installation.state)
    sources.source()
    with http_sink() as sink:
        world.channel("hook", json_address(sink))
        sources.source("r1")
        assert world.send().sent == 1
    (message,) = sink.messages()
    assert message["title"].startswith("Новый отзыв")
    assert wording.UNLISTED in message["message"]


def test_a_good_review_is_not_told(tmp_path: Path) -> None:
    world = telling_world(tmp_path, seller=["hook"])
    world.meet_reviews("r1", rating=5)
    assert world.send().sent == 0
    with world.installation.state.read() as tx:
        assert [message.state for message in tx.outbox.all(ACCOUNT)] == ["muted"]


def test_a_letter_carries_the_picture(tmp_path: Path) -> None:
    world = telling_world(tmp_path, seller=["mail"])
    with mailbox() as (port, letters):
        world.channel("mail", f"mailto://127.0.0.1:{port}/?from=me@example.org&to=you@example.org&mode=insecure")
        world.meet_reviews("r1")
        world.add_picture("r1", noise_png(20, 10))
        assert world.send().sent == 1
    (letter,) = letters
    assert {part.get_content_type() for part in letter.walk()} >= {"image/png"}


def test_telegram_gets_a_photo_and_no_message_shows_the_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    world = telling_world(tmp_path, seller=["telegram"])
    with http_sink() as sink:
        monkeypatch.setattr(NotifyTelegram, "notify_url", f"http://127.0.0.1:{sink.port}/bot")
        world.channel("telegram", f"tgram://{TOKEN}/987654321")
        world.meet_reviews("r1")
        world.add_picture("r1", noise_png(20, 10))
        assert world.send().sent == 1
        assert any(path.endswith("/sendPhoto") for path in sink.paths)
        sink.status = 401
        world.meet_reviews("r1", "r2")
        assert world.send().failed == 1
    with world.installation.state.read() as tx:
        told = str(tx.outbox.deliveries(ACCOUNT))
    shown = load_channel(world.installation.secrets, "telegram", world.installation.redactor).masked
    for text in (told, shown, *capfd.readouterr()):
        assert TOKEN not in text
        assert TOKEN.partition(":")[2] not in text


def test_a_channel_that_is_down_is_tried_again_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    world = telling_world(tmp_path, seller=["bad", "good"])
    with http_sink() as good, http_sink() as bad:
        bad.status = 500
        world.channel("good", json_address(good))
        world.channel("bad", json_address(bad))
        world.meet_reviews("r1")
        assert world.send().sent == 1
        assert world.states() == {"bad": "pending", "good": "sent"}
        assert world.send().failed == 0, "not before its time"
        bad.status = 200
        world.clock.advance(timedelta(minutes=2))
        assert world.send().sent == 1
    assert len(good.bodies) == 1


def test_a_channel_that_stays_down_is_told_through_the_others_and_given_up(tmp_path: Path) -> None:
    world = telling_world(tmp_path, seller=["bad"], operator=["good"])
    with http_sink() as good, http_sink() as bad:
        bad.status = 500
        world.channel("good", json_address(good))
        world.channel("bad", json_address(bad))
        world.meet_reviews("r1")
        for _ in range(12):
            world.send()
            world.clock.advance(timedelta(days=1, minutes=1))
    assert "Канал уведомлений не работает" in good.messages()[0]["title"]
    assert world.states()["bad"] == "dead"


def test_a_digest_is_one_message_at_its_time(tmp_path: Path) -> None:
    world = telling_world(tmp_path, seller=["hook"], digest="0 9 * * *")
    with http_sink() as sink:
        world.channel("hook", json_address(sink))
        world.meet_reviews("r1", "r2", "r3")
        assert world.send().sent == 0
        world.clock.advance(timedelta(hours=21))  # 9 in Moscow is 6 in UTC; the clock stands at 9 in UTC
        assert world.send().sent == 3
    (message,) = sink.messages()
    assert message["title"] == "Сводка по отзывам: 3"
    assert message["message"].count("•") == 3


def test_a_line_of_a_digest_leaves_an_author_the_dot_of_the_name() -> None:
    assert Card("Новый отзыв", "★☆☆☆☆ Юлия Е.\n«…»").line == "• Новый отзыв. ★☆☆☆☆ Юлия Е."
    assert Card("Проверка", "").line == "• Проверка"


def test_nobody_is_told_in_quiet_hours(tmp_path: Path) -> None:
    world = telling_world(tmp_path, seller=["hook"], quiet=["11:00-13:00"])
    with http_sink() as sink:
        world.channel("hook", json_address(sink))
        world.meet_reviews("r1")  # at noon in Moscow
        assert world.send().sent == 0
        world.clock.advance(timedelta(hours=1, minutes=1))
        assert world.send().sent == 1


def test_an_incident_is_opened_reminded_of_and_closed_on_the_operators_channel(tmp_path: Path) -> None:
    world = telling_world(tmp_path, seller=["shop"], operator=["staff"])
    with http_sink() as shop, http_sink() as staff:
        world.channel("shop", json_address(shop))
        world.channel("staff", json_address(staff))
        for _ in range(3):
            for _ in range(3):
                with world.installation.state.transaction() as tx:
                    report_bad(tx, ACCOUNT, IncidentKind.SITE_UNAVAILABLE, subject="1001", detail="no answer")
                world.send()
            world.clock.advance(timedelta(days=1, minutes=1))
        with world.installation.state.transaction() as tx:
            report_good(tx, ACCOUNT, IncidentKind.SITE_UNAVAILABLE, subject="1001")
        world.send()
        with world.installation.state.transaction() as tx:
            report_bad(tx, ACCOUNT, IncidentKind.SIGN_IN_NEEDED)
        world.send()
    titles = [message["title"].partition(":")[0] for message in staff.messages()]
    assert titles == ["Сбой", "Сбой продолжается", "Сбой продолжается", "Сбой устранён", "Сбой"]
    assert [message["title"] for message in shop.messages()] == ["Сбой: Нужно войти в кабинет заново"]


def test_a_cut_listing_is_told_in_the_words_of_the_message_and_the_log_is_quoted(tmp_path: Path) -> None:
    world = telling_world(tmp_path, operator=["staff"])
    with world.installation.state.transaction() as tx:
        tx.products.change(ACCOUNT, SKU, cut="site_limit", reviews_shown=990, reviews_total=3368)
        report_bad(tx, ACCOUNT, IncidentKind.LISTING_CUT, subject=SKU, detail="990 of 3368 reviews are shown")
        report_bad(tx, ACCOUNT, IncidentKind.POLL_PARTIAL, subject=SKU, detail="page 2 gave no rows")
    with http_sink() as staff:
        world.channel("staff", json_address(staff))
        world.send()
    told = "\n".join(message["message"] for message in staff.messages())
    assert "Видно 990 из 3368 (предел сайта)" in told
    assert "reviews are shown" not in told
    assert "В журнале: page 2 gave no rows" in told


def test_a_review_waits_until_the_visit_has_taken_its_picture(tmp_path: Path) -> None:
    world = telling_world(tmp_path, seller=["hook"])
    with http_sink() as sink:
        world.channel("hook", json_address(sink))
        with world.installation.state.transaction() as tx:
            tx.visits.begin("v1", ACCOUNT, kind=VisitKind.DUE, owner="x", deadline_at=START + timedelta(minutes=5))
        world.meet_reviews("r1")
        assert world.send().sent == 0
        with world.installation.state.transaction() as tx:
            tx.visits.finish("v1", "done")
        assert world.send().sent == 1


def test_an_address_of_no_service_is_refused(tmp_path: Path) -> None:
    world = telling_world(tmp_path)
    with pytest.raises(SettingsError, match="not an address"):
        world.channel("x", "nonsense")


def test_a_long_text_is_sent_in_parts(tmp_path: Path) -> None:
    world = telling_world(tmp_path, seller=["hook"])
    with http_sink() as sink:
        world.channel("hook", json_address(sink))
        channel = load_channel(world.installation.secrets, "hook", world.installation.redactor)
        channel.send("Сводка", "\n".join(["строка " * 10] * 100))
    titles = [message["title"] for message in sink.messages()]
    assert titles == [f"Сводка ({number}/{len(titles)})" for number in range(1, len(titles) + 1)]
    assert len(titles) > 1


@given(st.text(min_size=1, max_size=400), st.integers(5, 60))
def test_parts_fit_and_lose_nothing_but_line_ends(text: str, limit: int) -> None:
    parts = split_text(text, limit)

    assert all(len(part) <= limit for part in parts)
    assert "".join("".join(parts).split("\n")) == "".join(text.split("\n"))


def test_a_heavy_picture_becomes_one_a_chat_takes() -> None:
    small = shrink(noise_png(1500, 4000), name="r1.png")

    size = Image.open(io.BytesIO(small.data)).size
    assert size[0] <= WIDEST
    assert size[1] <= TALLEST
    assert len(small.data) <= MOST_BYTES
    assert small.media_type == "image/jpeg"


def _put(world: TellingWorld, event: str, review_id: str, number: int) -> None:
    payload = {"review": review_id, "sku": SKU, "appeal": "appeal_1"}
    with world.installation.state.transaction() as tx:
        tx.outbox.put(ACCOUNT, event, payload, dedup_key=f"{event}:{review_id}:{number}")


def test_what_became_of_one_event_is_one_message_that_names_what_it_supersedes(tmp_path: Path) -> None:
    with http_sink() as sink:
        world = telling_world(tmp_path / "home", seller=["http"])
        world.channel("http", f"json://127.0.0.1:{sink.port}")
        world.meet_reviews("bad")
        _put(world, "appeal.filing.draft", "bad", 1)
        _put(world, "appeal.outcome.removed", "bad", 1)
        assert world.send().sent == 3
        (message,) = sink.messages()
        assert message["title"] == MESSAGES["appeal.outcome.removed"].title
        assert (
            f"До этого: {MESSAGES['review.new'].title}; {MESSAGES['appeal.filing.draft'].title}" in message["message"]
        )
        assert world.send().sent == 0


def test_many_events_at_once_are_one_digest_and_a_few_are_not(tmp_path: Path) -> None:
    with http_sink() as sink:
        world = telling_world(tmp_path / "home", seller=["http"])
        world.channel("http", f"json://127.0.0.1:{sink.port}")
        world.meet_reviews(*(f"few{number}" for number in range(MOST_AT_ONCE)))
        world.send()
        assert len(sink.messages()) == MOST_AT_ONCE
        world.meet_reviews(*(f"many{number}" for number in range(30)))
        assert world.send().sent == 30
        assert len(sink.messages()) == MOST_AT_ONCE + 1
        assert sink.messages()[-1]["title"].endswith(": 30")


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("Failed to send Telegram notification: Too Many Requests: retry after 35, error=429.", 35),
        ('{"ok":false,"parameters":{"retry_after":7}}', 7),
        ("Retry-After: 120", 120),
        ("retry later, after all", 0),
        ("retry after 99999999", 86_400),
    ],
)
def test_how_long_a_service_asks_to_be_left_alone_is_read(said: str, seconds: int) -> None:
    assert pause_of(said) == timedelta(seconds=seconds)


def test_a_service_that_asks_for_time_gets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise DeliveryFailed("Too Many Requests", pause=timedelta(minutes=10))

    world = telling_world(tmp_path / "home", seller=["http"])
    world.channel("http", "json://127.0.0.1:9")
    world.meet_reviews("bad")
    with monkeypatch.context() as patch:
        patch.setattr(Channel, "send", refuse)
        assert world.send().failed == 1
    world.clock.advance(timedelta(minutes=5))
    assert world.send() == Sent(0, 0), "the usual first wait is a minute"
    world.clock.advance(timedelta(minutes=5))
    assert world.send().failed == 1
