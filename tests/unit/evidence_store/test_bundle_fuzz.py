"""Every JSON file of a bundle, with every value in it replaced by every other kind: findings, and never a traceback."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_store.bundle import BUNDLE_PATH, CHECKPOINT_PATH, LOG_PATH, SIGNATURE_PATH
from evidence_store.verifier import anchors
from evidence_store.verifier.bundle import Bundle
from evidence_store.verifier.container import Material
from evidence_store.verifier.reading import Report, canonical, digest_of
from tests.unit.evidence_store.bundles import KEY, sample_case

KINDS: tuple[object, ...] = (None, True, -1, 5, 2**53, "x", "", [], [5], [None], {}, {"x": 5}, [[]])
JSON_FILES = (BUNDLE_PATH, SIGNATURE_PATH, CHECKPOINT_PATH, LOG_PATH, "data/captures/01-public/manifest.json")


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> Material:
    folder = tmp_path_factory.mktemp("case")
    material = Material(Report())
    material.read_folder(sample_case(folder / "store").export(folder / "bundle").folder)
    return material


def judge(intact: Material, path: str, data: bytes) -> Report:
    """Checks the bundle with one file replaced and the list told of it, so that the check goes on behind the digest."""
    report = Report((KEY.public_key,))
    material = copy.copy(intact)
    material.report = report
    material.kept = {**intact.kept, path: data}
    material.digests = {**intact.digests, path: digest_of(data)}
    if path != BUNDLE_PATH:
        about = json.loads(intact.kept[BUNDLE_PATH])
        for entry in about["files"]:
            if entry["path"] == path:
                entry.update(digest=digest_of(data), size=len(data))
        material.kept[BUNDLE_PATH] = canonical(about)
    Bundle(material, report).check(None, None)
    return report


def places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(item, (*path, key))


def replaced(value: object, path: tuple[str | int, ...], kind: object) -> object:
    if not path:
        return kind
    changed = copy.deepcopy(value)
    inner: object = changed
    for key in path[:-1]:
        inner = inner[key]  # type: ignore[index]
    inner[path[-1]] = kind  # type: ignore[index]
    return changed


def split(path: str, data: bytes) -> list[object]:
    return [json.loads(line) for line in (data.splitlines() if path == LOG_PATH else [data])]


@pytest.mark.parametrize("path", JSON_FILES)
def test_every_value_of_every_kind_is_judged(intact: Material, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every signature taken for good: the checks behind it must stand the worst that a key's holder writes."""
    monkeypatch.setattr(anchors, "signature_fits", lambda *_: True)
    values = split(path, intact.kept[path])
    tried = 0
    # Of the log one entry with a body and one without: the others are of the same shape.
    for number, value in list(enumerate(values))[1 : 3 if path == LOG_PATH else None] or [(0, values[0])]:
        for place in places(value):
            for kind in KINDS:
                changed = [*values[:number], replaced(value, place, kind), *values[number + 1 :]]
                data = b"\n".join(map(canonical, changed)) + (b"\n" if path == LOG_PATH else b"")
                report = judge(intact, path, data)
                assert report.exit_code in (0, 1, 3)
                tried += 1
    assert tried > 50


@settings(deadline=None, max_examples=150)
@given(data=st.binary(max_size=80), path=st.sampled_from(JSON_FILES), start=st.integers(0), gone=st.integers(0, 60))
def test_any_bytes_anywhere_are_judged(intact: Material, data: bytes, path: str, start: int, gone: int) -> None:
    whole = intact.kept[path]
    place = start % (len(whole) + 1)
    changed = whole[:place] + data + whole[place + gone :]
    if changed != whole:
        assert judge(intact, path, changed).exit_code == 1


def test_missing_that_is_no_text_is_a_finding_with_its_place(intact: Material) -> None:
    about = json.loads(intact.kept[BUNDLE_PATH])
    report = judge(intact, BUNDLE_PATH, canonical({**about, "missing": [5]}))
    assert [text for _, code, _, text in report.findings if code == "list-broken"] == [
        "описи нет, или она изменена: не та структура.missing[0]"
    ]
