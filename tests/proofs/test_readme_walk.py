"""A share of the proof of README's walk: the manners, what is found, and the commands that need no browser."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

import pytest

from monitor import language
from monitor.cli import command_tree
from tests.appeal_world import fast_folder
from tests.command_world import CommandWorld, forget_home, make_home, patched
from tests.messages.named_commands import fault_of, ways
from tests.proofs.readme_walk import ENCODINGS, LANGUAGES, PLACES, WIDTHS, Heard, Manner, manners, readme_commands
from tests.site_in_memory import new_site

HERE = ("reviews list", "plan", "health", "evidence verify", "triage", "appeal follow")
"""What is typed in this process, in every manner."""


def test_both_readmes_say_the_same_commands() -> None:
    english, russian = readme_commands("README.md"), readme_commands("README.ru.md")
    assert set(russian) <= set(english)
    assert set(english) - set(russian) <= {"triage --past", "…"}  # of what the demo printed
    assert len(russian) > 25


def test_every_command_of_readme_is_one() -> None:
    tree = command_tree()
    typed = [one for name in ("README.md", "README.ru.md") for one in readme_commands(name) if one != "…"]
    assert [(one, fault) for one in typed for words in ways(one) if (fault := fault_of(words, tree))] == []


def test_any_two_choices_of_a_manner_meet() -> None:
    met = {pair for one in manners() for pair in combinations((one.language, one.encoding, one.width, one.place), 2)}
    for first, second in combinations((LANGUAGES, ENCODINGS, WIDTHS, PLACES), 2):
        assert set(product(first, second)) <= met


@pytest.mark.parametrize(
    ("raw", "code", "fault"),
    [
        ("Отзыв снят.".encode("cp1251"), 0, ""),
        ("Отзыв снят.".encode(), 0, "lost letters"),
        (b"\x98", 0, "bytes that are not cp1251"),
        ("что-то ?? потеряно".encode("cp1251"), 0, "lost letters"),
        (b"", 70, "a fault of the program"),
        (b"Traceback (most recent call last):", 1, "a fault of the program"),
        (b"word " * 9, 0, "wider than 40"),
        (b"see `fairreview appeal submit appeal_9127b4db0984fa84` now", 0, ""),
        (b'origins = { www = "http://www.localhost:8080", seller = "http://seller.localhost:8080" }', 0, ""),
    ],
)
def test_what_is_wrong_with_an_output_is_found(raw: bytes, code: int, fault: str) -> None:
    found = list(Heard("x", code, raw, Manner("ru", "cp1251", 40, "xterm")).faults())
    assert [one.startswith(fault) for one in found[:1]] == ([True] if fault else [])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandWorld]:
    site = new_site()
    with fast_folder(tmp_path_factory.mktemp("walk")) as folder, patched(site):
        make_home(folder / "home", site.clock, reviews=2)
        yield CommandWorld(folder / "home", site)
        forget_home(folder / "home")


@pytest.mark.parametrize("manner", manners()[::5], ids=lambda one: f"{one.language}-{one.encoding}-{one.width}")
def test_what_needs_no_browser_is_readable(
    world: CommandWorld, manner: Manner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(manner.width))
    try:
        language.begin(manner.language)
        for typed in (one for one in readme_commands("README.md") if one.startswith(HERE)):
            said = world.run(*next(ways(typed)), encoding=manner.encoding)
            raw = (said.out + said.err).encode(manner.encoding)
            heard = Heard(typed, said.code or 0, raw, Manner(manner.language, manner.encoding, manner.width, "none"))
            assert list(heard.faults()) == [], heard.text
    finally:
        language.begin("en")
