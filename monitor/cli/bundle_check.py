"""What the verifier of bundles found, as a command tells it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from evidence_store.verifier import check_bundle
from monitor.cli import output
from monitor.cli.exits import ExitCode
from monitor.cli.machine_output_evidence import BundleFinding, BundleVerification
from monitor.errors import SettingsError
from monitor.files.private import read_plain
from monitor.language import gettext as _

_LARGEST = 2**26  # bytes of a checkpoint or a continuation
_KEY = re.compile(r"[0-9a-f]{64}")


def is_bundle(name: str) -> bool:
    """Whether an argument names a bundle rather than a case: a zip, or a folder that is there."""
    return name.lower().endswith(".zip") or Path(name).is_dir()


def tell_bundle(
    bundle: Path, keys: Sequence[str], checkpoint: Path | None, continuation: Path | None, *, as_json: bool
) -> ExitCode:
    """Checks a bundle as its own ``verify.py`` does and tells what came of it.

    Returns:
        OK only when all holds under a key that was given; else FINDINGS.

    Raises:
        SettingsError: there is no such bundle or file, or a key is none.
    """
    if not bundle.is_dir() and not bundle.is_file():
        raise SettingsError(_("there is no such bundle"), where=str(bundle), hint=_("Give its folder or its zip."))
    for key in keys:
        if _KEY.fullmatch(key.lower()) is None:
            raise SettingsError(
                _("a public key is 64 hex digits"), where=key[:80], hint=_("Take it as the sender told it.")
            )
    report = check_bundle(
        bundle,
        keys=tuple(key.lower() for key in keys),
        outside=_read(checkpoint),
        continuation=_read(continuation),
    )
    if as_json:
        findings = tuple(
            BundleFinding(level=level, code=code, item=item, text=text) for level, code, item, text in report.findings
        )
        output.print_json(BundleVerification(exit_code=report.exit_code, verdict=report.verdict, findings=findings))
    else:
        output.print_findings(("level", "code", "item", "text"), report.findings)
        output.print_text(report.verdict)
    return ExitCode.FINDINGS if report.exit_code else ExitCode.OK


def _read(path: Path | None) -> bytes | None:
    return None if path is None else read_plain(path, max_bytes=_LARGEST)
