"""An installation, bundles and a backup of each release are opened, migrated and verified by every later program.

What is expected here was written down when it was frozen (``freeze``), and is about data. When one of these tests
fails, the program is to be mended; the frozen files never change.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import MonitorError
from monitor.state import State, StatePlaces
from tests.e2e.prepared import succeed
from tests.fixtures_postgres import Cluster, postgres_cluster
from tests.frozen.loading import load_into_postgres
from tests.frozen.opening import (
    Frozen,
    drop_row,
    find_losses,
    flip,
    judge_bundle,
    opened_store,
    unpack,
)
from tests.frozen.telling import tell

__all__ = ["postgres_cluster"]

RELEASES = ("0_1", "0_2")
BUNDLES = ("full", "shareable")
GOOD, DAMAGE, CANNOT_JUDGE = 0, 1, 3
"""What the programs that check a bundle end with; a later one may ask an old bundle for what it does not hold."""
COMMANDS = (
    "reviews show {review} --account shop",
    "case show {review} --account shop --html story.html",
    "log --account shop --limit 2000",
)
TABLES = (
    "accounts",
    "products",
    "reviews",
    "review_versions",
    "cases",
    "verdicts",
    "appeals",
    "approvals",
    "appeal_transitions",
    "appeal_files",
    "appeal_looks",
    "questions",
    "artifacts",
    "incidents",
    "outbox",
    "visits",
    "polls",
    "journal_entries",
    "checkpoints",
)
"""As the program of 0.1 named them: rows are dropped from the frozen file itself."""


@pytest.fixture(scope="module", params=RELEASES)
def frozen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Frozen:
    """As it was packed; nothing is done with this copy."""
    return unpack(request.param, tmp_path_factory.mktemp("frozen"))


@pytest.fixture(scope="module")
def oldest(tmp_path_factory: pytest.TempPathFactory) -> Frozen:
    """The first release, for what shows that these tests can fail: that does not depend on the release."""
    return unpack(RELEASES[0], tmp_path_factory.mktemp("oldest"))


@pytest.fixture(scope="module")
def shop(frozen: Frozen, tmp_path_factory: pytest.TempPathFactory) -> Frozen:
    """A copy that commands have opened, and so migrated; they only read."""
    copy = frozen.copy_installation(tmp_path_factory.mktemp("opened"))
    succeed(copy.run("case", "list"))
    return copy


def damage(done: dict[str, Any]) -> list[dict[str, str]]:
    return [one for one in done["findings"] if one["severity"] == "damage"]


def the_case(frozen: Frozen) -> tuple[str, str]:
    """Returns the exported case and its review."""
    case: Any = frozen.expected["case"]
    state: Any = frozen.expected["state"]
    return case, state["accounts"]["shop"]["cases"][case]["review"]


def test_a_store_is_migrated_and_knows_everything(frozen: Frozen, tmp_path: Path) -> None:
    with opened_store(frozen.database, tmp_path) as state:
        assert find_losses(frozen.expected["state"], tell(state)) == []


@pytest.mark.postgres
def test_a_postgresql_store_is_migrated_and_knows_everything(frozen: Frozen, postgres_cluster: Cluster) -> None:
    url = postgres_cluster.new_database()
    load_into_postgres(frozen.database, url, schema=str(frozen.expected["schema"]))
    with State.open(StatePlaces(url=url)) as state:
        assert find_losses(frozen.expected["state"], tell(state)) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_read_it(shop: Frozen, command: str) -> None:
    done = succeed(shop.run(*command.format(review=the_case(shop)[1]).split()))
    assert done.out


def test_commands_tell_every_review_and_appeal(shop: Frozen) -> None:
    state: Any = shop.expected["state"]
    for account, known in state["accounts"].items():
        reviews = succeed(shop.run("reviews", "list", "--account", account, "--limit", "5000", "--json")).rows()
        assert {one["id"] for one in reviews} == known["reviews"].keys()
    appeals = succeed(shop.run("appeal", "status", "--account", "shop", "--json")).rows()
    known = state["accounts"]["shop"]["appeals"]
    assert {one["id"]: one["state"] for one in appeals} == {name: one["state"] for name, one in known.items()}


def test_its_evidence_and_log_are_whole_also_where_nobody_migrated_it_yet(frozen: Frozen, tmp_path: Path) -> None:
    shop = frozen.copy_installation(tmp_path)
    newest = max(path.relative_to(shop.folder) for path in (shop.folder / "anchor").iterdir())
    command = ("evidence", "verify", "--checkpoint", str(newest), "--json")
    first = shop.run(*command)
    if first.code != 0:  # then it says what to do before, and that helps
        succeed(shop.run(*re.findall("`fairreview ([^`]+)`", first.err)[0].split()))
    told = succeed(shop.run(*command)).data()
    expected: Any = shop.expected["evidence"]
    assert damage(told) == []
    assert {name: told[name] for name in ("artifacts", "manifests")} == {
        name: expected[name] for name in ("artifacts", "manifests")
    }
    assert told["entries"] >= expected["entries"]


@pytest.mark.parametrize("bundle", BUNDLES)
def test_its_bundles_verify_by_themselves(frozen: Frozen, bundle: str) -> None:
    """Under the key that was noted elsewhere: in a checkpoint of the anchor."""
    newest = max((frozen.folder / "anchor").iterdir())
    key = json.loads(newest.read_bytes())["signature"]["public_key"]
    assert judge_bundle(frozen.folder / bundle, "--key", key, by_its_own=True).code == GOOD


@pytest.mark.parametrize("bundle", BUNDLES)
def test_this_program_finds_no_damage_in_its_bundles(frozen: Frozen, bundle: str) -> None:
    done = judge_bundle(frozen.folder / bundle, by_its_own=False)
    assert done.code in {GOOD, CANNOT_JUDGE}, done.out


@pytest.mark.parametrize("by_its_own", [True, False])
@pytest.mark.parametrize("bundle", BUNDLES)
def test_one_changed_bit_in_a_bundle_is_seen(oldest: Frozen, tmp_path: Path, bundle: str, *, by_its_own: bool) -> None:
    copy = oldest.copy(tmp_path, bundle)
    flip(max((tmp_path / bundle / "data" / "captures").rglob("*.*"), key=lambda path: path.stat().st_size))
    assert judge_bundle(copy.folder / bundle, by_its_own=by_its_own).code == DAMAGE


def test_its_backup_is_restored_and_opens(frozen: Frozen, tmp_path: Path) -> None:
    back = frozen.copy(tmp_path, "backup", "passphrase")
    told = succeed(back.run("backup", "restore", "backup", "--verify", "--json", home="restored")).data()
    assert told["damage"] == []
    with opened_store(tmp_path / "restored" / "state.sqlite3", tmp_path) as state:
        losses = find_losses(frozen.expected["state"], tell(state))
    assert [loss for loss in losses if "must reconcile: True" not in loss] == []
    assert len(losses) == 2, "both accounts ask the site before they send anything"


def test_one_changed_bit_in_the_backup_is_refused(oldest: Frozen, tmp_path: Path) -> None:
    back = oldest.copy(tmp_path, "backup", "passphrase")
    flip(tmp_path / "backup")
    assert back.run("backup", "restore", "backup", home="restored").code != 0
    assert not (tmp_path / "restored").exists()


@pytest.mark.parametrize("table", TABLES)
def test_a_row_that_is_lost_would_be_seen(oldest: Frozen, tmp_path: Path, table: str) -> None:
    shutil.copy2(oldest.database, tmp_path / "state.sqlite3")
    drop_row(tmp_path / "state.sqlite3", table)
    try:
        with opened_store(tmp_path / "state.sqlite3", tmp_path) as state:
            losses = find_losses(oldest.expected["state"], tell(state))
    except (MonitorError, AssertionError, LookupError) as refused:
        losses = [str(refused)]
    assert losses != []


@pytest.mark.parametrize("victim", ["evidence/sha256", "action-log"])
def test_one_changed_bit_in_evidence_or_log_is_damage(oldest: Frozen, tmp_path: Path, victim: str) -> None:
    copy = oldest.copy_installation(tmp_path)
    succeed(copy.run("case", "list"))  # brings the store to today's schema
    flip(max((tmp_path / "home" / victim).rglob("*"), key=lambda path: path.stat().st_size if path.is_file() else 0))
    done = copy.run("evidence", "verify", "--json")
    assert done.code == 1
    assert damage(done.data()) != []


def test_nothing_of_the_machine_that_made_it_is_in_it(frozen: Frozen) -> None:
    own_path = re.compile(rb"/(?:tmp|root|work|Users|builds)/|(?<!/srv/shop)/home/|site-packages")
    files = [path for path in frozen.folder.rglob("*") if path.is_file()]
    assert [path.name for path in files if own_path.search(path.read_bytes())] == []
