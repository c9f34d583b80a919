"""The long proof of several machines: two workers, 300 accounts, a nemesis, and a control that must fail."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from mock_site.server import MockSite
from mock_site.world import NewReview
from monitor.config.template import write_config
from tests.e2e.installed import Installed, install
from tests.fixtures_postgres import drop_cluster, make_cluster
from tests.proofs.cluster import main


@pytest.mark.timeout(1800)
def test_two_machines_never_visit_one_account_at_once_and_leave_no_work_undone() -> None:
    assert main(["--accounts", "300", "--seconds", "120", "--every", "2"]) == 0


def test_a_dead_machines_account_goes_on_elsewhere_with_its_evidence(tmp_path: Path, mock_site: MockSite) -> None:
    cluster = make_cluster()
    try:
        url = cluster.new_database()
        one = join(install(tmp_path / "one", mock_site), url, "one")
        two = join(install(tmp_path / "two", mock_site), url, "two", keeps_accounts=False)
        mock_site.world.add_review(0, NewReview(rating=1, text="Пришло не то, что заказывали."))
        first = one.run("worker", "--once")
        assert first.code == 0, first.err
        assert "2 products read" in first.err
        assert two.run("worker", "--once").err.count("Visiting") == 0

        copy = Installed(tmp_path / "copy", mock_site)
        one.home.rename(copy.home)
        assert two.run("account", "move", "shop", "--to", str(copy.home)).code != 0, "it is not at home there"
        moved = copy.run("account", "move", "shop", "--to", str(two.home))
        assert moved.code == 0, moved.err
        assert "at home with two now (was one)" in moved.err

        status = two.run("cluster", "status", "--json").data()
        assert {row["name"]: row["accounts"] for row in status["workers"]} == {"one": 0, "two": 1}
        assert "Visiting shop" in two.run("worker", "--once").err
        assert two.run("evidence", "verify").code == 0
    finally:
        drop_cluster(cluster)


def join(installed: Installed, url: str, name: str, *, keeps_accounts: bool = True) -> Installed:
    """Gives an installation the shared store and a name."""
    config = installed.home / "config.toml"
    values = tomllib.loads(config.read_text())
    values |= {"state": {"url": url}, "cluster": {"worker": name, "dead_after": "3s"}}
    if not keeps_accounts:
        del values["account"]
    write_config(config, values)
    return installed
