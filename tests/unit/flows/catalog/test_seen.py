"""Marks of what an account saw itself: they count for the entry as it was then, where it was, and can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.catalog.layers import Layers
from flows.catalog.loader import load_site
from flows.catalog.seen import (
    SEEN,
    SeenEntry,
    digest_of_entry,
    digest_of_origins,
    marks_in_force,
    read_seen,
    render_seen,
)
from flows.errors import CatalogError

MARK = "seen 2026-12 by this account"


def write(home: Path, *, origins: str = "", base: str = "") -> Layers:
    site = load_site("ozon")
    entry = SeenEntry(
        page="report_dialog",
        entry="send",
        base=base or digest_of_entry(site.page("report_dialog")["send"]),
        mark=MARK,
    )
    folder = home / "ozon" / SEEN
    folder.mkdir(parents=True)
    text = render_seen("ozon", "shop", origins or digest_of_origins(site), [entry])
    (folder / "shop.toml").write_text(text, encoding="utf-8")
    return Layers(home, "shop")


def test_a_mark_stands_in_place_of_the_package_s_for_this_account_only(tmp_path: Path) -> None:
    layers = write(tmp_path)
    assert load_site("ozon", layers=layers).page("report_dialog")["send"].verified == MARK
    for other in (Layers(tmp_path), Layers(tmp_path, "another")):
        assert load_site("ozon", layers=other).page("report_dialog")["send"].verified != MARK
    (tmp_path / "ozon" / SEEN / "shop.toml").unlink()
    assert load_site("ozon", layers=layers).page("report_dialog")["send"].verified != MARK


@pytest.mark.parametrize("changed", [{"origins": "0" * 64}, {"base": "0" * 64}])
def test_a_mark_of_other_origins_or_of_another_entry_counts_no_more(tmp_path: Path, changed: dict[str, str]) -> None:
    layers = write(tmp_path, **changed)
    site = load_site("ozon", layers=layers)
    assert marks_in_force(site, read_seen(layers, "ozon")) == {}
    assert site.page("report_dialog")["send"].verified != MARK


def test_a_file_that_cannot_be_read_says_how_to_go_on(tmp_path: Path) -> None:
    layers = write(tmp_path)
    (tmp_path / "ozon" / SEEN / "shop.toml").write_text("seen = 2", encoding="utf-8")
    with pytest.raises(CatalogError) as refused:
        load_site("ozon", layers=layers)
    assert "survey forget" in refused.value.hint
