"""Filing orders against the mock, as a person would have approved them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from flows.channels import Attachment, FilingOrder
from flows.library.filing import open_channel

if TYPE_CHECKING:
    from flows.channels import FilledForm
    from flows.session import AccountWitness
    from flows.workbench import Workbench
    from mock_site.server import MockSite
    from mock_site.world.models import Review

REPORT_REASON = "Неприемлемое содержание"
APPEAL_REASON = "Персональные данные"


def report_order(mock: MockSite, review: Review, **more: object) -> FilingOrder:
    product = mock.world.product(review.sku)
    assert product is not None
    return FilingOrder.model_validate(
        {
            "appeal_id": "appeal-1",
            "generation": 1,
            "site": "ozon",
            "identity": "site_profile",
            "channel": "public_report",
            "review_id": review.uuid,
            "review_text": review.text,
            "product_url": mock.origins["www"] + product.path,
            "order_number": None,
            "ground": "obscene",
            "reason_label": REPORT_REASON,
            "text": "Отзыв содержит оскорбления.",
            **more,
        }
    )


def appeal_order(mock: MockSite, review: Review, *files: Path) -> FilingOrder:
    order = mock.world.order_of(review.uuid)
    assert order is not None
    attachments = tuple(
        Attachment(
            path=path,
            name=path.name,
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
            media_type="application/pdf" if path.suffix == ".pdf" else "image/png",
        )
        for path in files
    )
    return report_order(
        mock,
        review,
        channel="order_appeal",
        order_number=order.number,
        reason_label=APPEAL_REASON,
        text="В отзыве указан номер телефона.\nПросим удалить.",
        attachments=attachments,
    )


def negative_review(mock: MockSite, *, number: int = 0) -> Review:
    """A review with an order, that the first account did not report yet."""
    found = [
        review
        for product in mock.world.products()
        for review in mock.world.reviews(product)
        if review.rating <= 2 and mock.world.order_of(review.uuid) is not None
    ]
    return found[number]


def fill(bench: Workbench, order: FilingOrder, *, state: bytes, expected: AccountWitness) -> FilledForm:
    """Fills the real form with the gate closed and reads it back."""
    with open_channel(bench, order.channel, state=state, expected=expected) as form:
        form.channel.prepare(order)
        return form.channel.inspect()
