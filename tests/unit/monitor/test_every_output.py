"""Every command's listing in both languages, four encodings, at three widths, on a dumb terminal and none: none fails.

Each command takes four of the 48 combinations, the next one the next four: any two of the four choices meet often.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import combinations, cycle, product

import pytest
from rich.cells import cell_len

from monitor import language
from monitor.cli import command_tree
from monitor.cli.reference import walk_commands
from monitor.secrets.stores import open_store
from tests import command_world
from tests.appeal_world import fast_folder
from tests.command_world import ORDER, CommandWorld, forget_home, make_home, open_home, patched
from tests.quick_secrets import create_quick_store
from tests.site_in_memory import new_site

TEXT = "Продавец — дебил 👎 и мошенник… «нет», ★☆ за 3\u202f000 ₽ → не берите; 中 é"
ENCODINGS = ("utf-8", "cp1251", "cp866", "ascii")
WIDTHS = ("40", "80", "120")
CHOICES = [one for width, term, language in product(WIDTHS, ("dumb", "xterm"), ("en", "ru"))
           for one in [(language, encoding, width, term) for encoding in ENCODINGS]]  # fmt: skip
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
UNREADABLE = re.compile(r"\?\?|\ufffd|[РС][\u0402-\u040f\u0452-\u045f\u00a0-\u00bf]|╨|╤")
"""Lost letters, and UTF-8 that was read as a code page of Windows."""
_NOT_LISTED = {"doctor", "poll", "capture", "record", "replay", "selectors check", "catalog check", "flow run"}
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
        home = folder / "Мой дом № 1 & 50% + #2"
        make_home(home, site.clock, reviews=3)
        create_quick_store(home / "secrets", "a long passphrase")
        secrets = open_store(home / "secrets", ask_passphrase=lambda: "a long passphrase")
        open_home(home, site.clock).__dict__["secrets"] = secrets
        made = CommandWorld(home, site)
        assert made.draft("r1", ORDER).code == 0
        yield made
        forget_home(home)


WALKED = [*SHOWN, *sorted(set(_further()) - set(SHOWN))]


def choices_of(place: int) -> list[tuple[str, str, str, str]]:
    """Four of the combinations, each in another encoding and two in each language."""
    here = [CHOICES[(place * 4 + step * (len(ENCODINGS) + 1)) % len(CHOICES)] for step in range(4)]
    return [(language, ENCODINGS[step], *rest) for step, (language, _, *rest) in enumerate(here)]  # type: ignore[misc]


def is_broken(name: str, text: str) -> bool:
    """Whether a name stands in a text only when its lines are joined: then nobody can copy it."""
    return "".join(text.split()).count(name) > text.count(name)


@pytest.mark.parametrize("place", range(len(WALKED)), ids=lambda place: " ".join(WALKED[place]))
def test_no_listing_fails_or_loses_a_word(world: CommandWorld, place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = [world.newest().id if word == "APPEAL" else word for word in WALKED[place]]
    names = {world.newest().id, world.newest().case_id, world.newest().payload_hash}
    try:
        for spoken, encoding, width, term in choices_of(place):
            monkeypatch.setenv("COLUMNS", width)
            monkeypatch.setenv("TERM", term)
            language.begin(spoken)
            said = world.run(*typed, encoding=encoding)
            assert said.code not in {70, None}, said.err
            assert "fault of fairreview" not in said.err
            assert not UNREADABLE.search(said.out + said.err), (spoken, encoding, said.out, said.err)
            assert [name for name in names if is_broken(name, said.out)] == []
    finally:
        language.begin("en")


def test_any_two_choices_meet() -> None:
    met = {pair for place in range(len(WALKED)) for one in choices_of(place) for pair in combinations(one, 2)}
    assert met >= set(product(("en", "ru"), ENCODINGS)) | set(product(("en", "ru"), WIDTHS))
    assert met >= set(product(ENCODINGS, WIDTHS)) | set(product(ENCODINGS, ("dumb", "xterm")))
    assert met >= set(product(WIDTHS, ("dumb", "xterm"))) | set(product(("en", "ru"), ("dumb", "xterm")))


def test_columns_stand_under_their_heads_where_letters_are_spelt_out(
    world: CommandWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    language.begin("ru")
    try:
        head, first, *_ = world.run("reviews", "list", encoding="ascii").out.splitlines()
    finally:
        language.begin("en")
    assert head.startswith("otzyv")
    assert first.index("1", 3) == head.index("zv")


def test_a_broken_name_is_seen() -> None:
    assert is_broken("case_9091c6293b1a12e9", "case_9091c6\n293b1a12e9")
    assert not is_broken("case_9091c6293b1a12e9", "dossier\ncase_9091c6293b1a12e9")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("command", [("reviews", "list"), ("case", "list"), ("appeal", "status"), ("log",)])
def test_the_lines_of_a_list_stay_within_the_width(
    world: CommandWorld, command: tuple[str, ...], width: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    lines = world.run(*command, encoding="cp866").out.splitlines()
    assert lines
    for line in lines:
        longest = max(map(cell_len, line.split()), default=0)
        assert cell_len(line) <= int(width) or longest > int(width) // 2, line


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
