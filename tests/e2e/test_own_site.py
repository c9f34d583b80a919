"""A site that the package does not know, taken from a folder, through the installed program to a filed report."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from mock_site.server import MockSite
from mock_site.skins import CATALOGS, find_skin
from mock_site.world import NewReview, WorldOptions
from monitor.config.home import Home
from monitor.config.template import write_config
from tests.e2e.installed import MAKER, PASSPHRASE, Installed
from tests.e2e.prepared import succeed
from tests.quick_secrets import create_quick_store

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


def install_at(folder: Path, shop: MockSite) -> Installed:
    """Makes an installation whose account is of a site that it does not have yet."""
    person = shop.world.accounts[0]
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
        "sites": {"shopette": {"origins": dict(shop.origins), "requests_per_minute": 6000.0, "windows": windows}},
        "account": [
            {
                "name": "shop",
                "site": "shopette",
                "products": [shop.product_url(shop.world.product_at(0))],
                "identities": {"buyer": {"login": person.email, "sign_in": "code", "witness": person.name}},
                "caps": {"appeals_per_day": 5, "pause": "1s"},
            }
        ],
    }
    write_config(home.config, values)
    create_quick_store(home.secrets, PASSPHRASE)
    return Installed(home.root, shop)


def take(installed: Installed, folder: Path) -> None:
    """Is shown the whole site and takes it as it was shown."""
    shutil.copytree(CATALOGS / "shopette", folder / "shopette")
    (folder / "shopette" / "rules.toml").write_text(RULES)
    arguments = ("catalog", "adopt", "--folder", str(folder / "shopette"), "--why", "our second shop")
    asked = installed.run(*arguments)
    assert asked.code != 0
    assert "submit_url" in asked.out
    (shown,) = re.findall(r"--hash ([0-9a-f]{64})", " ".join(asked.err.split()))
    succeed(installed.run(*arguments, "--hash", shown))


def test_a_site_of_ones_own_is_read_signed_in_to_and_reported_on(tmp_path: Path) -> None:
    with MockSite.start(WorldOptions(seed=7, products=1, reviews_per_product=12), skin=find_skin("shopette")) as shop:
        shop.world.add_review(0, NewReview(uuid="75", rating=2, text="Too small, and the seller is an idiot"))
        installed = install_at(tmp_path, shop)
        take(installed, tmp_path)
        login = shop.world.accounts[0].email
        assert installed.type("login", prompt="Code for", answer=lambda: shop.code_for(login)).code == 0
        assert succeed(installed.run("poll", "--json")).data()["facts"]["baseline_reviews"] == 13
        captured = succeed(installed.run("capture", "75"))
        assert "could not be read" not in captured.err  # the pages that this site does not describe
        text = ("--ground", "insult", "--text", "The seller is called an idiot.")
        appeal = succeed(installed.run("appeal", "draft", "75", *text, "--json")).data()["id"]
        preview = succeed(installed.run("appeal", "preview", appeal, "--json")).data()
        succeed(installed.run("appeal", "approve", appeal, "--hash", preview["payload_hash"]))
        assert shop.ledger.submits == []

        succeed(installed.run("appeal", "submit", appeal))

        assert len(shop.ledger.submits) == 1  # at the socket
        (stored,) = shop.world.stored_appeals
        assert (stored.review_uuid, stored.reason, stored.text) == ("75", "Rude", "The seller is called an idiot.")
        states = {one["id"]: one["state"] for one in succeed(installed.run("appeal", "status", "--json")).rows()}
        assert states == {appeal: "acknowledged"}
