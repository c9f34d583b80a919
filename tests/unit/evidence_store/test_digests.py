from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from evidence_store.digests import Digest
from evidence_store.errors import Malformed

OF_ABC = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_digest_prints_its_algorithm_and_is_read_back() -> None:
    assert str(Digest.of(b"abc")) == OF_ABC
    assert Digest.parse(OF_ABC) == Digest.of(b"abc")


def test_a_file_has_the_digest_of_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"abc")
    assert Digest.of_file(tmp_path / "f") == Digest.of(b"abc")


@pytest.mark.parametrize(
    "text", ["", "abc", OF_ABC.upper(), OF_ABC[:-1], OF_ABC + "0", OF_ABC[7:], "sha512" + OF_ABC[6:], OF_ABC + "\n"]
)
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(Malformed):
        Digest.parse(text)


def test_a_model_writes_and_reads_a_digest_as_text() -> None:
    class Holder(BaseModel):
        digest: Digest

    holder = Holder(digest=Digest.of(b"abc"))
    assert holder.model_dump_json() == f'{{"digest":"{OF_ABC}"}}'
    assert Holder.model_validate_json(holder.model_dump_json()) == holder
    with pytest.raises(ValidationError):
        Holder.model_validate({"digest": "sha256:../../etc/passwd"})
