"""The things the mock world is made of. Plain dataclasses; ``World`` is the only one that changes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

ReviewKind = Literal[
    "positive",
    "mixed",
    "fair_negative",
    "delivery",
    "wrong_product",
    "obscene",
    "insult",
    "personal_data",
    "advert",
]
RULE_BREAKING: frozenset[ReviewKind] = frozenset({"wrong_product", "obscene", "insult", "personal_data", "advert"})
Profile = Literal["fresh", "regular", "burst", "anonymous"]
ReviewState = Literal["published", "removed", "deleted"]
SourceName = Literal["public", "cabinet", "api"]
CabinetMark = Literal["not_shown", "delayed", "quality_control", "about_delivery"]
AppealStatus = Literal["received", "in_review", "needs_information", "accepted", "rejected"]
ChannelName = Literal["public_report", "order_appeal", "cabinet_complaint", "support_chat", "support_ticket"]
STATUS_TEXTS: dict[AppealStatus, str] = {
    "received": "Принято",
    "in_review": "На рассмотрении",
    "needs_information": "Нужна информация",
    "accepted": "Удовлетворено",
    "rejected": "Отклонено",
}
APPEAL_REASONS = (
    "Нецензурная лексика или оскорбления",
    "Отзыв не о товаре",
    "Персональные данные",
    "Реклама или спам",
    "Недостоверная информация",
)
REPORT_REASONS: dict[str, str] = {
    "2": "Неприемлемое содержание",
    "4": "Неприемлемое фото или видео",
    "5": "Спам или реклама",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One variant of a product: what ``review.itemId`` points to; ``title`` is empty where it is the card's."""

    item_id: str
    variant_name: str
    variant_value: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """One product card of the shop; ``strangers`` are other sellers' items that share its pool of reviews."""

    sku: str
    index: int
    slug: str
    title: str
    brand: str
    category: int
    price: int
    description: str
    characteristics: tuple[tuple[str, str], ...]
    items: tuple[Item, ...]
    strangers: tuple[Item, ...] = ()

    @property
    def path(self) -> str:
        """The product page's path, with both slashes."""
        return f"/product/{self.slug}-{self.sku}/"

    def item(self, item_id: str) -> Item:
        """The item of an id, another seller's included; the first variant for an unknown id."""
        return next((item for item in (*self.items, *self.strangers) if item.item_id == item_id), self.items[0])

    def sources_hiding(self, item_id: str) -> tuple[SourceName, ...]:
        """Which of the seller's own lists do not show a review of this item: all, where it is not the seller's."""
        return ("cabinet", "api") if any(item.item_id == item_id for item in self.strangers) else ()


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a review. ``profile`` says what his public page shows."""

    guid: str
    name: str
    is_anonymous: bool = False
    profile: Profile = "regular"


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture of a review; its bytes are painted from the id."""

    photo_id: str
    width: int = 360
    height: int = 480


@dataclass(slots=True)
class Review:
    """One review with its truth (``kind``), which no page shows.

    Attributes:
        hidden_from: Where it is not listed, whatever the reason: a lag, a fault, a moderator's queue.
        is_order_cancelled: Its order was cancelled: the cabinet and the API list it, the public page does not.
        is_counted: It takes part in the rating.
        cabinet_marks: What the cabinet's own answers say of it besides.
    """

    uuid: str
    sku: str
    item_id: str
    author: Author
    kind: ReviewKind
    rating: int
    text: str
    created_at: int
    published_at: int
    positive: str = ""
    negative: str = ""
    updated_at: int | None = None
    version: int = 0
    useful: int = 0
    not_useful: int = 0
    photos: tuple[Photo, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()
    state: ReviewState = "published"
    hidden_from: tuple[SourceName, ...] = ()
    is_order_cancelled: bool = False
    is_counted: bool = True
    cabinet_marks: tuple[CabinetMark, ...] = ()

    def is_listed(self, source: SourceName) -> bool:
        """Whether a source lists it now."""
        is_known_there = source != "public" or not self.is_order_cancelled
        return self.state == "published" and source not in self.hidden_from and is_known_there

    @property
    def is_edited(self) -> bool:
        """Whether the author changed the text after the first publication."""
        return self.version > 0


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in.

    ``totp_secret`` (base32) makes the code come from an authenticator instead of a message; ``client_id`` and
    ``api_key`` open the Seller API.
    """

    name: str
    guid: str
    phone: str
    email: str
    company: str = "ООО Пример"
    totp_secret: str | None = None
    client_id: str = ""
    api_key: str = ""


@dataclass(slots=True)
class Order:
    """An order that a review belongs to, as «Мои заказы» shows it."""

    number: str
    review_uuid: str
    sku: str
    item_id: str
    ordered_at: datetime
    delivered_at: datetime | None
    status: Literal["Доставлен", "Отменён", "В пути", "Возвращён"] = "Доставлен"
    has_appeal_button: bool = True


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file the site holds after an upload."""

    file_id: str
    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change of an appeal's status or one message about it."""

    at: datetime
    status: AppealStatus
    note: str = ""


@dataclass(slots=True)
class Appeal:
    """What the site stored about one filing: the truth that tests compare with."""

    number: str
    channel: ChannelName
    review_uuid: str
    account: str
    reason: str
    text: str
    submitted_at: datetime
    files: tuple[StoredFile, ...] = ()
    status: AppealStatus = "received"
    decided_at: datetime | None = None
    answer: str = ""
    history: list[HistoryEntry] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
