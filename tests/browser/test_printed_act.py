"""The act of a bundle is printed by the browser that is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.installation.test_evidence_export import judge
from tests.unit.monitor.case_world import make_world


@pytest.mark.browser
def test_the_act_is_printed_as_pdf_a(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    assert world.run("evidence", "export", world.case.id, "--out", tmp_path / "bundle") == 0
    printed = (tmp_path / "bundle/data/documents/akt-osmotra.pdf").read_bytes()
    assert printed.startswith(b"%PDF-")
    assert b"<pdfaid:part>2</pdfaid:part>" in printed
    assert judge(tmp_path / "bundle")[0] == 0
