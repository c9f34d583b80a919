"""What the state of an appeal means, whose turn it is, and what a person may say they found. Nothing here sends."""

from __future__ import annotations

from monitor.closed_lists.states import AnswerState, AppealState, Moderation, Outcome
from monitor.state.appeals import AppealRecord
from monitor.use_cases.answers import QuestionShown
from monitor.use_cases.findings import Finding
from monitor.use_cases.models import Value

_LOOKS_TO_PROVE = 2
ONLY_A_PERSON = frozenset({AppealState.UNKNOWN, AppealState.NEEDS_HUMAN})


class Choice(Value):
    """What a person may say they found; ``closed`` says why it cannot be said yet, ``is_final``: nothing undoes it."""

    finding: str
    title: str
    meaning: str
    closed: str = ""
    asks_number: bool = False
    is_final: bool = False


_EXPLAINED = {
    AppealState.DRAFT: "Ничего не отправлено. Решение принимается в разборе.",
    AppealState.APPROVED: "Ещё ничего не отправлено. До начала отправки одобрение можно вернуть.",
    AppealState.INTENT: "Отправка началась, вернуть её уже нельзя.",
    AppealState.ARMED: "Форма заполнена и прочитана обратно. Вернуть отправку уже нельзя.",
    AppealState.RELEASED: "Единственный запрос выпущен. Ждём ответ площадки.",
    AppealState.CONFIRMED: "Площадка дала номер. Программа спрашивает её о решении.",
    AppealState.ACKNOWLEDGED: "Площадка сообщила об успехе, номера этот способ не даёт.",
    AppealState.REJECTED_BY_FORM: "Форма не приняла обращение: её слова стоят в шагах.",
    AppealState.UNKNOWN: "Запрос мог уйти, а ответа площадки мы не видели. Возможно, обращение у неё уже есть, поэтому "
    "само оно второй раз не уйдёт никогда. Программа сверяет список площадки; другие обращения этого аккаунта ждут.",
    AppealState.DUPLICATE_SEEN: "На площадке два таких обращения: запрос дошёл до неё дважды, хотя вы одобрили "
    "один. Больше ничего об этом отзыве не отправляется. Делать ничего не обязательно: программа спрашивает площадку "
    "о решении. Лишнее можно отозвать на самой площадке, если она это позволяет.",
    AppealState.ABSENT: "На площадке его нет. Новая попытка уйдёт только с вашего нового одобрения.",
    AppealState.NEEDS_HUMAN: "Программа остановилась и не решает за вас. Посмотрите на площадке и скажите, что видите.",
    AppealState.ALREADY_REPORTED: "Об этом отзыве уже было обращение. Второе не отправляется.",
    AppealState.MOOT: "Обращение закончено. По этому решению больше ничего не отправляется.",
}


_MODERATED = {
    Moderation.UNKNOWN: "Площадка ответила словами, которых программа не понимает: они стоят в шагах. Прочитайте их.",
}
_OVER = {
    Moderation.ACCEPTED: "Площадка решила в вашу пользу.",
    Moderation.REJECTED: "Площадка отказала: её слова стоят в шагах. Что можно ещё, сказано в деле.",
}
_STILL_LOOKING = "Что стало с отзывом, программа смотрит на его странице."
_BECAME: dict[str, str] = {
    Outcome.REMOVED: "Отзыва на странице больше нет. Делать ничего не нужно.",
    Outcome.EDITED: "Отзыв на странице изменился: если он снова плох, решите о нём в разборе.",
    Outcome.STILL_VISIBLE: "Отзыв на странице остался.",
}
"""What became of the review, once its page was looked at after the decision."""

_ASKED = {
    AnswerState.OPEN: "Ваш ход: площадка спрашивает и ждёт ответа. Он уйдёт один раз и только с вашего одобрения.",
    AnswerState.DRAFTED: "Ваш ход: ответ записан, но не одобрен. Площадка ждёт его.",
    AnswerState.APPROVED: "Ваш ход: ответ одобрен и уйдёт, когда вы нажмёте «Отправить ответ».",
    AnswerState.INTENT: "Ответ отправляется, вернуть его уже нельзя.",
    AnswerState.RELEASED: "Ответ отправляется, вернуть его уже нельзя.",
    AnswerState.SENT: "Ход площадки: ваш ответ у неё. Программа спрашивает её о решении.",
    AnswerState.UNKNOWN: "Неизвестно, дошёл ли ответ. Сам он второй раз не уйдёт.",
    AnswerState.OVER: "Ход площадки: ответа она больше не ждёт.",
}


_LEAVE_BOTH = Choice(
    finding=Finding.OVER,
    title="Оставить оба и закончить",
    meaning="На площадке они остаются. Программа о них больше не спросит, и об этом отзыве ничего не отправится.",
    is_final=True,
)


def explain(appeal: AppealRecord, question: QuestionShown | None) -> str:
    """Says what the state means and whose turn it is. Pure."""
    if appeal.moderation in _OVER and appeal.state not in {*ONLY_A_PERSON, AppealState.DUPLICATE_SEEN}:
        over = _OVER[Moderation(appeal.moderation)]
        return f"{over} {_BECAME.get(appeal.outcome or '', _STILL_LOOKING)}"
    if appeal.is_open and appeal.state not in {*ONLY_A_PERSON, AppealState.DUPLICATE_SEEN}:
        if question is not None:
            return "Ход площадки: срок ответа кончился." if question.is_late else _ASKED[question.state]
        if appeal.moderation in _MODERATED:
            return _MODERATED[Moderation(appeal.moderation)]
    return _EXPLAINED.get(appeal.state, "")


def choices_of(appeal: AppealRecord, healthy_looks: int) -> tuple[Choice, ...]:
    """The safe ones: none of them sends anything."""
    if appeal.is_open and appeal.state is AppealState.DUPLICATE_SEEN:
        return (_LEAVE_BOTH,)
    if not appeal.is_open or appeal.state not in ONLY_A_PERSON:
        return ()
    missing = max(_LOOKS_TO_PROVE - healthy_looks, 0)
    is_unproven = appeal.state is AppealState.UNKNOWN and missing > 0
    closed = "Откроется, когда программа дважды прочитает весь список площадки." if is_unproven else ""
    made = [
        Choice(
            finding=Finding.THERE,
            title="Оно там есть",
            meaning="Я нашёл его в списке обращений. Впишу номер, если он есть.",
            asks_number=True,
        ),
        Choice(
            finding=Finding.TWICE,
            title="Их там два",
            meaning="Отметим «Дважды» и больше ничего не отправим.",
            is_final=True,
        ),
        Choice(finding=Finding.REPORTED, title="Это подали раньше", meaning="Об отзыве уже было другое обращение."),
        Choice(
            finding=Finding.NOT_THERE,
            title="Его там нет",
            meaning="После этого новую попытку можно одобрить заново.",
            closed=closed,
        ),
        Choice(
            finding=Finding.OVER,
            title="Оставить как есть",
            meaning="Закрыть без ответа на вопрос. Об этом отзыве больше ничего не отправится.",
            is_final=True,
        ),
    ]
    if appeal.state is AppealState.NEEDS_HUMAN and appeal.gesture_at is None:
        made.append(
            Choice(finding=Finding.DRAFT, title="Ничего не ушло", meaning="Вернуть в черновики и написать заново.")
        )
    return tuple(made)
