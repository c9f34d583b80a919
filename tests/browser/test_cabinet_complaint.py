from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from flows.channels import ObservedKind
from flows.errors import AlreadyReported, FormMismatch, SignInRequired, WrongAccount
from flows.library.filing import open_channel
from flows.library.follow_appeals import AppealListReader
from flows.library.probe_channels import ProbeTarget, probe_channel
from flows.session import AccountWitness
from mock_site.world import NewReview
from monitor.appeals.filing import find_differences
from tests.browser.channel_table import order_for
from tests.browser.conftest import signed_in_state
from tests.browser.orders import fill

if TYPE_CHECKING:
    from pathlib import Path

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
