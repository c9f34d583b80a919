"""Secrets lie in the secret store and nowhere else: not in evidence, logs, state, pages, temporary files or argv."""

from __future__ import annotations

import base64
import json
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
        data = path.read_bytes()
        found += [f"{label} in {path}" for label, value in secrets.items() if any(f in data for f in spellings(value))]
    return found


def test_no_secret_leaves_the_secret_store(totp_shop: Installed) -> None:
    shop = totp_shop
    person = shop.site.world.options.accounts[1]
    assert shop.run("login").code == 0
    assert shop.run("poll").code == 0
    text = "Продавец — дебил и мошенник!"
    review = shop.site.world.add_review(0, NewReview(kind="insult", rating=1, text=text, with_order=False)).uuid
    assert shop.run("poll").code == 0
    assert shop.run("capture", review).code == 0
    # Failures are the likeliest place to leak: the session dies, then a wall comes.
    shop.site.world.sign_ins.kill_all()
    shop.run("--debug", "session", "status", "--check")
    shop.run("appeal", "preview", "--live", "appeal_")

    sessions = shop.site.world.sign_ins.opened_sids
    secrets = {"totp secret": str(person.totp_secret), "passphrase": PASSPHRASE}
    secrets |= {f"session {number}": sid for number, sid in enumerate(sessions)}
    assert sessions, "the run must have opened sessions, or nothing was tested"
    assert leaks(shop.home, secrets) == []
    assert [path for path in shop.home.rglob("*") if path.is_file() and path.stat().st_mode & 0o077] == []


def test_the_scan_finds_what_it_looks_for(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "page.html").write_bytes(base64.b64encode(b"a canary in its cage"))

    assert leaks(tmp_path, {"canary": "a canary in its cage"}) != []


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
