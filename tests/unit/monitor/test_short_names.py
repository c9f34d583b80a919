"""Short names are unique, grow when they must, and name what they are shown for; options may stand anywhere."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from monitor.cli import output
from monitor.cli.completing import complete_appeal, complete_review
from monitor.cli.global_options import globals_first
from monitor.cli.machine_output import VisitReport
from monitor.language.short_names import is_named_by, shorten
from tests.appeal_world import fast_folder
from tests.command_world import ORDER, CommandWorld, forget_home, make_home, patched
from tests.site_in_memory import new_site


def sevens(count: int, *, seed: int = 7) -> list[str]:
    """Ids of UUID version 7, all of the same minute: their first eight digits are the same."""
    rng = random.Random(seed)
    return [f"01a2278c-{rng.randrange(16**4):04x}-7abc-8def-{rng.randrange(16**12):012x}" for _ in range(count)]


def test_short_names_are_unique_among_ids_of_one_minute_and_each_names_one() -> None:
    ids = sevens(20_000)
    named = shorten(ids, ids)
    assert len(set(named.values())) == len(ids)
    assert max(map(len, named.values())) <= 9
    for one in ids[:200]:
        assert [other for other in ids if is_named_by(other, named[one])] == [one]
    assert len([one for one in ids if is_named_by(one, "01a2278c")]) == len(ids), "the control: a beginning names all"


def test_a_name_grows_only_where_two_ends_are_alike() -> None:
    ids = ["aaa-123456", "bbb-123456", "ccc-999999", "r1"]
    assert shorten(ids, ids) == {"aaa-123456": "a-123456", "bbb-123456": "b-123456", "ccc-999999": "999999", "r1": "r1"}


def test_an_appeal_is_named_without_its_kind() -> None:
    typed = ("41fe", "appeal_41", "ce5d", "41f", "appe", "fece")
    assert [is_named_by("appeal_41fece5d", one) for one in typed] == [
        True, True, True, False, True, False,
    ]  # fmt: skip


def test_options_of_every_command_may_stand_behind_it() -> None:
    words = ["reviews", "list", "--home", "/a b", "--stars", "1", "--wide", "--columns=review,text", "--", "--wide"]
    assert globals_first(words) == [
        "--home", "/a b", "--wide", "--columns=review,text", "reviews", "list", "--stars", "1", "--", "--wide",
    ]  # fmt: skip
    assert globals_first(["poll", "--home"]) == ["--home", "poll"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandWorld]:
    site = new_site()
    with fast_folder(tmp_path_factory.mktemp("names")) as folder, patched(site):
        make_home(folder / "home", site.clock, reviews=3)
        made = CommandWorld(folder / "home", site)
        assert made.draft("r1", ORDER).code == 0
        yield made
        forget_home(folder / "home")


def test_what_a_list_shows_is_taken_by_every_command_that_asks_for_it(world: CommandWorld) -> None:
    appeal = world.newest()
    listed = world.run("appeal", "status").out.splitlines()[1].split()[0]
    assert listed == appeal.id[-6:]
    for words in (("appeal", "preview"), ("appeal", "status")):
        assert appeal.review_id in world.run(*words, listed).out
    case = world.run("case", "list").out.splitlines()[1].split()[0]
    assert world.run("case", "show", case).code == 0
    assert appeal.id in world.run("appeal", "status", "--wide").out


def test_a_list_with_a_limit_says_that_it_left_older_rows_out(world: CommandWorld) -> None:
    for words in (("reviews", "list"), ("case", "list"), ("appeal", "status")):
        whole = world.run(*words)
        assert "--limit shows more" not in whole.err
    cut = world.run("reviews", "list", "--limit", "2")
    assert (cut.code, len(cut.out.splitlines())) == (0, 3)
    assert "Only the newest 2 of an account are shown: --limit shows more." in cut.err
    assert "--limit shows more" in world.run("reviews", "list", "--limit", "2", "--json").err


def test_a_list_shows_the_columns_that_were_asked_for(world: CommandWorld) -> None:
    told = world.run("reviews", "list", "--columns", "stars,review").out.splitlines()
    assert re.split(r"\s+", told[0].strip()) == ["stars", "review"]
    assert told[1].split() == ["1", "r1"]
    refused = world.run("reviews", "list", "--columns", "colour")
    assert (refused.code, "There are: review" in refused.err) == (2, True)


def test_a_hint_repeats_the_home_that_was_given(world: CommandWorld) -> None:
    home = str(world.home)
    said = world.run("reviews", "show", "nothing", "--home", home)
    assert f"`fairreview --home {home} reviews list`" in said.err
    assert "`fairreview reviews list`" in world.run("reviews", "show", "nothing").err


def test_a_home_with_a_space_is_quoted_in_hints_of_people_and_programs(capsys: pytest.CaptureFixture[str]) -> None:
    output.speak(output.Manner(home="/my shop"))
    try:
        assert output.as_pasted("Run `fairreview init`.") == "Run `fairreview --home '/my shop' init`."
        words = ("See `fairreview log`.", "1: see `fairreview doctor`.")
        end = VisitReport(end="findings", message=None, hint=words[0], facts={}, problems=words[1:], unknown=())
        output.print_json(end)
        told = json.loads(capsys.readouterr().out)
        pasted = "`fairreview --home '/my shop' "
        assert (told["hint"], told["problems"]) == (f"See {pasted}log`.", [f"1: see {pasted}doctor`."])
    finally:
        output.speak(output.Manner())


def test_help_shows_the_commands_in_the_order_of_work(world: CommandWorld) -> None:
    told = world.run("--help").out.partition(" Begin ")[2]
    places = [
        told.index(f"│ {word} ")
        for word in ("init", "doctor", "product", "watch", "triage", "evidence", "insight", "mock")
    ]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("shell", "variables"),
    [
        ("bash", {"COMP_WORDS": "fairreview appeal preview ", "COMP_CWORD": "3"}),
        ("zsh", {"_TYPER_COMPLETE_ARGS": "fairreview appeal preview "}),
        ("fish", {"_TYPER_COMPLETE_ARGS": "fairreview appeal preview ", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}),
        ("powershell", {"_TYPER_COMPLETE_ARGS": "fairreview appeal preview ", "_TYPER_COMPLETE_WORD_TO_COMPLETE": ""}),
    ],
)
def test_every_shell_is_offered_the_ids_that_are_stored(
    world: CommandWorld, shell: str, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("_FAIRREVIEW_COMPLETE", f"complete_{shell}")
    assert world.newest().id[-6:] in world.run().out


def test_tab_says_nothing_where_there_is_no_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRREVIEW_HOME", str(tmp_path))
    context = SimpleNamespace(find_root=lambda: SimpleNamespace(params={}))
    assert complete_review(cast("Any", context), "") == complete_appeal(cast("Any", context), "") == []
