"""``support mail`` and ``support reply``: the seller's own mail server, and replies that come as files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from evidence_store.digests import Digest
from monitor.bootstrap import Installation
from monitor.cli import asking, output
from monitor.cli.law import find_case
from monitor.cli.options import AccountOption, JsonOption, chosen_accounts, installation_of
from monitor.cli.support import keep, say_kept, support_app
from monitor.closed_lists.contact_kinds import Direction, Way
from monitor.custody.notes import require_case
from monitor.errors import SettingsError, UsageError
from monitor.files.private import read_plain
from monitor.language import gettext as _
from monitor.language import tell_number
from monitor.language.days import tell_moment
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
        raise SettingsError(_("nobody can be asked for the password here"), hint=_("Run the command at a terminal."))
    password = str(asking.prompt(_("App password of the mail server"), hide_input=True)).strip()
    installation.redactor.add(password, "mail")
    installation.secrets.save(_PASSWORD, password.encode())
    output.say(_("Kept. Server, user and sender stand under [mail] in config.toml."))


def server_of(installation: Installation) -> MailServer:
    """Returns the seller's mail server with its password.

    Raises:
        SettingsError: a part of it is not set.
    """
    mail = installation.settings.mail
    empty = [name for name in ("host", "sender") if not getattr(mail, name)]
    if empty:
        raise SettingsError(
            _("{empty} of your mail server is not set").format(empty=", ".join(empty)),
            where="[mail]",
            hint=_("Write it in config.toml, or save the letter: `fairreview support letter save LETTER --out FILE`."),
        )
    found = installation.secrets.load(_PASSWORD)
    if found is None:
        raise SettingsError(
            _("the mail server's app password is not kept"),
            where="[mail]",
            hint=_("`fairreview support mail set` keeps it."),
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
    _require_small(file)
    data = read_plain(file, max_bytes=LARGEST)
    found = read_reply(data)
    case = find_case(installation, review, account) if review else _match(installation, found, account)
    digest = Digest.of(data).hex
    is_another = _is_another(installation, case, found, digest)
    attached = "".join(f"\n[вложение не открыто: {one.name}, {one.size} байт]" for one in found.attached)
    now = installation.clock.now()
    undated = _undated(found, now)
    new = NewContact(
        way=Way.MAIL,
        direction=Direction.IN,
        happened_at=now if undated or found.sent_at is None else found.sent_at,
        text=f"{found.subject}\n\n{found.text}{attached}{undated}{_ANOTHER if is_another else ''}"[:20_000],
        address=f"{found.sender} (по заголовку письма)"[:300],
        source="mail",
        source_id=f"{found.message_id} {digest}" if is_another else found.message_id,
    )
    stored = keep(installation, case, new, [file], also="mail")
    if not as_json:
        at = tell_moment(stored.happened_at, installation.settings.installation.zone)
        output.print_text(f"{_('from')}: {stored.address}\n{_('at')}: {at}{undated}")
    say_kept(installation, case, stored, is_silent=True, as_json=as_json)


def _undated(found: Reply, now: datetime) -> str:
    """Returns the words for a letter whose own date tells nothing: it stands at the moment of its filing then."""
    if found.sent_at is not None and found.sent_at <= now:
        return ""
    said = f"в будущем: {found.sent_at:%d.%m.%Y %H:%M %z}" if found.sent_at else "не читается"
    return f"\n[дата в письме {said}; записан час подачи]"


def _require_small(file: Path) -> None:
    if file.is_file() and file.stat().st_size > LARGEST:
        raise UsageError(
            _("the letter is larger than {largest} bytes").format(largest=tell_number(LARGEST)),
            field="file",
            hint=_(
                "Save it without its attachments and file that; then seal the attachments: `fairreview support note "
                'REVIEW --way mail --direction in --text "…" --file ATTACHMENT`.'
            ),
        )


def _match(installation: Installation, found: Reply, account: str | None) -> CaseRecord:
    names = [section.name for section in chosen_accounts(installation.settings, account)]
    with installation.state.read() as tx:
        letters = [one for name in names for one in tx.letters.of_account(name)]
        known = {one.id for name in names for one in tx.cases.all(name)}
    cases = {one.case_id for one in letters if one.message_id in found.answers} or (set(found.cases) & known)
    if len(cases) != 1:
        raise UsageError(
            _("the reply names no letter or case of yours, or several"), field="review", hint=_("Say whose it is.")
        )
    return require_case(installation.state, cases.pop())


_ANOTHER = "\n[под этим же Message-ID раньше подшито другое письмо]"


def _is_another(installation: Installation, case: CaseRecord, found: Reply, digest: str) -> bool:
    """Whether another letter under this Message-ID is filed already: who writes one is free in it.

    Raises:
        UsageError: this very letter is filed already, or it is one of our own.
    """
    with installation.state.read() as tx:
        filed = [
            one
            for one in tx.contacts.of_account(case.account_id)
            if one.source == "mail" and one.source_id.startswith(found.message_id)
        ]
        is_ours = any(one.message_id == found.message_id for one in tx.letters.of_account(case.account_id))
    if is_ours:
        raise UsageError(
            _("this is your own letter and no reply"), field="file", hint=_("Save the reply that came to it.")
        )
    if any(digest in str(one.files) for one in filed):
        raise UsageError(
            _("this reply is filed already"), field="file", hint=_("`fairreview support search WORDS` finds it.")
        )
    return bool(filed)
