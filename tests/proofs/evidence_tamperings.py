"""Tampers with an action log and asks both checks (ours and the bundle's own verifier) what they see.

    python -m tests.proofs.evidence_tamperings [TAMPERINGS] [SEED]

Each tampering is judged twice: with a checkpoint kept elsewhere, and without. What lies before the checkpoint must be
found with it. What only a checkpoint can show must, without one, be among the classes the check names as not visible.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from evidence_store.canonical import canonical_bytes
from evidence_store.digests import Digest
from evidence_store.extract import heads_of
from evidence_store.findings import FindingKind, is_sound
from evidence_store.journal import (
    Actor,
    Checkpoint,
    Entry,
    EntryBody,
    Head,
    SubjectId,
    build_entry,
    read_lines,
    verify_entries,
)
from evidence_store.verifier.log import Log
from evidence_store.verifier.reading import Report
from tests.proofs.counted import Counted

ENTRIES = 120
COVERED = 90  # entries that the outside checkpoint knows
CHAIN = "c" * 32
START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Tampering:
    """A tampered log.

    Attributes:
        first: The number of the first entry that is not as it was (or is not there any more).
        blind: The class that a check without an outside checkpoint cannot see; None when it must see it.
        looks_withheld: In an extract this could be on purpose; a bundle shows it by the digest of the log's file.
    """

    name: str
    log: list[Entry]
    first: int
    blind: str | None = None
    looks_withheld: bool = False


def main(argv: list[str]) -> int:
    tamperings, seed = (int(value) for value in (argv + ["300", "5"][len(argv) :]))
    return prove_tamperings(tamperings, seed).report()


def prove_tamperings(count: int, seed: int) -> Counted:
    counted = Counted("log tamperings", seed)
    rng = random.Random(seed)
    log = build_log(rng, ENTRIES)
    checkpoint = Checkpoint(installation="i" * 32, number=1, at=START, heads=heads_of(log[:COVERED]))
    counted.expect(is_sound(verify_entries(log, checkpoint)), "false alarm on the intact log")
    counted.expect(not verifier_sees(log, checkpoint), "false alarm of the bundle's verifier")
    blind = 0
    for number in range(count):
        counted.injections += 1
        tampering = TAMPERINGS[number % len(TAMPERINGS)](rng, log)
        _judge_with(counted, tampering, checkpoint)
        blind += _judge_without(counted, tampering)
    counted.notes.append(f"{blind} not visible without a checkpoint, each class named")
    return counted


def _judge_with(counted: Counted, tampering: Tampering, checkpoint: Checkpoint) -> None:
    findings = verify_entries(tampering.log, checkpoint)
    is_seen = not is_sound(findings)
    must_be_seen = tampering.first <= COVERED or tampering.blind is None
    counted.expect(is_seen or not must_be_seen, f"{tampering.name} at {tampering.first}: not found")
    is_named = any(finding.kind is FindingKind.NOT_VISIBLE for finding in findings)
    counted.expect(is_seen or is_named, f"{tampering.name} at {tampering.first}: not named as not visible")
    _compare_with_verifier(counted, tampering, checkpoint, is_seen=is_seen)


def _judge_without(counted: Counted, tampering: Tampering) -> int:
    findings = verify_entries(tampering.log)
    is_seen = not is_sound(findings)
    counted.expect(is_seen == (tampering.blind is None), f"{tampering.name} without checkpoint: seen={is_seen}")
    named = {finding.item for finding in findings if finding.kind is FindingKind.NOT_VISIBLE}
    counted.expect(is_seen or tampering.blind in named, f"{tampering.name}: its class is not named")
    _compare_with_verifier(counted, tampering, None, is_seen=is_seen)
    return 0 if is_seen else 1


def _compare_with_verifier(
    counted: Counted, tampering: Tampering, checkpoint: Checkpoint | None, *, is_seen: bool
) -> None:
    if not tampering.looks_withheld:
        sees = verifier_sees(tampering.log, checkpoint)
        counted.expect(sees == is_seen, f"{tampering.name} at {tampering.first}: the verifier differs")


def verifier_sees(log: list[Entry], checkpoint: Checkpoint | None) -> bool:
    """What the verifier inside a bundle says to the same lines."""
    report = Report(("0" * 64,))
    judge = Log(report)
    for number, entry in enumerate(log, 1):
        judge.take(number, entry.to_line()[:-1])
    judge.finish()
    if checkpoint is not None:
        judge.compare("checkpoint", checkpoint.model_dump(mode="json")["heads"], is_exact=False)
    return report.exit_code != 0


def build_log(rng: random.Random, count: int, head: Head | None = None) -> list[Entry]:
    head = head or Head.empty(CHAIN)
    entries = []
    for _ in range(count):
        entries.append(build_entry(head, random_body(rng, head.seq + 1)))
        head = entries[-1].head
    return entries


def random_body(rng: random.Random, number: int) -> EntryBody:
    return EntryBody(
        at=START + timedelta(minutes=number),
        actor=Actor(kind="operator", id=rng.choice(["anna", "boris"])),
        account=rng.choice(["one", "two"]),
        action=rng.choice(["appeal.intent", "evidence.capture", "visit.ended"]),
        inputs={"text": rng.randbytes(8).hex(), "nested": {"list": [rng.randrange(99), None, True]}},
        outputs={"status": rng.randrange(600)},
        artifacts=(Digest.of(rng.randbytes(8)),),
        software={"fairreview": f"0.{rng.randrange(9)}"},
        subjects=(SubjectId(kind="review", id=f"r-{number}"),),
        fence=rng.randrange(10),
        salt=rng.randbytes(32).hex(),
    )


def edit_body(rng: random.Random, log: list[Entry]) -> Tampering:
    at = rng.randrange(len(log))
    body = log[at].read_body()
    assert body is not None
    other = random_body(rng, 7_777)
    name = rng.choice([field for field in EntryBody.model_fields if getattr(other, field) != getattr(body, field)])
    data = canonical_bytes(body.model_copy(update={name: getattr(other, name)}))
    return Tampering(f"edit {name}", [*log[:at], replace(log[at], body=data), *log[at + 1 :]], at + 1)


def edit_header(rng: random.Random, log: list[Entry]) -> Tampering:
    at = rng.randrange(len(log))
    name = rng.choice(["prev", "body_digest"])
    header = log[at].header.model_copy(update={name: Digest.of(rng.randbytes(4))})
    return Tampering(f"edit {name}", [*log[:at], replace(log[at], header=header), *log[at + 1 :]], at + 1)


def edit_and_rehash(rng: random.Random, log: list[Entry]) -> Tampering:
    """A changed entry with a matching digest of its own; the chain after it is left."""
    at = rng.randrange(len(log) - 1)
    changed = build_entry(log[at - 1].head if at else Head.empty(CHAIN), random_body(rng, at + 1))
    return Tampering("edit and rehash", [*log[:at], changed, *log[at + 1 :]], at + 1)


def drop_body(rng: random.Random, log: list[Entry]) -> Tampering:
    at = rng.randrange(len(log))
    changed = [*log[:at], log[at].without_body(), *log[at + 1 :]]
    return Tampering("drop body", changed, at + 1, looks_withheld=True)


def delete_middle(rng: random.Random, log: list[Entry]) -> Tampering:
    at = rng.randrange(len(log) - 10)
    return Tampering("delete middle", [*log[:at], *log[at + rng.randrange(1, 10) :]], at + 1)


def cut_tail(rng: random.Random, log: list[Entry]) -> Tampering:
    kept = len(log) - rng.randrange(1, 21)
    return Tampering("cut tail", log[:kept], kept + 1, "tail")


def cut_deep(rng: random.Random, log: list[Entry]) -> Tampering:
    kept = rng.randrange(1, len(log))
    return Tampering("cut deep", log[:kept], kept + 1, "tail")


def delete_all(_rng: random.Random, _log: list[Entry]) -> Tampering:
    return Tampering("delete all", [], 1, "removal")


def reorder(rng: random.Random, log: list[Entry]) -> Tampering:
    one, other = sorted(rng.sample(range(len(log)), 2))
    changed = list(log)
    changed[one], changed[other] = changed[other], changed[one]
    return Tampering("reorder", changed, one + 1)


def repeat(rng: random.Random, log: list[Entry]) -> Tampering:
    at = rng.randrange(len(log))
    return Tampering("repeat", [*log[: at + 1], log[at], *log[at + 1 :]], at + 2)


def insert(rng: random.Random, log: list[Entry]) -> Tampering:
    at = rng.randrange(1, len(log) - 1)
    return Tampering("insert", [*log[:at], build_entry(log[at - 1].head, random_body(rng, 1)), *log[at:]], at + 1)


def rewrite(rng: random.Random, log: list[Entry]) -> Tampering:
    """Everything from some entry on, with fresh digests and the same length."""
    at = rng.randrange(len(log))
    head = log[at - 1].head if at else Head.empty(CHAIN)
    return Tampering("rewrite", [*log[:at], *build_log(rng, len(log) - at, head)], at + 1, "rewrite")


def roll_back(rng: random.Random, log: list[Entry]) -> Tampering:
    """An older copy of the file is put back, as bytes."""
    kept = rng.randrange(1, len(log))
    older, _findings = read_lines(b"".join(entry.to_line() for entry in log[:kept]))
    return Tampering("roll back", older, kept + 1, "rollback")


def continue_falsely(rng: random.Random, log: list[Entry]) -> Tampering:
    return Tampering("add at the end", [*log, *build_log(rng, 3, log[-1].head)], len(log) + 1, "fork")


TAMPERINGS: list[Callable[[random.Random, list[Entry]], Tampering]] = [
    edit_body,
    edit_body,
    edit_body,
    edit_header,
    edit_and_rehash,
    drop_body,
    delete_middle,
    cut_tail,
    cut_deep,
    delete_all,
    reorder,
    repeat,
    insert,
    rewrite,
    roll_back,
    continue_falsely,
]

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
