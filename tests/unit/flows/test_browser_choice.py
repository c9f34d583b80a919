from __future__ import annotations

from pathlib import Path

import pytest

from flows.browser import BrowserChoice, BrowserOptions, candidates, open_browser, refuse_root, report_candidates
from flows.errors import BrowserMissing


def test_configured_path_is_the_only_candidate() -> None:
    path = Path("/opt/chromium")

    assert list(candidates(BrowserOptions(path=path))) == [BrowserChoice(label="configured path", path=str(path))]


def test_playwrights_own_build_is_tried_first() -> None:
    assert next(iter(candidates(BrowserOptions()))) == BrowserChoice(label="Playwright's build")


def test_root_gets_no_browser_unless_somebody_says_to_go_without_a_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("os.geteuid", lambda: 0)

    with pytest.raises(BrowserMissing, match="root") as refused, open_browser():
        pass
    with pytest.raises(BrowserMissing, match="root"):
        report_candidates()

    assert "FAIRREVIEW_BROWSER__SANDBOX=false" in refused.value.hint
    refuse_root(BrowserOptions(sandbox=False))


@pytest.mark.parametrize(("platform", "user"), [("linux", 1000), ("darwin", 0)])
def test_others_have_a_sandbox(monkeypatch: pytest.MonkeyPatch, platform: str, user: int) -> None:
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr("os.geteuid", lambda: user)

    refuse_root(BrowserOptions())


def test_missing_browser_names_the_candidate_and_its_failure(tmp_path: Path) -> None:
    options = BrowserOptions(path=tmp_path / "no-such-browser", sandbox=False)

    with pytest.raises(BrowserMissing, match=r"configured path: .*no-such-browser"), open_browser(options):
        pass


def test_a_window_without_a_screen_says_that_and_looks_for_no_other_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.browser.has_screen", lambda _: False)
    options = BrowserOptions(headless=False, sandbox=False, path=Path("/nowhere/no-such-browser"))
    with pytest.raises(BrowserMissing, match="needs a screen"), open_browser(options):
        pass
