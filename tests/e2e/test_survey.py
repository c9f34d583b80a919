"""The survey by the installed command: everything is found or told, nothing is sent, and the report tells no person."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from mock_site.server import MockSite
from mock_site.world import NewReview
from mock_site.world.models import Author
from monitor.bootstrap import open_installation
from monitor.secrets.redaction import Redactor
from monitor.secrets.stores import open_store
from monitor.secrets.vault import AccountSecrets
from tests.e2e.installed import PASSPHRASE, Installed, install
from tests.e2e.prepared import succeed

pytestmark = pytest.mark.timeout(600)
CANARIES = ("Канарейкина Жозефина", "kanareika-profile-7731", "Тексту канарейки не место в отчёте 4417")


@pytest.fixture
def shop(tmp_path: Path, mock_site: MockSite) -> Installed:
    """An account that signs in on both of the site's sides with a code secret."""
    person = mock_site.world.options.accounts[1]
    login = {"login": person.email, "sign_in": "totp"}
    identities = {
        "site_profile": {**login, "witness": person.name},
        "seller_cabinet": {**login, "witness": person.company},
    }
    made = install(tmp_path / "home", mock_site, products=1, identities=identities)
    assert person.totp_secret
    store = open_store(made.home / "secrets", ask_passphrase=lambda: PASSPHRASE, redactor=Redactor())
    for identity in identities:
        AccountSecrets(store).save("shop", identity, "totp", person.totp_secret)
    return made


def test_the_whole_catalog_is_looked_for_and_nothing_is_sent(shop: Installed, tmp_path: Path) -> None:
    author = Author(guid=CANARIES[1], name=CANARIES[0])
    shop.site.world.add_review(0, NewReview(text=CANARIES[2], author=author, rating=1))
    succeed(shop.run("poll"))
    shop.site.switches.cabinet_answers = "beside"

    told = succeed(replace(shop, limit=400.0).run("survey", "run"))  # some twenty pages, each waited for
    assert (shop.site.ledger.submits, shop.site.ledger.uploads) == ([], [])
    rows = succeed(shop.run("survey", "show", "--json")).rows()
    states = {f"{row['page']}.{row['entry']}": row["state"] for row in rows}
    assert {states["report_dialog.send"], states["cabinet_review.complain"]} == {"found"}
    found = {row["page"] for row in rows if row["state"] == "found"}
    assert {"orders", "reviews", "complaint", "support", "sign_in"} <= found
    assert "cabinet_reviews sends by itself: POST seller:/api/*/review/list" in told.err

    report = saved_report(shop, tmp_path / "report.json")
    person = shop.site.world.options.accounts[1]
    personal = (*CANARIES, *CANARIES[0].split(), person.name, person.email, person.company, "localhost")
    assert [one for one in personal if one in report] == []
    assert len(json.loads(report)["entries"]) == len(rows)
    assert all(one not in text for text in recorded_pages(shop.home) for one in (CANARIES[0], person.name))

    require_that_it_replays(shop)

    assert "seen 20" in shop.run("doctor", "--no-browser", "--details").out
    assert "marks taken back" in succeed(shop.run("survey", "forget")).err
    assert not list((shop.home / "catalogs").rglob("*.toml"))
    with open_installation(shop.home).state.read() as tx:
        actions = [row.action for row in tx.journal.rows(tx.journal.heads()["shop"].chain)]
    assert [one for one in actions if one.startswith("survey.")] == ["survey.run", "survey.forget"]


def require_that_it_replays(shop: Installed) -> None:
    """Reads what was recorded once more: as it was read then."""
    (cases,) = (shop.home / "reports" / "surveys").glob("shop/*/cases")
    again = succeed(shop.run("replay", str(cases), "--pure", "--json")).data()["cases"]
    assert {one["reading"] for one in again} == {"as_expected"}
    assert len(again) >= 5


def saved_report(shop: Installed, path: Path) -> str:
    """Is shown the report, saves just that, and returns what was saved."""
    asked = shop.run("survey", "report", "--out", str(path))
    assert (asked.code == 0, path.exists()) == (False, False)
    digest = asked.err.split("--hash ")[1][:32]
    succeed(shop.run("survey", "report", "--out", str(path), "--hash", digest))
    assert path.read_text(encoding="utf-8") in asked.out
    return path.read_text(encoding="utf-8")


def recorded_pages(home: Path) -> list[str]:
    """Returns the sources of the recorded pages."""
    pages = sorted((home / "reports" / "surveys").glob("shop/*/cases/*/*/page.html"))
    assert {page.parent.parent.name for page in pages} >= {"reviews", "orders", "cabinet_reviews"}
    return [page.read_text(encoding="utf-8") for page in pages]
