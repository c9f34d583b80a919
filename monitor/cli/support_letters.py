"""``support letter``: letters to the platform by template, approved by hash, sent once or saved as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from evidence_store.docx_page import write_docx
from monitor.bootstrap import Installation
from monitor.cli import output
from monitor.cli.appeals import confirm
from monitor.cli.exits import ExitCode
from monitor.cli.law import CaseArgument, find_case
from monitor.cli.options import AccountOption, HashOption, JsonOption, chosen_accounts, installation_of
from monitor.cli.support import support_app
from monitor.cli.support_mail import server_of
from monitor.closed_lists.contact_kinds import LetterState, Way
from monitor.custody.notes import person_of
from monitor.custody.own_files import add_own_evidence
from monitor.errors import IllegalTransition, PrintingFailed, UnknownOutcome, UsageError
from monitor.files.private import make_private_directory, write_private
from monitor.files.targets import require_target
from monitor.language import RUSSIAN, spoken
from monitor.language import gettext as _
from monitor.language.short_names import is_named_by
from monitor.outgoing.bundle_printing import print_page
from monitor.outgoing.matter_of_case import gather_matter
from monitor.state.letters import LetterRecord
from monitor.support.contact_words import letter_words, tell_letter_answer
from monitor.support.letter_text import (
    QUESTIONS,
    SETTING_OF,
    Template,
    draw_letter,
    subject_of,
    write_letter_text,
)
from monitor.support.letters import files_of, name_letter_state, tell_letter_step
from monitor.use_cases import letters as use_cases
from monitor.use_cases.support_models import Letter

letter_app = typer.Typer(help="Letters to the platform: each sent once, after your approval.", no_args_is_help=True)
support_app.add_typer(letter_app, name="letter")

_SENDABLE = frozenset({LetterState.APPROVED, LetterState.INTENT, LetterState.RELEASED})
"""What a command may send; of what another one left under way, sending says first what became of it."""

LetterArgument = Annotated[str, typer.Argument(metavar="LETTER", help="The letter's id; `support letter list` has it.")]


@letter_app.command("draft")
def draft(
    context: typer.Context,
    *,
    review: CaseArgument,
    to: Annotated[str, typer.Option("--to", help="The address, as your cabinet shows it; the program knows none.")],
    template: Annotated[Template, typer.Option("--template", help="What it is for.")] = Template.COMPLAINT,
    question: Annotated[str | None, typer.Option("--question", help="The one question; the template's else.")] = None,
    text: Annotated[str | None, typer.Option("--text", help="Your own words instead of the template's.")] = None,
    files: Annotated[
        list[Path] | None, typer.Option("--file", help="Goes along as an exhibit, sealed first; repeatable.")
    ] = None,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a letter from the case: what happened, which rule, what is asked, one question, exhibits. Nothing is sent.

    Whatever is not known is said in the letter and named here.

    Example: fairreview support letter draft 01a0e8 --to support@example.com --file box.png
    """
    installation = installation_of(context)
    case, actor = find_case(installation, review, account), person_of(installation.settings)
    matter = gather_matter(installation, case)
    names = tuple(path.name for path in files or ())
    worded, missing = write_letter_text(template, matter, question=question or QUESTIONS[template], exhibits=names)
    taken = add_own_evidence(installation, case, files, note="приложение к письму") if files else ()
    new = use_cases.NewLetter(
        template=template.value,
        to_address=to,
        subject=subject_of(template, matter),
        text=text or worded,
        files=[use_cases.FileOfLetter(one.id, one.name, one.media_type, one.digest.hex) for one in taken],
        sender_domain=installation.settings.mail.sender.rpartition("@")[2],
    )
    letter = use_cases.draft_letter(installation.state, case, new, actor=actor)
    print_letter(installation, letter, as_json=as_json, missing=() if text else missing)


@letter_app.command("list")
def list_letters(context: typer.Context, *, account: AccountOption = None, as_json: JsonOption = False) -> None:
    """List the letters and where each stands.

    Example: fairreview support letter list
    """
    installation = installation_of(context)
    found = _all(installation, account)
    if as_json:
        output.print_lines(_told(installation, one, ()) for one in found)
        return
    rows = ((one.id, one.review_id, one.to_address, name_letter_state(one), _answer_of(one)) for one in found)
    output.print_table(("letter", "review", "to", "state", "answer"), rows)


@letter_app.command("show")
def show(
    context: typer.Context,
    *,
    letter: LetterArgument,
    out: Annotated[
        Path | None, typer.Option("--out", help="Also write it as page, .docx and PDF into a new folder.")
    ] = None,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a letter as it would be sent, with the hash that an approval is bound to.

    Example: fairreview support letter show letter_9f2c --out letter
    """
    installation = installation_of(context)
    found = find_letter(installation, letter, account)
    if out is not None:
        _write(installation, found, out)
    print_letter(installation, found, as_json=as_json)


@letter_app.command("approve")
def approve(
    context: typer.Context, *, letter: LetterArgument, letter_hash: HashOption = None, account: AccountOption = None
) -> None:
    """Approve exactly the letter that `show` shows. Nothing is sent.

    Example: fairreview support letter approve letter_9f2c
    """
    installation = installation_of(context)
    found = find_letter(installation, letter, account)
    if letter_hash is None:
        print_letter(installation, found, as_json=False)
        confirm(_("Approve exactly this letter?"), hint=tell_letter_step(found))
    shown = found.letter_hash if letter_hash is None else letter_hash
    moved = use_cases.approve(installation.state, found.id, shown, actor=person_of(installation.settings))
    output.say(_("Approved. {when}").format(when=tell_letter_step(moved)), style="green")


@letter_app.command("send")
def send(context: typer.Context, *, letter: LetterArgument, account: AccountOption = None) -> None:
    """Send an approved letter once, through your own mail server.

    Exit code 8 means that it went out and nobody knows whether the server took it: it is never sent again by itself.

    Example: fairreview support letter send letter_9f2c
    """
    installation = installation_of(context)
    found = find_letter(installation, letter, account)
    if found.way is Way.CHAT:
        raise UsageError(
            _("this goes into the chat"),
            field="letter",
            hint=_("`fairreview support chat send {id}`.").format(id=found.id),
        )
    if found.state is LetterState.UNKNOWN:
        raise UnknownOutcome(
            _("nobody knows whether the server took it, so it is not sent again"),
            where=found.id,
            hint=tell_letter_step(found),
        )
    if found.state not in _SENDABLE:
        raise IllegalTransition(
            _("the letter is {found}").format(found=name_letter_state(found)),
            where=found.id,
            hint=tell_letter_step(found),
        )
    mail = installation.settings.mail
    server = server_of(installation)
    moved = use_cases.send_letter(
        installation.state, installation.home, installation.artifacts, found, server, sender=mail.sender
    )
    is_taken = moved.state is LetterState.SENT
    output.say(f"{_title_of(moved)}: {_answer_of(moved)}", style="green" if is_taken else "bold red")
    output.say(tell_letter_step(moved))
    if moved.state is LetterState.UNKNOWN:
        raise typer.Exit(ExitCode.UNKNOWN_OUTCOME)
    if not is_taken:
        raise typer.Exit(ExitCode.FINDINGS)


@letter_app.command("save")
def save(
    context: typer.Context,
    *,
    letter: LetterArgument,
    out: Annotated[Path, typer.Option("--out", help="A new file that ends in .eml.")],
    account: AccountOption = None,
) -> None:
    """Write an approved letter as .eml, to send it yourself; the program does not send it any more.

    Example: fairreview support letter save letter_9f2c --out letter.eml
    """
    require_target(out, endings=(".eml",))
    installation = installation_of(context)
    found = find_letter(installation, letter, account)
    if found.way is Way.CHAT:
        raise UsageError(
            _("this goes into the chat"),
            field="letter",
            hint=_("`fairreview support chat send {id}`.").format(id=found.id),
        )
    sender = installation.settings.mail.sender or installation.settings.operator.email
    if not sender:
        raise UsageError(
            _("the letter has no sender"), field="letter", hint=_("Write sender under [mail] in config.toml.")
        )
    data = use_cases.as_eml(installation.artifacts, found, sender, installation.clock.now())
    moved = use_cases.save(installation.state, found.id, actor=person_of(installation.settings))
    write_private(out, data)
    output.say(_("Written: {out}. {when}").format(out=out, when=tell_letter_step(moved)))


@letter_app.command("settle")
def settle(context: typer.Context, *, account: AccountOption = None) -> None:
    """Say what became of letters whose command died: what was not handed over never left, the rest is unknown.

    Whatever is unknown from before is named again, with what can be done about it.

    Example: fairreview support letter settle
    """
    installation = installation_of(context)
    settled: list[LetterRecord] = []
    for section in chosen_accounts(installation.settings, account):
        settled += use_cases.settle_dead(installation.state, installation.home, section.name)
    known = {one.id for one in settled}
    unknown = [one for one in _all(installation, account) if one.state is LetterState.UNKNOWN and one.id not in known]
    for one in (*settled, *unknown):
        output.print_text(f"{one.id}: {_title_of(one)}")
        output.say(tell_letter_step(one))
    if not settled:
        output.say(_("No letter was under way: nothing had to be settled."))


@letter_app.command("drop")
def drop(
    context: typer.Context,
    *,
    letter: LetterArgument,
    why: Annotated[str, typer.Option("--why", help="Why it is dropped, for the log.")],
    account: AccountOption = None,
) -> None:
    """Drop a letter or a message for the chat that was not sent: it stays in the list and goes nowhere.

    Example: fairreview support letter drop message_9f2c --why "the number was mistyped"
    """
    installation = installation_of(context)
    found = find_letter(installation, letter, account)
    moved = use_cases.drop(installation.state, found.id, why=why, actor=person_of(installation.settings))
    output.say(f"{_title_of(moved)}. {tell_letter_step(moved)}")


@letter_app.command("resolve")
def resolve(
    context: typer.Context,
    *,
    letter: LetterArgument,
    sent: Annotated[bool, typer.Option("--sent/--not-sent", help="What you saw in your mailbox.")],
    note: Annotated[str, typer.Option("--note", help="How you know.")],
    account: AccountOption = None,
) -> None:
    """Say what became of a letter that is unknown or was saved: your word; not sent means to be approved anew.

    Example: fairreview support letter resolve letter_9f2c --sent --note "it lies in Sent, with the server's copy"
    """
    installation = installation_of(context)
    found = find_letter(installation, letter, account)
    moved = use_cases.resolve(
        installation.state, found.id, was_sent=sent, note=note, actor=person_of(installation.settings)
    )
    output.say(f"{_title_of(moved)}. {tell_letter_step(moved)}")


def _all(installation: Installation, account: str | None) -> list[LetterRecord]:
    with installation.state.read() as tx:
        sections = chosen_accounts(installation.settings, account)
        return [one for section in sections for one in tx.letters.of_account(section.name)]


def find_letter(installation: Installation, text: str, account: str | None) -> LetterRecord:
    """Returns the one letter or message that is named.

    Raises:
        UsageError: none is, or several are.
    """
    found = [one for one in _all(installation, account) if is_named_by(one.id, text)]
    if len(found) != 1:
        raise UsageError(
            _("{count} letters are named {text!r}").format(count=len(found) or _("no"), text=text[:80]),
            field="letter",
            hint=_("`fairreview support letter list` has the ids."),
        )
    return found[0]


def _title_of(letter: LetterRecord) -> str:
    return letter_words(letter.id, letter.state, letter.answer).title


def _answer_of(letter: LetterRecord) -> str:
    return tell_letter_answer(letter.answer, in_russian=spoken() == RUSSIAN)


def _write(installation: Installation, letter: LetterRecord, out: Path) -> None:
    require_target(out)
    html = draw_letter(letter.subject, letter.to_address, letter.text)
    data = html.encode("utf-8", "backslashreplace")
    now = installation.clock.now().astimezone(ZoneInfo(installation.settings.installation.zone))
    files = {"pismo.html": data, "pismo.docx": write_docx(data.decode(), title=letter.subject, made_at=now)}
    try:
        files["pismo.pdf"] = print_page(installation.settings.browser, html)
    except PrintingFailed:
        output.say(_("No PDF was printed: `fairreview doctor` tells why no browser starts."), style="yellow")
    use_cases.note_papers(installation.state, letter, files, actor=person_of(installation.settings))
    make_private_directory(out)
    for name, body in files.items():
        write_private(out / name, body)
    output.say(_("Written: {out}").format(out=out))


def _told(installation: Installation, letter: LetterRecord, missing: tuple[str, ...]) -> Letter:
    zone = ZoneInfo(installation.settings.installation.zone)
    return Letter(
        id=letter.id,
        account=letter.account_id,
        review_id=letter.review_id,
        to=letter.to_address,
        subject=letter.subject,
        text=letter.text,
        files=files_of(letter),
        message_id=letter.message_id,
        letter_hash=letter.letter_hash,
        state=letter.state,
        answer=letter.answer or None,
        released_at=letter.released_at.astimezone(zone) if letter.released_at else None,
        missing=missing,
        next_step=tell_letter_step(letter),
    )


def print_letter(
    installation: Installation, letter: LetterRecord, *, as_json: bool, missing: tuple[str, ...] = ()
) -> None:
    """Prints a letter or message as it would be sent, with what can be done next."""
    if as_json:
        output.print_json(_told(installation, letter, missing))
        return
    to = (
        f"Обращение №{letter.to_address}"
        if letter.way is Way.CHAT
        else f"Кому: {letter.to_address}\nТема: {letter.subject}"
    )
    output.print_text(f"{letter.id}: {name_letter_state(letter)}\n{to}\n")
    output.print_text(letter.text)
    for number, one in enumerate(files_of(letter), 1):
        output.print_text(f"прил. {number}: {one.name}, sha256 {one.sha256}")
    output.print_text(f"хеш одобрения: {letter.letter_hash}")
    for what in missing:
        setting = SETTING_OF.get(what)
        output.say(
            f"  не установлено: {what}" + (f" ([operator] {setting} в config.toml)" if setting else ""), style="yellow"
        )
    output.say(tell_letter_step(letter))
