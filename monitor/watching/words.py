"""What the changes of a review are called for people."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from monitor.closed_lists.review_changes import Change
from monitor.language.words import Tone, Words

CHANGES: Mapping[Change, Words] = MappingProxyType(
    {
        Change.NEW: Words("Новый", "Новый отзыв", Tone.GO),
        Change.SURFACED: Words("Показался", "Показался старый отзыв, которого раньше не было видно", Tone.GO),
        Change.EDITED: Words("Изменён", "Отзыв изменён"),
        Change.BACK: Words("Вернулся", "Отзыв вернулся на сайт"),
        Change.LISTED: Words("Виден", "Отзыв виден и на странице товара"),
        Change.COMPLETED: Words("Дочитан", "Отзыв дочитан: раньше были видны не все сведения"),
        Change.MISSING: Words("Исчез", "Отзыв исчез со страницы товара, ещё не доказано, что удалён", Tone.WAIT),
        Change.GONE: Words("Удалён", "Отзыв удалён со страницы товара", Tone.GOOD),
    }
)
