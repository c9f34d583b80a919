"""Every command's listing in the encodings of a Russian Windows and at three widths: none fails, no word is broken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import cycle

import pytest
from rich.cells import cell_len

from monitor.cli import command_tree
from monitor.cli.reference import walk_commands
from monitor.secrets import open_store
from tests import command_world
from tests.appeal_world import fast_folder
from tests.command_world import ORDER, CommandWorld, forget_home, make_home, open_home, patched
from tests.quick_secrets import create_quick_store
from tests.site_in_memory import new_site

TEXT = "Продавец — дебил 👎 и мошенник… «нет», ★☆ за 3\u202f000 ₽ → не берите; 中 é"
ENCODINGS = ("utf-8", "cp1251", "cp866", "ascii")
WIDTHS = (40, 80, 120)
SHOWN = (
    ("reviews", "list"), ("reviews", "show", "r1"), ("case", "list"), ("case", "show", "r1"), ("triage",),
    ("triage", "--text", TEXT, "--stars", "1", "--letter"), ("appeal", "status"), ("appeal", "status", "APPEAL"),
    ("appeal", "preview", "APPEAL"), ("log",), ("health",), ("plan",), ("plan", "--past"), ("session", "status"),
    ("source", "status"), ("notify", "status"), ("home", "status"), ("rules", "list"), ("flow", "list"),
    ("insight", "show"), ("insight", "moves"), ("change", "list"), ("probe", "list"), ("evidence", "verify"),
    ("evidence", "checkpoint"), ("evidence", "purge", "--older-than", "30d"), ("evidence", "recover"),
    ("cluster", "status"), ("service", "status"), ("doctor", "--no-browser", "--details"),
    ("appeal", "answer", "show", "APPEAL"), ("change", "check", "nobody"),
    ("evidence", "continue", "no", "here"), ("backup", "restore", "nowhere", "--verify"), ("source", "check"),
)  # fmt: skip
_NOT_LISTED = {"poll", "capture", "record", "replay", "selectors check", "catalog check", "flow run"}
"""They start a browser or load one: tests of their own run them."""


def _further() -> list[tuple[str, ...]]:
    """Commands that print data and need nothing to be said: a new one is walked without being written down here."""
    return [
        tuple(path.split())
        for path, command in walk_commands("", command_tree())
        if any("--json" in each.opts for each in command.params)
        and not any(each.required for each in command.params)
        and path.strip() not in _NOT_LISTED
    ]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandWorld]:
    site = new_site()
    with pytest.MonkeyPatch.context() as patch, fast_folder(tmp_path_factory.mktemp("every")) as folder, patched(site):
        patch.setattr(command_world, "TEXT", TEXT)
        make_home(folder / "home", site.clock, reviews=3)
        create_quick_store(folder / "home" / "secrets", "a long passphrase")
        secrets = open_store(folder / "home" / "secrets", ask_passphrase=lambda: "a long passphrase")
        open_home(folder / "home", site.clock).__dict__["secrets"] = secrets
        made = CommandWorld(folder / "home", site)
        assert made.draft("r1", ORDER).code == 0
        yield made
        forget_home(folder / "home")


@pytest.mark.parametrize("command", [*SHOWN, *sorted(set(_further()) - set(SHOWN))], ids=" ".join)
def test_no_listing_fails_in_any_encoding_or_loses_a_word(
    world: CommandWorld, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = [world.newest().id if word == "APPEAL" else word for word in command]
    ids = {world.newest().id, world.newest().case_id, "r1"}
    words: dict[str, set[str]] = {}
    for encoding, width in zip(ENCODINGS, cycle(WIDTHS), strict=False):
        monkeypatch.setenv("COLUMNS", str(width))
        said = world.run(*typed, encoding=encoding)
        assert said.code not in {70, None}, said.err
        assert "fault of fairreview" not in said.err
        words[encoding] = set(said.out.split()) & ids
    assert len(set(map(frozenset, words.values()))) == 1


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("command", [("reviews", "list"), ("case", "list"), ("appeal", "status"), ("log",)])
def test_the_lines_of_a_list_stay_within_the_width(
    world: CommandWorld, command: tuple[str, ...], width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = world.run(*command, encoding="cp866").out.splitlines()
    assert lines
    for line in lines:
        longest = max(map(cell_len, line.split()), default=0)
        assert cell_len(line) <= width or longest > width // 2, line


def test_every_help_page_can_be_written_in_every_encoding(world: CommandWorld) -> None:
    pages = [path for path, _ in walk_commands("fairreview", command_tree())]
    assert len(pages) > 80
    for page, encoding in zip(pages, cycle(ENCODINGS), strict=False):
        said = world.run(*page.split()[1:], "--help", encoding=encoding)
        assert (said.code, said.err) == (0, ""), page


def test_every_command_that_lists_is_walked() -> None:
    assert {("insight", "show"), ("product", "list"), ("log",)} <= set(_further())


def test_machine_output_is_the_same_bytes_in_every_encoding(world: CommandWorld) -> None:
    told = [world.run("reviews", "list", "--json", encoding=encoding).out for encoding in ENCODINGS]
    assert len(set(told)) == 1
    assert json.loads(told[0].splitlines()[0])["text"] == TEXT
