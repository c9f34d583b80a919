"""Secrets lie in the secret store and nowhere else: not in evidence, logs, state, pages, temporary files or argv."""

from __future__ import annotations

import base64
import gzip
import io
import json
import quopri
import zipfile
from collections.abc import Iterator
from pathlib import Path
from subprocess import DEVNULL
from urllib.parse import quote

import psutil
import pytest

from mock_site.world import NewReview
from tests.e2e.installed import COMMAND, PASSPHRASE, Installed, environment

pytestmark = pytest.mark.timeout(900)


def spellings(secret: str) -> set[bytes]:
    """The forms in which a secret could slip out."""
    raw = secret.encode()
    forms = {raw, quote(secret, safe="").encode(), json.dumps(secret)[1:-1].encode(), secret.encode("utf-16-le")}
    return forms | {base64.b64encode(raw).rstrip(b"=")[:-1], raw.hex().encode()}


def leaks(folder: Path, secrets: dict[str, str]) -> list[str]:
    """Names each file outside the secret store that holds one of the secrets, in any spelling."""
    found = []
    for path in folder.rglob("*"):
        if not path.is_file() or path.relative_to(folder).parts[0] in {"secrets"}:
            continue
        for layer in layers(path.read_bytes()):
            held = [name for name, value in secrets.items() if any(form in layer for form in spellings(value))]
            found += [f"{name} in {path}" for name in held]
    return found


def layers(data: bytes) -> Iterator[bytes]:
    """Gives the bytes, and what is packed in them: members of zips, gzip's content, MHTML without its line breaks."""
    yield data
    if data.startswith(b"\x1f\x8b"):
        yield from layers(gzip.decompress(data))
    elif data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield from layers(archive.read(name))
    elif b"multipart/related" in data[:2_000]:
        yield quopri.decodestring(data)


def tokens_of(shop: Installed) -> dict[str, str]:
    return {f"form token of {one.sid[:8]}": one.csrf for one in shop.site.world.sign_ins.open_sessions()}


def test_no_secret_leaves_the_secret_store(totp_shop: Installed) -> None:
    shop = totp_shop
    person = shop.site.world.options.accounts[1]
    assert shop.run("login").code == 0
    assert shop.run("poll").code == 0
    text = "Продавец — дебил и мошенник!"
    review = shop.site.world.add_review(0, NewReview(kind="insult", rating=1, text=text, with_order=False)).uuid
    assert shop.run("poll").code == 0
    assert shop.run("capture", review).code == 0
    case = shop.run("case", "list", "--json").rows()[0]["id"]
    reports = shop.home / "reports"
    reports.mkdir(mode=0o700, exist_ok=True)
    assert shop.run("evidence", "export", case, "--out", str(reports / "case.zip")).code == 0
    tokens = tokens_of(shop)
    assert tokens, "the run must have had sessions whose forms carry tokens"
    # Failures are the likeliest place to leak: the session dies, then a wall comes.
    shop.site.world.sign_ins.kill_all()
    shop.run("--debug", "session", "status", "--check")
    shop.run("appeal", "preview", "--live", "appeal_")

    sessions = shop.site.world.sign_ins.opened_sids
    secrets = {"totp secret": str(person.totp_secret), "passphrase": PASSPHRASE}
    secrets |= {f"session {number}": sid for number, sid in enumerate(sessions)} | tokens | tokens_of(shop)
    assert sessions, "the run must have opened sessions, or nothing was tested"
    assert leaks(shop.home, secrets) == []
    assert [path for path in shop.home.rglob("*") if path.is_file() and path.stat().st_mode & 0o077] == []


def test_the_scan_finds_what_it_looks_for(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "page.html").write_bytes(base64.b64encode(b"a canary in its cage"))

    assert leaks(tmp_path, {"canary": "a canary in its cage"}) != []


def test_the_scan_finds_what_is_packed_in_a_bundle(tmp_path: Path) -> None:
    canary = "0f9a3c5e7b1d2f4a6c8e0b2d4f6a8c0e"
    page = b"Content-Type: multipart/related\r\n\r\n" + quopri.encodestring(b"x" * 60 + canary.encode())
    assert canary.encode() not in page
    replay, bundle = io.BytesIO(), tmp_path / "case.zip"
    with zipfile.ZipFile(replay, "w") as archive:
        archive.writestr("archive/data.warc.gz", gzip.compress(b"WARC") + gzip.compress(canary.encode()))
    for member in (page, replay.getvalue()):
        with zipfile.ZipFile(bundle, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("case/data/member", member)
        assert leaks(tmp_path, {"canary": canary}) == [f"canary in {bundle}"]


def test_no_secret_stands_in_argv(totp_shop: Installed) -> None:
    child = psutil.Popen(
        [str(COMMAND), "--home", str(totp_shop.home), "poll"],
        env=environment(),
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    seen: set[str] = set()
    while child.poll() is None:
        for process in [child, *child.children(recursive=True)]:
            try:
                seen.add("\0".join(process.cmdline()) + "\0".join(process.environ().values()))
            except psutil.Error:
                continue
    person = totp_shop.site.world.options.accounts[1]

    assert len(seen) > 1
    assert [line for line in seen if PASSPHRASE in line or str(person.totp_secret) in line] == []
