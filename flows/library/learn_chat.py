"""Records the way through the bot's menu: a person presses, the labels of what is pressed are kept, nothing else.

No text that is written, no picture, no address: the labels of quick replies alone, in the order in which they were
pressed. Whatever the person sends is sent by the person.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import Error

from flows.capture.deadline import Deadline
from flows.library.chat_message import open_chat_page
from flows.pages.chat import QUICK_REPLIES
from flows.pages.pressing import is_hidden
from flows.workbench import account_tab

if TYPE_CHECKING:
    from flows.session import AccountWitness
    from flows.workbench import Workbench

_LOOK_SECONDS = 1.0
_LONGEST_LABEL = 200
_BACK = frozenset({"Назад", "Главное меню", "Back", "Main menu"})
_LISTEN = f"""
document.addEventListener("click", (event) => {{
  const chat = document.querySelector("[current-chat-id]");
  if (!chat || !event.isTrusted) return;
  const pressed = ({QUICK_REPLIES})(chat).find((one) => one.contains(event.target));
  if (pressed) window.noteQuickReply(pressed.innerText.trim());
}}, true);
"""


def learn_way(
    bench: Workbench,
    number: str,
    *,
    identity: str,
    state: bytes,
    expected: AccountWitness,
    limit_seconds: float,
    on_label: Callable[[str], None] = lambda _: None,
) -> tuple[str, ...]:
    """Opens a ticket in a visible window and notes what the person presses there, until the window is closed.

    Args:
        bench: Browser, site and budget.
        number: The ticket; it must be open.
        identity: Under which identity.
        state: Its session.
        expected: The account that must be signed in.
        limit_seconds: How long the person has.
        on_label: Told each label as it is noted.

    Returns:
        The labels in order; what led back is taken out together with what it undid.

    Raises:
        flows.errors.FormMismatch: the list shows no such ticket.
        flows.errors.WallMet, flows.errors.SignInRequired, flows.errors.WrongAccount: as their names say.
    """
    labels: list[str] = []

    def note(label: object) -> None:
        text = " ".join(str(label).split())[:_LONGEST_LABEL]
        if text:
            labels.append(text)
            on_label(text)

    with account_tab(bench, state) as tab:
        tab.page.expose_function("noteQuickReply", note)
        tab.page.add_init_script(_LISTEN)
        page = open_chat_page(tab, number, identity, expected)
        deadline = Deadline(limit_seconds)
        while not deadline.is_over and not tab.page.is_closed():
            try:
                # Waits for the window to be closed; events of the page are heard meanwhile.
                is_hidden(page.page.locator(":root"), min(_LOOK_SECONDS, deadline.seconds_left + 0.01))
            except Error:
                break
    return without_detours(labels)


def without_detours(labels: list[str]) -> tuple[str, ...]:
    """Takes out what was pressed and taken back. Pure."""
    way: list[str] = []
    for label in labels:
        if label in {"Главное меню", "Main menu"}:
            way.clear()
        elif label in _BACK:
            del way[-1:]
        else:
            way.append(label)
    return tuple(way)
