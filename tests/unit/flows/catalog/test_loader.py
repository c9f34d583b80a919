"""Loading catalogs: the real one loads, an overlay moves it, and every bad one is refused with file and key."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flows.catalog import SiteOverlay, load_site, site_names
from flows.catalog.loader import load_channels
from flows.catalog.vocabulary import MAX_FILE_BYTES
from flows.errors import CatalogError
from flows.plain_toml import TomlRefused, read_toml
from tests.meta.checkout import ROOT
from tests.unit.flows.catalog.bad_catalogs import BAD, REPORT, Bad

CATALOGS = ROOT / "selectors"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(CATALOGS / "ozon", tmp_path / "ozon")
    return tmp_path


def refusal(folder: Path, name: str = "ozon") -> CatalogError:
    with pytest.raises(CatalogError) as caught:
        load_site(name, folder=folder)
    return caught.value


def test_the_packaged_catalog_loads_and_names_itself() -> None:
    site = load_site("ozon")

    assert site.name == "ozon"
    assert "ozon" in site_names()
    assert {"sign_in", "reviews", "report_dialog", "orders", "appeals", "header"} <= site.pages.keys()


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: f"{bad.file}-{bad.where}-{BAD.index(bad)}")
def test_a_bad_catalog_is_refused_with_file_and_key(bad: Bad, folder: Path) -> None:
    path = folder / "ozon" / bad.file
    good = path.read_text(encoding="utf-8")
    assert bad.old in good
    path.write_text(good.replace(bad.old, bad.new, 1), encoding="utf-8")

    error = refusal(folder)

    assert str(path) in error.where
    assert bad.where in error.where


def test_there_are_at_least_120_bad_catalogs() -> None:
    assert len(set(BAD)) >= 120


def test_a_refusal_gives_the_line_and_the_nearest_key(folder: Path) -> None:
    path = folder / "ozon" / "site.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('signed_out_url_parts = ["signin"', 'signed_out_url_party = ["signin"'), encoding="utf-8"
    )

    error = refusal(folder)

    line = text[: text.index('signed_out_url_parts = ["signin"')].count("\n") + 1
    assert f"site.toml:{line}: identities.seller_cabinet.signed_out_url_party" in error.where
    assert "signed_out_url_parts" in error.hint


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"per_page =": "per_pgae =", "default_sort =": "default_srot ="}, "'per_page'.*'default_sort'"),
        ({'title = "Ozon"': 'title = ""'}, "at least 1 letters"),
        ({"zone =": "zome ="}, "Did you mean 'zone'?"),
        ({REPORT: 'submit_url = "https://evil.example/flags"'}, "name of .origins. and is not written whole"),
    ],
    ids=["two slips", "text", "one slip", "whole address"],
)
def test_what_is_wrong_is_told_with_near_names(folder: Path, changes: dict[str, str], told: str) -> None:
    path = folder / "ozon" / "site.toml"
    text = path.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")

    error = refusal(folder)

    assert re.search(told, f"{error} {error.hint}"), error.hint


def test_a_text_that_is_too_short_is_counted_in_letters(folder: Path) -> None:
    path = folder / "ozon" / "reviews.toml"
    path.write_text(re.sub(r'why = ".*"', 'why = "short"', path.read_text(encoding="utf-8"), count=1), "utf-8")

    assert "at least 8 letters" in str(refusal(folder))


def test_what_a_channel_says_wrong_is_told_by_its_channel(folder: Path) -> None:
    path = folder / "ozon" / "site.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(REPORT, 'submit_url = "nowhere"'), encoding="utf-8")

    with pytest.raises(CatalogError) as refused:
        load_channels(folder / "ozon")

    assert refused.value.where.endswith("channels.public_report.submit_url")


@pytest.mark.parametrize(
    "content", [b"", b"\xef\xbb\xbfschema = 1", "schema = 1".encode("utf-16"), b"\xff\xfe", b"schema = 1\0"]
)
def test_files_that_are_no_plain_toml_are_refused(content: bytes, folder: Path) -> None:
    path = folder / "ozon" / "report_dialog.toml"
    path.write_bytes(content)

    assert str(path) in refusal(folder).where


def test_a_file_that_is_too_large_is_refused(folder: Path) -> None:
    (folder / "ozon" / "report_dialog.toml").write_bytes(b"#" * (MAX_FILE_BYTES + 1))

    assert "report_dialog.toml" in refusal(folder).where


def of_parts(count: int) -> str:
    return ".".join(["a"] * count) + " = 1\n"


BUSY = {
    "a key of 50,000 parts": (of_parts(50_000), ":1"),
    "keys of 17 parts": ("x = 1\n" + of_parts(17), ":2"),
    "a key of quoted parts": ("x = 1\n\n" + '"\\u0061".' + "'b' . " * 17 + "c = 1\n", ":3"),
    "a table of 17 parts": ("[ " + of_parts(17).replace(" = 1", "]"), ":1"),
    "20,000 brackets": ("x = " + "[" * 19_000, ""),
    "a number of 10,000 digits": ("x = " + "9" * 10_000, ""),
    "not UTF-8": ("x = 1\n# \udcff\n", ":2"),
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("file", ["site.toml", "report_dialog.toml"])
@pytest.mark.parametrize("what", BUSY)
def test_what_would_keep_the_parser_busy_is_refused_with_its_line(folder: Path, file: str, what: str) -> None:
    text, line = BUSY[what]
    path = folder / "ozon" / file
    path.write_bytes(text.encode("utf-8", "surrogateescape"))

    assert refusal(folder).where == f"{path}{line}"


def test_keys_of_sixteen_parts_and_dots_in_text_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(of_parts(16).replace("= 1", f"= '{'.x' * 50}'"), encoding="utf-8-sig")

    assert list(read_toml(path, max_bytes=1_000)) == ["a"]
    with pytest.raises(TomlRefused, match="larger than 100 bytes"):
        read_toml(path, max_bytes=100)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("file", ["site.toml", "report_dialog.toml", "more.toml"])
@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_what_is_no_plain_file_is_refused_and_not_waited_for(folder: Path, kind: str, file: str) -> None:
    path = folder / "ozon" / file
    path.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.mkdir()

    assert str(path) in refusal(folder).where


def test_too_many_files_are_refused(folder: Path) -> None:
    for number in range(70):
        (folder / "ozon" / f"p{number}.toml").write_text("", encoding="utf-8")

    assert "60 files" in str(refusal(folder))


@pytest.mark.parametrize("name", ["", "..", "../ozon", "no_such", "ozon/../ozon", "озон", "a" * 5000])
def test_odd_names_of_sites_are_refused(name: str, folder: Path) -> None:
    assert "ozon" in refusal(folder, name).hint


def test_windows_line_ends_are_fine(folder: Path) -> None:
    path = folder / "ozon" / "report_dialog.toml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert load_site("ozon", folder=folder) == load_site("ozon")


def test_an_overlay_moves_origins_and_times_and_nothing_else() -> None:
    overlay = SiteOverlay(
        origins={"www": "http://www.localhost:8001"},
        timings={"action_seconds": 2},
        windows={"settle_window_seconds": 3},
    )

    plain, moved = load_site("ozon"), load_site("ozon", overlay=overlay)

    assert moved.origins == {**plain.origins, "www": "http://www.localhost:8001"}
    assert moved.timings.action_seconds == 2
    assert {spec.settle_window_seconds for spec in moved.channels.values()} == {3}
    assert moved.pages == plain.pages
    assert moved.is_overlaid
    assert not plain.is_overlaid


@pytest.mark.parametrize(
    "overlay",
    [
        SiteOverlay(origins={"evil": "http://127.0.0.1:1"}),
        SiteOverlay(timings={"action_seconds": -1}),
        SiteOverlay(timings={"unknown_seconds": 1}),
        SiteOverlay(windows={"unknown": 1}),
    ],
)
def test_an_overlay_cannot_invent_anything(overlay: SiteOverlay) -> None:
    with pytest.raises(CatalogError):
        load_site("ozon", overlay=overlay)


def test_the_browser_sends_unless_somebody_chose_the_pinned_transport() -> None:
    assert load_site("ozon").submit_transport == "browser"
    assert load_site("ozon", overlay=SiteOverlay(submit_transport="pinned")).submit_transport == "pinned"


def test_a_pinned_request_cannot_reach_a_name_of_this_machine_over_tls() -> None:
    overlay = SiteOverlay(origins={"www": "https://www.localhost:8443"}, submit_transport="pinned")
    with pytest.raises(CatalogError, match="plain http only"):
        load_site("ozon", overlay=overlay)


def test_an_overlay_never_leaves_loopback_without_tls() -> None:
    with pytest.raises(ValueError, match="https"):
        SiteOverlay(origins={"www": "http://mock.example"})


def test_the_catalog_is_importable_without_a_browser_library() -> None:
    code = (
        "import sys, flows.catalog, flows.catalog.lint, flows.readings.listing, flows.readings.merge;"
        "sys.exit('playwright' in ' '.join(sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
