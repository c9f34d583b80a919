"""Tying a bundle that was handed on to what was logged since."""

from __future__ import annotations

from pathlib import Path

from evidence_store.continuation import Continuation, continue_log, read_bundle_end
from evidence_store.errors import Malformed, StorageUnavailable
from monitor.errors import SettingsError
from monitor.files.private import write_private
from monitor.files.targets import require_target
from monitor.language import gettext as _
from monitor.outgoing.context import OutgoingContext


def continue_bundle(installation: OutgoingContext, bundle: Path, target: Path) -> Continuation:
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
    require_target(target)
    try:
        end, digest = read_bundle_end(bundle)
    except (Malformed, StorageUnavailable) as error:
        hint = _("Give the folder or the zip that `fairreview evidence export` wrote.")
        raise SettingsError(str(error), where=str(bundle), hint=hint) from error
    with installation.state.read() as tx:
        own = tx.installation.get().installation_id
        entries = [row.to_entry() for head in tx.journal.heads().values() for row in tx.journal.rows(head.chain)]
    if end.installation != own:
        raise SettingsError(
            _("this bundle is of installation {installation}, this one is {own}").format(
                installation=end.installation, own=own
            ),
            where=str(bundle),
            hint=_("Name the home folder of the installation that exported it."),
        )
    made = continue_log(end, digest, entries, installation.clock.now())
    write_private(target, made.to_bytes())
    return made
