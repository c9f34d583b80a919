"""What a page may not do: ask, open, download or lead away without being noticed."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from starlette.responses import HTMLResponse, Response

from flows.errors import BrowserGone, ForeignOrigin, WallMet
from flows.library.sign_in import Credentials, sign_in
from flows.workbench import reading_tab
from tests.browser.conftest import workbench
from tests.browser.single_browser import single_browser

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psutil
    from playwright.sync_api import Browser, Playwright
    from starlette.requests import Request

    from flows.catalog import Site
    from flows.workbench import Workbench
    from mock_site.server import MockSite


def serve(mock: MockSite, path: str, body: str, **headers: str) -> str:
    def answer(_: Request) -> Response:
        return HTMLResponse(body, headers=headers)

    mock.set_route(path, answer)
    return mock.origins["www"] + path


def test_unknown_dialog_is_dismissed_and_recorded(mock: MockSite, bench: Workbench) -> None:
    url = serve(mock, "/ask", "<button onclick=\"document.title = String(confirm('Точно?'))\">Go</button>")

    with reading_tab(bench) as tab:
        tab.page.goto(url)
        tab.page.get_by_role("button").click()
        title, incidents = tab.page.title(), tab.guarded.incidents

    assert title == "false"
    assert [(incident.kind, incident.detail) for incident in incidents] == [("dialog", "confirm: Точно?")]


def test_pop_up_is_closed_and_recorded(mock: MockSite, bench: Workbench) -> None:
    url = serve(mock, "/open", "<button onclick=\"window.open('/')\">Go</button>")

    with reading_tab(bench) as tab:
        tab.page.goto(url)
        with tab.page.expect_popup() as popup:
            tab.page.get_by_role("button").click()
        if not popup.value.is_closed():
            popup.value.wait_for_event("close")
        pages, incidents = len(tab.guarded.context.pages), tab.guarded.incidents

    assert (pages, [incident.kind for incident in incidents]) == (1, ["popup"])


def test_download_is_refused_and_recorded(mock: MockSite, bench: Workbench) -> None:
    disposition = {"content-disposition": "attachment; filename=price.bin"}
    serve(mock, "/file", "data", **disposition)
    url = serve(mock, "/get", "<a href=/file>Go</a>")

    with reading_tab(bench) as tab:
        tab.page.goto(url)
        with tab.page.expect_download() as download:
            tab.page.get_by_role("link").click()
        assert download.value.failure() is not None
        incidents = tab.guarded.incidents

    assert [(incident.kind, incident.detail) for incident in incidents] == [("download", "price.bin")]


def test_page_that_leads_away_is_noticed(mock: MockSite, bench: Workbench) -> None:
    away = mock.origins["www"].replace("www.localhost", "127.0.0.1")
    url = serve(mock, "/away", f"<script>location.replace('{away}/')</script>")

    with reading_tab(bench) as tab:
        tab.page.goto(url)
        tab.page.wait_for_url(f"{away}/**")
        with pytest.raises(ForeignOrigin):
            tab.guarded.require_home(tab.page)


def test_login_is_never_typed_on_another_origin(mock: MockSite, bench: Workbench) -> None:
    origins = {**bench.site.origins, "sso": "https://sso.example.com"}
    elsewhere = dataclasses.replace(bench, site=bench.site.model_copy(update={"origins": origins}))
    credentials = Credentials(login="+79000000001", kind="phone")

    with pytest.raises(ForeignOrigin):
        sign_in(elsewhere, credentials, identity="seller_cabinet", ask_code=None)

    assert mock.ledger.count("/auth/*", "POST") == 0


@pytest.fixture
def mortal(
    playwright: Playwright, browser_type_launch_args: dict[str, Any], tmp_path: Path
) -> Iterator[tuple[Browser, psutil.Process]]:
    with single_browser(playwright, browser_type_launch_args, tmp_path) as found:
        yield found


def kill(process: psutil.Process, error: Exception | None = None) -> None:
    process.kill()
    process.wait()
    if error is not None:
        raise error


@pytest.mark.parametrize(("error", "met"), [(None, BrowserGone), (WallMet("a captcha", kind="captcha"), WallMet)])
def test_a_browser_that_dies_is_named_and_never_hides_what_went_wrong_first(
    site: Site, mortal: tuple[Browser, psutil.Process], error: Exception | None, met: type[Exception]
) -> None:
    browser, process = mortal
    with pytest.raises(met), reading_tab(workbench(browser, site)):
        kill(process, error)


def test_a_browser_that_is_dead_already_is_named(site: Site, mortal: tuple[Browser, psutil.Process]) -> None:
    browser, process = mortal
    kill(process)
    with pytest.raises(BrowserGone), reading_tab(workbench(browser, site)):
        pytest.fail("there is no browser")
