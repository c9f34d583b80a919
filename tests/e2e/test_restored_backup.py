"""An appeal that went out after the backup is found on the site again, and is not sent a second time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.installed import Installed
from tests.e2e.prepared import Prepared, succeed

pytestmark = pytest.mark.timeout(900)


def test_a_restored_installation_sends_nothing_before_the_site_was_asked(prepared: Prepared, tmp_path: Path) -> None:
    shop, appeal = prepared.shop, prepared.appeal
    prepared.approve()
    succeed(shop.run("backup", "create", str(tmp_path / "old.backup")))
    succeed(shop.run("appeal", "submit", appeal))
    assert len(shop.site.ledger.submits) == 1

    back = Installed(tmp_path / "restored", shop.site)
    told = succeed(back.run("backup", "restore", str(tmp_path / "old.backup"), "--verify", "--json")).data()
    assert (told["damage"], told["must_reconcile"]) == ([], ["shop"])
    refused = back.run("appeal", "submit", appeal)
    assert refused.code == 1
    assert "`fairreview home claim`" in refused.err
    succeed(back.type("home", "claim", prompt="Does this one live on", answer=lambda: "y"))
    assert back.run("appeal", "submit", appeal).code == 8, "the site is asked first"
    assert len(shop.site.ledger.submits) == 1

    for _ in range(4):
        back.run("appeal", "follow")
        if "store.reconciled" in back.run("log", "--limit", "500").out:
            break
    (stored,) = prepared.stored()
    status = prepared.status(back)
    assert (status["review_id"], status["state"], status["number"]) == (prepared.review, "confirmed", stored.number)
    back.run("appeal", "submit", appeal)
    assert len(shop.site.ledger.submits) == 1
    assert len(prepared.stored()) == 1
