"""The person signs in: here by a script in the same page, as fast as a person who knows the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.library.hand_over import hand_over_sign_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext

    from flows.session import AccountWitness
    from flows.workbench import Workbench
    from mock_site.server import MockSite

LOGIN = "+79000000001"


def person(bench: Workbench, mock: MockSite) -> Callable[[], bool]:
    """Types login and code into the open window, one step a look, and never gives up."""

    def act() -> bool:
        page = newest(bench).pages[0]
        if page.locator("#phone").count():
            page.locator("#phone").fill(LOGIN)
            page.get_by_role("button", name="Продолжить").click()
        elif page.locator("#code").count():
            page.locator("#code").fill(mock.code_for(LOGIN))
            page.get_by_role("button", name="Продолжить").click()
        return False

    return act


def newest(bench: Workbench) -> BrowserContext:
    return bench.browser.browser.contexts[-1]


def test_hand_over_is_confirmed_by_the_witness(mock: MockSite, bench: Workbench, owner: AccountWitness) -> None:
    done = hand_over_sign_in(
        bench, identity="site_profile", limit_seconds=30, expected=owner, is_cancelled=person(bench, mock)
    )

    assert done.signed_in is not None
    assert (done.end, done.signed_in.witness, done.signed_in.way) == ("confirmed", owner, "hand_over")


def test_hand_over_ends_when_its_time_is_over(bench: Workbench) -> None:
    done = hand_over_sign_in(bench, identity="site_profile", limit_seconds=0.5)

    assert (done.end, done.signed_in) == ("timeout", None)


def test_hand_over_ends_when_the_person_gives_up(bench: Workbench) -> None:
    done = hand_over_sign_in(bench, identity="site_profile", limit_seconds=30, is_cancelled=lambda: True)

    assert done.end == "cancelled"


def test_closing_the_window_is_giving_up(bench: Workbench) -> None:
    def close() -> bool:
        newest(bench).pages[0].close()
        return False

    done = hand_over_sign_in(bench, identity="site_profile", limit_seconds=30, is_cancelled=close)

    assert done.end == "cancelled"
