"""The log extract: each line, each chain, and what it says about this case."""

from __future__ import annotations

from typing import Any

from evidence_store.verifier.reading import (
    BODY_SHAPE,
    LINE_SHAPE,
    ZERO,
    Report,
    Unreadable,
    canonical,
    digest_of,
    misfit,
    read_value,
)

LOG = "data/log/log.jsonl"
CAPTURE_ACTION, PURGE_ACTION = "evidence.capture", "evidence.purge"


class Chain:
    """What was read of one chain."""

    def __init__(self) -> None:
        self.last = 0
        self.digest = ZERO
        self.digests: dict[int, str] = {}
        self.absent: list[int] = []
        self.purged: set[int] = set()


class Log:
    """Reads the log line by line and checks each chain.

    Attributes:
        told: Place in the extract, name and body of each entry whose body is here and of the known form.
    """

    def __init__(self, report: Report) -> None:
        self.report = report
        self.chains: dict[str, Chain] = {}
        self.told: list[tuple[int, str, Any]] = []

    def read(self, data: bytes) -> None:
        """Checks all lines."""
        start = number = 0
        while (end := data.find(b"\n", start)) >= 0:
            number += 1
            self.take(number, data[start:end])
            start = end + 1
        if start < len(data):
            self.report.add("log-torn", LOG)
        self.finish()

    def take(self, number: int, line: bytes) -> None:
        """Checks one line."""
        try:
            value = read_value(line, LINE_SHAPE)
        except Unreadable as error:
            self.report.add("log-line", f"{LOG}, строка {number}", why=error)
            return
        header = value["header"]
        name, seq = f"{header['chain']}#{header['seq']}", header["seq"]
        chain = self.chains.setdefault(header["chain"], Chain())
        if header["format"] != "fairreview-log/1":
            self.report.add("log-version", name)
        real = digest_of(canonical(header))
        if real != value["digest"]:
            self.report.add("header-changed", name)
        if seq != chain.last + 1:
            self.report.add("log-place", name, last=chain.last)
        elif header["prev"] != chain.digest:
            self.report.add("log-link", name)
        self.take_body(chain, number, header, value["body"])
        chain.last, chain.digest = seq, real
        chain.digests[seq] = real

    def take_body(self, chain: Chain, number: int, header: Any, body: Any) -> None:
        """Checks the body of one entry."""
        name = f"{header['chain']}#{header['seq']}"
        if body is None:
            chain.absent.append(header["seq"])
        elif digest_of(canonical(body)) != header["body_digest"]:
            self.report.add("body-changed", name)
        elif not isinstance(body, dict) or body.get("format") != "fairreview-log-body/1":
            self.report.add("body-version", name)
        else:
            place = misfit(body, BODY_SHAPE)
            if place is not None:
                self.report.add("body-shape", name, why=place)
                return
            chain.purged.update(seq for seq in body["purges"] if seq < header["seq"])
            self.told.append((number, name, body))

    def finish(self) -> None:
        """Says how many entries there are and how many have no body here."""
        for name, chain in sorted(self.chains.items()):
            purged = len(chain.purged.intersection(chain.absent))
            withheld = len(chain.absent) - purged
            self.report.add("log-count", name, count=len(chain.digests), purged=purged, withheld=withheld)

    def compare(self, name: str, heads: Any, *, is_exact: bool) -> None:
        """Compares the heads of the list (exactly) or of a checkpoint (must be contained) with the log."""
        for head in heads:
            chain, seq = self.chains.get(head["chain"], Chain()), head["seq"]
            item = f"{head['chain']}#{seq}"
            if seq > 0 and not chain.last:
                self.report.add("head-chain", item, name=name)
            elif seq > 0 and seq not in chain.digests:
                self.report.add("head-cut", item, name=name)
            elif seq > 0 and chain.digests[seq] != head["digest"]:
                self.report.add("head-rewritten", item, name=name)
            elif is_exact and chain.last != seq:
                self.report.add("head-beyond", item, name=name)
        for extra in sorted(set(self.chains) - {head["chain"] for head in heads}):
            self.report.add("chain-unlisted" if is_exact else "chain-unnamed", extra, name=name)

    def captures(self) -> list[tuple[int, Any]]:
        """Returns place and body of the entries that tell of captures, in their order."""
        return [(number, body) for number, _, body in self.told if body["action"] == CAPTURE_ACTION]

    def artifacts(self) -> set[str]:
        """Returns every digest that an entry here names."""
        return {digest for _, _, body in self.told for digest in body["artifacts"]}

    def purged(self) -> set[str]:
        """Returns the digests that the log says were removed by rule."""
        listed = [body["inputs"].get("digests") for _, _, body in self.told if body["action"] == PURGE_ACTION]
        return {digest for one in listed if isinstance(one, list) for digest in one if isinstance(digest, str)}
