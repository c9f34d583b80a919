"""What a check found. Checks collect findings and go on; they never stop at the first and never repair."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a finding means for the evidence.

    ``DAMAGE``: something is not as it was sealed. ``CANNOT_JUDGE``: it could not be checked, so it is not good either.
    ``NOTE``: true, worth saying, and no fault.
    """

    DAMAGE = "damage"
    CANNOT_JUDGE = "cannot_judge"
    NOTE = "note"


class FindingKind(StrEnum):
    """Every kind of finding, of every check."""

    # items of a store, files of a bundle
    CHANGED = "changed"
    MISSING = "missing"
    EXTRA = "extra"
    SWAPPED = "swapped"
    WRONG_NAME = "wrong_name"
    ZERO_SIZE = "zero_size"
    SYMLINK = "symlink"
    NOT_A_FILE = "not_a_file"
    HARD_LINK = "hard_link"
    WRONG_MODE = "wrong_mode"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    LEFTOVER = "leftover"
    UNREFERENCED = "unreferenced"
    # manifests, entries, checkpoints as bytes
    MALFORMED = "malformed"
    NOT_CANONICAL = "not_canonical"
    VERSION_UNKNOWN = "version_unknown"
    # the action log
    HEADER_CHANGED = "header_changed"
    BODY_CHANGED = "body_changed"
    CHAIN_BROKEN = "chain_broken"
    GAP = "gap"
    OUT_OF_ORDER = "out_of_order"
    BODY_ABSENT = "body_absent"
    BODY_PURGED = "body_purged"
    BODY_WITHHELD = "body_withheld"
    CHAIN_MISSING = "chain_missing"
    TAIL_CUT = "tail_cut"
    REWRITTEN = "rewritten"
    AFTER_CHECKPOINT = "after_checkpoint"
    NOT_VISIBLE = "not_visible"
    TORN_LINE = "torn_line"
    MIRROR_DIFFERS = "mirror_differs"
    # rows beside the log
    ROW_DIFFERS = "row_differs"
    NOT_COMPARABLE = "not_comparable"
    # seals
    SIGNATURE_WRONG = "signature_wrong"
    SIGNATURE_ABSENT = "signature_absent"
    KEY_UNKNOWN = "key_unknown"
    TIME_STAMP_WRONG = "time_stamp_wrong"
    NO_THIRD_PARTY_TIME = "no_third_party_time"
    CHECKPOINT_GOES_BACK = "checkpoint_goes_back"
    RESTORED = "restored"
    # captures
    PARTIAL = "partial"
    PURGED = "purged"
    BODY_UNREAD = "body_unread"
    SECRET_MASKED = "secret_masked"  # noqa: S105 - a kind of finding


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that a check found.

    Attributes:
        kind: What it is.
        item: Which file, digest, entry (``chain#seq``) or field it is about.
        detail: One plain sentence for a person.
        severity: What it means.
    """

    kind: FindingKind
    item: str
    detail: str = ""
    severity: Severity = Severity.DAMAGE


def is_sound(findings: Iterable[Finding]) -> bool:
    """Whether nothing but notes was found."""
    return all(finding.severity is Severity.NOTE for finding in findings)
