"""Tying a bundle that was handed on to what was logged since."""

from __future__ import annotations

from pathlib import Path

from evidence_store.continuation import Continuation, continue_log, read_bundle_end
from evidence_store.errors import Malformed, StorageUnavailable
from monitor.bootstrap import Installation
from monitor.errors import SettingsError
from monitor.private_files import write_private


def continue_bundle(installation: Installation, bundle: Path, target: Path) -> Continuation:
    """Writes the headers of everything logged after a bundle; they hold no word of anybody.

    Args:
        installation: The installation that made the bundle.
        bundle: The bundle's folder or zip.
        target: A new file.

    Raises:
        SettingsError: there is no bundle, it is of another installation, or the target is there already.
        evidence_store.errors.SealBroken: the log here is not the one from which the bundle was made.
        OSError: the target could not be written.
    """
    if target.exists() or target.is_symlink():
        raise SettingsError("there is something under this name already", where=str(target), hint="Choose a new name.")
    try:
        end, digest = read_bundle_end(bundle)
    except (Malformed, StorageUnavailable) as error:
        hint = "Give the folder or the zip that `fairreview evidence export` wrote."
        raise SettingsError(str(error), where=str(bundle), hint=hint) from error
    with installation.state.read() as tx:
        own = tx.installation.get().installation_id
        entries = [row.to_entry() for head in tx.journal.heads().values() for row in tx.journal.rows(head.chain)]
    if end.installation != own:
        raise SettingsError(
            f"this bundle is of installation {end.installation}, this one is {own}",
            where=str(bundle),
            hint="Name the home folder of the installation that exported it.",
        )
    made = continue_log(end, digest, entries, installation.clock.now())
    write_private(target, made.to_bytes())
    return made
