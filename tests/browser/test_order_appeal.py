from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from flows.channels import ObservedKind
from flows.errors import AlreadyReported, FormMismatch
from flows.gate import SubmitRequest
from flows.library.filing import open_channel
from monitor.appeals.filing import find_differences
from tests.browser.orders import appeal_order, fill, negative_review

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.session import AccountWitness
    from flows.workbench import Workbench
    from mock_site.server import MockSite


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "переписка.png"
    Image.new("RGB", (40, 30), "teal").save(path)
    return path


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "накладная.pdf"
    path.write_bytes(b"%PDF-1.4\n% empty\n%%EOF\n")
    return path


def ignore(_: SubmitRequest) -> None:
    """Stands in for the record."""


@pytest.mark.parametrize("layout", ["A", "B"])
def test_appeal_goes_out_once_with_all_files(  # noqa: PLR0917
    mock: MockSite,
    bench: Workbench,
    state: bytes,
    owner: AccountWitness,
    picture: Path,
    document: Path,
    layout: str,
    round_number: int,
    unsteady: Callable[..., None],
) -> None:
    unsteady(round_number, layout)
    mock.switches.upload_delay_ms = 150
    order = appeal_order(mock, negative_review(mock, number=round_number), picture, document)

    with open_channel(bench, "order_appeal", state=state, expected=owner) as opened:
        opened.channel.prepare(order)
        form = opened.channel.inspect()
        opened.gate.arm(ignore)
        opened.channel.gesture()
        seen = opened.channel.observe()

    (stored,) = mock.world.stored_appeals
    assert form.problems == ()
    assert find_differences(form, order) == [], "the ledger compares once more, by names"
    assert (seen.kind, seen.number, seen.released) == (ObservedKind.NUMBER, stored.number, 1)
    assert [file.sha256 for file in stored.files] == [attachment.sha256 for attachment in order.attachments]
    assert (stored.review_uuid, stored.reason) == (order.review_id, order.reason_label)
    assert len(mock.ledger.submits) == 1


def test_file_that_changed_since_the_approval_is_not_sent(
    mock: MockSite, bench: Workbench, state: bytes, owner: AccountWitness, picture: Path
) -> None:
    order = appeal_order(mock, negative_review(mock), picture)
    picture.write_bytes(b"something else")

    opening = open_channel(bench, "order_appeal", state=state, expected=owner)
    with opening as opened, pytest.raises(FormMismatch, match="approved"):
        opened.channel.prepare(order)

    assert mock.ledger.uploads == []


def test_file_the_site_refuses_stops_before_the_gesture(
    mock: MockSite, bench: Workbench, state: bytes, owner: AccountWitness, picture: Path
) -> None:
    mock.switches.max_file_mb = 0.00001

    with open_channel(bench, "order_appeal", state=state, expected=owner) as form, pytest.raises(FormMismatch):
        form.channel.prepare(appeal_order(mock, negative_review(mock), picture))

    assert mock.ledger.submits == []


def test_live_preview_uploads_but_files_nothing(
    mock: MockSite, bench: Workbench, state: bytes, owner: AccountWitness, picture: Path
) -> None:
    order = appeal_order(mock, negative_review(mock), picture)

    form = fill(bench, order, state=state, expected=owner)

    assert form.problems == ()
    assert (len(mock.ledger.uploads), len(mock.ledger.submits)) == (1, 0)


def test_review_appealed_before_is_said_to_be(
    mock: MockSite, bench: Workbench, state: bytes, owner: AccountWitness
) -> None:
    order = appeal_order(mock, negative_review(mock))
    with open_channel(bench, "order_appeal", state=state, expected=owner) as form:
        form.channel.prepare(order)
        form.gate.arm(ignore)
        form.channel.gesture()
        form.channel.observe()

    with open_channel(bench, "order_appeal", state=state, expected=owner) as form, pytest.raises(AlreadyReported):
        form.channel.prepare(order)

    assert len(mock.ledger.submits) == 1


@pytest.mark.parametrize(
    ("mode", "kinds"),
    [
        ("inline_error", {ObservedKind.FORM_ERROR}),
        ("503_after_store", {ObservedKind.UNCLEAR}),
        ("hang", {ObservedKind.UNCLEAR}),
        ("partial", {ObservedKind.UNCLEAR}),
        ("captcha", {ObservedKind.WALL}),
    ],
)
def test_answer_is_read_as_what_it_is(  # noqa: PLR0917
    mock: MockSite, bench: Workbench, state: bytes, owner: AccountWitness, mode: str, kinds: set[ObservedKind]
) -> None:
    mock.switches.submit = mode

    with open_channel(bench, "order_appeal", state=state, expected=owner, answer_window_seconds=2) as form:
        form.channel.prepare(appeal_order(mock, negative_review(mock)))
        form.gate.arm(ignore)
        form.channel.gesture()
        seen = form.channel.observe()

    assert seen.kind in kinds, seen
    assert seen.released == 1
