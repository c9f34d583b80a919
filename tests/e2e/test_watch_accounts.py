"""Several accounts by the installed command: a wall before one never stops another, and people are told of both."""

from __future__ import annotations

import tomllib

import pytest

from mock_site.switches import Wall
from mock_site.world import NewReview
from monitor.config.template import write_config
from monitor.outgoing.messengers import save_channel
from monitor.secrets.redaction import Redactor
from monitor.secrets.stores import open_store
from tests.e2e.installed import PASSPHRASE, Installed
from tests.unit.monitor.notify_world import Sink, http_sink

pytestmark = pytest.mark.timeout(900)


def split_in_two(shop: Installed, sink: Sink) -> None:
    """Gives each of the two products an account of its own, and both a channel; one visit at a time, in their order."""
    config = shop.home / "config.toml"
    values = tomllib.loads(config.read_text())
    products = values["account"][0]["products"]
    schedule = {"poll": "1s", "submit": "1h", "follow": "1h"}
    values["account"] = [
        {"name": name, "products": [product], "schedule": schedule}
        for name, product in zip(("first", "second"), products, strict=True)
    ]
    values["installation"] = {"visits_at_once": 1}
    values["notify"] = {"seller": ["hook"]}
    write_config(config, values)
    redactor = Redactor()
    store = open_store(shop.home / "secrets", ask_passphrase=lambda: PASSPHRASE, redactor=redactor)
    save_channel(store, "hook", f"json://127.0.0.1:{sink.port}/hook", redactor)


def test_a_wall_before_one_account_stops_only_that_one_and_both_are_told_of(shop: Installed) -> None:
    with http_sink() as sink:
        split_in_two(shop, sink)
        first = shop.run("watch", "--once")
        assert first.code == 0, first.err
        shop.site.world.add_review(1, NewReview(rating=1, text="Сломался через день", with_order=False))
        shop.site.switches.walls = [Wall(kind="captcha", times=1)]
        second = shop.run("watch", "--once")
        assert second.code == 0, second.err

    remarks = {row["account"]: row["remark"] for row in shop.run("plan", "--json", "-n", "1").rows()}
    assert "stopped" in remarks["first"]
    assert "stopped" not in (remarks["second"] or "")
    titles = {message["title"]: message for message in sink.messages()}
    assert any(title.startswith("Сбой: Площадка просит человека") for title in titles)
    (card,) = (message for title, message in titles.items() if title.startswith("Новый отзыв"))
    assert "«Сломался через день»" in card["message"]
    assert card["attachments"][0]["mimetype"] == "image/png"
    assert {row["state"] for row in shop.run("notify", "status", "--json").rows()} == {"sent"}
    late = {row["account"]: row["last_full_at"] for row in shop.run("health", "--json").rows()}
    assert late["second"] > late["first"]


def test_slots_that_were_missed_are_shown(shop: Installed) -> None:
    with http_sink() as sink:
        split_in_two(shop, sink)
        assert shop.run("watch", "--once", "--account", "second").code == 0

    assert shop.run("health").code == 1, "the first account was never watched"
    past = shop.run("plan", "--past", "--account", "second", "--json").rows()
    assert "ran" in {row["state"] for row in past if row["task"] == "poll"}
    reasons = {row["task"]: row["reason"] for row in past if row["task"] != "poll"}
    assert reasons == {"submit": "nothing is approved", "follow": "nothing to follow"}
