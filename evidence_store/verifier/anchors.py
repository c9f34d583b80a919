"""Signatures, and checkpoints from inside and outside the bundle: what ties its log to something else."""

from __future__ import annotations

from typing import Any

from evidence_store.verifier.ed25519 import signature_fits
from evidence_store.verifier.log import Log
from evidence_store.verifier.reading import (
    CHECKPOINT_SHAPE,
    CONTINUATION_SHAPE,
    SIGNATURE_SHAPE,
    ZERO,
    Report,
    Unreadable,
    canonical,
    digest_of,
    read_value,
)
from evidence_store.verifier.rules import NOTE

SIGNATURE = "data/bundle-signature.json"
CHECKPOINT = "data/log/checkpoint.json"
OUTSIDE = "контрольная точка извне"
CONTINUATION = "продолжение журнала"


class Continuation:
    """Headers that follow the bundle's log, checked from its heads on.

    Attributes:
        digests: Chain to number to digest, for what really continues the bundle.
    """

    def __init__(self, report: Report, log: Log, data: bytes) -> None:
        self.digests: dict[str, dict[int, str]] = {}
        try:
            headers = read_value(data, CONTINUATION_SHAPE)["headers"]
        except Unreadable as error:
            report.add("continuation-broken", CONTINUATION, why=error)
            return
        ends = {name: (chain.last, chain.digest) for name, chain in log.chains.items()}
        for header in headers:
            last, digest = ends.get(header["chain"], (0, ZERO))
            if header["seq"] != last + 1 or header["prev"] != digest:
                report.add("continuation-breaks", f"{header['chain']}#{header['seq']}")
                self.digests = {}
                return
            real = digest_of(canonical(header))
            ends[header["chain"]] = (header["seq"], real)
            self.digests.setdefault(header["chain"], {})[header["seq"]] = real


class Anchors:
    """Checks signatures and checkpoints against one bundle.

    Args:
        report: Takes the findings.
        log: The bundle's log, read.
        about: The bundle's list.
    """

    def __init__(self, report: Report, log: Log, about: Any) -> None:
        self.report = report
        self.log = log
        self.about = about
        self.signer = ""
        self.inner: Any = None

    def check_list(self, payload: bytes, signature: bytes | None) -> None:
        """Checks the signature over the list."""
        try:
            value = None if signature is None else read_value(signature, SIGNATURE_SHAPE)
        except Unreadable:
            self.report.add("signature-broken", SIGNATURE)
            return
        self.judge(SIGNATURE, "bundle", payload, value)
        self.signer = value["public_key"] if value else ""

    def check_inner(self, data: bytes | None, *, is_old: bool) -> None:
        """Checks the checkpoint that lies in the bundle."""
        if data is None:
            self.report.add("checkpoint-missing", CHECKPOINT)
            return
        value = self.read(CHECKPOINT, data)
        if value is None:
            return
        self.inner = value["checkpoint"]
        self.log.compare(CHECKPOINT, self.inner["heads"], is_exact=False)
        self.judge(CHECKPOINT, "checkpoint", canonical(self.inner), value["signature"])
        if self.inner["installation"] != self.about["installation"]:
            self.report.add("checkpoint-foreign", CHECKPOINT)
        if not is_old and not self.report.keys and self.signer not in ("", value["signature"]["public_key"]):
            self.report.add("signature-two", CHECKPOINT)

    def check_outside(self, data: bytes | None, continuation: bytes | None) -> None:
        """Checks a checkpoint that was kept elsewhere, older or newer than the bundle."""
        going_on = Continuation(self.report, self.log, continuation) if continuation is not None else None
        if data is None:
            self.report.add("no-outside", "data/log/log.jsonl")
            if going_on is not None and going_on.digests:
                self.report.add("continuation-alone", CONTINUATION)
            return
        value = self.read(OUTSIDE, data)
        if value is None:
            return
        point = value["checkpoint"]
        self.judge(OUTSIDE, "checkpoint", canonical(point), value["signature"])
        if point["installation"] != self.about["installation"]:
            self.report.add("outside-foreign", OUTSIDE)
        elif self.is_later(point):
            self.check_later(point, going_on.digests if going_on else {})
        else:
            before = len(self.report.findings)
            self.log.compare(OUTSIDE, point["heads"], is_exact=False)
            if all(level == NOTE for level, _, _, _ in self.report.findings[before:]):
                self.report.add("outside-holds", OUTSIDE, at=point["at"])

    def is_later(self, point: Any) -> bool:
        """Whether a checkpoint was made after the bundle's own; two of one number must be one."""
        if self.inner is None:
            return bool(point["at"] > self.about["created"])
        if point["number"] == self.inner["number"] and canonical(point) != canonical(self.inner):
            self.report.add("outside-fork", OUTSIDE, number=point["number"])
        return bool(point["number"] > self.inner["number"])

    def check_later(self, point: Any, beyond: dict[str, dict[int, str]]) -> None:
        """Compares a later checkpoint with the log, and where that ends, with its continuation."""
        told = {self.judge_later(head, beyond) for head in point["heads"]}
        for name in sorted(set(self.log.chains) - {head["chain"] for head in point["heads"]}):
            self.report.add("chain-vanished", name, name=OUTSIDE)
            told.add("accused")
        if "open" in told:
            self.report.add("outside-later", OUTSIDE)
        elif "accused" not in told:
            code = "outside-continued" if "continued" in told else "outside-holds"
            self.report.add(code, OUTSIDE, at=point["at"])

    def judge_later(self, head: Any, beyond: dict[str, dict[int, str]]) -> str:
        """Compares one head of a later checkpoint; returns what it came to."""
        chain, item = self.log.chains.get(head["chain"]), f"{head['chain']}#{head['seq']}"
        known = chain.digests.get(head["seq"]) if chain else None
        reached = beyond.get(head["chain"], {}).get(head["seq"])
        if head["seq"] == 0 or known == head["digest"]:
            return "held"
        if known is not None or reached not in (None, head["digest"]):
            self.report.add("head-rewritten" if known is not None else "continuation-differs", item, name=OUTSIDE)
            return "accused"
        if reached is not None:
            return "continued"
        if chain is None:
            self.report.add("outside-new-chain", item)
            return "held"
        return "open"

    def read(self, item: str, data: bytes) -> Any:
        """Reads a signed checkpoint; None when it is not one."""
        try:
            value = read_value(data, CHECKPOINT_SHAPE)
        except Unreadable as error:
            self.report.add("checkpoint-broken", item, why=error)
            return None
        if value["checkpoint"]["format"] == "fairreview-checkpoint/1":
            return value
        self.report.add("checkpoint-version", item)
        return None

    def judge(self, item: str, purpose: str, payload: bytes, signature: Any) -> None:
        """Checks one signature against its payload and the reader's keys."""
        if signature is None:
            self.report.add("signature-missing", item)
            return
        key = signature["public_key"]
        message = b"fairreview-seal/1\n" + purpose.encode() + b"\n" + payload
        if signature["purpose"] != purpose or signature["algorithm"] != "ed25519":
            self.report.add("signature-purpose", item)
        elif not signature_fits(bytes.fromhex(key), message, bytes.fromhex(signature["value"])):
            self.report.add("signature-wrong", item)
        elif self.report.keys and key not in self.report.keys:
            self.report.add("signature-stranger", item, key=key)
        else:
            self.report.add("signature-yours" if self.report.keys else "signature-own", item, key=key)
