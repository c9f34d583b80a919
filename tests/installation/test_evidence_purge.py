"""Personal content goes by rule, for good; what stays still verifies, and says what went."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from evidence_store.entries import build_entry
from evidence_store.findings import FindingKind
from evidence_store.mirror import read_mirror
from evidence_store.store import ArtifactStore
from monitor.appeals.drafting import Drafting
from monitor.bootstrap import open_installation
from monitor.closed_lists.states import Decision
from monitor.custody import purging
from monitor.custody.checking import check_evidence
from monitor.custody.notes import person_of, require_case
from monitor.custody.purging import find_expired, purge_case
from monitor.errors import AccountBusy, AppealError, PrintingFailed, SettingsError
from monitor.outgoing import bundle_documents
from monitor.watching.recording import record_poll
from tests.appeal_world import ACCOUNT, OPERATOR, approved, draft, lease_of, listing, review
from tests.installation.test_evidence_export import judge
from tests.unit.monitor.case_world import REVIEW, World, make_world

CANARY = "канарейка-в-переписке"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return filled(tmp_path)


def filled(folder: Path) -> World:
    """A case with a file of the seller's own, whose note and bytes hold a word that must be gone."""
    world = make_world(folder)
    own = folder / "chat.txt"
    own.write_text(f"{CANARY} в файле")
    world.run("evidence", "add", world.case.id, own, "--note", CANARY)
    return world


def places_of(world: World, word: str) -> list[str]:
    """Returns every file of the installation that holds a word."""
    files = (path for path in world.installation.home.root.rglob("*") if path.is_file())
    return [path.name for path in files if word.encode() in path.read_bytes()]


def kinds(world: World) -> list[FindingKind]:
    report = check_evidence(world.installation)
    assert report.damage == ()
    return [one.kind for one in report.findings]


def test_after_a_purge_the_words_are_nowhere_and_everything_still_verifies(world: World) -> None:
    assert len(places_of(world, CANARY)) == 3  # state, mirror, store
    with world.installation.state.read() as tx:
        version = tx.reviews.newest_version(ACCOUNT, REVIEW)
    assert version is not None
    assert world.run("evidence", "purge", world.case.id, "--yes") == 0
    assert places_of(world, CANARY) == []
    assert places_of(world, "public: плохо") == []
    with world.installation.state.read() as tx:
        review, blank = tx.reviews.get(ACCOUNT, REVIEW), tx.reviews.newest_version(ACCOUNT, REVIEW)
    assert review is not None
    assert blank is not None
    assert (review.author_name, blank.text, blank.to_reading().text) == ("", "", "")
    assert blank.content_digest == version.content_digest
    found = kinds(world)
    assert found.count(FindingKind.PURGED) == 5
    assert FindingKind.BODY_PURGED in found
    assert world.actions()[-2:] == ["evidence.purge", "log.purge"]


CHANGES = (
    "UPDATE verdicts SET kind = 'ignore'",
    "UPDATE verdicts SET ground = 'other'",
    "DELETE FROM verdicts",
    "UPDATE appeals SET state = 'submitted'",
    "UPDATE appeals SET outcome = 'removed'",
    "UPDATE appeals SET number = '7'",
    "UPDATE appeal_transitions SET to_state = 'submitted'",
    "UPDATE appeal_transitions SET actor = 'person:somebody'",
    "UPDATE review_versions SET rating = 5 WHERE review_id = 'r1'",
    "UPDATE review_versions SET text = 'другое' WHERE review_id = 'r1'",
    "DELETE FROM review_versions WHERE review_id = 'r1'",
    "UPDATE reviews SET rating = 5 WHERE review_id = 'r1'",
    "DELETE FROM appeals",
)


def test_a_row_that_is_changed_after_its_words_were_removed_is_found(world: World) -> None:
    state = world.installation.state
    made = approved(state, REVIEW)
    Drafting(state).drop(made.id, actor=OPERATOR, why="stays")
    with state.transaction() as tx:
        tx.verdicts.add(world.case.id, review_version=1, kind=Decision.FILE, reasons=["x"], decided_by="rules")
    assert world.run("evidence", "purge", world.case.id, "--yes") == 0
    state.close()
    assert check_evidence(world.installation).damage == ()
    file = world.installation.home.database
    intact = file.read_bytes()
    for change in CHANGES:
        with sqlite3.connect(file) as db:
            db.execute("PRAGMA foreign_keys = OFF")
            assert db.execute(change).rowcount > 0
        assert {one.kind for one in check_evidence(world.installation).damage} == {FindingKind.ROW_DIFFERS}, change
        file.write_bytes(intact)


def test_the_words_go_from_mirrors_that_were_set_aside_too_and_damage_stays_seen(world: World) -> None:
    folder, (chain, *_) = world.installation.home.action_log, chains_of(world)
    own = folder / f"{chain}.jsonl"
    broken = own.read_bytes().replace(b'"number":4', b'"number" 4')
    (folder / f"{chain}.unreadable-1.jsonl").write_bytes(broken)
    (folder / f"{chain}.before-restore-1.jsonl").write_bytes(own.read_bytes() + unknown_to_the_table(world, chain))
    assert len(places_of(world, CANARY)) == 5
    lines = own.read_bytes().splitlines()
    own.write_bytes(b"\n".join([*lines[:2], lines[2].replace(b'"seq":3', b'"seq":30'), *lines[3:]]) + b"\n")

    assert world.run("evidence", "purge", world.case.id, "--yes") == 0

    assert places_of(world, CANARY) == []
    assert len((folder / f"{chain}.unreadable-1.jsonl").read_bytes().splitlines()) == len(lines)
    assert {one.kind for one in check_evidence(world.installation).damage} == {FindingKind.MIRROR_DIFFERS}
    assert world.run("evidence", "purge", world.case.id) == 0, "a second one finds nothing to do"


def chains_of(world: World) -> list[str]:
    with world.installation.state.read() as tx:
        return [tx.journal.heads()[ACCOUNT].chain]


def unknown_to_the_table(world: World, chain: str) -> bytes:
    """The line of an entry about the case that a restored table does not have."""
    entries, _torn = read_mirror(world.installation.home.action_log, f"{chain}.jsonl")
    body = next(body for entry in entries if (body := entry.read_body()) and body.action == "evidence.add")
    return build_entry(entries[-1].head, body).to_line()


def test_the_reviews_own_words_go_from_versions_messages_and_drafts(world: World) -> None:
    state, words = world.installation.state, "канарейка-в-отзыве"
    lease = lease_of(state, "poll")
    known = [review(REVIEW), review("r2")]
    for text in (words, f"{words} и ещё раз"):
        newest = review("r3", text=text).model_copy(update={"author_name": words, "author_id": words})
        record_poll(state, lease, listing([*known, newest], state.clock.now()))
    state.release(lease)
    with state.transaction() as tx:
        case = tx.cases.open(ACCOUNT, "r3")
        tx.verdicts.add(case.id, review_version=2, kind=Decision.FILE, reasons=[words], decided_by="rules")
    assert places_of(world, words) != []
    assert world.run("evidence", "purge", case.id, "--yes") == 0
    assert places_of(world, words) == []
    assert FindingKind.MISSING not in kinds(world)


def test_without_yes_nothing_goes(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert world.run("evidence", "purge", world.case.id, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["is_removed"], [case["artifacts"] for case in told["cases"]]) == (False, [5])
    assert "evidence.purge" not in world.actions()


def test_the_rule_takes_only_what_is_old_enough(world: World) -> None:
    assert find_expired(world.installation, timedelta(days=1)) == []
    assert [case.id for case in find_expired(world.installation, -timedelta(days=1))] == [world.case.id]
    purge_case(world.installation, world.case, rule="test", actor=person_of(world.installation.settings))
    assert find_expired(world.installation, -timedelta(days=1)) == [], "there is nothing left to remove"
    with pytest.raises(SettingsError, match="no rule"):
        world.run("evidence", "purge")


def test_an_open_appeal_keeps_its_evidence(world: World) -> None:
    draft(world.installation.state, REVIEW)
    assert find_expired(world.installation, -timedelta(days=1)) == []
    with pytest.raises(AppealError, match="still open"):
        world.run("evidence", "purge", world.case.id, "--yes")


def test_what_another_case_needs_stays(world: World, tmp_path: Path) -> None:
    with world.installation.state.transaction() as tx:
        other = tx.cases.open(ACCOUNT, "r2")
    own = tmp_path / "chat.txt"
    world.run("evidence", "add", other.id, own)
    assert world.run("evidence", "purge", world.case.id, "--yes") == 0
    assert len(places_of(world, f"{CANARY} в файле")) == 1
    assert FindingKind.MISSING not in kinds(world)


def test_the_same_bytes_taken_in_again_stay_and_are_checked_again(world: World, tmp_path: Path) -> None:
    world.run("evidence", "purge", world.case.id, "--yes")
    world.run("evidence", "add", world.case.id, tmp_path / "chat.txt")
    assert world.run("evidence", "purge", world.case.id) == 0
    assert len(places_of(world, f"{CANARY} в файле")) == 1
    next(world.installation.home.evidence.rglob("*" + digest_of(tmp_path / "chat.txt"))).unlink()
    assert FindingKind.MISSING in {one.kind for one in check_evidence(world.installation).damage}


def digest_of(path: Path) -> str:
    return ArtifactStore(path.parent / "scratch").put(path.read_bytes()).hex


@pytest.mark.parametrize("variant", [(), ("--shareable",)])
def test_a_bundle_of_a_purged_case_says_what_went(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variant: tuple[str, ...]
) -> None:
    def refuse(*_: object) -> bytes:
        raise PrintingFailed("no browser")

    monkeypatch.setattr(bundle_documents, "print_pages", refuse)
    world.run("evidence", "purge", world.case.id, "--yes")
    assert world.run("evidence", "export", world.case.id, "--out", tmp_path / "b", *variant) == 0
    code, words = judge(tmp_path / "b")
    assert code == 0, words
    assert words.count("удалено по сроку хранения") == 5


def kill_in(step: str, home: str, case_id: str) -> None:
    """Purges and kills itself right before a step."""

    def die(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    installation = open_installation(Path(home))
    target = {
        "mirroring": installation.state,
        "finishing": purging,
        "rebuilding": installation.state,
        "removing": ArtifactStore,
    }
    name = {"mirroring": "flush_mirror", "finishing": "finish_purges", "rebuilding": "purge_mirror"}
    case, actor = require_case(installation.state, case_id), person_of(installation.settings)
    setattr(target[step], name.get(step, "remove"), die)
    purge_case(installation, case, rule="test", actor=actor)


@pytest.mark.parametrize("step", ["mirroring", "finishing", "rebuilding", "removing"])
def test_an_interrupted_purge_is_no_damage_and_the_next_run_finishes_it(world: World, step: str) -> None:
    command = [sys.executable, "-m", __name__, step, str(world.installation.home.root), world.case.id]
    killed = subprocess.run(command, check=False, capture_output=True, timeout=60)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert places_of(world, CANARY) != []
    open_installation(world.installation.home.root).state.close()  # as the next start does
    found = [one for one in check_evidence(world.installation).findings if one.kind is FindingKind.LEFTOVER]
    assert len(found) == 5
    assert world.run("evidence", "purge", world.case.id) == 0
    assert places_of(world, CANARY) == []
    assert FindingKind.LEFTOVER not in kinds(world)


def test_what_was_never_noted_goes_by_the_rule_and_is_told(world: World) -> None:
    stray = world.installation.artifacts.put(b"stored by a writer that died")
    actor = person_of(world.installation.settings)
    assert purging.sweep_unreferenced(world.installation, timedelta(days=1), actor=actor) == 0
    assert purging.sweep_unreferenced(world.installation, -timedelta(days=1), actor=actor) == 1
    assert stray not in world.installation.artifacts.digests()
    found = kinds(world)
    assert FindingKind.UNREFERENCED not in found
    assert FindingKind.MISSING not in found


def test_no_purge_while_a_visit_runs(world: World) -> None:
    with world.installation.state.transaction() as tx:
        tx.locks.acquire(ACCOUNT, "a visit", timedelta(minutes=5), boottime=0.0)
    with pytest.raises(AccountBusy):
        world.run("evidence", "purge", world.case.id, "--yes")
    assert places_of(world, CANARY) != []


def test_bytes_that_go_without_an_entry_are_damage(world: World) -> None:
    world.installation.artifacts.remove(next(iter(purging.plan_purge(world.installation, world.case).digests)))
    assert FindingKind.MISSING in {one.kind for one in check_evidence(world.installation).damage}


if __name__ == "__main__":
    kill_in(*sys.argv[1:])
