"""A disputed channel stays off on a live site until it was seen for this review and a person confirmed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.bootstrap import Installation
from monitor.cases.channel_choice import (
    ChannelQuestion,
    choose_channel,
    count_attempts,
    find_reason_off,
    require_channel_on,
)
from monitor.cases.needed_requests import LookSource, NeededMark, find_marks, findings_of
from monitor.cli.reporting import report_end
from monitor.config.sections import AccountSection
from monitor.config.settings import default_settings
from monitor.config.template import write_config
from monitor.endings import end_of
from monitor.errors import ChannelOff, OrderUnread, UsageError
from monitor.state.probes import ProbeRecord
from monitor.state.text import JsonValue
from monitor.triage.rules import load_rules
from tests.appeal_world import ACCOUNT
from tests.unit.monitor.case_world import REVIEW, World, make_world, told

IDENTITIES = {name: {"login": "anna@example.com"} for name in ("site_profile", "seller_cabinet")}
DISPUTED = ("order_appeal", "cabinet_complaint", "support_ticket")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


@pytest.fixture
def live(world: World) -> Installation:
    """The same installation, pointed at the site itself."""
    settings = default_settings({"account": [{"name": ACCOUNT, "identities": IDENTITIES}]})
    return replace(world.installation, settings=settings, _sites={})


def account(installation: Installation) -> AccountSection:
    return installation.settings.find_account(ACCOUNT)


def look(
    installation: Installation,
    control: str = "present",
    *,
    minutes: int = 0,
    review: str = REVIEW,
    channel: str = "order_appeal",
    requests: Sequence[str] | None = (),
    source: LookSource = LookSource.PROBE,
) -> str:
    findings: dict[str, JsonValue] = {"reasons": ["Персональные данные"], "source": source.value}
    if requests is not None:
        findings["requests"] = findings_of(requests)
    with installation.state.transaction() as tx:
        record = ProbeRecord(
            id=f"probe_{control}_{minutes}_{review}_{channel}",
            account_id=ACCOUNT,
            identity="site_profile",
            review_id=review,
            channel=channel,
            control=control,
            findings=findings,
            manifest_sha256="0" * 64,
            visit_id=None,
            probed_at=tx.now() + timedelta(minutes=minutes),
        )
        tx.probes.add(record)
    return record.id


def confirm(installation: Installation, probe: str) -> None:
    with installation.state.transaction() as tx:
        tx.probes.confirm(probe, by="anna")


def off(installation: Installation, channel: str = "order_appeal") -> ChannelOff | None:
    return find_reason_off(installation, account(installation), REVIEW, channel)


@pytest.mark.parametrize("channel", DISPUTED)
def test_a_disputed_channel_is_off_on_a_live_site_with_the_next_step(live: Installation, channel: str) -> None:
    with pytest.raises(ChannelOff) as caught:
        require_channel_on(live, account(live), REVIEW, channel)

    assert f"probe run {REVIEW} --channel {channel}" in caught.value.hint


def test_the_known_channel_is_off_on_a_live_site_until_somebody_knows_what_its_page_sends(live: Installation) -> None:
    refusal = off(live, "public_report")
    assert refusal is not None
    assert f"probe run {REVIEW} --channel public_report" in refusal.hint

    probe = look(live, review="r2", channel="public_report", requests=["POST https://www.ozon.ru/api/token"])
    unconfirmed = off(live, "public_report")
    assert unconfirmed is not None
    assert f"probe confirm {probe}" in unconfirmed.hint

    confirm(live, probe)
    assert off(live, "public_report") is None
    with live.state.read() as tx:
        assert find_marks(tx, ACCOUNT, "public_report") == (NeededMark("POST", "https://www.ozon.ru/api/token", probe),)


def test_a_preview_that_could_not_fill_the_form_adds_its_requests_and_takes_no_channel_away(live: Installation) -> None:
    confirm(live, look(live, requests=["POST https://www.ozon.ru/api/token"]))

    preview = look(
        live, "cannot_say", minutes=1, requests=["POST https://www.ozon.ru/api/draft"], source=LookSource.PREVIEW
    )
    assert off(live) is None
    confirm(live, preview)

    assert off(live) is None
    with live.state.read() as tx:
        marks = {mark.url for mark in find_marks(tx, ACCOUNT, "order_appeal") or ()}
    assert marks == {"https://www.ozon.ru/api/token", "https://www.ozon.ru/api/draft"}


def test_the_list_of_looks_shows_a_person_what_a_page_sends(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    probe = look(world.installation, requests=["POST https://www.ozon.ru/api/token"], source=LookSource.PREVIEW)

    world.run("probe", "list")

    shown = " ".join(told(capsys).split())
    assert f"{probe}: by itself, the page of order_appeal sends: POST https://www.ozon.ru/api/token" in shown


def test_a_look_of_before_that_watched_no_requests_is_not_enough(live: Installation) -> None:
    confirm(live, look(live, requests=None))

    refusal = off(live)

    assert refusal is not None
    assert "sends by itself" in str(refusal)


def test_on_this_machine_every_channel_is_on(world: World) -> None:
    assert [off(world.installation, channel) for channel in DISPUTED] == [None, None, None]


@pytest.mark.parametrize("moved", [("www",), ("seller",), ("www", "sso")])
def test_a_site_that_was_moved_here_in_part_is_live(world: World, moved: tuple[str, ...]) -> None:
    """Its other origins are those of the package: a channel there would file in earnest."""
    origins = {name: f"http://{name}.localhost:1" for name in moved}
    windows = {"answer_window_seconds": "1s"}
    settings = default_settings(
        {
            "account": [{"name": ACCOUNT, "identities": IDENTITIES}],
            "sites": {"ozon": {"origins": origins, "windows": windows}},
        }
    )
    installation = Installation(world.installation.home, settings, world.installation.clock, data_key="unused")

    assert all(off(installation, channel) for channel in (*DISPUTED, "public_report"))
    site = installation.site("ozon")
    assert (
        site.channels["order_appeal"]
        == Installation(world.installation.home, default_settings({}), world.installation.clock, data_key="unused")
        .site("ozon")
        .channels["order_appeal"]
    ), "no wait is shorter than a live site's"


def test_only_channels_that_are_on_lend_their_attempts(live: Installation, world: World) -> None:
    assert count_attempts(live, account(live), REVIEW) == 1  # the report dialog alone
    assert count_attempts(world.installation, account(world.installation), REVIEW) == 2
    confirm(live, look(live))
    assert count_attempts(live, account(live), REVIEW) == 2
    nobody = account(live).model_copy(update={"identities": {}})
    assert count_attempts(live, nobody, REVIEW) is None


def test_seen_is_not_enough_a_person_must_confirm(live: Installation) -> None:
    probe = look(live)
    refusal = off(live)
    assert refusal is not None
    assert f"probe confirm {probe}" in refusal.hint

    confirm(live, probe)

    assert off(live) is None
    assert off(live, "cabinet_complaint") is not None


def test_a_confirmation_holds_for_its_review_only(live: Installation) -> None:
    confirm(live, look(live, review="r2"))

    assert off(live) is not None


def test_a_later_look_that_finds_nothing_turns_it_off_again(live: Installation) -> None:
    confirm(live, look(live))
    look(live, "absent", minutes=1)

    refusal = off(live)
    assert refusal is not None
    assert "not there" in str(refusal)


def test_the_choice_passes_over_what_is_off_and_what_the_account_cannot_have(live: Installation) -> None:
    site, ground = live.site("ozon"), load_rules(site="ozon").ground("insult")
    assert ground is not None
    question = ChannelQuestion(account=account(live), review_id=REVIEW, ground=ground, order_number="1-1")

    with pytest.raises(ChannelOff, match="public_report"):
        choose_channel(live, site, question, None)
    confirm(live, look(live, channel="public_report"))
    assert choose_channel(live, site, question, None)[0] == "public_report"
    confirm(live, look(live))
    assert choose_channel(live, site, question, None)[0] == "order_appeal"
    alone = replace(question, account=account(live).model_copy(update={"identities": {}}))
    with pytest.raises(UsageError, match="no channel fits"):
        choose_channel(live, site, alone, None)


def test_an_order_that_was_not_read_chooses_nothing_weaker(live: Installation) -> None:
    site, ground = live.site("ozon"), load_rules(site="ozon").ground("insult")
    assert ground is not None
    unread = ChannelQuestion(
        account=account(live), review_id=REVIEW, ground=ground, order_number=None, is_order_known=False
    )
    confirm(live, look(live, channel="public_report"))
    assert choose_channel(live, site, unread, None)[0] == "public_report", "the order's own channel is off here anyway"

    confirm(live, look(live))

    with pytest.raises(OrderUnread, match="is not known yet"):
        choose_channel(live, site, unread, None)
    assert choose_channel(live, site, unread, "public_report")[0] == "public_report"
    assert choose_channel(live, site, replace(unread, is_order_known=True), None)[0] == "public_report"
    assert choose_channel(live, site, replace(unread, order_number="1-1"), None)[0] == "order_appeal"


def test_the_command_refuses_with_the_next_step(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    person = {"name": "Анна Примерова"}
    write_config(
        world.installation.home.config, {"operator": person, "account": [{"name": ACCOUNT, "identities": IDENTITIES}]}
    )
    options = ("--channel", "order_appeal", "--order", "1-1", "--ground", "insult", "--text", "текст")

    with pytest.raises(ChannelOff) as caught:
        world.run("appeal", "draft", REVIEW, *options)

    assert report_end(end_of(caught.value)) == 1
    assert f" probe run {REVIEW} --channel order_appeal" in told(capsys)
