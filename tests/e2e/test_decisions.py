"""A person's decisions by the installed command; no browser is needed for them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from mock_site.server import MockSite
from monitor.appeals.ledger import Ledger
from monitor.cases.channel_terms import terms_of
from tests.e2e.installed import Installed
from tests.filing_world import ACCOUNT, FilingWorld, make_filing_world


def leave_unknown(world: FilingWorld, appeal: str) -> None:
    """A filing visit dies in the middle."""
    state = world.installation.state
    terms = terms_of(
        world.installation.site("ozon"), "order_appeal", settings=world.installation.settings, account=world.account
    )
    first = state.acquire(ACCOUNT, "first", timedelta(minutes=5))
    Ledger(state).take_intent(appeal, first, terms)
    state.release(first)
    second = state.acquire(ACCOUNT, "second", timedelta(minutes=5))
    Ledger(state).abandon(second, "its process is gone")
    state.release(second)


def test_a_person_resolves_what_the_site_cannot_tell(tmp_path: Path, mock_site: MockSite) -> None:
    world = make_filing_world(tmp_path, mock_site)
    shop = Installed(world.installation.home.root, mock_site)
    appeal = world.approve()
    leave_unknown(world, appeal)
    assert shop.run("appeal", "resolve", appeal, "not-there").code == 2, "it needs a reason"
    assert shop.run("appeal", "resolve", appeal, "there").code == 1, "nobody can be asked without a terminal"

    prompt = "Is this what you found"
    command = ("appeal", "resolve", appeal, "there", "--number", "A-000777")
    done = shop.type(*command, prompt=prompt, answer=lambda: "y")

    assert done.code == 0, done.out
    assert "В отзыве указан номер телефона" in done.out, "what is known is shown before the question"
    assert (world.load(appeal).state, world.load(appeal).number) == ("confirmed", "A-000777")


def test_an_approval_is_taken_back(tmp_path: Path, mock_site: MockSite) -> None:
    world = make_filing_world(tmp_path, mock_site)
    shop = Installed(world.installation.home.root, mock_site)
    appeal = world.approve()

    assert shop.run("appeal", "revoke", appeal, "--why", "another word").code == 0

    assert world.load(appeal).state == "draft"
    assert shop.run("appeal", "submit", appeal).code == 1
    assert mock_site.ledger.submits == []
