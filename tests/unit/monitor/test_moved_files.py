"""A home that was moved since a file was attached sends that file, from where it lies now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from evidence_store.store import ArtifactStore
from flows.channels import Attachment
from monitor.appeals.payload import attachment_of
from monitor.cases.attachments import at_home
from tests.appeal_world import fast_folder
from tests.command_world import ORDER, CommandWorld, forget_home, make_home, patched
from tests.site_in_memory import new_site


@pytest.fixture
def moved(tmp_path: Path) -> Iterator[CommandWorld]:
    """A home that was moved after a file was attached to an approved appeal."""
    site = new_site()
    with fast_folder(tmp_path) as folder, patched(site):
        make_home(folder / "one" / "home", site.clock)
        world = CommandWorld(folder / "one" / "home", site)
        picture = folder / "box.png"
        Image.new("RGB", (8, 8)).save(picture)
        drafted = world.draft(how=(*ORDER, "--attach", str(picture)))
        assert drafted.code == 0, drafted.err
        assert world.run("appeal", "approve", world.newest().id).code == 0
        forget_home(world.home)
        world.home.parent.rename(folder / "two")
        there = CommandWorld(folder / "two" / "home", site)
        yield there
        forget_home(there.home)


def test_a_moved_home_sends_the_file_from_where_it_lies_now(moved: CommandWorld) -> None:
    assert moved.run("home", "claim").code == 0
    for _ in range(2):
        moved.site.clock.advance(timedelta(minutes=20))
        assert moved.run("appeal", "follow").code == 0
    sent = moved.run("appeal", "submit", moved.newest().id)
    assert sent.code == 0, sent.err
    assert [file.path.is_relative_to(moved.home.resolve()) for file in moved.site.files] == [True]


def test_a_file_that_is_nowhere_is_told_before_a_browser_and_drafting_anew_helps(moved: CommandWorld) -> None:
    assert moved.run("home", "claim").code == 0
    appeal = moved.newest()
    with moved.installation().state.read() as tx:
        (file,) = tx.appeals.files(appeal.id)
    at_home(moved.installation().artifacts, attachment_of(file)).path.unlink()
    visits = list(moved.site.visits)

    refused = moved.run("appeal", "submit", appeal.id)

    assert refused.code == 1
    assert "box.png is not in the evidence store any more" in refused.err
    assert moved.site.visits == visits
    assert moved.run("appeal", "revoke", appeal.id).code == 0
    assert moved.draft(how=(*ORDER, "--attach", str(moved.home.parent.parent / "box.png"))).code == 0


def test_a_row_of_an_older_version_keeps_a_path_that_no_store_holds(tmp_path: Path) -> None:
    old = Attachment(path=tmp_path / "old.png", name="old.png", sha256="ab" * 32, media_type="image/png")
    assert at_home(ArtifactStore(tmp_path / "evidence"), old) == old
    assert (
        at_home(ArtifactStore(tmp_path / "evidence"), old.model_copy(update={"sha256": "no digest"})).path == old.path
    )
