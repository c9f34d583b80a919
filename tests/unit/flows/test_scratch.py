"""The temporary folder of a browser is short enough for its socket, wherever the system's own lies."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from flows.scratch import short_place

APPENDED = len("/fairreview-12345678/b-12345678")
OF_MACOS = "/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T"


@pytest.mark.parametrize(
    ("system", "chosen"),
    [("/tmp", "/tmp"), ("/run/u/1000", "/run/u/1000"), (OF_MACOS, "/tmp"), ("/tmp/" + "й" * 20, "/tmp")],
)
def test_a_long_temporary_folder_is_not_used(monkeypatch: pytest.MonkeyPatch, system: str, chosen: str) -> None:
    monkeypatch.setattr(tempfile, "tempdir", system)

    place = short_place(appended=APPENDED)

    assert place == Path(chosen)
    assert len(f"{place}{'x' * APPENDED}/.org.chromium.Chromium.XXXXXX/SingletonSocket") < 104
