"""Bad input at the command line: a typed exit code, a word about the place, a next step, no traceback, no change."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from tests.e2e.installed import COMMAND, Installed, environment

USAGE: dict[str, tuple[str, ...]] = {
    "no command": (),
    "unknown command": ("nope",),
    "unknown option": ("poll", "--nope"),
    "missing value": ("poll", "--account"),
    "account with a path": ("poll", "--account", "../x"),
    "unknown account": ("poll", "--account", "other"),
    "impossible day": ("reviews", "list", "--since", "31.02.2026"),
    "word for a day": ("reviews", "list", "--since", "tomorrow"),
    "limit zero": ("reviews", "list", "--limit", "0"),
    "limit below zero": ("reviews", "list", "--limit", "-1"),
    "limit too large": ("reviews", "list", "--limit", "1000000000"),
    "limit not a number": ("reviews", "list", "--limit", "NaN"),
    "six stars": ("reviews", "list", "--stars", "6"),
    "unknown review": ("reviews", "show", "0000-nobody"),
    "empty review": ("reviews", "show", ""),
    "address without a review": ("reviews", "show", "https://www.ozon.ru/product/mug-1/"),
    "very long review": ("reviews", "show", "x" * 100_000),
    "surrogates in a review": ("reviews", "show", "\udcff\udcfe"),
    "unknown appeal": ("appeal", "approve", "appeal_nobody"),
    "unknown case": ("case", "show", "case_nobody"),
    "another site's address": ("appeal", "submit", "https://example.com/product/mug-1/?ruuid=abc"),
    "javascript address": ("appeal", "submit", "javascript://x/?ruuid=abc"),
    "address with a user": ("appeal", "submit", "http://www.localhost@example.com/product/mug-1/?ruuid=abc"),
    "nothing to judge": ("triage",),
    "eval without a file": ("triage", "eval"),
    "eval of a missing file": ("triage", "eval", "/nonexistent/labelled.jsonl"),
    "unknown scenario": ("mock", "serve", "--scenario", "nope"),
    "port out of range": ("mock", "serve", "--port", "65536"),
    "demo into a missing folder": ("demo", "--out", "/nonexistent/page.html"),
    "second init": ("init",),
}


def fingerprint(home: Path) -> str:
    """One digest of everything that a refused command must leave alone."""
    kept = [path for path in sorted(home.rglob("*")) if path.is_file() and path.parent.name not in {"logs", "runs"}]
    # The store and the seal of its watermark are written by whoever opens the store first.
    state = [path for path in kept if not path.name.startswith("state.sqlite3") and path.name != "seal"]
    return hashlib.sha256(b"".join(str(path).encode() + path.read_bytes() for path in state)).hexdigest()


@pytest.mark.parametrize("case", USAGE, ids=list(USAGE))
def test_bad_input_ends_with_usage_and_changes_nothing(shop: Installed, case: str) -> None:
    before = fingerprint(shop.home)

    done = shop.run(*USAGE[case])

    assert done.code == 2, done.err
    assert "Traceback" not in done.err + done.out
    assert done.err.strip() or done.out.strip()
    assert fingerprint(shop.home) == before
    assert shop.site.ledger.submits == []


def test_a_closed_reader_is_no_error(shop: Installed) -> None:
    pipeline = f"{COMMAND} --home {shop.home} --help | head -1"

    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {pipeline}"], capture_output=True, text=True, env=environment(), check=False
    )

    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_text_of_strangers_cannot_steer_the_terminal(shop: Installed) -> None:
    done = shop.run("triage", "--text", "плохо \x1b]52;c;AAAA\x07 \x1b[2J \u202e перевёрнуто дебил", "--stars", "1")

    assert done.code == 0
    assert not any(ord(char) < 32 and char not in "\n\t" for char in done.out)
    assert "\u202e" not in done.out


PLAIN = ("reviews", "list")
SURROUNDINGS: dict[str, tuple[dict[str, str | None], str]] = {
    "one column": ({"COLUMNS": "1"}, ""),
    "Turkish letters": ({"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}, ""),
    "ASCII only": ({"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0"}, ""),
    "no home": ({"HOME": None}, ""),
    "closed input": ({}, "<&-"),
    "deleted folder": ({}, "DELETED"),
}


@pytest.mark.parametrize("case", SURROUNDINGS, ids=list(SURROUNDINGS))
def test_odd_surroundings_change_nothing(shop: Installed, tmp_path: Path, case: str) -> None:
    changes, redirection = SURROUNDINGS[case]
    variables = {**environment(), **{name: value for name, value in changes.items() if value is not None}}
    for name in (name for name, value in changes.items() if value is None):
        variables.pop(name, None)
    (tmp_path / "gone").mkdir()
    leave = 'cd gone && rmdir "$PWD" && ' if redirection == "DELETED" else ""
    line = f"{leave}{COMMAND} --home {shop.home} {' '.join(PLAIN)} {redirection.replace('DELETED', '')}"

    done = subprocess.run(
        ["bash", "-c", line], capture_output=True, cwd=tmp_path, env=variables, timeout=60, check=False
    )

    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr


def test_a_full_disk_for_the_output_is_told(shop: Installed) -> None:
    line = f"{COMMAND} --home {shop.home} flow list > /dev/full"

    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, env=environment(), check=False)

    assert done.returncode in {3, 5}
    assert "Traceback" not in done.stderr
    assert "The disk is full" in done.stderr


def test_two_commands_at_once_both_end_well(shop: Installed) -> None:
    command = [str(COMMAND), "--home", str(shop.home), *PLAIN]
    started = [subprocess.Popen(command, stdin=subprocess.DEVNULL, env=environment()) for _ in range(2)]

    assert [child.wait(timeout=60) for child in started] == [0, 0]
