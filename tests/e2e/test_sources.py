"""Further sources by the installed command: what the page hides is found, told as missed, and settled when it shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mock_site.server import MockSite
from mock_site.world import NewReview
from monitor.secrets.redaction import Redactor
from monitor.secrets.stores import open_store
from monitor.secrets.vault import API_PLACE, AccountSecrets
from tests.e2e.installed import PASSPHRASE, Installed, install

pytestmark = pytest.mark.timeout(300)
INSULT = NewReview(kind="insult", rating=1, text="Продавец — дебил и мошенник!", hidden_from=("public",))


@pytest.fixture
def shop(tmp_path: Path, mock_site: MockSite) -> Installed:
    """An account with the API switched on, whose grace period is over at once, and no key yet."""
    sources = {"api_client_id": mock_site.world.accounts[0].client_id, "grace": "1ms"}
    made = install(tmp_path / "home", mock_site, products=1, sources=sources, schedule={"poll": "1s"})
    keep_key(made, mock_site.world.accounts[0].api_key)
    return made


def keep_key(shop: Installed, key: str) -> None:
    store = open_store(shop.home / "secrets", ask_passphrase=lambda: PASSPHRASE, redactor=Redactor())
    AccountSecrets(store).save("shop", API_PLACE, "api_key", key)


def incidents(shop: Installed) -> list[str]:
    logged = shop.run("log", "--json").rows()
    return [entry["action"] for entry in logged if entry["action"].startswith("incident.")]


def shown(shop: Installed, review: str) -> dict[str, Any]:
    found: dict[str, Any] = shop.run("reviews", "show", review, "--json").data()
    return found


def test_a_review_hidden_from_the_page_is_found_told_as_missed_and_settled(shop: Installed) -> None:
    first = shop.run("watch", "--once")
    assert "api: " in first.err
    assert first.code == 0, first.err
    review = shop.site.world.add_review(0, INSULT).uuid

    second = shop.run("watch", "--once")
    assert "1 new" in second.err
    assert "1 judged that the page does not show" in second.err
    found = shown(shop, review)
    assert found["review"]["presence"] == "unlisted"
    assert [one["source"] for one in found["sources"]] == ["api"]
    assert found["verdict"]["kind"] == "file", "it is a case before the page shows it"
    assert found["evidence"] == []
    assert "Нарушение: Оскорбление людей" in shop.run("reviews", "show", review).out

    third = shop.run("watch", "--once")
    assert f"review {review} is missed by public" in third.err
    assert incidents(shop) == ["incident.open"]

    shop.site.world.hide_review(review)
    fourth = shop.run("watch", "--once")
    assert "1 listed" in fourth.err
    assert incidents(shop) == ["incident.open", "incident.close"]
    settled = shown(shop, review)
    assert settled["review"]["presence"] == "present"
    assert "public" in {one["moment"] for one in settled["evidence"]}


def test_a_refusal_is_explained_and_the_key_is_nowhere_to_be_read(shop: Installed) -> None:
    key = shop.site.world.accounts[0].api_key
    shop.site.switches.seller_api = "no_subscription"
    checked = shop.run("source", "check")
    assert checked.code == 1
    assert "needs a subscription" in checked.err
    status = shop.run("source", "status", "--json")
    assert (status.code, status.rows()[0]["source"]) == (1, "api")
    assert "needs a subscription" in status.rows()[0]["problem"]
    assert key not in checked.out + checked.err + status.out
    files = [path for path in shop.home.rglob("*") if path.is_file()]
    assert [path for path in files if key.encode() in path.read_bytes()] == []


def test_the_key_is_asked_for_at_a_terminal_and_used(shop: Installed) -> None:
    keep_key(shop, "another-key")
    assert "does not know this key" in shop.run("source", "check").err
    key = shop.site.world.accounts[0].api_key
    # With the space: it comes after the terminal has dropped what was typed before the prompt.
    done = shop.type("source", "set-key", "shop", prompt="Api-Key: ", answer=lambda: key)
    assert "Kept" in done.out
    assert key not in done.out
    assert shop.run("source", "check").code == 0
    assert shop.run("source", "status").code == 0
