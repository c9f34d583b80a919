"""A site that the package does not know, taken from a folder, through the installed program to a filed report."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from monitor.config.home import Home
from monitor.config.template import write_config
from tests.browser.second_site.shop import CATALOG, CODE, MAIL, NAME, Shop, open_shop
from tests.e2e.installed import MAKER, PASSPHRASE, Installed
from tests.e2e.prepared import succeed
from tests.quick_secrets import create_quick_store

if TYPE_CHECKING:
    from mock_site.server import MockSite

pytestmark = pytest.mark.timeout(600)
RULES = """
format_version = 1
site = "shopette"
policy_version = "test-1"
favourable_from = 4

[[grounds]]
id = "insult"
title = "Insult"
decision = "file"
file_at = 0.8
person_at = 0.4
strong_at = 0.9
evidence = ["quote"]
verified = "test"
source = "invented for the test"

[grounds.reasons]
public_report = "Rude"
"""


def install_at(folder: Path, shop: Shop) -> Installed:
    """Makes an installation whose account is of a site that it does not have yet."""
    origin = f"http://shop.localhost:{shop.origin.rpartition(':')[2]}"
    passphrase = folder / "passphrase"
    passphrase.write_text(PASSPHRASE)
    passphrase.chmod(0o600)
    home = Home(folder / "home")
    home.create()
    windows = {"answer_window_seconds": "5s"}
    values = {
        "operator": {"name": "Тест Тестов", "role": "владелец", **MAKER},
        "vault": {"passphrase_file": str(passphrase)},
        "windows": {"settle": "1s", "between_reads": "1s", "change_of_mind": "1s"},
        "sites": {"shopette": {"origins": {"shop": origin}, "requests_per_minute": 6000.0, "windows": windows}},
        "account": [
            {
                "name": "shop",
                "site": "shopette",
                "products": [f"{origin}/item/k9"],
                "identities": {"buyer": {"login": MAIL, "sign_in": "code", "witness": NAME}},
                "caps": {"appeals_per_day": 5, "pause": "1s"},
            }
        ],
    }
    write_config(home.config, values)
    create_quick_store(home.secrets, PASSPHRASE)
    return Installed(home.root, cast("MockSite", None))  # it speaks with this shop only


def take(installed: Installed, folder: Path) -> None:
    """Is shown the whole site and takes it as it was shown."""
    shutil.copytree(CATALOG / "shopette", folder / "shopette")
    (folder / "shopette" / "rules.toml").write_text(RULES)
    assert "has no catalog" in installed.run("doctor", "--no-browser").out
    arguments = ("catalog", "adopt", "--folder", str(folder / "shopette"), "--why", "our second shop")
    asked = installed.run(*arguments)
    assert asked.code != 0
    assert "submit_url" in asked.out
    (shown,) = re.findall(r"--hash ([0-9a-f]{64})", " ".join(asked.err.split()))
    succeed(installed.run(*arguments, "--hash", shown))
    assert "has no catalog" not in installed.run("doctor", "--no-browser").out


def test_a_site_of_ones_own_is_read_signed_in_to_and_reported_on(tmp_path: Path) -> None:
    with open_shop() as shop:
        installed = install_at(tmp_path, shop)
        take(installed, tmp_path)
        assert installed.type("login", prompt="Code for", answer=lambda: CODE).code == 0
        succeed(installed.run("poll"))
        assert len(succeed(installed.run("reviews", "list", "--json")).rows()) == 5
        succeed(installed.run("capture", "75"))
        (drafted,) = succeed(installed.run("appeal", "status", "--json")).rows()
        text = ("--ground", "insult", "--text", "The seller is called an idiot.")
        succeed(installed.run("appeal", "draft", "75", *text))
        preview = succeed(installed.run("appeal", "preview", drafted["id"], "--json")).data()
        succeed(installed.run("appeal", "approve", drafted["id"], "--hash", preview["payload_hash"]))
        assert shop.flags == []

        succeed(installed.run("appeal", "submit", drafted["id"]))

        assert shop.flags == [{"opinion": "op-75", "why": "1", "words": "The seller is called an idiot."}]
        (told,) = succeed(installed.run("appeal", "status", "--json")).rows()
        assert told["state"] == "acknowledged"
        wrong = installed.run("login", "--identity", "site_profile")
        assert (wrong.code, "buyer" in wrong.err) == (2, True)
