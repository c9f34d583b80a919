"""Signatures over checkpoints, manifests and bundles, and the type of a third party's time.

A signature by a local key proves "unchanged since this key signed", not "true then" and not "then": the holder of the
key can sign anything at any time. Only a copy kept elsewhere or a third party's time stamp ties it to a moment.
Keys come in as raw bytes; where they are kept is the caller's business.
"""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import Field, ValidationError, field_validator

from evidence_store.artifacts import Sealed
from evidence_store.canonical import UtcTime, canonical_bytes, format_utc, parse_canonical
from evidence_store.digests import Digest
from evidence_store.entries import Checkpoint
from evidence_store.errors import Malformed, SealBroken
from evidence_store.findings import Finding, FindingKind, Severity
from evidence_store.manifest import CaptureManifest
from evidence_store.sentences import sentence

_CONTEXT = b"fairreview-seal/1\n"


class Purpose(StrEnum):
    """What is signed. Part of the signed bytes, so a signature cannot be moved to another kind of thing."""

    CHECKPOINT = "checkpoint"
    MANIFEST = "manifest"
    BUNDLE = "bundle"


def signed_message(purpose: Purpose, payload: bytes) -> bytes:
    """Returns the bytes that are really signed: a fixed first line, the purpose, the payload."""
    return _CONTEXT + purpose.value.encode() + b"\n" + payload


class Signature(Sealed):
    """An Ed25519 signature with the key that made it. The key proves nothing until somebody says whose it is."""

    algorithm: Literal["ed25519"] = "ed25519"
    purpose: Purpose
    public_key: str = Field(pattern=r"^[0-9a-f]{64}$")
    value: str = Field(pattern=r"^[0-9a-f]{128}$")


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 key of this installation. Its printed form shows only the public half."""

    _private: Ed25519PrivateKey

    @classmethod
    def generate(cls) -> SigningKey:
        """Makes a new key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def load(cls, raw: bytes) -> SigningKey:
        """Takes the 32 bytes that ``raw`` gave.

        Raises:
            SealBroken: not 32 bytes.
        """
        try:
            return cls(Ed25519PrivateKey.from_private_bytes(raw))
        except ValueError as error:
            raise SealBroken(
                "a signing key is 32 bytes", hint="Take the key from the backup, or make a new one."
            ) from error

    @property
    def raw(self) -> bytes:
        """The secret, 32 bytes, for the keeper of secrets only."""
        return self._private.private_bytes_raw()

    @property
    def public_key(self) -> str:
        """The public key, 64 hex digits: this is what others keep to recognise us."""
        return self._private.public_key().public_bytes_raw().hex()

    def sign(self, payload: bytes, purpose: Purpose) -> Signature:
        """Signs a payload for one purpose."""
        value = self._private.sign(signed_message(purpose, payload)).hex()
        return Signature(purpose=purpose, public_key=self.public_key, value=value)

    def __repr__(self) -> str:
        return f"SigningKey({self.public_key})"


def verify_signature(
    signature: Signature, payload: bytes, purpose: Purpose, *, trusted: Collection[str] = ()
) -> list[Finding]:
    """Checks a signature.

    Args:
        signature: The signature to check.
        payload: What it should be over.
        purpose: What the payload is.
        trusted: Public keys (hex) known from elsewhere; when empty, the key's owner is named as unknown.
    """
    item = f"{purpose.value} signature"
    findings = []
    if signature.purpose is not purpose or not _fits(signature, signed_message(purpose, payload)):
        findings.append(Finding(FindingKind.SIGNATURE_WRONG, item, "the signature does not belong to these bytes"))
    if not trusted:
        detail = sentence(
            "key {public_key} was not given from elsewhere: whose it is cannot be told", public_key=signature.public_key
        )
        findings.append(Finding(FindingKind.KEY_UNKNOWN, item, detail, Severity.NOTE))
    elif signature.public_key not in trusted:
        detail = sentence("key {public_key} is not one of those that were given", public_key=signature.public_key)
        findings.append(Finding(FindingKind.KEY_UNKNOWN, item, detail, Severity.DAMAGE))
    return findings


def _fits(signature: Signature, message: bytes) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signature.public_key))
        key.verify(bytes.fromhex(signature.value), message)
    except (InvalidSignature, ValueError):
        return False
    return True


class TimeStamp(Sealed):
    """An RFC 3161 time stamp: a third party's word that a digest was known at a moment.

    Attributes:
        authority: Who was asked (URL or name).
        over: The digest that was stamped.
        at: The moment in the token, as the token says it.
        token: The whole answer (DER) in base64, which anybody can check with ``openssl ts -verify``.
    """

    authority: str
    over: Digest
    at: UtcTime
    token: str

    @field_validator("token")
    @classmethod
    def _is_base64(cls, value: str) -> str:
        base64.b64decode(value, validate=True)
        return value

    @property
    def token_bytes(self) -> bytes:
        """The token as DER."""
        return base64.b64decode(self.token)


ThirdPartyTime = TimeStamp | Literal["none"]
"""Said in words where there is none: silence would read as proof."""


def describe_stamp(stamp: ThirdPartyTime) -> str:
    """Returns moment and authority, or ``none``."""
    return stamp if isinstance(stamp, str) else f"{format_utc(stamp.at)} {stamp.authority}"


class SignedCheckpoint(Sealed):
    """A checkpoint, who signed it, and what time others gave it: the form in which it leaves the machine."""

    checkpoint: Checkpoint
    signature: Signature
    time_stamps: tuple[TimeStamp, ...] = ()

    @property
    def third_party_time(self) -> ThirdPartyTime:
        """The earliest third-party time, or ``"none"``."""
        in_order = sorted(self.time_stamps, key=lambda stamp: stamp.at)
        return in_order[0] if in_order else "none"

    def to_bytes(self) -> bytes:
        """Returns the canonical bytes."""
        return canonical_bytes(self)


def sign_checkpoint(checkpoint: Checkpoint, key: SigningKey) -> SignedCheckpoint:
    """Signs a checkpoint."""
    return SignedCheckpoint(checkpoint=checkpoint, signature=key.sign(checkpoint.to_bytes(), Purpose.CHECKPOINT))


def parse_signed_checkpoint(data: bytes) -> SignedCheckpoint:
    """Reads a signed checkpoint back. Does not check the signature.

    Raises:
        Malformed: no signed checkpoint, or not in canonical form.
    """
    parse_canonical(data)
    try:
        return SignedCheckpoint.model_validate_json(data)
    except ValidationError as error:
        raise Malformed("not a signed checkpoint") from error


def verify_checkpoint(signed: SignedCheckpoint, *, trusted: Collection[str] = ()) -> list[Finding]:
    """Checks a checkpoint's signature and says what third-party time it has. Tokens are checked by ``time_stamps``."""
    findings = verify_signature(signed.signature, signed.checkpoint.to_bytes(), Purpose.CHECKPOINT, trusted=trusted)
    if not signed.time_stamps:
        detail = "no third-party time: only the holder of the key says when this was made"
        findings.append(Finding(FindingKind.NO_THIRD_PARTY_TIME, "checkpoint", detail, Severity.NOTE))
    findings.extend(
        Finding(FindingKind.TIME_STAMP_WRONG, stamp.authority, "the time stamp is over something else")
        for stamp in signed.time_stamps
        if stamp.over != signed.checkpoint.digest
    )
    return findings


def sign_manifest(manifest: CaptureManifest, key: SigningKey) -> Signature:
    """Signs a manifest's canonical bytes."""
    return key.sign(manifest.to_bytes(), Purpose.MANIFEST)


def verify_manifest_signature(data: bytes, signature: Signature, *, trusted: Collection[str] = ()) -> list[Finding]:
    """Checks a signature over a manifest's bytes."""
    return verify_signature(signature, data, Purpose.MANIFEST, trusted=trusted)
