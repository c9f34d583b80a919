"""The chat of a review with its buyer: found where the site leads to it, looked at, and never written into."""

from __future__ import annotations

import hashlib
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

import pytest
from PIL import Image

from evidence_store.artifacts import ArtifactKind
from evidence_store.masking import mask_boxes
from flows.capture.values import Capture, CaptureOrder
from flows.contexts import account_context
from flows.errors import FormMismatch
from flows.library.buyer_chat import ChatLink, Place, capture_buyer_chat, find_chat_link, hide_all_but
from flows.session import AccountWitness
from monitor.bootstrap import Installation, open_installation
from monitor.outgoing.bundle_exporting import export_case
from monitor.visit_protocol import EndKind, VisitKind
from tests.browser.conftest import signed_in_state
from tests.browser.orders import negative_review
from tests.e2e.installed import MAKER
from tests.filing_world import ACCOUNT
from tests.proofs.chat_world import chat_world

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from flows.workbench import Workbench
    from mock_site.server import MockSite

COMPANY = AccountWitness(name="ООО Пример")
PHONE, THREAT = "900 123-45-67", "Верните деньги, или отзыв останется"


def find(mock: MockSite, bench: Workbench, how: str) -> ChatLink | None:
    mock.switches.chat.buyer = how  # type: ignore[assignment]
    state, review = signed_in_state(mock, site="seller"), negative_review(mock).uuid
    return find_chat_link(bench, review, identity="seller_cabinet", state=state, expected=COMPANY)


def capture(mock: MockSite, bench: Workbench, link: ChatLink) -> Capture:
    order = CaptureOrder(
        moment="buyer_chat", url=link.url, page_name="chat", author_name=negative_review(mock).author.name
    )
    spec, state = bench.site.channels["support_chat"], signed_in_state(mock, site="seller")
    return capture_buyer_chat(bench, link, order, spec=spec, state=state, expected=COMPANY)


def posts(mock: MockSite) -> int:
    return sum(mock.ledger.count(f"/api/messenger/{what}", "POST") for what in ("message", "read"))


@pytest.mark.parametrize("how", ["answer", "page"])
def test_a_chat_is_captured_where_the_site_leads_and_its_page_sends_nothing(
    mock: MockSite, bench: Workbench, how: str
) -> None:
    link = find(mock, bench, how)
    assert link is not None
    assert (link.source, "url_sign" in link.url) == (how, True)
    done = capture(mock, bench, link)
    assert posts(mock) == 0
    told = f"{done.url} {done.final_url} {done.steps}"
    assert not [name for name in ("url_sign", "prefillMessage") if name in told]
    opened = done.steps[0]
    assert (opened.action, "ответа" in opened.outcome) == ("open", how == "answer")
    signature = dict(parse_qsl(urlsplit(link.url).query))["url_sign"].encode()
    assert not [one.kind for one in done.artifacts if signature in one.data]
    text, shot = done.artifact(ArtifactKind.VISIBLE_TEXT), done.artifact(ArtifactKind.ELEMENT_PNG)
    assert text is not None
    assert shot is not None
    assert THREAT in text.data.decode()
    assert ("ответа" in shot.note) == (how == "answer")
    masked = mask_boxes(shot.data, [box for box in done.boxes if box.picture == shot.described().digest])
    assert 0 < lit(masked) < lit(shot.data) / 2, "some of our own messages, and nothing else"


def lit(picture: bytes) -> int:
    """How many pixels are not black."""
    with Image.open(io.BytesIO(picture)) as image:
        return sum(count for count, value in image.convert("L").getcolors() or [] if value)


def test_control_without_the_gate_the_page_writes_by_itself(mock: MockSite, bench: Workbench) -> None:
    link = find(mock, bench, "answer")
    assert link is not None
    with account_context(bench.browser, bench.terms, signed_in_state(mock, site="seller")) as guarded:
        page = guarded.open_page()
        with page.expect_response("**/api/messenger/message"):
            page.goto(link.url)
    assert posts(mock) > 0


@pytest.mark.parametrize("how", ["none", "empty"])
def test_where_the_site_leads_to_no_chat_none_is_made_up(mock: MockSite, bench: Workbench, how: str) -> None:
    assert find(mock, bench, how) is None


@pytest.mark.parametrize("how", ["foreign", "away"])
def test_a_link_that_leads_elsewhere_is_not_followed(mock: MockSite, bench: Workbench, how: str) -> None:
    with pytest.raises(FormMismatch, match="leads elsewhere"):
        find(mock, bench, how)


def name_the_maker(installation: Installation) -> Installation:
    """A bundle's papers name who makes them."""
    config = installation.home.config
    maker = "".join(f'{name} = "{value}"\n' for name, value in MAKER.items())
    config.write_text(config.read_text("utf-8").replace("[operator]\n", f"[operator]\n{maker}", 1), "utf-8")
    return open_installation(installation.home.root)


def files_in(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_case_holds_the_chat_and_a_copy_to_hand_on_none_of_the_buyers_words(
    mock: MockSite, browser: Browser, tmp_path: Path
) -> None:
    with chat_world(tmp_path, mock) as world:
        world.world.installation = installation = name_the_maker(world.world.installation)
        review = world.world.reviews()[0].uuid
        mock.switches.chat.buyer = "none"
        ended = world.world.visit(VisitKind.BUYER_CHAT, browser, review_ids=(review,))
        assert (ended.kind, "does not say where" in ended.message) == (EndKind.FINDINGS, True)
        mock.switches.chat.buyer = "answer"
        ended = world.world.visit(VisitKind.BUYER_CHAT, browser, review_ids=(review,))
        assert ended.kind is EndKind.DONE, ended
        assert posts(mock) == 0
        with installation.state.read() as tx:
            case = tx.cases.of_review(ACCOUNT, review)
            kept = [one for one in tx.artifacts.of_review(ACCOUNT, review) if one.moment == "buyer_chat"]
        assert case is not None
        (shot,) = (one for one in kept if isinstance(one.notes, dict) and one.notes["kind"] == "element_png")
        with patch("monitor.outgoing.bundle_documents.write_documents", lambda *_: ((), ())):
            export_case(installation, case, tmp_path / "whole")
            export_case(installation, case, tmp_path / "shared", is_shareable=True)
        whole, shared = (files_in(tmp_path / name) for name in ("whole", "shared"))
        assert any(THREAT.encode() in data for data in whole.values())
        assert [path.name for path, data in shared.items() if b"url_sign=" in data] == []
        assert {one for data in whole.values() for one in re.findall(rb"url_sign=(?:3D)?(.{4})", data)} <= {b"****"}
        assert shot.sha256 in {hashlib.sha256(data).hexdigest() for data in whole.values()}
        assert not any(words.encode() in data for data in shared.values() for words in (THREAT, PHONE))
        assert shot.sha256 not in {hashlib.sha256(data).hexdigest() for data in shared.values()}


@pytest.mark.parametrize(
    ("shown", "hidden", "left"),
    [
        ([], [], set()),
        ([Place(2, 2, 4, 3)], [], {(2, 2), (3, 2)}),
        ([Place(2, 2, 4, 3)], [Place(3, 0, 9, 9)], {(2, 2)}),
        ([Place(0, 4, 2, 5), Place(3, 1, 9, 2)], [], {(3, 1), (4, 1), (0, 4), (1, 4)}),
        ([Place(0, 0, 2, 2), Place(1, 1, 3, 3)], [], {(0, 0), (1, 0), (0, 1), (1, 1), (1, 2), (2, 2)}),
        ([Place(-5, -5, 0, 9), Place(9, 9, 12, 12)], [], set()),
    ],
)
def test_everything_but_what_is_shown_is_blacked_out(
    shown: list[Place], hidden: list[Place], left: set[tuple[int, int]]
) -> None:
    whole = Place(0, 0, 5, 5)
    black = hide_all_but(whole, shown, hidden)
    assert all(not one.is_empty and one.within(whole) == one for one in black)
    dark = {(x, y) for one in black for x in range(one.x, one.right) for y in range(one.y, one.bottom)}
    assert {(x, y) for x in range(5) for y in range(5)} - dark == left
