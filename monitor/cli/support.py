"""``support``: the dialogue with the platform: note contacts, see whose turn it is, look for what was said."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from evidence_store.intake import Also
from monitor.bootstrap import Installation
from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.law import CaseArgument, find_case
from monitor.cli.lookup import short_reviews
from monitor.cli.moments import read_moment
from monitor.cli.options import AccountOption, JsonOption, chosen_accounts, installation_of
from monitor.cli.support_views import line_of, print_contacts, proposals_of, tell_turn_of
from monitor.closed_lists.contact_kinds import Direction, Saying, Speaker, Turn, Way, turn_after
from monitor.custody.notes import person_of
from monitor.custody.own_files import add_own_evidence
from monitor.errors import UsageError
from monitor.files.private import write_private
from monitor.files.targets import require_target
from monitor.language import gettext as _
from monitor.language.short_names import is_named_by
from monitor.outgoing.dialogue_paper import write_dialogue
from monitor.state.cases import CaseRecord
from monitor.state.contacts import ContactRecord
from monitor.support.contact_words import DIRECTIONS, SAYINGS, TURNS, WAYS
from monitor.support.noting import ContactFile, NewContact, check_contact
from monitor.support.sayings import tell_proposal
from monitor.use_cases.support import (
    judge_contact,
    list_dialogues,
    note_contact,
    require_known_ticket,
    search_contacts,
    strike_contact,
    tell_contact,
    tell_dialogue,
)

support_app = typer.Typer(
    help="The dialogue with the platform: chat, calls, mail, letters, and whose turn it is.", no_args_is_help=True
)
app.add_typer(support_app, name="support")

ContactArgument = Annotated[str, typer.Argument(metavar="CONTACT", help="The contact's id; `support show` has it.")]
TextOption = Annotated[str, typer.Option("--text", help="What was said or written.")]
NumberOption = Annotated[str, typer.Option("--number", help="The ticket's or call's number, as they gave it.")]
EarlierOption = Annotated[str, typer.Option("--continues", help="The number of the older ticket it goes on with.")]
WhoOption = Annotated[str, typer.Option("--who", help="The name that the other side gave.")]
SpeakerOption = Annotated[Speaker, typer.Option("--speaker", help="Who spoke for the platform.")]
SaysOption = Annotated[
    Saying | None, typer.Option("--says", help="What it says about the matter; a text only proposes it.")
]
TurnOption = Annotated[Turn | None, typer.Option("--turn", help="Whose turn it is now, where it does not follow.")]
PromisedOption = Annotated[str, typer.Option("--promised", help="What was promised.")]
UntilOption = Annotated[
    str | None, typer.Option("--until", help='Until when whoever has the turn is to act: "2026-12-03 12:00".')
]
AtOption = Annotated[str | None, typer.Option("--at", help='When it was: "2026-12-01 14:30"; now, where left out.')]
FileOption = Annotated[
    list[Path] | None,
    typer.Option("--file", help="A picture, PDF or text, sealed as own evidence; repeatable."),
]


class _Told(NamedTuple):
    """What the options of a contact say, whatever the way."""

    text: str
    number: str
    who: str
    speaker: Speaker
    says: Saying | None
    turn: Turn | None
    promised: str
    until: str | None
    at: str | None

    def contact(self, installation: Installation, way: Way, direction: Direction) -> NewContact:
        """Returns the contact; moments are read in the installation's zone."""
        zone = installation.settings.installation.zone
        return NewContact(
            way=way,
            direction=direction,
            happened_at=read_moment(self.at, zone, "at") or installation.clock.now(),
            text=self.text,
            speaker=self.speaker,
            number=self.number,
            who=self.who,
            says=self.says or Saying.NOTHING,
            turn=self.turn,
            promised=self.promised,
            due_at=read_moment(self.until, zone, "until", is_whole_day=True),
        )


@support_app.command("note")
def note(  # one option a field
    context: typer.Context,
    *,
    review: CaseArgument,
    way: Annotated[Way, typer.Option("--way", help="How.")],
    direction: Annotated[Direction, typer.Option("--direction", help="in: from them; out: from us.")],
    text: TextOption = "",
    number: NumberOption = "",
    earlier_number: EarlierOption = "",
    who: WhoOption = "",
    speaker: SpeakerOption = Speaker.UNKNOWN,
    address: Annotated[str, typer.Option("--address", help="Where: number or address as it was shown.")] = "",
    says: SaysOption = None,
    turn: TurnOption = None,
    promised: PromisedOption = "",
    until: UntilOption = None,
    at: AtOption = None,
    files: FileOption = None,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Note a contact with the platform, whatever the way: it joins the case's one timeline, its log and its bundle.

    Example: fairreview support note 01a0e8 --way chat --direction in --number 73712587 --says refused --text "Отказ"
    """
    installation = installation_of(context)
    case = find_case(installation, review, account)
    told = _Told(text, number, who, speaker, says, turn, promised, until, at)
    new = replace(told.contact(installation, way, direction), earlier_number=earlier_number, address=address)
    stored = keep(installation, case, new, files or ())
    say_kept(installation, case, stored, is_silent=says is None, as_json=as_json)


@support_app.command("call")
def call(  # one option a field
    context: typer.Context,
    *,
    review: CaseArgument,
    dialled: Annotated[str, typer.Option("--dialled", help="The telephone number, as the cabinet shows it.")] = "",
    minutes: Annotated[float | None, typer.Option("--minutes", help="How long it took.")] = None,
    text: TextOption = "",
    number: NumberOption = "",
    who: WhoOption = "",
    speaker: SpeakerOption = Speaker.PERSON,
    incoming: Annotated[bool, typer.Option("--incoming", help="They called.")] = False,
    says: SaysOption = None,
    turn: TurnOption = None,
    promised: PromisedOption = "",
    until: UntilOption = None,
    at: AtOption = None,
    files: FileOption = None,
    recording: Annotated[Path | None, typer.Option("--recording", help="A recording that you made yourself.")] = None,
    made: Annotated[
        str, typer.Option("--made", help="Of the recording: when, where, by whom, in which conditions.")
    ] = "",
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Log a telephone call: when, how long, with whom, what was promised and until when; a reminder comes at that time.

    The program never dials, records or transcribes. A recording that you bring is sealed; whether it may be used is a
    lawyer's question.

    Example: fairreview support call 01a0e8 --minutes 12 --who Мария --promised "проверят" --until "2026-12-03 12:00"
    """
    installation = installation_of(context)
    case = find_case(installation, review, account)
    _require_both(recording, made)
    if turn is None and (says or promised.strip() or until):  # both speak in a call, and theirs is the last word
        turn = turn_after(Direction.IN, says or Saying.NOTHING, has_promise=True)
    words = text or ("Звонок" if minutes is not None else "")
    told = _Told(words, number, who, speaker, says, turn, promised, until, at)
    new = replace(
        told.contact(installation, Way.CALL, Direction.IN if incoming else Direction.OUT),
        address=dialled,
        seconds=_seconds_of(minutes),
    )
    stored = keep(installation, case, new, files or (), recording=recording, made=made)
    say_kept(installation, case, stored, is_silent=says is None, as_json=as_json)
    if recording is not None and not as_json:
        output.say(_("The recording is sealed. Whether it may be used is a lawyer's question."), style="yellow")


@support_app.command("judge")
def judge(
    context: typer.Context,
    *,
    contact: ContactArgument,
    says: Annotated[Saying, typer.Option("--says", help="What it says about the matter.")],
    turn: TurnOption = None,
    account: AccountOption = None,
) -> None:
    """Say what an answer of the platform means: a text, or the program that read it, only proposes it.

    Example: fairreview support judge contact_9f2c41d07b3a5e68 --says refused
    """
    installation = installation_of(context)
    found = _find_contact(installation, contact, account)
    after = judge_contact(installation.state, found, says, turn, actor=person_of(installation.settings))
    output.say(f"{SAYINGS[says].title}. {TURNS[after].title}.")


@support_app.command("strike")
def strike(
    context: typer.Context,
    *,
    contact: ContactArgument,
    why: Annotated[str, typer.Option("--why", help="What is wrong with the entry.")],
    account: AccountOption = None,
) -> None:
    """Call an entry wrong: it stays in timeline and log, struck out, and counts no more.

    Example: fairreview support strike contact_9f2c41d07b3a5e68 --why "another case"
    """
    installation = installation_of(context)
    found = _find_contact(installation, contact, account)
    strike_contact(installation.state, found, why=why, actor=person_of(installation.settings))
    output.say(_("Struck out. Note the right one with `fairreview support note --help`."))


@support_app.command("list")
def list_open(
    context: typer.Context,
    *,
    turn: Annotated[Turn | None, typer.Option("--turn", help="Only those with this turn.")] = None,
    all_of_them: Annotated[bool, typer.Option("--all", help="Also those in which it is nobody's turn.")] = False,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the open dialogues and whose turn it is in each; what is overdue comes first.

    Example: fairreview support list --turn ours
    """
    installation = installation_of(context)
    accounts = [section.name for section in chosen_accounts(installation.settings, account)]
    zone = installation.settings.installation.zone
    found = list_dialogues(installation.state, accounts, zone=zone, turn=turn, closed=all_of_them)
    if as_json:
        output.print_lines(found)
        return
    names = short_reviews(installation.state, (one.review_id for one in found))
    columns = ("review", "item", "turn", f"until ({zone})", "waits for", "numbers", "promised")
    output.print_table(columns, ((names[one.review_id], *line_of(one)) for one in found))
    if not found:
        output.say(_("Nothing waits for an answer. `fairreview support list --all` shows what is over."))


@support_app.command("show")
def show(
    context: typer.Context,
    *,
    review: CaseArgument,
    html: Annotated[Path | None, typer.Option("--html", help="Also write the dialogue as one HTML file.")] = None,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the dialogue of a case: every contact in order, whose turn it is, until when.

    Example: fairreview support show 01a0e8 --html dialogue.html
    """
    installation = installation_of(context)
    case, zone = find_case(installation, review, account), installation.settings.installation.zone
    with installation.state.read() as tx:
        told = tell_dialogue(tx, case, zone=zone)
    if html is not None:
        require_target(html, field="html", endings=(".html", ".htm"), may_replace=True)
        page = write_dialogue(installation.state, case, zone)
        if not page:
            raise UsageError(
                _("there was no contact yet"), field="review", hint=_("`fairreview support note` notes one.")
            )
        write_private(html, page.encode("utf-8", "backslashreplace"))
        output.say(_("Written: {html}").format(html=html))
    if as_json:
        output.print_json(told)
        return
    output.print_text(told.item)
    print_contacts(told.contacts, zone)
    for proposal in proposals_of(told.contacts):
        output.say(proposal, style="yellow")
    output.print_text(tell_turn_of(told, zone))


@support_app.command("search")
def search(
    context: typer.Context,
    *,
    words: Annotated[str, typer.Argument(metavar="WORDS", help="Words, a number, a name; all must stand there.")],
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look for what was said: in texts, numbers, names, addresses, promises and names of files, of all cases.

    Example: fairreview support search "73712587"
    """
    installation = installation_of(context)
    accounts = [section.name for section in chosen_accounts(installation.settings, account)]
    zone = installation.settings.installation.zone
    found = search_contacts(installation.state, accounts, words, zone=zone)
    if as_json:
        output.print_lines(found)
        return
    print_contacts(found, zone, with_review=short_reviews(installation.state, (one.review_id for one in found)))
    output.say(_("{count} contacts").format(count=len(found)))


def _require_both(recording: Path | None, made: str) -> None:
    if (recording is None) != (not made.strip()):
        raise UsageError(
            _("a recording and the words on how it was made go together"),
            field="made",
            hint=_("Say when, where, by whom and in which conditions it was made."),
        )


def keep(
    installation: Installation,
    case: CaseRecord,
    new: NewContact,
    files: Sequence[Path],
    *,
    recording: Path | None = None,
    made: str = "",
    also: Also | None = None,
) -> ContactRecord:
    """Seals the files and stores the contact; a contact that is refused is refused before anything is sealed."""
    actor = person_of(installation.settings)
    check_contact(new, now=installation.clock.now(), has_files=bool(files or recording))
    with installation.state.read() as tx:
        require_known_ticket(tx, case, new)
    taken = list(add_own_evidence(installation, case, files, note=_note_of(new), also=also)) if files else []
    if recording is not None:
        how = f"запись разговора; как сделана: {made.strip()}; можно ли её использовать, решает юрист"
        taken += add_own_evidence(installation, case, [recording], note=how, also="sound")
    kept = tuple(ContactFile(id=one.id, name=one.name, sha256=one.digest.hex) for one in taken)
    return note_contact(installation.state, case, replace(new, files=kept), actor=actor)


def say_kept(
    installation: Installation, case: CaseRecord, stored: ContactRecord, *, is_silent: bool, as_json: bool
) -> None:
    """Prints what was stored, what its text may mean, and whose turn it is now."""
    zone = installation.settings.installation.zone
    if as_json:
        output.print_json(tell_contact(stored, zone=zone))
        return
    output.print_text(f"{stored.id}: {WAYS[stored.way].title}, {DIRECTIONS[stored.direction].word}")
    if is_silent and (proposal := tell_proposal(stored.id, stored.direction, stored.text)):
        output.say(proposal, style="yellow")
    with installation.state.read() as tx:
        output.print_text(tell_turn_of(tell_dialogue(tx, case, zone=zone), zone))


def _seconds_of(minutes: float | None) -> int | None:
    if minutes is None:
        return None
    if not math.isfinite(minutes):
        raise UsageError(_("a call takes up to a day"), field="minutes", hint=_("Write the minutes of this call."))
    return round(minutes * 60)


def _find_contact(installation: Installation, text: str, account: str | None) -> ContactRecord:
    with installation.state.read() as tx:
        found = [
            one
            for section in chosen_accounts(installation.settings, account)
            for one in tx.contacts.of_account(section.name)
            if is_named_by(one.id, text)
        ]
    if len(found) != 1:
        raise UsageError(
            _("{count} contacts are named {text!r}").format(count=len(found) or _("no"), text=text[:80]),
            field="contact",
            hint=_("`fairreview support show REVIEW` has the ids."),
        )
    return found[0]


def _note_of(new: NewContact) -> str:
    return f"{WAYS[new.way].word}, {DIRECTIONS[new.direction].word}" + (f", № {new.number}" if new.number else "")
