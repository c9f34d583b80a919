"""The cabinet's complaint, the letter to support and the probe, by the installed command."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from PIL import Image

from mock_site.server import MockSite
from mock_site.world import NewReview
from monitor.secrets.redaction import Redactor
from monitor.secrets.stores import open_store
from monitor.secrets.vault import AccountSecrets
from tests.e2e.installed import PASSPHRASE, Installed, install
from tests.e2e.prepared import INSULTS, succeed

pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def both(tmp_path: Path, mock_site: MockSite) -> Installed:
    """An account with both identities, each with a session of its own."""
    person = mock_site.world.options.accounts[1]
    identities = {
        name: {"login": person.email, "sign_in": "totp", "witness": witness}
        for name, witness in (("site_profile", person.name), ("seller_cabinet", person.company))
    }
    shop = install(tmp_path / "home", mock_site, identities=identities)
    store = open_store(shop.home / "secrets", ask_passphrase=lambda: PASSPHRASE, redactor=Redactor())
    assert person.totp_secret
    for identity in identities:
        AccountSecrets(store).save("shop", identity, "totp", person.totp_secret)
    mock_site.switches.moderator.delay_s = 0.5
    return shop


def new_review(shop: Installed) -> str:
    succeed(shop.run("poll"))
    written = NewReview(kind="insult", rating=1, text=INSULTS[0], with_order=False)
    review = shop.site.world.add_review(0, written).uuid
    succeed(shop.run("poll"))
    return review


def send(shop: Installed, review: str, *options: str) -> str:
    """Drafts, previews, approves and sends; returns the appeal's id."""
    drafted = succeed(shop.run("appeal", "draft", review, "--ground", "insult", *options, "--json")).data()
    appeal = str(drafted["id"])
    shown = succeed(shop.run("appeal", "preview", appeal, "--json")).data()
    assert shop.site.ledger.submits == []
    succeed(shop.run("appeal", "approve", appeal, "--hash", shown["payload_hash"]))
    succeed(shop.run("appeal", "submit", appeal))
    return appeal


def test_a_complaint_from_the_cabinet_with_a_file_is_followed_to_its_end(both: Installed, tmp_path: Path) -> None:
    picture = tmp_path / "переписка.png"
    Image.new("RGB", (40, 30), "teal").save(picture)
    review = new_review(both)

    appeal = send(both, review, "--channel", "cabinet_complaint", "--attach", str(picture))
    for _ in range(6):
        succeed(both.run("appeal", "follow"))
        status = succeed(both.run("appeal", "status", appeal, "--json")).rows()[0]
        if status["outcome"]:
            break

    (stored,) = both.site.world.stored_appeals
    assert (stored.channel, stored.review_uuid, len(stored.files)) == ("cabinet_complaint", review, 1)
    assert (status["state"], status["number"]) == ("confirmed", stored.number)
    assert (status["moderation"], status["outcome"]) == ("accepted", "removed")
    assert len(both.site.ledger.submits) == 1
    assert {entry.host.partition(".")[0] for entry in both.site.ledger.submits} == {"seller"}


def test_a_letter_to_support_names_the_review_and_its_sender(both: Installed) -> None:
    review = new_review(both)
    refused = both.run(
        "appeal", "draft", review, "--channel", "support_ticket", "--ground", "insult", "--text", "Удалите"
    )
    assert refused.code == 2
    assert review in refused.err

    appeal = send(both, review, "--channel", "support_ticket")

    (stored,) = both.site.world.stored_appeals
    sender = f"Тест Тестов <{both.site.world.options.accounts[1].email}>"
    assert (stored.channel, stored.review_uuid, stored.reason) == ("support_ticket", review, sender)
    status = succeed(both.run("appeal", "status", appeal, "--json")).rows()[0]
    assert (status["state"], status["number"]) == ("confirmed", stored.number)
    assert len(both.site.ledger.submits) == 1


def require_its_picture(confirmed: str) -> None:
    """The confirmation names the picture it rests on: a file that is there, by its digest."""
    named = re.search(r"By this picture, of \S+: (\S+), SHA-256\s*([0-9a-f]{64})", confirmed.replace("\n", ""))
    assert named is not None, confirmed
    kept = Path(named[1]).read_bytes()
    assert hashlib.sha256(kept).hexdigest() == named[2]
    assert kept.startswith(b"\x89PNG")


def test_a_probe_is_kept_as_evidence_and_confirmed_by_a_person(both: Installed) -> None:
    review = new_review(both)

    told = succeed(both.run("probe", "run", review))
    assert "order of the review is not known" in told.err
    found = {row["channel"]: row for row in succeed(both.run("probe", "list", review, "--json")).rows()}
    require_its_picture(succeed(both.run("probe", "confirm", found["cabinet_complaint"]["id"])).err)
    again = {row["channel"]: row for row in succeed(both.run("probe", "list", "--json")).rows()}

    assert {name: row["control"] for name, row in found.items()} == {
        "cabinet_complaint": "present",
        "public_report": "present",
        "support_chat": "present",
        "support_ticket": "present",
    }, told.out
    assert "Нарушены правила публикации" in found["cabinet_complaint"]["reasons"]
    assert "Выберите причину" not in found["cabinet_complaint"]["reasons"]
    assert found["cabinet_complaint"]["file_types"] == [".png", ".jpg", ".jpeg", ".pdf"]
    assert again["cabinet_complaint"]["confirmed_by"] == "Тест Тестов"
    assert re.fullmatch(r"[0-9a-f]{64}", found["cabinet_complaint"]["manifest_sha256"])
    log = succeed(both.run("log", "--limit", "200")).out
    assert "channel.probed" in log
    assert "channel.confirmed" in log
    assert [
        one
        for one in succeed(both.run("evidence", "verify", "--json")).data()["findings"]
        if one["severity"] == "damage"
    ] == []
    assert both.site.ledger.submits == []
