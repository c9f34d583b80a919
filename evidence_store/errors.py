"""Errors of the evidence store. The type says what happens next; nobody has to read the message to decide.

Stop acting until there is room or rights again: StorageFull, StorageUnavailable. Never trust, never overwrite, tell a
person: ArtifactDamaged, ArtifactMissing. The material given cannot be used: Malformed, VersionUnknown, IntakeRefused,
SealBroken, MaskingFailed. Go on without and try later: TimeStampFailed. A mistake of the caller: NotCanonicalizable.
"""

from __future__ import annotations


class EvidenceError(Exception):
    """Base of all errors of the evidence store.

    Attributes:
        where: The file, digest or field at fault.
        hint: The next step, for a person.
    """

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.where = where
        self.hint = hint


class StorageFull(EvidenceError):
    """The disk or the quota is full. Nothing was half-written under a final name; no gesture may follow."""


class StorageUnavailable(EvidenceError):
    """The store could not be read or written (rights, open files, I/O). Says nothing about the content."""


class ArtifactMissing(EvidenceError):
    """No item with this digest is in the store."""


class ArtifactDamaged(EvidenceError):
    """The bytes under this name are not the bytes that were stored. They are left as they are."""


class Malformed(EvidenceError):
    """Bytes that should be a digest, manifest, log entry or checkpoint are not, or not in canonical form."""


class VersionUnknown(EvidenceError):
    """A format version this program does not know: it cannot judge, which is neither good nor bad."""


class NotCanonicalizable(EvidenceError):
    """A value has no canonical form (a float, a lone surrogate, an odd key). A mistake of the caller."""


class SealBroken(EvidenceError):
    """A signature or a time stamp does not belong to these bytes or this key."""


class IntakeRefused(EvidenceError):
    """A file offered as own evidence is of no accepted type, too big, or a bomb. Nothing was stored."""


class MaskingFailed(EvidenceError):
    """A picture could not be masked; the unmasked original must not leave in its place."""


class ExportFailed(EvidenceError):
    """A bundle could not be completed. The unfinished folder was removed."""


class TimeStampFailed(EvidenceError):
    """No third-party time was given. Evidence stands without it and says so; ask again later."""


class TimeStampRefused(TimeStampFailed):
    """The authority answered, and the answer is no stamp: asking it the same again would bring the same."""
