"""The action log's bytes: how an entry is built and read. Pure, no I/O; ``docs/adr/0006`` is the specification.

An entry is a header and a body. The header ``{format, chain, seq, prev, body_digest}`` is what the chain covers:
``digest = sha256(canonical(header))`` and the next header's ``prev`` is that digest. The body says who did what; its
canonical bytes hold a random salt, so when a body is purged nobody can find it again by guessing, and the chain still
verifies. Chains are named by random ids, so a header alone tells nothing about an account.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import Field, JsonValue, ValidationError, model_validator

from evidence_store.artifacts import Sealed
from evidence_store.canonical import UtcTime, canonical_bytes, dump_plain, parse_canonical
from evidence_store.digests import ZERO, Digest
from evidence_store.errors import Malformed, NotCanonicalizable, VersionUnknown
from evidence_store.findings import Finding, FindingKind, Severity

FORMAT = "fairreview-log/1"
BODY_FORMAT: Literal["fairreview-log-body/1"] = "fairreview-log-body/1"
CHECKPOINT_FORMAT: Literal["fairreview-checkpoint/1"] = "fairreview-checkpoint/1"

_CHAIN_PATTERN = r"^[0-9a-f]{32}$"


def new_chain_id() -> str:
    """Makes the name of a new chain: random, because headers travel to people who may not know the account."""
    return secrets.token_hex(16)


def new_salt() -> str:
    """Makes the salt of one body."""
    return secrets.token_hex(32)


class Actor(Sealed):
    """Who acted."""

    kind: Literal["operator", "schedule", "system", "simulated"]
    id: str
    name: str = ""
    role: str = ""


class SubjectId(Sealed):
    """One thing the action was about."""

    kind: Literal["review", "product", "case", "appeal", "visit", "artifact", "bundle", "account", "other"]
    id: str


class EntryBody(Sealed):
    """What happened. Everything here is covered by the entry's digest.

    Attributes:
        at: When, UTC.
        actor: Who.
        account: In whose account, None when in none.
        action: What, as dotted words (``appeal.intent``, ``evidence.capture``, ``evidence.export``, ``log.purge``).
        inputs: With which inputs: no floats, keys in ASCII.
        outputs: With which results, likewise.
        artifacts: Digests of the artifacts (and manifests) involved.
        software: Name to version of what did it.
        subjects: Which review, case, appeal, …
        fence: The fence under which it was done, None when none was needed.
        purges: Numbers of earlier entries of this chain whose bodies this action removed.
        salt: 64 hex digits, random for each entry.
    """

    format: Literal["fairreview-log-body/1"] = BODY_FORMAT
    at: UtcTime
    actor: Actor
    account: str | None = None
    action: str = Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", max_length=100)
    inputs: dict[str, JsonValue] = Field(default_factory=dict)
    outputs: dict[str, JsonValue] = Field(default_factory=dict)
    artifacts: tuple[Digest, ...] = ()
    software: dict[str, str] = Field(default_factory=dict)
    subjects: tuple[SubjectId, ...] = ()
    fence: int | None = None
    purges: tuple[int, ...] = ()
    salt: str = Field(default_factory=new_salt, pattern=r"^[0-9a-f]{64}$")


class Head(Sealed):
    """The state of a chain: its last entry. The count equals ``seq`` because chains start at 1 and have no gaps."""

    chain: str = Field(pattern=_CHAIN_PATTERN)
    seq: int = Field(ge=0)
    digest: Digest
    count: int = Field(ge=0)

    @model_validator(mode="after")
    def _counts_from_one(self) -> Self:
        if self.count != self.seq:
            raise ValueError("count and seq differ")
        return self

    @classmethod
    def empty(cls, chain: str) -> Head:
        """Returns the head of a chain that has no entry yet."""
        return cls(chain=chain, seq=0, digest=ZERO, count=0)


class Header(Sealed):
    """What the chain covers. Unknown formats can be held, to be reported as such."""

    format: str
    chain: str = Field(pattern=_CHAIN_PATTERN)
    seq: int = Field(ge=1)
    prev: Digest
    body_digest: Digest

    def compute_digest(self) -> Digest:
        """Hashes the canonical header.

        Raises:
            NotCanonicalizable: the format's name cannot be written.
        """
        try:
            return Digest.of(dump_plain(self._plain()))
        except UnicodeEncodeError as error:
            raise NotCanonicalizable("text with a lone surrogate", where="format") from error

    def _plain(self) -> dict[str, str | int]:
        # Spelled out: a log has millions of headers, and the general way takes five times as long.
        return {
            "format": self.format,
            "chain": self.chain,
            "seq": self.seq,
            "prev": str(self.prev),
            "body_digest": str(self.body_digest),
        }


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as stored. Says nothing about itself being right: ``verify`` does.

    Attributes:
        header: The header as stored.
        digest: The header's digest as stored.
        body: The body's bytes as stored; None when purged or withheld.
    """

    header: Header
    digest: Digest
    body: bytes | None

    @property
    def head(self) -> Head:
        """The chain's head when this is its last entry."""
        return Head(chain=self.header.chain, seq=self.header.seq, digest=self.digest, count=self.header.seq)

    @property
    def name(self) -> str:
        """How findings name this entry: chain and number."""
        return f"{self.header.chain}#{self.header.seq}"

    def read_body(self) -> EntryBody | None:
        """Parses the body; None when it is not here.

        Raises:
            Malformed: the bytes are no body in canonical form.
            VersionUnknown: written by a newer program.
        """
        return None if self.body is None else parse_body(self.body)

    def without_body(self) -> Entry:
        """Returns this entry as it travels to those who may not read it, or as it stays after a purge."""
        return Entry(self.header, self.digest, None)

    def to_line(self) -> bytes:
        """Returns the entry as one line of a mirror or an extract, with its newline.

        Raises:
            Malformed: the body is not in canonical form, so a line could not hold the same bytes.
        """
        body = None if self.body is None else parse_canonical(self.body)
        header = self.header.model_dump(mode="json")
        return canonical_bytes({"body": body, "digest": str(self.digest), "header": header}) + b"\n"


def build_entry(head: Head, body: EntryBody) -> Entry:
    """Builds the entry that follows ``head``. Its own head is ``entry.head``.

    Raises:
        NotCanonicalizable: the body holds a float, a lone surrogate or an odd key.
        Malformed: the body purges an entry that does not come before it.
    """
    if any(not 1 <= seq <= head.seq for seq in body.purges):
        raise Malformed("only earlier entries can be purged", where="purges")
    data = canonical_bytes(body)
    header = Header(format=FORMAT, chain=head.chain, seq=head.seq + 1, prev=head.digest, body_digest=Digest.of(data))
    return Entry(header, header.compute_digest(), data)


def entry_from_columns(
    *, chain: str, seq: int, prev: str, body_digest: str, digest: str, body: bytes | None, format_name: str = FORMAT
) -> Entry:
    """Builds an entry from a table's row.

    Raises:
        Malformed: a column cannot be what it should be.
    """
    columns = {"format": format_name, "chain": chain, "seq": seq, "prev": prev, "body_digest": body_digest}
    try:
        return Entry(Header.model_validate(columns, strict=True), Digest.parse(digest), body)
    except ValidationError as error:
        raise Malformed("not a log entry", where=f"{chain}#{seq}"[:100]) from error


def parse_body(data: bytes) -> EntryBody:
    """Reads a body back.

    Raises:
        Malformed: no body, or not in canonical form.
        VersionUnknown: written by a newer program.
    """
    value = parse_canonical(data)
    if isinstance(value, dict) and isinstance(value.get("format"), str) and value["format"] != BODY_FORMAT:
        raise VersionUnknown("a log entry of an unknown version", where=str(value["format"])[:100])
    try:
        return EntryBody.model_validate_json(data)
    except ValidationError as error:
        raise Malformed("not the body of a log entry") from error


def parse_line(line: bytes) -> Entry:
    """Reads one line of a mirror or an extract, without its newline.

    Raises:
        Malformed: no entry, or not in canonical form.
    """
    value = parse_canonical(line)
    if not isinstance(value, dict) or set(value) != {"body", "digest", "header"}:
        raise Malformed("not a log entry")
    body = None if value["body"] is None else canonical_bytes(value["body"])
    try:
        return Entry(Header.model_validate(value["header"], strict=True), Digest.parse(str(value["digest"])), body)
    except ValidationError as error:
        raise Malformed("not a log entry") from error


def read_lines(data: bytes) -> tuple[list[Entry], list[Finding]]:
    """Reads a mirror or an extract.

    A last line without its newline is torn: it is named, used when it is whole, and not counted as damage.
    """
    entries: list[Entry] = []
    findings: list[Finding] = []
    *lines, tail = data.split(b"\n")
    for number, line in enumerate(lines, 1):
        try:
            entries.append(parse_line(line))
        except Malformed as error:
            findings.append(Finding(FindingKind.MALFORMED, f"line {number}", str(error)))
    if tail:
        with suppress(Malformed):
            entries.append(parse_line(tail))
        detail = "the writer was stopped in this line; it was never acknowledged"
        findings.append(Finding(FindingKind.TORN_LINE, f"line {len(lines) + 1}", detail, Severity.NOTE))
    return entries, findings


class Checkpoint(Sealed):
    """All heads of one installation at one moment. Signed by ``seal``; worth what the copy kept elsewhere is worth.

    Attributes:
        installation: Random id of the installation.
        number: Counts the installation's checkpoints from 1.
        heads: One for each chain, in order of their ids.
        previous: Digest of the checkpoint before; zeros for the first.
        epoch: How often the store was restored from a backup.
    """

    format: Literal["fairreview-checkpoint/1"] = CHECKPOINT_FORMAT
    installation: str
    number: int = Field(ge=1)
    at: UtcTime
    heads: tuple[Head, ...]
    previous: Digest = ZERO
    epoch: int = 0
    software: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _heads_in_order(self) -> Self:
        chains = [head.chain for head in self.heads]
        if chains != sorted(set(chains)):
            raise ValueError("heads must be in order of their chains, one a chain")
        return self

    def to_bytes(self) -> bytes:
        """Returns the canonical bytes: what is signed and time-stamped."""
        return canonical_bytes(self)

    @property
    def digest(self) -> Digest:
        """The digest of the canonical bytes."""
        return Digest.of(self.to_bytes())


def parse_checkpoint(data: bytes) -> Checkpoint:
    """Reads a checkpoint back.

    Raises:
        Malformed: no checkpoint, or not in canonical form.
        VersionUnknown: written by a newer program.
    """
    value = parse_canonical(data)
    if isinstance(value, dict) and isinstance(value.get("format"), str) and value["format"] != CHECKPOINT_FORMAT:
        raise VersionUnknown("a checkpoint of an unknown version", where=str(value["format"])[:100])
    try:
        return Checkpoint.model_validate_json(data)
    except ValidationError as error:
        raise Malformed("not a checkpoint") from error


def sorted_heads(heads: Iterable[Head]) -> tuple[Head, ...]:
    """Puts heads in the order a checkpoint needs."""
    return tuple(sorted(heads, key=lambda head: head.chain))
