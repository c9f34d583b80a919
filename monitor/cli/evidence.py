"""``evidence``: take in, sign, hand on, check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import typer

from evidence_store.findings import Finding
from evidence_store.journal import Entry
from evidence_store.seal import describe_stamp
from monitor.bootstrap import Installation
from monitor.cli import machine_output_evidence as data
from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.bundle_check import is_bundle, tell_bundle
from monitor.cli.exits import ExitCode
from monitor.cli.lookup import find_case_record
from monitor.cli.options import JsonOption, installation_of
from monitor.custody.checking import check_evidence
from monitor.custody.checkpoints import make_checkpoint
from monitor.custody.notes import person_of
from monitor.custody.own_files import OwnFile, add_own_evidence
from monitor.custody.purging import (
    accounts_held,
    find_expired,
    finish_purges,
    plan_purge,
    purge_case,
    sweep_unreferenced,
)
from monitor.custody.recovering import Recovery, plan_recovery, recover
from monitor.errors import SettingsError, UsageError
from monitor.language import gettext as _
from monitor.language import in_language, tell_number
from monitor.language.words import named
from monitor.outgoing.anchoring import Anchoring
from monitor.outgoing.bundle_exporting import export_case
from monitor.outgoing.court_reminders import open_last_days
from monitor.state.cases import CaseRecord

evidence_app = typer.Typer(help="Evidence and its integrity.", no_args_is_help=True)
app.add_typer(evidence_app, name="evidence")


CaseArgument = Annotated[str, typer.Argument(help="A case's id, or its review's id or beginning.")]


@evidence_app.command("add")
def add(
    context: typer.Context,
    *,
    case: CaseArgument,
    files: Annotated[list[Path], typer.Argument(help="PNG, JPEG, WebP, PDF or plain text, up to 20 MB each.")],
    note: Annotated[str, typer.Option("--note", help="What the files show, for the log.")] = "",
    supports: Annotated[
        Literal["facts"] | None,
        typer.Option("--supports", help="Name them as the fact behind a check of the verdict: facts."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Take your own files into a case: hashed at once, logged, and usable with `appeal draft --attach`.

    Types are told by content, not by name. When one file is refused, none is taken.
    With `--supports facts` the check «Соответствие фактам» of the next verdict names them; it does not read them.

    Example: fairreview evidence add case_9f2c chat.png --note "the buyer admits it in our chat"
    """
    installation = installation_of(context)
    taken = add_own_evidence(
        installation,
        find_case_record(installation.state, installation.settings, case),
        files,
        note=note,
        supports=supports or "",
    )
    if as_json:
        output.print_lines(_own_file_as_data(one) for one in taken)
    else:
        rows = (
            (one.id, one.name, one.media_type, str(one.size), one.digest.hex, "; ".join(map(in_language, one.notes)))
            for one in taken
        )
        output.print_table(("id", "name", "type", "bytes", "sha256", "told"), rows)
        output.say(
            _("{count} files in custody. `fairreview appeal draft … --attach ID` attaches one.").format(
                count=len(taken)
            ),
            style="green",
        )


@evidence_app.command("checkpoint")
def checkpoint(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """Sign where the action log stands and copy that to every folder of `evidence.anchors`; visits do it by themselves.

    It also goes to the channels of `evidence.anchor_channels`, a mailbox for example. The authorities of
    `evidence.time_authorities` stamp it, and each review's first picture. Write down the public key
    somewhere else: it is what others know you by. Exit code 1 when a copy or a stamp is not there yet.

    Example: fairreview evidence checkpoint
    """
    installation = installation_of(context)
    kept = make_checkpoint(installation)
    unsent = Anchoring(installation).send_now(installation.settings.evidence.anchor_channels)
    problems = (*kept.problems, *unsent)
    point = kept.signed.checkpoint
    copies = tuple(str(path) for path in kept.copies)
    key, stamp = kept.signed.signature.public_key, kept.signed.third_party_time
    if as_json:
        vouched = None if isinstance(stamp, str) else data.ThirdPartyTime(at=stamp.at, authority=stamp.authority)
        output.print_json(
            data.Checkpoint(
                number=point.number,
                digest=str(point.digest),
                public_key=key,
                third_party_time=vouched,
                copies=copies,
                problems=problems,
            )
        )
    else:
        told = {
            "number": str(point.number),
            "digest": str(point.digest),
            _("public key"): key,
            _("third-party time"): describe_stamp(stamp),
        }
        output.print_table(("", ""), [*told.items(), *((_("copy"), path) for path in copies)])
        if not copies and not problems and not installation.settings.evidence.anchor_channels:
            output.say(_("No copy outside: set [evidence] anchors in config.toml to folders on another disk."))
    for problem in problems:
        output.say(problem, style="red")
    if problems:
        raise typer.Exit(ExitCode.FINDINGS)


@evidence_app.command("export")
def export(
    context: typer.Context,
    *,
    case: CaseArgument,
    out: Annotated[Path, typer.Option("--out", help="A new folder, or a new file that ends in .zip.")],
    shareable: Annotated[
        bool, typer.Option("--shareable", help="Hide the buyer's personal data; the originals stay here.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Write everything about a case into one bundle that a stranger can check with plain Python and `verify.py`.

    Inside: the captures, the log's extract, a signed checkpoint, an act of inspection to print, a draft request to a
    notary, a page for lay readers, and what is missing. The export is logged before the bundle is there.

    Example: fairreview evidence export case_9f2c --out case.zip
    """
    installation = installation_of(context)
    wanted = find_case_record(installation.state, installation.settings, case)
    done = export_case(installation, wanted, out, is_shareable=shareable)
    told = {
        _("written"): str(done.path),
        _("files"): tell_number(done.files),
        _("digest"): str(done.digest),
        _("key"): done.public_key,
    }
    if as_json:
        output.print_json(
            data.Bundle(
                path=str(done.path),
                files=done.files,
                digest=str(done.digest),
                public_key=done.public_key,
                missing=tuple(done.missing),
            )
        )
        return
    output.print_table(("", ""), [*told.items(), *((_("is missing"), one) for one in done.missing)])
    if any(".html" in one for one in done.missing):  # a paper stayed a page
        output.say(_("No PDF was printed: `fairreview doctor` tells why no browser starts."), style="yellow")
    output.say(_("Write the digest and the key down elsewhere: they tell this bundle from another one."), style="green")


@evidence_app.command("purge")
def purge(
    context: typer.Context,
    *,
    cases: Annotated[list[str] | None, typer.Argument(help="Cases, by id or review; none takes the rule.")] = None,
    older_than: Annotated[
        int | None, typer.Option("--older-than", min=1, help="Days since the newest evidence; else `evidence.keep`.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Really remove. Without it the cases are only listed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Remove the personal content of cases that are over: pictures, pages, own files, texts, names, log bodies.

    A tombstone stays: manifests, digests, the log's chain, and an entry that says what went by which rule. A purge that
    was interrupted is finished first. Pages under `reports`, exports and backups that you made are not touched.

    Example: fairreview evidence purge --older-than 1095 --yes
    """
    installation = installation_of(context)
    keep = timedelta(days=older_than) if older_than else installation.settings.evidence.keep
    if not cases and keep is None:
        hint = _("Set evidence.keep, or give --older-than DAYS or cases.")
        raise SettingsError(_("there is no rule to purge by"), where="evidence.keep", hint=hint)
    chosen = _purgeable(installation, cases, keep)
    actor = person_of(installation.settings)
    rule = "by order" if cases or keep is None else f"older than {keep.days} days"
    swept = 0
    with accounts_held(installation):
        finished = finish_purges(installation)
        if yes:
            done = [purge_case(installation, case, rule=rule, actor=actor) for case in chosen]
            swept = sweep_unreferenced(installation, keep, actor=actor) if keep and not cases else 0
        else:
            done = [plan_purge(installation, case) for case in chosen]
    purged = tuple(
        data.PurgedCase(
            case_id=one.case.id,
            review_id=one.case.review_id,
            artifacts=len(one.digests),
            log_bodies=len(one.entries),
        )
        for one in done
    )
    if as_json:
        output.print_json(data.Purge(is_removed=yes, finished=finished, unreferenced_removed=swept, cases=purged))
        return
    if swept:
        output.say(_("{swept} unreferenced items left by interrupted writes removed.").format(swept=swept))
    if finished:
        output.say(_("{finished} artifacts of an interrupted purge removed.").format(finished=finished))
    rows = ((one.case_id, one.review_id, str(one.artifacts), str(one.log_bodies)) for one in purged)
    output.print_table(("case", "review", "artifacts", "log bodies"), rows)
    output.say(
        _("Removed for good; the tombstones stay.") if yes else _("Nothing was removed: --yes does it."), style="green"
    )


def _purgeable(installation: Installation, cases: list[str] | None, keep: timedelta | None) -> list[CaseRecord]:
    """Returns the cases to purge: those that are named, else those the rule takes and that are not in court.

    Raises:
        UsageError: a named one has a last day in court that is not over.
    """
    today = installation.clock.now().astimezone(ZoneInfo(installation.settings.installation.zone)).date()
    in_court = {
        (account.name, one.review): one.deadline.last_day
        for account in installation.settings.account
        for one in open_last_days(installation.state, installation.artifacts, account.name)
        if one.deadline.last_day >= today
    }
    if not cases:
        expired = find_expired(installation, keep or timedelta.max)
        return [case for case in expired if (case.account_id, case.review_id) not in in_court]
    chosen = [find_case_record(installation.state, installation.settings, case) for case in cases]
    for case in chosen:
        if (last_day := in_court.get((case.account_id, case.review_id))) is not None:
            raise UsageError(
                _("a last day in court, {last_day}, is not over").format(last_day=last_day),
                where=case.id,
                field="cases",
                hint=_("`fairreview law court show {review}` tells it; note the paper that went out, or wait.").format(
                    review=case.review_id
                ),
            )
    return chosen


@evidence_app.command("recover")
def recover_log(
    context: typer.Context,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Really do it. Without it, it is only shown.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Mend the action log from its mirror, or the mirror from the log, where `evidence verify` found them to differ.

    Entries that only the mirror has go back into the table when they continue it; mirror files that are gone or differ
    are written anew, the old ones stay beside them. What was done is itself an entry of the log.

    Example: fairreview evidence recover --yes
    """
    installation = installation_of(context)
    plan = recover(installation) if yes else plan_recovery(installation)
    if as_json:
        output.print_json(data.Recovery(is_done=yes and not plan.is_nothing, steps=tuple(_steps_as_data(plan))))
        return
    rows = [(chain, _describe_span(ones), _("put back into the table")) for chain, ones in plan.put_back.items()]
    rows += [(chain, _("mirror file"), _("written anew from the table")) for chain in plan.rewritten]
    rows += [("", one, _("cannot be mended")) for one in plan.lost]
    if plan.is_nothing:
        output.say(_("Log and mirror are alike: there is nothing to mend."), style="green")
        return
    output.print_table(("chain", "what", "how"), rows)
    output.say(_("Done, and written into the log.") if yes else _("Nothing was changed: --yes does it."), style="green")


def _describe_span(entries: Sequence[Entry]) -> str:
    return _("entries {first}-{last}").format(first=entries[0].header.seq, last=entries[-1].header.seq)


@evidence_app.command("verify")
def verify(
    context: typer.Context,
    *,
    case: Annotated[
        str | None,
        typer.Argument(
            help="A case, by its id or its review, or a bundle's folder or zip; none checks everything here."
        ),
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option("--checkpoint", help="A checkpoint kept outside this machine.")
    ] = None,
    continuation: Annotated[
        Path | None, typer.Option("--continuation", help="Of a bundle: what `evidence continue` wrote.")
    ] = None,
    key: Annotated[
        list[str] | None, typer.Option("--key", help="A public key you noted elsewhere; repeatable.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Re-read every artifact, manifest and log entry; exit code 1 when anything was changed, dropped or added.

    Everything is read as it is at one moment, also while visits write, and nothing is changed; `evidence recover` mends
    the log. Without a checkpoint kept elsewhere, each kind of tampering that nobody could see is named.

    A bundle is checked as its `verify.py` checks it, and needs no installation; exit code 0 only when everything holds
    under a --key, whatever was found otherwise.

    Example: fairreview evidence verify --checkpoint /media/stick/checkpoint-….json
    """
    if case is not None and is_bundle(case):
        raise typer.Exit(tell_bundle(Path(case), key or (), checkpoint, continuation, as_json=as_json))
    if continuation is not None:
        raise SettingsError(
            _("a continuation belongs to a bundle"), where="--continuation", hint=_("Name the bundle too.")
        )
    installation = installation_of(context)
    case_id = find_case_record(installation.state, installation.settings, case).id if case is not None else None
    report = check_evidence(installation, case_id=case_id, outside=checkpoint, trusted_keys=key or ())
    if as_json:
        output.print_json(
            data.Verification(
                artifacts=report.artifacts,
                manifests=report.manifests,
                entries=report.entries,
                findings=findings_as_data(report.findings),
            )
        )
    else:
        _print_findings(report.findings)
        output.print_prose(
            _(
                "{artifacts} artifacts, {manifests} manifests and {entries} log entries re-read; {count} "
                "findings of damage"
            ).format(
                artifacts=report.artifacts, manifests=report.manifests, entries=report.entries, count=len(report.damage)
            )
        )
    if report.damage:
        raise typer.Exit(ExitCode.FINDINGS)


def _print_findings(findings: Sequence[Finding]) -> None:
    if findings:
        rows = ((named(one.severity), one.kind, one.item, in_language(one.detail)) for one in findings)
        output.print_findings(("severity", "kind", "item", "detail"), rows)


def findings_as_data(findings: Iterable[Finding]) -> tuple[data.Finding, ...]:
    """What a check found, as ``--json`` tells it."""
    return tuple(
        data.Finding(kind=one.kind, severity=one.severity, item=one.item, detail=one.detail) for one in findings
    )


def _own_file_as_data(one: OwnFile) -> data.OwnFile:
    return data.OwnFile(
        id=one.id,
        name=one.name,
        media_type=one.media_type,
        size=one.size,
        sha256=one.digest.hex,
        notes=tuple(one.notes),
    )


def _steps_as_data(plan: Recovery) -> Iterator[data.RecoveryStep]:
    for chain, ones in plan.put_back.items():
        first, last = ones[0].header.seq, ones[-1].header.seq
        yield data.RecoveryStep(kind="put_back", chain=chain, first_seq=first, last_seq=last)
    for chain in plan.rewritten:
        yield data.RecoveryStep(kind="rewritten", chain=chain)
    for one in plan.lost:
        yield data.RecoveryStep(kind="lost", chain=None, detail=one)
