"""``probe``: which ways to appeal a review this account really has. Looks only; a person confirms what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from evidence_store.digests import Digest
from evidence_store.journal import Actor
from monitor.bootstrap import Installation
from monitor.cases.channel_choice import find_reason_off
from monitor.cases.channel_terms import find_channel
from monitor.cases.needed_requests import LookSource, NeededMark, requests_of, source_of
from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.completing import complete_review
from monitor.cli.lookup import find_review
from monitor.cli.machine_output import Probe
from monitor.cli.options import AccountOption, HeadedOption, JsonOption, chosen_accounts, installation_of
from monitor.cli.visiting import leave_with, visit_runner
from monitor.config.settings import Settings
from monitor.custody.notes import person_of
from monitor.engine.visits import VisitDetails
from monitor.errors import AppealError, SettingsError
from monitor.language import gettext as _
from monitor.state import Action, State, Transaction, subject
from monitor.state.cases import ArtifactRecord
from monitor.state.probes import ProbeRecord
from monitor.visit_protocol import VisitKind

probe_app = typer.Typer(help="Channels: which of them this account has for a review.", no_args_is_help=True)
app.add_typer(probe_app, name="probe")

_COLUMNS = ("id", "at", "review", "channel", "source", "control", "reasons", "text_max", "files", "reappeal", "state")


@probe_app.command("run")
def run(
    context: typer.Context,
    *,
    review: Annotated[
        str,
        typer.Argument(
            help="The review's short name, id or its beginning, or address.", autocompletion=complete_review
        ),
    ],
    account: AccountOption = None,
    channel: Annotated[
        list[str] | None, typer.Option("--channel", help="A channel to look for; repeatable. None looks for all.")
    ] = None,
    headed: HeadedOption = False,
) -> None:
    """Look for the ways to appeal one review: open menus and forms, keep pictures, send nothing.

    Example: fairreview probe run 01a0e82c --channel order_appeal
    """
    installation = installation_of(context)
    found = find_review(installation.state, installation.settings, review, account)
    section = installation.settings.find_account(found.account_id)
    for name in channel or ():
        find_channel(installation.site_of(section), name)
    details = VisitDetails(review_ids=[found.review_id], channels=channel or (), is_headed=headed)
    leave_with(visit_runner(installation).run(section, VisitKind.PROBE, details))
    with installation.state.read() as tx:
        probes = tx.probes.find(section.name, review_id=found.review_id)
    _print(installation, _newest(probes), as_json=False)


@probe_app.command("list")
def list_probes(
    context: typer.Context,
    *,
    review: Annotated[str | None, typer.Argument(help="A review; none lists the looks of all.")] = None,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what was found, the newest first, and what of it a person confirmed.

    Example: fairreview probe list
    """
    installation = installation_of(context)
    found = find_review(installation.state, installation.settings, review, account) if review is not None else None
    probes: list[ProbeRecord] = []
    for section in chosen_accounts(installation.settings, found.account_id if found else account):
        with installation.state.read() as tx:
            probes += tx.probes.find(section.name, review_id=found.review_id if found else None)
    _print(installation, probes, as_json=as_json)


@probe_app.command("confirm")
def confirm(
    context: typer.Context,
    *,
    probe: Annotated[str, typer.Argument(help="The look's id, or its beginning.")],
    account: AccountOption = None,
) -> None:
    """Confirm that a look found the way it says: for this review the channel may then be used on a live site.

    What the page sent by itself in that look, and the closed gate stopped, may pass from then on.

    Example: fairreview probe confirm probe_9f2c
    """
    installation = installation_of(context)
    found = _find(installation.state, installation.settings, probe, account)
    needed = requests_of(found) or ()
    if found.control != "present" and not needed:
        raise AppealError(
            _("there is nothing to confirm: {channel} is {state}").format(
                channel=found.channel, state=found.control.replace("_", " ")
            ),
            where=found.id,
            hint=_("`fairreview probe run {review_id}` looks again.").format(review_id=found.review_id),
        )
    actor = person_of(installation.settings)
    picture = _confirm(installation.state, found, actor, needed)
    installation.state.flush_mirror()
    output.say(
        _("Confirmed by {actor}: {channel} for review {review_id}.").format(
            actor=actor.name or actor.id, channel=found.channel, review_id=found.review_id
        ),
        style="green",
    )
    output.say(_tell_picture(installation, picture))
    for mark in needed:
        output.say(
            _("The page of {channel} may send by itself: {method} {url}").format(
                channel=found.channel, method=mark.method, url=mark.url
            )
        )
    if found.control != "present" and source_of(found) is LookSource.PROBE:
        output.say(
            _("The form was not seen yet: `fairreview probe run {review_id} --channel {channel}`.").format(
                review_id=found.review_id, channel=found.channel
            )
        )


def _confirm(state: State, found: ProbeRecord, actor: Actor, needed: Sequence[NeededMark]) -> ArtifactRecord | None:
    """Writes down who confirmed what; returns the picture of it."""
    with state.transaction() as tx:
        picture = _picture_of(tx, found)
        tx.probes.confirm(found.id, by=actor.id)
        action = Action(
            "channel.confirmed",
            actor=actor,
            subjects=[subject("review", found.review_id)],
            inputs={
                "channel": found.channel,
                "probe": found.id,
                "probed_at": found.probed_at.isoformat(),
                "lets_pass": [f"{mark.method} {mark.url}" for mark in needed],
                "picture": picture.sha256 if picture is not None else None,
            },
            artifacts=[f"sha256:{one}" for one in (found.manifest_sha256, *([picture.sha256] if picture else []))],
        )
        tx.journal.record(found.account_id, action)
    return picture


def _picture_of(tx: Transaction, found: ProbeRecord) -> ArtifactRecord | None:
    """The picture that the look kept of what it saw, the window before the whole page; None where none is kept."""
    kept = [
        one
        for one in tx.artifacts.of_review(found.account_id, found.review_id)
        if one.manifest_sha256 == found.manifest_sha256 and one.media_type == "image/png" and not one.is_purged
    ]
    return min(kept, key=lambda one: one.notes != {"kind": "viewport_png", "is_derived": False}, default=None)


def _tell_picture(installation: Installation, picture: ArtifactRecord | None) -> str:
    if picture is None:
        return _("No picture of this look is kept: what was confirmed is its words alone.")
    zone = ZoneInfo(installation.settings.installation.zone)
    return _("By this picture, of {at}: {path}, SHA-256 {digest}").format(
        at=picture.captured_at.astimezone(zone).isoformat(timespec="seconds"),
        path=installation.artifacts.path_of(Digest("sha256", picture.sha256)),
        digest=picture.sha256,
    )


def _find(state: State, settings: Settings, text: str, account: str | None) -> ProbeRecord:
    matches: list[ProbeRecord] = []
    for section in chosen_accounts(settings, account):
        with state.read() as tx:
            matches += [one for one in tx.probes.find(section.name) if one.id.startswith(text)]
    if len(matches) != 1:
        raise SettingsError(
            _("{count} looks are named {text!r}").format(count=len(matches), text=text[:80]),
            where="PROBE",
            hint=_("`fairreview probe list` shows them."),
        )
    return matches[0]


def _newest(probes: list[ProbeRecord]) -> list[ProbeRecord]:
    return list({probe.channel: probe for probe in reversed(probes)}.values())


def _print(installation: Installation, probes: list[ProbeRecord], *, as_json: bool) -> None:
    rows = [_as_data(installation, probe) for probe in probes]
    if as_json:
        output.print_lines(rows)
        return
    output.print_table(_COLUMNS, (_line(row) for row in rows))
    for row in rows:
        if row.sends:
            output.say(
                _("{id}: by itself, the page of {channel} sends: {sends}").format(
                    id=row.id, channel=row.channel, sends="; ".join(row.sends)
                )
            )
        if not row.is_on:
            output.say(f"{row.channel}: {_state(row)}")


def _line(row: Probe) -> tuple[str, ...]:
    return (
        row.id,
        row.at.isoformat(timespec="seconds"),
        row.review_id,
        row.channel,
        row.source,
        row.control,
        "; ".join(row.reasons),
        str(row.text_max or ""),
        " ".join(row.file_types) if row.file_types is not None else "no",
        "offered" if row.offers_reappeal else "",
        _state(row),
    )


def _state(row: Probe) -> str:
    if row.is_on:
        return _("on")
    return _("off: {reason}").format(reason=row.off_because) if row.off_because else _("not there")


def _as_data(installation: Installation, probe: ProbeRecord) -> Probe:
    findings = probe.findings if isinstance(probe.findings, dict) else {}
    zone = ZoneInfo(installation.settings.installation.zone)
    reasons, types, text_max = (findings.get(name) for name in ("reasons", "file_types", "text_max"))
    account = installation.settings.find_account(probe.account_id)
    is_there = probe.channel in installation.site(account.site).channels and probe.control == "present"
    problem = find_reason_off(installation, account, probe.review_id, probe.channel) if is_there else None
    return Probe(
        id=probe.id,
        account=probe.account_id,
        at=probe.probed_at.astimezone(zone),
        review_id=probe.review_id,
        identity=probe.identity,
        channel=probe.channel,
        source=source_of(probe).value,
        control=probe.control,
        reasons=tuple(map(str, reasons)) if isinstance(reasons, list) else (),
        text_max=text_max if isinstance(text_max, int) and text_max else None,
        file_types=tuple(map(str, types)) if findings.get("takes_files") and isinstance(types, list) else None,
        offers_reappeal=bool(findings.get("offers_reappeal")),
        detail=str(findings.get("detail") or "") or None,
        manifest_sha256=probe.manifest_sha256,
        sends=tuple(f"{mark.method} {mark.url}" for mark in requests_of(probe) or ()),
        confirmed_at=probe.confirmed_at.astimezone(zone) if probe.confirmed_at else None,
        confirmed_by=probe.confirmed_by or None,
        is_on=is_there and problem is None,
        off_because=f"{problem}. {problem.hint}" if problem else None,
    )
