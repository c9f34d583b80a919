"""A deal in three words: a sum, where it is to go, and what then becomes of the review («5000 на карту и удалю»)."""

from __future__ import annotations

import re

_SUM = (
    r"(?:\d{2,6}|(?:сто|двести|триста|четыреста|[а-я]{3,6}сот|[а-я]{2,9}дцать|[а-я]{4,6}десят|сорок|одна|одну|две|три|пять|"
    r"десять|пару|полторы)(?= |$)|тысяч[ауи]?|полтинник|косар[а-я]{0,2}|пят[её]рк[уа])"
)
_BARE_DEAL = re.compile(
    rf"(?<!\w){_SUM}(?: (?!не |уже |ушл|пот|списал)[а-я]{{1,9}}\.?){{0,2}} (?:мне )?на (?:мою )?(?:карт[уо]ч?к?у?|"
    rf"телефон|киви|qiwi|сбер|тинек|тинькофф|т-банк|сч[её]т|кошел[её]к|номер)(?!\w)[^.!?\n]{{0,25}}"
    rf"(?<!\w)(?<!не )(?:удалю|уберу|сотру|снесу|подниму до пяти|(?:никто|никогда|ник[оа]му)[^.!?\n]{{0,20}}"
    rf"не (?:увид|прочт|узна|найд|вспомн))"
)


def is_bare_deal(text: str) -> bool:
    """Whether a folded text names a sum, a card or an account, and the end of the review, in one breath."""
    return _BARE_DEAL.search(text) is not None
