"""Who stands against whom in a document, and whether a tax or registration number can be one at all."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from monitor.language import gettext as _

_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_12 = ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))


def is_inn(text: str) -> bool:
    """Whether a text can be an ИНН: ten digits of a firm or twelve of a person, with right check digits."""
    if not (text.isascii() and text.isdecimal()):
        return False
    digits = [int(one) for one in text]
    if len(digits) == len(_INN_10) + 1:
        return digits[-1] == _check(digits, _INN_10)
    return len(digits) == len(_INN_12[1]) + 1 and [_check(digits, weights) for weights in _INN_12] == digits[-2:]


def is_ogrn(text: str) -> bool:
    """Whether a text can be an ОГРН (13 digits) or ОГРНИП (15), with a right check digit."""
    if not (text.isascii() and text.isdecimal()):
        return False
    divisor = {13: 11, 15: 13}.get(len(text))
    return divisor is not None and int(text[:-1]) % divisor % 10 == int(text[-1])


def _check(digits: list[int], weights: tuple[int, ...]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=False)) % 11 % 10


class Party(BaseModel):
    """One side, as a person named it; whatever is empty becomes a named blank.

    Raises:
        ValueError: a number's check digits are wrong.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = ""
    inn: str = ""
    ogrn: str = ""
    address: str = ""

    @model_validator(mode="after")
    def _numbers_can_be_such(self) -> Self:
        if self.inn and not is_inn(self.inn):
            raise ValueError(_("ИНН {inn}: the check digits are wrong").format(inn=self.inn))
        if self.ogrn and not is_ogrn(self.ogrn):
            raise ValueError(_("ОГРН {ogrn}: the check digit is wrong").format(ogrn=self.ogrn))
        return self


PLATFORM = Party(name="ООО «Интернет Решения»", ogrn="1027739244741")
"""The operator of Ozon by an old page of its own (support-and-law facts, section 5): to be checked in the register."""
