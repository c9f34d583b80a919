from __future__ import annotations

from pathlib import Path

import pytest

from evidence_store.digests import Digest
from evidence_store.errors import Malformed
from evidence_store.findings import FindingKind, is_sound
from evidence_store.purge import ACTION, purge_inputs, purged_digests
from evidence_store.store import ArtifactStore
from evidence_store.verify import expected_digests, verify_capture
from tests.unit.evidence_store.samples import sample_body, sample_manifest


def test_a_purge_that_the_log_tells_of_is_no_damage(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path)
    manifest = sample_manifest()
    store.put(manifest.to_bytes())
    store.put(b"picture")
    going = [artifact.digest for artifact in manifest.artifacts]
    entry = sample_body(action=ACTION, inputs=purge_inputs(going, "kept for 3 years"))
    for digest in going:
        assert store.remove(digest)
    assert not is_sound(verify_capture(manifest.to_bytes(), store.read))
    purged = purged_digests([entry])
    assert [f.kind for f in verify_capture(manifest.to_bytes(), store.read, purged=purged)] == [FindingKind.PURGED]
    assert store.fsck(expected_digests([manifest], purged=purged)) == []


def test_removing_what_is_gone_changes_nothing(tmp_path: Path) -> None:
    assert not ArtifactStore(tmp_path).remove(Digest.of(b"never there"))


def test_a_purge_entry_that_names_nothing_is_malformed() -> None:
    with pytest.raises(Malformed):
        purged_digests([sample_body(action=ACTION, inputs={})])
