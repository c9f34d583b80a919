"""``evidence``: check what is kept."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.exits import ExitCode
from monitor.cli.options import JsonOption, installation
from monitor.evidence_check import check_evidence

evidence_app = typer.Typer(help="Evidence and its integrity.", no_args_is_help=True)
app.add_typer(evidence_app, name="evidence")


@evidence_app.command("verify")
def verify(
    context: typer.Context,
    *,
    case: Annotated[str | None, typer.Argument(help="A case's id; none checks everything.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Re-read every artifact, manifest and log entry; exit code 1 when anything was changed, dropped or added.

    Nothing is repaired. What cannot be seen without a checkpoint kept elsewhere is said.

    Example: fairreview evidence verify
    """
    opened = installation(context)
    report = check_evidence(opened, case_id=case)
    if as_json:
        output.print_json(
            {
                "artifacts": report.artifacts,
                "manifests": report.manifests,
                "entries": report.entries,
                "findings": [
                    {"kind": one.kind, "item": one.item, "detail": one.detail, "severity": one.severity}
                    for one in report.findings
                ],
            }
        )
    else:
        if report.findings:
            rows = ((one.severity, one.kind, one.item, one.detail) for one in report.findings)
            output.print_table(("severity", "kind", "item", "detail"), rows)
        output.print_text(
            f"{report.artifacts} artifacts, {report.manifests} manifests and {report.entries} log entries re-read; "
            f"{len(report.damage)} findings of damage"
        )
    if report.damage:
        raise typer.Exit(ExitCode.FINDINGS)
