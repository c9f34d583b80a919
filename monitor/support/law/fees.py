"""Court fees by the scales as data; a fee that nobody has seen is said to be unknown, never estimated."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from flows.plain_toml import read_toml
from monitor.errors import LawUnknown
from monitor.language import gettext as _
from monitor.support.law.marks import CAVEATS, Mark
from monitor.support.law.rules import DATA

_MOST_BYTES = 64 * 1024
_HINT = _("Take the fee from the court's own calculator on the day you file.")


class Court(StrEnum):
    """The courts whose fees were looked for."""

    GENERAL = "general"
    ARBITRAZH = "arbitrazh"


class Matter(StrEnum):
    """What a fee is paid for."""

    PROPERTY = "property"
    NON_PROPERTY = "non_property"
    SPECIAL = "special"
    APPEAL = "appeal"
    SUPREME_COURT = "supreme_court"


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(_Data):
    """From ``over`` roubles on: ``base`` and ``percent`` of what is over."""

    over: Decimal = Field(ge=0)
    base: Decimal = Field(gt=0)
    percent: Decimal = Field(ge=0, le=100)


class Scale(_Data):
    """The fee for a claim with a price."""

    court: Court
    mark: Mark
    source: str = Field(min_length=1)
    known_up_to: Decimal
    cap: Decimal
    steps: tuple[Step, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _rises_without_a_jump(self) -> Self:
        for lower, upper in zip(self.steps, self.steps[1:], strict=False):
            if upper.over <= lower.over or _on_step(lower, upper.over) != upper.base:
                raise ValueError(f"{self.court}: the step over {upper.over} does not go on from the one below")
        return self


class Fixed(_Data):
    """A fee that does not depend on a price."""

    court: Court
    matter: Matter
    citizen: Decimal
    organisation: Decimal
    mark: Mark
    source: str = Field(min_length=1)


class Fee(_Data):
    """A fee, in roubles, with how it was counted and how surely it is known."""

    amount: Decimal
    calculation: str
    mark: Mark
    caveat: str
    source: str


class Fees(_Data):
    """All fees that were seen."""

    valid_from: date
    seen_on: date
    scale: tuple[Scale, ...]
    fixed: tuple[Fixed, ...]

    def for_price(self, court: Court, price: Decimal) -> Fee:
        """Counts the fee for a claim with a price.

        Args:
            court: The court.
            price: The price of the claim in roubles, positive.

        Raises:
            LawUnknown: the scale was not seen so far.
        """
        scale = next((one for one in self.scale if one.court == court), None)
        if scale is None or price > scale.known_up_to:
            raise LawUnknown(
                _("the fee for a claim of {tell} ₽ is not known").format(tell=_tell(price)), where="price", hint=_HINT
            )
        step = [one for one in scale.steps if price > one.over or not one.over][-1]
        amount = min(_on_step(step, price), scale.cap)
        told = f"{_tell(step.base)} ₽"
        if step.percent:
            told += f" + {_tell(step.percent)} % от суммы свыше {_tell(step.over)} ₽"
        told = f"цена иска {_tell(price)} ₽: {told} = {_tell(amount)} ₽"
        return Fee(amount=amount, calculation=told, mark=scale.mark, caveat=CAVEATS[scale.mark], source=scale.source)

    def without_price(self, court: Court, matter: Matter, *, is_organisation: bool) -> Fee:
        """Returns the fee for what has no price.

        Raises:
            LawUnknown: nobody has seen it.
        """
        row = next((one for one in self.fixed if (one.court, one.matter) == (court, matter)), None)
        if row is None:
            raise LawUnknown(
                _("the fee of {court} for {matter} is not known").format(court=court.value, matter=matter.value),
                where="matter",
                hint=_HINT,
            )
        amount = row.organisation if is_organisation else row.citizen
        payer = "организация" if is_organisation else "гражданин"
        return Fee(
            amount=amount,
            calculation=f"{payer}: {_tell(amount)} ₽",
            mark=row.mark,
            caveat=CAVEATS[row.mark],
            source=row.source,
        )


def read_fees(path: Path) -> Fees:
    """Reads a file of fees.

    Raises:
        ValueError: it is not plain TOML, or a scale jumps.
    """
    return Fees.model_validate(read_toml(path, max_bytes=_MOST_BYTES))


@lru_cache(maxsize=1)
def load_fees() -> Fees:
    """Reads the fees that come with the program."""
    return read_fees(DATA / "fees.toml")


def _on_step(step: Step, price: Decimal) -> Decimal:
    return (step.base + (price - step.over) * step.percent / 100).quantize(Decimal("0.01"))


def _tell(amount: Decimal) -> str:
    plain = f"{amount:,.2f}".replace(",", " ").replace(".", ",")
    return plain.removesuffix(",00")
