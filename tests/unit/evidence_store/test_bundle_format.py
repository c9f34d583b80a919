"""The written format has every rule, and the vectors beside it give the findings they are said to give."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from evidence_store.checker_page import render_checker
from evidence_store.verifier import check_bundle
from evidence_store.verifier.ed25519 import signature_fits
from evidence_store.verifier.rules import RULES

ROOT = Path(__file__).resolve().parents[3]
VECTORS = ROOT / "tests" / "vectors"
TOLD = json.loads((VECTORS / "bundles.json").read_text("utf-8"))
OUTSIDE = {"key + checkpoint": "checkpoint.json", "key + later checkpoint": "later.json"}


def test_every_rule_is_written_down_with_its_level() -> None:
    written = (ROOT / "docs" / "bundle-format.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (damage|gap|cannot judge|note) \| \S", written, re.MULTILINE))
    assert rows == {code: level.replace("_", " ") for code, (level, _) in RULES.items()}


def test_the_published_digest_is_of_the_page_that_is_written() -> None:
    digest = hashlib.sha256(render_checker()).hexdigest()
    assert digest in (ROOT / "README.md").read_text("utf-8"), "the page is another one: run python3 run.py checker"


@pytest.mark.parametrize("name", sorted(TOLD["bundles"]))
def test_a_vector_gives_its_findings(name: str) -> None:
    for setting, expected in TOLD["bundles"][name].items():
        outside = (VECTORS / OUTSIDE[setting]).read_bytes() if setting in OUTSIDE else None
        keys = () if setting == "no key" else (TOLD["key"],)
        report = check_bundle(VECTORS / f"{name}.zip", keys=keys, outside=outside)
        found = sorted([level, code, item] for level, code, item, _ in report.findings if level != "note")
        assert (report.exit_code, found) == (expected["exit"], expected["findings"]), setting


def test_the_continuation_among_the_vectors_leads_to_the_later_checkpoint() -> None:
    outside, continuation = ((VECTORS / f"{name}.json").read_bytes() for name in ("later", "continuation"))
    keys = (TOLD["key"],)
    assert check_bundle(VECTORS / "intact.zip", keys=keys, outside=outside).exit_code == 3
    assert check_bundle(VECTORS / "intact.zip", keys=keys, outside=outside, continuation=continuation).exit_code == 0


def test_the_vectors_of_signatures_are_answered() -> None:
    for vector in json.loads((VECTORS / "ed25519.json").read_text("utf-8")):
        parts = [bytes.fromhex(vector[name]) for name in ("key", "message", "signature")]
        assert signature_fits(*parts) is vector["is_good"], vector["name"]
