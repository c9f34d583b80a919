"""Every end has words: no errno, no name of a browser's error alone."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from playwright.sync_api import Error
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from flows.errors import BrowserGone, PageNotReady, SiteUnavailable
from flows.faults import translate
from monitor import language
from monitor.cli import main
from monitor.endings import end_of
from monitor.visit_protocol import EndKind


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.ENOENT, errno.EROFS, errno.EMFILE, errno.EIO])
def test_what_the_system_says_becomes_a_sentence_with_a_next_step(code: int) -> None:
    end = end_of(OSError(code, os.strerror(code), "/shop/state"))
    assert "Errno" not in end.message
    assert os.strerror(code) not in end.message
    assert (end.message.startswith("/shop/state: "), end.hint != "") == (True, True)


def test_a_full_disk_is_a_fault_of_storage_and_others_of_the_environment() -> None:
    kinds = [end_of(OSError(code, "")).kind for code in (errno.ENOSPC, errno.EDQUOT, errno.EACCES)]
    assert kinds == [EndKind.STORAGE, EndKind.STORAGE, EndKind.ENVIRONMENT]
    assert end_of(OSError(errno.ENOSPC, "No space left on device")).message == "The disk is full."


def test_an_error_that_nobody_has_words_for_keeps_the_system_s(tmp_path: Path) -> None:
    end = end_of(OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(tmp_path)))
    assert os.strerror(errno.EXDEV) in end.message


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("Page.goto: net::ERR_NAME_NOT_RESOLVED at https://www.ozon.ru/", SiteUnavailable, "there is no network"),
        ("Page.goto: net::ERR_CONNECTION_REFUSED at http://x", SiteUnavailable, "nobody answers"),
        ("Page.goto: net::ERR_CERT_DATE_INVALID at https://x", SiteUnavailable, "certificate"),
        ("Page.goto: net::ERR_HTTP2_PROTOCOL_ERROR at https://x", SiteUnavailable, "could not be loaded"),
        ("Page.goto: NS_ERROR_CONNECTION_REFUSED", SiteUnavailable, "nobody answers"),
        ("Locator.click: Target page, context or browser has been closed", BrowserGone, "ended by itself"),
    ],
)
def test_what_a_browser_says_becomes_a_sentence(text: str, kind: type[Exception], said: str) -> None:
    error = translate(Error(text), "the page")
    assert type(error) is kind
    assert said in str(error)
    assert "Page." not in str(error)
    assert "net::" not in str(error)


def test_a_wait_that_ended_says_how_long_it_was() -> None:
    error = translate(PlaywrightTimeout("Page.goto: Timeout 30000ms exceeded."), "the page")
    assert (type(error), str(error)) == (PageNotReady, "what was waited for did not come within 30 s")


def test_what_installs_completion_says_so_in_the_language_that_is_spoken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("typer._completion_shared.install", lambda shell: ("bash", f"/x/rc{shell or ''}"))
    monkeypatch.setattr("sys.argv", ["fairreview", "--lang", "ru", "--install-completion"])
    language.begin("ru")
    try:
        with pytest.raises(SystemExit) as left:
            main()
    finally:
        language.begin("en")
    assert not left.value.code
    said = capsys.readouterr()
    assert said.out + said.err == "Дополнение для bash: /x/rc; начнёт работать в следующем терминале.\n"
