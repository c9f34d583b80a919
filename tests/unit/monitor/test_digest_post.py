"""Staff digests by the clock: each team once a period, through its own channels, and never a stale one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.config.settings import default_settings
from monitor.engine.planning import plan_digests
from monitor.errors import SettingsError
from monitor.insight.periods import Period
from monitor.outgoing.digest_post import due_period
from monitor.schedule import Cron
from tests.unit.monitor.notify_world import TellingWorld, http_sink, telling_world

MOSCOW = ZoneInfo("Europe/Moscow")
WEEKLY = "0 8 * * mon"


def with_digest(world: TellingWorld, **digest: object) -> TellingWorld:
    """The same installation with ``[digest]`` set."""
    account = {"name": "main", "products": ["1001"]}
    object.__setattr__(world.installation, "settings", default_settings({"account": [account], "digest": digest}))
    return world


def at(world: TellingWorld, moment: datetime) -> None:
    """Sets the clock forward."""
    world.clock.advance(moment - world.clock.now())


def test_each_team_hears_once_a_week_through_its_own_channel(tmp_path: Path) -> None:
    world = with_digest(telling_world(tmp_path), at=WEEKLY, packing=["boxes"], support=["answers"])
    with http_sink() as sink:
        world.channel("boxes", f"json://127.0.0.1:{sink.port}/boxes")
        world.channel("answers", f"json://127.0.0.1:{sink.port}/answers")
        at(world, datetime(2026, 10, 5, 4, 59, tzinfo=UTC))
        assert world.send().sent == 0
        at(world, datetime(2026, 10, 5, 5, 1, tzinfo=UTC))
        assert world.send().sent == 2
        assert world.send().sent == 0
        at(world, datetime(2026, 10, 12, 5, 1, tzinfo=UTC))
        assert world.send().sent == 2
    titles = {(path, message["title"]) for path, message in zip(sink.paths, sink.messages(), strict=True)}

    assert titles == {
        ("/boxes", "Что говорят покупатели: Упаковка и сборка"),
        ("/answers", "Что говорят покупатели: Поддержка покупателей"),
    }
    assert sink.messages()[0]["message"].startswith("28.09.2026 – 04.10.2026, отзывов: ")


def test_a_machine_that_was_off_tells_the_next_one(tmp_path: Path) -> None:
    world = with_digest(telling_world(tmp_path), at=WEEKLY, packing=["boxes"])
    with http_sink() as sink:
        world.channel("boxes", f"json://127.0.0.1:{sink.port}/boxes")
        at(world, datetime(2026, 10, 6, 9, 0, tzinfo=UTC))
        assert world.send().sent == 0


def test_without_a_line_or_a_channel_nothing_is_put(tmp_path: Path) -> None:
    for name, digest in (("a", {"packing": ["boxes"]}), ("b", {"at": WEEKLY})):
        world = with_digest(telling_world(tmp_path / name), **digest)
        at(world, datetime(2026, 10, 5, 5, 1, tzinfo=UTC))
        world.send()
        with world.installation.state.read() as tx:
            assert [one for one in tx.outbox.all("main") if one.event == "insight.digest"] == []


@pytest.mark.parametrize(
    ("line", "now", "period"),
    [
        (WEEKLY, datetime(2026, 10, 5, 8, 0, tzinfo=MOSCOW), Period(date(2026, 9, 28), date(2026, 10, 4))),
        ("0 8 1 * *", datetime(2026, 3, 1, 9, 0, tzinfo=MOSCOW), Period(date(2026, 2, 1), date(2026, 2, 28))),
        ("0 8 1 * *", datetime(2026, 3, 2, 9, 0, tzinfo=MOSCOW), None),
        (WEEKLY, datetime(2026, 10, 5, 7, 59, tzinfo=MOSCOW), None),
    ],
)
def test_the_days_are_those_since_the_last_one(line: str, now: datetime, period: Period | None) -> None:
    assert due_period(Cron(line), now, MOSCOW) == period


def test_the_plan_tells_when_digests_go_out_to_whom_and_which_channel_nobody_knows() -> None:
    digest = {"at": WEEKLY, "packing": ["boxes"], "support": ["answers", "boxes"]}
    settings = default_settings({"account": [{"name": "main"}], "digest": digest})
    runs = plan_digests(settings, settings.account[0], {"boxes"}, 2, datetime(2026, 10, 5, 5, 0, tzinfo=UTC))

    assert [run.at.astimezone(MOSCOW).day for run in runs] == [12, 19]
    assert {(run.task, run.timing.told) for run in runs} == {("digest", f"cron {WEEKLY}")}
    assert runs[0].remark.startswith("packing: boxes; support: answers, boxes; ")
    assert "`fairreview notify set answers`" in runs[0].remark
    assert "notify set boxes" not in runs[0].remark


def test_no_digest_is_planned_without_a_time_or_a_channel() -> None:
    for digest in ({"packing": ["boxes"]}, {"at": WEEKLY}):
        settings = default_settings({"account": [{"name": "main"}], "digest": digest})
        assert plan_digests(settings, settings.account[0], {"boxes"}, 2, datetime(2026, 10, 5, tzinfo=UTC)) == []


def test_more_than_once_a_day_is_refused() -> None:
    with pytest.raises(SettingsError, match="at most once a day"):
        default_settings({"digest": {"at": "0 * * * *"}})
