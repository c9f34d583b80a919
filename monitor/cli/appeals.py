"""``appeal``: draft, preview, approve, submit, status, follow, release. Nothing is sent without human approval."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor.appeals.conditions import require_filing_open
from monitor.appeals.machine import AppealState
from monitor.bootstrap import Installation
from monitor.cases.casework import Wishes, compose_payload, open_case_file
from monitor.cases.channel_terms import terms_of
from monitor.cases.early_checks import (
    check_wishes,
    find_early_refusal,
    require_approved,
    require_form_to_fill,
    require_something_to_send,
)
from monitor.cases.judging import judge_review
from monitor.cli import asking, output
from monitor.cli.appeal_views import (
    own_terms,
    print_appeals,
    say_next_step,
    say_until,
    say_when,
    show_appeal,
    show_steps,
)
from monitor.cli.application import app
from monitor.cli.completing import complete_appeal, complete_review
from monitor.cli.exits import ExitCode
from monitor.cli.lookup import find_appeal, find_review, review_id_of
from monitor.cli.options import (
    AccountOption,
    HashOption,
    HeadedOption,
    JsonOption,
    LimitOption,
    choose_account,
    chosen_accounts,
    installation_of,
    say_there_are_more,
)
from monitor.cli.visiting import leave_with, visit_runner
from monitor.config.sections import AccountSection
from monitor.custody.notes import person_of
from monitor.engine.visits import VisitDetails
from monitor.errors import NotApproved, SettingsError
from monitor.language import gettext as _
from monitor.language import in_language
from monitor.state.appeals import AppealRecord
from monitor.use_cases import appeals
from monitor.use_cases.appeals import Rewording
from monitor.visit_protocol import VisitKind
from monitor.watching.roster import read_roster

appeal_app = typer.Typer(help="Appeals: each sent once, after human approval.", no_args_is_help=True)
app.add_typer(appeal_app, name="appeal")

GroundOption = Annotated[str | None, typer.Option("--ground", help="Why: obscene, insult, personal_data, …")]
ChannelOption = Annotated[
    str | None, typer.Option("--channel", help="One of the site's channels; one that does not exist names them all.")
]
ReasonOption = Annotated[str | None, typer.Option("--reason", help="The site's option, exactly as its form shows it.")]
TextOption = Annotated[str | None, typer.Option("--text", help="The text; none takes a draft made from the case.")]
OrderOption = Annotated[str | None, typer.Option("--order", help="The order's number, for a channel that needs it.")]
AttachOption = Annotated[
    list[Path] | None, typer.Option("--attach", help="A file to attach, or the id of own evidence; repeatable.")
]
OtherItemOption = Annotated[
    bool, typer.Option("--other-item", help="The review is about another item of the card: appeal it all the same.")
]
AppealArgument = Annotated[
    str, typer.Argument(help="The appeal's short name or id, or its beginning.", autocompletion=complete_appeal)
]
ReviewArgument = Annotated[
    str,
    typer.Argument(help="The review's short name, id or its beginning, or address.", autocompletion=complete_review),
]


@appeal_app.command("draft")
def draft(  # one option a field of the form
    context: typer.Context,
    *,
    review: ReviewArgument,
    account: AccountOption = None,
    ground: GroundOption = None,
    channel: ChannelOption = None,
    reason: ReasonOption = None,
    text: TextOption = None,
    order: OrderOption = None,
    attach: AttachOption = None,
    other_item: OtherItemOption = False,
    as_json: JsonOption = False,
) -> None:
    """Draft an appeal: the verdict proposes ground, channel and text, your options win.

    Example: fairreview appeal draft 01a0e82c --ground insult
    """
    installation = installation_of(context)
    wishes = Wishes(ground, channel, reason, text, order, tuple(attach or ()), other_item)
    made = _draft(installation, choose_account_of(installation, review, account), review, wishes)
    show_appeal(installation.state, installation.settings, made, as_json=as_json)
    if not as_json:
        say_until(installation, made)


@appeal_app.command("preview")
def preview(
    context: typer.Context,
    *,
    appeal: AppealArgument,
    account: AccountOption = None,
    live: Annotated[
        bool, typer.Option("--live", help="Also fill the site's real form, gate closed. Attachments do upload then.")
    ] = False,
    headed: HeadedOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show exactly what would be sent. Nothing is sent.

    With --live, what the form's page tries to send by itself is stopped, kept and told; `probe confirm` lets it pass.

    Example: fairreview appeal preview appeal_9f2c
    """
    installation = installation_of(context)
    found = find_appeal(installation.state, installation.settings, appeal, account)
    show_appeal(installation.state, installation.settings, found, as_json=as_json)
    if not as_json:
        say_until(installation, found)
    if live:
        section = installation.settings.find_account(found.account_id)
        require_form_to_fill(installation, section, found)
        output.say(_("Filling the real form with the gate closed; attachments upload to the site."))
        details = VisitDetails(appeal_ids=[found.id], is_headed=headed)
        leave_with(visit_runner(installation).run(section, VisitKind.PREVIEW, details))


@appeal_app.command("approve")
def approve(
    context: typer.Context,
    *,
    appeal: AppealArgument,
    account: AccountOption = None,
    payload_hash: HashOption = None,
) -> None:
    """Approve exactly what the preview shows; a changed comma needs a new approval.

    Example: fairreview appeal approve appeal_9f2c
    """
    installation = installation_of(context)
    found = find_appeal(installation.state, installation.settings, appeal, account)
    terms = own_terms(installation, found)
    if found.state == AppealState.DRAFT:
        with installation.state.read() as tx:
            require_filing_open(tx, found, terms)
    if payload_hash is None and found.state == AppealState.DRAFT:
        show_appeal(installation.state, installation.settings, found, as_json=False)
        confirm(_("Approve exactly this?"), hint=f"`fairreview appeal approve {found.id} --hash {found.payload_hash}`")
    shown = found.payload_hash if payload_hash is None else payload_hash
    person = person_of(installation.settings)
    approved = appeals.approve(installation.state, found.id, shown, actor=person, terms=terms)
    output.say(_("Approved: {id}.").format(id=found.id), style="green")
    say_when(installation, approved)


@appeal_app.command("submit")
def submit(  # one option a field of the form
    context: typer.Context,
    *,
    target: Annotated[
        str | None, typer.Argument(help="An approved appeal, or a review's address; none sends all that are approved.")
    ] = None,
    account: AccountOption = None,
    ground: GroundOption = None,
    channel: ChannelOption = None,
    reason: ReasonOption = None,
    text: TextOption = None,
    order: OrderOption = None,
    attach: AttachOption = None,
    other_item: OtherItemOption = False,
    headed: HeadedOption = False,
) -> None:
    """Send approved appeals, each with one gesture. With a review's address: capture, preview, ask, send.

    Exit code 8 means that something went out and its outcome is not known: it is never sent again by itself.

    Example: fairreview appeal submit https://www.ozon.ru/product/mug-123/reviews?ruuid=… --ground insult
    """
    installation = installation_of(context)
    if target is not None and "://" in target:
        wishes = Wishes(ground, channel, reason, text, order, tuple(attach or ()), other_item)
        found = _one_off(
            installation, choose_account(installation.settings, installation.home, account), target, wishes
        )
        section, ids = installation.settings.find_account(found.account_id), [found.id]
    elif target is not None:
        found = find_appeal(installation.state, installation.settings, target, account)
        require_approved(installation, found)
        section, ids = installation.settings.find_account(found.account_id), [found.id]
        refusal = find_early_refusal(installation, section, found)
        if refusal is not None:
            raise refusal
    else:
        section, ids = choose_account(installation.settings, installation.home, account), []
        require_something_to_send(installation, section)
    leave_with(
        visit_runner(installation).run(section, VisitKind.SUBMIT, VisitDetails(appeal_ids=ids, is_headed=headed))
    )


@appeal_app.command("status")
def status(
    context: typer.Context,
    *,
    appeal: Annotated[str | None, typer.Argument(help="An appeal; none shows a list.")] = None,
    account: AccountOption = None,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
) -> None:
    """Show where the appeals made last stand: what we did, what the site says, what the public page shows.

    Example: fairreview appeal status
    """
    installation = installation_of(context)
    named = find_appeal(installation.state, installation.settings, appeal, account) if appeal is not None else None
    accounts = [section.name for section in chosen_accounts(installation.settings, account)]
    zone = installation.settings.installation.zone
    if named is not None:
        shown = appeals.show_appeal(installation.state, named.id, zone=zone)
        print_appeals(installation.state, [shown] if shown else [], as_json=as_json)
        if not as_json:
            show_steps(installation.state, installation.settings, named)
            say_next_step(installation, named)
        return
    found = appeals.list_appeals(installation.state, accounts, zone=zone, limit=limit)
    print_appeals(installation.state, found.rows, as_json=as_json)
    if found.has_more:
        say_there_are_more(limit)


@appeal_app.command("follow")
def follow(context: typer.Context, *, account: AccountOption = None, headed: HeadedOption = False) -> None:
    """Ask the site about everything that was sent: unknown outcomes, statuses, the public page.

    Example: fairreview appeal follow
    """
    installation = installation_of(context)
    section = choose_account(installation.settings, installation.home, account)
    leave_with(visit_runner(installation).run(section, VisitKind.FOLLOW, VisitDetails(is_headed=headed)))


@appeal_app.command("release")
def release(
    context: typer.Context,
    *,
    appeal: AppealArgument,
    account: AccountOption = None,
    note: Annotated[str, typer.Option("--note", help="Why you are sure that the site does not have it.")] = "",
) -> None:
    """Let an appeal that the site provably does not have be sent once more: a person's decision.

    Example: fairreview appeal release appeal_9f2c --note "not in my list"
    """
    installation = installation_of(context)
    found = find_appeal(installation.state, installation.settings, appeal, account)
    show_appeal(installation.state, installation.settings, found, as_json=False)
    show_steps(installation.state, installation.settings, found)
    if found.state == AppealState.ABSENT and found.is_open:
        confirm(_("The site does not have it. Approve one more attempt?"))
    wait = own_terms(installation, found).change_of_mind
    fresh = appeals.release(
        installation.state, found.id, found.payload_hash, actor=person_of(installation.settings), note=note, wait=wait
    )
    output.say(
        _("Approved as attempt {generation}: {id}").format(generation=fresh.generation, id=fresh.id), style="green"
    )
    say_when(installation, fresh)


@appeal_app.command("drop")
def drop(
    context: typer.Context,
    *,
    appeal: AppealArgument,
    account: AccountOption = None,
    why: Annotated[str, typer.Option("--why", help="Why it is dropped, for the log.")] = "dropped by a person",
) -> None:
    """Drop a draft or an approved appeal that was not sent.

    Example: fairreview appeal drop appeal_9f2c --why "the buyer corrected the review"
    """
    installation = installation_of(context)
    found = find_appeal(installation.state, installation.settings, appeal, account)
    appeals.drop(installation.state, found.id, actor=person_of(installation.settings), why=why)
    output.say(_("Dropped: {id}").format(id=found.id))


def choose_account_of(installation: Installation, review: str, account: str | None) -> AccountSection:
    """Returns the account that watches a review."""
    return installation.settings.find_account(
        find_review(installation.state, installation.settings, review, account).account_id
    )


def _draft(installation: Installation, account: AccountSection, review: str, wishes: Wishes) -> AppealRecord:
    found = find_review(installation.state, installation.settings, review, account.name)
    actor = person_of(installation.settings)
    with installation.state.read() as tx:
        case = tx.cases.of_review(account.name, found.review_id)
        verdict = tx.verdicts.newest(case.id) if case else None
    if case is None or verdict is None:
        case = judge_review(installation, account, found.review_id, actor=actor).case
    payload = compose_payload(
        installation,
        account,
        open_case_file(installation.state, installation.artifacts, account.name, found.review_id),
        wishes,
    )
    terms = terms_of(installation.site_of(account), payload.channel, settings=installation.settings, account=account)
    return appeals.prepare_draft(
        installation.state,
        case.id,
        payload,
        actor=actor,
        terms=terms,
        rewording=Rewording.BY_A_PERSON,
        word="another item of the card is meant" if wishes.is_other_item_meant else "",
    )


def _one_off(installation: Installation, account: AccountSection, address: str, wishes: Wishes) -> AppealRecord:
    """Reads and captures the review first, so that the proof exists before anything is asked of anybody."""
    review_id = review_id_of(address)
    site = installation.site_of(account)
    try:
        product = site.product_from_url(address)
    except ValueError as error:
        where, hint = "TARGET", _("Copy the address from {title}.").format(title=site.title)
        raise SettingsError(
            _("{given} is {problem}").format(given=address[:200], problem=in_language(error.args[0])),
            where=where,
            hint=hint,
        ) from error
    if product.sku not in read_roster(account, site).products:
        raise SettingsError(
            _("product {sku} is not one of this account's products").format(sku=product.sku),
            where=str(installation.home.config),
            hint=_("Add it to account.products; only your own products are worked on."),
        )
    check_wishes(installation, account, review_id, wishes)
    runner = visit_runner(installation)
    with installation.state.read() as tx:
        is_known = tx.reviews.get(account.name, review_id) is not None
    if not is_known:
        leave_with(runner.run(account, VisitKind.POLL, VisitDetails(skus=[product.sku])))
    leave_with(runner.run(account, VisitKind.CAPTURE, VisitDetails(review_ids=[review_id])))
    made = _draft(installation, account, review_id, wishes)
    show_appeal(installation.state, installation.settings, made, as_json=False)
    terms = own_terms(installation, made)
    with installation.state.read() as tx:
        require_filing_open(tx, made, terms)
    confirm(_("Send exactly this, once?"))
    appeals.approve(
        installation.state,
        made.id,
        made.payload_hash,
        actor=person_of(installation.settings),
        terms=terms,
        is_sent_now=True,
    )
    return made


def confirm(
    question: str,
    *,
    hint: str = _("Run this command at a terminal: only a person can say so."),
    refused: str = _("Nothing was sent."),
) -> None:
    """Asks the person at the terminal; leaves the command on a no.

    Args:
        question: What is asked.
        hint: What to do where there is no terminal.
        refused: What is said after a no.
    """
    if not sys.stdin.isatty():
        raise NotApproved(_("Cannot ask for confirmation: standard input is not a terminal."), hint=hint)
    if not asking.agrees(question):
        output.say(refused)
        raise typer.Exit(ExitCode.FINDINGS)
