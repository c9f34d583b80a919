"""How a refusal is said on a page: the fact first, then what it means; the program's own words stay beside it."""

from __future__ import annotations

from dataclasses import dataclass

from evidence_store.errors import EvidenceError, IntakeRefused
from monitor import errors
from monitor.language import in_language
from monitor.language.plain_text import show
from monitor.use_cases.product_lists import NamedProducts

_BY_FIELD = {
    "text": "Форма площадки не примет такой текст",
    "ground": "Это основание здесь не подходит",
    "channel": "Этот способ здесь не подходит",
    "reason": "Такой причины в форме площадки нет",
    "files": "Эти файлы форма не примет",
    "own": "Файл не выбран",
    "note": "Не хватает пояснения",
    "sure": "Поставьте отметку под решением",
    "other_item": "Это отзыв о другом товаре карточки: отметьте, что имеется в виду он",
}
_BY_TYPE: tuple[tuple[type[errors.MonitorError], str], ...] = (
    (errors.ChannelOff, "Этот способ выключен: никто не подтвердил, что он у вас есть"),
    (errors.OrderUnread, "Способ зависит от заказа, а заказ ещё не прочитан"),
    (errors.AlreadyOpen, "Об этом отзыве уже есть открытое обращение"),
    (errors.UnknownOutcome, "Пока неизвестно, дошло ли обращение, с ним ничего не делают"),
    (errors.NotApproved, "Показанное изменилось или это не одобряют"),
    (errors.AccountBusy, "Аккаунт занят другой работой"),
    (errors.StorageDamaged, "Журнал или хранилище повреждены, поверх них ничего не решают"),
    (errors.StorageBusy, "Хранилище занято другой программой: повторите через минуту"),
    (errors.StorageError, "Хранилище не ответило"),
    (errors.SettingsError, "Настройки этого не позволяют"),
    (errors.AppealError, "Площадка или правила этого не позволяют"),
)

_MOST_LINES = 1_000  # of a list: more are mended in the file they came from


@dataclass(frozen=True)
class Refusal:
    """What is said: the fact, and the program's own words where they tell more."""

    fact: str
    detail: str = ""


def tell_refusal(refused: errors.MonitorError | EvidenceError) -> Refusal:
    """Says why something was refused. Nothing was stored."""
    if isinstance(refused, EvidenceError):
        fact = (
            "Файл не взят на хранение" if isinstance(refused, IntakeRefused) else "Хранилище доказательств не ответило"
        )
        told = in_language(refused.args[0]) if refused.args else ""
        words = f"{told}. {in_language(refused.hint)}" if refused.hint else told
        named = f"«{refused.where}»: {words}" if isinstance(refused, IntakeRefused) and refused.where else words
        return Refusal(f"{fact}. Ничего не записано.", show(named, one_line=True, limit=400))
    if isinstance(refused, errors.DecidedElsewhere | errors.ReviewChanged):
        return Refusal(str(refused))
    if isinstance(refused, errors.IllegalTransition):  # its words name states and commands; the page shows both
        return Refusal("Состояние стало другим, так сделать уже нельзя. Ничего не записано.")
    fact = _BY_FIELD.get(refused.field, "") or next(
        (words for kind, words in _BY_TYPE if isinstance(refused, kind)), "Не получилось"
    )
    return Refusal(f"{fact}. Ничего не записано.", f"{refused}. {refused.hint}".strip())


def tell_unread(named: NamedProducts) -> Refusal | None:
    """Says which lines of a list named no product; they stand in the field again, and the others are written down."""
    if not named.unread:
        return None
    return Refusal(f"Не понято строк: {len(named.unread)}. Остальное записано.", named.told)


def unread_text(named: NamedProducts) -> str:
    """The lines that were not understood, to be mended where they were typed."""
    return "\n".join(one.line for one in named.unread[:_MOST_LINES])
