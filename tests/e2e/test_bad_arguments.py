"""Every listed bad argument: exit code 2, the place, the next step, no traceback, and nothing is changed.

The program runs in this process, so that there can be many; ``test_bad_input`` starts the installed command.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from mock_site.server import MockSite
from monitor.cli.application import main
from tests.e2e.installed import install
from tests.e2e.test_bad_input import fingerprint

Arguments = tuple[str, ...]
INIT: Arguments = ("init", "--account", "x", "--login", "me@example.com", "--witness", "A", "--operator", "A")
# What is asked for, where the fault must be said to lie, and what must be said of the next step.
RUN, CHECK, OZON = ("flow", "run"), ("selectors", "check"), "https://www.ozon.ru"
CASES: dict[str, tuple[Arguments, str, str]] = {
    "empty account": (("poll", "--account", ""), "--account", "accounts: shop"),
    "option twice, the last counts": (("poll", "-a", "shop", "-a", "b"), "--account", "accounts: shop"),
    "limit in other digits": (("reviews", "list", "--limit", "٣"), "--limit", "--help"),
    "limit not finite": (("reviews", "list", "--limit", "inf"), "--limit", "--help"),
    "limit as a power": (("reviews", "list", "--limit", "1e3"), "--limit", "--help"),
    "the first day there is": (("reviews", "list", "--since", "0001-01-01"), "--since", "2026-03-31"),
    "empty day": (("reviews", "list", "--since", ""), "--since", "2026-03-31"),
    "megabyte as a review": (("reviews", "show", "x" * 1_000_000), "REVIEW", "reviews list"),
    "null character": (("reviews", "show", "a\0b"), "REVIEW", "reviews list"),
    "torn address": (("reviews", "show", "http://[x?ruuid=1"), "http://[x", "Скопировать ссылку"),
    "fragment only": (("reviews", "show", "https://www.ozon.ru/#ruuid=1"), "ozon.ru", "Скопировать ссылку"),
    "flow that is not there": (("flow", "run", "nope"), "NAME", "read_reviews"),
    "flow on a foreign site": ((*RUN, "read_reviews", "--against", "https://example.com"), "--against", "mock"),
    "flow on a script": ((*RUN, "read_reviews", "--against", "javascript:1"), "--against", "mock"),
    "flow by an unknown scenario": ((*RUN, "read_reviews", "--scenario", "nope"), "--scenario", "mock serve"),
    "sending flow on the live site": ((*RUN, "public_report", "--against", OZON), "--against", "appeal"),
    "snapshot that is none": ((*CHECK, "--snapshot", "{home}/config.toml"), "config.toml", "--save-snapshot"),
    "snapshot without a file": ((*CHECK, "--save-snapshot"), "--save-snapshot", "--snapshot"),
    "no recorded pages": (("replay", "{home}/evidence"), "evidence", "record`"),
    "case named as a path": (("record", "/", "--page", "orders", "--case", "../x"), "--case", "letters"),
    "page of another site": (("record", "https://example.com/", "--page", "orders"), "URL", "path alone"),
    "no such catalogs": ((*CHECK, "--catalogs", "{home}/none", "--recorded", "{home}"), "site.toml", "Known sites"),
    "page without a reading": (("record", "/", "--page", "nope"), "--page", "reviews"),
}  # fmt: skip
PRODUCTS = (
    "https://example.com/product/mug-1/", "ftp://www.ozon.ru/product/mug-1/", "javascript:alert(1)", "file:///etc/passwd",
    "data:text/html,x", "https://me@www.ozon.ru/product/mug-1/", "https://www.оzon.ru/product/mug-1/",
    "https://xn--zon-yma.ru/product/mug-1/", "https://www.ozon.ru\\product\\mug-1", "https://www.ozon.ru/product/mug-%00/",
    "https://www.ozon.ru/product/" + "x" * 65_536, "https://www.ozon.ru:0/product/mug-1/",
    "https://www.ozon.ru:65536/product/mug-1/", "https://[fe80::1%25eth0]/product/mug-1/", "https://www.ozon.ru./product/m-1/",
    "https://www.ozon.ru/redirect?to=https://example.com/product/mug-1/", "٥٠٥", "-1",
)  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, mock_server: MockSite) -> Path:
    return install(tmp_path_factory.mktemp("bad") / "home", mock_server).home


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["fairreview", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


@pytest.mark.parametrize("case", CASES)
def test_a_bad_argument_is_refused_with_place_and_next_step(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    arguments, place, step = CASES[case]
    before = fingerprint(home)

    code = run(monkeypatch, "--home", str(home), *(part.replace("{home}", str(home)) for part in arguments))

    told = capsys.readouterr()
    assert code == 2, told
    assert place in told.err
    assert step in told.err
    assert "Traceback" not in told.err + told.out
    assert fingerprint(home) == before


@pytest.mark.parametrize("product", PRODUCTS, ids=[product[:40] for product in PRODUCTS])
def test_a_product_of_elsewhere_is_refused_and_no_installation_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], product: str
) -> None:
    code = run(monkeypatch, "--home", str(tmp_path / "new"), *INIT, "--secrets", "file", f"--product={product}")

    told = capsys.readouterr().err
    assert (code, list(tmp_path.iterdir())) == (2, [])
    assert "--product" in told
    assert "Copy the product's address" in told


CONFIGS: dict[str, tuple[bytes, str]] = {
    "unknown key": (b"[browser]\nheadles = true\n", ":2"),
    "duplicate key": (b"[browser]\nheadless = true\nheadless = true\n", ":3"),
    "wrong type": (b"[browser]\nheadless = 'often'\n", ":2"),
    "not TOML": (b"[browser\n", ":1"),
    "UTF-16": ("[browser]\n".encode("utf-16"), ":1"),
    "not UTF-8": (b"[browser]\n# \xff\n", ":2"),
    "number of thousands of digits": (b"a = " + b"1" * 5_000, ""),
    "nested ten thousand deep": (b"a = " + b"[" * 10_000, ""),
    "secret": (b"[[account]]\nname = 'shop'\n[account.identities.site_profile]\npassword = 'hunter2!'\n", ":4"),
    "every zero seconds": (b"[[account]]\nname = 'shop'\n[account.schedule]\npoll = '0s'\n", ":4"),
    "larger than a megabyte": (b"#" * 1_000_001, ""),
}


@pytest.mark.parametrize("case", CONFIGS)
def test_a_bad_configuration_is_refused_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    content, line = CONFIGS[case]
    config = tmp_path / "config.toml"
    config.write_bytes(content)
    config.chmod(0o600)

    code = run(monkeypatch, "--home", str(tmp_path), "reviews", "list")

    told = capsys.readouterr()
    assert code == 2, told
    assert f"{config}{line}" in told.err
    assert "Traceback" not in told.err
    assert "hunter2" not in told.err
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


@pytest.mark.parametrize("kind", ["symbolic link", "pipe", "folder", "changeable by others"])
def test_a_configuration_that_is_no_plain_file_of_ours_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    config = tmp_path / "config.toml"
    if kind == "symbolic link":
        config.symlink_to(tmp_path / "elsewhere.toml")
    elif kind == "pipe":
        os.mkfifo(config)
    elif kind == "folder":
        config.mkdir()
    else:
        config.write_text("")
        config.chmod(0o666)

    code = run(monkeypatch, "--home", str(tmp_path), "reviews", "list")

    told = capsys.readouterr().err
    assert code == 2, told
    assert str(config) in told
