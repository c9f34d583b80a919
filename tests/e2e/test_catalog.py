"""A renamed button, repaired by the installed command alone: the package is never touched, and may catch up later."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import flows
from flows.catalog.loader import catalog_folder
from mock_site.world import NewReview
from tests.e2e.installed import Installed
from tests.e2e.prepared import INSULTS, succeed

pytestmark = pytest.mark.timeout(900)

OLD, NEW = "Отправить жалобу", "Отправить обращение"
NAME = "report_dialog.send"
CHECK = ("catalog", "check", "--page", "report_dialog", "--seed", "3", "--snapshot")


def approved_report(shop: Installed) -> str:
    """Meets a bad review, drafts its report and approves it; returns the appeal's id."""
    review = shop.site.world.add_review(0, NewReview(kind="insult", rating=1, text=INSULTS[0], with_order=False)).uuid
    succeed(shop.run("poll"))
    wishes = ("--ground", "insult", "--channel", "public_report")
    appeal = str(succeed(shop.run("appeal", "draft", review, *wishes, "--json")).data()["id"])
    shown = succeed(shop.run("appeal", "preview", appeal, "--json")).data()
    succeed(shop.run("appeal", "approve", appeal, "--hash", shown["payload_hash"]))
    return appeal


def upgraded(shop: Installed, folder: Path, old: str, new: str) -> Installed:
    """The same installation under a package whose catalog of the dialog says something else."""
    shutil.copytree(Path(flows.__file__).parent, folder / "flows", ignore=shutil.ignore_patterns("__pycache__"))
    if not (folder / "flows" / "_selectors").is_dir():
        shutil.copytree(catalog_folder(), folder / "selectors")
    (page,) = folder.rglob("ozon/report_dialog.toml")
    text = page.read_text(encoding="utf-8")
    assert old in text
    page.write_text(text.replace(old, new), encoding="utf-8")
    return replace(shop, variables={**shop.variables, "PYTHONPATH": str(folder)})


def look_and_adopt(shop: Installed, snapshot: str, renamed: str) -> None:
    """Lets the check propose, is shown both pictures and takes what was shown."""
    found = shop.run(*CHECK, snapshot, "--scenario", renamed)
    assert found.code == 1, found.err
    proposals = shop.home / "catalogs" / "ozon" / "proposals"
    for which in ("before", "now"):
        assert (proposals / f"{NAME}.{which}.png").read_bytes().startswith(b"\x89PNG")
    asked = shop.run("catalog", "adopt", NAME, "--why", "the button was renamed tonight")
    assert asked.code != 0
    assert NEW in asked.out
    (shown,) = re.findall(r"--hash ([0-9a-f]{32})", " ".join(asked.err.split()))
    succeed(shop.run("catalog", "adopt", NAME, "--hash", shown, "--why", "the button was renamed tonight"))


def test_a_renamed_button_is_repaired_at_home_and_outlives_an_upgrade(totp_shop: Installed, tmp_path: Path) -> None:
    shop, snapshot = totp_shop, str(tmp_path / "good.json")
    appeal = approved_report(shop)
    succeed(shop.run(*CHECK, snapshot, "--save-snapshot"))

    shop.site.switches.renames = {OLD: NEW}
    renamed = tmp_path / "renamed.toml"
    renamed.write_text(f'title = "A button has another name"\n[switches.renames]\n"{OLD}" = "{NEW}"\n', "utf-8")
    failed = shop.run("appeal", "submit", appeal)
    assert failed.code != 0
    assert "report_dialog.send" in failed.err
    assert shop.site.ledger.submits == []

    look_and_adopt(shop, snapshot, str(renamed))
    succeed(shop.run("appeal", "submit", appeal))
    assert len(shop.site.ledger.submits) == 1

    newer = upgraded(shop, tmp_path / "newer", OLD, NEW)
    assert "caught up" in newer.run("doctor", "--no-browser").out
