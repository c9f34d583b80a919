"""What a world is made from: everything that must be known before it starts."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class AccountOptions(BaseModel):
    """One account that can sign in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    phone: str
    email: str
    company: str = "ООО Пример"
    totp_secret: str | None = None
    client_id: str = "100001"
    api_key: str = "00000000-aaaa-4bbb-8ccc-000000100001"


DEFAULT_ACCOUNTS = (
    AccountOptions(name="Пример П.", phone="+79000000001", email="seller@example.com"),
    AccountOptions(
        name="Второй В.",
        phone="+79000000002",
        email="second@example.com",
        company="ООО Второй",
        client_id="100002",
        api_key="00000000-aaaa-4bbb-8ccc-000000100002",
        totp_secret="JBSWY3DPEHPK3PXP",  # noqa: S106
    ),
)


class WorldOptions(BaseModel):
    """Size and seed of a world.

    Attributes:
        seed: The one number everything generated follows from.
        products: How many products the shop has.
        reviews_per_product: Reviews of a product; its exact number lies within ``spread`` of it.
        variants: Items of a card, which share its one pool of reviews; those beyond the third are never written about.
        strangers: Items of other sellers in the pool of each card: the public listing alone shows what is said of them.
        spread: 0 gives every product the same number, 0.5 gives 50–150 % of it.
        orders: How many generated negative reviews have an order in «Мои заказы».
        epoch: The moment the world starts at; None is the real one. Ids and dates follow from it.
        frozen_clock: The clock moves by ``advance`` only.
        clock_offset_s: How far the world's clock is ahead of the real one (or of ``epoch``), seconds.
        hostile: How many reviews of the first product try to break what reads them.
        negative_share: Share of reviews with one or two stars.
        rule_breaking_share: Share of rule breakers among the negative ones.
        shop: The shop's name.
        accounts: Who can sign in; the first one owns the orders.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = 1
    products: int = Field(default=12, ge=1, le=100_000)
    reviews_per_product: int = Field(default=40, ge=0, le=5_000)
    variants: int = Field(default=3, ge=1, le=16)
    strangers: int = Field(default=0, ge=0, le=8)
    spread: float = Field(default=0.0, ge=0.0, le=1.0)
    orders: int = Field(default=24, ge=0, le=1_000)
    epoch: AwareDatetime | None = None
    frozen_clock: bool = False
    clock_offset_s: float = 0.0
    hostile: int = Field(default=0, ge=0, le=100)
    negative_share: float = Field(default=0.2, ge=0.0, le=1.0)
    rule_breaking_share: float = Field(default=0.3, ge=0.0, le=1.0)
    shop: str = "Пример"
    accounts: tuple[AccountOptions, ...] = DEFAULT_ACCOUNTS
