from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image
from starlette.responses import HTMLResponse

from flows.capture.values import CaptureOrder
from flows.channels import ObservedKind
from flows.errors import AlreadyReported, FormMismatch, SignInRequired, WrongAccount
from flows.library.capture_review import capture_review
from flows.library.filing import open_channel
from flows.library.follow_appeals import AppealListReader
from flows.library.probe_channels import ProbeTarget, probe_channel
from flows.session import AccountWitness
from mock_site.world import NewReview
from monitor.appeals.filing import find_differences
from tests.browser.channel_table import order_for
from tests.browser.conftest import impatient, signed_in_state, site_of, workbench
from tests.browser.orders import fill

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from flows.channels import FilingOrder, Observation
    from flows.workbench import Workbench
    from mock_site.server import MockSite

COMPANY = AccountWitness(name="ООО Пример")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "переписка.png"
    Image.new("RGB", (40, 30), "teal").save(path)
    return path


@pytest.fixture
def cabinet(mock: MockSite) -> bytes:
    return signed_in_state(mock, site="seller")


def complain(bench: Workbench, state: bytes, order: FilingOrder) -> Observation:
    with open_channel(bench, "cabinet_complaint", state=state, expected=COMPANY) as form:
        form.channel.prepare(order)
        assert find_differences(form.channel.inspect(), order) == []
        form.gate.arm(lambda _: None)
        form.channel.gesture()
        return form.channel.observe()


def test_a_complaint_goes_out_once_with_its_files_and_is_listed(
    mock: MockSite, bench: Workbench, cabinet: bytes, picture: Path
) -> None:
    mock.switches.moderator.delay_s = 3600.0
    order = order_for(mock, "cabinet_complaint", picture)

    seen = complain(bench, cabinet, order)
    listed = AppealListReader(
        bench, state=cabinet, expected=COMPANY, list_page="complaints", identity="seller_cabinet"
    ).read_list()

    (stored,) = mock.world.stored_appeals
    assert (seen.kind, seen.number) == (ObservedKind.NUMBER, stored.number)
    assert [file.sha256 for file in stored.files] == [file.sha256 for file in order.attachments]
    assert listed.is_complete
    assert [(row.number, row.review_id, row.status) for row in listed.rows] == [
        (stored.number, order.review_id, "received")
    ]
    assert len(mock.ledger.submits) == 1


def test_an_older_review_is_found_by_the_cursor(mock: MockSite, bench: Workbench, cabinet: bytes) -> None:
    order = order_for(mock, "cabinet_complaint")
    for _ in range(21):
        mock.world.add_review(0, NewReview(kind="positive", rating=5))

    complain(bench, cabinet, order)

    pages = [entry for entry in mock.ledger.entries if entry.path == "/app/reviews"]
    assert len(pages) >= 3
    assert len({entry.query for entry in pages}) == len(pages)
    assert len(mock.ledger.submits) == 1


def test_a_review_complained_of_before_is_said_to_be(mock: MockSite, bench: Workbench, cabinet: bytes) -> None:
    order = order_for(mock, "cabinet_complaint")
    complain(bench, cabinet, order)

    with pytest.raises(AlreadyReported):
        fill(bench, order, state=cabinet, expected=COMPANY)


def test_a_cabinet_without_the_button_says_so(mock: MockSite, bench: Workbench, cabinet: bytes) -> None:
    mock.switches.renames = {">Пожаловаться<": ">Ответить<"}
    order = order_for(mock, "cabinet_complaint")

    with pytest.raises(FormMismatch, match="offers no complaint"):
        fill(bench, order, state=cabinet, expected=COMPANY)
    target = ProbeTarget(review_id=order.review_id, product_url=order.product_url)
    probe = probe_channel(bench, "cabinet_complaint", target, state=cabinet, expected=COMPANY)
    assert probe.control == "absent"


def test_a_probe_tells_reasons_and_limits_and_sends_nothing(mock: MockSite, bench: Workbench, cabinet: bytes) -> None:
    order = order_for(mock, "cabinet_complaint")
    target = ProbeTarget(review_id=order.review_id, product_url=order.product_url)

    probe = probe_channel(bench, "cabinet_complaint", target, state=cabinet, expected=COMPANY)

    assert probe.control == "present"
    assert order.reason_label in probe.form.reasons
    assert (probe.form.limits.text_max, probe.form.limits.takes_files) == (1000, True)
    assert mock.ledger.posts == []


def test_another_company_files_nothing(mock: MockSite, bench: Workbench) -> None:
    other = signed_in_state(mock, "+79000000002", site="seller")

    with pytest.raises(WrongAccount):
        fill(bench, order_for(mock, "cabinet_complaint"), state=other, expected=COMPANY)


def test_the_profile_of_the_shop_is_no_session_of_the_cabinet(mock: MockSite, bench: Workbench) -> None:
    with pytest.raises(SignInRequired):
        fill(bench, order_for(mock, "cabinet_complaint"), state=signed_in_state(mock), expected=COMPANY)


def test_the_page_of_a_decided_complaint_is_captured(mock: MockSite, bench: Workbench, cabinet: bytes) -> None:
    seen = complain(bench, cabinet, order_for(mock, "cabinet_complaint"))
    page = bench.site.channels["cabinet_complaint"].details_page
    assert page == "complaint_details"

    url = bench.site.url(page, appeal_number=seen.number or "")
    order = CaptureOrder(moment="status", url=url, page_name=page, made_by="test")
    capture = capture_review(bench, order, state=cabinet)

    assert (capture.missing, capture.problems) == ((), ())
    assert any(seen.number.encode() in one.data for one in capture.artifacts if seen.number)


def test_the_capture_of_a_complaints_page_that_is_not_as_described_says_so(
    mock: MockSite, browser: Browser, cabinet: bytes
) -> None:
    bench = workbench(browser, site_of(mock))
    seen = complain(bench, cabinet, order_for(mock, "cabinet_complaint"))
    mock.switches.renames = {"<h1>Жалоба №": "<h4>Иначе"}

    url = bench.site.url("complaint_details", appeal_number=seen.number or "")
    order = CaptureOrder(moment="status", url=url, page_name="complaint_details", made_by="test")
    capture = capture_review(impatient(bench, hydration_seconds=1.0), order, state=cabinet)

    [problem] = capture.problems
    assert "complaint_details.heading" in problem


def test_a_list_may_lead_straight_to_the_form(mock: MockSite, browser: Browser, cabinet: bytes) -> None:
    pages = {name: page for name, page in site_of(mock).pages.items() if name != "cabinet_review"}
    bench = workbench(browser, site_of(mock).model_copy(update={"pages": pages}))
    order = order_for(mock, "cabinet_complaint")
    mock.set_route("/app/reviews", lambda _: HTMLResponse(straight_list(order.review_id)))

    seen = complain(bench, cabinet, order)

    (stored,) = mock.world.stored_appeals
    assert (seen.kind, seen.number) == (ObservedKind.NUMBER, stored.number)
    assert (stored.review_uuid, len(mock.ledger.submits)) == (order.review_id, 1)


def test_a_straight_link_to_another_review_is_not_filed(mock: MockSite, browser: Browser, cabinet: bytes) -> None:
    pages = {name: page for name, page in site_of(mock).pages.items() if name != "cabinet_review"}
    bench = workbench(browser, site_of(mock).model_copy(update={"pages": pages}))
    order = order_for(mock, "cabinet_complaint")
    other = next(one.uuid for one in mock.world.reviews(mock.world.product_at(1)) if one.uuid != order.review_id)
    mock.set_route("/app/reviews", lambda _: HTMLResponse(straight_list(order.review_id, leads_to=other)))

    with pytest.raises(FormMismatch, match=r"another|about the review"):
        complain(bench, cabinet, order)

    assert mock.ledger.submits == []


def straight_list(review_id: str, leads_to: str = "") -> str:
    """A list of reviews whose rows link straight to the form."""
    link = f'<a href="/app/reviews/complaint?frame=1&review={leads_to or review_id}">Открыть отзыв</a>'
    return (
        '<html lang="ru"><body><header data-widget="sellerHeader">'
        f'<span data-widget="companySwitcher">{COMPANY.name}</span></header><main><h1>Отзывы</h1>'
        f'<table><tbody><tr reviewuuid="{review_id}"><td>{link}</td></tr></tbody></table></main></body></html>'
    )
