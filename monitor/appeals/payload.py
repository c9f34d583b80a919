"""What exactly a person approves, and its hash. A changed comma is another payload and needs another approval."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from flows.catalog.channel_kinds import ChannelKind
from flows.channels import Attachment, FilingOrder
from monitor.state import Transaction
from monitor.state.appeals import AppealFile, AppealRecord
from monitor.state.text import clean_text

_FORMAT = "fairreview-payload/1"


@dataclass(frozen=True, kw_only=True)
class Payload:
    """All that goes to the site, and what it is about.

    Attributes:
        identity: The identity's name that is the same in every installation.
        review_version: Version of the review the text speaks of; an edited review needs a new approval.
        ground: StepContext, in our terms.
        reason_label: The site's own option, exactly as its form shows it.
        channel_kind: How the channel files: a catalog of one's own may describe the same name anew. Empty for appeals
            that were drafted before it was kept, whose hashes do not hold it.
        sender_name: Who writes, where the form asks for it; so ``sender_email``.
        files: The attachments, in order, each with its digest (bare hex).
    """

    site: str
    identity: str
    channel: str
    review_id: str
    review_version: int
    ground: str
    reason_label: str
    text: str
    product_url: str
    order_number: str | None = None
    sender_name: str = ""
    sender_email: str = ""
    channel_kind: ChannelKind | Literal[""] = ""
    files: tuple[Attachment, ...] = ()

    def compute_hash(self) -> str:
        """Returns the hash an approval is bound to, as bare hex."""
        value: dict[str, object] = {
            "format": _FORMAT,
            "site": self.site,
            "identity": self.identity,
            "channel": self.channel,
            "review_id": self.review_id,
            "review_version": self.review_version,
            "ground": self.ground,
            "reason_label": self.reason_label,
            "text": self.text,
            "product_url": self.product_url,
            "order_number": self.order_number,
            "files": [[file.name, file.sha256, file.media_type] for file in self.files],
        }
        if self.sender_name or self.sender_email:
            value["sender"] = [self.sender_name, self.sender_email]
        if self.channel_kind:
            value["channel_kind"] = self.channel_kind
        data = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(clean_text(data).encode()).hexdigest()


def payload_of(appeal: AppealRecord, files: Sequence[AppealFile]) -> Payload:
    """Returns the payload as the ledger stores it."""
    return Payload(
        site=appeal.site,
        identity=appeal.identity,
        channel=appeal.channel,
        review_id=appeal.review_id,
        review_version=appeal.review_version,
        ground=appeal.ground,
        reason_label=appeal.reason_label,
        text=appeal.text,
        product_url=appeal.product_url,
        order_number=appeal.order_number,
        sender_name=appeal.sender_name,
        sender_email=appeal.sender_email,
        channel_kind=appeal.channel_kind,
        files=tuple(attachment_of(file) for file in files),
    )


def address_today(tx: Transaction, appeal: AppealRecord) -> str:
    """Returns the address of the product that an appeal is about, as the site has it now.

    The appeal keeps the one that was approved, for the hash; origins may have changed in the settings since.
    """
    review = tx.reviews.get(appeal.account_id, appeal.review_id)
    product = tx.products.get(appeal.account_id, review.sku) if review is not None else None
    return product.url if product is not None else appeal.product_url


def order_of(tx: Transaction, appeal: AppealRecord) -> FilingOrder:
    """Returns what a channel needs to fill the form, with the review's newest text."""
    newest = tx.reviews.newest_version(appeal.account_id, appeal.review_id)
    return FilingOrder(
        appeal_id=appeal.id,
        generation=appeal.generation,
        site=appeal.site,
        identity=appeal.identity,
        channel=appeal.channel,
        review_id=appeal.review_id,
        review_text="" if newest is None else newest.text,
        product_url=address_today(tx, appeal),
        order_number=appeal.order_number,
        ground=appeal.ground,
        reason_label=appeal.reason_label,
        text=appeal.text,
        sender_name=appeal.sender_name,
        sender_email=appeal.sender_email,
        attachments=tuple(attachment_of(file) for file in tx.appeals.files(appeal.id)),
    )


def attachment_of(file: AppealFile) -> Attachment:
    """Returns a stored file as a channel takes it; its path is the one it had when it was drafted."""
    return Attachment(path=Path(file.path), name=file.name, sha256=file.sha256, media_type=file.media_type)
