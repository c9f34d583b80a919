"""``support chat``: write into a ticket, read its answers, record the way through the bot's menu."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.bootstrap import Installation
from monitor.cli import output
from monitor.cli.law import CaseArgument, find_case
from monitor.cli.options import AccountOption, HeadedOption, JsonOption, choose_account, installation_of
from monitor.cli.support import support_app
from monitor.cli.support_letters import find_letter, print_letter
from monitor.cli.visiting import leave_with, visit_runner
from monitor.closed_lists.contact_kinds import LetterState, Way
from monitor.custody.notes import person_of
from monitor.custody.own_files import add_own_evidence
from monitor.engine.visits import VisitDetails
from monitor.errors import NotApproved, UsageError
from monitor.language import gettext as _
from monitor.support.chat import ChatFile
from monitor.support.chat_path import load_path, path_file
from monitor.support.letters import name_letter_state, tell_letter_step
from monitor.support.tickets import newest_ticket
from monitor.use_cases.letters import draft_message
from monitor.visit_protocol import VisitKind

chat_app = typer.Typer(help="The support's chat in the cabinet. Not verified on the live site.", no_args_is_help=True)
support_app.add_typer(chat_app, name="chat")

NumberOption = Annotated[
    str | None, typer.Option("--number", help="The ticket's number; the case's newest ticket, where left out.")
]


@chat_app.command("draft")
def draft(
    context: typer.Context,
    *,
    review: CaseArgument,
    text: Annotated[str, typer.Option("--text", help="What to write.")],
    number: NumberOption = None,
    files: Annotated[list[Path] | None, typer.Option("--file", help="Goes along, sealed first; repeatable.")] = None,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a message into an open ticket. Nothing is sent.

    A new ticket is opened by an appeal through the channel support_chat; its text and files are the first message.

    Example: fairreview support chat draft 01a0e8 --text "Фото упаковки приложено" --file box.png
    """
    installation = installation_of(context)
    case, actor = find_case(installation, review, account), person_of(installation.settings)
    ticket = number or _ticket_of(installation, case.account_id, case.id)
    note = f"приложение к сообщению, обращение {ticket}"
    taken = add_own_evidence(installation, case, files, note=note) if files else ()
    going = [ChatFile(one.id, one.name, one.media_type, one.digest.hex) for one in taken]
    message = draft_message(installation.state, case, ticket, text, going, actor=actor)
    print_letter(installation, message, as_json=as_json)


@chat_app.command("send")
def send(
    context: typer.Context,
    *,
    message: Annotated[
        str | None, typer.Argument(metavar="MESSAGE", help="The message's id; all that wait, where left out.")
    ] = None,
    account: AccountOption = None,
    headed: HeadedOption = False,
) -> None:
    """Send approved messages, each once, into the ticket whose number is read right before.

    Exit code 8 means that one went out and nobody knows whether the chat has it: it is never sent again by itself.

    Example: fairreview support chat send message_9f2c
    """
    installation = installation_of(context)
    ids: tuple[str, ...] = ()
    section = None
    if message is not None:
        found = find_letter(installation, message, account)
        if found.way is not Way.CHAT or found.state is not LetterState.APPROVED:
            raise NotApproved(
                _("it is {state}, so it is not sent into a chat").format(state=name_letter_state(found)),
                where=found.id,
                hint=tell_letter_step(found),
            )
        ids, section = (found.id,), installation.settings.find_account(found.account_id)
    chosen = section or choose_account(installation.settings, installation.home, account)
    details = VisitDetails(messages=ids, is_headed=headed)
    leave_with(visit_runner(installation).run(chosen, VisitKind.CHAT_SEND, details))


@chat_app.command("read")
def read(context: typer.Context, *, account: AccountOption = None, headed: HeadedOption = False) -> None:
    """Read the tickets as the cabinet shows them: answers join their cases, unknown messages are looked for.

    Example: fairreview support chat read
    """
    installation = installation_of(context)
    chosen = choose_account(installation.settings, installation.home, account)
    leave_with(visit_runner(installation).run(chosen, VisitKind.CHAT_READ, VisitDetails(is_headed=headed)))


@chat_app.command("follow")
def follow(context: typer.Context, *, account: AccountOption = None) -> None:
    """Read the answers through the official API, without a browser. It only reads, and only proposes what they mean.

    Chats with support were read with Premium by others in February 2026. Not verified on the live site.

    Example: fairreview support chat follow
    """
    installation = installation_of(context)
    chosen = choose_account(installation.settings, installation.home, account)
    leave_with(visit_runner(installation).run(chosen, VisitKind.CHAT_API))


@chat_app.command("learn")
def learn(
    context: typer.Context,
    *,
    number: Annotated[str, typer.Option("--number", help="An open ticket in which you press your way.")],
    account: AccountOption = None,
) -> None:
    """Record the way through the bot's menu: you press in a window, the labels alone are kept.

    They are followed in new tickets up to the first label that the bot does not offer.

    Example: fairreview support chat learn --number 73712587
    """
    installation = installation_of(context)
    chosen = choose_account(installation.settings, installation.home, account)
    details = VisitDetails(messages=(number.strip().removeprefix("№").strip(),), is_headed=True)
    leave_with(visit_runner(installation).run(chosen, VisitKind.CHAT_LEARN, details))


@support_app.command("buyer-chat")
def buyer_chat(
    context: typer.Context, *, review: CaseArgument, account: AccountOption = None, headed: HeadedOption = False
) -> None:
    """Take a picture of the review's chat with its buyer into the case, where the site itself leads to it.

    Nothing is written: the page stands behind a closed gate. A copy to hand on shows your own messages alone, without
    names and numbers. Not verified on the live site; opening a chat may count there as having read it.

    Example: fairreview support buyer-chat 01a0e8
    """
    installation = installation_of(context)
    case = find_case(installation, review, account)
    chosen = installation.settings.find_account(case.account_id)
    details = VisitDetails(review_ids=[case.review_id], is_headed=headed)
    leave_with(visit_runner(installation).run(chosen, VisitKind.BUYER_CHAT, details))


@chat_app.command("way")
def way(
    context: typer.Context,
    *,
    forget: Annotated[bool, typer.Option("--forget", help="Delete it; then text is written without a menu.")] = False,
    account: AccountOption = None,
) -> None:
    """Show the recorded way through the bot's menu, and where it lies.

    Example: fairreview support chat way
    """
    installation = installation_of(context)
    chosen = choose_account(installation.settings, installation.home, account)
    file = path_file(installation.home.root, chosen.name)
    if forget:
        file.unlink(missing_ok=True)
    found = load_path(installation.home.root, chosen.name)
    if not found.labels:
        output.say(_("No way is recorded yet: `fairreview support chat learn --number TICKET` records one."))
        return
    output.print_text(" → ".join(found.labels))
    output.say(str(file))


def _ticket_of(installation: Installation, account: str, case_id: str) -> str:
    with installation.state.read() as tx:
        number = newest_ticket(tx, account, case_id)
    if not number:
        raise UsageError(
            _("the case has no ticket in the chat yet"),
            field="number",
            hint=_("`fairreview appeal draft REVIEW --channel support_chat` opens one; or name its number."),
        )
    return number
