"""``change``: what the seller did about complaints, and what may be said of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Annotated, cast
from zoneinfo import ZoneInfo

import typer

from monitor.cli import machine_output_insight as data
from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.insight import WordsOption, estimate_as_data, hits_as_data, read_words, say_marks
from monitor.cli.lookup import find_review, read_sku
from monitor.cli.options import AccountOption, JsonOption, choose_account, chosen_accounts, installation_of
from monitor.cli.reviews import start_of_day
from monitor.config.settings import Settings
from monitor.custody.notes import person_of
from monitor.errors import SettingsError
from monitor.insight.aspects import Lexicon, load_lexicon
from monitor.insight.changing import check as check_change
from monitor.insight.changing import move, note_change
from monitor.insight.effects import BeforeAfter
from monitor.insight.looks import Look, tell_afterwards
from monitor.insight.periods import Period
from monitor.language import gettext as _
from monitor.language.days import tell_day
from monitor.language.words import named
from monitor.state import State
from monitor.state.changes import ChangeRecord, ChangeState, ChangeStep
from monitor.state.repository import new_id

change_app = typer.Typer(help="What you changed because of reviews, and whether it helped.", no_args_is_help=True)
app.add_typer(change_app, name="change")

ChangeArgument = Annotated[str, typer.Argument(metavar="CHANGE", help="The change's id, or its beginning.")]


class Step(StrEnum):
    """Where a change can be moved by hand."""

    BEGUN = "begun"
    KEPT = "kept"
    TAKEN_BACK = "taken-back"


@change_app.command("add")
def add(
    context: typer.Context,
    *,
    what: Annotated[str, typer.Argument(help="What was changed, in your words.")],
    product: Annotated[list[str], typer.Option("--product", help="On which product (sku); repeatable.")],
    why: Annotated[str, typer.Option("--why", help="Why.")] = "",
    aspect: Annotated[str, typer.Option("--aspect", help="Which complaint is to become rarer; else bad reviews.")] = "",
    begins: Annotated[str | None, typer.Option("--begins", help="Day of the first parcel with it.")] = None,
    look_on: Annotated[str | None, typer.Option("--look-on", help="Day of the verdict, set before looking.")] = None,
    lag: Annotated[int, typer.Option("--lag", help="Days from order to review, left out after the beginning.")] = 14,
    before: Annotated[int, typer.Option("--before", help="How many days before the beginning are counted.")] = 90,
    compare: Annotated[
        list[str] | None, typer.Option("--compare", help="Comparable product; else all that did not change.")
    ] = None,
    review: Annotated[list[str] | None, typer.Option("--review", help="A review it comes from; repeatable.")] = None,
    owner: Annotated[str, typer.Option("--owner", help="Who answers for it.")] = "",
    risk: Annotated[str, typer.Option("--risk", help="What may go wrong.")] = "",
    account: AccountOption = None,
    words: WordsOption = None,
) -> None:
    """Note a change: what, on which products, from when, why, and on which day it will be judged.

    Example: fairreview change add "Плотная коробка" --product 1001 --begins 2026-03-02 --look-on 2026-06-01
    """
    installation = installation_of(context)
    state, settings = installation.state, installation.settings
    section = choose_account(settings, installation.home, account)
    zone = ZoneInfo(settings.installation.zone)
    _refuse_unknown_words(what, aspect, load_lexicon(words or settings.insight.words))
    sources = tuple(find_review(state, settings, one, section.name).review_id for one in review or ())
    resolve = partial(read_sku, installation, [section])
    changed, compared = list(map(resolve, product)), list(map(resolve, compare or ()))
    _refuse_unknown_products(state, section.name, changed, compared)
    actor = person_of(settings)
    begins_at, look_at = _day(begins, zone, "--begins"), _day(look_on, zone, "--look-on")
    with state.transaction() as tx:
        record = ChangeRecord(
            id=new_id("change"),
            account_id=section.name,
            what=what.strip(),
            why=why,
            aspect=aspect,
            products=tuple(dict.fromkeys(changed)),
            comparable=tuple(dict.fromkeys(compared)),
            reviews=sources,
            owner=owner,
            risk=risk,
            state="begun" if begins_at is not None and begins_at <= tx.now() else "planned",
            begins_at=begins_at,
            lag_days=lag,
            before_days=before,
            look_at=look_at,
            added_by=actor.name or actor.id,
            added_at=tx.now(),
        )
        afterwards = note_change(tx, record, zone.key)
    output.print_text(record.id)
    _say_if(afterwards)
    if look_at is None:
        output.say(_("No day of the verdict is set: each look then is one of several. --look-on sets one."))


@change_app.command("list")
def list_changes(context: typer.Context, *, account: AccountOption = None, as_json: JsonOption = False) -> None:
    """List the changes, the newest first.

    Example: fairreview change list
    """
    installation = installation_of(context)
    zone = installation.settings.installation.zone
    with installation.state.read() as tx:
        found = [
            one
            for section in chosen_accounts(installation.settings, account)
            for one in tx.changes.of_account(section.name)
        ]
        last = {one.id: tx.changes.steps(one.id) for one in found}
    if as_json:
        output.print_lines(_change_as_data(one, last[one.id], ZoneInfo(zone)) for one in found)
        return
    rows = (
        (
            one.id,
            one.what,
            ", ".join(one.products),
            one.aspect or _("bad reviews"),
            named(one.state),
            tell_day(one.begins_at, zone) if one.begins_at else "-",
            tell_day(one.look_at, zone) if one.look_at else "-",
            one.owner,
        )
        for one in found
    )
    output.print_table(("change", "what", "products", "complaint", "state", "begins", "look on", "owner"), rows)
    if not found:
        output.say(_("No change is noted. `fairreview change add --help` says how."))


@change_app.command("check")
def check(
    context: typer.Context,
    *,
    change: ChangeArgument,
    until: Annotated[
        str | None, typer.Option("--until", help="Day of a further look, after that of the verdict; it is counted.")
    ] = None,
    account: AccountOption = None,
    words: WordsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hold the reviews after a change against those before, and against products that did not change.

    The days end before the day of the verdict, whenever it is asked for. Every look that gives a verdict is kept.

    Example: fairreview change check change_9f2c
    """
    installation = installation_of(context)
    found = _find(installation.state, installation.settings, change, account)
    actor = person_of(installation.settings)
    zone = ZoneInfo(installation.settings.installation.zone)
    at = _day(until, zone, "--until")
    last = None if at is None else at.astimezone(zone).date()
    lexicon = read_words(
        installation.state, installation.settings, [installation.settings.find_account(found.account_id)], words
    )
    with installation.state.transaction() as tx:
        seen = check_change(tx, found, lexicon, by=actor.name or actor.id, zone=zone.key, until=last)
    if as_json:
        output.print_json(_look_as_data(seen))
        return
    output.print_text(f"{found.what} ({', '.join(found.products)})")
    output.print_text(seen.sentence())
    say_marks(installation.settings, seen.before.first, seen.after.last)
    if seen.others:
        output.print_text(f"Сравнено с: {', '.join(seen.others)}")
    if seen.again_on is not None and seen.effect is not None:
        output.say(
            _("A further look, with the reviews up to then: --until {day}; it counts as one more look.").format(
                day=seen.again_on
            )
        )


@change_app.command("step")
def step(
    context: typer.Context,
    *,
    change: ChangeArgument,
    state: Annotated[Step, typer.Argument(help="begun: on sale; kept: it stays; taken-back: it is undone.")],
    note: Annotated[str, typer.Option("--note", help="Why.")] = "",
    begins: Annotated[str | None, typer.Option("--begins", help="With begun: day of the first parcel.")] = None,
    look_on: Annotated[str | None, typer.Option("--look-on", help="With begun: day of the verdict.")] = None,
    account: AccountOption = None,
) -> None:
    """Move a change on: begun, kept, or taken back.

    Example: fairreview change step change_9f2c begun --begins 2026-03-02 --look-on 2026-06-01
    """
    installation = installation_of(context)
    found = _find(installation.state, installation.settings, change, account)
    actor = person_of(installation.settings)
    zone = ZoneInfo(installation.settings.installation.zone)
    target = cast("ChangeState", state.value.replace("-", "_"))
    with installation.state.transaction() as tx:
        move(
            tx,
            found,
            target,
            by=actor.name or actor.id,
            note=note,
            begins_at=_day(begins, zone, "--begins"),
            look_at=_day(look_on, zone, "--look-on"),
        )
        (moved,) = (one for one in tx.changes.of_account(found.account_id) if one.id == found.id)
        afterwards = tell_afterwards(moved, tx.changes.steps(found.id), zone.key) if target == "begun" else ""
    output.print_text(f"{found.id}: {target}")
    _say_if(afterwards)


def _say_if(told: str) -> None:
    if told:
        output.say(told)


def _find(state: State, settings: Settings, text: str, account: str | None) -> ChangeRecord:
    with state.read() as tx:
        known = [one for section in chosen_accounts(settings, account) for one in tx.changes.of_account(section.name)]
    exact = [one for one in known if one.id == text]
    matches = exact or [one for one in known if one.id.startswith(text)]
    if len(matches) == 1:
        return matches[0]
    told = (
        _("no change is named {text!r}").format(text=text[:80])
        if not matches
        else _("{count} changes begin with {text!r}").format(count=len(matches), text=text[:80])
    )
    raise SettingsError(told, where="CHANGE", hint=_("`fairreview change list` shows them."))


def _refuse_unknown_words(what: str, aspect: str, lexicon: Lexicon) -> None:
    if aspect and aspect not in lexicon.aspects:
        known = ", ".join(lexicon.aspects)
        raise SettingsError(
            _("{aspect!r} is no aspect").format(aspect=aspect[:40]),
            where="--aspect",
            hint=_("One of: {known}.").format(known=known),
        )
    if not what.strip():
        raise SettingsError(_("a change without words"), where="WHAT", hint=_("Say what was changed."))


def _refuse_unknown_products(state: State, account: str, changed: list[str], compared: list[str]) -> None:
    if shared := sorted(set(changed) & set(compared)):
        raise SettingsError(
            _("{shared} cannot be compared with itself").format(shared=shared[0]),
            where="--compare",
            hint=_("Name products that did not change."),
        )
    with state.read() as tx:
        known = {one.sku for one in tx.products.all(account)}
    for option, sku in (*(("--product", one) for one in changed), *(("--compare", one) for one in compared)):
        if sku not in known:
            raise SettingsError(
                _("{sku!r} is not a product of this account").format(sku=sku[:40]),
                where=option,
                hint=_("Known: {known}.").format(known=", ".join(sorted(known)[:20]))
                if known
                else _("`fairreview poll` stores the products."),
            )


def _day(text: str | None, zone: ZoneInfo, option: str) -> datetime | None:
    if text is None:
        return None
    return start_of_day(text, zone, option=option)


def _change_as_data(one: ChangeRecord, steps: Iterable[ChangeStep], zone: ZoneInfo) -> data.Change:
    return data.Change(
        id=one.id,
        account=one.account_id,
        what=one.what,
        why=one.why or None,
        aspect=one.aspect or None,
        products=one.products,
        comparable=one.comparable,
        reviews=one.reviews,
        owner=one.owner or None,
        risk=one.risk or None,
        state=one.state,
        begins_at=one.begins_at.astimezone(zone) if one.begins_at else None,
        look_at=one.look_at.astimezone(zone) if one.look_at else None,
        added_by=one.added_by,
        steps=tuple(
            data.ChangeStep(
                state=step.state,
                by=step.by,
                note=step.note or None,
                at=step.at.astimezone(zone),
                result=step.result,
            )
            for step in steps
        ),
    )


def _look_as_data(seen: Look) -> data.ChangeLook:
    effect = seen.effect
    return data.ChangeLook(
        change=seen.change.id,
        answer=effect.answer.value if effect else "too_early",
        sentence=seen.sentence(),
        reviews_after=seen.reviews_after,
        looks=seen.looks,
        again_on=seen.again_on,
        before=_period_as_data(seen.before),
        after=_period_as_data(seen.after),
        others=seen.others,
        own=_pair_as_data(effect.own) if effect else None,
        compared_with=_pair_as_data(effect.others) if effect and effect.others else None,
        fall=estimate_as_data(effect.beyond) if effect else None,
        more_reviews=effect.more_reviews if effect else None,
    )


def _period_as_data(period: Period) -> data.Days:
    return data.Days(first=period.first, last=period.last)


def _pair_as_data(pair: BeforeAfter) -> data.BeforeAfter:
    return data.BeforeAfter(before=hits_as_data(pair.before), after=hits_as_data(pair.after))
