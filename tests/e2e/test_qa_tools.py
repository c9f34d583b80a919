"""The QA tools by the installed command: one flow by name, a page recorded and replayed, the selectors looked over."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mock_site.server import MockSite
from tests.e2e.installed import COMMAND, Done, environment

pytestmark = pytest.mark.timeout(300)


def fairreview(home: Path, *arguments: str) -> Done:
    done = subprocess.run(
        [str(COMMAND), "--home", str(home / "none"), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=200,
        env=environment(),
        cwd=home,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def test_a_flow_is_run_by_name_and_tells_its_steps(tmp_path: Path) -> None:
    done = fairreview(tmp_path, "flow", "run", "public_report", "--seed", "3", "--trace", "traces", "--json")

    assert done.code == 0, done.err
    assert done.data()["data"]["submits_at_the_socket"] == 1
    steps = [line.partition(":")[0] for line in done.err.splitlines()]
    assert [
        step for step in ("flow", "context", "page", "prepare", "gate", "sent", "observe") if step not in steps
    ] == []
    assert [path.suffix for path in (tmp_path / "traces").iterdir()] == [".zip"]


def test_a_page_is_recorded_masked_and_replayed_without_a_network(tmp_path: Path) -> None:
    recorded = fairreview(
        tmp_path, "record", "/my/orderlist", "--page", "orders", "--signed-in", "--seed", "3", "--out", "kept"
    )
    assert recorded.code == 0, recorded.err
    case = tmp_path / "kept" / "orders" / "recorded"
    source = "".join((case / name).read_text("utf-8") for name in ("page.html", "states.json", "meta.json"))
    assert "Пример П." not in source
    assert "localhost" not in source
    assert (case / "picture.png").read_bytes().startswith(b"\x89PNG")

    replayed = fairreview(tmp_path, "replay", "kept", "--json")

    assert replayed.code == 0, replayed.out + replayed.err
    (row,) = replayed.data()["cases"]
    assert (row["reading"], row["flow"], row["detail"]) == ("as_expected", "done", "10 orders")
    changed: Any = json.loads((case / "expected.json").read_text("utf-8"))
    changed["has_next"] = not changed["has_next"]
    (case / "expected.json").write_text(json.dumps(changed), "utf-8")
    differing = fairreview(tmp_path, "replay", "kept", "--pure")
    assert (differing.code, differing.out.count("has_next")) == (1, 1)


def test_the_selectors_of_recorded_pages_are_looked_over(tmp_path: Path) -> None:
    kept = Path(__file__).parents[1] / "recorded" / "orders"

    done = fairreview(tmp_path, "selectors", "check", "--recorded", str(kept), "--page", "orders", "--json")

    assert done.code == 0, done.out + done.err
    states = {row["entry"]: row["state"] for row in done.data()["entries"]}
    assert states["orders.heading"] == "primary"


def test_a_reading_flow_runs_on_a_mock_that_is_served_elsewhere(tmp_path: Path, mock_site: MockSite) -> None:
    product = mock_site.world.product_at(0)
    url = mock_site.origins["www"] + product.path

    done = fairreview(
        tmp_path, "flow", "run", "read_product_card", "--against", mock_site.origins["www"], "--product", url, "--json"
    )

    assert done.code == 0, done.err
    assert done.data()["data"]["title"] == product.title
    assert mock_site.ledger.count(product.path) == 1
