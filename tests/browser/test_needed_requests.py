"""A page that cannot work without a request of its own: seen in a look, confirmed by a person, and let pass then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.responses import PlainTextResponse

from mock_site.server import MockSite
from monitor.appeals.machine import AppealState
from monitor.cases.needed_requests import LookSource, find_marks, requests_of, source_of
from monitor.visit_protocol import EndKind, VisitEnd, VisitKind
from tests.filing_world import ACCOUNT, OPTIONS, FilingWorld, make_filing_world
from tests.proofs.filing_faults import script

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from monitor.state.probes import ProbeRecord

TOKEN = "/session/renew"
CHANNEL = "public_report"
NEEDY = f"""
let isFresh = false;
fetch('{TOKEN}?for=form', {{method: 'POST'}}).then(answer => {{ isFresh = answer.ok; }}).catch(() => 0);
document.addEventListener('click', event => {{
  if (!isFresh && event.target.closest('[type=submit]')) {{ event.preventDefault(); event.stopPropagation(); }}
}}, true);"""


SAVE = "/draft/save"
SAVING = f"""
document.addEventListener('input', () => {{ fetch('{SAVE}', {{method: 'POST', body: 'x'}}).catch(() => 0); }}, true);"""
DEMANDING = f"""
let isSaved = false;
document.addEventListener('input', () => {{
  fetch('{SAVE}', {{method: 'POST', body: 'x'}}).then(() => {{ isSaved = true; }}).catch(() => 0);
}}, true);
document.addEventListener('change', event => {{ if (!isSaved) event.target.value = ''; }}, true);"""


@pytest.fixture(scope="module")
def present_mock() -> Iterator[MockSite]:
    with MockSite.start(OPTIONS) as site:
        yield site


@pytest.fixture
def world(present_mock: MockSite, tmp_path: Path) -> FilingWorld:
    present_mock.reset()
    made = make_filing_world(tmp_path, present_mock)
    present_mock.set_route(TOKEN, lambda _: PlainTextResponse("renewed"))
    script(NEEDY)(made)
    return made


def renewals(world: FilingWorld) -> int:
    """Counts those of the form's page: pages outside the filing's browser send theirs as ever."""
    found = [entry for entry in world.site.ledger.posts if entry.path == TOKEN]
    return sum("/reviews/" in (entry.header("referer") or "") for entry in found)


def look(world: FilingWorld, browser: Browser) -> ProbeRecord:
    review = world.reviews()[0].uuid
    end = world.visit(VisitKind.PROBE, browser, review_ids=(review,), channels=(CHANNEL,))
    assert end.kind is EndKind.DONE, end
    with world.installation.state.read() as tx:
        return tx.probes.find(ACCOUNT, channel=CHANNEL)[0]


def test_what_nobody_confirmed_is_stopped_and_kept_on_record(world: FilingWorld, browser: Browser) -> None:
    probe = look(world, browser)

    assert renewals(world) == 0
    url = world.site.origins["www"] + TOKEN
    assert [(mark.method, mark.url) for mark in requests_of(probe) or ()] == [("POST", url)]

    appeal = world.approve(channel=CHANNEL)
    world.visit(VisitKind.SUBMIT, browser)

    assert renewals(world) == 0
    assert (world.load(appeal).state, sum(world.posts().values())) == (AppealState.UNKNOWN, 0)
    with world.installation.state.read() as tx:
        [told] = [step.facts for step in tx.appeals.transitions(appeal) if step.to_state == AppealState.UNKNOWN]
    assert isinstance(told, dict)
    assert told["stopped"] == [f"POST {url}"]


def test_what_a_person_confirmed_passes(world: FilingWorld, browser: Browser) -> None:
    probe = look(world, browser)
    with world.installation.state.transaction() as tx:
        tx.probes.confirm(probe.id, by="anna")

    appeal = world.approve(channel=CHANNEL)
    world.visit(VisitKind.SUBMIT, browser)

    assert renewals(world) >= 1
    assert (world.load(appeal).state, sum(world.posts().values())) == (AppealState.ACKNOWLEDGED, 1)


def test_a_later_look_still_knows_what_passes(world: FilingWorld, browser: Browser) -> None:
    first = look(world, browser)
    with world.installation.state.transaction() as tx:
        tx.probes.confirm(first.id, by="anna")

    second = look(world, browser)

    with world.installation.state.transaction() as tx:
        tx.probes.confirm(second.id, by="anna")
        marks = find_marks(tx, ACCOUNT, CHANNEL)
    assert [mark.probe_id for mark in marks or ()] == [second.id]


def preview(world: FilingWorld, browser: Browser, appeal: str) -> VisitEnd:
    return world.visit(VisitKind.PREVIEW, browser, appeal_ids=(appeal,))


def newest_look(world: FilingWorld) -> ProbeRecord:
    with world.installation.state.read() as tx:
        return tx.probes.find(ACCOUNT)[0]


@pytest.fixture
def saving(world: FilingWorld) -> FilingWorld:
    """A site whose forms save a draft while somebody types: no look that types nothing sees that."""
    world.site.set_route(SAVE, lambda _: PlainTextResponse("saved"))
    world.site.switches.renames = {}
    script(SAVING)(world)
    return world


def test_a_preview_sees_what_a_filled_form_sends_and_a_person_confirms_it(
    saving: FilingWorld, browser: Browser
) -> None:
    assert requests_of(look(saving, browser)) == ()
    appeal = saving.approve(channel="order_appeal")

    end = preview(saving, browser, appeal)

    url = saving.site.origins["www"] + SAVE
    seen = newest_look(saving)
    assert (end.kind, saving.site.ledger.count(SAVE)) == (EndKind.DONE, 0)
    assert [(mark.method, mark.url) for mark in requests_of(seen) or ()] == [("POST", url)]
    assert source_of(seen) is LookSource.PREVIEW
    assert any(url in problem and f"`fairreview probe confirm {seen.id}`" in problem for problem in end.problems)

    with saving.installation.state.transaction() as tx:
        tx.probes.confirm(seen.id, by="anna")
    saving.visit(VisitKind.SUBMIT, browser)

    assert saving.site.ledger.count(SAVE) >= 1
    assert (saving.load(appeal).state, sum(saving.posts().values())) == (AppealState.CONFIRMED, 1)


def test_a_confirmed_preview_is_not_told_again_and_a_later_probe_does_not_take_it_away(
    saving: FilingWorld, browser: Browser
) -> None:
    appeal = saving.approve(channel=CHANNEL)
    preview(saving, browser, appeal)
    seen = newest_look(saving)
    with saving.installation.state.transaction() as tx:
        tx.probes.confirm(seen.id, by="anna")

    end = preview(saving, browser, appeal)
    later = look(saving, browser)
    with saving.installation.state.transaction() as tx:
        tx.probes.confirm(later.id, by="anna")
        marks = find_marks(tx, ACCOUNT, CHANNEL)

    assert not [problem for problem in end.problems if "probe confirm" in problem]
    assert [mark.url for mark in marks or ()] == [saving.site.origins["www"] + SAVE]


def test_a_form_that_cannot_be_filled_without_a_request_still_tells_it(saving: FilingWorld, browser: Browser) -> None:
    saving.site.switches.renames = {}
    script(DEMANDING)(saving)
    appeal = saving.approve(channel="order_appeal")

    end = preview(saving, browser, appeal)

    seen = newest_look(saving)
    assert end.kind is not EndKind.DONE
    assert [mark.url for mark in requests_of(seen) or ()] == [saving.site.origins["www"] + SAVE]
    assert any(f"`fairreview probe confirm {seen.id}`" in problem for problem in end.problems), end
