"""Diagnostics: one event is one line, whatever the text, and nothing secret is in it."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from loguru import logger

from monitor.errors import SettingsError
from monitor.logs import silence_logging, start_logging
from monitor.secrets.redaction import Redactor

HOSTILE = [
    'one\ntwo {"level": "ERROR"}',
    "carriage\rreturn",
    "line\u2028separator\u2029paragraph\x85next",
    "\x1b[2J\x1b]52;c;aGFjaw==\x07 escape",
    "\x9b31m control\x00null",
    "bidi \u202e\u2066 override",
    "braces {} {0} {extra[line]} {message}",
    "<red>markup</red> \\<level>",
    "lone \ud800 surrogate",
    "%s %(name)s",
]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "logs"
    silence_logging()


def events(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "fairreview.jsonl").read_text("ascii").splitlines()]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_in_one_line_and_is_kept(folder: Path, text: str) -> None:
    stop = start_logging(folder, redactor=Redactor())
    logger.bind(review=text).info(text)
    logger.info("next")
    stop()

    first, second = events(folder)
    assert (first["message"], first["review"], second["message"]) == (text, text, "next")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_a_person_reads_can_steer_the_terminal(folder: Path, text: str) -> None:
    stream = io.StringIO()
    stop = start_logging(folder, redactor=Redactor(), verbose_to=stream)
    logger.bind(sku=text).info(text)
    stop()

    shown = stream.getvalue()
    assert shown.count("\n") == 1
    assert all(character == "\n" or character.isprintable() for character in shown)


def test_secrets_are_taken_out_of_messages_fields_and_traces(folder: Path) -> None:
    redactor = Redactor()
    redactor.add("canary-1234", "password")
    stream = io.StringIO()
    stop = start_logging(folder, redactor=redactor, verbose_to=stream)
    try:
        int("bad canary-1234")
    except ValueError:
        logger.bind(problem="canary-1234", page="?token=abc123").exception("said canary-1234")
    stop()

    written = (folder / "fairreview.jsonl").read_text() + stream.getvalue()
    assert "canary-1234" not in written
    assert "abc123" not in written
    assert "bad [password hidden]" in str(events(folder)[0]["trace"])


def test_values_of_variables_are_not_in_a_trace(folder: Path) -> None:
    stop = start_logging(folder, redactor=Redactor())
    unknown_secret = "never-registered"  # noqa: F841
    try:
        int("bad")
    except ValueError:
        logger.exception("failed")
    stop()

    assert "never-registered'" not in str(events(folder)[0]["trace"])


def test_only_fields_on_the_list_are_written_and_the_others_are_named(folder: Path) -> None:
    stop = start_logging(folder, redactor=Redactor())
    logger.bind(account="shop", html="<p>", cookies=["x"]).info("read")
    stop()

    (event,) = events(folder)
    assert event["account"] == "shop"
    assert event["dropped"] == ["cookies", "html"]
    assert "<p>" not in json.dumps(event)


def test_long_values_are_cut(folder: Path) -> None:
    stop = start_logging(folder, redactor=Redactor())
    logger.bind(review="r" * 1_000_000).info("m" * 1_000_000)
    stop()

    assert (folder / "fairreview.jsonl").stat().st_size < 10_000


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_logs_are_for_their_owner_alone(folder: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        stop = start_logging(folder, redactor=Redactor())
        logger.info("x")
        stop()
    finally:
        os.umask(before)

    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "fairreview.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_link_in_the_place_of_the_log_is_not_followed(folder: Path, tmp_path: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / "fairreview.jsonl").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(SettingsError):
        start_logging(folder, redactor=Redactor())
    assert not (tmp_path / "elsewhere").exists()


def test_nothing_reaches_the_terminal_unasked(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    stop = start_logging(folder, redactor=Redactor())
    logger.error("x")
    stop()
    logger.error("after the end")

    assert capfd.readouterr() == ("", "")
