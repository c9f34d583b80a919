from __future__ import annotations

from pathlib import Path

import pytest

from flows.browser import BrowserChoice, BrowserOptions, candidates, open_browser, wants_sandbox
from flows.errors import BrowserMissing


def test_configured_path_is_the_only_candidate() -> None:
    path = Path("/opt/chromium")

    assert list(candidates(BrowserOptions(path=path))) == [BrowserChoice(label="configured path", path=str(path))]


def test_playwrights_own_build_is_tried_first() -> None:
    assert next(iter(candidates(BrowserOptions()))) == BrowserChoice(label="Playwright's build")


def test_sandbox_can_be_forced_either_way() -> None:
    assert (wants_sandbox(BrowserOptions(sandbox=True)), wants_sandbox(BrowserOptions(sandbox=False))) == (True, False)


@pytest.mark.parametrize(("user", "wanted"), [(0, False), (1000, True)])
def test_only_root_goes_without_the_sandbox(monkeypatch: pytest.MonkeyPatch, user: int, wanted: bool) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("os.geteuid", lambda: user)

    assert wants_sandbox(BrowserOptions()) is wanted


def test_missing_browser_names_the_candidate_and_its_failure(tmp_path: Path) -> None:
    options = BrowserOptions(path=tmp_path / "no-such-browser")

    with pytest.raises(BrowserMissing, match=r"configured path: .*no-such-browser"), open_browser(options):
        pass
