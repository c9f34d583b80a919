"""``support mail`` and ``support reply``: the seller's own mail server, and replies that come as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.bootstrap import Installation
from monitor.cli import asking, output
from monitor.cli.law import find_case
from monitor.cli.options import AccountOption, JsonOption, chosen_accounts, installation_of
from monitor.cli.support import keep, say_kept, support_app
from monitor.contact_kinds import Direction, Way
from monitor.custody.notes import require_case
from monitor.errors import SettingsError, UsageError
from monitor.private_files import read_plain
from monitor.state.cases import CaseRecord
from monitor.support.noting import NewContact
from monitor.support.replies import LARGEST, Reply, read_reply
from monitor.support.smtp import MailServer

mail_app = typer.Typer(help="Your own mail server, for letters.", no_args_is_help=True)
support_app.add_typer(mail_app, name="mail")

_PASSWORD = "mail/password"  # noqa: S105 - the name of a secret


@mail_app.command("set")
def set_password(context: typer.Context) -> None:
    """Keep the app password of your mail server; asked for, never given on the command line.

    Example: fairreview support mail set
    """
    installation = installation_of(context)
    if not asking.is_terminal():
        raise SettingsError("nobody can be asked for the password here", hint="Run the command at a terminal.")
    password = str(typer.prompt("App password of the mail server", hide_input=True, err=True)).strip()
    installation.redactor.add(password, "mail")
    installation.secrets.save(_PASSWORD, password.encode())
    output.say("Kept. Server, user and sender stand under [mail] in config.toml.")


def server_of(installation: Installation) -> MailServer:
    """Returns the seller's mail server with its password.

    Raises:
        SettingsError: a part of it is not set.
    """
    mail = installation.settings.mail
    empty = [name for name in ("host", "sender") if not getattr(mail, name)]
    if empty:
        raise SettingsError(
            f"{', '.join(empty)} of your mail server is not set",
            where="[mail]",
            hint="Write it in config.toml, or save the letter: `fairreview support letter save`.",
        )
    found = installation.secrets.load(_PASSWORD)
    if found is None:
        raise SettingsError(
            "the mail server's app password is not kept", where="[mail]", hint="`fairreview support mail set` keeps it."
        )
    password = found.value.decode()
    installation.redactor.add(password, "mail")
    return MailServer(mail.host, mail.port, mail.security, mail.user or mail.sender, password)


@support_app.command("reply")
def reply(
    context: typer.Context,
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE.eml", help="The reply, as your mail program saved it.")],
    review: Annotated[
        str | None, typer.Option("--review", help="Whose case, where neither letter nor case number tells it.")
    ] = None,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """File a reply by mail: sealed whole, its plain text read, its attachments never opened, its HTML never drawn.

    It is matched to its case by the letter it answers to, or by the case's number in its subject. Who it says to be
    from proves nothing. No mailbox is read.

    Example: fairreview support reply answer.eml
    """
    installation = installation_of(context)
    found = read_reply(read_plain(file, max_bytes=LARGEST))
    case = find_case(installation, review, account) if review else _match(installation, found, account)
    _refuse_twice(installation, case, found)
    attached = "".join(f"\n[вложение не открыто: {one.name}, {one.size} байт]" for one in found.attached)
    new = NewContact(
        way=Way.MAIL,
        direction=Direction.IN,
        happened_at=min(found.sent_at or installation.clock.now(), installation.clock.now()),
        text=f"{found.subject}\n\n{found.text}{attached}"[:20_000],
        address=f"{found.sender} (по заголовку письма)"[:300],
        source="mail",
        source_id=found.message_id,
    )
    stored = keep(installation, case, new, [file], also="mail")
    say_kept(installation, case, stored, is_silent=True, as_json=as_json)


def _match(installation: Installation, found: Reply, account: str | None) -> CaseRecord:
    names = [section.name for section in chosen_accounts(installation.settings, account)]
    with installation.state.read() as tx:
        letters = [one for name in names for one in tx.letters.of_account(name)]
        known = {one.id for name in names for one in tx.cases.all(name)}
    cases = {one.case_id for one in letters if one.message_id in found.answers} or (set(found.cases) & known)
    if len(cases) != 1:
        raise UsageError(
            "the reply names no letter or case of yours, or several", field="review", hint="Say whose it is."
        )
    return require_case(installation.state, cases.pop())


def _refuse_twice(installation: Installation, case: CaseRecord, found: Reply) -> None:
    with installation.state.read() as tx:
        if found.message_id in tx.contacts.sources(case.account_id, "mail"):
            raise UsageError("this reply is filed already", field="file", hint="`fairreview support search` finds it.")
