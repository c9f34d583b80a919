from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from pydantic import ValidationError

from evidence_store.canonical import canonical_bytes
from evidence_store.digests import ZERO, Digest
from evidence_store.errors import Malformed, NotCanonicalizable, VersionUnknown
from evidence_store.findings import Finding, FindingKind, Severity, is_sound
from evidence_store.journal import (
    Checkpoint,
    Entry,
    Head,
    build_entry,
    entry_from_columns,
    parse_body,
    parse_checkpoint,
    parse_line,
    read_lines,
    verify_entries,
)
from tests.unit.evidence_store.samples import CHAIN, MOMENT, OTHER_CHAIN, sample_body, sample_chain

K = FindingKind


def checkpoint_of(*chains: list[Entry]) -> Checkpoint:
    heads = tuple(sorted((chain[-1].head for chain in chains), key=lambda head: head.chain))
    return Checkpoint(installation="i" * 32, number=1, at=MOMENT, heads=heads)


def damages(findings: list[Finding]) -> list[tuple[FindingKind, str]]:
    return [(finding.kind, finding.item) for finding in findings if finding.severity is not Severity.NOTE]


def test_the_format_does_not_change() -> None:
    entry = build_entry(Head.empty(CHAIN), sample_body(1, salt="5" * 64))
    assert entry.header.prev == ZERO
    assert str(entry.digest) == "sha256:4da2368fb96dc8d530d6527bd1818a9735b4dd98825ae582f3675dac178bb264"
    assert str(entry.header.body_digest) == "sha256:f5d30038560a0f335c81183ce1d2a10aa81fdfd50bfe2f999f65c9f898a78b96"


def test_an_intact_log_is_sound_with_and_without_a_checkpoint() -> None:
    ours, theirs = sample_chain(5), sample_chain(3, OTHER_CHAIN)
    mixed = [entry for pair in zip(ours, theirs, strict=False) for entry in pair] + ours[3:]
    assert is_sound(verify_entries(mixed))
    assert is_sound(verify_entries(mixed, checkpoint_of(ours, theirs)))


def test_without_a_checkpoint_the_check_names_what_it_cannot_see() -> None:
    notes = [finding.item for finding in verify_entries(sample_chain(2))]
    assert notes == ["tail", "rewrite", "rollback", "removal", "fork"]


def test_two_bodies_with_the_same_content_have_different_digests() -> None:
    first, second = (build_entry(Head.empty(CHAIN), sample_body(1)) for _ in range(2))
    assert first.header.body_digest != second.header.body_digest


BODY_CHANGES = {
    "at": MOMENT.replace(year=2025),
    "account": "other",
    "action": "evidence.other",
    "inputs": {"url": "x"},
    "outputs": {},
    "artifacts": (),
    "software": {"fairreview": "0.1.1"},
    "subjects": (),
    "fence": 99,
    "salt": "0" * 64,
}


@pytest.mark.parametrize("name", sorted(BODY_CHANGES))
def test_a_change_of_any_field_of_a_body_is_seen(name: str) -> None:
    entries = sample_chain(3)
    body = entries[1].read_body()
    assert body is not None
    changed = canonical_bytes(body.model_copy(update={name: BODY_CHANGES[name]}))
    entries[1] = replace(entries[1], body=changed)
    assert damages(verify_entries(entries)) == [(K.BODY_CHANGED, f"{CHAIN}#2")]


def test_a_header_rewritten_for_a_changed_body_breaks_the_next_link() -> None:
    entries = sample_chain(3)
    entries[1] = build_entry(entries[0].head, sample_body(7))
    assert damages(verify_entries(entries)) == [(K.CHAIN_BROKEN, f"{CHAIN}#3")]


@pytest.mark.parametrize("change", [{"prev": Digest.of(b"x")}, {"body_digest": Digest.of(b"x")}])
def test_a_changed_header_is_named(change: dict[str, Digest]) -> None:
    entries = sample_chain(3)
    entries[1] = replace(entries[1], header=entries[1].header.model_copy(update=change))
    assert (K.HEADER_CHANGED, f"{CHAIN}#2") in damages(verify_entries(entries))


def test_an_unknown_format_cannot_be_judged() -> None:
    head = Head.empty(CHAIN)
    entry = build_entry(head, sample_body())
    header = entry.header.model_copy(update={"format": "fairreview-log/2"})
    findings = verify_entries([Entry(header, header.compute_digest(), entry.body)])
    assert [finding.kind for finding in findings if finding.severity is Severity.CANNOT_JUDGE] == [K.VERSION_UNKNOWN]


TAMPERINGS: list[tuple[Callable[[list[Entry]], list[Entry]], FindingKind, str]] = [
    (lambda log: log[:2] + log[3:], K.GAP, "#3"),
    (lambda log: log[2:], K.GAP, "#1-2"),
    (lambda log: [log[0], log[2], log[1], *log[3:]], K.OUT_OF_ORDER, "#2"),
    (lambda log: [*log[:2], log[1], *log[2:]], K.OUT_OF_ORDER, "#2"),
    (lambda log: [log[0].without_body(), *log[1:]], K.BODY_ABSENT, "#1"),
]


@pytest.mark.parametrize(("tamper", "kind", "item"), TAMPERINGS)
def test_tampering_inside_a_chain_is_seen_without_a_checkpoint(
    tamper: Callable[[list[Entry]], list[Entry]], kind: FindingKind, item: str
) -> None:
    assert (kind, CHAIN + item) in damages(verify_entries(tamper(sample_chain(5))))


OUTSIDE: list[tuple[Callable[[list[Entry]], list[Entry]], FindingKind]] = [
    (lambda log: log[:-1], K.TAIL_CUT),
    (lambda _log: [], K.CHAIN_MISSING),
    (lambda log: sample_chain(len(log)), K.REWRITTEN),
    (lambda log: [*log[:3], *_continued(log[2].head, 2)], K.REWRITTEN),
]


def _continued(head: Head, count: int) -> list[Entry]:
    entries = []
    for number in range(count):
        entries.append(build_entry(head, sample_body(50 + number)))
        head = entries[-1].head
    return entries


@pytest.mark.parametrize(("tamper", "kind"), OUTSIDE)
def test_only_a_checkpoint_shows_a_cut_tail_or_a_rewritten_chain(
    tamper: Callable[[list[Entry]], list[Entry]], kind: FindingKind
) -> None:
    log = sample_chain(5)
    tampered = tamper(log)
    assert damages(verify_entries(tampered)) == []
    assert damages(verify_entries(tampered, checkpoint_of(log))) == [(kind, f"{CHAIN}#5")]


def test_what_comes_after_the_checkpoint_is_named_as_not_covered() -> None:
    log = sample_chain(5)
    findings = verify_entries(log, checkpoint_of(log[:3]))
    assert [(finding.kind, finding.item) for finding in findings] == [
        (K.NOT_VISIBLE, "after the checkpoint"),
        (K.AFTER_CHECKPOINT, f"{CHAIN}#4-5"),
    ]
    assert is_sound(findings)


def test_a_purged_body_leaves_a_chain_that_verifies_and_says_so() -> None:
    log = sample_chain(3)
    log.append(build_entry(log[-1].head, sample_body(action="log.purge", purges=(2,))))
    log[1] = log[1].without_body()
    findings = verify_entries(log, checkpoint_of(log))
    assert (K.BODY_PURGED, f"{CHAIN}#2") in [(finding.kind, finding.item) for finding in findings]
    assert is_sound(findings)


def test_an_entry_can_purge_only_what_came_before_it() -> None:
    with pytest.raises(Malformed):
        build_entry(Head.empty(CHAIN), sample_body(purges=(1,)))


def test_bodies_withheld_from_an_extract_are_no_damage() -> None:
    log = [entry.without_body() for entry in sample_chain(2)]
    findings = verify_entries(log, checkpoint_of(log), is_extract=True)
    assert {finding.kind for finding in findings} == {K.BODY_WITHHELD, K.NOT_VISIBLE}
    assert is_sound(findings)


def test_a_line_and_a_row_give_the_same_entry_back() -> None:
    entry = sample_chain(2)[1]
    assert parse_line(entry.to_line()[:-1]) == entry
    header = entry.header
    row = entry_from_columns(
        chain=header.chain,
        seq=header.seq,
        prev=str(header.prev),
        body_digest=str(header.body_digest),
        digest=str(entry.digest),
        body=entry.body,
    )
    assert row == entry


def test_a_row_that_cannot_be_an_entry_is_malformed() -> None:
    with pytest.raises(Malformed):
        entry_from_columns(chain="../x", seq=1, prev=str(ZERO), body_digest=str(ZERO), digest=str(ZERO), body=None)


@pytest.mark.parametrize(
    "change",
    [lambda line: line.replace(b":", b": ", 1), lambda line: line.replace(b'"seq":1', b'"seq":"1"'), lambda _: b"[]"],
)
def test_a_line_that_is_not_canonical_is_malformed(change: Callable[[bytes], bytes]) -> None:
    line = change(sample_chain(1)[0].to_line()[:-1])
    with pytest.raises(Malformed):
        parse_line(line)


def test_a_torn_last_line_is_named_and_is_no_damage() -> None:
    lines = b"".join(entry.to_line() for entry in sample_chain(3))
    entries, findings = read_lines(lines[:-20])
    assert len(entries) == 2
    assert [(finding.kind, finding.item) for finding in findings] == [(K.TORN_LINE, "line 3")]
    assert is_sound(findings)


def test_a_line_with_text_of_any_alphabet_stays_one_line() -> None:
    entry = build_entry(Head.empty(CHAIN), sample_body(inputs={"text": "а\u2028б\u0085\r\n\x00\x1b[2J"}))
    line = entry.to_line()
    assert line.count(b"\n") == 1
    assert parse_line(line[:-1]) == entry


@pytest.mark.parametrize("inputs", [{"x": 1.5}, {"x": "\ud800"}, {"ключ": 1}])
def test_a_body_without_canonical_form_is_refused(inputs: dict[str, object]) -> None:
    with pytest.raises(NotCanonicalizable):
        build_entry(Head.empty(CHAIN), sample_body(inputs=inputs))


def test_a_body_of_a_newer_program_cannot_be_judged() -> None:
    data = canonical_bytes(sample_body()).replace(b"fairreview-log-body/1", b"fairreview-log-body/2")
    with pytest.raises(VersionUnknown):
        parse_body(data)


def test_a_checkpoint_comes_back_from_its_bytes() -> None:
    checkpoint = checkpoint_of(sample_chain(2), sample_chain(1, OTHER_CHAIN))
    assert parse_checkpoint(checkpoint.to_bytes()) == checkpoint


def test_a_checkpoint_holds_each_chain_once_and_in_order() -> None:
    head = sample_chain(1)[0].head
    with pytest.raises(ValidationError):
        Checkpoint(installation="i", number=1, at=MOMENT, heads=(head, head))
