"""``support letter``: letters to the platform by template, approved by hash, sent once or saved as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from evidence_store.docx_page import write_docx
from monitor.bootstrap import Installation
from monitor.cli import output
from monitor.cli.appeals import HashOption, confirm
from monitor.cli.exits import ExitCode
from monitor.cli.law import CaseArgument, find_case
from monitor.cli.options import AccountOption, JsonOption, chosen_accounts, installation_of
from monitor.cli.support import support_app
from monitor.cli.support_mail import server_of
from monitor.contact_kinds import LetterState
from monitor.custody.notes import person_of
from monitor.custody.own_files import add_own_evidence
from monitor.errors import PrintingFailed, UsageError
from monitor.outgoing.bundle_printing import print_page
from monitor.outgoing.matter_of_case import gather_matter
from monitor.private_files import make_private_directory, write_private
from monitor.short_names import is_named_by
from monitor.state.letters import LetterRecord
from monitor.support.contact_words import LETTERS
from monitor.support.letter_text import QUESTIONS, Template, draw_letter, subject_of, write_letter_text
from monitor.support.letters import files_of, tell_letter_step
from monitor.use_cases import letters as use_cases
from monitor.use_cases.support_models import Letter

letter_app = typer.Typer(help="Letters to the platform: each sent once, after your approval.", no_args_is_help=True)
support_app.add_typer(letter_app, name="letter")

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
    _print(installation, letter, as_json=as_json, missing=() if text else missing)


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
    rows = ((one.id, one.review_id, one.to_address, LETTERS[one.state].word, one.answer) for one in found)
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
    found = _find(installation, letter, account)
    if out is not None:
        _write(installation, found, out)
    _print(installation, found, as_json=as_json)


@letter_app.command("approve")
def approve(
    context: typer.Context, *, letter: LetterArgument, letter_hash: HashOption = None, account: AccountOption = None
) -> None:
    """Approve exactly the letter that `show` shows. Nothing is sent.

    Example: fairreview support letter approve letter_9f2c
    """
    installation = installation_of(context)
    found = _find(installation, letter, account)
    if letter_hash is None:
        _print(installation, found, as_json=False)
        confirm("Approve exactly this letter?", hint=tell_letter_step(found))
    shown = letter_hash or found.letter_hash
    moved = use_cases.approve(installation.state, found.id, shown, actor=person_of(installation.settings))
    output.say(f"Approved. {tell_letter_step(moved)}", style="green")


@letter_app.command("send")
def send(context: typer.Context, *, letter: LetterArgument, account: AccountOption = None) -> None:
    """Send an approved letter once, through your own mail server.

    Exit code 8 means that it went out and nobody knows whether the server took it: it is never sent again by itself.

    Example: fairreview support letter send letter_9f2c
    """
    installation = installation_of(context)
    found = _find(installation, letter, account)
    mail = installation.settings.mail
    server = server_of(installation)
    moved = use_cases.send_letter(installation.state, installation.artifacts, found, server, sender=mail.sender)
    is_taken = moved.state is LetterState.SENT
    output.say(f"{LETTERS[moved.state].title}: {moved.answer}", style="green" if is_taken else "bold red")
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
    if out.exists() or out.suffix.lower() != ".eml":
        raise UsageError("not a new file that ends in .eml", field="out", hint="Choose a new name.")
    installation = installation_of(context)
    found = _find(installation, letter, account)
    sender = installation.settings.mail.sender or installation.settings.operator.email
    if not sender:
        raise UsageError("the letter has no sender", field="letter", hint="Write sender under [mail] in config.toml.")
    data = use_cases.as_eml(installation.artifacts, found, sender, installation.clock.now())
    moved = use_cases.save(installation.state, found.id, actor=person_of(installation.settings))
    write_private(out, data)
    output.say(f"Written: {out}. {tell_letter_step(moved)}")


@letter_app.command("settle")
def settle(context: typer.Context, *, account: AccountOption = None) -> None:
    """Say what became of letters whose command died: what was not handed over never left, the rest is unknown.

    Example: fairreview support letter settle
    """
    installation = installation_of(context)
    for section in chosen_accounts(installation.settings, account):
        for one in use_cases.settle_dead(installation.state, section.name):
            output.print_text(f"{one.id}: {LETTERS[one.state].title}")
            output.say(tell_letter_step(one))


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
    found = _find(installation, letter, account)
    moved = use_cases.resolve(
        installation.state, found.id, was_sent=sent, note=note, actor=person_of(installation.settings)
    )
    output.say(f"{LETTERS[moved.state].title}. {tell_letter_step(moved)}")


def _all(installation: Installation, account: str | None) -> list[LetterRecord]:
    with installation.state.read() as tx:
        sections = chosen_accounts(installation.settings, account)
        return [one for section in sections for one in tx.letters.of_account(section.name)]


def _find(installation: Installation, text: str, account: str | None) -> LetterRecord:
    found = [one for one in _all(installation, account) if is_named_by(one.id, text)]
    if len(found) != 1:
        raise UsageError(
            f"{len(found) or 'no'} letters are named {text[:80]!r}",
            field="letter",
            hint="`fairreview support letter list` has the ids.",
        )
    return found[0]


def _write(installation: Installation, letter: LetterRecord, out: Path) -> None:
    if out.exists():
        raise UsageError("there is something under this name already", field="out", hint="Choose a new name.")
    html = draw_letter(letter.subject, letter.to_address, letter.text)
    data = html.encode("utf-8", "backslashreplace")
    now = installation.clock.now().astimezone(ZoneInfo(installation.settings.installation.zone))
    files = {"pismo.html": data, "pismo.docx": write_docx(data.decode(), title=letter.subject, made_at=now)}
    try:
        files["pismo.pdf"] = print_page(installation.settings.browser, html)
    except PrintingFailed:
        output.say("No PDF was printed: `fairreview doctor` tells why no browser starts.", style="yellow")
    use_cases.note_papers(installation.state, letter, files, actor=person_of(installation.settings))
    make_private_directory(out)
    for name, body in files.items():
        write_private(out / name, body)
    output.say(f"Written: {out}")


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


def _print(installation: Installation, letter: LetterRecord, *, as_json: bool, missing: tuple[str, ...] = ()) -> None:
    if as_json:
        output.print_json(_told(installation, letter, missing))
        return
    output.print_text(f"{letter.id}: {LETTERS[letter.state].word}\nКому: {letter.to_address}\nТема: {letter.subject}\n")
    output.print_text(letter.text)
    for number, one in enumerate(files_of(letter), 1):
        output.print_text(f"прил. {number}: {one.name}, sha256 {one.sha256}")
    output.print_text(f"хеш одобрения: {letter.letter_hash}")
    for what in missing:
        output.say(f"  не установлено: {what}", style="yellow")
    output.say(tell_letter_step(letter))
