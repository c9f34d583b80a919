"""Fees: the bounds of each step, what is not known, and a scale that jumps."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from monitor.errors import LawUnknown
from monitor.support.law.fees import Court, Matter, load_fees, read_fees
from monitor.support.law.rules import DATA

GENERAL, ARBITRAZH = Court.GENERAL, Court.ARBITRAZH


@pytest.mark.parametrize(
    ("court", "price", "fee"),
    [
        (ARBITRAZH, "500000", "30000"),  # the fact file's own
        (ARBITRAZH, "1", "10000"),
        (ARBITRAZH, "100000", "10000"),
        (ARBITRAZH, "1000000", "55000"),
        (ARBITRAZH, "10000000", "325000"),
        (GENERAL, "99999.99", "4000"),
        (GENERAL, "300000", "10000"),
        (GENERAL, "400000", "12500"),
        (GENERAL, "500000", "15000"),
        (GENERAL, "1000000", "25000"),
        (GENERAL, "3000000", "45000"),
        (GENERAL, "100001", "4000.03"),
    ],
)
def test_the_fee_for_a_price(court: Court, price: str, fee: str) -> None:
    counted = load_fees().for_price(court, Decimal(price))
    assert counted.amount == Decimal(fee)
    assert counted.caveat == "по вторичному источнику, проверьте"


def test_the_calculation_is_told() -> None:
    told = load_fees().for_price(ARBITRAZH, Decimal(500000)).calculation
    assert told == "цена иска 500 000 ₽: 10 000 ₽ + 5 % от суммы свыше 100 000 ₽ = 30 000 ₽"


def test_fees_without_a_price() -> None:
    fees = load_fees()
    assert fees.without_price(GENERAL, Matter.NON_PROPERTY, is_organisation=False).amount == 3000
    assert fees.without_price(GENERAL, Matter.NON_PROPERTY, is_organisation=True).amount == 20000
    assert fees.without_price(GENERAL, Matter.SUPREME_COURT, is_organisation=True).amount == 25000


@pytest.mark.parametrize(("court", "price"), [(GENERAL, "3000000.01"), (ARBITRAZH, "10000001")])
def test_steps_that_nobody_has_seen_are_not_guessed(court: Court, price: str) -> None:
    with pytest.raises(LawUnknown, match="is not known"):
        load_fees().for_price(court, Decimal(price))


def test_the_fee_of_a_commercial_court_without_a_price_comes_from_one_secondary_source_and_says_so() -> None:
    fees = {
        whose: load_fees().without_price(ARBITRAZH, Matter.NON_PROPERTY, is_organisation=bool(whose))
        for whose in (0, 1)
    }
    assert {whose: fee.amount for whose, fee in fees.items()} == {0: 15_000, 1: 50_000}
    assert {fee.caveat for fee in fees.values()} == {"по вторичному источнику, проверьте"}


def test_a_fee_that_nobody_has_seen_is_not_known() -> None:
    with pytest.raises(LawUnknown, match="arbitrazh"):
        load_fees().without_price(ARBITRAZH, Matter.APPEAL, is_organisation=True)


def test_a_scale_that_jumps_is_refused(tmp_path: Path) -> None:
    text = (DATA / "fees.toml").read_text(encoding="utf-8")
    assert "base = 55_000" in text
    (tmp_path / "fees.toml").write_text(text.replace("base = 55_000", "base = 56_000"), encoding="utf-8")
    with pytest.raises(ValueError, match="does not go on"):
        read_fees(tmp_path / "fees.toml")
