"""Signed checkpoints of the action log, kept here and copied to folders outside this disk.

A checkpoint names the head of every chain. One that lies elsewhere is what makes a cut tail, a rewritten chain or a
log put back from an old copy visible; the one kept here only proves that the key's holder signed it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from evidence_store.errors import Malformed
from evidence_store.seal import SignedCheckpoint, SigningKey, parse_signed_checkpoint, sign_checkpoint
from monitor.config.home import Home
from monitor.config.settings import Settings
from monitor.custody.anchors import folders, note_first_copies
from monitor.custody.context import CustodyContext
from monitor.custody.stamping import stamp_checkpoints, stamp_first_pictures
from monitor.errors import SecretsUnavailable, SettingsError
from monitor.files.private import read_plain, write_private
from monitor.language import gettext as _
from monitor.secrets.stores import SecretStore
from monitor.secrets.vault import load_or_create_signing_key
from monitor.state import State

_LARGEST = 16_000_000  # bytes of a checkpoint's file; one head takes about 200


@dataclass(frozen=True)
class KeptCheckpoint:
    """A checkpoint that is stored here, and where else.

    Attributes:
        copies: The files outside.
        problems: Why a copy is not where it should be, one sentence a folder.
    """

    signed: SignedCheckpoint
    copies: tuple[Path, ...]
    problems: tuple[str, ...]


def make_checkpoint(installation: CustodyContext) -> KeptCheckpoint:
    """Signs the heads of all chains, stores the envelope, has it time-stamped, and copies it to every anchor.

    First pictures without a third party's time are sent for one before: the checkpoint then covers their stamps.

    Raises:
        SecretsUnavailable: the signing key cannot be read; nothing was stored.
        StorageError: nothing was stored.
    """
    pending = stamp_first_pictures(installation)
    with installation.state.transaction() as tx:
        this = tx.installation.get()
        point = tx.journal.checkpoint(this.installation_id, epoch=this.epoch)
        # Inside the transaction: two first visits at once must not each make a key of their own.
        signed = sign_checkpoint(point, load_signing_key(installation.secrets))
        tx.journal.keep_envelope(point.number, signed.to_bytes())
    installation.state.flush_mirror()
    copies, problems = _copy_to_anchors(installation.settings, installation.home, signed)
    if copies:
        with installation.state.transaction() as tx:
            note_first_copies(tx, installation.settings, installation.home, signed, copies)
        installation.state.flush_mirror()
    stamped, unstamped = stamp_checkpoints(installation)
    for envelope in stamped:
        # Over the copy without a stamp; what is away was told above.
        _copy_to_anchors(installation.settings, installation.home, envelope)
    newest = next((one for one in stamped if one.checkpoint.number == signed.checkpoint.number), signed)
    return KeptCheckpoint(newest, copies, tuple(dict.fromkeys((*problems, *pending, *unstamped))))


def checkpoint_after_visit(installation: CustodyContext) -> tuple[str, ...]:
    """Makes the checkpoint that ends a visit; returns what a person should know. A visit never fails for it."""
    try:
        return make_checkpoint(installation).problems
    except SecretsUnavailable as error:
        return (_("no checkpoint was signed: {error}").format(error=error),)


def load_signing_key(secrets: SecretStore) -> SigningKey:
    """Returns the installation's signing key, made at the first call.

    Raises:
        SecretsUnavailable: the secret store is locked or the key is damaged.
    """
    return SigningKey.load(load_or_create_signing_key(secrets))


def read_outside_checkpoint(state: State, path: Path) -> SignedCheckpoint:
    """Reads a checkpoint that was kept elsewhere. Its signature is not checked here.

    Raises:
        SettingsError: it cannot be read, is no signed checkpoint, or belongs to another installation.
    """
    try:
        signed = parse_signed_checkpoint(read_plain(path, max_bytes=_LARGEST))
    except Malformed as error:
        raise SettingsError(
            str(error), where=str(path), hint=_("Take the file as it was copied to the anchor.")
        ) from error
    with state.read() as tx:
        own = tx.installation.get().installation_id
    if signed.checkpoint.installation != own:
        raise SettingsError(
            _("this checkpoint is of installation {installation}, this one is {own}").format(
                installation=signed.checkpoint.installation, own=own
            ),
            where=str(path),
        )
    return signed


def _copy_to_anchors(
    settings: Settings, home: Home, signed: SignedCheckpoint
) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    copies: list[Path] = []
    problems: list[str] = []
    point = signed.checkpoint
    # With the digest: a log put back from an old copy counts on from there, and must not overwrite what betrays it.
    name = f"checkpoint-{point.installation[:12]}-{point.number:08d}-{point.digest.hex[:12]}.json"
    for folder in folders(settings, home):
        target = folder / name
        try:
            # The folder is never made here: where a disk is not mounted, its empty place would take the copy.
            write_private(target, signed.to_bytes())
        except OSError as error:
            problems.append(
                _("{folder}: checkpoint {number} could not be copied: {strerror}").format(
                    folder=folder, number=point.number, strerror=error.strerror
                )
            )
        else:
            copies.append(target)
    return tuple(copies), tuple(problems)
