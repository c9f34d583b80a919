"""Bytes from disk and from others: whatever they are, a reader answers with a typed refusal and nothing else."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_store.canonical import parse_canonical
from evidence_store.errors import Malformed, VersionUnknown
from evidence_store.journal import Checkpoint, parse_body, parse_checkpoint, parse_line, read_lines
from evidence_store.manifest import parse_manifest
from evidence_store.seal import SigningKey, parse_signed_checkpoint, sign_checkpoint
from evidence_store.verifier.log import Log
from evidence_store.verifier.reading import Report, Unreadable, read_value
from tests.unit.evidence_store.samples import MOMENT, sample_chain, sample_manifest

LOG = sample_chain(3)
CHECKPOINT = Checkpoint(installation="i", number=1, at=MOMENT, heads=(LOG[-1].head,))
BODY = LOG[0].body or b""
READERS: list[tuple[Callable[[bytes], object], bytes]] = [
    (parse_line, LOG[0].to_line()[:-1]),
    (parse_body, BODY),
    (parse_manifest, sample_manifest().to_bytes()),
    (parse_checkpoint, CHECKPOINT.to_bytes()),
    (parse_signed_checkpoint, sign_checkpoint(CHECKPOINT, SigningKey.load(b"k" * 32)).to_bytes()),
]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for reader, _valid in READERS:
        with suppress(Malformed, VersionUnknown):
            reader(data)
    read_lines(data)
    with suppress(Unreadable):
        read_value(data, "any")


@pytest.mark.parametrize(("reader", "valid"), READERS)
def test_damaged_bytes_are_read_or_refused(reader: Callable[[bytes], object], valid: bytes) -> None:
    rng = random.Random(8)
    assert reader(valid)
    for _ in range(500):
        data = bytearray(valid)
        start = rng.randrange(len(data))
        data[start : start + rng.randrange(4)] = rng.choice(
            [b"", b"null", b"[]", b"{}", b"-1", b'"', b"\xff", b"\\ud800"]
        )
        with suppress(Malformed, VersionUnknown):
            reader(bytes(data))


def test_a_damaged_log_never_brings_the_verifier_down() -> None:
    rng = random.Random(9)
    valid = b"".join(entry.to_line() for entry in LOG)
    for _ in range(300):
        data = bytearray(valid)
        start = rng.randrange(len(data))
        data[start : start + rng.randrange(4)] = rng.choice([b"", b"null", b"[]", b"{}", b"-1", b'"', b"\n", b"true"])
        log = Log(Report())
        for number, line in enumerate(bytes(data).split(b"\n"), 1):
            log.take(number, line)
        log.finish()


@pytest.mark.parametrize("field", ["chain", "seq", "prev", "format", "body_digest"])
@pytest.mark.parametrize("value", [None, [], {}, True, -1, "x"])
def test_a_header_of_another_shape_is_named_by_the_verifier(field: str, value: object) -> None:
    line = parse_canonical(LOG[0].to_line()[:-1])
    assert isinstance(line, dict)
    header = line["header"]
    assert isinstance(header, dict)
    report = Report()
    changed = {**line, "header": {**header, field: value}}
    log = Log(report)
    log.take(1, json.dumps(changed, sort_keys=True, separators=(",", ":")).encode())
    log.finish()
    assert report.exit_code == 1
