"""Why an appeal needs a person, in plain words, with the next step that is safe."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.closed_lists.states import AppealState, Track
from monitor.language.plain_text import show
from monitor.state.appeals import AppealRecord, TransitionRecord

_RESTORED = (
    "Хранилище знает не всё, что делалось: его восстановили из копии, перенесли или сделали заново там, где раньше "
    "было другое (метка рядом с папкой помнит прежнее). Одобренное могло уйти ещё оттуда, а у этого способа нет "
    "списка, по которому это видно."
)
_LOOK = (
    " Что делать: откройте отзыв на площадке. Видна жалоба или на почте есть ответ о ней: «Оно там есть». Точно "
    "знаете, что отсюда ничего не отправляли: «Ничего не ушло», текст вернётся в черновики и без нового одобрения "
    "не уйдёт. Не знаете: «Оставить как есть», второй раз оно не уйдёт."
)
_ON_ITS_LIST = " Что делать: найдите его в списке обращений на площадке и выберите ниже то, что видите."
_KNOWN = {
    "the attempt ended before its gesture too often": "Отправка несколько раз обрывалась до нажатия. Ничего не ушло. "
    "Что делать: выберите «Ничего не ушло» и попробуйте ещё раз или другим способом.",
    "this channel has no list: what happened cannot be known from here": "Ответа площадки мы не видели, а у этого "
    "способа нет списка обращений: отсюда не узнать, дошло ли оно." + _LOOK,
    "not on the list, but other signs speak against absence": "В списке площадки его нет, но другие признаки говорят, "
    "что оно могло дойти." + _ON_ITS_LIST,
    "the site gave a number that its own list does not have": "Площадка дала номер, которого в её собственном списке "
    "нет." + _ON_ITS_LIST,
}


def why_needed(appeal: AppealRecord, steps: Sequence[TransitionRecord]) -> str:
    """Says why an appeal waits for a person and what to do; empty: it does not, or nobody wrote down why. Pure."""
    step = next((one for one in reversed(steps) if one.track is Track.FILING), None)
    if appeal.state is not AppealState.NEEDS_HUMAN or step is None:
        return ""
    facts = step.facts if isinstance(step.facts, dict) else {}
    told = str(facts.get("why") or facts.get("note") or "")
    if step.from_state == AppealState.APPROVED:
        return _RESTORED + _LOOK
    if told in _KNOWN:
        return _KNOWN[told]
    if appeal.gesture_at is None and told:
        found = show(told, one_line=True, limit=300).rstrip(".")
        return (
            f"Форма оказалась не такой, как описана: {found}. Нажатия не было, ничего не ушло. Что делать: выберите "
            "«Ничего не ушло», текст вернётся в черновики; обновите программу или подайте на площадке сами."
        )
    return ""
