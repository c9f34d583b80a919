from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from starlette.requests import Request

from flows.errors import FormMismatch
from flows.library.learn_chat import learn_way, without_detours
from flows.session import AccountWitness
from mock_site.pages.app import Handler
from mock_site.world.chats import PATH
from tests.browser.conftest import signed_in_state
from tests.browser.orders import negative_review, report_order
from tests.proofs.chat_faults import KINDS, TEXT, ChatRun, Kind

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from flows.workbench import Workbench
    from mock_site.server import MockSite

COMPANY = AccountWitness(name="ООО Пример")
SHARE = {
    "another chat at the press": ("B", ("not sent",)),
    "upload lost after its word": ("C", ("sent", "sent", "sent", "unknown")),
    "no menu": ("B", ("sent",)),
}
"""What an ordinary run shows of the kinds, each in one layout; `run.py prove chats` shows all in each.

A chat that drifts some time after it was read is not among them: a fast machine has sent by then, into the right one.
"""


@pytest.fixture
def chat_run(mock: MockSite, bench: Workbench, tmp_path: Path) -> ChatRun:
    return make_run(mock, bench, tmp_path)


def make_run(mock: MockSite, bench: Workbench, folder: Path) -> ChatRun:
    review = negative_review(mock)
    order = report_order(
        mock,
        review,
        channel="support_chat",
        identity="seller_cabinet",
        reason_label="",
        text=TEXT.format(review=review.uuid),
    )
    file = folder / "box.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    return ChatRun(mock, bench, signed_in_state(mock, site="seller"), COMPANY, order, file)


@pytest.mark.parametrize("kind", [one for one in KINDS if one.name in SHARE], ids=lambda kind: kind.name)
def test_a_fault_opens_no_second_ticket_and_says_nothing_into_another_chat(chat_run: ChatRun, kind: Kind) -> None:
    layout, ends = SHARE[kind.name]
    told = chat_run.run(kind, layout)
    assert told.violations() == []
    assert [one.partition(":")[0] for one in told.said][-len(ends) :][-1] == ends[-1]
    assert told.tickets == 1


def test_two_new_tickets_from_one_press_are_no_number(chat_run: ChatRun) -> None:
    world, account = chat_run.mock.world, chat_run.mock.world.accounts[0].guid

    def open_another(_: Request) -> None:
        world.chats.open(account, world.clock.now())

    chat_run.mock.set_route("/api/messenger/open", cast("Handler", open_another))
    told = chat_run.run(Kind("two at once"), "A")
    assert (told.opened, told.tickets, told.said) == ("unknown", 2, ())


def press_like_a_person(mock: MockSite, labels: Iterator[str]) -> Callable[[Locator, float], bool]:
    """Stands in place of the wait for the window's end: presses on, then closes it."""

    def press(root: Locator, seconds: float) -> bool:
        del seconds
        page, label = root.page, next(labels, None)
        if label is None:
            page.close()
            return False
        sent = len(mock.world.chats.opened[0].sent)
        page.locator("div[current-chat-id] > [style*='pointer']").filter(has_text=label).click()
        page.wait_for_function("n => document.querySelectorAll('[is-mine=mine]').length > n", arg=sent)
        page.wait_for_load_state()
        return False

    return press


def test_the_way_through_the_menu_is_recorded_by_its_labels_alone(
    mock: MockSite, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = mock.world.chats.open(mock.world.accounts[0].guid, mock.world.clock.now())
    pressed, heard = [*PATH[:2], "Назад", *PATH[1:]], list[str]()
    monkeypatch.setattr("flows.library.learn_chat.is_hidden", press_like_a_person(mock, iter(pressed)))
    state = signed_in_state(mock, site="seller")
    who = {"identity": "seller_cabinet", "state": state, "expected": COMPANY}
    labels = learn_way(bench, chat.number, **who, limit_seconds=60, on_label=heard.append)  # type: ignore[arg-type]
    assert labels == PATH
    assert heard == pressed


def test_a_detour_is_no_part_of_the_way() -> None:
    assert without_detours(["FBS", "Главное меню", "FBO", "А", "Назад", "Б"]) == ("FBO", "Б")


def test_a_ticket_that_the_list_does_not_show_is_not_taken_for_another_one(chat_run: ChatRun) -> None:
    account = chat_run.mock.world.accounts[0].guid
    chat_run.mock.world.chats.open(account, chat_run.mock.world.clock.now())
    with pytest.raises(FormMismatch, match="none of the 1 chats shows №79999999"):
        learn_way(
            chat_run.bench,
            "79999999",
            identity="seller_cabinet",
            state=chat_run.state,
            expected=COMPANY,
            limit_seconds=1,
        )
