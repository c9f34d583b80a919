"""The verifier is run from folders that somebody else may have filled: what lies beside it is never executed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from evidence_store.verifier_program import render_verifier

FORGED = 'print("ВСЁ СХОДИТСЯ")\nraise SystemExit(0)\n'


@pytest.mark.parametrize("module", ["json", "hashlib", "argparse", "__future__", "typing", "collections"])
@pytest.mark.parametrize("is_package", [False, True])
def test_a_module_beside_the_verifier_is_not_run(tmp_path: Path, module: str, *, is_package: bool) -> None:
    (tmp_path / "verify.py").write_bytes(render_verifier())
    place = tmp_path / module / "__init__.py" if is_package else tmp_path / f"{module}.py"
    place.parent.mkdir(exist_ok=True)
    place.write_text(FORGED, encoding="utf-8")
    for command, where in ((["verify.py"], tmp_path), ([str(tmp_path / "verify.py"), str(tmp_path)], tmp_path.parent)):
        done = subprocess.run([sys.executable, *command], cwd=where, capture_output=True, check=False, timeout=60)
        assert done.returncode == 1, done.stdout.decode()
        assert "СХОДИТСЯ" not in done.stdout.decode()


def test_no_annotation_of_the_one_file_is_evaluated(tmp_path: Path) -> None:
    """Python 3.8 has to read it, and knows neither ``list[str]`` nor ``int | None``."""
    text = render_verifier().decode()
    assert "from __future__" not in text
    assert 'def exit_code(self) -> "int":' in text
    compile(text, str(tmp_path / "verify.py"), "exec")
