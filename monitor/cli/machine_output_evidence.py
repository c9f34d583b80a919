"""What the commands about evidence and backups print with ``--json``."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from monitor.use_cases.models import Answer, Value


class OwnFile(Answer):
    """A file of the seller's that was taken into a case; ``size`` in bytes, ``sha256`` bare hex."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    notes: tuple[str, ...]


class ThirdPartyTime(Value):
    """A moment that somebody else vouches for."""

    at: AwareDatetime
    authority: str


class Checkpoint(Answer):
    """A signed checkpoint of the action log.

    Attributes:
        third_party_time: The earliest stamp on it; null where no authority gave one.
        copies: Files outside, one a folder of ``evidence.anchors``.
        problems: Why a copy or a stamp is not there yet.
    """

    number: int
    digest: str
    public_key: str
    third_party_time: ThirdPartyTime | None
    copies: tuple[str, ...]
    problems: tuple[str, ...]


class Bundle(Answer):
    """A bundle that was written; ``missing`` says in words what it could not hold."""

    path: str
    files: int
    digest: str
    public_key: str
    missing: tuple[str, ...]


class Continuation(Answer):
    """What ties a bundle to a newer checkpoint; ``headers`` is how many entries it spans."""

    path: str
    headers: int
    bundle: str


class Checker(Answer):
    """The page that checks a bundle."""

    path: str
    digest: str


class PurgedCase(Value):
    """What of one case went, or would go."""

    case_id: str
    review_id: str
    artifacts: int
    log_bodies: int


class Purge(Answer):
    """A purge.

    Attributes:
        is_removed: False while the cases are only listed (without ``--yes``).
        finished: Artifacts that an interrupted purge had left and this one removed.
        unreferenced_removed: Items that interrupted writes had left.
    """

    is_removed: bool
    finished: int
    unreferenced_removed: int
    cases: tuple[PurgedCase, ...]


class RecoveryStep(Value):
    """One step of mending log and mirror.

    Attributes:
        kind: ``put_back`` entries into the table, ``rewritten`` the mirror file, or ``lost``: it cannot be mended.
        first_seq: First entry that goes back; null for the other kinds, as ``last_seq``.
        detail: What is lost, in words; null for the other kinds.
    """

    kind: Literal["put_back", "rewritten", "lost"]
    chain: str | None
    first_seq: int | None = None
    last_seq: int | None = None
    detail: str | None = None


class Recovery(Answer):
    """How log and mirror are made alike; ``is_done`` is false without ``--yes``, and where nothing differs."""

    is_done: bool
    steps: tuple[RecoveryStep, ...]


class Finding(Value):
    """One thing that a check found; ``severity`` is ``damage``, ``note`` or as the store names it."""

    kind: str
    severity: str
    item: str
    detail: str


class Verification(Answer):
    """What was re-read of the store, and what was found."""

    artifacts: int
    manifests: int
    entries: int
    findings: tuple[Finding, ...]


class BundleFinding(Value):
    """One finding of the verifier that lies in each bundle, in its own terms."""

    level: str
    code: str
    item: str
    text: str


class BundleVerification(Answer):
    """What the verifier says of a bundle; ``exit_code`` is what ``verify.py`` ends with."""

    exit_code: int
    verdict: str
    findings: tuple[BundleFinding, ...]


class Backup(Answer):
    """A backup that was written.

    Attributes:
        size: Bytes of the files in it.
        keys: How its keys are sealed: ``own_passphrase``, ``backup_passphrase``, or ``left_out``.
    """

    path: str
    sha256: str
    files: int
    size: int
    keys: str


class Restored(Answer):
    """An installation that was restored.

    Attributes:
        created_at: When the backup was made.
        is_verified: Whether evidence and log were re-read (``--verify``); without it ``damage`` is empty.
        must_reconcile: Accounts of which nothing is sent before the site's own list was read.
    """

    home: str
    created_at: AwareDatetime
    files: int
    epoch: int
    keys: str
    is_verified: bool
    damage: tuple[Finding, ...]
    must_reconcile: tuple[str, ...]
