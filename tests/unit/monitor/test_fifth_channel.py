"""A channel that only data describes goes the whole way through the commands: chosen, drafted, approved, filed once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from flows.catalog import load_site
from flows.catalog.channel_kinds import KINDS, ChannelKind
from flows.library.filing import FLOWS
from monitor.config.sites import load_configured_site
from monitor.triage.rules import load_rules
from tests.appeal_world import fast_folder
from tests.command_world import CommandWorld, forget_home, make_home, patched
from tests.fifth_channel import NAME, write_sample
from tests.site_in_memory import new_site

LETTER = ("--ground", "insult", "--text", "Отзыв r1 оскорбляет.")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[CommandWorld]:
    site, sample = new_site(), write_sample(tmp_path / "catalogs")
    with fast_folder(tmp_path) as folder, patched(site):
        with (
            patch("flows.catalog.loader.catalog_folder", lambda _=None: sample),
            patch("monitor.triage.rules.catalog_folder", lambda _=None: sample),
            patch("monitor.config.sites.load_configured_site", load_configured_site),
        ):
            load_rules.cache_clear()
            make_home(folder / "home", site.clock)
            yield CommandWorld(folder / "home", site)
            forget_home(folder / "home")
        load_rules.cache_clear()


def test_it_is_drafted_approved_and_filed_once(world: CommandWorld) -> None:
    drafted = world.draft(how=("--channel", NAME, *LETTER))
    assert drafted.code == 0, drafted.err
    appeal = world.newest()
    assert appeal.channel == NAME
    assert world.run("appeal", "approve", appeal.id).code == 0
    assert world.run("appeal", "submit").code == 0
    assert world.site.gestures.total() == 1


def test_a_letter_that_does_not_name_the_review_is_refused_because_of_its_kind(world: CommandWorld) -> None:
    said = world.draft(how=("--channel", NAME, "--ground", "insult", "--text", "Отзыв оскорбляет."))
    assert said.code == 2
    assert "does not name" in said.err or "must name" in said.err, said.err


def test_a_channel_that_no_catalog_has_is_refused_with_those_that_are_there(world: CommandWorld) -> None:
    said = world.draft(how=("--channel", "fax", *LETTER))
    assert said.code == 2
    assert NAME in said.err


def test_it_stands_last_because_it_is_a_letter_and_no_code_names_it(tmp_path: Path) -> None:
    site = load_site("ozon", folder=write_sample(tmp_path))
    assert site.channels_by_rank() == (
        "order_appeal",
        "cabinet_complaint",
        "public_report",
        "support_chat",
        "support_ticket",
        NAME,
    )
    assert site.channels[NAME].facts.names_review_in == "text"


def test_every_kind_has_its_facts_and_its_flow() -> None:
    assert list(KINDS) == list(FLOWS) == list(ChannelKind)
    ranks = [facts.rank for facts in KINDS.values()]
    assert ranks == sorted(set(ranks))
    assert all(facts.does.endswith(".") for facts in KINDS.values())


def test_the_recipe_names_every_kind_and_at_most_seven_places() -> None:
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "add-a-channel.md").read_text("utf-8")
    assert [kind for kind in ChannelKind if f"`{kind}`" not in page] == []
    assert len(re.findall(r"^\d+\. ", page, re.M)) <= 7
