"""Freezes an installation as this program makes it: once a release, for all later programs to open.

    unshare --uts sh -c 'hostname shop && .venv/bin/python -m tests.frozen.freeze 0_1 --folder /srv/shop'

Manifests name the machine they were made on, and attachments the folder they lie in: hence a host name and a folder
that tell nothing. Real visits in Chromium on the mock make what visits make; ``in_every_state`` makes the rest. The
result is ``tests/frozen/v<version>.tar.xz`` and what has to be found in it, ``v<version>.json``. Neither is ever
changed afterwards: what a later program cannot read in it, it could not read on a seller's machine either.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import shutil
import sqlite3
import tarfile
import tomllib
from contextlib import closing
from pathlib import Path

from PIL import Image

from mock_site.server import MockSite
from mock_site.switches import Switches, Wall
from mock_site.world import NewReview, WorldOptions
from mock_site.world.options import AccountOptions
from monitor.appeals.machine import AppealState, Moderation, Outcome
from monitor.bootstrap import open_installation
from monitor.cases.channel_terms import identity_key
from monitor.closed_lists.states import AnswerState, Presence
from monitor.config.template import write_config
from monitor.secrets.redaction import Redactor
from monitor.secrets.stores import open_store
from monitor.secrets.vault import API_PLACE, AccountSecrets
from monitor.state import State
from tests.e2e.installed import PASSPHRASE, Installed, install
from tests.e2e.prepared import INSULTS, succeed
from tests.frozen.in_every_state import Desk, fill
from tests.frozen.telling import tell

HERE = Path(__file__).parent
SHOP, SECOND = "shop", "second"
PERSON = AccountOptions(
    name="Пример П.",
    phone="+79000000001",
    email="seller@example.com",
    totp_secret="JBSWY3DPEHPK3PXP",
)
OPTIONS = WorldOptions(seed=7, products=3, reviews_per_product=6, negative_share=0.7, accounts=(PERSON,))
"""Few reviews: pictures of whole pages are most of what is packed. Those that nobody captures come later."""
ODD_TEXTS = (
    "",
    "Одно слово\n\nи ещё\tодно",
    "<script>alert(1)</script> & &amp; «ёлка»",
    "Не\u200bвидно \u202eнаоборот 🙂👎🏽",
    "Плохо. " * 300,
)
KEPT = ("home", ".home.watermark", "passphrase", "anchor", "full", "shareable", "backup")
UNCAPPED = {"appeals_per_day": 100, "pause": "1ms"}
LEFT_OUT = {"logs", "runs"}
"""Folders of a home that hold what one machine noted for itself."""


def main() -> None:
    """Makes the installation and packs it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("version", help="as in the names of the files: 0_1")
    parser.add_argument("--folder", type=Path, required=True, help="a new folder whose path tells nothing: /srv/shop")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    folder.mkdir(parents=True)
    os.chdir(folder)
    try:
        with MockSite.start(OPTIONS) as site:
            shop = make(folder, site)
            assert site.errors == []
        expected = finish(shop)
        pack(folder, HERE / f"v{arguments.version}.tar.xz")
        text = json.dumps(expected, ensure_ascii=False, indent=1, sort_keys=True)
        (HERE / f"v{arguments.version}.json").write_text(text + "\n", "utf-8")
    finally:
        os.chdir(HERE)
        shutil.rmtree(folder)


def make(folder: Path, site: MockSite) -> Installed:
    """Lives through what an installation lives through, by the installed command."""
    shop = _install(folder, site)
    site.switches = _switches()
    reviews = _watch(shop)
    _appeal(shop, reviews, folder)
    _wall(shop)
    _fill_every_state(shop)
    succeed(shop.run("evidence", "checkpoint"))
    return shop


def finish(shop: Installed) -> dict[str, object]:
    """Exports, backs up and says what there is; nothing is written to the installation afterwards."""
    cases = {row["review_id"]: row["id"] for row in succeed(shop.run("case", "list", "-a", SHOP, "--json")).rows()}
    shown = succeed(shop.run("appeal", "status", "-a", SHOP, "--json")).rows()
    removed = next(row["review_id"] for row in shown if row["outcome"] == "removed" and "F-" not in str(row["number"]))
    case = cases[removed]
    succeed(shop.run("evidence", "export", case, "--out", "full"))
    succeed(shop.run("evidence", "export", case, "--out", "shareable", "--shareable"))
    succeed(shop.run("backup", "create", "backup"))
    verified = succeed(shop.run("evidence", "verify", "--json")).data()
    installation = open_installation(shop.home)
    told = tell(installation.state)
    _require_every_state(installation.state)
    installation.state.close()
    with closing(sqlite3.connect(shop.home / "state.sqlite3")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        schema = database.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    counted = {name: verified[name] for name in ("artifacts", "manifests", "entries")}
    return {"case": case, "evidence": counted, "schema": schema, "state": told}


def _require_every_state(state: State) -> None:
    with state.read() as tx:
        appeals = tx.appeals.of_account(SHOP)
        questions = [one for appeal in appeals for one in tx.questions.of(appeal.id)]
        presences = {one.presence for one in tx.reviews.find(SHOP)}
    assert {one.state for one in appeals} == set(AppealState)
    assert {one.moderation for one in appeals} == {"", *Moderation}
    assert {one.outcome for one in appeals} == {"", *Outcome}
    assert {one.state for one in questions} == set(AnswerState)
    assert presences == {"present", "missing", "gone", "unlisted"}


def pack(folder: Path, target: Path) -> None:
    """Packs everything that a person would keep."""
    for name in LEFT_OUT:
        shutil.rmtree(folder / "home" / name, ignore_errors=True)
    with tarfile.open(target, "w:xz", preset=9) as archive:
        for name in KEPT:
            archive.add(folder / name, name, filter=_anonymous)


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime = 0
    return entry


def _install(folder: Path, site: MockSite) -> Installed:
    witnesses = (("site_profile", PERSON.name), ("seller_cabinet", PERSON.company))
    identities = {name: {"login": PERSON.email, "sign_in": "totp", "witness": witness} for name, witness in witnesses}
    sources = {"api_client_id": PERSON.client_id, "grace": "1ms"}
    shop = install(folder / "home", site, identities=identities, sources=sources, caps=UNCAPPED)
    config = tomllib.loads((shop.home / "config.toml").read_text("utf-8"))
    third = site.world.product_at(2)
    config["vault"]["passphrase_file"] = "passphrase"
    config["evidence"] = {"anchors": ["anchor"]}
    config["account"].append({"name": SECOND, "products": [f"{site.origins['www']}/product/{third.slug}-{third.sku}/"]})
    write_config(shop.home / "config.toml", config)
    (folder / "anchor").mkdir()
    (folder / "desk").mkdir()
    kept = AccountSecrets(open_store(shop.home / "secrets", ask_passphrase=lambda: PASSPHRASE, redactor=Redactor()))
    for identity in identities:
        kept.save(SHOP, identity, "totp", str(PERSON.totp_secret))
    kept.save(SHOP, API_PLACE, "api_key", PERSON.api_key)
    return shop


def _switches() -> Switches:
    switches = Switches()
    switches.moderator.delay_s = 0.5
    return switches


def _watch(shop: Installed) -> list[str]:
    """Reviews that were there, came, were edited, vanished once, vanished for good, came back, and were hidden."""
    world = shop.site.world
    passing = [
        world.add_review(number % 2, NewReview(rating=2, text=f"Пришло не то, раз {number}.")).uuid
        for number in range(4)
    ]
    for name in (SHOP, SECOND):
        succeed(shop.run("poll", "-a", name))
    insults = [
        world.add_review(number % 2, NewReview(kind="insult", rating=1, text=text)).uuid
        for number, text in enumerate((*INSULTS, "Продавец — наглый хам и вор."))
    ]
    world.add_review(0, NewReview(kind="insult", rating=1, text="Продавец — дебил!", hidden_from=("public",)))
    for text in ("Пришло не то, но деньги вернули.", "Деньги вернули, магазин хороший."):
        world.edit_review(passing[0], text=text, rating=4)
        _poll(shop)
    world.edit_review(passing[1], text="Пришло не то. Дополнено.")
    world.delete_review(passing[2])
    world.delete_review(passing[3])
    _poll(shop)
    _poll(shop)
    world.restore_review(passing[3])
    _poll(shop)
    world.delete_review(passing[1])
    _poll(shop)
    return insults


def _poll(shop: Installed) -> None:
    done = shop.run("poll", "-a", SHOP)
    assert done.code == 0, done.err


def _appeal(shop: Installed, reviews: list[str], folder: Path) -> None:
    """One appeal to its end with evidence, one with a question, one report, one of unknown outcome, one purged case."""
    site = shop.site
    succeed(shop.run("capture", reviews[0], reviews[4], "-a", SHOP))
    chat, note = _own_files(folder)
    _give_to_case(shop, reviews[0], chat, note)
    _give_to_case(shop, reviews[4], note)
    _send(shop, _drafted(shop, reviews[0]))
    _follow(shop, reviews[0])
    site.switches.moderator.asks_first = True
    asked = _send(shop, _draft(shop, reviews[1], "--channel", "cabinet_complaint", "--attach", str(chat)))
    succeed(shop.run("appeal", "follow", "-a", SHOP))
    answer = ("--text", "Снимок приложен.", "--attach", str(chat), "--json")
    written = succeed(shop.run("appeal", "answer", "draft", asked, "-a", SHOP, *answer)).data()
    digest = written["answer_hash"]
    succeed(shop.run("appeal", "answer", "approve", asked, "-a", SHOP, "--hash", digest))
    site.switches.moderator.asks_first = False
    _send(shop, _draft(shop, reviews[2], "--channel", "public_report"))
    site.switches.submit = "500_after_store"
    order = site.world.order_of(reviews[3])
    assert order is not None
    _send(shop, _draft(shop, reviews[3], "--channel", "order_appeal", "--order", order.number), code=8)
    site.switches.submit = "ok"
    purged = _drafted(shop, reviews[4])
    succeed(shop.run("appeal", "drop", purged, "-a", SHOP, "--why", "покупатель просил не трогать"))
    succeed(shop.run("evidence", "purge", _case_of(shop, reviews[4]), "--yes"))


def _own_files(folder: Path) -> tuple[Path, Path]:
    chat, note = folder / "desk" / "переписка.png", folder / "desk" / "пояснение.txt"
    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(buffer, "PNG")
    chat.write_bytes(buffer.getvalue())
    note.write_text("Покупатель признаёт, что товар целый.\n", "utf-8")
    return chat, note


def _case_of(shop: Installed, review: str) -> str:
    rows = succeed(shop.run("case", "list", "-a", SHOP, "--json")).rows()
    return next(str(row["id"]) for row in rows if row["review_id"] == review)


def _give_to_case(shop: Installed, review: str, *files: Path) -> None:
    succeed(shop.run("evidence", "add", _case_of(shop, review), *map(str, files), "--note", "из нашей переписки"))


def _drafted(shop: Installed, review: str) -> str:
    shown = succeed(shop.run("reviews", "show", review, "-a", SHOP, "--json")).data()
    return str(shown["appeals"][0]["id"])


def _draft(shop: Installed, review: str, *options: str) -> str:
    drafted = succeed(shop.run("appeal", "draft", review, "-a", SHOP, "--ground", "insult", *options, "--json")).data()
    return str(drafted["id"])


def _send(shop: Installed, appeal: str, *, code: int = 0) -> str:
    shown = succeed(shop.run("appeal", "preview", appeal, "-a", SHOP, "--json")).data()
    digest = shown["payload_hash"]
    succeed(shop.run("appeal", "approve", appeal, "-a", SHOP, "--hash", digest))
    done = shop.run("appeal", "submit", appeal, "-a", SHOP)
    assert done.code == code, done.err
    return appeal


def _follow(shop: Installed, review: str) -> None:
    for _ in range(8):
        succeed(shop.run("appeal", "follow", "-a", SHOP))
        rows = succeed(shop.run("appeal", "status", "-a", SHOP, "--json")).rows()
        if any(row["review_id"] == review and row["outcome"] for row in rows):
            return
    raise AssertionError("the appeal came to no end")


def _wall(shop: Installed) -> None:
    """The second account meets a captcha: it is stopped, and that is an open incident."""
    shop.site.switches.walls = [Wall(kind="captcha")]
    assert shop.run("poll", "-a", SECOND).code != 0
    shop.site.switches.walls = []


def _fill_every_state(shop: Installed) -> None:
    for number in range(48):
        text = ODD_TEXTS[number] if number < len(ODD_TEXTS) else None
        shop.site.world.add_review(1, NewReview(kind="fair_negative", rating=1 + number % 2, text=text))
    _poll(shop)
    installation = open_installation(shop.home)
    with installation.state.read() as tx:
        known = {case.review_id for case in tx.cases.all(SHOP)}
        found = tx.reviews.find(SHOP, ratings=(1, 2), presence=Presence.PRESENT)
    fresh = iter([one.review_id for one in reversed(found) if one.review_id not in known])
    identity = identity_key(installation.settings.find_account(SHOP), "site_profile")
    fill(Desk(installation.state, SHOP, identity, fresh))
    installation.state.close()


if __name__ == "__main__":
    assert platform.node() == "shop", "manifests name the machine: see above"
    main()
