"""A case tells what its review lacks: words, the reviews beside it that the site hides, pictures that did not load."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from evidence_store.manifest import Completeness
from flows.readings.models import Photo, ReviewReading
from monitor.cases.casework import open_case_file
from monitor.closed_lists.review_changes import Change
from monitor.outgoing import notes
from monitor.outgoing.notes import tell_notes
from monitor.watching.recording import record_poll
from monitor.watching.words import CHANGES
from tests.appeal_world import ACCOUNT, SKU, lease_of, listing, review
from tests.unit.evidence_store.samples import sample_manifest
from tests.unit.monitor.case_world import REVIEW, World, make_world, told

ONLY_PICTURES = "Отзыв состоит из оценки 1 и 2 фото или видео, без текста: программа их не смотрит, посмотрите сами."


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def test_stars_and_pictures_are_called_what_they_are_and_a_person_looks(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = tuple(Photo(media_id=str(number), url=f"https://example.test/{number}.jpg") for number in (1, 2))
    wordless = review(REVIEW, text="", version=1).model_copy(update={"photos": photos})
    read_again(world, wordless)
    world.run("triage", REVIEW)
    said = told(capsys)
    assert ONLY_PICTURES in said
    assert "оценивать нечего" not in said
    world.run("case", "show", world.case.id)
    said = told(capsys)
    assert "Текста нет: отзыв состоит из оценки и 2 фото или видео" in said


def test_a_cut_listing_is_told_with_the_case(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        tell_notes(
            world.installation.state,
            world.installation.artifacts,
            open_case_file(world.installation.state, world.installation.artifacts, ACCOUNT, REVIEW),
        )
        == ()
    )
    with world.installation.state.transaction() as tx:
        tx.products.change(ACCOUNT, SKU, cut="site_limit", reviews_shown=990, reviews_total=3368)
    world.run("case", "show", world.case.id, "--json")
    (note,) = json.loads(capsys.readouterr().out)["notes"]
    assert note == f"Отзывы товара {SKU} площадка показывает не все: видно 990 из 3368 (предел сайта)."


def test_a_case_tells_that_its_review_went_away_and_came_back(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, moment = review(REVIEW), world.installation.state.clock.now()
    for hours, shown in enumerate(([], [], [mine], [mine]), start=1):
        monkeypatch.setattr(world.installation.state.clock, "now", lambda hours=hours: moment + timedelta(hours=hours))
        read_again(world, *shown)
    world.run("case", "show", world.case.id, "--json")
    steps = [step["title"] for step in json.loads(capsys.readouterr().out)["steps"]]
    assert steps[-3:] == [CHANGES[one].title for one in (Change.MISSING, Change.GONE, Change.BACK)]
    world.run("reviews", "show", REVIEW, "--json")
    told_changes = json.loads(capsys.readouterr().out)["changes"]
    assert [one["change"] for one in told_changes] == ["missing", "gone", "back"]
    world.run("reviews", "show", REVIEW)
    assert "back, seen " in capsys.readouterr().out


def test_a_case_of_an_earlier_program_tells_that_its_review_is_gone(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    with world.installation.state.transaction() as tx:
        tx.reviews.mark_gone(ACCOUNT, [REVIEW], tx.now())
    world.run("case", "show", world.case.id, "--json")
    steps = [step["title"] for step in json.loads(capsys.readouterr().out)["steps"]]
    assert steps.count(CHANGES[Change.GONE].title) == 1


def test_pictures_that_did_not_load_are_told_with_their_moment(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = sample_manifest(completeness=Completeness(images_total=5, images_decoded=3), is_partial=True)
    monkeypatch.setattr(notes, "manifests_of", lambda *_: [sample_manifest(), lacking])
    (note,) = tell_notes(
        world.installation.state,
        world.installation.artifacts,
        open_case_file(world.installation.state, world.installation.artifacts, ACCOUNT, REVIEW),
    )
    assert note.startswith("На снимке нет картинок: не загрузились 2 из 5 (")


@pytest.mark.parametrize(("total", "decoded", "unloaded"), [(5, 3, 2), (5, 5, 0), (None, None, 0)])
def test_a_capture_counts_the_pictures_it_lacks(total: int | None, decoded: int | None, unloaded: int) -> None:
    assert Completeness(images_total=total, images_decoded=decoded).images_unloaded == unloaded
    assert sample_manifest().completeness.images_unloaded == 0


def read_again(world: World, *reviews: ReviewReading) -> None:
    state = world.installation.state
    lease = lease_of(state)
    record_poll(state, lease, listing([*reviews, review("r2")], state.clock.now()))
    state.release(lease)
