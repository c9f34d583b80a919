"""The language of a run changes no hash, no log entry, no state and no exit code: only what a person reads."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from flows.channels import FilingOrder
from flows.errors import AlreadyReported
from monitor import language
from tests.appeal_world import fast_folder
from tests.command_world import ORDER, CommandWorld, forget_home, make_home, patched
from tests.site_in_memory import FormInMemory, new_site

_NAME = re.compile(r"(?:sha256:)?[0-9a-f]{12,64}|\b(?:appeal|case|visit|approval)_[0-9a-f]+")
"""Ids are made by chance, and digests over them differ for that; what is hashed without ids does not."""


def live_through(folder: Path, spoken: str) -> tuple[list[int | None], str, list[str], str]:
    """Files one appeal, loses the answer of a second, meets another form at a third.

    Returns:
        Exit codes, the hash of what was approved, the log, and all words.
    """
    site = new_site()
    with fast_folder(folder) as fast, patched(site):
        try:
            language.begin(spoken)
            make_home(fast / "home", site.clock, reviews=3)
            world = CommandWorld(fast / "home", site)
            said = [world.draft("r1"), world.run("appeal", "approve", world.newest().id)]
            payload = world.newest().payload_hash
            said += [world.run("appeal", word, world.newest().id) for word in ("revoke", "approve", "submit", "status")]
            for review, mode in (("r2", "lost"), ("r3", "drift")):
                site.mode = mode
                said += [world.draft(review, ORDER), world.run("appeal", "approve", world.newest().id)]
                said += [world.run("appeal", "submit", world.newest().id), world.run("appeal", "follow")]
            said += [world.run("evidence", "verify"), world.run("case", "list"), world.run("poll", "--no-such")]
            entries = world.run("log", "--json").out.splitlines()
        finally:
            language.begin("en")
            forget_home(fast / "home")
    return [one.code for one in said], payload, list(map(plain, entries)), "".join(one.out + one.err for one in said)


def plain(line: str) -> str:
    """Returns a log entry without names that are made by chance."""
    entry = json.loads(line)
    del entry["digest"]
    return _NAME.sub("…", json.dumps(entry, ensure_ascii=False, sort_keys=True))


def test_log_hashes_states_and_exit_codes_are_the_same_in_both_languages(tmp_path: Path) -> None:
    for name in ("en", "ru"):
        (tmp_path / name).mkdir()
    english, russian = live_through(tmp_path / "en", "en"), live_through(tmp_path / "ru", "ru")
    assert russian[:3] == english[:3]
    assert len(english[2]) > 12
    assert "обращение" in russian[3]
    assert "обращение" not in english[3]


def test_a_log_that_follows_the_language_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: FormInMemory, order: FilingOrder) -> None:
        del order
        raise AlreadyReported(language.gettext("the review was appealed before"))

    monkeypatch.setattr(FormInMemory, "prepare", refuse)
    for name in ("en", "ru"):
        (tmp_path / name).mkdir()
    assert live_through(tmp_path / "en", "en")[2] != live_through(tmp_path / "ru", "ru")[2]
