"""``evidence continue`` and ``evidence checker``: what a reader of a bundle needs beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evidence_store.checker_page import render_checker
from evidence_store.digests import Digest
from monitor.cli import output
from monitor.cli.evidence import evidence_app
from monitor.cli.machine_output_evidence import Checker, Continuation
from monitor.cli.options import JsonOption, installation_of
from monitor.files.targets import require_target
from monitor.language import gettext as _
from monitor.outgoing.continuing import continue_bundle


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
    made = continue_bundle(installation_of(context), bundle, out)
    headers, bundle_digest = len(made.headers), str(made.bundle)
    if as_json:
        output.print_json(Continuation(path=str(out), headers=headers, bundle=bundle_digest))
    else:
        output.print_table(
            ("", ""), [(_("written"), str(out)), (_("headers"), str(headers)), (_("bundle"), bundle_digest)]
        )


@evidence_app.command("checker")
def checker(
    *,
    out: Annotated[Path, typer.Option("--out", help="A new file that ends in .html.")],
    as_json: JsonOption = False,
) -> None:
    """Write the page with which anybody checks a bundle without Python: open it in a browser and drop the zip on it.

    It works from disk, without a network, and finds what `verify.py` finds. Hand it over another way than the bundle,
    with its digest: who forges a bundle forges the checker that lies beside it.

    Example: fairreview evidence checker --out proverka.html
    """
    require_target(out, endings=(".html",))
    page = render_checker()
    with out.open("xb") as file:
        file.write(page)
    written = Checker(path=str(out), digest=str(Digest.of(page)))
    if as_json:
        output.print_json(written)
    else:
        output.print_table(("", ""), [(_("written"), written.path), (_("digest"), written.digest)])
