"""The item a review was written about is named with it everywhere; one that is not ours is never drafted unasked."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.readings.models import ReviewReading, Variant
from monitor.errors import PrintingFailed, UsageError
from monitor.outgoing import bundle_documents
from monitor.watching.recording import record_poll
from tests.appeal_world import ACCOUNT, SKU, lease_of, listing, review
from tests.unit.monitor.case_world import REVIEW, World, make_world, seal, told

OTHER = "r-other"
NIGHT = datetime(2026, 9, 30, 22, 30, tzinfo=UTC)  # 01:30 of 1 October in Moscow
INSULT = "Продавец дебил и мошенник, дебил полный"
BLUE = (Variant(name="Цвет товара", value="синий"),)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """An account whose card shows its own blue headphones and somebody else's case."""
    made = make_world(tmp_path)
    state = made.installation.state
    lease = lease_of(state)
    own = _about(REVIEW, SKU, "Наушники «Волна»")
    foreign = _about(OTHER, "999", "Чехол")
    record_poll(state, lease, listing([own, foreign, review("r2")], state.clock.now()))
    state.release(lease)
    return made


def _about(review_id: str, item_id: str, name: str) -> ReviewReading:
    read = review(review_id, text=INSULT, item_id=item_id, at=NIGHT, version=1)
    return read.model_copy(update={"item_name": name, "variants": BLUE})


def rows(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def draft(world: World, capsys: pytest.CaptureFixture[str], review_id: str, *options: str) -> dict[str, Any]:
    capsys.readouterr()
    chosen = ("--ground", "insult", "--channel", "public_report", *options, "--json")
    assert world.run("appeal", "draft", review_id, *chosen) == 0
    made: dict[str, Any] = json.loads(capsys.readouterr().out)
    return made


def test_draft_and_preview_name_the_item_and_the_site_s_day(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    shown = draft(world, capsys, REVIEW)
    assert shown["item"] == f"{SKU} (Наушники «Волна», Цвет товара: синий)"
    assert f"«Наушники „Волна“» (SKU {SKU}, Цвет товара: синий)" in shown["text"]
    assert "01.10.2026" in shown["text"]
    assert "30.09.2026" not in shown["text"]
    world.run("appeal", "preview", shown["id"])
    assert "Цвет товара: синий" in told(capsys)


def test_people_read_moments_in_the_zone_of_the_installation(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    zone = "Asia/Vladivostok"
    config = world.installation.home.config
    config.write_text(config.read_text().replace("[installation]\n", f'[installation]\nzone = "{zone}"\n'))
    appeal = draft(world, capsys, REVIEW)["id"]
    world.run("log", "--json")
    moments = [datetime.fromisoformat(row["at"]).utcoffset() for row in rows(capsys)]
    assert set(moments) == {timedelta(hours=10)}
    world.run("appeal", "approve", appeal, "--hash", stored_hash(world, appeal))
    world.run("appeal", "status", appeal)
    assert f"at ({zone})" in told(capsys)
    world.run("health", "--json")
    last = {row["product"]: row["last_full_at"] for row in rows(capsys)}[SKU]
    assert datetime.fromisoformat(last).utcoffset() == timedelta(hours=10)
    world.run("health")
    seen = told(capsys)
    assert f"last full success ({zone})" in seen
    assert f"{datetime.fromisoformat(last):%Y-%m-%d %H:%M:%S}" in seen


def stored_hash(world: World, appeal_id: str) -> str:
    with world.installation.state.read() as tx:
        found = tx.appeals.get(appeal_id)
    assert found is not None
    return found.payload_hash


def test_an_item_that_is_not_ours_is_drafted_on_a_persons_word_alone(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError, match=r"another item of the card: 999 \(Чехол") as refused:
        draft(world, capsys, OTHER, "--text", "Оскорбление.")
    assert refused.value.field == "other_item"
    with world.installation.state.read() as tx:
        assert tx.appeals.of_account(ACCOUNT) == []
    shown = draft(world, capsys, OTHER, "--text", "Оскорбление.", "--other-item")
    assert (shown["item"], shown["is_own_item"]) == ("999 (Чехол, Цвет товара: синий)", False)
    with world.installation.state.read() as tx:
        bodies = [row.to_entry().read_body() for row in tx.journal.about(ACCOUNT, shown["id"])]
    words = [body.outputs.get("word") for body in bodies if body and body.action == "appeal.filing.draft"]
    assert words == ["another item of the card is meant"]


def test_the_documents_of_a_bundle_name_the_item(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> bytes:
        raise PrintingFailed("no browser")

    monkeypatch.setattr(bundle_documents, "print_pages", refuse)
    seal(world, "account", has_reading=True)
    assert world.run("evidence", "export", world.case.id, "--out", tmp_path / "bundle") == 0
    for name in ("akt-osmotra", "zayavlenie-notariusu"):
        page = (tmp_path / "bundle/data/documents" / f"{name}.html").read_text()
        assert f"артикул {SKU} (тот же, что у карточки), Наушники «Волна», Цвет товара: синий" in page, name
