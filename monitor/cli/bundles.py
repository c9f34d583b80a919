"""``evidence continue``: what happens to a bundle after it was handed on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.bundles.continuing import continue_bundle
from monitor.cli import output
from monitor.cli.evidence import evidence_app
from monitor.cli.options import JsonOption, installation


@evidence_app.command("continue")
def continue_(
    context: typer.Context,
    *,
    bundle: Annotated[Path, typer.Argument(help="The bundle's folder or zip.")],
    out: Annotated[Path, typer.Option("--out", help="A new file for the headers.")],
    as_json: JsonOption = False,
) -> None:
    """Write what ties a bundle to a checkpoint that is newer than it: the headers of all entries logged since.

    A newer checkpoint alone says nothing about a bundle. With this file (`verify.py --checkpoint … --continuation …`)
    anybody can hash from the bundle's log to the checkpoint. It holds digests and numbers, and no word of anybody.

    Example: fairreview evidence continue case.zip --out case-continued.json
    """
    made = continue_bundle(installation(context), bundle, out)
    told = {"written": str(out), "headers": str(len(made.headers)), "bundle": str(made.bundle)}
    if as_json:
        output.print_json(told)
    else:
        output.print_table(("", ""), list(told.items()))
